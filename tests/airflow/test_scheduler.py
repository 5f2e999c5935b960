"""The one test that starts the real scheduler."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from samples.generate import generate

SIANG = Path(sys.executable).with_name("siang")
PROJECT = Path(__file__).parents[2]


@pytest.mark.airflow
@pytest.mark.timeout(600)
def test_airflow_takes_landed_files_to_figures_that_polars_finds_too_and_leaves_no_process(tmp_path: Path) -> None:
    landing, home = tmp_path / "landing", tmp_path / "home"
    generate(landing)
    for source in landing.iterdir():
        for older in sorted(source.iterdir())[:-2]:
            older.unlink()
    variables = {key: value for key, value in os.environ.items() if not key.startswith("SIANG_")}
    variables |= {"SIANG_HOME": str(home), "SIANG_LANDING": str(landing)}
    try:
        run = subprocess.run(
            [SIANG, "airflow", "run"], env=variables, capture_output=True, text=True, check=False, timeout=540
        )
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
        subprocess.run([SIANG, "spark", "stop"], env=variables, capture_output=True, check=False, timeout=60)


def _is_airflow_of(home: Path, process: psutil.Process) -> bool:
    try:
        # The database that its processes hold open.
        return any(file.path.startswith(str(home / "airflow")) for file in process.open_files())
    except psutil.Error:
        return False
