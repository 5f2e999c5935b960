"""`siang airflow run` as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SIANG = Path(sys.executable).with_name("siang")
SECONDS = 840


def own_variables() -> dict[str, str]:
    """The environment without the settings of these tests: Spark and Siang have their defaults."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("SIANG_", "SPARK_"))}


def airflow_run(variables: dict[str, str], folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Runs the command to its end. If it takes too long it is told to end, so that it leaves no process behind."""
    command = [str(SIANG), "airflow", "run"]
    with subprocess.Popen(
        command, env=variables, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            out, errors = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.terminate()
            process.communicate(timeout=60)
            raise
    return subprocess.CompletedProcess(command, process.returncode, out, errors)
