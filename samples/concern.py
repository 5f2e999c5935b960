"""A synthetic concern."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from samples.sentences import SampleText
from schemas.area_data import District, Province, Subdistrict


@dataclass(frozen=True, slots=True)
class Concern:
    """A synthetic concern. ``raised_at`` has the time zone of Bangkok; ``office`` is the responsible office."""

    source: str
    raised_at: dt.datetime
    province: Province
    district: District
    subdistrict: Subdistrict
    content: SampleText
    latitude: float
    longitude: float
    office: str
