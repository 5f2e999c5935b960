"""The answer of a server that failed, saved as a file, is no day on which nobody complained."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jobs.sources.readers.file import read_pieces
from schemas.contracts import Contract
from tests.jobs.sources.readers.test_formats import contract
from tests.reading import problem_with

ANSWER = contract(format="json", records="results")
LINES = contract(format="json_lines")
TABLE = contract()
RECORD = {"id": "1", "day": "2025-01-31", "words": "ไฟดับ"}


def parts(content: str, by: Contract) -> list[str]:
    pieces = list(read_pieces(content.encode(), by))
    assert problem_with(pieces, content.encode(), by) is None
    return [one.part for one in pieces]


FAILURES: list[dict[str, Any]] = [
    {"status": "fail", "message": "token expired", "results": []},
    {"status": "ERROR", "results": None},
    {"status": False},
    {"success": False, "results": []},
    {"ok": "false"},
    {"error": {"code": 190, "message": "expired"}},
    {"errors": ["no such agency"], "results": []},
    {"status": 503, "results": []},
    {"code": "401", "message": "x", "results": []},
    {"status": {"code": 500}, "results": []},
    {"message": "Unauthorized"},
    {"detail": "Not authenticated"},
]


@pytest.mark.parametrize("by", [ANSWER, LINES, TABLE, contract(format="json"), contract(format="geojson")])
@pytest.mark.parametrize("answer", FAILURES, ids=str)
def test_an_answer_that_states_a_failure_is_refused_in_any_format(answer: dict[str, Any], by: Contract):
    for written in (json.dumps(answer), "\ufeff" + json.dumps(answer, indent=1) + "\n"):
        assert parts(written, by) == ["refused"]


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head></html>",
        "\n <html><body>Sign in</body></html>",
        '<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>',
    ],
)
@pytest.mark.parametrize("by", [ANSWER, LINES, TABLE])
def test_a_web_page_under_the_name_of_an_export_is_refused(page: str, by: Contract):
    assert parts(page, by) == ["refused"]


def test_a_sentence_instead_of_a_table_is_refused_and_headings_alone_are_a_day_without_concerns():
    assert parts("Internal Server Error\n", TABLE) == ["refused"]
    assert parts("id,day,words\n", TABLE) == ["header"]
    assert parts("id;day;other\n", TABLE) == ["header"]


@pytest.mark.parametrize(
    "answer",
    [
        {"status": "success", "message": "", "error": None, "results": []},
        {"status": "ok", "message": "no concerns today", "results": []},
        {"success": True, "count": 0, "errors": [], "results": []},
        {"status": "fail", "results": [RECORD]},
        {"message": "since yesterday", "results": [RECORD]},
        {"code": 200, "results": []},
    ],
    ids=str,
)
def test_an_answer_without_a_failure_or_with_records_is_read(answer: dict[str, Any]):
    assert parts(json.dumps(answer), ANSWER) == ["frame", *["record"] * len(answer["results"]), "frame"]


def test_a_record_that_stands_alone_in_its_file_may_say_error_of_itself():
    assert parts(json.dumps({**RECORD, "status": "error", "message": "x"}), LINES) == ["record"]


def faults(answer: dict[str, Any], by: Contract = ANSWER) -> list[str | None]:
    return [one.error for one in read_pieces(json.dumps(answer).encode(), by) if one.part == "fault"]


def test_an_answer_that_states_more_records_than_it_holds_is_reported_as_cut_off():
    assert faults({"count": 4367, "results": [RECORD]}) == [
        "The response states 4,367 records (count) but has 1; land the complete file."
    ]
    within = contract(format="json", records="body.results")
    assert len(faults({"body": {"results": [RECORD], "total": 2}}, within)) == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"count": 1, "results": [RECORD]},
        {"count": 0, "results": [RECORD]},
        {"total": 90, "page": 2, "results": [RECORD]},
        {"count": 90, "next": "https://example.org/?page=2", "results": [RECORD]},
        {"count": "many", "results": [RECORD]},
        {"results": [{**RECORD, "count": 7}]},
    ],
    ids=str,
)
def test_a_page_of_an_answer_or_a_count_that_fits_is_not(answer: dict[str, Any]):
    assert faults(answer) == []


def test_no_value_of_an_answer_stands_in_its_sentence():
    answer = {"status": "fail", "message": "โทร 081-234-5678", "error": "สมชาย"}
    [piece] = read_pieces(json.dumps(answer).encode(), ANSWER)
    assert piece.error == (
        "The file is an error response (status: fail) without records; request it from its source again."
    )
