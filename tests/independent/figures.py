"""Figures of gold computed once more by polars, from silver and reference alone, sharing no code with jobs.

``python -m tests.independent.figures`` compares those of the lake that the environment names, and prints the rows and
differences of each table. Of gold.surges it evaluates the newest week and every fourth before it, or ``--all-weeks``.
Not compared are model_version and is_provisional, which say of the figures what they rest on.
"""

from __future__ import annotations

import sys
from datetime import date
from functools import partial

import polars as pl

from tests.independent import answers, cube, peers, terms, trends, weeks
from tests.independent.compared import Read

EVERY = 4


def last_day(read: Read) -> date:
    """The last day, in Bangkok, that usable files were observed on or concerns tell of, none after they landed."""
    key = ["source_id", "file_sha256"]
    used = pl.concat([read(name).select(key) for name in ("silver.concern_versions", "silver.version_repeats")])

    def day(name: str) -> pl.Expr:
        return pl.col(name).dt.convert_time_zone("Asia/Bangkok").dt.date()

    files = read("bronze.files").join(used.unique(), on=key, how="semi")
    files = files.select(observed=day("observed_at"), landed=pl.coalesce(day("landed_at"), day("ingested_at")))
    stated = read("silver.concerns").select(submitted=day("submitted_at"), updated=day("updated_at"))
    days = [*stated, files.filter(pl.col("observed") <= pl.col("landed"))["observed"]]
    last = pl.concat([one.alias("day") for one in days]).max()
    return min(last, files["landed"].max())  # type: ignore[type-var,return-value]


def main(every: int) -> int:
    from lake.session import open_session

    with open_session() as spark:
        kept: dict[str, pl.DataFrame] = {}

        def read(name: str) -> pl.DataFrame:
            if name not in kept:
                kept[name] = pl.DataFrame(pl.from_arrow(spark.table(name).toArrow()))
            return kept[name]

        as_of = last_day(read)
        checks = {
            "gold.daily": partial(cube.daily, read),
            "gold.coverage": partial(cube.coverage, read, as_of),
            **{table: partial(trends.differences, read, table, as_of) for table in trends.AREA_OF},
            "gold.weekly_counts": partial(weeks.weekly_counts, read),
            "gold.surges": partial(weeks.surges, read, as_of, every),
            "gold.rising_terms": partial(terms.rising_terms, read, as_of),
            "gold.response_times": partial(answers.responses, read, as_of),
            "gold.plan_evidence": partial(answers.plans, read, as_of),
            "gold.peer_comparison": partial(peers.peers, read, as_of),
        }
        problems: list[str] = []
        for table, check in checks.items():
            found = check()
            part = f" (one week of {every} evaluated)" if table == "gold.surges" and every > 1 else ""
            print(
                f"{table}: {read(table).height:,} rows{part}, {len(found) or 'no'} difference{'s' * (len(found) > 1)}"
            )
            problems += found
    for problem in problems:
        print(problem)
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main(1 if "--all-weeks" in sys.argv[1:] else EVERY))
