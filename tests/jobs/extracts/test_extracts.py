"""The files of a version of the public extracts, and the switch to a new version."""

from __future__ import annotations

import io
import json
import random
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from frictionless import Package, system

from jobs.disclosure.provinces import TREND_COLUMNS
from jobs.disclosure.rules import KEYS, public_tables
from jobs.disclosure.small_areas import DISTRICT_COLUMNS, LAO_COLUMNS
from jobs.extracts import notes, pointer
from jobs.extracts.package import version
from jobs.extracts.pointer import Version
from jobs.extracts.workbook import HIDDEN
from jobs.pipeline.publish import publish
from lake.csv_file import csv_bytes
from schemas.contract_files import contracts
from schemas.errors import UserError
from schemas.tables import columns, tables
from schemas.topics import load_topics

TYPES = {"string": pa.string(), "bigint": pa.int64(), "int": pa.int32(), "double": pa.float64(),
         "date": pa.date32(), "boolean": pa.bool_()}  # fmt: skip
AS_OF = date(2022, 12, 20)
BOOKS = ("province_trends.xlsx", "local_trends.xlsx")


def _schema(name: str) -> pa.Schema:
    return pa.schema([(column.name, TYPES[column.type]) for column in tables()[name].columns])


def gold_row(level: str, topic_id: str, count: int, **other: object) -> dict[str, object]:
    return {
        "period_type": "month", "period_start": date(2022, 10, 1), "period_th": "ต.ค. 2565",
        "fiscal_year_be": 2566,
        "province_code": "94", "province_th": "ปัตตานี", "province_en": "Pattani", "region": "south",
        "topic_level": level, "topic_id": topic_id, "topic_th": topic_id, "topic_en": topic_id,
        "channel": "all",
        "concern_count": count, "other_kind_count": 0, "share": count / 80, "concerns_per_100k": count / 7.3,
        "population_date": date(2021, 6, 30), "rank": 1, "rank_per_100k": 1, "resolved_count": count // 2,
        "stated_count": count, "median_days_to_resolve": 3.0, "is_complete": True, "is_provisional": True,
        "model_version": "seed", **other,
    }  # fmt: skip


def gold() -> pa.Table:
    """One month of one province, and a year of a sensitive topic."""
    rows = [
        gold_row("all", "all", 80), gold_row("group", "transport", 60), gold_row("topic", "roads", 60),
        gold_row("topic", "safety", 40, topic_th="=1+1", topic_en="-safety, \"so to say\"\nand on"),
        gold_row("topic", "health", 3), gold_row("group", "health", 3), gold_row("topic", "livestock", 0),
        gold_row("topic", "education", 2), gold_row("group", "education", 2),
        gold_row("topic", "drugs", 12, period_type="fiscal_year", period_start=date(2021, 10, 1)),
        *months(),
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=_schema("gold.province_trends"))


def coverage() -> pa.Table:
    row = {
        "source_id": "feed", "channel": "complaint_log", "period_start": date(2022, 10, 1),
        "concern_count": 80,
        "province_count": 1, "first_date": date(2022, 10, 2), "last_date": AS_OF, "is_complete": True,
    }  # fmt: skip
    return pa.Table.from_pylist([row], schema=_schema("gold.coverage"))


def local(table: str, count: int, **other: object) -> dict[str, object]:
    """A row of a district or LAO."""
    return {
        **gold_row("group", "transport", count), "concerns_per_100k": count / 0.8 if count >= 20 else None, **other
    }  # fmt: skip


def districts() -> pa.Table:
    """Two quarters of three districts."""
    quarter = {"period_type": "quarter", "period_th": "ไตรมาส", "topic_th": "การเดินทางและถนน"}
    rows = [
        local("district", count, **quarter, period_start=start, district_code=code, district_th=name)
        for start, counts in ((date(2022, 4, 1), (31, 12, 3)), (date(2022, 7, 1), (41, 24, 4)))
        for code, name, count in zip(("9401", "9402", "9403"), ("เมืองปัตตานี", "โคกโพธิ์", "หนองจิก"), counts, strict=True)
    ]
    return pa.Table.from_pylist(rows, schema=_schema("gold.district_trends"))


