"""Small deviations of tables: cells at the edge, headings again, doubled and misspelt, delimiters, blanks."""

from __future__ import annotations

import io
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from jobs.sources.contract_check import read as check
from jobs.sources.readers import delimited
from jobs.sources.readers import table as table_module
from jobs.sources.readers.file import read_pieces
from jobs.sources.readers.headings import difference, match_headings
from schemas.contracts import Contract
from tests.jobs.sources.readers.test_formats import TICKETS, contract, read, texts
from tests.reading import problem_with

WIDE = contract(
    fields={
        "submitted_at": {"from": "day", "required": True},
        "text": {"from": "words", "required": True},
        "agency": "office",
    }
)


def table(*rows: str) -> bytes:
    return "\n".join([*rows, ""]).encode()


@pytest.mark.parametrize(
    "rows",
    [
        ["id,day,words,office", "1,2025-01-31,a,x,", "2,2025-01-31,b,y,,,"],
        ["id,day,words,office,,", "1,2025-01-31,a,x", "2,2025-01-31,b,y,"],
        ["id,day,words,office,", "1,2025-01-31,a,x,note", "2,2025-01-31,b,y"],
        ["id,day,words,office,note", "1,2025-01-31,a", "2,2025-01-31,b,y,n"],
        ["id,day,words,office,note", "1,2025-01-31,a,x,n", "2,2025-01-31,b"],
    ],
)
def test_empty_cells_at_the_edge_may_be_too_many_or_missing(rows: list[str]):
    assert texts(table(*rows), WIDE) == ["a", "b"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # What lacks the words, or the day, is broken; so is a row before its own rest.
        (["id,day,words,office", "1,2025-01-31", "2,2025-01-31,b,y"], [None, "b"]),
        (["id,day,words,office", "1,b,c", "2,2025-01-31,b,y"], [None, "b"]),
        (["id,day,words,office", "1,2025-01-31,first line", "second line,y", "2,2025-01-31,b,y"], [None, None, "b"]),
        # An export that writes empty cells elsewhere has lost a comma where one is missing.
        (["id,day,words,office,note", "1,2025-01-31,a,x", "2,2025-01-31,b,y,"], [None, "b"]),
        (["id,day,words,office", "1,2025-01-31,a,x,surplus", "2,2025-01-31,b,y"], [None, "b"]),
    ],
)
def test_a_row_that_lacks_more_than_empty_cells_is_a_fault(rows: list[str], expected: list[str | None]):
    assert texts(table(*rows), WIDE) == expected


def parts(content: bytes, by: Contract) -> list[str]:
    pieces = list(read_pieces(content, by))
    assert problem_with(pieces, content, by) is None
    return [one.part for one in pieces]


@pytest.mark.parametrize("by", [WIDE, TICKETS], ids=["plain", "ids of a pattern"])
def test_headings_again_amid_the_rows_are_frame_and_others_are_those_of_what_follows(by: Contract):
    first, second = ("2025-AAAAA1", "2025-AAAAA2")
    rows = ["id,day,words,office", f"{first},2025-01-31,a,x", "\ufeffid,day,words,office", f"{second},2025-01-31,b,y"]
    assert texts(table(*rows), by) == ["a", "b"]
    assert parts(table(*rows), by) == ["header", "record", "frame", "record"]
    other = [*rows[:2], "words,office,id,day,note", f"b,y,{second},2025-02-01,n", "words,office,id,day,note"]
    assert texts(table(*other), by) == ["a", "b"]
    assert parts(table(*other), by) == ["header", "record", "header", "record", "frame"]


def test_words_that_are_named_like_headings_do_not_make_a_row_one():
    assert texts(table("id,day,words,office", "id,2025-01-31,words,office"), WIDE) == ["words"]


def test_headings_again_on_each_page_of_a_sheet_are_frame():
    output = io.BytesIO()
    with xlsxwriter.Workbook(output) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([["id", "day", "words"], ["1", "2025-01-31", "a"]] * 2):
            sheet.write_row(at, 0, row)
    assert parts(output.getvalue(), contract(format="xlsx")) == ["header", "record", "frame", "record"]


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_of_columns_with_one_heading_the_first_that_holds_anything_is_read(format_: str):
    rows = [["id", "day", "words", "words"], ["1", "2025-01-31", "a", ""], ["2", "2025-01-31", " ", "b"]]
    rows += [["3", "2025-01-31", "c", "d"]]
    output = io.BytesIO()
    with xlsxwriter.Workbook(output) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    content = table(*map(",".join, rows)) if format_ == "csv" else output.getvalue()
    assert texts(content, contract(format=format_)) == ["a", "b", "c"]


