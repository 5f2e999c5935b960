"""Files and contracts that are no good: each is reported with its reason, and none of them moves or stops another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from rich.console import Console

from jobs.cli.logs import start_logging
from jobs.operations import reconcile, results, status
from jobs.pipeline import aggregate, consolidate, ingest, land, parse
from jobs.pipeline.run_step import collected_warnings, run_step
from jobs.pipeline.steps import STEPS
from jobs.sources import valid_contracts
from lake import archive, server
from lake.session import open_session
from lake.settings import settings
from lake.tables import rows
from schemas.contract_files import FOLDER, contracts, read_contract, wrong_contracts
from schemas.errors import PermanentError
from tests.independent.figures import last_day

pytestmark = pytest.mark.spark
NOT_JSON = "The line is not a JSON object; it may be cut off."


def post(key: str, day: str = "2025-02-05", text: str = "ถนนเป็นหลุมลึกหน้าตลาด") -> str:
    data = {"id": key, "text": text, "created_at": f"{day}T05:00:00.000Z"}
    return json.dumps({"data": data, "includes": {"places": [{"full_name": "เมือง, ยะลา"}]}}, ensure_ascii=False) + "\n"


def form(key: str, day: str = "2025-02-07") -> str:
    record = {"ref": key, "at": f"{day} 09:00", "message": "ไฟทางดับทั้งซอย", "province": "ยะลา", "district": "รามัน"}
    return json.dumps(record, ensure_ascii=False) + "\n"


def deliver(name: str, *lines: str, source: str = "social_posts") -> None:
    path = Path(settings().landing) / source / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(lines), encoding="utf-8")


def run_all(spark, steps=(ingest, parse, consolidate)) -> list[str]:
    with collected_warnings() as warnings:
        land.run()
        for step in steps:
            step.run(spark)
    return warnings


def day_of_figures(spark) -> date:
    """The last day that data tell of, which a second computation finds too."""
    import polars as pl

    found = aggregate.as_of(spark)
    assert found == last_day(lambda name: pl.DataFrame(pl.from_arrow(spark.table(name).toArrow())))
    return found


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """A lake of this module's own: what it leaves would change what other tests count."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIANG_HOME", str(tmp_path_factory.mktemp("home")))
        settings.cache_clear()
        try:
            with open_session() as session:
                yield session
            server.stop()
        finally:
            settings.cache_clear()
    settings.cache_clear()


@pytest.fixture(scope="module")
def problem_lines(spark) -> list[str]:
    deliver("2025-02-28.jsonl", post("1"), post("2"))
    assert run_all(spark) == []
    assert day_of_figures(spark) == date(2025, 2, 28)
    deliver("2025-03-31.jsonl", "{no json\n", "nor this\n")
    deliver("2586-โทร 0812345678.jsonl", post("3"))
    deliver("2090-01-01.jsonl", post("4", "2025-02-07"))
    deliver("2025-04-30.jsonl", post("5", "2086-02-05"))
    deliver("2025-05-31.jsonl")
    deliver("american.jsonl", form("a1", "01/02/2025"), form("a2", "02/17/2025"), source="web_form")
    return run_all(spark)


def test_each_bad_file_is_named_with_its_reason_and_its_name_is_masked(spark, problem_lines):
    today = archive.observations("social_posts")[0].seen_at.astimezone().date()
    landed = next(line for line in problem_lines if "2090" in line).split("landed on ")[1][:10]
    assert abs((date.fromisoformat(landed) - today).days) <= 1
    assert problem_lines == [
        "social_posts: 2025-03-31.jsonl: 2 of its 2 records cannot be read, the first because: " + NOT_JSON,
        "social_posts: 2025-05-31.jsonl: it is empty; check that the export was made.",
        f"social_posts: 2090-01-01.jsonl: its name has the date 2090-01-01, but it landed on {landed}: the later "
        "date is not used; rename the file and land it again.",
        "social_posts: 2586-โทร [PHONE].jsonl: it is refused. The name of 2586-โทร [PHONE].jsonl has no date that "
        f"matches the pattern {contracts()['social_posts'].version_order.pattern}; land it under a name with its date "
        "of observation.",
        "«Records are not refused much more often than in the batches before.» fails on 2 rows (such as social_posts; "
        "web_form)",
        "social_posts: 2025-04-30.jsonl: none of its 1 records can be used, the most frequent reason is: "
        "Its submitted_at is after "
        f"{landed}, the day on which its file landed; check its year.",
        "web_form: american.jsonl: 1 of its 2 records have a month where its contract has the day, so 1 more that "
        "may mean two days are rejected too: check day_order in the contract.",
    ]


