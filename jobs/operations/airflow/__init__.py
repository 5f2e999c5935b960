"""Airflow on this machine: `siang airflow run` (once, to the end) and `siang airflow serve` (until Ctrl-C).

`processes` starts and stops it, `server` asks its REST API, `runs` takes the DAGs to their end, `progress` prints
what tasks do. A deployment with an Airflow of its own needs none of this: it takes `dags/` and a pool named `lake`
with one slot.
"""
