"""Copies new files of one source into the archive. There is one such DAG for each contract.

Its asset triggers the pipeline. It is started by hand, unless the contract has a `schedule` (a cron expression, Bangkok
time).
"""

from __future__ import annotations

from airflow.sdk import DAG, CronTriggerTimetable
from parts import ZONE, airflow_id, landing_asset, siang, sources

for source_id, schedule in sources().items():
    with DAG(
        dag_id=airflow_id(f"land_{source_id}"),
        schedule=CronTriggerTimetable(schedule, timezone=ZONE) if schedule else None,
        catchup=False,
        max_active_runs=1,
        tags=["siang", "landing"],
        doc_md=__doc__,
    ) as dag:
        siang("land", "--source", source_id, outlets=[landing_asset(source_id)])
    globals()[dag.dag_id] = dag
