"""The areas for which labels are scored: Bangkok, everything outside it, or one province."""

from __future__ import annotations

from schemas.area_data import provinces

BANGKOK, OUTSIDE = "bangkok", "outside"
CAPITAL = "10"
"""Province code of Bangkok."""


def areas() -> tuple[str, ...]:
    """The areas for random draws of texts: Bangkok, everything outside it, or one province."""
    return (BANGKOK, OUTSIDE, *(one.province_code for one in provinces()))


def lies_in(province_code: str | None, area: str) -> bool:
    """Whether a province is in an area of ``areas``; false for a concern without a province."""
    if province_code is None:
        return False
    return area == province_code or area == (BANGKOK if province_code == CAPITAL else OUTSIDE)
