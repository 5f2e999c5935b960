"""Measures the speed of finding LAOs, and the time of `siang reference` and `siang link` with an LAO for each tambon.

python -m benchmarks.link
"""

from __future__ import annotations

import csv
import os
import random
import re
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from benchmarks.text_stage import texts
from nlp.laos import CANDIDATE_PATTERN, LaoFinder, road_owner
from schemas.area_data import Subdistrict, districts, provinces, subdistricts
from schemas.tables import tables

CONCERNS = 36_000
DAY = date(2024, 6, 1)


def write_list(path: Path) -> None:
    """Writes a list as long as that of the country: each tambon outside Bangkok has an SAO with its name."""
    names = {one.province_code: one.province_th for one in provinces()}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("code", "name", "province", "district", "tambons"))
        for one in subdistricts():
            if one.province_code != "10":
                row = (f"L{one.subdistrict_code}", f"อบต.{one.subdistrict_th.split(' (')[0]}", names[one.province_code])
                writer.writerow((*row, one.district_code, one.subdistrict_code))


def rate(work: Callable[[str], object], rows: list[str]) -> float:
    """Rows per second."""
    started = time.perf_counter()
    for row in rows:
        work(row)
    return len(rows) / (time.perf_counter() - started)


def in_python(path: Path, rows: list[str]) -> None:
    from jobs.reference.laos import load_laos

    started = time.perf_counter()
    known = load_laos(str(path))
    print(f"the list of {len(known.laos):,} LAOs is read and checked in {time.perf_counter() - started:.1f} s")
    finder = LaoFinder(known.laos, known.subdistricts)
    marked = [row for row in rows if re.search(CANDIDATE_PATTERN, row)]
    plain = [row for row in rows if not re.search(CANDIDATE_PATTERN, row)]
    for what, some in (("without", plain), ("with", marked)):
        found = rate(lambda row: finder.find(row, province_code="10", day=DAY), some)
        print(f"find, {len(some):,} texts {what} a type word of an LAO: {found:,.0f} texts/s")
    print(f"road_owner: {rate(lambda row: road_owner(row, ''), rows):,.0f} texts/s")


def in_spark(path: Path, rows: list[str]) -> None:
    from jobs.pipeline import link_laos, reference
    from lake import server
    from lake.commits import overwrite
    from lake.session import open_writer
    from lake.tables import empty_like

    def timed(what: str, work: Callable[[], object]) -> None:
        started = time.perf_counter()
        found = work()
        print(f"{what}: {time.perf_counter() - started:.1f} s {found}")

    rng = random.Random(1)
    columns = tables()["silver.concerns"].column_names
    areas, names = subdistricts(), {one.district_code: one.district_th for one in districts()}

    def concern(number: int) -> tuple[object, ...]:
        area: Subdistrict = rng.choice(areas)
        text = rows[number % len(rows)]
        if number % 5 == 0:
            text += f" แจ้ง อบต.{area.subdistrict_th} อ.{names[area.district_code]} แล้ว"
        known = {
            "concern_id": str(number), "source_id": "s", "channel": "complaint_log", "status": "open", "text": text,
            "province_code": area.province_code, "district_code": area.district_code, "submitted_date": DAY,
            "subdistrict_code": area.subdistrict_code, "submitted_month": "2024-06", "is_deleted": False,
        }  # fmt: skip
        return tuple(known.get(name) for name in columns)

    try:
        with open_writer() as spark:
            schema = empty_like("silver.concerns")
            schema["submitted_at"].nullable = True
            frame = spark.createDataFrame([concern(number) for number in range(CONCERNS)], schema)
            overwrite(frame.selectExpr("* EXCEPT (submitted_at)", "timestamp(submitted_date) AS submitted_at"),
                      "silver.concerns")  # fmt: skip
            timed("reference, the first time", lambda: reference.run(spark))
            timed("reference, nothing new", lambda: reference.run(spark))
            timed(f"link, {CONCERNS:,} concerns, the first time", lambda: link_laos.run(spark))
            timed("link, nothing new", lambda: link_laos.run(spark))
            path.write_text(path.read_text(encoding="utf-8").replace("L950101,", "M950101,"), encoding="utf-8")
            timed("reference, an LAO has another code", lambda: reference.run(spark))
            timed(f"link, {CONCERNS:,} concerns again", lambda: link_laos.run(spark))
    finally:
        server.stop()


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        path = Path(home) / "laos.csv"
        os.environ |= {"SIANG_HOME": home, "SIANG_LAOS": str(path)}
        write_list(path)
        rows, what = texts()
        print(f"{len(rows):,} {what}")
        in_python(path, rows[:CONCERNS])
        in_spark(path, rows)


if __name__ == "__main__":
    main()
