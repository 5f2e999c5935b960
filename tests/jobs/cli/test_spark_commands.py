"""The commands of `siang` that open a session, called through their runner over a lake of this module's own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from jobs.cli.main import app
from lake import server
from lake.settings import settings
from schemas.errors import UserError

pytestmark = pytest.mark.spark
Siang = Callable[..., Result]


def post(key: str, text: str, day: str = "2025-01-05") -> str:
    data = {"id": key, "text": text, "created_at": f"{day}T05:00:00.000Z"}
    content = {"data": data, "includes": {"places": [{"full_name": "เมือง, ยะลา"}]}}
    return json.dumps(content, ensure_ascii=False) + "\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A new home with one landed file of four records, of which one has no text."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIANG_HOME", str(folder))
        settings.cache_clear()
        landing = Path(settings().landing) / "social_posts"
        landing.mkdir(parents=True)
        (landing / "2025-01-31.jsonl").write_text(
            post("1", "ถนนหน้าโรงเรียนเป็นหลุมลึก รถล้มบ่อยมาก")
            + post("2", "น้ำประปาไม่ไหลมาสามวันแล้ว")
            + post("3", "ไฟริมทางดับทั้งซอย โทร 0812345678")
            + post("4", ""),
            encoding="utf-8",
        )
        yield folder
        server.stop_all()
    settings.cache_clear()


@pytest.fixture
def siang(home: Path) -> Siang:
    """Calls a command. An error that is not for the user fails the test."""

    def call(*words: str) -> Result:
        result = CliRunner().invoke(app, words)
        assert isinstance(result.exception, UserError | SystemExit | None), repr(result.exception)
        return result

    return call


def test_each_step_is_a_command_and_the_records_are_accounted_for(siang: Siang) -> None:
    for step in ("land", "ingest", "reference", "parse", "consolidate", "classify"):
        assert siang(step).exit_code == 0, step
    answered = siang("query", "SELECT primary_topic_id FROM silver.concern_labels ORDER BY 1", "--format", "csv")
    assert answered.output.split() == ["primary_topic_id", "roads", "street_lighting", "water_supply"]
    assert "exact: every byte of every file is in bronze" in siang("reconcile").output


def test_a_query_over_bronze_needs_the_option_and_an_unknown_format_is_refused(siang: Siang) -> None:
    words = ("query", "SELECT count(*) AS records FROM bronze.records")
    assert isinstance(siang(*words).exception, UserError)
    assert "4" in siang(*words, "--restricted").output
    assert "there is no format pdf" in str(siang(*words, "--format", "pdf").exception)


def test_the_quarantine_lists_shows_replays_and_dismisses(siang: Siang) -> None:
    listed = siang("quarantine", "--source", "social_posts").output
    assert "It has no text (field data.text)." in listed and "1 open" in listed
    file = json.loads(
        siang("query", "SELECT file_sha256, record_number FROM silver.quarantine", "--format", "json").output
    )
    where = ("social_posts", file["file_sha256"][:12], str(file["record_number"]))
    assert "It has no text" in siang("quarantine", "show", *where).output
    assert siang("quarantine", "replay").exit_code == 0
    assert siang("quarantine", "dismiss", *where, "an empty post").exit_code == 0
    assert "0 open" in siang("quarantine").output
    assert "1 dismissed" in siang("quarantine", "--state", "dismissed").output


def test_files_sources_and_models_are_listed(siang: Siang) -> None:
    assert "2025-01-31.jsonl" in siang("ledger", "--source", "social_posts").output
    assert "No file needs attention." in siang("ledger", "--status", "faulty").output
    assert "there is no status lost" in str(siang("ledger", "--status", "lost").exception)
    listed = siang("source", "list").output
    assert next(line for line in listed.splitlines() if "social_posts" in line).split("│")[4].strip() == "1"
    assert "in use" in siang("models").output
    assert "which has no predecessor" in str(siang("models", "back").exception)
    assert siang("status").exit_code == 0


def test_texts_are_exported_for_labels_and_the_labels_come_back(siang: Siang, tmp_path: Path) -> None:
    form = tmp_path / "labels.csv"
    assert "3 texts" in siang("label", "export", str(form), "--count", "5").output
    heading, *rows = form.read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == 3 and "0812345678" not in "".join(rows)
    columns = heading.split(",")
    first = dict(zip(columns, rows[0].split(","), strict=False))
    form.write_text(f"concern_id,drawn_from,topic_1\n{first['concern_id']},,drugs\n", encoding="utf-8")
    assert siang("label", "import", str(form)).exit_code == 0
    assert siang("classify").exit_code == 0
    kept = siang("query", "SELECT topic_id, method FROM silver.concern_topics WHERE topic_id = 'drugs'", "--format",
                 "csv").output.split()  # fmt: skip
    assert kept == ["topic_id,method", "drugs,analyst"]


def test_whole_tables_are_checked_and_a_source_is_parsed_again(siang: Siang) -> None:
    assert "Data Docs:" in siang("check", "silver.concerns").output
    assert "silver.nothing has no suite" in str(siang("check", "silver.nothing").exception)
    assert siang("backfill", "--source", "social_posts", "--since", "2025-01-01").exit_code == 0
    assert "the lake has" in siang("lake", "init").output
    assert siang("retain").exit_code == 0


def test_training_without_enough_labels_is_refused_in_a_sentence(siang: Siang) -> None:
    refused = siang("train")
    assert isinstance(refused.exception, UserError) and "label" in str(refused.exception)


def test_the_server_tells_its_state_and_stops(siang: Siang) -> None:
    assert json.loads(siang("spark", "status").output)["is_up"]
    assert "the Spark server is running" in siang("spark", "start").output
    assert siang("spark", "stop").output == "stopped\n"
    assert (siang("spark", "status").exit_code, siang("spark", "stop").output) == (1, "no server was running\n")
