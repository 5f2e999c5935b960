"""Names of areas: normalised spelling, keys for look-up, and the areas that have a name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

from schemas.area_data import districts, moved_areas, other_names, provinces, subdistricts

BANGKOK = "10"
# No area has a longer name. A longer string is not looked up and not kept in a cache.
MAX_NAME_LENGTH = 60

CHARACTER_MAP: dict[int, str | None] = dict.fromkeys(
    map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"), None
) | {ord("๐") + digit: str(digit) for digit in range(10)}
_KEY = re.compile(r"[\s.'’ฯ_-]+")
_SARA_AM = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32")
_TWICE = re.compile("([\u0e30-\u0e3a\u0e47-\u0e4e])\\1+|เเ")


def normalise_spelling(text: str, signs: Mapping[int, str | None] = CHARACTER_MAP) -> str:
    """The text in lower case with one spelling of spaces, digits, sara am, sara ae and marks that were typed twice."""
    text = text.translate(signs)
    if "\u0e4d" in text:
        text = _SARA_AM.sub("\\1\u0e33", text)
    text = _TWICE.sub(lambda found: found[1] or "แ", text)
    return " ".join(text.lower().split())


def name_key(name: str) -> str:
    """The look-up key of a name: in lower case, without spaces, dots and dashes."""
    return _KEY.sub("", name.lower())


@dataclass(frozen=True, slots=True)
class AreaNames:
    """Codes of areas by the key of a name.

    ``abbreviations`` of provinces are valid after จ. only; ``standalone`` are districts that people know without their
    province; ``postal`` are the provinces of a postal code.
    """

    provinces: Mapping[str, str]
    abbreviations: Mapping[str, str]
    districts: Mapping[str, tuple[str, ...]]
    subdistricts: Mapping[str, tuple[str, ...]]
    postal: Mapping[str, tuple[str, ...]]
    standalone: Mapping[str, str]


def _group_codes(pairs: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    codes: dict[str, tuple[str, ...]] = {}
    for name, code in pairs:
        earlier = codes.get(name, ())
        if code not in earlier:
            codes[name] = (*earlier, code)
    return MappingProxyType(codes)


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
        for word in ("เมือง", "mueang", "muang"):  # the capital district, if the province is known
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
    """The names of all areas, built once in a process."""
    return AreaNames(
        MappingProxyType(
            {name_key(n): p.province_code for p in provinces() for n in (p.province_th, p.province_en, *p.aliases)}
        ),
        MappingProxyType({p.abbreviation: p.province_code for p in provinces() if p.abbreviation}),
        _group_codes(_district_names()),
        _group_codes(_subdistrict_names()),
        _group_codes((postal, s.province_code) for s in subdistricts() for postal in s.postal_codes),
        MappingProxyType({name_key(other.name): other.area_code for other in other_names() if other.stands_alone}),
    )


@cache
def _former_areas() -> Mapping[tuple[str, str], str]:
    """Today's code of an area that was moved or renamed, by the key of its old name and the area that contained it."""
    return MappingProxyType({(name_key(name), parent): today for name, parent, today in moved_areas()})


def areas_named(level: int, key: str, within: str | None) -> list[str]:
    """The codes of the areas of a level (0 province, 1 district, 2 subdistrict) inside another area with a name."""
    names = area_names()
    if level == 0:
        code = names.provinces.get(key)
        return [] if code is None else [code]
    codes = (names.districts if level == 1 else names.subdistricts).get(key, ())
    return [code for code in codes if within is None or code.startswith(within)]


@lru_cache(maxsize=131_072)
def _find_unique(level: int, key: str, within: str | None) -> str | None:
    codes = areas_named(level, key, within)
    if not codes and within is not None:
        return _former_areas().get((key, within))
    return codes[0] if len(codes) == 1 else None


def find_unique(level: int, key: str, within: str | None) -> str | None:
    """The code of the only area of a level with a name inside another area; None if there is none or several.

    If no area has the name today, the name of an area that was moved or renamed gives today's code, which may be in
    another province.
    """
    return _find_unique(level, key, within) if len(key) <= MAX_NAME_LENGTH else None


def is_area_name(level: int, key: str) -> bool:
    """Whether any area of the country has this name at a level."""
    return bool(areas_named(level, key, None))
