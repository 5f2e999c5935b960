"""reference: areas, LAOs, population, topics and planning programmes → reference.*, only where they have changed."""

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
    """Writes the reference tables whose content has changed since it was last written.

    Counts: tables (written), laos (in the list). Raises UserError where a configured list is wrong; then no table is
    written.
    """
    address = lao_list_address()
    laos = load_laos(address)
    progress = latest(spark)
    content = reference_rows(laos)
    fingerprints = {name: fingerprint(tables()[name].column_names, rows) for name, rows in content.items()}
    changed = {
        name: current
        for name, current in fingerprints.items()
        if progress.get((CONSUMER, name), Progress()).fingerprint != current
    }
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda name: _write(spark, name, content[name]), changed))
    if changed:
        log.info(f"written: {', '.join(changed)}")
        if address and LAO_TABLES[0] in changed:
            _log_unplaced(laos)
        advance(spark, CONSUMER, {}, fingerprints=changed)
    return {"tables": len(changed), "laos": len(laos.laos)}


def _write(spark: SparkSession, name: str, rows: Rows) -> None:
    overwrite(spark.createDataFrame(rows, empty_like(name)), name)


def lao_list_address() -> str:
    """The address of the list of LAOs: ``SIANG_LAOS``, else the list of the samples where they landed, else ""."""
    configured = settings()
    if configured.laos:
        return configured.laos
    if holds_samples():
        log.info(
            "The LAOs of the samples are synthetic. Set SIANG_LAOS to the list of the DLA (กรมส่งเสริมการปกครองท้องถิ่น)."
        )
        return f"{configured.landing}/{SYNTHETIC_LIST}"
    return ""


def _log_unplaced(laos: Laos) -> None:
    placed = {one.lao_code for one in laos.subdistricts}
    count = sum(not lao.is_province_wide and lao.lao_code not in placed for lao in laos.laos)
    if count:
        log.info(f"{count} LAOs of the list have no tambons, so no concern is linked to them by its place")