def test_neither_the_future_nor_the_unreadable_moves_time(spark, problem_lines):
    assert day_of_figures(spark) == date(2025, 2, 28)
    assert spark.sql("SELECT count(*) FROM silver.concerns WHERE submitted_date > '2025-12-31'").collect()[0][0] == 0
    [row] = rows(spark.sql("SELECT observed_at, version_at FROM silver.concern_versions WHERE source_record_id = '4'"))
    landed = min(one.seen_at for one in archive.observations("social_posts"))
    assert landed <= row["observed_at"] == row["version_at"] <= datetime.now(UTC)
    assert reconcile.reconcile(spark).is_exact


def test_they_are_reported_once_by_a_run_and_again_wherever_one_asks(spark, problem_lines):
    assert run_all(spark) == []
    assert len(status.files(spark)) == 6
    for show in (lambda out: status.show(spark, out), lambda out: results.show(spark, out)):
        page = StringIO()
        show(Console(file=page, width=400))
        shown = page.getvalue()
        for name in ("2025-03-31", "2025-04-30", "2025-05-31", "2090-01-01", "2586-โทร [PHONE]"):
            assert f"{name}.jsonl" in shown
        assert "0812345678" not in shown and NOT_JSON in shown


def test_a_name_put_right_moves_time_and_ends_the_warning(spark, problem_lines):
    wrong = Path(settings().landing) / "social_posts" / "2090-01-01.jsonl"
    wrong.rename(wrong.with_name("2025-03-01.jsonl"))
    assert run_all(spark) == []
    assert day_of_figures(spark) == date(2025, 3, 1)
    assert all("2090" not in one.reason for one in status.files(spark))


def test_a_run_that_warns_is_kept_as_one_and_its_warnings_reach_a_file(spark, problem_lines, tmp_path, monkeypatch):
    monkeypatch.setenv("SIANG_WARNINGS", str(tmp_path / "warnings"))
    settings.cache_clear()
    deliver("2025-06-30.jsonl", "{torn\n")
    land.run()
    start_logging()
    try:
        run_step(spark, next(step for step in STEPS if step.name == "ingest"))
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    line = "social_posts: 2025-06-30.jsonl: 1 of its 1 records cannot be read, the first because: " + NOT_JSON
    assert (tmp_path / "warnings").read_text(encoding="utf-8") == line + "\n"
    last = spark.sql("SELECT outcome, message FROM ops.runs ORDER BY started_at DESC LIMIT 1").collect()[0]
    assert tuple(last) == ("warned", line)


def known(spark, source_id: str) -> set[str]:
    found = spark.sql(f"SELECT source_record_id FROM silver.concerns WHERE source_id = '{source_id}'")
    return {row[0] for row in found.collect()}


def test_a_wrong_contract_stops_its_own_source_and_loses_nothing(spark, problem_lines, tmp_path, monkeypatch):
    path = tmp_path / "sources" / "social_posts.yaml"
    path.parent.mkdir()
    written = (FOLDER / path.name).read_text(encoding="utf-8")
    path.write_text(written.replace("channel: social_media", "channel: telepathy"), encoding="utf-8")
    run_all(spark)
    deliver("2025-07-31.jsonl", post("7", "2025-07-07"))
    run_all(spark, (ingest,))  # it came in, and then the contract was broken
    before = known(spark, "social_posts")
    with monkeypatch.context() as patch:
        patch.setenv("SIANG_CONFIG", str(tmp_path))
        deliver("2025-08-31.jsonl", post("8", "2025-07-08"))
        for key in ("w1", "w2"):
            deliver(f"{key}.jsonl", form(key), source="web_form")
            warnings = run_all(spark)
            line = str(wrong_contracts()["social_posts"])
            assert line.startswith("social_posts.yaml, line ") and "channel: telepathy is not one of" in line
            assert f"social_posts: 1 file waits until its contract is fixed: {line}" in warnings
            assert f"A contract is wrong, and new files of its source wait until it is fixed: {line}" in warnings
            assert key in known(spark, "web_form")
            assert known(spark, "social_posts") == before
        assert valid_contracts.last_valid()["social_posts"] == read_contract(FOLDER / "social_posts.yaml")
        with pytest.raises(PermanentError, match=r"the contract is wrong: social_posts\.yaml, line"):
            valid_contracts.contracts_of("social_posts")
    assert run_all(spark) == []
    assert known(spark, "social_posts") == before | {"7", "8"}
    assert reconcile.reconcile(spark).is_exact
