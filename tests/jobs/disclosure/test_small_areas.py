"""Districts and LAOs in public: to the nearest 5, and no row that a sum would give a small count away with."""

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
    """The public table of months from a first one on, with so many concerns of transport."""
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
    """What is public of a quarter of the three districts."""
    table = gold("district_trends", quarter(dict(zip(DISTRICTS, counts, strict=True))))
    public = public_districts(table, months, months.slice(0, 0), load_topics(), AS_OF)
    return dict(zip(public["district_code"].to_pylist(), public["rounded_count"].to_pylist(), strict=True))


def test_counts_are_rounded_to_the_nearest_five_and_ranges_hold_what_is_behind_them() -> None:
    counts = np.arange(0, 40)
    made = round_counts(counts)
    assert made[:14].tolist() == [0, 0, 0, 0, 0, 5, 5, 5, 10, 10, 10, 10, 10, 15]
    least, most = count_ranges(made)
    assert ((least <= counts) & (counts <= most)).all()
    for one in np.unique(made):
        behind = counts[(made == one) & (counts < 38)]
        if one < 35:
            assert (behind[0], behind[-1]) == (least[made == one][0], most[made == one][0])


@pytest.mark.parametrize(
    ("counts", "expected", "why"),
    [
        ((40, 11, 3), {"8301": 40, "8302": 10}, "under 5 there is no row"),
        ((12, 1, 0), {"8301": 10}, "13 leave 1 to 5 for the others"),
        ((8, 1, 0), {}, "9 less 8 at least would leave 1 at most for the others"),
        ((7, 4, 4), {}, "15 less 7 at most would leave 4 for each"),
        ((13, 8, 0), {"8301": 15}, "21 less 13 less 8 would leave 0 for the last, so the smaller row goes"),
        ((7, 6, 5), {"8301": 5, "8302": 5, "8303": 5}, "where all are there, nothing is to be found"),
    ],
)
def test_rows_go_until_the_rest_leaves_every_missing_row_all_of_its_range(
    counts: tuple[int, int, int], expected: dict[str, int], why: str
) -> None:
    assert shown(*counts, months=provinces(sum(counts) + 10, 10, 10)) == expected, why


def test_a_hidden_month_of_the_province_is_not_given_back_by_its_districts() -> None:
    assert shown(54, 30, 2, months=provinces(40, 3, 40)) == {"8301": 55}, "53 + 28 less 80 would leave 1 and more"
    assert shown(54, 30, 2, months=provinces(40, 30, 40)) == {"8301": 55, "8302": 30}


def test_a_quarter_is_public_when_it_has_been_over_for_thirty_days() -> None:
    months, table = provinces(40, 30, 40), gold("district_trends", quarter({"8301": 40, "8302": 12, "8303": 2}))
    for as_of, rows in ((date(2022, 4, 29), 0), (date(2022, 4, 30), 2)):
        public = public_districts(table, months, months.slice(0, 0), load_topics(), as_of)
        assert public.num_rows == rows


def test_a_quarter_that_was_public_stays_as_it_was() -> None:
    months = provinces(40, 30, 40)
    first = gold("district_trends", quarter({"8301": 40, "8302": 12, "8303": 2}))
    later = gold("district_trends", quarter({"8301": 99, "8302": 99, "8303": 99}))
    former = public_districts(first, months, months.slice(0, 0), load_topics(), AS_OF)
    assert public_districts(later, months, months, load_topics(), AS_OF, former).equals(former)


def test_a_quarter_whose_last_month_has_no_data_stays_as_it_was() -> None:
    months = provinces(40, 30)
    first = gold("district_trends", quarter({"8301": 40, "8302": 12, "8303": 2}))
    later = gold("district_trends", quarter({"8301": 99, "8302": 99, "8303": 99}))
    former = public_districts(first, months, months.slice(0, 0), load_topics(), AS_OF)
    assert former["rounded_count"].to_pylist() == [40, 10]
    assert public_districts(later, months, months, load_topics(), AS_OF, former).equals(former)


def test_a_quarter_of_which_a_month_was_public_before_it_had_settled_comes_when_it_has() -> None:
    before = provinces(40, 30, 40, as_of=date(2022, 3, 15))
    assert set(before["period_start"].to_pylist()) == {QUARTER}
    table, settled_on = gold("district_trends", quarter({"8301": 40, "8302": 12, "8303": 2})), date(2022, 4, 30)
    former = public_districts(table, before, before.slice(0, 0), load_topics(), date(2022, 3, 15))
    assert former.num_rows == 0
    made = public_districts(table, provinces(40, 30, 40), before, load_topics(), settled_on, former)
    assert made["rounded_count"].to_pylist() == [40, 10]


def test_a_total_goes_where_it_says_how_many_were_of_groups_with_a_sensitive_topic() -> None:
    def totals(total: int) -> list[object]:
        rows = quarter({"8301": 60, "8302": 30}) + [
            {**row, "topic_level": "all", "topic_id": "all"} for row in quarter({"8301": total, "8302": 30, "8303": 3})
        ]
        months = provinces(300, 200, 200)
        public = public_districts(gold("district_trends", rows), months, months.slice(0, 0), load_topics(), AS_OF)
        return [row["rounded_count"] for row in public.to_pylist() if row["topic_level"] == "all"]

    assert totals(75) == [75, 30]
    assert totals(130) == [30], "60 and 4 of each other group are not 130"


def test_the_count_before_is_the_rounded_one_and_rates_are_made_of_rounded_counts() -> None:
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


def test_laos_have_rows_by_fiscal_year_save_those_that_serve_a_whole_province() -> None:
    served = {"a": frozenset({"830101"}), "b": frozenset({"830102"}), "c": frozenset({"830103"})}
    assert public_of_laos({"a": 40, "b": 20, "c": 3, "pao-83": 63}, served) == {"a": 40, "b": 20}


def test_an_lao_that_is_a_whole_district_does_not_give_a_quarter_of_it_back() -> None:
    served = {code: frozenset({f"{code}01"}) for code in DISTRICTS}
    starts = [periods.add_months(YEAR, later) for later in (0, 3, 6, 9)]

    def quarters(*of_first: int) -> pa.Table:
        rows = [row for start, count in zip(starts, of_first, strict=True)
                for row in quarter({"8301": count, "8302": 30, "8303": 20}, start)]  # fmt: skip
        return gold("district_trends", rows)

    others = {"8302": 120, "8303": 80}
    assert public_of_laos({"8301": 25, **others}, served, quarters(7, 7, 4, 7)) == {"8302": 120, "8303": 80}, (
        "23 to 27 less three times 7 at most is 2 at least"
    )
    assert public_of_laos({"8301": 85, **others}, served, quarters(20, 20, 20, 25)) == {"8301": 85, **others}
