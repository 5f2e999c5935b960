"""Names of areas: one spelling of what people write, and the areas that bear a name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

from schemas.area_data import districts, moved_areas, other_names, provinces, subdistricts

BANGKOK = "10"
# No name of an area is longer, so of a longer one nothing is looked up, nor kept in a cache.
MAX_NAME_LENGTH = 60

CHARACTER_MAP: dict[int, str | None] = dict.fromkeys(
    map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"), None
) | {ord("๐") + digit: str(digit) for digit in range(10)}
_KEY = re.compile(r"[\s.'’ฯ_-]+")
_SARA_AM = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32")
_TWICE = re.compile("([\u0e30-\u0e3a\u0e47-\u0e4e])\\1+|เเ")


def normalise_spelling(text: str, signs: Mapping[int, str | None] = CHARACTER_MAP) -> str:
    """One spelling of spaces, digits, case, sara am, sara ae and marks typed twice; nothing of meaning is lost."""
    text = text.translate(signs)
    if "\u0e4d" in text:
        text = _SARA_AM.sub("\\1\u0e33", text)
    text = _TWICE.sub(lambda found: found[1] or "แ", text)
    return " ".join(text.lower().split())


def name_key(name: str) -> str:
    """What a name is looked up by: without spaces, dots and dashes, in small letters."""
    return _KEY.sub("", name.lower())


@dataclass(frozen=True, slots=True)
class AreaNames:
    """Keys of names to codes.

    ``abbreviations`` of provinces count after จ. only; ``alone`` are the districts known without their province.
    """

    provinces: Mapping[str, str]
    abbreviations: Mapping[str, str]
    districts: Mapping[str, tuple[str, ...]]
    subdistricts: Mapping[str, tuple[str, ...]]
    postal: Mapping[str, tuple[str, ...]]
    standalone: Mapping[str, str]


def _gather(pairs: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, code in pairs:
        have = found.get(name, ())
        if code not in have:
            found[name] = (*have, code)
    return MappingProxyType(found)


def _district_names() -> Iterator[tuple[str, str]]:
    for district in districts():
        yield name_key(district.district_th), district.district_code
        english = name_key(district.district_en)
        yield english, district.district_code
        if english.startswith("mueang"):
            yield english.replace("mueang", "muang"), district.district_code
    for province in provinces():
        if province.province_code == BANGKOK:
            continue
        capital = province.province_code + "01"
        for word in ("เมือง", "mueang", "muang"):  # the capital district, in a known province
            yield word, capital
        for name in (province.province_th, *province.aliases):
            for word in ("mueang", "muang") if name.isascii() else ("เมือง",):
                yield word + name_key(name), capital
    for other in other_names():
        if len(other.area_code) == 4:
            yield name_key(other.name), other.area_code


def _subdistrict_names() -> Iterator[tuple[str, str]]:
    for area in subdistricts():
        yield name_key(area.subdistrict_th.split(" (")[0]), area.subdistrict_code
        yield name_key(area.subdistrict_en), area.subdistrict_code
    for other in other_names():
        if len(other.area_code) == 6:
            yield name_key(other.name), other.area_code


@cache
def area_names() -> AreaNames:
    """The names of all areas."""
    return AreaNames(
        MappingProxyType(
            {name_key(n): p.province_code for p in provinces() for n in (p.province_th, p.province_en, *p.aliases)}
        ),
        MappingProxyType({p.abbreviation: p.province_code for p in provinces() if p.abbreviation}),
        _gather(_district_names()),
        _gather(_subdistrict_names()),
        _gather((postal, s.province_code) for s in subdistricts() for postal in s.postal_codes),
        MappingProxyType({name_key(other.name): other.area_code for other in other_names() if other.stands_alone}),
    )


@cache
def _moved() -> Mapping[tuple[str, str], str]:
    """What an area that was moved or renamed is today, by its old name and the area that it lay in then."""
    return MappingProxyType({(name_key(name), parent): today for name, parent, today in moved_areas()})


def areas_named(level: int, key: str, within: str | None) -> list[str]:
    """The areas of a level (0 province, 1 district, 2 subdistrict) inside another area that bear a name."""
    known = area_names()
    if level == 0:
        code = known.provinces.get(key)
        return [] if code is None else [code]
    found = (known.districts if level == 1 else known.subdistricts).get(key, ())
    return [code for code in found if within is None or code.startswith(within)]


@lru_cache(maxsize=131_072)
def _lookup(level: int, key: str, within: str | None) -> str | None:
    inside = areas_named(level, key, within)
    if not inside and within is not None:
        return _moved().get((key, within))
    return inside[0] if len(inside) == 1 else None


def find_unique(level: int, key: str, within: str | None) -> str | None:
    """The one area of a level that bears a name inside another area, or None for none or several.

    Where no area does today, one that did before it was moved or renamed is what it is today, so that the
    answer may lie in another province.
    """
    return _lookup(level, key, within) if len(key) <= MAX_NAME_LENGTH else None


def is_area_name(level: int, key: str) -> bool:
    """Whether any area of the country bears a name at a level."""
    return bool(areas_named(level, key, None))