def laos() -> pa.Table:
    """A fiscal year of two LAOs and the PAO."""
    year = {"period_type": "fiscal_year", "period_start": date(2021, 10, 1), "fiscal_year_be": 2565}
    rows = [
        local("lao", count, **year, lao_code=code, lao_th=code, lao_type=lao_type)
        for code, lao_type, count in (("a", "sao", 36), ("b", "sao", 3), ("pao-94", "pao", 39))
    ]
    return pa.Table.from_pylist(rows, schema=_schema("gold.lao_trends"))


SERVED = {lao: frozenset({f"94010{number}"}) for number, lao in enumerate("abcd", start=1)}


def months() -> list[dict[str, object]]:
    """Transport in the province, so that there is something for districts and LAOs to add up to."""
    return [
        gold_row("group", "transport", 60, period_start=date(2022, month, 1), fiscal_year_be=2565)
        for month in range(4, 10)
    ]


def all_gold(table: pa.Table | None = None) -> dict[str, pa.Table]:
    return {
        "province_trends": gold() if table is None else table, "district_trends": districts(), "lao_trends": laos(),
        "coverage": coverage(),
    }  # fmt: skip


def public(table: pa.Table | None = None) -> dict[str, pa.Table]:
    return public_tables(all_gold(table), SERVED, load_topics(), AS_OF)


def new_version(table: pa.Table | None = None) -> Version:
    return version(public(table), AS_OF)


def open_workbook(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def rows_of(sheet: Any) -> list[dict[str, Any]]:
    _, head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_csv_has_a_byte_order_mark_english_names_and_the_line_ends_of_rfc_4180() -> None:
    content = new_version().files["province_trends.csv"]
    assert content.startswith(b"\xef\xbb\xbfperiod_type,")
    assert content.split(b"\r\n")[0].decode("utf-8-sig").split(",") == list(TREND_COLUMNS)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+66", "'+66"),
        ("-x", "'-x"),
        ("@a", "'@a"),
        ("ถนน", "ถนน"),
        ('a,"b"\n', '"a,""b""\n"'),
    ],
)
def test_a_text_in_csv_is_never_a_formula(value: str, expected: str) -> None:
    assert csv_bytes(pa.table({"topic_th": [value]})).decode("utf-8-sig") == f"topic_th\r\n{expected}\r\n"


def test_numbers_dates_and_booleans_in_csv_are_plain_and_nulls_empty() -> None:
    table = pa.table({"a": [-1.5, None], "b": [date(2022, 10, 1), None], "c": [True, False]})
    assert csv_bytes(table).decode("utf-8-sig") == "a,b,c\r\n-1.5,2022-10-01,true\r\n,,false\r\n"


def test_the_same_gold_gives_the_same_bytes_whatever_the_order_of_its_rows() -> None:
    shuffled = list(range(gold().num_rows))
    random.Random(7).shuffle(shuffled)
    assert new_version(gold().take(pa.array(shuffled))) == new_version()


def test_different_gold_gives_a_different_name() -> None:
    changed = gold().set_column(
        gold().column_names.index("concern_count"),
        "concern_count",
        pa.array([81, 60, 60, 40, 3, 3, 0, 2, 2, 12, 60, 60, 60, 60, 60, 60]),
    )
    assert new_version().name.startswith("2022-12-20-")
    assert new_version(changed).name != new_version().name


def test_parquet_has_the_rows_of_the_public_table() -> None:
    for name in KEYS:
        assert pq.read_table(io.BytesIO(new_version().files[f"{name}.parquet"])).equals(public()[name])


def test_the_data_package_is_valid_by_frictionless(tmp_path: Path) -> None:
    for name, content in new_version().files.items():
        (tmp_path / name).write_bytes(content)
    with system.use_context(trusted=True):
        report = Package(str(tmp_path / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "message"])
    described = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    assert {resource["path"] for resource in described["resources"]} == set(new_version().files) - {"datapackage.json"}
    assert all(field["title"] and field["description"] for field in described["resources"][0]["schema"]["fields"])


