"""Trains the topic model anew on the labels that have come in, on Sunday nights, Bangkok time.

Paused until somebody turns it on: a model trained on samples or on the first hundred concerns is worse than
the keywords that Siang starts with.
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
