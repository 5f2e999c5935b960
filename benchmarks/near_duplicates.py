"""How often what is called a near-duplicate is one, how often a copy is found, and what it costs.

python -m benchmarks.near_duplicates [--show]     --show prints the pairs that were labelled, or are to be

The pairs are of ../shared/data: tickets of the feed within 30 days, social messages, call transcripts. They were
drawn by chance and read one by one by the author of the rules, ``first`` from all candidates of the feed, by which
the rules were made, then, with the rules as they are, ``held_out`` from what they link. A pair is
``same`` where one text was copied from the other (sent again, by another channel, with something added or left out),
``other`` where it speaks of something else (another lamp post, another street) or is what anyone would write. The
file of labels holds hashes alone, so that no text leaves ../shared/data; without that folder only the planted copies
and the times are printed.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from scipy.stats import binomtest

from nlp.mask import mask
from nlp.near_duplicates import BANDS, plain, repeats, shingles, signatures, similarity
from nlp.normalise import normalise
from nlp.places import resolve

DATA = Path(__file__).parents[2] / "shared" / "data"
LABELS = Path(__file__).with_suffix(".csv")
NEIGHBOURS, WINDOW = 6, timedelta(days=30)
FEWEST = 20
EDGES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
# Of each kind of pair and band of similarity so many are read.
HELD_OUT = 25


@dataclass(frozen=True)
class Said:
    """A text of the data: as it stands there, as silver would have it, and where and when it was said."""

    source: str
    raw: str
    text: str
    at: datetime | None = None
    address: str = ""


def cleaned(raw: str) -> str:
    return mask(normalise(raw))[0]


def real() -> Iterator[Said]:
    tickets: dict[str, dict[str, str]] = {}
    for path in sorted((DATA / "traffy" / "feed").glob("*.geojson.gz")):
        for feature in json.loads(gzip.decompress(path.read_bytes()))["features"]:
            told = feature["properties"]
            if told.get("ticket_id") and told.get("description"):
                tickets[told["ticket_id"]] = told
    for told in sorted(tickets.values(), key=lambda one: (one["timestamp"], one["ticket_id"])):
        raw, at = told["description"], datetime.fromisoformat(told["timestamp"][:19])
        yield Said("feed", raw, cleaned(raw), at, told.get("address") or "")
    for raw in (DATA / "social" / "messages.txt").read_text(encoding="utf-8").splitlines():
        yield Said("social", raw, cleaned(raw))
    with (DATA / "hotline" / "call_transcripts.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield Said("hotline", row["texts"], cleaned(row["texts"]))


@dataclass(frozen=True)
class Pair:
    earlier: Said
    later: Said
    similarity: float
    is_same_place: bool

    @property
    def key(self) -> str:
        said = "\x1f".join((self.earlier.raw, self.later.raw, str(self.is_same_place)))
        return hashlib.sha256(said.encode()).hexdigest()[:20]

    @property
    def kind(self) -> str:
        if self.earlier.source != "feed":
            return self.earlier.source
        return "feed, one district" if self.is_same_place else "feed, elsewhere"

    @property
    def is_linked(self) -> bool:
        return repeats(self.later.text, self.earlier.text, is_same_place=self.is_same_place) is not None


def candidates(said: list[Said]) -> Iterator[Pair]:
    """Pairs of one source with a band in common, each text with the few before it."""
    lengths, bands = signatures([one.text for one in said])
    buckets: dict[tuple[str, int], list[int]] = defaultdict(list)
    found: set[tuple[int, int]] = set()
    for place, one in enumerate(said):
        if lengths[place] < FEWEST:
            continue
        for band in range(BANDS):
            bucket = buckets[one.source, int(bands[place, band])]
            found |= {(before, place) for before in bucket[-NEIGHBOURS:]}
            bucket.append(place)
    districts: dict[str, str | None] = {}
    for before, place in sorted(found):
        earlier, later = said[before], said[place]
        if earlier.at and later.at and later.at - earlier.at > WINDOW:
            continue
        alike = similarity(shingles(plain(earlier.text)), shingles(plain(later.text)))
        if alike < EDGES[0]:
            continue
        for one in (earlier, later):
            if one.address not in districts:
                districts[one.address] = resolve(address=one.address).district_code
        is_same = districts[earlier.address] is not None and districts[earlier.address] == districts[later.address]
        yield Pair(earlier, later, alike, is_same)


def stratum(pair: Pair) -> tuple[str, float]:
    """The kind of a pair and the lower edge of its band of similarity."""
    return pair.kind, max(edge for edge in EDGES if edge <= pair.similarity)


def held_out(pairs: list[Pair]) -> dict[tuple[str, float], list[Pair]]:
    """Of what is linked, by stratum, the pairs that the rules are measured on, each text in one of them alone."""
    chosen: dict[tuple[str, float], list[Pair]] = defaultdict(list)
    seen: set[str] = set()
    for pair in sorted(pairs, key=lambda one: one.key[::-1]):
        texts = {pair.earlier.raw, pair.later.raw}
        if pair.is_linked and len(chosen[stratum(pair)]) < HELD_OUT and not seen & texts:
            chosen[stratum(pair)].append(pair)
            seen |= texts
    return dict(sorted(chosen.items()))


def labels(*samples: str) -> dict[str, str]:
    """The label of each pair of these samples."""
    with LABELS.open(encoding="utf-8") as file:
        return {row["pair"]: row["label"] for row in csv.DictReader(file) if row["sample"] in samples}


def share(right: int, all_of_them: int) -> str:
    if not all_of_them:
        return "none"
    interval = binomtest(right, all_of_them).proportion_ci(method="wilson")
    return f"{right}/{all_of_them} = {right / all_of_them:.3f} [{interval.low:.3f}, {interval.high:.3f}]"


def precision(pairs: list[Pair]) -> None:
    """Of what is linked, how much is a copy, by stratum and weighed by what each stratum holds."""
    linked = Counter(stratum(pair) for pair in pairs if pair.is_linked)
    print(f"{len(pairs):,} pairs of similarity {EDGES[0]} and more, {linked.total():,} of them linked")
    known = labels("held_out")
    sums, weighed, weights = Counter[bool](), Counter[str](), Counter[str]()
    for of, some in held_out(pairs).items():
        read = Counter(known[pair.key] == "same" for pair in some if pair.key in known)
        print(f"held out: {of[0]}, similarity from {of[1]}: {share(read[True], read.total())} of {linked[of]:,} linked")
        sums += read
        if read:
            weighed[of[0].split(",")[0]] += linked[of] * read[True] / read.total()
            weights[of[0].split(",")[0]] += linked[of]
    print(f"held out: {share(sums[True], sums.total())}; as many of each stratum as it holds: "
          + ", ".join(f"{source} {weighed[source] / weights[source]:.3f}" for source in weights))  # fmt: skip
    known = labels("first", "held_out")
    copies = [pair.is_linked for pair in pairs if known.get(pair.key) == "same"]
    print(f"of all copies that were read, linked: {share(sum(copies), len(copies))}")


def show(pairs: list[Pair], known: dict[str, str]) -> None:
    for (kind, edge), some in held_out(pairs).items():
        for pair in some:
            print(f"{pair.key} {known.get(pair.key, '?')} {kind} {edge} {pair.similarity:.2f} {pair.is_linked}")
            print(f"  A {pair.earlier.text!r}\n  B {pair.later.text!r}")


def main() -> int:
    parser = argparse.ArgumentParser(description="How well near-duplicates are found, and how fast.")
    parser.add_argument("--show", action="store_true", help="print the pairs, with their labels")
    wanted = parser.parse_args()
    if DATA.is_dir():
        said = list(real())
        pairs = list(candidates(said))
        if wanted.show:
            show(pairs, labels("first", "held_out"))
            return 0
        precision(pairs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
