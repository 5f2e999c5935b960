"""Parses ingested files again with the current contract; started by hand, with parameters.

`source` is required; `since` and `until` (yyyy-mm-dd) select files observed within these days. The pipeline runs
automatically afterwards and updates the tables.
"""

from __future__ import annotations

from airflow.sdk import DAG, Param
from parts import landing_asset, siang, sources

SOURCES = list(sources())

with DAG(
    dag_id="backfill",
    schedule=None,
    catchup=False,
    max_active_runs=1,
    params={  # pyright: ignore[reportArgumentType] (Airflow converts the dictionary)
        "source": Param(SOURCES[0], enum=SOURCES, title="source whose files are parsed again"),
        "since": Param(None, type=["null", "string"], format="date", title="observed on this day or later"),
        "until": Param(None, type=["null", "string"], format="date", title="observed on this day or before"),
    },
    tags=["siang"],
    doc_md=__doc__,
):
    siang(
        "backfill",
        pool="lake",
        template="--source {{ params.source }}"
        "{{ ' --since ' ~ params.since if params.since else '' }}"
        "{{ ' --until ' ~ params.until if params.until else '' }}",
        outlets=[landing_asset(SOURCES[0])],
    )
