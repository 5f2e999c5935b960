"""Measures precision and recall of near-duplicates, and the time of the step.

python -m benchmarks.near_duplicates             precision on real pairs, recall on artificial copies
python -m benchmarks.near_duplicates --show      the pairs that are labelled or need a label
python -m benchmarks.near_duplicates --spark     the time of the step, for twice the concerns, and for one more day

The pairs come from ../shared/data: tickets of the feed within 30 days, social messages, call transcripts. They are a
random sample and were labelled by hand: ``first`` from all candidates of the feed, for which the rules were written,
then ``held_out`` from the pairs that the finished rules link. A pair is ``same`` if one text was copied from the other
(sent again, through another channel, with something added or left out), and ``other`` if it is about a different matter
(another lamp post, another street) or is a common phrase. The file of labels contains only hashes, so that no text
leaves ../shared/data.

Artificial copies are changed texts of the feed (or of topics.yaml if there is no feed). A copy is found if it has a
band in common with its original and the rules link the two.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
from pythainlp.corpus import thai_words
from scipy.stats import binomtest

from nlp.mask import mask
from nlp.near_duplicates import (
    BANDS,
    MIN_CHARACTERS,
    MIN_CHARACTERS_ANYWHERE,
    match_near_duplicate,
    plain_text,
    shingles,
    signatures,
    similarity,
)
from nlp.normalise import normalise
from nlp.places import resolve
from nlp.tokenise import tokenise
from schemas.area_data import districts
from schemas.topics import load_topics

DATA = Path(__file__).parents[2] / "shared" / "data"
LABELS = Path(__file__).with_suffix(".csv")
NEIGHBOURS, WINDOW = 6, timedelta(days=30)
MIN_LABELLED = 20
EDGES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
# Of each kind of pair and band of similarity so many are read.
HELD_OUT = 25
PLANTED = 500


@dataclass(frozen=True)
class SourceText:
    """A text of the data: raw, normalised and masked as in silver, with its time and address."""

    source: str
    raw: str
    text: str
    at: datetime | None = None
    address: str = ""


def cleaned(raw: str) -> str:
    return mask(normalise(raw))[0]


def real() -> Iterator[SourceText]:
    tickets: dict[str, dict[str, str]] = {}
    for path in sorted((DATA / "traffy" / "feed").glob("*.geojson.gz")):
        for feature in json.loads(gzip.decompress(path.read_bytes()))["features"]:
            ticket = feature["properties"]
            if ticket.get("ticket_id") and ticket.get("description"):
                tickets[ticket["ticket_id"]] = ticket
    for ticket in sorted(tickets.values(), key=lambda one: (one["timestamp"], one["ticket_id"])):
        raw, at = ticket["description"], datetime.fromisoformat(ticket["timestamp"][:19])
        yield SourceText("feed", raw, cleaned(raw), at, ticket.get("address") or "")
    for raw in (DATA / "social" / "messages.txt").read_text(encoding="utf-8").splitlines():
        yield SourceText("social", raw, cleaned(raw))
    with (DATA / "hotline" / "call_transcripts.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield SourceText("hotline", row["texts"], cleaned(row["texts"]))


@dataclass(frozen=True)
class Pair:
    """Two texts with a band in common, their similarity (0 to 1), and whether they have the same place."""

    earlier: SourceText
    later: SourceText
    similarity: float
    is_same_place: bool

    @property
    def key(self) -> str:
        """An identifier of the pair (20 hexadecimal digits), computed from its texts and its place."""
        said = "\x1f".join((self.earlier.raw, self.later.raw, str(self.is_same_place)))
        return hashlib.sha256(said.encode()).hexdigest()[:20]

    @property
    def kind(self) -> str:
        """The source of the pair; pairs of the feed have a kind for one district and a kind for other places."""
        if self.earlier.source != "feed":
            return self.earlier.source
        return "feed, one district" if self.is_same_place else "feed, elsewhere"

    @property
    def is_linked(self) -> bool:
        """Whether the pipeline treats the later text as a near-duplicate of the earlier text."""
        return match_near_duplicate(self.later.text, self.earlier.text, is_same_place=self.is_same_place) is not None


def candidates(said: list[SourceText]) -> Iterator[Pair]:
    """Pairs of one source with a band in common; each text is compared with a few earlier texts."""
    lengths, bands = signatures([one.text for one in said])
    buckets: dict[tuple[str, int], list[int]] = defaultdict(list)
    found: set[tuple[int, int]] = set()
    for place, one in enumerate(said):
        if lengths[place] < MIN_LABELLED:
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
        alike = similarity(shingles(plain_text(earlier.text)), shingles(plain_text(later.text)))
        if alike < EDGES[0]:
            continue
        for one in (earlier, later):
            if one.address not in districts:
                districts[one.address] = resolve(address=one.address).district_code
        is_same = districts[earlier.address] is not None and districts[earlier.address] == districts[later.address]
        yield Pair(earlier, later, alike, is_same)


def stratum(pair: Pair) -> tuple[str, float]:
    """The kind of a pair and the lower bound of its class of similarity."""
    return pair.kind, max(edge for edge in EDGES if edge <= pair.similarity)


def held_out(pairs: list[Pair]) -> dict[tuple[str, float], list[Pair]]:
    """The linked pairs on which the rules are measured, by stratum; each text is in one pair only."""
    chosen: dict[tuple[str, float], list[Pair]] = defaultdict(list)
    seen: set[str] = set()
    for pair in sorted(pairs, key=lambda one: one.key[::-1]):
        texts = {pair.earlier.raw, pair.later.raw}
        if pair.is_linked and len(chosen[stratum(pair)]) < HELD_OUT and not seen & texts:
            chosen[stratum(pair)].append(pair)
            seen |= texts
    return dict(sorted(chosen.items()))


def labels(*samples: str) -> dict[str, str]:
    """The labels of the pairs of these samples."""
    with LABELS.open(encoding="utf-8") as file:
        return {row["pair"]: row["label"] for row in csv.DictReader(file) if row["sample"] in samples}


def share(right: int, all_of_them: int) -> str:
    if not all_of_them:
        return "none"
    interval = binomtest(right, all_of_them).proportion_ci(method="wilson")
    return f"{right}/{all_of_them} = {right / all_of_them:.3f} [{interval.low:.3f}, {interval.high:.3f}]"


def precision(pairs: list[Pair]) -> None:
    """Prints the share of linked pairs that are copies, by stratum and weighted by the size of each stratum."""
    linked = Counter(stratum(pair) for pair in pairs if pair.is_linked)
    print(f"{len(pairs):,} pairs with a similarity of at least {EDGES[0]}, {linked.total():,} of them linked")
    known = labels("held_out")
    sums, weighed, weights = Counter[bool](), defaultdict[str, float](float), Counter[str]()
    for of, some in held_out(pairs).items():
        read = Counter(known[pair.key] == "same" for pair in some if pair.key in known)
        print(f"held out: {of[0]}, similarity from {of[1]}: {share(read[True], read.total())} of {linked[of]:,} linked")
        sums += read
        if read:
            weighed[of[0].split(",")[0]] += linked[of] * read[True] / read.total()
            weights[of[0].split(",")[0]] += linked[of]
    print(f"held out: {share(sums[True], sums.total())}; weighted by the size of each stratum: "
          + ", ".join(f"{source} {weighed[source] / weights[source]:.3f}" for source in weights))  # fmt: skip
    known = labels("first", "held_out")
    copies = [pair.is_linked for pair in pairs if known.get(pair.key) == "same"]
    print(f"share of all labelled copies that are linked: {share(sum(copies), len(copies))}")


THANKS = (" ครับ", " ค่ะ", " ขอบคุณครับ", " รบกวนด้วยนะคะ", " #ร้องเรียน")


def with_a_word_replaced(text: str, rng: random.Random) -> str:
    (words,) = tokenise([text])
    place = rng.choice([at for at, word in enumerate(words) if 2 <= len(word) <= 6 and word.isalpha()] or [0])
    return "".join([*words[:place], rng.choice(("ตรงนี้", "บ้าน", "ช่วย", "เร็ว")), *words[place + 1 :]])


CHANGES: dict[str, Callable[[str, random.Random], str]] = {
    "as it was": lambda text, rng: text,
    "words before it": lambda text, rng: rng.choice(("แจ้งอีกครั้ง ", "ขออนุญาตแจ้งค่ะ ", "ส่งรอบที่สอง ")) + text,
    "words after it": lambda text, rng: text + rng.choice(THANKS),
    "emoji and a link": lambda text, rng: "📢📢 " + text + " 🙏🙏 https://example.org/p/1",
    "a masked number": lambda text, rng: text + " โทร [PHONE]",
    "other spaces": lambda text, rng: text.replace(" ", "\n"),
    "a word replaced": with_a_word_replaced,
    "its last tenth left out": lambda text, rng: text[: len(text) * 9 // 10],
}


def recall(texts: list[str]) -> None:
    """Prints how many copies are found, by the change in the copy and by its place."""
    rng = random.Random(1)
    long = [text for text in texts if len(plain_text(text)) >= MIN_CHARACTERS_ANYWHERE]
    short = [text for text in texts if MIN_CHARACTERS + 5 <= len(plain_text(text)) < MIN_CHARACTERS_ANYWHERE]
    for what, change in CHANGES.items():
        results: list[str] = []
        for where, some, is_same_place in (("in one district", short + long, True), ("elsewhere", long, False)):
            originals = rng.sample(some, min(PLANTED, len(some)))
            copies = [change(text, rng) for text in originals]
            bands, others = signatures(originals)[1], signatures(copies)[1]
            found = [
                bool((bands[at] == others[at]).any())
                and match_near_duplicate(copy, text, is_same_place=is_same_place) is not None
                for at, (text, copy) in enumerate(zip(originals, copies, strict=True))
            ]
            results.append(f"{where} {share(sum(found), len(found))}")
        print(f"copies with {what}: {'; '.join(results)}")


CONCERNS, COPIED_SHARE, CAMPAIGN_SHARE, DAYS = 50_000, 0.05, 0.02, 360


def imagined(count: int) -> pa.Table:
    """Concerns of one year with random words: some are copies of an earlier concern, some belong to a campaign."""
    rng = random.Random(2)
    words = sorted(word for word in thai_words() if len(word) > 3)[::20]
    campaign = " ".join(rng.choices(words, k=30))
    texts: list[str] = []
    for number in range(count):
        chance = rng.random()
        if chance < CAMPAIGN_SHARE:
            texts.append(campaign + rng.choice(THANKS))
        elif chance < CAMPAIGN_SHARE + COPIED_SHARE and number:
            texts.append(rng.choice(texts[-count // DAYS :]) + rng.choice(THANKS))
        else:
            texts.append("".join(rng.choices(words, k=rng.randrange(6, 40))))
    codes = [one.district_code for one in districts()]
    first = datetime(2024, 1, 1, tzinfo=UTC)
    times = [first + timedelta(days=DAYS) * (number / count) for number in range(count)]
    places = [rng.choice(codes) for _ in texts]
    return pa.table(
        {
            "concern_id": [f"{number:032x}" for number in range(count)],
            "source_id": ["s"] * count, "channel": ["complaint_log"] * count, "status": ["open"] * count,
            "is_deleted": [False] * count, "text": texts, "submitted_at": pa.array(times, pa.timestamp("us", "UTC")),
            "submitted_month": [f"{time:%Y-%m}" for time in times], "district_code": places,
        }
    )  # fmt: skip


def in_spark() -> None:
    from jobs.pipeline import link_duplicates
    from lake import server
    from lake.commits import append, delete_where, overwrite
    from lake.session import open_writer

    def timed(what: str) -> float:
        started = time.perf_counter()
        counts = link_duplicates.run(spark)
        seconds = time.perf_counter() - started
        print(f"{what}: {seconds:.1f} s {counts}")
        return seconds

    with tempfile.TemporaryDirectory() as home:
        os.environ["SIANG_HOME"] = home
        try:
            with open_writer() as spark:
                took: list[float] = []
                for count in (2_000, CONCERNS, 2 * CONCERNS):
                    rows = imagined(count)
                    day = count // DAYS
                    overwrite(spark.createDataFrame(rows.slice(0, count - day)), "silver.concerns")
                    delete_where(spark, "ops.progress", f"consumer = '{link_duplicates.CONSUMER}'")
                    took.append(timed(f"{count:,} concerns from nothing"))
                    append(spark.createDataFrame(rows.slice(count - day)), "silver.concerns")
                    timed(f"one day more, {day:,} concerns")
                print(f"twice the number of concerns took {took[2] / took[1]:.2f} times as long")
        finally:
            server.stop()


def show(pairs: list[Pair], known: dict[str, str]) -> None:
    for (kind, edge), some in held_out(pairs).items():
        for pair in some:
            print(f"{pair.key} {known.get(pair.key, '?')} {kind} {edge} {pair.similarity:.2f} {pair.is_linked}")
            print(f"  A {pair.earlier.text!r}\n  B {pair.later.text!r}")


def main() -> int:
    parser = argparse.ArgumentParser(description="How well near-duplicates are found, and how fast.")
    parser.add_argument("--show", action="store_true", help="print the pairs, with their labels")
    parser.add_argument("--spark", action="store_true", help="measure the step instead")
    wanted = parser.parse_args()
    if wanted.spark:
        in_spark()
    elif not DATA.is_dir():
        print(
            "The data in ../shared/data is missing: only artificial copies of the examples of topics.yaml are measured."
        )
        recall([text for topic in load_topics() for text in topic.examples])
    else:
        said = list(real())
        pairs = list(candidates(said))
        if wanted.show:
            show(pairs, labels("first", "held_out"))
        else:
            precision(pairs)
            recall(list(dict.fromkeys(one.text for one in said if one.source == "feed")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
