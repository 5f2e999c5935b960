"""Operation of a lake: reconcile, quarantine, erase, retain, maintain, backfill, doctor, a local Airflow."""
