"""The commands of `siang`, called through their runner as a person calls them, on a lake with a few posts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from jobs.cli.main import app, sentence
from jobs.pipeline.steps import STEPS
from lake.settings import settings
from schemas.errors import ContractError, PermanentError, UserError


def siang(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(app, words, input=given)


def test_help_lists_every_step_in_the_order_of_the_pipeline() -> None:
    words = [line.split()[0] for line in siang("--help").output.splitlines() if line.startswith("  ")]
    steps = [step.command for step in STEPS]
    assert [word for word in words if word in steps] == steps


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (UserError("there is no source x", "choose one of a, b"), 1, "there is no source x: choose one of a, b."),
        (PermanentError("a suite fails", "fix the step"), 3, "a suite fails: fix the step."),
        (
            ContractError("a.yaml", 3, "is missing", "fields"),
            3,
            "the contract is wrong: a.yaml, line 3, fields: is missing.",
        ),
        (KeyError("สมชาย ใจดี"), None, "the command failed with KeyError; run it with --debug to see where."),
    ],
)
def test_an_error_is_one_sentence_and_its_class_decides_the_exit_code(error, code, words) -> None:
    assert sentence(error) == words
    assert getattr(error, "exit_code", None) == code


def test_the_dictionary_needs_no_spark_and_has_every_column_in_both_languages() -> None:
    assert "| concern_id |" in siang("dictionary").output
    assert siang("dictionary", "--format", "csv").output.splitlines()[0].count(",") >= 4
    refused = siang("dictionary", "--format", "pdf")
    assert isinstance(refused.exception, UserError) and refused.exit_code == 1


def test_text_reads_lines_and_writes_lines() -> None:
    answered = siang("text", given='{"id": 7, "text": "ไฟส่องสว่างดับทั้งซอย โทร 0812345678"}\n')
    found = json.loads(answered.output)
    assert (found["id"], found["topics"][0]["topic_id"], found["masked"]) == (7, "street_lighting", ["PHONE"])


def test_samples_and_the_template_are_written_where_they_are_asked_for(tmp_path: Path) -> None:
    assert siang("samples", "--to", str(tmp_path)).exit_code == 0
    assert len([path for path in tmp_path.iterdir() if path.is_dir()]) > 10
    book = tmp_path / "register.xlsx"
    assert siang("source", "template", str(book)).exit_code == 0 and book.read_bytes().startswith(b"PK")
    checked = siang("source", "check", "social_posts", str(next((tmp_path / "social_posts").iterdir())))
    assert checked.exit_code == 0 and "values that the contract reads" in checked.output


def post(key: str, text: str, day: str = "2025-01-05") -> str:
    data = {"id": key, "text": text, "created_at": f"{day}T05:00:00.000Z"}
    return json.dumps({"data": data, "includes": {"places": [{"full_name": "เมือง, ยะลา"}]}}, ensure_ascii=False) + "\n"


@pytest.fixture(scope="module")
def lake(spark: object) -> Iterator[None]:
    """A lake into which the commands of the first steps have taken two good posts and a broken one."""
    path = Path(settings().landing) / "social_posts" / "2025-01-31.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(post("1", "ถนนเป็นหลุม") + post("2", "น้ำไม่ไหล", "2025-02-30") + '{"data": \n', encoding="utf-8")
    for step in ("land", "ingest", "reference", "parse", "consolidate", "classify"):
        done = siang(step)
        assert done.exit_code == 0, (step, done.exception)
    yield
    path.unlink()


@pytest.mark.spark
def test_the_ledger_lists_files_and_those_that_need_attention(lake: None) -> None:
    assert "2025-01-31.jsonl" in siang("ledger", "--source", "social_posts").output
    assert "1 of its 3 records cannot be read" in siang("ledger", "--status", "faulty").output
    assert isinstance(siang("ledger", "--status", "lost").exception, UserError)
    assert isinstance(siang("ledger", "--source", "nowhere").exception, UserError)


@pytest.mark.spark
def test_the_quarantine_is_listed_by_code_shown_and_set_aside(lake: None) -> None:
    listed = siang("quarantine", "--reason", "wrong_time").output
    assert "1 open" in listed and "2025-02-30" in listed
    sha = listed.split("(")[1][:12]
    shown = siang("quarantine", "show", "social_posts", sha, "1").output
    assert "reasons" in shown and "น้ำไม่ไหล" in shown
    assert siang("quarantine", "replay").exit_code == 0
    assert siang("quarantine", "dismiss", "social_posts", sha, "1", "no such day").exit_code == 0
    assert "0 open" in siang("quarantine", "--reason", "wrong_time").output
    assert "1 dismissed" in siang("quarantine", "--state", "dismissed").output


@pytest.mark.spark
def test_status_results_and_the_proof_are_printed(lake: None) -> None:
    assert "parse" in siang("status").output
    assert "social_posts" in siang("results").output
    assert "exact: every byte of every file is in bronze" in siang("reconcile").output


@pytest.mark.spark
def test_a_query_answers_in_three_forms_and_never_writes(lake: None) -> None:
    sql = "SELECT source_id, count(*) AS n FROM silver.concerns GROUP BY source_id"
    assert siang("query", sql, "--format", "csv").output.splitlines()[0] == "source_id,n"
    assert json.loads(siang("query", sql, "--format", "json").output.splitlines()[0])["n"] >= 1
    assert "social_posts" in siang("query", sql).output
    assert isinstance(siang("query", "DELETE FROM silver.concerns").exception, UserError)
    assert isinstance(siang("query", sql, "--format", "xml").exception, UserError)


@pytest.mark.spark
def test_sources_are_listed_with_their_freshness_and_models_with_the_one_in_use(lake: None) -> None:
    assert "social_posts" in siang("source", "list").output
    assert "in use" in siang("models").output
    assert "server is up" in siang("spark", "start").output
    assert json.loads(siang("spark", "status").output)["is_up"] is True
    assert "tables are known by name" in siang("lake", "init").output
