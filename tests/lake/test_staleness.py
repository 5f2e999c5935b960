"""Whether something must be made again is told by numbers that change with what it was made from."""

from __future__ import annotations

import os
from pathlib import Path

from lake.staleness import files_fingerprint, fingerprint, tree_version


def test_a_fingerprint_changes_with_each_of_its_inputs_and_with_nothing_else() -> None:
    one = fingerprint("roads", 3, ("a", None))
    assert fingerprint("roads", 3, ("a", None)) == one
    assert len({one, fingerprint("roads", 4, ("a", None)), fingerprint("roads", 3, ("a", ""))}) == 3
    assert 0 <= one < 2**63


def test_files_are_known_by_their_content_and_not_by_how_their_lines_end(tmp_path: Path) -> None:
    topics, labels = tmp_path / "topics.yaml", tmp_path / "labels.yaml"
    topics.write_bytes(b"roads:\n")
    labels.write_bytes(b"a: roads\n")
    before = files_fingerprint([topics, labels])
    topics.write_bytes(b"roads:\r\n")
    assert files_fingerprint([labels, topics]) == before
    labels.write_bytes(b"a: bridges\n")
    assert files_fingerprint([topics, labels]) != before


def test_a_folder_is_another_where_a_file_is_written_added_or_removed(tmp_path: Path) -> None:
    code = tmp_path / "step.py"
    code.write_text("x = 1")
    versions = [tree_version([tmp_path], (".py",))]
    (tmp_path / "note.txt").write_text("not code")
    assert tree_version([tmp_path], (".py",)) == versions[0]
    os.utime(code, ns=(0, code.stat().st_mtime_ns + 1))
    versions.append(tree_version([tmp_path], (".py",)))
    (tmp_path / "more.py").touch()
    versions.append(tree_version([tmp_path], (".py",)))
    (tmp_path / "more.py").unlink()
    assert len(set(versions)) == 3 and tree_version([tmp_path], (".py",)) == versions[1]
