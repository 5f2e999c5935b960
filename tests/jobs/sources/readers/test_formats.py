"""What real exports look like: encodings, delimiters, broken rows, lists within lists, packed files, merged cells."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from jobs.operations import reconcile
from jobs.sources.readers import unpack
from jobs.sources.readers.encoding import detect
from jobs.sources.readers.file import MAX_RECORD_LENGTH, read_pieces
from jobs.sources.record_parser import Parsed, parse
from schemas.contracts import Contract
from schemas.rejections import Rejection, RejectionCode
from tests.reading import problem_with


def contract(**changes: Any) -> Contract:
    return Contract.model_validate(
        {
            "source_id": "desk", "title_th": "x", "title_en": "x", "channel": "hotline", "origin": "phone",
            "files": "*", "format": "csv", "delivery": "append",
            "identity": {"id_namespace": "desk", "fields": ["id"]}, "version_order": {"by": "record_number"},
            "fields": {"submitted_at": "day", "text": {"from": "words", "required": True}},
            **changes,
        }
    )  # fmt: skip


TICKETS = contract(identity={"id_namespace": "desk", "fields": ["id"], "pattern": r"20\d\d-[A-Z0-9]{6}"})
POSTS = contract(format="json", records="data", nested="comments.data")


def read(content: bytes, by: Contract) -> list[Parsed]:
    """Records and faults of a file, after the proof that its pieces tile it."""
    pieces = list(read_pieces(content, by))
    assert problem_with(pieces, content, by) is None
    headers: dict[str, str] = {}
    found: list[Parsed] = []
    for number, one in enumerate(pieces):
        if one.part == "header":
            headers[one.sheet] = one.raw
        elif one.part == "record":
            found.append(parse(one.raw, headers.get(one.sheet), by, None, number, "f"))
        elif one.part == "fault":
            found.append(Parsed(rejections=[Rejection(RejectionCode.UNREADABLE, detail={"problem": str(one.error)})]))
    return found


def texts(content: bytes, by: Contract) -> list[str | None]:
    return [one.values.get("text") if not one.reasons else None for one in read(content, by)]


ROW = "2025-01-31,ไฟดับทั้งซอย\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874"])
def test_thai_is_read_in_the_encodings_of_thai_offices(encoding: str):
    content = ("id,day,words\n" + "".join(f"{n},{ROW}" for n in range(3))).encode(encoding)
    assert texts(content, contract(encoding="detect")) == ["ไฟดับทั้งซอย"] * 3


def test_one_damaged_letter_does_not_turn_a_file_into_cp874():
    content = ("id,day,words\n" + f"1,{ROW}").encode() + b"2,2025-01-31,\xe0\xb8\n" + f"3,{ROW}".encode()
    found = read(content, contract(encoding="detect"))
    assert [bool(one.reasons) for one in found] == [False, True, False]


WORDS = st.sampled_from(["ไฟดับ", "ถนน", "น้ำท่วม", "เสียงดัง", "ขยะ", "แขวง", "เขต", "โทร", "ใน", "12", "road", ",", "๑๒"])


@given(st.lists(WORDS, min_size=3).map(" ".join))
def test_what_was_written_in_either_encoding_is_found_to_be_in_it(text: str):
    for encoding in ("utf-8", "cp874"):
        assert text.encode(encoding).decode(detect(text.encode(encoding))) == text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("format_", ["csv", "json", "json_lines", "geojson"])
def test_a_file_in_utf16_is_one_fault_that_says_so(encoding: str, format_: str):
    for text in ("id,day,words\n", f"id,day,words\n1,{ROW}" + f"2,{ROW}" * 9, '[{"id": "ก"}]'):
        assert [one.reasons for one in read(text.encode(encoding), contract(format=format_))] == [
            ["The file is in UTF-16; save it in UTF-8 (in Excel: CSV UTF-8)."]
        ]


def test_rows_with_a_null_byte_are_read_and_null_bytes_alone_are_frame():
    assert texts(b"id,day,words\n1,2025-01-31,a\0b\n2,2025-01-31,c\n\0\0\0\0", contract()) == ["ab", "c"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_yields_the_headings(delimiter: str):
    content = f"Desk report\n\nid,day,words\n1,{ROW}".replace(",", delimiter).encode()
    assert texts(content, contract()) == ["ไฟดับทั้งซอย"]


def test_a_column_that_is_not_there_is_named():
    found = read(b"id,day,comment photo\n1,2025-01-31,x\n", contract())
    assert found[0].reasons[0] == "It has no text (field words, a column that its table does not have)."


def test_quotes_may_be_escaped_by_backslashes():
    assert texts(b'id,day,words\n1,2025-01-31,"he said \\"no\\", twice"\n2,2025-01-31,b\n', contract()) == [
        'he said "no", twice',
        "b",
    ]


def test_a_record_that_was_broken_at_the_newlines_of_its_text_is_joined_again():
    content = (
        "kind,words,id,day\nroad,whole,2025-AAAAA1,2025-01-31\nroad,first line,,\nsecond line,,,\n"
        "last,2025-AAAAA2,2025-02-01,\nroad,whole too,2025-AAAAA3,2025-01-31\n"
    )
    assert texts(content.encode(), TICKETS) == ["whole", "first line\nsecond line\nlast", "whole too"]


def test_parts_are_not_joined_where_the_rows_were_moved_about():
    """A part that finds no place shows it; rows side by side need not belong together then."""
    content = (
        "kind,words,id,day\nroad,whole,2025-AAAAA1,2025-01-31\nroad,first line,,\n"
        "last,2025-AAAAA2,2025-02-01,\nroad,a part alone,,\n"
    )
    found = read(content.encode(), TICKETS)
    assert [one.values.get("text") for one in found] == ["whole", None, "last", None]
    assert found[2].values["quality_flags"] == ["no_place", "partial_record"]
    assert found[1].reasons == [
        "The row is part of a record that was broken at its line ends; no row next to it has its id."
    ]


def test_an_id_that_does_not_look_like_one_is_refused():
    by = contract(format="json_lines", identity=TICKETS.identity.model_dump())
    found = read(b'{"id": "x1", "day": "2025-01-31", "words": "a"}\n', by)
    assert found[0].reasons == ["Its id «x1» does not look like an id of this source (20\\d\\d-[A-Z0-9]{6})."]


def test_records_without_an_id_are_known_by_their_file_and_place():
    by = contract(identity={"id_namespace": "desk"})
    found = read(b"day,words\n2025-01-31,a\n2025-01-31,a\n", by)
    assert len({one.values["concern_id"] for one in found}) == 2
    assert "source_record_id" not in found[0].values


def test_of_several_headings_the_first_that_holds_anything_is_taken_and_a_part_of_it():
    by = contract(
        fields={
            "submitted_at": "day",
            "text": {"first_of": ["comment", "words"]},
            "longitude": {"from": "coords", "pattern": r"^\D*([\d.]+)"},
            "latitude": {"from": "coords", "pattern": r",\D*([\d.]+)"},
        }
    )
    found = read(b"id,day,words,coords\n1,2025-01-31,a,\"['100.5', '13.7']\"\n", by)[0].values
    assert (found["text"], found["longitude"], found["latitude"]) == ("a", 100.5, 13.7)


def post(number: int, *comments: str) -> dict[str, Any]:
    inner = [{"id": f"{number}_{at}", "day": "2025-01-31", "words": one} for at, one in enumerate(comments)]
    return {"words": f"post {number}", "comments": {"data": inner}, "day": "2025-01-31", "id": str(number)}


def test_records_within_a_record_are_records_of_their_own():
    content = json.dumps({"paging": {"data": 1}, "data": [post(1, "a", "b"), post(2), post(3, "c")]}).encode()
    assert texts(content, POSTS) == ["post 1", "a", "b", "post 2", "post 3", "c"]


def test_a_damaged_record_costs_itself_alone():
    content = json.dumps([post(1), post(2), post(3)]).replace("post 2", 'post "2').encode()
    assert texts(content, contract(format="json")) == ["post 1", None, "post 3"]


@given(st.lists(st.lists(st.text(min_size=1, max_size=9), max_size=3), max_size=4), st.booleans())
def test_every_record_and_record_within_is_read(posts: list[list[str]], is_ascii: bool):
    written = [post(number, *comments) for number, comments in enumerate(posts)]
    content = json.dumps({"data": written}, ensure_ascii=is_ascii, indent=1).encode("utf-8", "surrogatepass")
    assert len(read(content, POSTS)) == len(posts) + sum(map(len, posts))


def zipped(*names: str, content: bytes = b"") -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return output.getvalue()


def test_a_zip_archive_with_one_file_is_that_file_whatever_its_name():
    assert texts(zipped("../../etc/x.csv", content=f"id,day,words\n1,{ROW}".encode()), contract()) == ["ไฟดับทั้งซอย"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            zipped("[Content_Types].xml", "xl/workbook.xml"),
            "The file is a workbook, but the contract states another format; land it in that format.",
        ),
        (zipped("a", "b"), "The zip archive has 2 files where one is expected; land each file alone."),
        (zipped("a")[:20], "The compressed data are damaged; land the file again from its source."),
    ],
)
def test_a_packed_file_that_cannot_be_opened_is_one_fault(content: bytes, sentence: str):
    assert [one.reasons for one in read(content, contract())] == [[sentence]]


def test_what_unpacks_to_too_much_is_not_unpacked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(unpack, "LARGEST", 1000)
    bomb = zipped("a.csv", content=b"0" * 5000)
    assert [piece.error for piece in read_pieces(bomb, contract())] == [unpack.TOO_LARGE]


def test_a_record_that_never_ends_is_a_fault_of_bounded_size():
    pieces = list(read_pieces(b"id,day,words\n1,2," + b"x" * (MAX_RECORD_LENGTH + 1), contract()))
    assert pieces[1].part == "fault" and len(pieces[1].raw) < MAX_RECORD_LENGTH


def register(write: Any) -> bytes:
    output = io.BytesIO()
    with xlsxwriter.Workbook(output) as book:
        sheet = book.add_worksheet("ทะเบียน")
        write(book, sheet)
        book.add_worksheet("รายการ").write_row(0, 0, ["a", "b"])
    return output.getvalue()


REGISTER = contract(
    format="xlsx",
    sheets="ทะเบียน",
    fields={
        "submitted_at": {"from": "วันที่ รับเรื่อง", "required": True},
        "resolved_at": "วันที่ แล้วเสร็จ",
        "text": {"from": "words", "required": True},
    },
)


def test_a_heading_merged_over_two_rows_or_columns_is_one_with_what_stands_below_it():
    def write(book: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 0, 3, "ทะเบียนรับเรื่อง")
        sheet.merge_range(1, 0, 2, 0, "id")
        sheet.merge_range(1, 1, 1, 2, "วันที่")
        sheet.write_row(2, 1, ["รับเรื่อง", "แล้วเสร็จ"])
        sheet.merge_range(1, 3, 2, 3, "words")
        sheet.write_row(3, 0, ["1", "2025-01-31", "2025-02-01", "ไฟดับ"])
        sheet.merge_range(4, 1, 5, 1, "2025-02-02")
        sheet.write(4, 0, "2"), sheet.write(4, 3, "a"), sheet.write(5, 0, "3"), sheet.write(5, 3, "b")

    found = read(register(write), REGISTER)
    assert [one.reasons for one in found] == [[], [], []]
    assert found[0].values["resolved_at"].day == 31  # of UTC
    assert found[1].values["submitted_at"] == found[2].values["submitted_at"]


def test_a_formula_counts_by_its_value_and_one_without_a_value_is_a_fault():
    def write(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["id", "วันที่ รับเรื่อง", "words"])
        sheet.write_row(1, 0, ["1", "2025-01-31"])
        sheet.write_formula(1, 2, '="ไฟ"&"ดับ"', None, "ไฟดับ")
        sheet.write_row(2, 0, ["2", "2025-01-31"])
        sheet.write_formula(2, 2, '="ไฟ"&"ดับ"', None, "")

    found = read(register(write), REGISTER)
    assert found[0].values["text"] == "ไฟดับ"
    assert found[1].reasons == [
        "A formula of the row was never calculated; open the file in Excel, save it and land it again."
    ]


def test_a_record_without_an_id_is_no_part_and_does_not_keep_parts_from_being_joined():
    content = (
        "kind,words,id,day\nroad,no id,,2025-01-31\nroad,odd id,x-1,2025-01-31\nroad,first line,,\n"
        "last,2025-AAAAA2,2025-02-01,\n"
    )
    found = read(content.encode(), TICKETS)
    assert [one.reasons for one in found] == [
        ["It has no id of its own (field id)."],
        ["Its id «x-1» does not look like an id of this source (20\\d\\d-[A-Z0-9]{6})."],
        [],
    ]
    assert found[2].values["text"] == "first line\nlast"


def test_a_quote_that_is_never_closed_costs_its_own_row_alone():
    rows = [f'road,"words {n}",2025-AAAA{n:02d},2025-02-01\n' for n in range(10, 40)]
    rows[3] = 'road,"never closed,2025-AAAA13,2025-02-01\n'
    rows[20] = 'road,"closes ""it""\nin its own row",2025-AAAA30,2025-02-01\n'
    found = read(("kind,words,id,day\n" + "".join(rows)).encode(), TICKETS)
    assert [one.reasons for one in found if one.reasons] == [["A quote is opened and never closed in this row."]]
    assert len(found) == 30


def test_a_quote_that_is_never_closed_costs_its_own_row_where_ids_have_no_look():
    rows = ['1,2025-01-31,x,y,"lost', "2,2025-01-31,x,y,a", '3,2025-01-31,x,y,"b"', '4,2025-01-31,x,y,"c', 'd"']
    content = "\n".join(["id,day,town,state,words", *rows, ""])
    assert texts(content.encode(), contract()) == [None, "a", "b", "c\nd"]


def test_a_text_broken_at_an_empty_line_is_one_text_again():
    content = "kind,words,id,day\nroad,first,,\n\nthird\nlast,2025-AAAAA1,2025-02-01\n\nroad,a,2025-AAAAA2,2025-02-01\n"
    assert texts(content.encode(), TICKETS) == ["first\nthird\nlast", "a"]


def test_a_file_of_an_old_mac_has_rows_too():
    assert texts(b"id,day,words\r1,2025-01-31,a\r2,2025-01-31,b\r", contract()) == ["a", "b"]


def test_headings_below_a_title_are_found_though_a_needed_one_is_missing():
    found = read(
        b"Report of January,,\nid,date,words\n1,2025-01-31,a\n",
        contract(identity={"id_namespace": "desk", "fields": ["no"]}),
    )
    assert found[0].reasons == [
        "It has no submitted_at (field day, a column that its table does not have).",
        "It has no id of its own (field no, a column that its table does not have).",
    ]


def test_a_sheet_of_another_name_is_reported():
    found = read(
        register(lambda book, sheet: sheet.write_row(0, 0, ["id"])), contract(format="xlsx", sheets="Register*")
    )
    assert [one.reasons for one in found] == [
        ["No sheet has the name that the contract states (Register*); give this name to the sheet with records."]
    ]


def test_a_cell_far_from_the_table_is_reported():
    far = register(lambda book, sheet: sheet.write(900_000, 9, "x"))
    assert [one.reasons for one in read(far, contract(format="xlsx"))] == [
        ["A sheet spans over 5,000,000 cells; delete cells far below or to the right of the table."]
    ]


def test_a_plain_file_that_is_too_large_is_refused_and_adds_up(monkeypatch: pytest.MonkeyPatch):
    for module in (unpack, reconcile):
        monkeypatch.setattr(module, "LARGEST", 1000)
    assert [one.reasons for one in read(b"id,day,words\n" + b"1,2025-01-31,a\n" * 100, contract())] == [
        [unpack.TOO_LARGE]
    ]


def test_a_buddhist_year_that_was_typed_into_a_date_cell_is_one():
    def write(book: Any, sheet: Any) -> None:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, ["id", "วันที่ รับเรื่อง", "words"])
        for number, at in enumerate((date(2568, 1, 31), date(2025, 1, 31)), 1):
            sheet.write_row(number, 0, [str(number), "", "a"])
            sheet.write_datetime(number, 1, at, day)

    found = [one.values["submitted_at"] for one in read(register(write), REGISTER)]
    assert found[0] == found[1] == datetime(2025, 1, 30, 17, tzinfo=UTC)


def test_cells_that_are_only_formatted_are_no_rows():
    def write(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["id", "วันที่ รับเรื่อง", "words"])
        sheet.write_row(1, 0, ["1", "2025-01-31", "a"])
        for number in range(2, 1000):
            sheet.write_blank(number, 1, None, book.add_format({"num_format": "@"}))

    assert len(read(register(write), REGISTER)) == 1
