"""Plants items, runs the pipeline into a lake of its own, and scans what it left outside archive and bronze."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from tests.personal_data.plant import Planted, plant
from tests.personal_data.scan import Finder, contents, files_below

ERASED_FROM = "social_posts"


@dataclass
class Leaks:
    """What was planted, and where any of it was found."""

    planted: list[Planted]
    scanned: int = 0
    found: dict[Planted, list[str]] = field(default_factory=dict)


def pipeline(home: Path, *arguments: str) -> None:
    """Runs ``siang`` with a lake below ``home``. Raises CalledProcessError where it fails."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SIANG_")}
    environment["SIANG_HOME"] = str(home)
    log = home / "run.log"
    with log.open("ab") as stream:
        command = [sys.executable, "-m", "jobs.cli.main", *arguments]
        subprocess.run(command, env=environment, stdout=stream, stderr=stream, check=True)


def run(home: Path, samples: Path, count: int) -> Leaks:
    """Plants at least ``count`` items below ``home``/landing, runs the pipeline and scans all but the restricted root.

    What the commands print goes to ``home``/run.log and is scanned too. ``samples`` is a folder outside ``home``.
    """
    leaks = Leaks(plant(home / "landing", samples, count))
    try:
        pipeline(home, "run")
        pipeline(home, "quarantine", "--limit", "10000")
        pipeline(home, "results")
    finally:
        pipeline(home, "spark", "stop")
    search(leaks, home)
    return leaks


def erase(home: Path, planted: list[Planted], count: int) -> Leaks:
    """Erases ``count`` concerns, lands their records again in another file, and scans archive and bronze too."""
    of_posts = [one for one in planted if one.source_id == ERASED_FROM and one.record_id]
    leaks = Leaks(of_posts[:: max(1, len(of_posts) // count)][:count])
    ids = [part for one in leaks.planted for part in ("--id", one.record_id)]
    folder = home / "landing" / ERASED_FROM
    landed = sorted(folder.iterdir())[-1]
    try:
        pipeline(home, "erase", "--source", ERASED_FROM, *ids, "--why", "asked for")
        # Another file, so that it is read: the same records in the other order, under the name of a later day.
        lines = landed.read_text(encoding="utf-8").splitlines()
        again = "\n".join(reversed(lines)) + "\n"
        (folder / f"2025-12-31{''.join(landed.suffixes)}").write_text(again, encoding="utf-8")
        pipeline(home, "run")
    finally:
        pipeline(home, "spark", "stop")
    search(leaks, home, apart=("landing",))
    return leaks


def search(leaks: Leaks, home: Path, apart: tuple[str, ...] = ("landing", "lake-restricted", "restricted")) -> None:
    """Looks for every planted item in every file below ``home`` but those of some folders."""
    found: dict[Planted, list[str]] = defaultdict(list)
    outside = [path for path in sorted(home.iterdir()) if path.name not in apart]
    roots = [path for path in outside if path.is_dir()]
    finder = Finder(spelling for planted in leaks.planted for spelling in planted.item.spellings)
    for path in [*(path for path in outside if path.is_file()), *files_below(*roots)]:
        leaks.scanned += 1
        here = finder.found(contents(path))
        for planted in leaks.planted if here else ():
            if not here.isdisjoint(planted.item.spellings):
                found[planted].append(str(path.relative_to(home)))
    leaks.found = dict(found)
