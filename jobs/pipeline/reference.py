"""reference: areas, LAOs, population, topics and planning programmes → reference.*, where they have changed."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor

from pyspark.sql import SparkSession

from jobs.reference.laos import Laos, load_laos
from jobs.reference.tables import CONSUMER, LAO_TABLES, Rows, reference_rows
from jobs.sources.landing_folder import holds_samples
from lake.commits import overwrite
from lake.progress import Progress, advance, latest
from lake.settings import settings
from lake.staleness import fingerprint
from lake.tables import empty_like
from schemas.laos import SYNTHETIC_LIST
from schemas.tables import tables

log = logging.getLogger(__name__)


def run(spark: SparkSession) -> dict[str, int]:
    """Writes the reference tables whose content differs from what was written last.

    Counts: tables (written), laos (known). Raises UserError where a configured list is wrong; then none is written.
    """
    address = lao_list()
    known = load_laos(address)
    done = latest(spark)
    content = reference_rows(known)
    marks = {name: fingerprint(tables()[name].column_names, rows) for name, rows in content.items()}
    written = {
        name: mark for name, mark in marks.items() if done.get((CONSUMER, name), Progress()).position != mark
    }  # fmt: skip
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda name: _write(spark, name, content[name]), written))
    if written:
        log.info(f"written: {', '.join(written)}")
        if address and LAO_TABLES[0] in written:
            _log_unplaced(known)
        advance(spark, CONSUMER, written)
    return {"tables": len(written), "laos": len(known.laos)}


def _write(spark: SparkSession, name: str, rows: Rows) -> None:
    overwrite(spark.createDataFrame(rows, empty_like(name)), name)


def lao_list() -> str:
    """The list of LAOs: that of ``SIANG_LAOS``; else, of a landing folder of samples, the synthetic one; or ""."""
    here = settings()
    if here.laos:
        return here.laos
    if holds_samples():
        log.info(
            "LAOs of the samples are synthetic; SIANG_LAOS points at the list of the Department of Local Administration"
        )
        return f"{here.landing}/{SYNTHETIC_LIST}"
    return ""


def _log_unplaced(known: Laos) -> None:
    served = {one.lao_code for one in known.subdistricts}
    lost = sum(not lao.is_province_wide and lao.lao_code not in served for lao in known.laos)
    if lost:
        log.info(f"{lost} LAOs of the list have no tambons, so no concern reaches them by its place")