def test_frictionless_finds_a_file_that_was_changed(tmp_path: Path) -> None:
    for name, content in new_version().files.items():
        (tmp_path / name).write_bytes(content.replace(b",80,", b",81,"))
    assert not Package(str(tmp_path / "datapackage.json")).validate().valid


def test_the_workbook_has_a_cover_sheet_one_sheet_per_level_and_definitions() -> None:
    book = open_workbook(new_version().files["province_trends.xlsx"])
    assert book.sheetnames == [
        "อ่านก่อน", "จังหวัด-รวม", "กลุ่มหัวข้อ", "หัวข้อ", "หัวข้ออ่อนไหวรายปี", "ความครอบคลุม", "นิยาม",
    ]  # fmt: skip
    words = "\n".join(str(cell) for row in book["อ่านก่อน"].iter_rows(values_only=True) for cell in row if cell)
    assert notes.HONESTY[0] in words
    assert "20 ธ.ค. 2565" in words
    assert "อัตราต่อประชากรตามทะเบียนราษฎรหนึ่งแสนคน คำนวณจากจำนวนประชากรเดือน มิ.ย. 2564 ไม่รวมประชากรแฝง" in words


def test_cells_of_the_workbook_are_typed_and_rows_without_concerns_are_left_out() -> None:
    rows = rows_of(open_workbook(new_version().files["province_trends.xlsx"])["หัวข้อ"])
    assert [row["หัวข้อ"] for row in rows] == ["roads", "=1+1", "education", "health"]
    assert rows[0][columns()["concern_count"].th] == 60
    assert rows[0][columns()["share"].th] == 0.75
    assert rows[0][columns()["period_start"].th] == datetime(2022, 10, 1)
    assert rows[0][columns()["province_code"].th] == "94"
    assert rows[2][columns()["concern_count"].th] == HIDDEN
    assert rows[0]["สถานะตัวเลข"] == "เบื้องต้น"


def test_a_text_in_the_workbook_is_never_a_formula() -> None:
    sheet = open_workbook(new_version().files["province_trends.xlsx"])["หัวข้อ"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}
    assert any(cell.value == "=1+1" and cell.data_type == "s" for row in sheet.iter_rows() for cell in row)


def test_headings_stay_in_view_and_can_be_filtered() -> None:
    sheet = open_workbook(new_version().files["province_trends.xlsx"])["หัวข้อ"]
    assert sheet.freeze_panes == "F3"
    assert sheet.auto_filter.ref == f"A2:{sheet.cell(2, sheet.max_column).column_letter}6"


def test_every_column_of_the_workbook_is_defined_in_both_languages() -> None:
    for name in BOOKS:
        book = open_workbook(new_version().files[name])
        defined = {row[0] for row in book["นิยาม"].iter_rows(min_row=2, values_only=True) if all(row[:3])}
        used = {cell.value for name in book.sheetnames[1:-1] for cell in book[name][2]}
        assert used <= defined


def test_no_sheet_names_a_column_or_a_file_or_uses_a_word_of_programs() -> None:
    for name in BOOKS:
        book = open_workbook(new_version().files[name])
        cells = [
            *book["อ่านก่อน"].iter_rows(),
            *book["นิยาม"].iter_rows(),
            *(book[one][2] for one in book.sheetnames[1:-1]),
        ]
        for words in [str(cell.value) for row in cells for cell in row if cell.value]:
            assert not re.search(r"[a-z]_[a-z]|\b(csv|parquet|xlsx|json|yaml|true|false|null)\b", words, re.IGNORECASE)


def test_a_source_is_named_by_its_title_and_a_unit_in_thai() -> None:
    [source] = [one for one in contracts().values() if one.source_id == "traffy_feed"]
    table = coverage().set_column(0, "source_id", pa.array([source.source_id]))
    book = open_workbook(
        version(public_tables({**all_gold(), "coverage": table}, SERVED, load_topics(), AS_OF), AS_OF).files[BOOKS[0]]
    )
    assert rows_of(book["ความครอบคลุม"])[0]["แหล่งข้อมูล"] == source.title_th
    units = {row[0]: row[3] for row in book["นิยาม"].iter_rows(min_row=2, values_only=True)}
    assert units[columns()["concern_count"].th] == "เรื่อง" and units[columns()["share"].th] == "ร้อยละ"


