"""The one test that starts the real scheduler."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from samples.generate import generate
from tests.airflow.command import SIANG, airflow_run, own_variables

PROJECT = Path(__file__).parents[2]


@pytest.mark.airflow
@pytest.mark.long
@pytest.mark.timeout(890)
def test_airflow_takes_landed_files_to_figures_that_polars_finds_too_and_leaves_no_process(tmp_path: Path) -> None:
    landing, home = tmp_path / "landing", tmp_path / "home"
    generate(landing)
    for source in landing.iterdir():
        for older in sorted(source.iterdir())[:-2]:
            older.unlink()
    variables = own_variables() | {"SIANG_HOME": str(home), "SIANG_LANDING": str(landing)}
    stopped = threading.Event()
    other_writer = threading.Thread(target=_lock_now_and_then, args=(home / "airflow" / "airflow.db", stopped))
    other_writer.start()
    try:
        run = airflow_run(variables)
        stopped.set()
        other_writer.join()
        assert run.returncode == 0, run.stdout[-5000:] + run.stderr[-5000:]
        extracts = home / "extracts" / "public" / "current"
        assert list(extracts.rglob("*.csv")), run.stdout[-5000:]
        figures = subprocess.run(
            [sys.executable, "-m", "tests.independent.figures"], env=variables, cwd=PROJECT, capture_output=True,
            text=True, check=False, timeout=240,
        )  # fmt: skip
        assert figures.returncode == 0, figures.stdout[-3000:] + figures.stderr[-3000:]
        assert not [process for process in psutil.process_iter() if _is_airflow_of(home, process)]
    finally:
        stopped.set()
        other_writer.join()
        subprocess.run([SIANG, "spark", "stop"], env=variables, capture_output=True, check=False, timeout=60)


def _lock_now_and_then(database: Path, stopped: threading.Event) -> None:
    """Keeps everybody else from writing into Airflow's database for longer than SQLite waits by default."""
    while not stopped.wait(15):
        if not database.exists():
            continue
        with closing(sqlite3.connect(database, timeout=30, isolation_level=None)) as held:
            held.execute("BEGIN IMMEDIATE")
            time.sleep(7)
            held.execute("ROLLBACK")


def _is_airflow_of(home: Path, process: psutil.Process) -> bool:
    try:
        # The database that its processes hold open.
        return any(file.path.startswith(str(home / "airflow")) for file in process.open_files())
    except psutil.Error:
        return False
