"""What `siang doctor` finds and says."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest

from jobs.operations.doctor import (
    GIB,
    JAR_LIST,
    Check,
    check_all,
    check_confinement,
    check_jars,
    check_java,
    check_memory,
    check_python,
    check_workers,
    check_writable,
)
from lake.settings import settings


@pytest.mark.parametrize(
    ("said", "is_ok"),
    [
        ('openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment', True),
        ('openjdk version "21" 2023-09-19', True),
        ('Picked up JAVA_TOOL_OPTIONS: -Da=b\nopenjdk version "17.0.1" 2021-10-19', True),
        ('java version "1.8.0_371"', False),
        ('openjdk version "11.0.2" 2019-01-15', False),
        ("", False),
    ],
)
def test_java_17_and_21_are_taken_and_no_other(said: str, is_ok: bool) -> None:
    assert check_java(said).is_ok is is_ok


def test_a_missing_java_is_reported_with_its_remedy() -> None:
    line = "missing  Java: no java in JAVA_HOME or on the PATH; install JDK 17 or 21, or set JAVA_HOME to one"
    assert str(check_java("")) == line


def test_an_old_python_is_reported() -> None:
    assert not check_python((3, 10, 4)).is_ok
    assert check_python((3, 11, 0)).is_ok


def test_jars_are_known_by_their_checksums(tmp_path: Path) -> None:
    for name in ("good", "changed"):
        (tmp_path / f"{name}-1.jar").write_bytes(b"bytes")
    right, wrong = hashlib.sha256(b"bytes").hexdigest(), hashlib.sha256(b"others").hexdigest()
    jars = [f"delta g good 1 {right}", f"delta g changed 1 {wrong}", f"delta g gone 1 {right}"]
    listed = "\n".join(["# a comment", *jars, f"s3 g optional 1 {right}"])
    found = [(check.name, check.is_ok) for check in check_jars(tmp_path, listed, on_s3=False)]
    assert found == [("good-1.jar", True), ("changed-1.jar", False), ("gone-1.jar", False)]
    assert [check.name for check in check_jars(tmp_path, listed, on_s3=True)][-1] == "optional-1.jar"


def test_the_list_of_jars_names_set_coordinates_and_checksum() -> None:
    lines = [line for line in JAR_LIST.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert lines
    for line in lines:
        kind, _, _, _, sha256 = line.split()
        assert kind in {"delta", "s3"}
        assert len(sha256) == 64


def test_a_state_folder_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert check_writable(tmp_path / "new").is_ok
    assert not check_writable(tmp_path / "file" / "below").is_ok


def test_little_memory_is_reported() -> None:
    assert str(check_memory(8 * GIB)) == "ok       Memory: 8 GiB free"
    assert not check_memory(2 * GIB).is_ok


def test_it_says_whether_queries_can_be_kept_from_writing():
    assert check_confinement("", is_possible=True).value == "can only read the lake"
    assert "not confined" in check_confinement("", is_possible=False).value
    assert "SIANG_SPARK" in check_confinement("sc://host:1", is_possible=True).value


@pytest.mark.parametrize("endpoint", ["", "local"])
def test_workers_run_the_python_of_this_environment(endpoint: str) -> None:
    assert check_workers(endpoint).is_ok


def test_a_python_that_lacks_what_workers_import_is_told_with_its_words(tmp_path: Path) -> None:
    bare = tmp_path / "python3"
    bare.write_text(f"#!/bin/sh\nexec {sys.executable} -S -E -c 'import pyarrow'\n")
    bare.chmod(0o755)
    check = check_workers("local", str(bare))
    assert not check.is_ok
    assert check.value.endswith("No module named 'pyarrow'")
    assert not check_workers("", "/usr/bin/false").is_ok
    assert not check_workers("", str(tmp_path / "none")).is_ok


@pytest.mark.spark
def test_workers_of_a_server_that_does_not_answer_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIANG_SPARK", "sc://localhost:9")
    settings.cache_clear()
    try:
        check = check_workers(settings().spark)
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert (check.is_ok, check.value) == (False, "no Spark server answers at sc://localhost:9")


def test_every_check_says_what_to_do() -> None:
    checks = check_all()
    assert all(isinstance(check, Check) for check in checks)
    assert all(check.is_ok or check.remedy for check in checks)