def test_the_most_important_note_is_on_every_sheet_of_figures_and_in_every_description() -> None:
    for name in BOOKS:
        book = open_workbook(new_version().files[name])
        assert all(book[sheet]["A1"].value == notes.HONESTY[0] for sheet in book.sheetnames[1:-1])
    described = json.loads(new_version().files["datapackage.json"])
    tables_ = [one for one in described["resources"] if one["type"] == "table"]
    assert {one["path"] for one in tables_} == {f"{name}.csv" for name in KEYS}
    assert all(sentence in one["description"] for one in tables_ for sentence in notes.HONESTY)


def test_all_extracts_of_samples_say_that_concerns_are_invented() -> None:
    files = version(public(), AS_OF, of_samples=True).files
    for name in BOOKS:
        book = open_workbook(files[name])
        tops = [book[sheet]["A1"].value for sheet in book.sheetnames[1:-1]]
        assert set(tops) == {f"{notes.SAMPLES[0]} {notes.HONESTY[0]}"}
    assert notes.SAMPLES[0] in files["README.txt"].decode("utf-8-sig")
    assert notes.SAMPLES[1] in json.loads(files["datapackage.json"])["description_en"]
    assert notes.SAMPLES[0] not in new_version().files["README.txt"].decode("utf-8-sig")


def test_the_workbook_of_small_areas_shows_districts_and_laos_by_rounded_counts() -> None:
    book = open_workbook(new_version().files["local_trends.xlsx"])
    assert book.sheetnames == [
        "อ่านก่อน", "อำเภอ-รวม", "อำเภอ-กลุ่มหัวข้อ", "อปท.-รวม", "อปท.-กลุ่มหัวข้อ", "ความครอบคลุม", "นิยาม",
    ]  # fmt: skip
    count, before = columns()["rounded_count"].th, columns()["previous_rounded_count"].th
    assert [(row["อำเภอ"], row[count], row[before]) for row in rows_of(book["อำเภอ-กลุ่มหัวข้อ"])] == [
        ("เมืองปัตตานี", 40, 30), ("โคกโพธิ์", 25, 10), ("เมืองปัตตานี", 30, None), ("โคกโพธิ์", 10, None),
    ]  # fmt: skip
    assert [row[count] for row in rows_of(book["อปท.-กลุ่มหัวข้อ"])] == [35]


def test_files_of_districts_and_laos_have_their_columns() -> None:
    for name, named in (("district_trends", DISTRICT_COLUMNS), ("lao_trends", LAO_COLUMNS)):
        head = new_version().files[f"{name}.csv"].decode("utf-8-sig").split("\r\n")[0]
        assert head.split(",") == list(named)


def test_an_empty_level_is_an_empty_sheet() -> None:
    sheet = open_workbook(new_version(gold().slice(0, 1)).files["province_trends.xlsx"])["หัวข้ออ่อนไหวรายปี"]
    assert sheet.max_row == 2


def test_a_version_is_written_once_and_becomes_current_last(tmp_path: Path) -> None:
    root = str(tmp_path)
    assert pointer.current(root) is None
    assert pointer.write(root, new_version())
    assert pointer.current(root) is None
    pointer.switch(root, new_version().name)
    assert pointer.current(root) == new_version().name
    assert (tmp_path / "current" / "README.txt").read_bytes() == new_version().files["README.txt"]
    before = (tmp_path / "current" / "README.txt").stat().st_mtime_ns
    assert not pointer.write(root, new_version())
    assert (tmp_path / "current" / "README.txt").stat().st_mtime_ns == before


def test_a_draft_of_a_killed_run_is_not_a_version_and_is_removed(tmp_path: Path) -> None:
    left = tmp_path / "versions" / ".draft" / "incomplete.csv"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"incomplete")
    (tmp_path / ".current.draft").symlink_to("nowhere")
    pointer.write(str(tmp_path), new_version())
    pointer.switch(str(tmp_path), new_version().name)
    assert [folder.name for folder in (tmp_path / "versions").iterdir()] == [new_version().name]
    assert not (tmp_path / "current" / "incomplete.csv").exists()


