"""Thai fiscal years, quarters and months."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.gold.periods import MONTHS, fiscal_year_be, period, periods_between, start_of


@pytest.mark.parametrize(
    ("day", "year"), [(date(2025, 9, 30), 2568), (date(2025, 10, 1), 2569), (date(2026, 1, 1), 2569)]
)
def test_the_fiscal_year_is_named_by_the_buddhist_year_of_its_end(day, year):
    assert fiscal_year_be(day) == year


def test_periods_have_thai_names():
    assert period("month", date(2025, 10, 1)).period_th == "ต.ค. 2568"
    assert period("quarter", date(2025, 10, 1)).period_th == "ไตรมาส 1 ปีงบประมาณ พ.ศ. 2569"
    assert period("fiscal_year", date(2025, 10, 1)).period_th == "ปีงบประมาณ พ.ศ. 2569"


def test_a_year_of_days_has_twelve_months_four_quarters_and_one_fiscal_year():
    found = periods_between(date(2024, 10, 1), date(2025, 9, 30))
    assert [sum(one.period_type == kind for one in found) for kind in MONTHS] == [12, 4, 1]


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.sampled_from(list(MONTHS)))
def test_every_day_lies_in_the_period_that_starts_for_it(day, period_type):
    found = period(period_type, start_of(period_type, day))
    assert found.period_start <= day <= found.period_end
    assert start_of(period_type, found.period_end) == found.period_start
    assert fiscal_year_be(found.period_start) == fiscal_year_be(found.period_end) == found.fiscal_year_be
