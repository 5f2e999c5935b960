"""Public tables of districts and LAOs: rounded to the nearest 5, without rows that reveal a small count by a sum."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from jobs.disclosure.provinces import public_provinces
from jobs.disclosure.small_areas import count_ranges, public_districts, public_laos, round_counts
from jobs.gold import periods
from schemas.tables import tables
from schemas.topics import load_topics

TYPES = {"string": pa.string(), "bigint": pa.int64(), "int": pa.int32(), "double": pa.float64(),
         "date": pa.date32(), "boolean": pa.bool_()}  # fmt: skip
AS_OF = date(2023, 6, 1)
QUARTER, YEAR = date(2022, 1, 1), date(2021, 10, 1)
# Phuket has three districts.
DISTRICTS = ("8301", "8302", "8303")


def gold(name: str, rows: list[dict[str, object]]) -> pa.Table:
    schema = pa.schema([(column.name, TYPES[column.type]) for column in tables()[f"gold.{name}"].columns])
    common = {"fiscal_year_be": 2565, "province_code": "83", "channel": "all", "resolved_count": 0,
              "other_kind_count": 0, "topic_level": "group", "topic_id": "transport"}  # fmt: skip
    return pa.Table.from_pylist([{**common, **row} for row in rows], schema=schema)


def provinces(*counts: int, first: date = QUARTER, as_of: date = AS_OF) -> pa.Table:
    """The public table of provinces: successive months with these counts of concerns about transport."""
    months = [
        {"period_type": "month", "period_start": periods.add_months(first, number), "concern_count": count,
         "stated_count": count, "topic_level": level, "topic_id": topic_id}
        for number, count in enumerate(counts)
        for level, topic_id in (("group", "transport"), ("all", "all"), ("topic", "roads"))
    ]  # fmt: skip
    return public_provinces(gold("province_trends", months), load_topics(), as_of)


def quarter(counts: Mapping[str, int], start: date = QUARTER, **other: object) -> list[dict[str, object]]:
    return [
        {"period_type": "quarter", "period_start": start, "district_code": code, "concern_count": count, **other}
        for code, count in counts.items()
        if count
    ]


def shown(*counts: int, months: pa.Table) -> dict[str, int]:
    """The rounded counts of the rows that are public, of a quarter of the three districts."""
    table = gold("district_trends", quarter(dict(zip(DISTRICTS, counts, strict=True))))
    public = public_districts(table, months, months.slice(0, 0), load_topics(), AS_OF)
    return dict(zip(public["district_code"].to_pylist(), public["rounded_count"].to_pylist(), strict=True))


def test_counts_are_rounded_to_the_nearest_five_and_are_in_the_range_of_their_rounded_count() -> None:
    counts = np.arange(0, 40)
    rounded = round_counts(counts)
    assert rounded[:14].tolist() == [0, 0, 0, 0, 0, 5, 5, 5, 10, 10, 10, 10, 10, 15]
    least, most = count_ranges(rounded)
    assert ((least <= counts) & (counts <= most)).all()
    for value in np.unique(rounded):
        same = counts[(rounded == value) & (counts < 38)]
        if value < 35:
            assert (same[0], same[-1]) == (least[rounded == value][0], most[rounded == value][0])


@pytest.mark.parametrize(
    ("counts", "expected", "why"),
    [
        ((40, 11, 3), {"8301": 40, "8302": 10}, "a count under 5 has no row"),
        ((12, 1, 0), {"8301": 10}, "13 less 8 to 12 leaves 1 to 5 for the two others"),
        ((8, 1, 0), {}, "9 less 8 or more would leave at most 1 for the others"),
        ((7, 4, 4), {}, "15 less at most 7 would leave 4 for each of the others"),
        ((13, 8, 0), {"8301": 15}, "21 - 13 - 8 would leave 0 for the third district, so the smaller row is removed"),
        ((7, 6, 5), {"8301": 5, "8302": 5, "8303": 5}, "no row is missing, so there is nothing to reveal"),
    ],
)
def test_rows_are_removed_until_every_missing_row_can_be_anything_from_0_to_4(
    counts: tuple[int, int, int], expected: dict[str, int], why: str
) -> None:
    assert shown(*counts, months=provinces(sum(counts) + 10, 10, 10)) == expected, why


def test_districts_do_not_reveal_a_hidden_month_of_their_province() -> None:
    assert shown(54, 30, 2, months=provinces(40, 3, 40)) == {"8301": 55}, (
        "53 + 28 less 80 would leave at least 1 for the hidden month"
    )
    assert shown(54, 30, 2, months=provinces(40, 30, 40)) == {"8301": 55, "8302": 30}


def test_a_quarter_is_public_when_it_has_been_over_for_thirty_days() -> None:
    months, table = provinces(40, 30, 40), gold("district_trends", quarter({"8301": 40, "8302": 12, "8303": 2}))
    for as_of, rows in ((date(2022, 4, 29), 0), (date(2022, 4, 30), 2)):
        public = public_districts(table, months, months.slice(0, 0), load_topics(), as_of)
        assert public.num_rows == rows


def test_a_published_quarter_is_not_changed() -> None:
    months = provinces(40, 30, 40)
    first = gold("district_trends", quarter({"8301": 40, "8302": 12, "8303": 2}))
    later = gold("district_trends", quarter({"8301": 99, "8302": 99, "8303": 99}))
    previous = public_districts(first, months, months.slice(0, 0), load_topics(), AS_OF)
    assert public_districts(later, months, months, load_topics(), AS_OF, previous).equals(previous)


def test_a_published_quarter_without_data_in_its_last_month_is_not_changed() -> None:
    months = provinces(40, 30)
    first = gold("district_trends", quarter({"8301": 40, "8302": 12, "8303": 2}))
    later = gold("district_trends", quarter({"8301": 99, "8302": 99, "8303": 99}))
    previous = public_districts(first, months, months.slice(0, 0), load_topics(), AS_OF)
    assert previous["rounded_count"].to_pylist() == [40, 10]
    assert public_districts(later, months, months, load_topics(), AS_OF, previous).equals(previous)


def test_a_quarter_is_published_after_its_delay_though_one_of_its_months_was_published_before() -> None:
    before = provinces(40, 30, 40, as_of=date(2022, 3, 15))
    assert set(before["period_start"].to_pylist()) == {QUARTER}
    table, published_on = gold("district_trends", quarter({"8301": 40, "8302": 12, "8303": 2})), date(2022, 4, 30)
    previous = public_districts(table, before, before.slice(0, 0), load_topics(), date(2022, 3, 15))
    assert previous.num_rows == 0
    public = public_districts(table, provinces(40, 30, 40), before, load_topics(), published_on, previous)
    assert public["rounded_count"].to_pylist() == [40, 10]


def test_a_total_is_removed_where_it_reveals_concerns_of_groups_with_a_sensitive_topic() -> None:
    def totals(total: int) -> list[object]:
        rows = quarter({"8301": 60, "8302": 30}) + [
            {**row, "topic_level": "all", "topic_id": "all"} for row in quarter({"8301": total, "8302": 30, "8303": 3})
        ]
        months = provinces(300, 200, 200)
        public = public_districts(gold("district_trends", rows), months, months.slice(0, 0), load_topics(), AS_OF)
        return [row["rounded_count"] for row in public.to_pylist() if row["topic_level"] == "all"]

    assert totals(75) == [75, 30]
    assert totals(130) == [30], "60 and at most 4 of each other group cannot be 130"


def test_previous_counts_and_rates_are_of_rounded_counts() -> None:
    per_100k = 100_000 / 50_000
    rows = quarter({"8301": 41, "8302": 12}, date(2021, 10, 1)) + [
        {**row, "concerns_per_100k": int(str(row["concern_count"])) * per_100k if row["concern_count"] != 12 else None}
        for row in quarter({"8301": 52, "8302": 12})
    ]
    months = provinces(90, 90, 90, 90, 90, 90, first=date(2021, 10, 1))
    public = public_districts(gold("district_trends", rows), months, months.slice(0, 0), load_topics(), AS_OF)
    assert [
        (row["rounded_count"], row["previous_rounded_count"], row["concerns_per_100k"]) for row in public.to_pylist()
    ] == [(40, None, None), (10, None, None), (50, 40, 100.0), (10, 10, None)]


def lao_rows(counts: Mapping[str, int]) -> pa.Table:
    return gold("lao_trends", [
        {"period_type": "fiscal_year", "period_start": YEAR, "lao_code": code, "concern_count": count}
        for code, count in counts.items()
    ])  # fmt: skip


def public_of_laos(
    counts: Mapping[str, int], served: Mapping[str, frozenset[str]], quarters: pa.Table | None = None
) -> dict[str, int]:
    months = provinces(*[50] * 12, first=YEAR)
    none = gold("district_trends", [])
    districts = public_districts(
        none if quarters is None else quarters, months, months.slice(0, 0), load_topics(), AS_OF
    )
    public = public_laos(
        lao_rows(counts), served, months, districts, months.slice(0, 0), load_topics(), AS_OF
    )  # fmt: skip
    return dict(zip(public["lao_code"].to_pylist(), public["rounded_count"].to_pylist(), strict=True))


def test_laos_have_rows_by_fiscal_year_except_those_that_serve_a_whole_province() -> None:
    served = {"a": frozenset({"830101"}), "b": frozenset({"830102"}), "c": frozenset({"830103"})}
    assert public_of_laos({"a": 40, "b": 20, "c": 3, "pao-83": 63}, served) == {"a": 40, "b": 20}


def test_an_lao_that_serves_a_whole_district_does_not_reveal_a_quarter_of_it() -> None:
    served = {code: frozenset({f"{code}01"}) for code in DISTRICTS}
    starts = [periods.add_months(YEAR, later) for later in (0, 3, 6, 9)]

    def quarters(*of_first: int) -> pa.Table:
        rows = [row for start, count in zip(starts, of_first, strict=True)
                for row in quarter({"8301": count, "8302": 30, "8303": 20}, start)]  # fmt: skip
        return gold("district_trends", rows)

    others = {"8302": 120, "8303": 80}
    assert public_of_laos({"8301": 25, **others}, served, quarters(7, 7, 4, 7)) == {"8302": 120, "8303": 80}, (
        "23 to 27 less at most three times 7 leaves at least 2"
    )
    assert public_of_laos({"8301": 85, **others}, served, quarters(20, 20, 20, 25)) == {"8301": 85, **others}
