"""Airflow on this machine: `siang airflow run` (once, to the end) and `siang airflow serve` (until Ctrl-C).

`processes` starts and stops it, `server` calls its REST API, `runs` runs the DAGs, `progress` prints what tasks do. A
deployment with its own Airflow needs none of this, only `dags/` and a pool named `lake` with one slot.
"""
