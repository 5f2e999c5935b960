"""Numbers that a field can mean are kept, coordinates rounded; all others are dropped and flagged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.sources.measurements import DECIMALS, RANGES, THAILAND, read_numbers


@pytest.mark.parametrize(
    ("texts", "values", "flags"),
    [
        ({"rating": "4.5", "reopen_count": "2"}, {"rating": 4.5, "reopen_count": 2}, []),
        ({"rating": "0812345678", "reopen_count": "1101700230708"}, {}, ["bad_rating", "bad_reopen_count"]),
        ({"rating": "-1", "reopen_count": "1.5"}, {}, ["bad_rating", "bad_reopen_count"]),
        ({"rating": "nan", "reopen_count": "1e999"}, {}, ["bad_rating", "bad_reopen_count"]),
        ({"rating": "", "reopen_count": ""}, {}, []),
        ({"latitude": "6.543219", "longitude": "101.280491"}, {"latitude": 6.543, "longitude": 101.28}, []),
        ({"latitude": "101.28", "longitude": "6.54"}, {}, ["coordinates_outside_thailand"]),
        ({"latitude": "0", "longitude": "0"}, {}, ["coordinates_outside_thailand"]),
        ({"latitude": "0812345678", "longitude": "101.28"}, {}, ["bad_latitude"]),
        ({"latitude": "นายสมชาย ใจดี", "longitude": "812345678"}, {}, ["bad_latitude", "bad_longitude"]),
        ({"latitude": "6.54", "longitude": ""}, {}, ["bad_longitude"]),
    ],
)
def test_what_the_numbers_of_a_record_say(texts: dict[str, str], values: dict[str, float], flags: list[str]) -> None:
    found = read_numbers(texts)
    assert (found.values, found.flags) == (values, flags)


def test_a_record_is_placed_by_the_point_that_the_source_states():
    assert read_numbers({"latitude": "6.543219", "longitude": "101.280491"}).point == (6.543219, 101.280491)
    assert read_numbers({"latitude": "52.5", "longitude": "13.4"}).point is None


@given(st.dictionaries(st.sampled_from(sorted(RANGES)), st.one_of(st.text(), st.floats().map(str))))
def test_what_is_kept_lies_in_what_a_field_can_mean(texts: dict[str, str]) -> None:
    values = read_numbers(texts).values
    for target, value in values.items():
        least, most = (RANGES | THAILAND)[target]
        assert least <= value <= most
        if target in THAILAND:
            assert value == round(value, DECIMALS)
