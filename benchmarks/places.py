"""Measures the places of addresses outside Bangkok: precision and recall of province, district and subdistrict.

python -m benchmarks.places [--show]     --show lists the errors with the first seed

How the 600 addresses were made, before the resolver was measured on them:

- ``BY_HAND`` were written by hand in the style of each region, with the official names of the areas that a reader can
  know for certain; ``-`` if there is none. ⏎ is a carriage return and ⎵ a zero width space.
- The others are random, with a fixed seed: an area from the Deep South, the rest of the South, the Northeast, the North
  and the rest outside Bangkok in turn, and a random template. The expected answer is computed only from the names in
  the address: a level is expected if all areas of the country with these names agree in it (a postal code at the end
  counts as a name). So an address without a province has an expected province only if its names allow exactly one.
- ``HELD_OUT`` is a seed for which no rule was written; only its totals were read.

Precision: the share of answers at a level that are correct; an answer without an expected answer is wrong.
Recall: the share of expected answers that are given correctly.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.place_addresses import BY_HAND
from benchmarks.place_templates import TEMPLATES, Area, Draw, areas
from nlp.places import Place, resolve
from schemas.area_data import provinces

SEED, HELD_OUT = 2568, 19
TOTAL = 600
LEVELS = ("province", "district", "subdistrict")
DEEP_SOUTH = ("94", "95", "96", "9003", "9004", "9005", "9006")


@dataclass(frozen=True, slots=True)
class Item:
    """An address and the codes that it says, None for a level that it leaves open."""

    address: str
    expected: tuple[str | None, str | None, str | None]
    style: str


def _codes(code: str) -> tuple[str | None, str | None, str | None]:
    return code[:2] or None, code[:4] if len(code) > 2 else None, code if len(code) > 4 else None


def by_hand() -> list[Item]:
    """The addresses of BY_HAND. KeyError where an expected name is not official."""
    official_names = {"-": ""}
    for area in areas():
        names = (area.province, area.district, area.subdistrict)
        official_names |= {"/".join(names[:size]): area.code[: 2 * size] for size in (1, 2, 3)}
    lines = (line.split(" | ") for line in BY_HAND.strip().splitlines())
    return [
        Item(address.replace("⏎", "\r").replace("⎵", "\u200b"), _codes(official_names[names]), "by hand")
        for names, address in lines
    ]


def _expected(area: Area, stated: str) -> tuple[str | None, str | None, str | None]:
    """What names alone say: ``stated`` has p, d, s and z for the names and the postal code that stand there.

    A small c is the word เมือง in the place of a capital district's name.
    """

    def bears(other: Area) -> bool:
        return (
            ("p" not in stated or other.province == area.province)
            and ("d" not in stated or other.district == area.district)
            and ("c" not in stated or other.is_capital)
            and ("s" not in stated or other.subdistrict == area.subdistrict)
            and ("z" not in stated or other.postal == area.postal)
        )

    fitting = [other.code for other in areas() if bears(other)]
    found = [codes.pop() if len(codes := {code[:size] for code in fitting}) == 1 else None for size in (2, 4, 6)]
    if "s" not in stated:
        found[2] = None
        if not set("dc") & set(stated):
            found[1] = None
    return found[0], found[1], found[2]


def random_addresses(seed: int, count: int) -> Iterator[Item]:
    """Addresses of random areas, from each region in turn, with random templates."""
    rng = random.Random(seed)
    regions: dict[str, list[Area]] = defaultdict(list)
    of = {p.province_code: p.region for p in provinces()}
    for area in areas():
        deep = area.code.startswith(DEEP_SOUTH)
        region = of[area.code[:2]]
        regions["deep south" if deep else region if region in ("north", "northeast", "south") else "rest"].append(area)
    for number in range(count):
        area = rng.choice(regions[sorted(regions)[number % len(regions)]])
        make = rng.choice(list(TEMPLATES.values()))
        text, stated = make(Draw(rng, area))
        yield Item(text, _expected(area, stated), make.__name__)


def codes_of(place: Place) -> tuple[str | None, str | None, str | None]:
    """The codes of an answer, level by level."""
    return place.province_code, place.district_code, place.subdistrict_code


def report(title: str, items: list[Item], show: bool) -> None:
    """Prints precision and recall by level, and the errors if ``show`` is set."""
    found = [codes_of(resolve(address=item.address)) for item in items]
    print(f"{title}: {len(items)} addresses")
    for level, name in enumerate(LEVELS):
        answers = sum(codes[level] is not None for codes in found)
        stated = sum(item.expected[level] is not None for item in items)
        pairs = [(codes[level], item.expected[level]) for codes, item in zip(found, items, strict=True)]
        right = sum(code is not None and code == expected for code, expected in pairs)
        precision, recall = (right / answers if answers else 1.0), right / stated
        print(f"  {name:12} precision {precision:.3f} ({right}/{answers})   recall {recall:.3f} ({right}/{stated})")
    if show:
        wrong = [(item, codes) for item, codes in zip(items, found, strict=True) if codes != item.expected]
        for item, codes in wrong:
            print(f"  {item.style:28} {item.address!r}: {codes[::-1]} instead of {item.expected[::-1]}")
        print("  by template:", dict(Counter(item.style for item, _ in wrong).most_common()))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--show", action="store_true", help="list the errors with the first seed")
    show = parser.parse_args().show
    hand = by_hand()
    first, held_out = list(random_addresses(SEED, TOTAL - len(hand))), list(random_addresses(HELD_OUT, TOTAL))
    report("written by hand and random", [*hand, *first], show)
    report("  of these, written by hand", hand, False)
    report(f"held out, random with seed {HELD_OUT}", held_out, False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
