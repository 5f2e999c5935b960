"""What keeps a lake sound: reconcile, quarantine, erase, retain, maintain, backfill, doctor, a local Airflow."""
