"""Everything after landing, for all sources at once: from the archive to the extracts.

Runs when any source has landed, one run at a time. Each task continues where the last run stopped and can be cleared or
repeated at any time. The pool `lake` has one slot, because a lake has one writer; if Airflow is not started by `make`,
create it once: `airflow pools set lake 1 "one writer"`.
"""

from __future__ import annotations

from airflow.sdk import DAG, AssetAny, chain
from parts import landing_asset, siang, sources

from jobs.pipeline.steps import AFTER_LANDING

with DAG(
    dag_id="pipeline",
    schedule=AssetAny(*(landing_asset(source_id) for source_id in sources())),
    catchup=False,
    max_active_runs=1,
    tags=["siang"],
    doc_md=__doc__,
):
    chain(*(siang(step.command, task_id=step.name, pool="lake") for step in AFTER_LANDING))
