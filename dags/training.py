"""Trains a new topic model on all labels, on Sunday nights, Bangkok time.

Paused by default, because a model that is trained on samples or on the first hundred concerns is worse than the
built-in keywords.
"""

from __future__ import annotations

from airflow.sdk import DAG, CronTriggerTimetable
from parts import siang

with DAG(
    dag_id="training",
    schedule=CronTriggerTimetable("0 2 * * 0", timezone="Asia/Bangkok"),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=True,
    tags=["siang"],
    doc_md=__doc__,
):
    siang("train", pool="lake")
