"""What commands log: lines for people, JSON for machines, and warnings where a scheduler looks for them."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jobs.cli.logs import run_stage, start_logging
from jobs.pipeline.run_step import collected_warnings
from lake.settings import settings

log = logging.getLogger("jobs.pipeline.ingest")


@pytest.fixture
def logging_as(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Starts logging as a command does, under settings of this test alone."""
    loggers = [logging.getLogger(name) for name in ("jobs", "lake")]
    before = [(list(one.handlers), one.level, one.propagate) for one in loggers]

    def start(**names: str) -> None:
        for name, value in names.items():
            monkeypatch.setenv(f"SIANG_{name.upper()}", value)
        settings.cache_clear()
        start_logging()

    yield start
    for logger, (handlers, level, propagate) in zip(loggers, before, strict=True):
        logger.handlers[:], logger.propagate = handlers, propagate
        logger.setLevel(level)
    monkeypatch.undo()
    settings.cache_clear()


def work() -> dict[str, int]:
    log.info("1 of 2 files")
    log.warning("a file is empty", extra={"source_id": "social_posts", "path": "2025-01-31.jsonl"})
    return {"files": 2, "records": 1200}


def test_a_stage_logs_its_progress_its_warnings_and_what_it_counted(logging_as, capsys) -> None:
    logging_as()
    assert run_stage("ingest", work) == {"files": 2, "records": 1200}
    lines = [line.split(" ", 1)[-1] for line in capsys.readouterr().err.splitlines()]
    assert "ingest: 1 of 2 files" in lines[0] and "ingest: warning: a file is empty" in lines[1]
    assert "files 2, records 1,200" in lines[2]


def test_json_lines_name_the_run_the_step_the_source_and_the_file(logging_as, capsys) -> None:
    logging_as(log="json")
    run_stage("ingest", work)
    entries = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(one["level"], one["step"], one["source"], one["file"]) for one in entries] == [
        ("info", "ingest", None, None),
        ("warning", "ingest", "social_posts", "2025-01-31.jsonl"),
        ("info", "ingest", None, None),
    ]
    assert len({one["run"] for one in entries}) == 1


def test_warnings_are_collected_and_written_where_the_scheduler_looks(logging_as, tmp_path: Path) -> None:
    logging_as(warnings=str(tmp_path / "warnings"))
    with collected_warnings() as warnings:
        run_stage("first", work)
    with collected_warnings() as others:
        log.info("nothing to do")
    assert (warnings, others) == (["a file is empty"], [])
    assert (tmp_path / "warnings").read_text(encoding="utf-8") == "a file is empty\n"
