"""Removes data after its retention time, on the first day of the month, Bangkok time.

Removes raw records older than `SIANG_RETENTION_DAYS` and all but the newest `SIANG_EXTRACT_VERSIONS` versions of the
public extracts; both are 0 by default, which keeps everything.
"""

from __future__ import annotations

from airflow.sdk import DAG, CronTriggerTimetable
from parts import siang

with DAG(
    dag_id="retention",
    schedule=CronTriggerTimetable("0 4 1 * *", timezone="Asia/Bangkok"),
    catchup=False,
    max_active_runs=1,
    tags=["siang"],
    doc_md=__doc__,
):
    siang("retain", pool="lake")
