"""Keeps the lake quick, small and sound, every night at three, Bangkok time.

Joins small files, removes those that no version needs any more (`SIANG_VACUUM_HOURS`), then checks whole tables
by the suites of expectations; a table that breaks one makes the task red. What was erased on request is gone from
old versions of tables once this has run.
"""

from __future__ import annotations

from airflow.sdk import DAG, CronTriggerTimetable, chain
from parts import siang

with DAG(
    dag_id="maintenance",
    schedule=CronTriggerTimetable("0 3 * * *", timezone="Asia/Bangkok"),
    catchup=False,
    max_active_runs=1,
    tags=["siang"],
    doc_md=__doc__,
):
    chain(siang("maintain", pool="lake"), siang("check", pool="lake"))
