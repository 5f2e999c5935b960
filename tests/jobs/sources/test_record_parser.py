"""One record in, what it says of a concern out; or all the reasons why it cannot be used."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.sources.raw_record import masked_values
from jobs.sources.record_parser import parse
from schemas.contract_files import contracts
from tests.jobs.sources.readers.test_formats import contract

FEED = contracts()["traffy_feed"]
POSTS = contracts()["social_posts"]
REGISTER = contracts()["damrongdhama_register"]
DAY = datetime(2024, 10, 31, tzinfo=UTC)
HEADER = json.dumps(
    [
        "เลขรับ",
        "วันที่รับเรื่อง",
        "เวลา",
        "ช่องทาง",
        "ประเภทเรื่อง",
        "รายละเอียด",
        "จังหวัด",
        "อำเภอ",
        "สถานะ",
        "วันที่แล้วเสร็จ",
        "ปรับปรุงเมื่อ",
    ]
)


def ticket(**properties: object) -> str:
    defaults = {
        "ticket_id": "2024-AAAAAA", "type": "ถนน,ทางเท้า", "description": "ถนนเป็นหลุม โทร 081-234-5678",
        "address": "ถ.สิโรรส ต.สะเตง อ.เมืองยะลา จ.ยะลา 95000", "timestamp": "2024-10-30 18:30:00+00",
        "state": "รอรับเรื่อง", "star": None,
    }  # fmt: skip
    feature = {
        "type": "Feature",
        "properties": defaults | properties,
        "geometry": {"type": "Point", "coordinates": ["101.28", "6.54"]},
    }
    return ", " + json.dumps(feature, ensure_ascii=False)


def row(**cells: str) -> str:
    defaults = {
        "เลขรับ": "ยล 12/2567", "วันที่รับเรื่อง": "๓ ต.ค. ๒๕๖๗", "เวลา": "09.30 น.", "ช่องทาง": "โทรศัพท์ 1567",
        "ประเภทเรื่อง": "ไฟฟ้า", "รายละเอียด": "ไฟดับบ่อย", "จังหวัด": "ยะลา", "อำเภอ": "รามัน", "สถานะ": "แก้ไขแล้วเสร็จ",
        "วันที่แล้วเสร็จ": "10 ตุลาคม 2567", "ปรับปรุงเมื่อ": "11/10/2567",
    }  # fmt: skip
    return json.dumps([(defaults | cells)[name] for name in json.loads(HEADER)], ensure_ascii=False)


def test_a_ticket_of_the_feed():
    values = parse(ticket(), None, FEED, DAY, 7).values
    assert values["submitted_at"] == datetime(2024, 10, 30, 18, 30, tzinfo=UTC)
    assert values["status"] == "open"
    assert values["source_labels"] == ["ถนน", "ทางเท้า"]
    assert (values["province_code"], values["district_code"], values["subdistrict_code"]) == (
        "95",
        "9501",
        "950101",
    )
    assert values["text"] == "ถนนเป็นหลุม โทร [PHONE]"
    assert values["masked"] == ["PHONE"]
    assert (values["latitude"], values["longitude"]) == (6.54, 101.28)
    assert (values["version_at"], values["version_number"]) == (DAY, 7)


def test_a_row_of_the_register_with_buddhist_years_and_thai_digits():
    values = parse(row(), HEADER, REGISTER, None, 3).values
    assert values["submitted_at"] == datetime(2024, 10, 3, 2, 30, tzinfo=UTC)
    assert values["resolved_at"] == datetime(2024, 10, 9, 17, 0, tzinfo=UTC)
    assert values["version_at"] == values["updated_at"] == datetime(2024, 10, 10, 17, 0, tzinfo=UTC)
    assert (values["status"], values["origin"], values["district_code"]) == ("resolved", "1567", "9506")


def test_a_post_carries_nothing_of_its_author():
    post = {
        "data": {"id": "1", "text": "น้ำท่วม", "created_at": "2024-10-03T04:11:00.000Z", "author_id": "777"},
        "includes": {"users": [{"id": "777", "name": "ใครคนหนึ่ง"}], "places": [{"full_name": "หาดใหญ่, สงขลา"}]},
    }
    values = parse(json.dumps(post), None, POSTS, DAY, 0).values
    assert values["province_code"] == "90"
    assert "777" not in str(values) and "ใครคนหนึ่ง" not in str(values)


def test_all_reasons_are_reported_at_once_without_personal_data():
    reasons = parse(ticket(ticket_id=None, state="โทร 0812345678", timestamp="31 ก.พ."), None, FEED, DAY, 0).reasons
    assert len(reasons) == 3, "id, status with a telephone number, and day"
    assert "0812345678" not in " ".join(reasons)
    assert all(reason.endswith(".") for reason in reasons)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (row(รายละเอียด=""), "It has no text (field รายละเอียด)."),
        (row(เลขรับ=" "), "It has no id of its own (field เลขรับ)."),
        (row(วันที่รับเรื่อง="31 ก.พ. 2567"), "Its submitted_at «31 ก.พ. 2567 09.30 น.» is not a date"),
    ],
)
def test_what_is_missing_is_named_with_its_field(raw, reason):
    reasons = parse(raw, HEADER, REGISTER, None, 0).reasons
    assert len(reasons) == 1
    assert reasons[0].startswith(reason)


def test_the_same_content_has_the_same_hash_wherever_it_stands():
    first, again = parse(ticket(), None, FEED, DAY, 7), parse(ticket(), None, FEED, DAY.replace(day=1), 99)
    other = parse(ticket(state="เสร็จสิ้น"), None, FEED, DAY, 7)
    assert first.values["content_hash"] == again.values["content_hash"] != other.values["content_hash"]
    assert first.values["concern_id"] == again.values["concern_id"] == other.values["concern_id"]


NAMES = st.sampled_from(["ticket_id", "type", "description", "address", "timestamp", "state", "star"])
VALUES = st.one_of(st.none(), st.text(max_size=30), st.integers(), st.lists(st.integers(), max_size=2))


@given(st.dictionaries(NAMES, VALUES))
def test_any_record_is_used_or_refused_with_a_sentence(properties):
    parsed = parse(ticket(**properties), None, FEED, DAY, 0, key=b"k")
    assert parsed.reasons or {"concern_id", "content_hash", "submitted_at", "version_at"} <= parsed.values.keys()


def test_a_record_without_a_place_lies_in_the_area_that_its_source_is_of():
    desk = FEED.model_copy(update={"default_area": "95"})
    nowhere, inside, elsewhere = (
        parse(ticket(address=address), None, desk, DAY, 1).values
        for address in ("ข้างตลาด", "ต.ตาเนาะแมเราะ อ.เบตง", "อ.เมือง จ.น่าน")
    )
    assert (nowhere["province_code"], nowhere["location_method"]) == ("95", "source")
    assert (inside["district_code"], inside["subdistrict_code"]) == ("9502", "950203")
    assert (elsewhere["province_code"], elsewhere["location_method"]) == ("55", "address")


CITIZEN = "นายสมชาย ใจดี 081-234-5678"


@pytest.mark.parametrize(
    "cells",
    [
        {"เลขรับ": CITIZEN},
        {"วันที่รับเรื่อง": "สมชาย ใจดี 09:00 น."},
        {"สถานะ": f"ร้องเพื่อนบ้าน สมชาย ใจดี เสียงดังทุกคืน {CITIZEN}"},
        {"ปรับปรุงเมื่อ": f"สมชาย ใจดี {CITIZEN}"},
    ],
)
def test_a_row_whose_columns_are_shifted_is_refused_without_its_words(cells: dict[str, str]):
    reasons = " ".join(parse(row(**cells), HEADER, REGISTER, None, 3).reasons)
    assert reasons and not any(word in reasons for word in ("สมชาย", "ใจดี", "081"))


def test_labels_are_masked_and_a_village_is_a_number_and_nothing_else():
    values = parse(row(ประเภทเรื่อง=f"ไฟฟ้า,{CITIZEN}"), HEADER, REGISTER, None, 3).values
    assert "ไฟฟ้า" in values["source_labels"] and "สมชาย" not in str(values["source_labels"])
    paper = contracts()["paper_register"]
    heading = next(iter(paper.fields["village_no"].places))
    header = json.dumps([heading])
    for cell, number in (("๐๔", "4"), ("หมู่ที่ 12", "12"), ("4 บ้านใหม่", "4"), (f"99/1 {CITIZEN}", None)):
        assert parse(json.dumps([cell]), header, paper, None, 1).values.get("village_no") == number


def test_what_is_shown_of_a_record_is_what_its_contract_reads_of_it_masked_value_by_value():
    header = json.dumps([*json.loads(HEADER), "ชื่อผู้แจ้ง", "โทร"], ensure_ascii=False)
    raw = json.dumps([*json.loads(row(รายละเอียด=f"ไฟดับ {CITIZEN}")), "สมชาย", "812345678"], ensure_ascii=False)
    shown = json.loads(masked_values(raw, header, REGISTER))
    assert shown["รายละเอียด"] == "ไฟดับ นาย[NAME] [PHONE]" and "ชื่อผู้แจ้ง" not in shown and "โทร" not in shown
    # As Python writes it by default: every letter as an escape.
    escaped = json.dumps(json.loads(ticket(description=f"ถนนพัง {CITIZEN}")[2:]))
    shown = json.loads(masked_values(escaped, None, FEED))
    assert "ถนนพัง นาย[NAME] [PHONE]" in shown.values() and "6.54" not in str(shown)
    assert masked_values('{"data": {"id": "4"', None, POSTS) == "(it cannot be opened)"


def garbled(text: str) -> str:
    return text.encode().decode("latin-1")


def test_garbled_thai_is_put_right_in_every_field_before_it_is_masked_and_placed():
    by = contract(
        fields={"submitted_at": "day", "text": "words", "province": "town", "status": "state", "agency": "office"},
        statuses={"เสร็จ": "resolved"},
    )
    row = {"id": "1", "day": "2025-01-31", "town": "ยะลา", "state": "เสร็จ", "office": "เทศบาล"}
    row["words"] = "ไฟดับ บ้านเลขที่ 12/3 โทร 081-234-5678"
    wrong = {name: garbled(value) for name, value in row.items()}
    json_lines = by.model_copy(update={"format": "json_lines"})
    right, mended = (parse(json.dumps(one), None, json_lines, None, 0).values for one in (row, wrong))
    assert mended["quality_flags"] == ["repaired_text"] and "quality_flags" not in right
    differing = {name for name in right if right[name] != mended[name]}
    assert differing == {"content_hash"}
    assert "081" not in mended["text"]


def test_words_whose_bytes_are_lost_are_refused_and_another_field_is_emptied():
    by = contract(format="json_lines", fields={"submitted_at": "day", "text": "words", "agency": "office"})
    lost = re.sub("[\x80-\x9f]", "", garbled("เทศบาลนครของเรา 081-234-5678"))
    row = {"id": "1", "day": "2025-01-31", "words": "ไฟดับ", "office": lost}
    kept = parse(json.dumps(row), None, by, None, 0)
    assert kept.reasons == [] and "agency" not in kept.values
    assert kept.values["quality_flags"] == ["garbled_field", "no_place"]
    refused = parse(json.dumps({**row, "words": lost}), None, by, None, 0)
    assert refused.reasons == [
        "Its text is garbled (field words): it was read in a wrong encoding and letters are lost; "
        "export it again as UTF-8."
    ]


@pytest.mark.parametrize(
    ("stated", "text", "day"),
    [
        ({}, "06/07/2567", datetime(2024, 7, 6, tzinfo=UTC)),
        ({"day_order": "month_first"}, "06/07/2567", datetime(2024, 6, 7, tzinfo=UTC)),
        ({"calendar": "gregorian"}, "06/07/2567", datetime(2024, 7, 6, tzinfo=UTC)),
        ({}, "1730772192000", datetime(2024, 11, 5, 2, 3, 12, tzinfo=UTC)),
        ({}, '{"$numberLong": "1730772192000"}', datetime(2024, 11, 5, 2, 3, 12, tzinfo=UTC)),
        ({}, "45601.5", datetime(2024, 11, 5, 12, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_in_the_order_and_calendar_of_its_contract(stated, text, day):
    asked = REGISTER.model_copy(update={"time_zone": "UTC", **stated})
    record = parse(row(**{"วันที่รับเรื่อง": text, "เวลา": ""}), HEADER, asked, DAY, 1)
    assert (record.reasons, record.values["submitted_at"]) == ([], day)


def test_a_field_may_have_a_calendar_of_its_own():
    fields = REGISTER.fields | {
        "resolved_at": REGISTER.fields["resolved_at"].model_copy(update={"calendar": "buddhist"})
    }
    asked = REGISTER.model_copy(update={"calendar": "gregorian", "fields": fields})
    record = parse(row(**{"วันที่แล้วเสร็จ": "10/10/67"}), HEADER, asked, DAY, 1)
    assert record.values["resolved_at"] == datetime(2024, 10, 9, 17, tzinfo=UTC)


def test_a_day_in_the_place_of_the_month_is_refused_with_the_name_of_what_to_state():
    record = parse(row(**{"วันที่รับเรื่อง": "06/17/2567"}), HEADER, REGISTER, DAY, 1)
    assert len(record.reasons) == 1 and "day_order" in record.reasons[0]


LANDED = datetime(2024, 11, 2, 16, 59, tzinfo=UTC)  # the last minute of 2 November in Bangkok


@pytest.mark.parametrize(
    ("stamp", "is_usable"),
    [
        ("2024-11-02 16:59:59+00", True),
        ("2024-11-02 17:00:00+00", False),
        ("2042-10-30 18:30:00+00", False),
    ],
)
def test_what_is_submitted_after_the_day_of_landing_cannot_be(stamp, is_usable):
    found = parse(ticket(timestamp=stamp), None, FEED, DAY, 7, landed_at=LANDED)
    assert (not found.reasons) is is_usable
    if not is_usable:
        [reason] = found.reasons
        assert re.fullmatch(
            r"Its submitted_at «20\d\d-\d\d-\d\d» is after 2024-11-02, the day on which its file landed; "
            r"check its year\.", reason
        )  # fmt: skip


def test_an_optional_time_after_the_day_of_landing_is_none_and_flagged():
    later = parse(row(วันที่แล้วเสร็จ="10 ตุลาคม 2586"), HEADER, REGISTER, None, 1, landed_at=LANDED).values
    assert "resolved_at" not in later and later["quality_flags"] == ["bad_resolved_at"]
    in_time = parse(row(), HEADER, REGISTER, None, 1, landed_at=LANDED).values
    assert in_time["resolved_at"] == datetime(2024, 10, 9, 17, tzinfo=UTC) and "quality_flags" not in in_time


def test_a_time_that_orders_versions_is_needed():
    [reason] = parse(row(ปรับปรุงเมื่อ="11/10/2586"), HEADER, REGISTER, None, 1, landed_at=LANDED).reasons
    assert reason.startswith("Its updated_at «2043-10-11» is after 2024-11-02")


def test_a_row_that_was_never_updated_is_as_it_was_submitted():
    fields = REGISTER.fields | {"updated_at": REGISTER.fields["updated_at"].model_copy(update={"required": False})}
    register = REGISTER.model_copy(update={"fields": fields})
    values = parse(row(ปรับปรุงเมื่อ=""), HEADER, register, None, 3).values
    assert values["version_at"] == values["submitted_at"] and "updated_at" not in values
