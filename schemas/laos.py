"""Local administrative organisations (LAOs, อปท.): their types, and the ones that the law names.

The 76 PAOs, Bangkok and Pattaya are built in. Their codes here are not official, and are words so that they cannot
be confused with official codes: ``pao-95`` (the PAO of province 95), ``bangkok``, ``pattaya``. The list of the
Department of Local Administration (``SIANG_LAOS``) replaces them with its own codes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from schemas.area_data import provinces

LaoType = Literal["pao", "city_municipality", "town_municipality", "subdistrict_municipality", "sao", "special"]
LAO_TYPES: tuple[LaoType, ...] = get_args(LaoType)
PREFIXES: dict[LaoType, tuple[str, str]] = {
    "pao": ("องค์การบริหารส่วนจังหวัด", "อบจ."),
    "city_municipality": ("เทศบาลนคร", "ทน."),
    "town_municipality": ("เทศบาลเมือง", "ทม."),
    "subdistrict_municipality": ("เทศบาลตำบล", "ทต."),
    "sao": ("องค์การบริหารส่วนตำบล", "อบต."),
    "special": ("", ""),
}
"""The prefix of the name of an LAO by type: full form and abbreviation."""

BANGKOK, PATTAYA = "กรุงเทพมหานคร", "เมืองพัทยา"
BUILT_IN = "built in"
SYNTHETIC_LIST = "reference/laos-synthetic.csv"
"""Path of the sample list of LAOs, below the landing folder."""
# Na Kluea whole, and parts of Nong Prue, Nong Pla Lai and Huai Yai.
_OF_PATTAYA = ("200402", "200403", "200406", "200408")


@dataclass(frozen=True, slots=True)
class Lao:
    """An LAO.

    ``name_th`` is its name without the prefix of its type. ``valid_from`` and ``valid_to`` are the first and last day
    on which it exists, None where open. ``is_province_wide`` LAOs (PAOs, Bangkok) serve their whole province.
    """

    lao_code: str
    lao_type: LaoType
    name_th: str
    province_code: str
    district_code: str | None = None
    lao_en: str | None = None
    is_province_wide: bool = False
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    lao_source: str = BUILT_IN
    note: str | None = None

    @property
    def lao_th(self) -> str:
        """Its official name, such as เทศบาลนครยะลา."""
        return PREFIXES[self.lao_type][0] + self.name_th


@dataclass(frozen=True, slots=True)
class LaoSubdistrict:
    """A subdistrict that an LAO serves, whole or in part, with the first and last day; None where open."""

    lao_code: str
    subdistrict_code: str
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


def is_province_wide(lao_type: LaoType, province_code: str) -> bool:
    """Whether an LAO of this type serves its whole province (PAOs and Bangkok)."""
    return lao_type == "pao" or (lao_type == "special" and province_code == "10")


@cache
def built_in() -> tuple[Lao, ...]:
    """The 76 PAOs, Bangkok and Pattaya."""
    special = (
        Lao("bangkok", "special", BANGKOK, "10", lao_en="Bangkok Metropolitan Administration", is_province_wide=True),
        Lao("pattaya", "special", PATTAYA, "20", "2004", "Pattaya City"),
    )
    paos = (
        Lao(
            f"pao-{one.province_code}", "pao", one.province_th, one.province_code,
            lao_en=f"{one.province_en} Provincial Administrative Organization", is_province_wide=True,
        )
        for one in provinces()
        if one.province_code != "10"
    )  # fmt: skip
    return *special, *paos


def built_in_subdistricts() -> tuple[LaoSubdistrict, ...]:
    """The four subdistricts of Bang Lamung that Pattaya serves; three of them only in part."""
    return tuple(LaoSubdistrict("pattaya", code) for code in _OF_PATTAYA)
