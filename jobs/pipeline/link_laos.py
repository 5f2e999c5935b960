"""link_laos: silver.concerns, reference.laos → silver.concern_laos.

A concern is linked to an LAO in a role: ``responsible`` (the agency of the record is that LAO), ``addressed`` (the text
names it) or ``serves_place`` (it serves the concern's subdistrict on the day of submission; PAOs and Bangkok serve
their whole province). A concern may have several links or none.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import from_arrow_schema

from jobs.reference.serving import serving
from jobs.reference.tables import CONSUMER as REFERENCE
from jobs.reference.tables import LAO_TABLES
from lake.commits import replace_for
from lake.progress import Progress, advance, changes, delta_version, latest
from lake.staleness import files_fingerprint, fingerprint
from lake.tables import empty_like, rows
from nlp import laos as lao_names
from nlp.laos import CANDIDATE_PATTERN, LaoFinder, cached_finder
from schemas.laos import Lao, LaoSubdistrict

log = logging.getLogger(__name__)

CONSUMER = "link_laos"
SOURCE = "silver.concerns"
TARGET = "silver.concern_laos"
LAOS = "reference.laos"
CONCERNS_PER_TASK = 5000
_LINKS = pa.schema([(name, pa.string()) for name in ("concern_id", "lao_code", "role", "method")])
_INPUT_COLUMNS = ("concern_id", "text", "agency", "province_code", "district_code", "submitted_date")


def run(spark: SparkSession) -> dict[str, int]:
    """Links the concerns that changed since the last run; all of them where the LAOs or the rules changed.

    Counts: concerns (checked), links (of these).
    """
    progress = latest(spark)
    done = progress.get((CONSUMER, SOURCE), Progress())
    until = delta_version(spark, SOURCE)
    rules = _rules_version(progress)
    has_new_rules = progress.get((CONSUMER, LAOS), Progress()).fingerprint != rules
    changed = None if has_new_rules else changes(spark, SOURCE, done.position, until)
    concerns = spark.table(SOURCE)
    if changed is None:
        scope = concerns.select("concern_id").unionByName(spark.table(TARGET).select("concern_id"))
    else:
        scope = changed.select("concern_id")
    scope = scope.distinct().persist()
    count = scope.count()
    links: DataFrame | None = None
    counts = {"concerns": count, "links": 0}
    try:
        if count:
            scope_note = ": all, because the LAOs or the rules changed" if has_new_rules else ""
            log.info(f"{count} concerns to link with LAOs{scope_note}")
            current = concerns.where("not is_deleted").join(scope, "concern_id", "left_semi")
            laos, served = reference_laos(spark)
            links = lao_links(spark, current, laos, served, count).persist()
            counts["links"] = links.count()
            replace_for(spark, links, TARGET, scope)
        if has_new_rules or until > done.position:
            advance(spark, CONSUMER, {SOURCE: until}, fingerprints={LAOS: rules})
    finally:
        scope.unpersist()
        if links is not None:
            links.unpersist()
    return counts


def _rules_version(progress: dict[tuple[str, str], Progress]) -> int:
    """A number that changes with the LAOs, the areas that they serve, and the rules for finding their names."""
    listed = [progress.get((REFERENCE, name), Progress()).fingerprint for name in LAO_TABLES]
    return fingerprint(listed, files_fingerprint([Path(lao_names.__file__)]))


def reference_laos(spark: SparkSession) -> tuple[tuple[Lao, ...], tuple[LaoSubdistrict, ...]]:
    """The rows of reference.laos and reference.lao_subdistricts, ordered by their codes."""
    return (
        tuple(
            Lao(
                row["lao_code"], row["lao_type"], row["name_th"], row["province_code"], row["district_code"],
                is_province_wide=row["is_province_wide"], valid_from=row["valid_from"], valid_to=row["valid_to"],
            )
            for row in rows(spark.table("reference.laos").orderBy("lao_code"))
        ),
        tuple(
            LaoSubdistrict(**row)
            for row in rows(spark.table("reference.lao_subdistricts").orderBy("lao_code", "subdistrict_code"))
        ),
    )  # fmt: skip


def lao_links(
    spark: SparkSession,
    concerns: DataFrame,
    laos: tuple[Lao, ...],
    served: tuple[LaoSubdistrict, ...],
    count: int,
) -> DataFrame:
    """Rows of silver.concern_laos for ``concerns`` (rows of silver.concerns, ``count`` of them)."""
    by_place = serving_places(spark, concerns, laos, served)
    links = named_laos(concerns, laos, served, count).unionByName(by_place)
    return links.groupBy("concern_id", "lao_code", "role").agg(F.min("method").alias("method"))


def serving_places(
    spark: SparkSession, concerns: DataFrame, laos: tuple[Lao, ...], served: tuple[LaoSubdistrict, ...]
) -> DataFrame:
    """``concern_id, lao_code, role, method``: the LAOs that serve the place of each concern on that day."""
    provinces = [
        (one.lao_code, one.province_code, one.valid_from, one.valid_to) for one in laos if one.is_province_wide
    ]
    subdistricts = [(one.lao_code, one.subdistrict_code, one.valid_from, one.valid_to) for one in served]
    return serving(
        concerns.select("concern_id", "province_code", "subdistrict_code", "submitted_date"),
        spark.createDataFrame(provinces, "lao_code string, province_code string, valid_from date, valid_to date"),
        spark.createDataFrame(subdistricts, empty_like("reference.lao_subdistricts")),
        "submitted_date",
    ).select("concern_id", "lao_code", F.lit("serves_place").alias("role"), "method")


def named_laos(concerns: DataFrame, laos: tuple[Lao, ...], served: tuple[LaoSubdistrict, ...], count: int) -> DataFrame:
    """``concern_id, lao_code, role, method``: the LAOs that the agency or the text of each concern names.

    Only texts with a word such as อบต. are sent to Python; most have none.
    """
    has_marker = F.coalesce(F.col("agency").rlike(CANDIDATE_PATTERN), F.lit(False)) | F.coalesce(
        F.col("text").rlike(CANDIDATE_PATTERN), F.lit(False)
    )
    tasks = max(2, min(400, count // CONCERNS_PER_TASK))
    return (
        concerns.where(has_marker).select(*_INPUT_COLUMNS).repartition(tasks, "concern_id")
        .mapInArrow(_name_finder(laos, served), from_arrow_schema(_LINKS))
    )  # fmt: skip


def _name_finder(
    laos: tuple[Lao, ...], served: tuple[LaoSubdistrict, ...]
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The function that Spark's workers run: rows of _INPUT_COLUMNS in, rows of _LINKS out."""

    def find_names(concerns: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        lao_finder = cached_finder(laos, served)
        for batch in concerns:
            links = [link for row in batch.to_pylist() for link in _links_of_row(row, lao_finder)]
            columns = [pa.array([link[column] for link in links], pa.string()) for column in range(len(_LINKS))]
            yield pa.RecordBatch.from_arrays(columns, schema=_LINKS)

    return find_names


def _links_of_row(row: dict[str, Any], lao_finder: LaoFinder) -> Iterator[tuple[str, str, str, str]]:
    for column, role in (("agency", "responsible"), ("text", "addressed")):
        codes = lao_finder.find(
            row[column] or "",
            province_code=row["province_code"],
            district_code=row["district_code"],
            day=row["submitted_date"],
            is_agency=column == "agency",
        )
        for code in codes:
            yield row["concern_id"], code, role, column
