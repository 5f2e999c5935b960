"""Prints what an attack on the public tables finds: ``python -m tests.attack``.

First on simulated gold, with the rules and with one of them off at a time, which shows that the attack can tell; then
on the versions in the extracts that the environment names. Exits 1 where anything is recovered by the rules, or
nothing without one of them.
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

import pyarrow.parquet as pq

from jobs.disclosure.rules import KEYS
from lake import files
from lake.settings import settings
from schemas.area_data import districts
from schemas.topics import load_topics
from tests.attack.reader import Geography, Reader, Report
from tests.attack.run import CONTROLS, run_attack


def of_extracts(root: str, exact: int) -> Report | None:
    """The report on all versions below a root, in the order of their days; None where there are none."""
    names = sorted({facts.path.split("/")[0] for facts in files.list_files(f"{root}/versions")})
    if not names:
        return None
    inside: dict[str, list[str]] = {}
    for one in districts():
        inside.setdefault(one.province_code, []).append(one.district_code)
    reader = Reader(load_topics(), Geography(inside))
    for name in names:
        folder = f"{root}/versions/{name}"
        reader.read({table: pq.read_table(io.BytesIO(files.read_bytes(f"{folder}/{table}.parquet"))) for table in KEYS})
    return reader.report(exact)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5, help="how many simulated worlds")
    parser.add_argument("--exact", type=int, default=300, help="figures computed under all inequalities at once")
    wanted = parser.parse_args()
    is_clean = True
    for seed in range(1, wanted.seeds + 1):
        report = run_attack(seed, exact=wanted.exact)
        is_clean &= report.is_clean
        print(f"simulated, seed {seed}:", *report.lines(), sep="\n  ")
    for name, seed in CONTROLS.items():
        report = run_attack(seed, name)
        is_clean &= not report.is_clean
        print(f"control, seed {seed}, {name}:", *report.lines(), sep="\n  ")
    root = f"{settings().extracts}/public"
    found = of_extracts(root, wanted.exact)
    if found is None:
        print(f"no versions below {Path(root) / 'versions'}")
    else:
        is_clean &= found.is_clean
        print(f"versions below {root}:", *found.lines(), sep="\n  ")
    print("nothing recovered, and something in each control" if is_clean else "NOT AS IT SHOULD BE")
    return 0 if is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
