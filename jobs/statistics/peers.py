"""An area beside its peers: areas of the same type, size and region, told of by the same sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from jobs.statistics.intervals import rate_interval
from jobs.statistics.ranks import rank_intervals

# Lower ends of bands of registered people. 10,000 and 50,000 are the law's own, for a town and a city municipality
# (Municipality Act B.E. 2496); the others follow each other by about a factor of two, since staff and budget go with
# people, and an office is not compared with one of four times its size. Half a million and more: provinces.
POPULATION_BANDS = (0, 5_000, 10_000, 20_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_000_000)
# A median of fewer is that of one or two offices.
MIN_MEMBERS = 5
# As for changes in per cent: below it chance moves a rate by more than a fifth.
MIN_CONCERNS = 20
# The capital is province, city and special form of local government at once.
EXCLUDED_PROVINCES = frozenset({"10"})


class Standing(StrEnum):
    """Where an area stands by its group, as far as the intervals tell."""

    ABOVE = "above"
    BELOW = "below"
    NOT_DISTINGUISHABLE = "not_distinguishable"


@dataclass(frozen=True, slots=True)
class Area:
    """An area over twelve months.

    Attributes:
        code: official code of the province or local organisation.
        province_code: the province that it lies in.
        area_type: kind of area or local organisation.
        region: of the province.
        source_ids: sources that spoke for it in each of the twelve months.
        concern_count: concerns of the twelve months.
        registered_population: people on the house register, for the rate and the band.
    """

    code: str
    province_code: str
    area_type: str
    region: str
    source_ids: frozenset[str]
    concern_count: int
    registered_population: int


@dataclass(frozen=True, slots=True)
class PeerComparison:
    """A row: rates are per 100,000 registered people, bounds of 95 %.

    ``rank`` stands only where no other place is possible; ``rank_lower`` and ``rank_upper`` are the best and the
    worst place that are (1 for the highest rate), of all members at once.
    """

    code: str
    area_type: str
    region: str
    population_from: int
    population_below: int | None
    member_count: int
    concern_count: int
    concerns_per_100k: float
    rate_lower: float
    rate_upper: float
    median_per_100k: float
    median_lower: float
    median_upper: float
    standing: Standing
    rank: int | None
    rank_lower: int
    rank_upper: int


def peer_comparisons(areas: Iterable[Area]) -> list[PeerComparison]:
    """Rows for areas that can be compared, by code.

    A group has at least five members, which share type, band, region and sources. Members with few concerns count
    for the group's median, since without them it would be too high, but have no row of their own.
    """
    groups: defaultdict[tuple[str, int, str, frozenset[str]], list[Area]] = defaultdict(list)
    for area in areas:
        if area.registered_population <= 0:
            raise ValueError(f"Area {area.code} has no registered population.")
        if area.province_code not in EXCLUDED_PROVINCES and area.source_ids:
            groups[area.area_type, band_of(area.registered_population), area.region, area.source_ids].append(area)
    rows = [row for members in groups.values() if len(members) >= MIN_MEMBERS for row in _compare(members)]
    return sorted(rows, key=lambda row: row.code)


def band_of(population: int) -> int:
    """Index into ``POPULATION_BANDS`` of the band that a number of people lies in."""
    return int(np.searchsorted(POPULATION_BANDS, population, side="right")) - 1


def _compare(members: Sequence[Area]) -> list[PeerComparison]:
    counts = np.array([one.concern_count for one in members])
    people = np.array([one.registered_population for one in members])
    rates, ranks = rate_interval(counts, people), rank_intervals(counts, people)
    # A median rises with each of its members: where all true rates lie within their bounds, it lies between the
    # medians of these.
    median, low, high = (float(np.median(one)) for one in (rates.point, rates.lower, rates.upper))
    band = band_of(members[0].registered_population)
    is_last = band + 1 == len(POPULATION_BANDS)
    return [
        PeerComparison(
            code=one.code,
            area_type=one.area_type,
            region=one.region,
            population_from=POPULATION_BANDS[band],
            population_below=None if is_last else POPULATION_BANDS[band + 1],
            member_count=len(members),
            concern_count=one.concern_count,
            concerns_per_100k=float(rates.point[place]),
            rate_lower=float(rates.lower[place]),
            rate_upper=float(rates.upper[place]),
            median_per_100k=median,
            median_lower=low,
            median_upper=high,
            standing=_standing(float(rates.lower[place]), float(rates.upper[place]), low, high),
            rank=int(ranks.rank[place]) if ranks.is_certain[place] else None,
            rank_lower=int(ranks.lower[place]),
            rank_upper=int(ranks.upper[place]),
        )
        for place, one in enumerate(members)
        if one.concern_count >= MIN_CONCERNS
    ]


def _standing(lower: float, upper: float, median_lower: float, median_upper: float) -> Standing:
    if lower > median_upper:
        return Standing.ABOVE
    return Standing.BELOW if upper < median_lower else Standing.NOT_DISTINGUISHABLE
