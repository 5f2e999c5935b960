"""``python -m tests.personal_data``: a table of planted items that were found outside archive and bronze."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.personal_data.run import Leaks, erase, run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.personal_data", description=__doc__)
    parser.add_argument("--items", type=int, default=200, help="plant at least so many")
    parser.add_argument("--home", type=Path, help="an empty folder to run in, kept; a temporary one if none")
    parser.add_argument("--erase", type=int, default=0, help="then erase so many concerns, land them again, and scan")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = chosen.home or Path(folder) / "home"
        home.mkdir(parents=True, exist_ok=True)
        leaks = run(home, Path(folder) / "samples", chosen.items)
        _print(leaks, "outside landing, archive and bronze")
        after = erase(home, leaks.planted, chosen.erase) if chosen.erase else None
        if after is not None:
            print(f"{len(after.planted)} concerns erased, and landed again:")
            _print(after, "outside landing")
    return 1 if leaks.found or (after is not None and after.found) else 0


def _print(leaks: Leaks, where: str) -> None:
    kinds = Counter(one.item.kind for one in leaks.planted)
    found = Counter(one.item.kind for one in leaks.found)
    for planted, paths in leaks.found.items():
        held = ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
        print(f"{planted.item.kind:12} {planted.item.written}: {planted.source_id} {planted.field} → {held}")
    for kind, count in kinds.items():
        print(f"{kind:12} {count:4} planted, {found[kind]} found")
    print(f"{len(leaks.planted)} items planted, {len(leaks.found)} found in {leaks.scanned} files {where}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
