"""``python -m tests.personal_data``: a table of planted items that were found outside archive and bronze."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.personal_data.run import run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.personal_data", description=__doc__)
    parser.add_argument("--items", type=int, default=200, help="plant at least so many")
    parser.add_argument("--home", type=Path, help="an empty folder to run in, kept; a temporary one if none")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = chosen.home or Path(folder) / "home"
        home.mkdir(parents=True, exist_ok=True)
        leaks = run(home, Path(folder) / "samples", chosen.items)
    kinds = Counter(one.item.kind for one in leaks.planted)
    found = Counter(one.item.kind for one in leaks.found)
    for planted, paths in leaks.found.items():
        where = ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
        print(f"{planted.item.kind:12} {planted.item.written}: {planted.source_id} {planted.field} → {where}")
    for kind, count in kinds.items():
        print(f"{kind:12} {count:4} planted, {found[kind]} found")
    print(f"{len(leaks.planted)} items planted, {len(leaks.found)} found in {leaks.scanned} files")
    return 1 if leaks.found else 0


if __name__ == "__main__":
    sys.exit(main())
