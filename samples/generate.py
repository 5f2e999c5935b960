"""Writes a synthetic landing folder: ``python -m samples.generate FOLDER``.

It has three sources from 2024-10 to 2025-11 and a small export of each other source, in all 77 provinces, with a few
faults of every kind that real exports have. The same seed gives the same bytes. No text, name or number is from a
real person.
"""

from __future__ import annotations

import copy
import gzip
import json
import random
import sys
from dataclasses import dataclass
from pathlib import Path

from samples import exports, laos
from samples.concern import Concern
from samples.concerns import FEED, MONTHS, POSTS, REGISTER, concerns
from samples.exports import FEED_DAYS, Record
from samples.more_exports import EMPTY_TEXTS, MORE, more_exports


@dataclass(frozen=True, slots=True)
class PlantedFault:
    """A kind of fault, the source that has it, and how often."""

    fault: str
    source_id: str
    count: int


FAULTS = (
    PlantedFault("feature_without_ticket_id", FEED, 4),
    PlantedFault("unknown_state", FEED, 5),
    PlantedFault("duplicate_file", FEED, 1),
    PlantedFault("impossible_date", REGISTER, 4),
    PlantedFault("row_without_number", REGISTER, 4),
    PlantedFault("empty_text", REGISTER, 3),
    PlantedFault("empty_text", POSTS, 3),
    PlantedFault("truncated_line", POSTS, 3),
    *(PlantedFault("empty_text", source, EMPTY_TEXTS) for source in (*MORE, "traffy_csv")),
)
UNKNOWN_STATE = "รอจัดสรรงบประมาณ"
IMPOSSIBLE_DATE = "31 ก.พ. 2568"
DUPLICATED = FEED_DAYS[11]


def _count(fault: str, source: str) -> int:
    return next(planted.count for planted in FAULTS if (planted.fault, planted.source_id) == (fault, source))


def _feed(concerns: list[Concern], seed: int) -> tuple[exports.Files, int]:
    rng = random.Random(f"{seed}:feed faults")
    days = exports.feed(concerns, seed)
    # The day that is delivered twice has no other fault, so that each fault is counted once.
    targets = [day for day, at in zip(days, FEED_DAYS, strict=True) if at != DUPLICATED]
    valid = [list(day) for day in targets]
    for number in range(_count("feature_without_ticket_id", FEED)):
        at = rng.randrange(len(targets))
        broken = copy.deepcopy(rng.choice(valid[at]))
        if number % 2:
            del broken["properties"]["ticket_id"]
        else:
            broken["properties"]["ticket_id"] = None
        targets[at].insert(rng.randrange(len(targets[at])), broken)
    for number in range(_count("unknown_state", FEED)):
        at = rng.randrange(len(targets))
        odd = copy.deepcopy(rng.choice(valid[at]))
        odd["properties"] |= {"ticket_id": f"2025-UNKN0{number}", "state": UNKNOWN_STATE}
        targets[at].insert(rng.randrange(len(targets[at])), odd)
    files = {f"{at}.geojson.gz": exports.feed_file(day) for at, day in zip(FEED_DAYS, days, strict=True)}
    files[f"{DUPLICATED}-copy.geojson.gz"] = files[f"{DUPLICATED}.geojson.gz"]
    return files, sum(map(len, days))


def _register(concerns: list[Concern], seed: int) -> tuple[exports.Files, int]:
    rng = random.Random(f"{seed}:register faults")
    books = exports.register(concerns, seed)
    changes: list[Record] = [{"วันที่รับเรื่อง": IMPOSSIBLE_DATE}] * _count("impossible_date", REGISTER)
    changes += [{"เลขรับ": ""}] * _count("row_without_number", REGISTER)
    changes += [{"รายละเอียด": ""}] * _count("empty_text", REGISTER)
    valid = [list(book) for book in books]
    for number, change in enumerate(changes):
        at = rng.randrange(len(books))
        row = rng.choice(valid[at]) | {"เลขรับ": f"ศดธ.2568/9{number:04d}"} | change
        books[at].insert(rng.randrange(len(books[at])), row)
    return {
        exports.register_name(month): exports.register_file(rows, month, number)
        for number, (month, rows) in enumerate(zip(MONTHS, books, strict=True))
    }, sum(map(len, books))


def _posts(concerns: list[Concern], seed: int) -> tuple[exports.Files, int]:
    rng = random.Random(f"{seed}:post faults")
    months = [list(exports.post_lines(month)) for month in exports.posts(concerns, seed)]
    whole = [list(lines) for lines in months]
    for number in range(_count("truncated_line", POSTS)):
        at = rng.randrange(len(months))
        months[at].insert(rng.randrange(len(months[at])), rng.choice(whole[at])[: 150 + 20 * number])
    for number, concern in enumerate(rng.sample(concerns, _count("empty_text", POSTS))):
        month = (concern.raised_at.year, concern.raised_at.month)
        empty = exports.post(concern, "", 4_000_000 + number, rng)
        months[MONTHS.index(month)] += exports.post_lines([empty])
    days = FEED_DAYS[1::2]  # the last day of each month
    files = {f"{day}.jsonl": ("\n".join(lines) + "\n").encode() for day, lines in zip(days, months, strict=True)}
    return files, sum(map(len, months))


def _is_valid(properties: Record) -> bool:
    return bool(properties.get("ticket_id")) and properties["state"] != UNKNOWN_STATE


def generate(folder: Path, seed: int = 2569) -> dict[str, int]:
    """Writes the landing folder of all sources below ``folder``; files with the same name are replaced.

    Returns the number of synthetic ``concerns``, of written ``files``, of ``laos``, and of records by source (features,
    rows and lines, with faults; a file that is delivered twice counts once).
    """
    generated = concerns(seed)
    counts = {"concerns": len(generated), "files": 0}
    for source, write in ((FEED, _feed), (REGISTER, _register), (POSTS, _posts)):
        files, records = write([concern for concern in generated if concern.source == source], seed)
        (folder / source).mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / source / name).write_bytes(content)
        counts["files"] += len(files)
        counts[source] = records
    last = gzip.decompress((folder / FEED / f"{FEED_DAYS[-1]}.geojson.gz").read_bytes())
    tickets = [one for one in json.loads(last)["features"] if _is_valid(one["properties"])]
    for source, (files, records) in more_exports(seed, tickets).items():
        (folder / source).mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / source / name).write_bytes(content)
        counts["files"] += len(files)
        counts[source] = records
    counts["laos"] = laos.write(folder, seed)
    counts["files"] += 1
    return counts


def main() -> int:
    """Generates the samples in the folder of the command line; returns the exit code (2 if the folder is missing)."""
    if len(sys.argv) != 2:
        print("Give the folder to write to: python -m samples.generate FOLDER.", file=sys.stderr)
        return 2
    for name, count in generate(Path(sys.argv[1])).items():
        print(f"{name} {count}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
