"""Compacts and checks the lake, every night at three, Bangkok time.

Joins small files, removes files of old versions (`SIANG_VACUUM_HOURS`), then checks whole tables with the suites of
expectations; the task fails if a table does not meet one. After this DAG, erased data is also removed from old versions
of tables.
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