def test_source_check_counts_the_columns_of_a_heading():
    found = check(table("id,day,words,words", "1,2025-01-31,a,"), contract(), "x.csv", 1)
    assert found.columns == {"id": 1, "day": 1, "words": 2}


ODD = ["ค\u0e4d\u0e32ร้อง", "คำร้อง\u200b", "\u200bคำร้อง", "\u00a0คำร้อง ", "คำ\u00adร้อง", "\ufeffคำร้อง", '" คำร้อง"']


@pytest.mark.parametrize("heading", ODD, ids=ascii)
def test_a_heading_that_looks_like_that_of_the_contract_is_it_and_the_other_way_round(heading: str):
    plain = contract(fields={"submitted_at": "day", "text": "คำร้อง"})
    assert texts(table(f"id,day,{heading}", "1,2025-01-31,a"), plain) == ["a"]
    odd = contract(fields={"submitted_at": "day", "text": heading.strip('"')})
    assert texts(table("id,day,คำร้อง", "1,2025-01-31,a"), odd) == ["a"]


def test_a_garbled_heading_is_put_right_too():
    garbled = "คำร้อง".encode().decode("latin-1")
    assert match_headings(["id", garbled], frozenset(["คำร้อง"])) == ("id", "คำร้อง")


def test_of_two_headings_that_look_alike_each_is_its_own_where_the_contract_names_both():
    named = frozenset(["a b", "a  b"])
    assert match_headings(["a  b", "a b"], named) == ("a  b", "a b")


def test_how_two_names_differ_is_reported_by_their_letters():
    assert difference("สถานะ", ["จังหวัด", "สถานะ์"]) == (
        "สถานะ์ differs from สถานะ at letter 6: it has U+0E4C where the contract has nothing"
    )
    assert difference("status", ["other", "Status"]) == (
        "Status differs from status at letter 1: it has U+0053 where the contract has U+0073"
    )
    assert difference("สถานะ", ["จังหวัด"]) == ""


@given(st.text(), st.lists(st.text(), max_size=3))
def test_names_are_compared_without_fail(name: str, others: list[str]):
    sentence = difference(name, others)
    assert not sentence or name in sentence


@pytest.mark.parametrize("sign", ["~", "^", "!", "#", "§"])
def test_a_delimiter_that_the_file_states_or_its_headings_show_is_taken(sign: str):
    rows = [row.replace(",", sign) for row in ("id,day,words", "1,2025-01-31,a", "2,2025-01-31,b")]
    assert texts(table(f"sep={sign}", *rows), contract()) == ["a", "b"]
    assert texts(table(f'"sep={sign}"', *rows), contract()) == ["a", "b"]
    assert texts(table(*rows), contract()) == ["a", "b"]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ('"a, b"', "a, b"),
        ('"a"', "a"),
        ('"a\nb"', "a\nb"),
        ('"a ""b"" c"', 'a "b" c'),
        ("a", "a"),
    ],
)
def test_a_blank_may_stand_before_a_quote(cell: str, words: str):
    assert texts(f"id, day, words, office\n1, 2025-01-31, {cell}, x\n".encode(), WIDE) == [words]


UNITS = [
    '"',
    '"a\n',
    "a,",
    '1,2025-01-31,"a\n',
    "\n",
    " ",
    ',"',
    '\\"',
    "id,day,words\n",
    "id,words,day\nid,day,words\n",
]


@pytest.mark.parametrize("unit", UNITS)
def test_the_work_on_a_table_grows_with_its_rows(unit: str, monkeypatch: pytest.MonkeyPatch):
    """Letters given to the parser of rows: twice the file, twice the letters."""
    work, passes = [0], [0]
    plain = table_module.cells

    def counted(raw: str, *further: Any, **options: Any) -> list[str]:
        work[0] += len(raw)
        return plain(raw, *further, **options)

    monkeypatch.setattr(table_module, "cells", counted)

    def passed(*further: Any) -> Any:
        passes[0] += 1
        return whole(*further)

    whole = delimited.rows
    monkeypatch.setattr(delimited, "rows", passed)

    def letters(size: int) -> int:
        work[0] = passes[0] = 0
        for _ in read_pieces(b"id,day,words\n" + (unit * (size // len(unit))).encode(), WIDE):
            pass
        return work[0]

    few, many = letters(100_000), letters(200_000)
    assert many <= 3 * few + 200_000
    assert passes[0] <= 2


def test_rows_stand_under_the_headings_last_before_them_in_their_order():
    found = read(table("id,day,words", "1,2025-01-31,a", "id,words,day", "2,b,2025-02-01"), contract())
    assert [(one.values["text"], one.values["submitted_at"].month) for one in found] == [("a", 1), ("b", 1)]
