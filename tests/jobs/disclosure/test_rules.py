"""Which figures are hidden in the public tables of provinces and coverage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from jobs.disclosure.complementary_suppression import Layout, suppress_complementary
from jobs.disclosure.provinces import TREND_COLUMNS, public_provinces
from jobs.disclosure.rules import public_coverage
from schemas.tables import tables
from schemas.topics import Topic

TYPES = {"string": pa.string(), "bigint": pa.int64(), "int": pa.int32(), "double": pa.float64(),
         "date": pa.date32(), "boolean": pa.bool_()}  # fmt: skip
SCHEMA = pa.schema([(column.name, TYPES[column.type]) for column in tables()["gold.province_trends"].columns])
AS_OF = date(2025, 1, 1)
MONTHS = [date(2021 + (9 + n) // 12, (9 + n) % 12 + 1, 1) for n in range(15)]
POPULATION = {"10": 5_500_000, "20": 1_500_000, "40": 800_000, "85": 190_000, "94": 720_000, "96": 810_000}

Key = tuple[str, int, str, str]  # province, number of the period, level, id


def public_trends(gold: pa.Table, topics: Sequence[Topic], as_of: date = AS_OF) -> pa.Table:
    return public_provinces(gold, topics, as_of)


def topic(topic_id: str, group_id: str, is_sensitive: bool = False) -> Topic:
    return Topic(topic_id, group_id, topic_id, topic_id, is_sensitive, (), ())


FEW_TOPICS = (
    topic("roads", "transport"), topic("signs", "transport"), topic("bridges", "transport"),
    topic("health", "health"), topic("drugs", "safety", is_sensitive=True), topic("erosion", "safety"),
)  # fmt: skip


def month_rows(counts: dict[tuple[str, str], int], **figures: object) -> pa.Table:
    """One province and month of gold: counts by (level, id)."""
    return pa.Table.from_pylist(
        [
            {
                "period_type": "month", "period_start": date(2022, 5, 1), "fiscal_year_be": 2565,
                "province_code": "94", "topic_level": level, "topic_id": topic_id, "channel": "all",
                "concern_count": count, "other_kind_count": 0, "resolved_count": 0, "stated_count": count,
                "share": count / max(counts.get(("all", "all"), 1), 1), "is_complete": True, **figures,
            }
            for (level, topic_id), count in counts.items()
        ],
        schema=SCHEMA,
    )  # fmt: skip


def shown(public: pa.Table, name: str = "concern_count") -> dict[tuple[str, str], object]:
    return {(row["topic_level"], row["topic_id"]): row[name] for row in public.to_pylist()}


def test_counts_of_one_to_four_are_hidden_and_zero_is_shown() -> None:
    gold = month_rows(
        {("all", "all"): 40, ("topic", "roads"): 30, ("topic", "signs"): 0, ("topic", "bridges"): 12,
         ("group", "transport"): 31, ("topic", "health"): 4, ("group", "health"): 4, ("topic", "erosion"): 20}
    )  # fmt: skip
    public = shown(public_trends(gold, FEW_TOPICS))
    assert public["topic", "health"] is None and public["group", "health"] is None
    assert public["topic", "signs"] == 0


def test_all_figures_of_a_hidden_row_are_hidden() -> None:
    figures = {
        "concerns_per_100k": 0.4, "rank": 3, "rank_per_100k": 2, "previous_count": 9, "change_pct": -66.0,
        "last_year_count": 8, "last_year_change_pct": 2.0, "median_days_to_resolve": 2.0,
        "p90_days_to_resolve": 9.0, "within_15_days_share": 0.5,
    }  # fmt: skip
    row = public_trends(month_rows({("topic", "roads"): 3}, **figures), FEW_TOPICS).to_pylist()[0]
    assert row["is_hidden"]
    hidden = [*figures, "concern_count", "other_kind_count", "share", "resolved_count"]
    assert [row[name] for name in hidden] == [None] * len(hidden)


def test_another_topic_is_hidden_where_the_group_less_shown_topics_gives_a_hidden_one() -> None:
    gold = month_rows(
        {("all", "all"): 60, ("topic", "roads"): 20, ("topic", "signs"): 4, ("topic", "bridges"): 9,
         ("group", "transport"): 33, ("topic", "erosion"): 40}
    )  # fmt: skip
    public = shown(public_trends(gold, FEW_TOPICS))
    assert public["topic", "signs"] is None
    assert public["topic", "bridges"] is None, "33 - 20 - 9 would give the 4"
    assert public["topic", "roads"] == 20 and public["group", "transport"] == 33


def test_a_lone_hidden_topic_hides_the_next_smallest_even_where_topics_overlap() -> None:
    gold = month_rows(
        {("all", "all"): 40, ("topic", "roads"): 30, ("topic", "signs"): 3, ("topic", "bridges"): 29,
         ("group", "transport"): 31, ("topic", "erosion"): 20}
    )  # fmt: skip
    public = shown(public_trends(gold, FEW_TOPICS))
    assert [key for key, count in public.items() if count is None] == [
        ("topic", "bridges"),
        ("topic", "signs"),
    ]


def test_a_group_is_hidden_where_its_count_gives_its_hidden_topics() -> None:
    gold = month_rows(
        {("all", "all"): 50, ("topic", "roads"): 4, ("topic", "signs"): 4, ("topic", "bridges"): 0,
         ("group", "transport"): 8, ("topic", "erosion"): 50}
    )  # fmt: skip
    public = shown(public_trends(gold, FEW_TOPICS))
    assert public["group", "transport"] is None, "two counts of at most 4 with the sum 8 are 4 and 4"


def test_the_total_does_not_give_the_number_of_concerns_of_sensitive_topics() -> None:
    gold = month_rows({("all", "all"): 50, ("topic", "health"): 30, ("group", "health"): 30, ("topic", "erosion"): 13})
    public = shown(public_trends(gold, FEW_TOPICS))
    assert public["all", "all"] == 50
    assert public["topic", "erosion"] is None, "50 - 30 - 13 leaves 7 for drugs"


def test_sensitive_topics_and_their_groups_have_no_monthly_rows() -> None:
    gold = month_rows({("all", "all"): 90, ("group", "safety"): 90, ("topic", "drugs"): 60, ("topic", "erosion"): 90})
    assert set(shown(public_trends(gold, FEW_TOPICS))) == {("all", "all"), ("topic", "erosion")}


@pytest.mark.parametrize(("as_of", "expected"), [(date(2022, 10, 30), 1), (date(2022, 10, 29), 0)])
def test_sensitive_topics_are_shown_for_fiscal_years_that_have_been_over_for_a_month(
    as_of: date, expected: int
) -> None:
    gold = month_rows(
        {("topic", "drugs"): 60, ("topic", "roads"): 70}, period_type="fiscal_year", period_start=date(2021, 10, 1)
    )
    assert public_trends(gold, FEW_TOPICS, as_of).num_rows == expected


@pytest.mark.parametrize(("as_of", "expected"), [(date(2022, 6, 30), 1), (date(2022, 6, 29), 0)])
def test_a_month_is_shown_when_it_has_been_over_for_thirty_days(as_of: date, expected: int) -> None:
    assert public_trends(month_rows({("all", "all"): 90}), FEW_TOPICS, as_of).num_rows == expected


def test_a_province_with_later_data_is_added_to_a_month_and_the_others_are_not_changed() -> None:
    previous = public_trends(month_rows({("topic", "roads"): 30}, rank=1), FEW_TOPICS)
    gold = pa.concat_tables(
        [
            month_rows({("topic", "roads"): 31, ("topic", "signs"): 40}, rank=1),
            month_rows({("topic", "roads"): 50}, province_code="95", rank=1),
        ]
    )
    rows = public_provinces(gold, FEW_TOPICS, AS_OF, previous).to_pylist()
    assert [(row["province_code"], row["topic_id"], row["concern_count"], row["rank"]) for row in rows] == [
        ("94", "roads", 30, 2), ("95", "roads", 50, 1),
    ]  # fmt: skip


def test_published_rows_keep_their_ranks_when_ranks_are_computed_again() -> None:
    gold = pa.concat_tables(
        [month_rows({("topic", "roads"): 30}, province_code=code, rank_per_100k=1, concerns_per_100k=rate)
         for code, rate in (("94", 2.841), ("95", 2.844))]
    )  # fmt: skip
    first = public_provinces(gold, FEW_TOPICS, AS_OF)
    assert first["rank_per_100k"].to_pylist() == [1, 1], "both show 2.84"
    assert public_provinces(gold, FEW_TOPICS, AS_OF, first).equals(first)


def test_a_topic_that_became_sensitive_is_removed_from_published_months() -> None:
    previous = public_trends(month_rows({("topic", "roads"): 30, ("topic", "health"): 30}), FEW_TOPICS)
    now = [topic("health", "health", is_sensitive=True), *FEW_TOPICS[:3]]
    assert [row["topic_id"] for row in public_provinces(month_rows({}), now, AS_OF, previous).to_pylist()] == ["roads"]


def test_only_all_channels_together_are_public() -> None:
    assert public_trends(month_rows({("all", "all"): 90}, channel="hotline"), FEW_TOPICS).num_rows == 0


def test_an_unknown_topic_has_no_row() -> None:
    assert public_trends(month_rows({("topic", "unheard_of"): 90}), FEW_TOPICS).num_rows == 0


@pytest.mark.parametrize(
    ("resolved", "expected"), [(0, 0), (3, None), (5, 5), (20, 20), (21, None), (24, None), (25, 25)]
)
def test_resolved_counts_are_hidden_where_they_or_the_unresolved_count_is_small(
    resolved: int, expected: int | None
) -> None:
    gold = month_rows({("topic", "roads"): 25}, resolved_count=resolved)
    assert shown(public_trends(gold, FEW_TOPICS), "resolved_count")["topic", "roads"] == expected


def test_the_count_of_a_hidden_month_is_hidden_in_the_next_month_and_year() -> None:
    gold = pa.concat_tables(
        [
            month_rows({("topic", "roads"): 3}),
            month_rows({("topic", "roads"): 30}, period_start=date(2022, 6, 1), previous_count=3),
            month_rows({("topic", "roads"): 31}, period_start=date(2022, 7, 1), previous_count=30, change_pct=3.3),
            month_rows({("topic", "roads"): 32}, period_start=date(2023, 5, 1), last_year_count=3),
        ]
    )
    rows = public_trends(gold, FEW_TOPICS).to_pylist()
    assert [row["previous_count"] for row in rows] == [None, None, 30, None]
    assert [row["last_year_count"] for row in rows] == [None] * 4


def test_a_fiscal_year_has_no_share_which_would_give_the_total_of_its_months() -> None:
    year = month_rows(
        {("topic", "drugs"): 10}, period_type="fiscal_year", period_start=date(2021, 10, 1), share=10 / 43
    )
    month = month_rows({("all", "all"): 43, ("group", "transport"): 43, ("topic", "roads"): 43})
    rows = public_trends(pa.concat_tables([year, month]), FEW_TOPICS).to_pylist()
    assert [row["share"] for row in rows] == [None, 1.0, 1.0, 1.0]


@pytest.mark.parametrize("total", [3, 12])
def test_a_month_with_a_hidden_total_has_no_other_row_so_that_zeros_do_not_reveal_sensitive_topics(
    total: int,
) -> None:
    gold = month_rows({("all", "all"): total, ("topic", "signs"): 0, ("topic", "roads"): 0, ("group", "transport"): 0})
    assert shown(public_trends(gold, FEW_TOPICS)) == {("all", "all"): None}


def test_ranks_are_among_the_figures_that_are_shown() -> None:
    gold = pa.concat_tables(
        month_rows(
            {("topic", "roads"): count},
            province_code=code, rank=rank, rank_per_100k=1, concerns_per_100k=rate,
        )
        for code, count, rank, rate in
        [("10", 90, 1, 1.6), ("20", 4, 3, 9.0), ("40", 30, 2, 3.75), ("85", 0, 4, 0.0), ("94", 70, None, 8.0)]
    )  # fmt: skip
    rows = public_trends(gold, FEW_TOPICS).to_pylist()
    assert [(row["rank"], row["rank_per_100k"]) for row in rows] == [
        (1, 3),
        (None, None),
        (2, 2),
        (3, 4),
        (None, 1),
    ]


def test_a_median_is_hidden_where_it_would_reveal_how_many_concerns_are_solved() -> None:
    figures = {"median_days_to_resolve": 3.0, "p90_days_to_resolve": 12.0}

    def medians(count: int, resolved: int) -> list[float | None]:
        row = public_trends(
            month_rows({("topic", "roads"): count}, resolved_count=resolved, **figures), FEW_TOPICS
        ).to_pylist()[0]
        return [row["median_days_to_resolve"], row["p90_days_to_resolve"]]

    assert medians(8, 4) == [None, None]
    assert medians(30, 20) == [3.0, 12.0]
    assert medians(30, 27) == [3.0, None], "the 90th percentile is reached only where 1 to 3 of 30 are unsolved"
    assert medians(90, 87) == [3.0, 12.0]


def test_coverage_is_public_without_counts() -> None:
    row = {
        "source_id": "feed", "channel": "complaint_log", "period_start": date(2022, 5, 1), "concern_count": 3,
        "province_count": 2, "first_date": date(2022, 5, 7), "last_date": date(2022, 5, 9),
        "is_complete": True,
    }  # fmt: skip
    public = public_coverage(pa.Table.from_pylist([row]), AS_OF).to_pylist()[0]
    assert public_coverage(pa.Table.from_pylist([row]), date(2022, 6, 29)).num_rows == 0
    assert not [name for name in public if name.endswith("_count") and name != "province_count"]
    assert public["first_date"] is None


def test_backlog_and_ended_counts_are_not_published_since_they_reveal_hidden_counts() -> None:
    assert not {"backlog_count", "closed_in_period_count", "stated_count"} & set(TREND_COLUMNS)


def test_suppression_is_safe_where_a_reader_knows_that_the_smallest_counts_are_chosen() -> None:
    layout = Layout(total=0, groups=((1, (2, 3, 4, 5)),), ungrouped=())
    values = np.array([[114, 114, 4, 5, 5, 100]])
    hidden = suppress_complementary(values, layout, (values > 0) & (values < 5))
    assert hidden[0].tolist() == [False, False, True, True, True, False] or hidden[0, 2:].all()
