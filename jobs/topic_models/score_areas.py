"""The areas for which labels are scored: Bangkok, everything outside it, or one province."""

from __future__ import annotations

from functools import cache

from schemas.area_data import provinces

BANGKOK, OUTSIDE = "bangkok", "outside"
CAPITAL = "10"
"""Province code of Bangkok."""


def areas() -> tuple[str, ...]:
    """The areas for random draws of texts: Bangkok, everything outside it, or one province."""
    return (BANGKOK, OUTSIDE, *(one.province_code for one in provinces()))


UNKNOWN = "unknown"
"""The region of a concern without a province."""


@cache
def _regions() -> dict[str, str]:
    return {one.province_code: one.region for one in provinces()} | {CAPITAL: BANGKOK}


def region_of(province_code: str | None) -> str:
    """The region of a province; Bangkok is one of its own."""
    return _regions().get(province_code or "", UNKNOWN)


def lies_in(province_code: str | None, area: str) -> bool:
    """Whether a province is in an area of ``areas``; false for a concern without a province."""
    if province_code is None:
        return False
    return area == province_code or area == (BANGKOK if province_code == CAPITAL else OUTSIDE)
