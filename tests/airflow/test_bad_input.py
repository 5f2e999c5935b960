"""What nobody can use, through the real scheduler: it stops nothing else, moves no figure, and people are told."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from lake.settings import settings
from samples.generate import generate
from tests.airflow.command import SIANG, airflow_run, own_variables

PROJECT = Path(__file__).parents[2]
KEPT = ("traffy_feed", "web_form", "social_posts")
STATE = """
from jobs.pipeline import aggregate
from lake.session import open_session
with open_session() as spark:
    runs = spark.sql("SELECT step, outcome, message FROM ops.runs WHERE outcome != 'ok'").collect()
    counts = dict(spark.sql("SELECT source_id, count(*) FROM silver.concerns GROUP BY 1").collect())
    print("STATE", __import__("json").dumps([str(aggregate.as_of(spark)), [list(run) for run in runs], counts]))
"""


@pytest.fixture
def desk() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The address of a desk that takes alerts, and what it was told."""
    told: list[dict[str, Any]] = []

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Desk)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", told
    server.shutdown()


def lay(landing: Path) -> None:
    """Two files of each source; beside them one cut off, one dated in the future and one with mistyped years."""
    generate(landing)
    for source in landing.iterdir():
        if source.name not in KEPT:
            shutil.rmtree(source)
            continue
        for older in sorted(source.iterdir())[:-2]:
            older.unlink()
    feed = min((landing / "traffy_feed").iterdir())
    text = gzip.decompress(feed.read_bytes()).decode().replace("ถนน", "ถนนสาย")
    feed.with_name(re.sub(r"20\d\d", "2086", feed.name)).write_bytes(gzip.compress(text.encode()))
    form = landing / "web_form" / "mistyped.jsonl"
    said = {"ref": "f1", "at": "2086-02-07 09:00", "message": "ไฟทางดับ", "province": "ยะลา", "district": "รามัน"}
    form.write_text(json.dumps(said, ensure_ascii=False) + "\n", encoding="utf-8")
    form.with_name("torn.jsonl").write_text('{"ref": "f2", \n', encoding="utf-8")


@pytest.mark.airflow
@pytest.mark.long
@pytest.mark.timeout(890)
def test_a_wrong_contract_and_bad_files_stop_nothing_else_and_reach_the_desk(
    tmp_path: Path, desk: tuple[str, list[dict[str, Any]]]
) -> None:
    address, told = desk
    project = tmp_path / "project"
    for name in ("dags", "expectations", "jobs", "lake", "nlp", "samples", "schemas", "setup"):
        shutil.copytree(PROJECT / name, project / name)
    wrong = project / "schemas" / "sources" / "social_posts.yaml"
    wrong.write_text(wrong.read_text(encoding="utf-8") + "\nfields: {text: [", encoding="utf-8")
    lay(tmp_path / "landing")
    variables = own_variables() | {
        "PYTHONPATH": str(project),
        "SIANG_HOME": str(tmp_path / "home"),
        "SIANG_LANDING": str(tmp_path / "landing"),
        "SIANG_JARS": str(settings().jars),
        "SIANG_ALERT_WEBHOOK": address,
    }
    try:
        run = airflow_run(variables, project)
        said = run.stdout[-5000:] + run.stderr[-5000:]
        assert run.returncode == 1 and "Airflow could not run land_social_posts:" in said, said
        assert list((tmp_path / "home" / "extracts" / "public" / "current").rglob("*.csv")), said
        state = subprocess.run(
            [sys.executable, "-c", STATE], env=variables, cwd=project, capture_output=True, text=True, check=True,
        )  # fmt: skip
        last_day, runs, counts = json.loads(state.stdout.split("STATE ")[1])
        assert last_day.startswith("2025-")
        assert set(counts) == {"traffy_feed", "web_form"} and all(counts.values())
        assert {step: outcome for step, outcome, _ in runs} == {"ingest": "warned", "parse": "warned"}
    finally:
        subprocess.run([SIANG, "spark", "stop"], env=variables, capture_output=True, check=False, timeout=60)
    alerts = {(one["dag"], one["task"], one["outcome"]): one["text"] for one in told}
    assert set(alerts) == {
        ("land_social_posts", "land", "failed"), ("pipeline", "ingest", "warned"), ("pipeline", "parse", "warned"),
    }  # fmt: skip
    ingest, parse = alerts["pipeline", "ingest", "warned"], alerts["pipeline", "parse", "warned"]
    assert "social_posts.yaml, line " in ingest
    assert "web_form: torn.jsonl: 1 of its 1 records cannot be read" in ingest
    assert "2086" in ingest and "the later date is not used" in ingest
    assert "web_form: mistyped.jsonl: none of its 1 records can be used" in parse
    assert "«A status is one that the contract knows; of others figures of response tell nothing.»" in parse
