"""gold.peer_comparison computed once more: groups in polars, every pair of members tested by itself."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import date
from statistics import median
from typing import Any

import polars as pl
from scipy import stats

from tests.independent.compared import Read, compared
from tests.independent.trends import concern_rows, lao_people, located, source_coverage

BANDS = [0, 5_000, 10_000, 20_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_000_000]
FEWEST_MEMBERS, FEWEST_CONCERNS = 5, 20


def peers(read: Read, as_of: date) -> list[str]:
    """In what gold.peer_comparison differs."""
    end = as_of.replace(day=1)
    first = pl.Series([end]).dt.offset_by("-12mo")[0]
    rows = located(concern_rows(read), read, "gold.lao_trends").filter(
        (pl.col("channel") == "all") & (pl.col("topic_level") != "topic") & pl.col("is_counted")
        & (pl.col("submitted_date") >= first) & (pl.col("submitted_date") < end)
    )  # fmt: skip
    counts = {cell[:3]: cell[3] for cell in rows.group_by("topic_level", "topic_id", "area").len().iter_rows()}
    members = _members(read, first, end)
    found: list[dict[str, Any]] = []
    for level, topic in sorted({cell[:2] for cell in counts}):
        for (lao_type, band, region, _), group in members.items():
            if len(group) < FEWEST_MEMBERS:
                continue
            counted = [(code, counts.get((level, topic, code), 0), people) for code, people in group]
            for row in _beside(counted):
                found.append(
                    {
                        "topic_level": level, "topic_id": topic, "lao_type": lao_type, "region": region,
                        "population_from": BANDS[band],
                        "population_below": BANDS[band + 1] if band + 1 < len(BANDS) else None,
                        "period_start": first, "period_end": pl.Series([end]).dt.offset_by("-1d")[0],
                        "member_count": len(group),
                    }
                    | row
                )  # fmt: skip
    gold = read("gold.peer_comparison")
    if not found:
        return [f"gold.peer_comparison: {gold.height} rows, by polars none"] if gold.height else []
    names = read("reference.laos").join(read("reference.provinces"), on="province_code")
    mine = (
        pl.DataFrame(found, infer_schema_length=None)
        .join(names.select("lao_code", "lao_th", "province_code", "province_th"), on="lao_code")
        .join(lao_people(read).select("population_date", lao_code="area"), on="lao_code")
    )
    return compared(gold, mine, "gold.peer_comparison", ["lao_code", "topic_level", "topic_id"])


def _members(read: Read, first: date, end: date) -> dict[tuple[str, int, str, frozenset[str]], list[tuple[str, int]]]:
    """LAOs with their people, by type, band, region, and the sources that had data in each of the twelve months."""
    active = (
        read("silver.concerns")
        .filter(~pl.col("is_deleted") & (pl.col("submitted_date") >= first) & (pl.col("submitted_date") < end))
        .select("source_id", month=pl.col("submitted_date").dt.truncate("1mo"))
        .unique()
    )
    sources_of: defaultdict[str, set[str]] = defaultdict(set)
    whole = (
        active.join(source_coverage(read), on="source_id")
        .filter(pl.col("month") >= pl.col("first").dt.truncate("1mo"))
        .group_by("source_id", "province_code")
        .agg(pl.col("month").n_unique())
        .filter(pl.col("month") == 12)
    )
    for source, code, _ in whole.iter_rows():
        sources_of[code].add(source)
    laos = (
        read("reference.laos")
        .join(lao_people(read), left_on="lao_code", right_on="area")
        .join(read("reference.provinces").select("province_code", "region"), on="province_code")
        .filter((pl.col("province_code") != "10") & (pl.col("people") > 0))
    )
    found: defaultdict[tuple[str, int, str, frozenset[str]], list[tuple[str, int]]] = defaultdict(list)
    for one in laos.iter_rows(named=True):
        if sources := sources_of.get(one["province_code"]):
            band = bisect_right(BANDS, one["people"]) - 1
            found[one["lao_type"], band, one["region"], frozenset(sources)].append((one["lao_code"], one["people"]))
    return found


def _garwood(count: int, people: int) -> tuple[float, float, float]:
    """Rate per 100,000 with its exact bounds: those at which so few or so many would be seen in 2.5 % of years."""
    lower = stats.gamma.ppf(0.025, count) if count else 0.0
    return tuple(float(one) * 100_000 / people for one in (count, lower, stats.gamma.ppf(0.975, count + 1)))  # type: ignore[return-value]


def _beside(group: list[tuple[str, int, int]]) -> list[dict[str, Any]]:
    """Rows of the members of a group (code, concerns, people) that have enough concerns of their own."""
    rates = {code: _garwood(count, people) for code, count, people in group}
    middle, low, high = (median(rate[part] for rate in rates.values()) for part in range(3))
    above = _surely_above(group)
    found: list[dict[str, Any]] = []
    for code, count, _ in group:
        rate, lower, upper = rates[code]
        best = 1 + sum(loser == code for _, loser in above)
        worst = len(group) - sum(winner == code for winner, _ in above)
        standing = "above" if lower > high else "below" if upper < low else "not_distinguishable"
        if count >= FEWEST_CONCERNS:
            found.append(
                {
                    "lao_code": code, "concern_count": count, "concerns_per_100k": rate, "rate_lower": lower,
                    "rate_upper": upper, "median_per_100k": middle, "median_lower": low, "median_upper": high,
                    "standing": standing, "rank_lower": best, "rank_upper": worst,
                    "rank": 1 + sum(other[0] > rate for other in rates.values()) if best == worst else None,
                }
            )  # fmt: skip
    return found


def _surely_above(group: list[tuple[str, int, int]]) -> set[tuple[str, str]]:
    """Pairs of which the first surely has the higher rate: binomial tests of all ordered pairs, corrected by Holm."""
    tests = sorted(
        (float(stats.binom.sf(count - 1, count + other, people / (people + others))), code, beside)
        for code, count, people in group
        for beside, other, others in group
        if code != beside
    )
    found: set[tuple[str, str]] = set()
    for place, (p, code, beside) in enumerate(tests):
        if p > 0.05 / (len(tests) - place):
            break
        found.add((code, beside))
    return found
