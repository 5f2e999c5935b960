"""What stands for nothing, what is unknown, and what a spreadsheet has rounded: the record is used, the field told."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.sources.empty_values import is_empty_marker, is_empty_text, is_empty_time
from jobs.sources.record_parser import Parsed, parse
from jobs.sources.rounded_ids import is_rounded
from jobs.sources.statuses import lookup_label
from schemas.contracts import Contract

DESK = Contract.model_validate(
    {
        "source_id": "desk", "title_th": "x", "title_en": "x", "channel": "complaint_log", "origin": "web",
        "files": "*", "format": "json_lines", "delivery": "changes",
        "identity": {"id_namespace": "desk", "fields": ["id"]}, "version_order": {"by": "record_number"},
        "fields": {
            "submitted_at": "day", "resolved_at": {"from": ["closed", "hour"]}, "text": "words", "labels": "kind",
            "status": "state", "origin": "way", "agency": "office", "province": "town", "latitude": "lat",
            "longitude": "lon", "rating": "stars",
        },
        "statuses": {"กําลังดำเนินการ": "in_progress", "Done": "resolved", "--": "open"},
        "origins": {"สายด่วน": "hotline"},
    }
)  # fmt: skip


def parse_desk(contract: Contract = DESK, **cells: object) -> Parsed:
    defaults = {"id": "7", "day": "2025-01-03 09:00", "words": "ไฟดับทั้งซอย", "town": "ยะลา"}
    return parse(json.dumps(defaults | cells, ensure_ascii=False), None, contract, None, 0)


NOTHING = ["NULL", "null", r"\N", "nan", "NaN", "NaT", "None", "N/A", "#N/A", "-", "--", "–", "ไม่ระบุ"]
NO_TIMES = [
    "0000-00-00", "0000-00-00 00:00:00", "0001-01-01T00:00:00", "1900-01-01 00:00:00", "1970-01-01T00:00:00+00:00",
    "1970-01-01", "01/01/1970", "00/00/0000", "0", "1899-12-30",
]  # fmt: skip


@pytest.mark.parametrize("cell", [*NOTHING, *NO_TIMES])
def test_an_optional_time_that_says_none_is_none(cell):
    parsed = parse_desk(closed=cell)
    assert not parsed.reasons
    assert "resolved_at" not in parsed.values and "quality_flags" not in parsed.values


def test_the_hour_beside_a_date_that_says_none_makes_no_time():
    assert "resolved_at" not in parse_desk(closed="0000-00-00", hour="00:00").values
    assert parse_desk(closed="2025-01-04", hour="-").values["resolved_at"] == datetime(2025, 1, 3, 17, tzinfo=UTC)


@pytest.mark.parametrize("cell", ["1970-01-02", "1970-01-01 08:30", "1900-01-01 09:00"])
def test_a_time_near_the_first_of_a_computer_is_not_taken_for_none(cell):
    assert not is_empty_time(cell)


@pytest.mark.parametrize("cell", ["ยังไม่แล้วเสร็จ", "31/02/2568", "2025-13-40", "เมื่อวาน"])
def test_an_optional_time_that_cannot_be_read_is_left_out_and_flagged(cell):
    parsed = parse_desk(closed=cell)
    assert not parsed.reasons
    assert "resolved_at" not in parsed.values and parsed.values["quality_flags"] == ["bad_resolved_at"]


@pytest.mark.parametrize("cell", ["31/02/2568", "NULL", "1970-01-01", "0000-00-00"])
def test_without_its_day_a_record_is_refused(cell):
    assert len(parse_desk(day=cell).reasons) == 1


def test_a_time_that_the_contract_requires_or_orders_by_refuses_the_record():
    fields = DESK.model_dump(by_alias=True, exclude_none=True) | {"version_order": {"by": "updated_at"}}
    fields["fields"]["updated_at"] = {"from": ["changed"], "required": True}
    ordered = Contract.model_validate(fields)
    assert "not a date or time" in parse_desk(ordered, changed="เมื่อวาน").reasons[0]
    assert parse_desk(ordered, changed="NULL").reasons == ["It has no updated_at (field changed)."]


@pytest.mark.parametrize("cell", NOTHING)
def test_a_marker_is_no_words_no_label_no_status_and_no_office(cell):
    values = parse_desk(words=cell, kind=f"ไฟฟ้า,{cell}", office=cell, town=cell, lat=cell, lon=cell, stars=cell).values
    assert not {"text", "agency", "province_code", "latitude", "rating"} & values.keys()
    assert "ไฟฟ้า" in values["source_labels"] and set(values["source_labels"]) <= {"ไฟฟ้า", "ไม่ระบุ"}
    assert set(values["quality_flags"]) == {"no_place", "no_text"}


@pytest.mark.parametrize("cell", ["NULL", "nan", r"\N", "None"])
def test_a_marker_is_no_id_either(cell):
    assert parse_desk(id=cell).reasons == ["It has no id of its own (field id)."]


def test_a_record_of_markers_alone_says_nothing():
    assert "neither text nor a label" in parse_desk(words="NULL", kind="nan").reasons[0]


def test_a_pair_of_zeros_is_no_place():
    values = parse_desk(lat="0", lon="0.0").values
    assert "latitude" not in values and "quality_flags" not in values
    assert parse_desk(lat="48.1", lon="11.5").values["quality_flags"] == ["coordinates_outside_thailand"]


def test_an_unknown_status_is_kept_by_its_label_and_flagged():
    parsed = parse_desk(state="รอตรวจรับงาน")
    assert not parsed.reasons
    values = [parsed.values[name] for name in ("status", "status_label", "quality_flags")]
    assert values == ["unknown", "รอตรวจรับงาน", ["unknown_status"]]


def test_what_holds_a_telephone_is_no_status_and_is_not_repeated():
    (reason,) = parse_desk(state="โทรกลับ 081-234-5678").reasons
    assert "columns of its row may be shifted" in reason and "081" not in reason


@pytest.mark.parametrize(
    ("label", "status"),
    [
        ("กำลังดำเนินการ", "in_progress"), ("กํา\u200bลังดำเนินการ ", "in_progress"), ("กำลัง\u200bดำเนินการ", "in_progress"),
        ("\u00a0done", "resolved"), ("DONE\ufeff", "resolved"), ("--", "open"),
    ],
)  # fmt: skip
def test_statuses_are_compared_by_how_they_look(label, status):
    values = parse_desk(state=label).values
    assert values["status"] == status and "quality_flags" not in values


def test_ways_in_are_compared_by_how_they_look_too():
    assert parse_desk(way="สายด่วน\u200b").values["origin"] == "hotline"
    assert parse_desk(way="NULL").values["origin"] == "web"


@given(st.text(max_size=20))
def test_a_marker_for_nothing_never_hides_letters_of_thai(text):
    if any("\u0e01" <= letter <= "\u0e2e" for letter in text):
        assert not is_empty_marker(text)
    assert not is_empty_marker(text) or (is_empty_text(text) and is_empty_time(text))


@given(st.text(max_size=12))
def test_a_label_of_the_contract_means_what_the_contract_says(label):
    assert lookup_label(label, {label: "open"}) == "open"


@pytest.mark.parametrize(
    "part",
    ["1.94E+18", "1,94E+18", "1.94e18", "1.94e+18", "2E+18", "1.85312345678901E+18", "1853123456789012345.0",
     "1853123456789010000"],
)  # fmt: skip
def test_an_id_that_a_spreadsheet_rounded_is_refused_by_name(part):
    assert is_rounded(part)
    (reason,) = parse_desk(id=part).reasons
    assert "a spreadsheet has rounded" in reason and "export the column as text" in reason


@pytest.mark.parametrize(
    "part", ["1853123456789012345", "12E5", "2025-E18", "1E5", "2567/1", "123.0", "ยล 1.94", "100000"]
)
def test_other_ids_are_taken_as_they_are(part):
    assert not is_rounded(part)


@given(st.integers(min_value=10**17, max_value=10**19), st.integers(min_value=1, max_value=12))
def test_a_long_number_in_scientific_notation_is_always_known(number, digits):
    assert is_rounded(f"{number:.{digits}E}") and is_rounded(f"{number:.{digits}e}".replace(".", ","))
