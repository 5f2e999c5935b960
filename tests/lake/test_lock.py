"""One writer: the lock lives and dies with the process that holds it."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time

import pytest

from lake import lock
from schemas.errors import UserError

HOLD = textwrap.dedent(
    """
    import sys, time
    from pathlib import Path
    from lake import lock
    with lock.writer_lock(Path(sys.argv[1])):
        print("held", flush=True)
        time.sleep(60)
    """
)


def holder(folder):
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_writer_is_told_that_it_waits_and_then_refused_with_a_sentence(tmp_path, capsys):
    process = holder(tmp_path)
    try:
        with (
            pytest.raises(UserError, match="another process has been writing to this lake"),
            lock.writer_lock(tmp_path, wait_seconds=0.2),
        ):
            pass
        assert "another command is writing to this lake" in capsys.readouterr().err
    finally:
        process.kill()
        process.wait()


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path):
    (tmp_path / "home").write_text("a file")
    with (
        pytest.raises(UserError, match="correct SIANG_HOME or SIANG_LAKE"),
        lock.writer_lock(tmp_path / "home" / "run"),
    ):
        pass


def test_a_killed_writer_leaves_the_lock_free_and_its_death_is_known(tmp_path):
    process = holder(tmp_path)
    process.kill()
    process.wait()
    started = time.monotonic()
    with lock.writer_lock(tmp_path) as predecessor_died:
        assert predecessor_died
    assert time.monotonic() - started < 60
    with lock.writer_lock(tmp_path) as predecessor_died:
        assert not predecessor_died
