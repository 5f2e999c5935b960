"""Comparison of an area with its peers: areas of the same type, size and region with the same sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from jobs.statistics.intervals import rate_interval
from jobs.statistics.ranks import rank_intervals

# Lower ends of population bands. 10,000 and 50,000 are those of the law for a town and a city municipality
# (Municipality Act B.E. 2496). The others grow by about a factor of two, since staff and budget depend on the
# population, and an office should not be compared with one of four times its size. Half a million and more: provinces.
POPULATION_BANDS = (0, 5_000, 10_000, 20_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_000_000)
# With fewer members, the median depends on one or two offices.
MIN_MEMBERS = 5
# As for changes in per cent: with fewer concerns, chance changes a rate by more than a fifth.
MIN_CONCERNS = 20
# Bangkok is a province, a city and a special form of local government at once, so it has no peers.
EXCLUDED_PROVINCES = frozenset({"10"})


class Standing(StrEnum):
    """The position of an area against the median of its group, by confidence intervals."""

    ABOVE = "above"
    BELOW = "below"
    NOT_DISTINGUISHABLE = "not_distinguishable"


@dataclass(frozen=True, slots=True)
class Area:
    """An area over twelve months.

    Attributes:
        code: official code of the province or local organisation.
        province_code: its province.
        area_type: kind of area or local organisation.
        region: of the province.
        source_ids: sources that cover it in each of the twelve months.
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
    """An area and its group; rates are per 100,000 registered people, bounds are of 95 %.

    ``rank_lower`` and ``rank_upper`` are the best and the worst possible rank in the group (1 for the highest rate),
    valid for all members at once; ``rank`` is set only where they are equal.
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
    """One row per area that can be compared, sorted by code.

    A group has at least MIN_MEMBERS members with the same type, band, region and sources. Members with fewer than
    MIN_CONCERNS concerns count for the median of the group, since it would be too high without them, but have no row.
    Raises ValueError where an area has no registered population.
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
    """Index into ``POPULATION_BANDS`` of the band of a population."""
    return int(np.searchsorted(POPULATION_BANDS, population, side="right")) - 1


def _compare(members: Sequence[Area]) -> list[PeerComparison]:
    counts = np.array([area.concern_count for area in members])
    people = np.array([area.registered_population for area in members])
    rates, ranks = rate_interval(counts, people), rank_intervals(counts, people)
    # A median increases with each member: where all true rates are within their bounds, the true median is between the
    # medians of the bounds.
    median, low, high = (float(np.median(values)) for values in (rates.point, rates.lower, rates.upper))
    band = band_of(members[0].registered_population)
    is_last = band + 1 == len(POPULATION_BANDS)
    return [
        PeerComparison(
            code=area.code,
            area_type=area.area_type,
            region=area.region,
            population_from=POPULATION_BANDS[band],
            population_below=None if is_last else POPULATION_BANDS[band + 1],
            member_count=len(members),
            concern_count=area.concern_count,
            concerns_per_100k=float(rates.point[index]),
            rate_lower=float(rates.lower[index]),
            rate_upper=float(rates.upper[index]),
            median_per_100k=median,
            median_lower=low,
            median_upper=high,
            standing=_standing(float(rates.lower[index]), float(rates.upper[index]), low, high),
            rank=int(ranks.rank[index]) if ranks.is_certain[index] else None,
            rank_lower=int(ranks.lower[index]),
            rank_upper=int(ranks.upper[index]),
        )
        for index, area in enumerate(members)
        if area.concern_count >= MIN_CONCERNS
    ]


def _standing(lower: float, upper: float, median_lower: float, median_upper: float) -> Standing:
    if lower > median_upper:
        return Standing.ABOVE
    return Standing.BELOW if upper < median_lower else Standing.NOT_DISTINGUISHABLE
