"""gold.surges beside what polars and tests.independent.surges make of silver."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from tests.independent.compared import Read, compared
from tests.independent.surges import SeriesData, Verdict, evaluate
from tests.independent.trends import COUNTED, source_coverage

CELL = ["week_start", "province_code", "topic_id"]
WEEK = timedelta(days=7)


def surges(read: Read, as_of: date, every: int) -> list[str]:
    """In what gold.surges differs, in one week of so many (the newest first)."""
    weekly = _Weeks(read, as_of)
    evaluated = list(range(weekly.number - 1, 2, -every))
    rows = [row for week in evaluated for row in weekly.rows(week)]
    mondays = [weekly.first + week * WEEK for week in evaluated]
    gold = read("gold.surges").filter(pl.col("week_start").is_in(mondays))
    if not rows:
        return [f"gold.surges: {gold.height} rows, by polars none"] if gold.height else []
    mine = (
        pl.DataFrame(rows, infer_schema_length=None)
        .join(read("reference.provinces").select("province_code", "province_th", "province_en"), on="province_code")
        .join(
            read("reference.topics")
            .filter(pl.col("topic_level") == "topic")
            .select("topic_id", "topic_th", "topic_en"),
            on="topic_id",
        )
        .join(weekly.terms([row for row in rows if row["is_surge"]]), on=CELL, how="left")
    )
    return compared(gold, mine, "gold.surges", CELL)


def weekly_counts(read: Read) -> list[str]:
    """In what gold.weekly_counts differs."""
    repeats = read("silver.concern_links").select("concern_id", is_repeat=pl.lit(True))
    kinds = read("silver.concern_labels").filter(pl.col("kind").is_in(COUNTED), "is_relevant").select("concern_id")
    concerns = (
        read("silver.concerns")
        .filter(~pl.col("is_deleted") & pl.col("province_code").is_not_null())
        .join(kinds, on="concern_id")
        .join(repeats, on="concern_id", how="left")
        .with_columns(week_start=pl.col("submitted_date").dt.truncate("1w"), is_first=pl.col("is_repeat").is_null())
    )
    of_topics = concerns.join(read("silver.concern_topics").select("concern_id", "topic_id"), on="concern_id")
    key = ["week_start", "source_id", "province_code", "topic_level", "topic_id"]
    mine = [
        rows.group_by(key).agg(concern_count=pl.len(), unique_count=pl.col("is_first").sum())
        for rows in (
            of_topics.with_columns(topic_level=pl.lit("topic")),
            concerns.with_columns(topic_level=pl.lit("all"), topic_id=pl.lit("all")),
        )
    ]
    return compared(read("gold.weekly_counts"), pl.concat(mine), "gold.weekly_counts", key)


class _Weeks:
    """Counts of silver by source, province, topic and week."""

    def __init__(self, read: Read, as_of: date) -> None:
        self.read = read
        by_source = source_coverage(read)
        self.first = _monday(by_source["first"].min())  # type: ignore[arg-type]
        self.number = (_monday(as_of) - self.first).days // 7
        kinds = (
            read("silver.concern_labels")
            .filter(pl.col("kind").is_in(COUNTED), "is_relevant")
            .select("concern_id", "terms")
        )
        self.concerns = (
            read("silver.concerns")
            .filter(~pl.col("is_deleted") & pl.col("province_code").is_not_null())
            .join(kinds, on="concern_id")
            .with_columns(
                week=(pl.col("submitted_date") - self.first).dt.total_days() // 7,
                words=pl.coalesce("text", "concern_id"),
            )
        )
        self.by_topic = self.concerns.join(read("silver.concern_links"), on="concern_id", how="anti").join(
            read("silver.concern_topics").select("concern_id", "topic_id"), on="concern_id"
        )
        self.topics = (
            read("reference.topics")
            .filter((pl.col("topic_level") == "topic") & (pl.col("topic_id") != "other"))["topic_id"]
            .to_list()
        )
        self.sources = sorted(set(by_source["source_id"]))
        self.provinces = sorted(set(by_source["province_code"]))
        self.begins = np.full((len(self.sources), len(self.provinces)), self.number)
        for source, _, code, day in by_source.iter_rows():
            # The week in which a source begins is not whole.
            week = (_monday(day) - self.first).days // 7 + 1
            self.begins[self.sources.index(source), self.provinces.index(code)] = week
        self.counts = np.zeros((len(self.sources), len(self.provinces), len(self.topics), self.number), np.int64)
        self.totals = np.zeros((len(self.sources), len(self.provinces), self.number), np.int64)
        places = ({one: at for at, one in enumerate(listed)} for listed in (self.sources, self.provinces, self.topics))
        of_source, of_province, of_topic = places
        weeks = self.by_topic.filter(pl.col("week") < self.number).group_by(
            "source_id", "province_code", "topic_id", "week"
        )
        for source, code, topic, week, count in weeks.len().iter_rows():
            if topic in of_topic:
                self.counts[of_source[source], of_province[code], of_topic[topic], week] = count
        whole = self.concerns.filter(pl.col("week") < self.number).group_by("source_id", "province_code", "week")
        for source, code, week, count in whole.len().iter_rows():
            self.totals[of_source[source], of_province[code], week] = count
        again = read("bronze.files").filter(
            pl.col("reread_batch_id").is_not_null() & pl.col("observed_at").is_not_null()
        )
        days = again["observed_at"].dt.convert_time_zone("UTC").dt.date()
        self.restated = np.array(
            [self.first + week * WEEK in {_monday(day) for day in days} for week in range(self.number)]
        )

    def rows(self, week: int) -> list[dict[str, Any]]:
        included = self._is_included(week)
        data = self._series_data(week, included)
        distinct = data.counts[:, max(week - 3, 0) :].sum(axis=1)
        verdicts = evaluate(data, week, distinct)
        suspected = [one for one, found in enumerate(verdicts) if found.is_surge and data.counts[one, week]]
        if suspected:
            # Words too few to be called a copy may still all be the same.
            for one in suspected:
                distinct[one] = min(distinct[one], self._texts(one, week))
            verdicts = evaluate(data, week, distinct)
        return [self._row(one, week, found) for one, found in enumerate(verdicts) if data.counts[one, week]]

    def _is_included(self, week: int) -> Any:
        """Source × province: old enough, and where it brings little to a province, a year old."""
        recent = self.totals[:, :, max(week - 12, 0) : week + 1].sum(axis=2)
        share = recent / np.maximum(recent.sum(axis=0), 1)
        return week - self.begins + 1 >= np.where(share < 0.2, 52, 10)

    def _series_data(self, week: int, included: Any) -> SeriesData:
        size = len(self.topics)
        counts = (self.counts[..., : week + 1] * included[:, :, None, None]).sum(axis=0).reshape(-1, week + 1)
        begins = [
            max((self.begins[s, p] for s in np.flatnonzero(included[:, p])), default=week + 1)
            for p in range(len(self.provinces))
        ]
        is_reporting = np.array([self._is_reporting(source, week) for source in range(len(self.sources))])
        has_data = np.array([is_reporting[included[:, p]].any(axis=0) for p in range(len(self.provinces))])
        return SeriesData(
            counts=counts,
            area=np.repeat(np.arange(len(self.provinces)), size),
            first_week=np.repeat(begins, size),
            has_data=np.repeat(has_data, size, axis=0),
            is_restated=self.restated[None, : week + 1],
        )

    def _is_reporting(self, source: int, week: int) -> list[bool]:
        """Of each week up to one, whether it brought a tenth of what four fifths of the weeks around do not exceed."""
        brought = self.totals[source].sum(axis=0)[: week + 1]
        usual = [np.quantile(brought[max(at - 26, 0) : at + 27], 0.8, method="lower") for at in range(week + 1)]
        return [count > 0 and 10 * count >= level for count, level in zip(brought.tolist(), usual, strict=True)]

    def _cell(self, one: int) -> tuple[str, str]:
        return self.provinces[one // len(self.topics)], self.topics[one % len(self.topics)]

    def _texts(self, one: int, week: int) -> int:
        """Different texts of the four weeks that end with a week."""
        code, topic = self._cell(one)
        mine = self.by_topic.filter((pl.col("province_code") == code) & (pl.col("topic_id") == topic))
        recent = mine.filter(pl.col("week").is_between(week - 3, week))
        return recent["words"].n_unique()

    def _row(self, one: int, week: int, found: Verdict) -> dict[str, Any]:
        code, topic = self._cell(one)
        is_known = found.expected is not None
        return {
            "week_start": self.first + week * WEEK, "province_code": code, "topic_id": topic,
            "window_weeks": found.window_weeks, "observed_count": found.observed, "expected_count": found.expected,
            "expected_lower": found.lower, "expected_upper": found.upper, "p_value": found.p, "q_value": found.q,
            "surge_method": found.method, "is_short_history": is_known and found.method == "ears",
            "is_surge": found.is_surge, "surge_status": "ok" if is_known else "insufficient_data",
            "surge_reason": found.reason,
        }  # fmt: skip

    def terms(self, found: list[dict[str, Any]]) -> pl.DataFrame:
        """The terms of at least three different texts of a surge that are the rarest elsewhere."""
        every = (
            self.read("silver.concern_labels").explode("terms").drop_nulls("terms").group_by("terms").agg(all=pl.len())
        )
        rows: list[dict[str, Any]] = []
        for one in found:
            begin = one["week_start"] - (one["window_weeks"] - 1) * WEEK
            mine = self.by_topic.filter(
                (pl.col("province_code") == one["province_code"]) & (pl.col("topic_id") == one["topic_id"])
                & pl.col("submitted_date").is_between(begin, one["week_start"] + WEEK - timedelta(days=1))
            )  # fmt: skip
            here = (
                mine.explode("terms").drop_nulls("terms").group_by("terms").agg(here=pl.col("words").n_unique())
                .filter(pl.col("here") >= 3).join(every, on="terms")
                .sort(pl.col("here") / pl.col("all").sqrt(), "terms", descending=[True, False])
            )  # fmt: skip
            if here.height:
                rows.append({name: one[name] for name in CELL} | {"terms": here["terms"].head(3).to_list()})
        schema = {"week_start": pl.Date, "province_code": pl.String, "topic_id": pl.String, "terms": pl.List(pl.String)}
        return pl.DataFrame(rows, schema=schema)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
