"""What a run warns of is kept apart from what it says on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs.report import WARNING, Report
from lake.settings import settings


def test_warnings_of_a_stage_are_kept_and_written_where_the_scheduler_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIANG_WARNINGS", str(tmp_path / "warnings"))
    settings.cache_clear()
    report = Report()
    try:
        with report.stage("first"):
            report.say("1 of 2 files")
            report.say(f"{WARNING}a file is empty")
            report.say(f"{WARNING}another too")
        assert report.warnings == ["a file is empty", "another too"]
        with report.stage("second"):
            report.say("nothing to do")
        assert report.warnings == []
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert (tmp_path / "warnings").read_text(encoding="utf-8") == "a file is empty\nanother too\n"