def test_the_pointer_is_a_relative_link_so_that_the_folder_can_be_moved(tmp_path: Path) -> None:
    pointer.write(str(tmp_path / "a"), new_version())
    pointer.switch(str(tmp_path / "a"), new_version().name)
    (tmp_path / "a").rename(tmp_path / "b")
    assert (tmp_path / "b" / "current" / "datapackage.json").exists()


def test_on_an_object_store_the_pointer_is_an_object_with_the_name_of_the_version(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stored: dict[str, bytes] = {}
    monkeypatch.setattr(pointer.files, "exists", stored.__contains__)
    monkeypatch.setattr(pointer.files, "read_bytes", stored.__getitem__)
    monkeypatch.setattr(pointer.files, "write_bytes", stored.__setitem__)
    root = "s3a://bucket/extracts/public"
    assert pointer.current(root) is None
    assert pointer.write(root, new_version()) and not pointer.write(root, new_version())
    assert list(stored)[-1] == f"{root}/versions/{new_version().name}/datapackage.json"
    pointer.switch(root, new_version().name)
    assert stored[f"{root}/current"].decode() == pointer.current(root) == new_version().name


def published(trends: pa.Table, as_of: date = AS_OF) -> dict[str, int]:
    return publish(all_gold(trends), SERVED, as_of)


def test_publishing_the_same_gold_twice_writes_one_version(extracts: Path) -> None:
    assert published(gold()) == {"public_rows": 22, "hidden_rows": 4, "versions_written": 1}
    assert published(gold())["versions_written"] == 0
    assert pointer.current(str(extracts / "public")) == new_version().name


def read_current(extracts: Path, name: str) -> pa.Table:
    return pq.read_table(extracts / "public" / "current" / f"{name}.parquet")


def test_published_rows_are_not_changed_by_late_data(extracts: Path) -> None:
    published(gold())
    before = {name: read_current(extracts, name) for name in KEYS}
    late = [{**row, "concern_count": int(str(row["concern_count"])) + 9} for row in gold().to_pylist()]
    november = [
        gold_row(level, topic_id, 90, period_start=date(2022, 11, 1), previous_count=89, share=1.0)
        for level, topic_id in (("all", "all"), ("group", "transport"), ("topic", "roads"))
    ]
    published(pa.Table.from_pylist([*late, *november], schema=gold().schema), date(2022, 12, 31))
    after = read_current(extracts, "province_trends")
    rows = after.filter(pc.less(after["period_start"], date(2022, 11, 1)))
    assert rows.equals(before["province_trends"])
    assert all(read_current(extracts, name).equals(before[name]) for name in ("district_trends", "lao_trends"))
    row = after.filter(pc.equal(after["period_start"], date(2022, 11, 1))).to_pylist()[0]
    assert (row["concern_count"], row["previous_count"]) == (90, 80), "late data of October are not revealed"
    assert row["as_of_date"] == date(2022, 12, 31)


def test_the_tables_are_empty_and_a_message_is_logged_where_no_period_has_been_over_for_a_month(
    extracts: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "jobs")
    november = gold_row("all", "all", 90, period_start=date(2022, 11, 1))
    table = pa.Table.from_pylist([november], schema=gold().schema)
    publish({**all_gold(table), "district_trends": districts().slice(0, 0), "lao_trends": laos().slice(0, 0)},
            SERVED, AS_OF)  # fmt: skip
    assert caplog.messages[0] == "nothing is public yet: no month has been over for 30 days on 2022-12-20"
    assert read_current(extracts, "province_trends").num_rows == 0
    assert open_workbook((extracts / "public" / "current" / "province_trends.xlsx").read_bytes())["หัวข้อ"].max_row == 2


def test_a_missing_table_of_the_current_version_stops_the_run(extracts: Path) -> None:
    published(gold())
    (extracts / "public" / "current" / "lao_trends.parquet").unlink()
    with pytest.raises(UserError, match=r"has no lao_trends\.parquet"):
        published(gold())


def test_publishing_without_gold_raises_an_error(extracts: Path) -> None:
    with pytest.raises(UserError, match="nothing to publish"):
        published(gold().slice(0, 0))
