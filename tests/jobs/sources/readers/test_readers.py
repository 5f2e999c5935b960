"""Pieces tile their file, whatever the file holds."""

from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime, time

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.sources.readers.file import read_pieces
from jobs.sources.record_parser import parse
from schemas.contract_files import contracts
from schemas.contracts import Contract
from tests.reading import problem_with

FEED = contracts()["traffy_feed"]
POSTS = contracts()["social_posts"]
REGISTER = contracts()["damrongdhama_register"]
TABLE = Contract.model_validate(
    {
        **POSTS.model_dump(by_alias=True),
        "source_id": "table",
        "format": "csv",
        "identity": {"id_namespace": "t", "fields": ["id"]},
        "fields": {"submitted_at": "day", "text": "words"},
    }
)


def parts(content: bytes, contract: Contract) -> list[str]:
    return [piece.part for piece in read_pieces(content, contract)]


def proven(content: bytes, contract: Contract) -> str | None:
    return problem_with(read_pieces(content, contract), content, contract)


def feed(*features: str) -> bytes:
    return ('{"type": "FeatureCollection", "features": [' + ", ".join(features) + "]}").encode()


FEATURE = '{"type": "Feature", "properties": {"ticket_id": "A"}, "geometry": null}'


def test_a_feed_is_its_opening_its_features_and_its_end():
    assert parts(feed(FEATURE, FEATURE), FEED) == ["frame", "record", "record", "frame"]


def test_a_damaged_feature_is_a_fault_and_the_next_one_is_read():
    assert parts(feed('{"type": "Feature", "prop', FEATURE), FEED) == ["frame", "fault", "record", "frame"]


def test_a_feed_that_breaks_off_keeps_what_came_before():
    assert parts(feed(FEATURE, FEATURE)[:-40], FEED) == ["frame", "record", "fault"]


def test_a_truncated_gzip_keeps_its_first_records_and_says_what_is_missing():
    whole = gzip.compress(feed(*[FEATURE.replace("A", str(i) * 40) for i in range(3000)]))
    pieces = list(read_pieces(whole[: len(whole) // 2], FEED))
    assert any(piece.part == "record" for piece in pieces)
    assert pieces[-1].part == "fault"
    assert pieces[-1].error == "The compressed data are incomplete; land the whole file again."


def test_json_lines_are_records_blank_lines_frame_and_cut_lines_faults():
    assert parts(b'{"a": 1}\n\n{"a": \n[1]\n{"b": 2}', POSTS) == [
        "record",
        "frame",
        "fault",
        "fault",
        "record",
    ]


def test_a_quoted_newline_does_not_end_a_row():
    pieces = list(read_pieces(b'id,day,words\r\n1,2,"a\nb ""c"""\n4,5,6\n', TABLE))
    assert [piece.part for piece in pieces] == ["header", "record", "record"]


def test_a_quote_that_is_never_closed_costs_one_row():
    assert parts(b'id,day,words\n1,2,"a\n3,4,b\n5,6,c\n', TABLE) == ["header", "fault", "record", "record"]


def test_a_row_with_too_few_cells_is_a_fault_that_counts_them():
    pieces = list(read_pieces(b"id,day,words\n1,2\n", TABLE))
    assert pieces[1].error == "The row has 2 cells where the header has 3; a quote or comma is lost."


def test_bytes_that_are_not_utf8_are_kept_and_named():
    pieces = list(read_pieces(b"id,day,words\n1,2,\xe0\xb8\n", TABLE))
    assert pieces[1].part == "fault"
    assert "\\xe0\\xb8" in pieces[1].raw


def workbook(*sheets: list[list[str]]) -> bytes:
    output = io.BytesIO()
    with xlsxwriter.Workbook(output) as book:
        for rows in sheets:
            sheet = book.add_worksheet()
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return output.getvalue()


def test_a_workbook_has_a_title_a_heading_row_and_records_on_each_sheet():
    table = [
        ["ทะเบียน"],
        [],
        ["เลขรับ", "วันที่รับเรื่อง", "เวลา", "รายละเอียด", "ปรับปรุงเมื่อ"],
        ["1", "a", "", "b", "c"],
    ]
    content = workbook(table, table)
    assert parts(content, REGISTER) == ["frame", "frame", "header", "record"] * 2
    assert proven(content, REGISTER) is None


def test_a_sheet_without_the_headings_keeps_its_rows_as_faults():
    assert parts(workbook([["x", "y"], ["1", "2"]]), REGISTER) == ["fault", "fault"]


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"id,day\n1,2\n", "not an XLSX workbook"),
        (b"<html><body><table><tr><td>1</td></tr></table></body></html>", "a web page (HTML)"),
        (b"\n<TABLE border=1><tr><td>1</td></tr></TABLE>", "a web page (HTML)"),
        (OLE + "Workbook".encode("utf-16-le"), "a workbook in the older Excel format (XLS)"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a workbook protected by a password"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Table/></Workbook>',
         "a workbook in the XML format of Excel 2003"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_workbook_is_one_fault_that_says_what_it_is(content: bytes, kind: str):
    sentence = f"The file is {kind}, despite its name; open it in Excel and save it as XLSX."
    assert [piece.error for piece in read_pieces(content, REGISTER)] == [sentence]


def test_a_failed_answer_named_as_a_workbook_is_refused():
    for content in (b'{"status": "fail"}', b"<html><title>502</title></html>"):
        assert parts(content, REGISTER) == ["refused"]


@pytest.mark.parametrize("contract", [FEED, POSTS, TABLE], ids=lambda one: one.format)
@given(content=st.one_of(st.binary(max_size=300), st.text(alphabet='",\n\r{}[]:a1 ก', max_size=300).map(str.encode)))
@settings(max_examples=200)
def test_pieces_tile_any_bytes(contract: Contract, content: bytes):
    assert proven(content, contract) is None


@given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=4), max_size=8))
def test_every_feature_written_is_a_record_read(properties: list[dict[str, str]]):
    content = feed(*[json.dumps({"type": "Feature", "properties": one}, ensure_ascii=False) for one in properties])
    assert parts(content, FEED).count("record") == len(properties)
    assert proven(content, FEED) is None


def test_a_cell_that_holds_a_date_is_read_as_gregorian_even_in_a_register_of_buddhist_years():
    output = io.BytesIO()
    with xlsxwriter.Workbook(output) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["เลขรับ", "วันที่รับเรื่อง", "เวลา", "รายละเอียด", "ปรับปรุงเมื่อ"])
        day, hour = book.add_format({"num_format": "d mmm bbbb"}), book.add_format({"num_format": "hh:mm"})
        sheet.write_row(1, 0, ["1", "", "", "ไฟดับ", "๔ ต.ค. ๒๕๖๗"])
        sheet.write_datetime(1, 1, datetime(2024, 10, 3), day)
        sheet.write_datetime(1, 2, time(9, 30), hour)
    header, row = read_pieces(output.getvalue(), REGISTER)
    values = parse(row.raw, header.raw, REGISTER, None, 1).values
    assert values["submitted_at"] == datetime(2024, 10, 3, 2, 30, tzinfo=UTC)
