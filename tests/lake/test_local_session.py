"""Spark in process, from a shell whose Python is another one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ASK = """
from lake.session import open_session

def double(batches):
    import sys
    import pyarrow as pa
    for batch in batches:
        doubled = [2 * one for one in batch["id"].to_pylist()]
        yield pa.RecordBatch.from_pydict({"id": doubled, "python": [sys.executable] * len(doubled)})

with open_session() as spark:
    print("ANSWER", *spark.range(21, 22).mapInArrow(double, "id long, python string").collect()[0])
"""


@pytest.mark.spark
@pytest.mark.timeout(300)
def test_workers_run_the_python_that_runs_siang_whatever_the_path_and_the_environment_say(tmp_path: Path) -> None:
    other = tmp_path / "bin" / "python3"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\necho this Python has no pyarrow >&2\nexit 1\n")
    other.chmod(0o755)
    variables = {
        key: value for key, value in os.environ.items() if not key.startswith(("SIANG_", "PYSPARK_", "SPARK_"))
    }
    variables |= {
        "PATH": f"{other.parent}:{os.environ['PATH']}",
        "PYSPARK_PYTHON": str(other),
        "SIANG_HOME": str(tmp_path / "home"),
        "SIANG_SPARK": "local",
    }
    run = subprocess.run(
        [sys.executable, "-c", ASK], env=variables, cwd=tmp_path, capture_output=True, text=True, check=False,
        timeout=240,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]
    assert run.stdout.split("ANSWER ", 1)[1].split() == ["42", sys.executable]
