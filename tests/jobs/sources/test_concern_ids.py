"""An id that is a person's own is kept as a keyed hash; any other stays what it was."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.sources.concern_ids import (
    KEYED,
    concern_id,
    is_personal,
    looks_shifted,
    possible_concern_ids,
    source_record_id,
)
from jobs.sources.record_parser import parse
from schemas.contract_files import contracts

KEY = b"a key of these tests"


@pytest.mark.parametrize(
    "part",
    [
        "0812345678", "081-234-5678", "081 234 5678", "+66812345678", "๐๘๑๒๓๔๕๖๗๘", "812345678", "tel:0812345678",
        "1101700230708", "1-1017-00230-70-8", "nok@example.org", "นายสมชาย", "น.ส.มาลี", "@nok_maak",
        "6.543219, 101.280491",
    ],
)  # fmt: skip
def test_an_id_that_is_a_persons_own_is_kept_as_a_hash_that_needs_the_key(part: str) -> None:
    assert is_personal(part) and not looks_shifted(part)
    kept = source_record_id("forms", (part,), KEY)
    assert kept.startswith(KEYED) and len(kept) == len(KEYED) + 32
    assert kept == source_record_id("forms", (part,), KEY) != source_record_id("forms", (part,), b"another")
    known = concern_id("forms", (part,), KEY)
    assert known == concern_id("forms", (part,), KEY) != concern_id("forms", (part,), b"another")
    assert known != hashlib.sha256(f"forms\x1f{part}".encode()).hexdigest()[:32]
    with pytest.raises(ValueError, match="the key of the lake"):
        concern_id("forms", (part,), b"")


@pytest.mark.parametrize(
    "part",
    [
        "2024-AB12CD", "2025-FB5KRU", "ยล 12/2567", "HC-2568-000123", "1700000000000", "1853478345348534786", "612345",
        "3269dad9003515062738c68e", "e1adb2be-6323-c0c6-4247-247926275c08", "20250114-0031", "อบต.สะเตง",
    ],
)  # fmt: skip
def test_any_other_id_stays_as_it_is_and_needs_no_key(part: str) -> None:
    assert not is_personal(part)
    assert source_record_id("forms", (part,), b"") == part
    assert concern_id("forms", (part,), b"") == hashlib.sha256(f"forms\x1f{part}".encode()).hexdigest()[:32]


@pytest.mark.parametrize("part", ["นายสมชาย ใจดี", "โทร 0812345678 ไฟดับ", "ไฟดับ nok@example.org"])
def test_words_that_stand_where_an_id_should_are_none(part: str) -> None:
    assert looks_shifted(part)
    parsed = parse(form(part), None, contracts()["web_form"], None, 0, key=KEY)
    assert [reason for reason in parsed.reasons if "columns of its row may be shifted" in reason]


def form(ref: str) -> str:
    return json.dumps({"ref": ref, "at": "2025-01-14T09:30:00+07:00", "message": "ไฟดับ"}, ensure_ascii=False)


def test_a_record_of_such_an_id_is_used_and_found_by_it():
    contract = contracts()["web_form"]
    parsed = parse(form("081-234-5678"), None, contract, None, 0, key=KEY)
    assert parsed.reasons == []
    assert "5678" not in json.dumps(parsed.values, default=str, ensure_ascii=False)
    assert [parsed.values["concern_id"]] == possible_concern_ids(contract, "081-234-5678", KEY)


def test_an_id_with_a_stroke_is_found_whichever_part_it_is_of():
    one, two = contracts()["damrongdhama_register"], contracts()["paper_register"]
    assert possible_concern_ids(one, "ยล 12/2567", KEY) == [concern_id("damrongdhama", ("ยล 12/2567",), KEY)]
    assert concern_id("paper_register", ("อบต.สะเตง", "12/2567"), KEY) in possible_concern_ids(
        two, "อบต.สะเตง/12/2567", KEY
    )


@given(st.text(min_size=1))
def test_no_id_raises_and_nothing_of_a_personal_one_is_left(part: str) -> None:
    kept = source_record_id("forms", (part,), KEY)
    assert kept.startswith(KEYED) if is_personal(part) else kept == part
    looks_shifted(part)


def test_a_name_after_a_number_of_the_register_is_of_another_column() -> None:
    assert looks_shifted("Q-00001 นายรัตน์ศักดิ์ ทองไพบูลย์")
