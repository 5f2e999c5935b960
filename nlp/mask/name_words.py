"""Word lists that tell a person's name from other words after a title (names.yaml and the lists of PyThaiNLP)."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import yaml
from pythainlp.corpus import thai_family_names, thai_female_names, thai_male_names, thai_stopwords

from schemas.area_data import districts, subdistricts


@dataclass(frozen=True, slots=True)
class NameWords:
    """Names of people, and the words that may follow or precede them; the keys are described in names.yaml."""

    given: frozenset[str]
    prefixes: frozenset[str]
    family: frozenset[str]
    compounds: dict[str, re.Pattern[str]]
    titles_before_names: frozenset[str]
    never_first: re.Pattern[str]
    continuations: re.Pattern[str]
    possible_continuations: re.Pattern[str]
    place_words: re.Pattern[str]
    areas: re.Pattern[str]


def _any_of(words: Collection[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


@functools.cache
def name_words() -> NameWords:
    """The word lists, read once in a process."""
    lists = yaml.safe_load((Path(__file__).parent / "names.yaml").read_text(encoding="utf-8"))
    given = thai_male_names() | thai_female_names() | frozenset(lists["malay_muslim_names"])
    # Some lists contain words such as ที่ and อายุ, which are rarely names.
    given -= thai_stopwords() | {*lists["continuations"], *lists["possible_continuations"], *lists["prefixes"]}
    # An area whose name begins like a title is not a person, unless a given name follows the title.
    names = {area.subdistrict_th for area in subdistricts()} | {area.district_th for area in districts()}
    areas = {name for name in names if (title := re.search("นาย|นาง|คุณ", name)) and name[title.end() :] not in given}
    return NameWords(
        given=frozenset(given),
        prefixes=frozenset(lists["prefixes"]),
        family=frozenset(thai_family_names()) | frozenset(lists["malay_muslim_names"]),
        compounds={title: re.compile(_any_of(words)) for title, words in lists["compounds"].items()},
        titles_before_names=frozenset(lists["titles_before_names"]),
        never_first=re.compile(_any_of(lists["never_first"])),
        continuations=re.compile(_any_of(lists["continuations"])),
        possible_continuations=re.compile(_any_of([*lists["continuations"], *lists["possible_continuations"]])),
        place_words=re.compile(f"(?:{_any_of(lists['places'])})[ ]?$"),
        # นายม is a subdistrict; in นายมะ the same letters begin a man's name.
        areas=re.compile("|".join(re.escape(name) + "(?![ก-๎])" for name in sorted(areas, key=len, reverse=True))),
    )
