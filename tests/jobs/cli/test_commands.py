"""The commands of `siang` that need no Spark, called through their runner as a person calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from jobs.cli.main import app, sentence
from jobs.pipeline.steps import STEPS
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
