"""The DAGs as Airflow reads them: their ids, order, commands and limits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from jobs.pipeline.steps import AFTER_LANDING

PROJECT = Path(__file__).resolve().parents[2]
CONTRACTS = [
    yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((PROJECT / "schemas" / "sources").glob("*.yaml"))
]
LANDING = {f"land_{contract['source_id']}" for contract in CONTRACTS}

# Read in a process of its own: Airflow settles on its home when it is imported, and what the DAG files import
# shows only where nothing else has been imported.
READ = """
import json, socket, sys
def refuse(*args): raise OSError("a DAG file asks the network")
socket.socket.connect = socket.getaddrinfo = refuse
from airflow.dag_processing.dagbag import DagBag
sys.path.append(sys.argv[1])
before = set(sys.modules)
bag = DagBag(sys.argv[1])
print("RESULT", json.dumps({
    "errors": bag.import_errors,
    "modules": sorted(set(sys.modules) - before),
    "dags": {dag.dag_id: {
        "assets": sorted(asset.uri for asset in condition.objects) if condition else [],
        "condition": type(condition).__name__,
        "cron": getattr(dag.timetable, "expression", None),
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "is_paused_upon_creation": dag.is_paused_upon_creation,
        "tags": sorted(dag.tags),
        "doc": dag.doc_md,
        "params": sorted(dag.params),
        "tasks": [{
            "id": task.task_id,
            "command": task.bash_command,
            "pool": task.pool,
            "retries": task.retries,
            "backoff": task.retry_exponential_backoff,
            "after": sorted(task.upstream_task_ids),
            "outlets": [asset.uri for asset in task.outlets],
            "alerts": [type(one).__name__ for one in task.on_failure_callback],
        } for task in dag.topological_sort()],
    } for dag in bag.dags.values() for condition in [dag.timetable.asset_condition]},
}))
"""


# What becomes of a command by its exit code.
EXECUTE = """
import json, sys
sys.path.append(sys.argv[1])
from parts import Command
ends = {}
for code in (0, 1, 3):
    try:
        Command(task_id=f"ends_with_{code}", bash_command=f"exit {code}").execute({"ti": None})
        ends[code] = "ok"
    except Exception as error:
        ends[code] = type(error).__name__
print("RESULT", json.dumps(ends))
"""


# What a task that warns tells, and whom; of whoever does not answer the task takes no notice.
WARN = r"""
import json, os, sys, threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
sys.path.append(sys.argv[1])
posted = []
class Desk(BaseHTTPRequestHandler):
    def do_POST(self):
        posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()
    def log_message(self, *args): pass
desk = HTTPServer(("127.0.0.1", 0), Desk)
threading.Thread(target=desk.serve_forever, daemon=True).start()
os.environ["SIANG_ALERT_WEBHOOK"] = f"http://127.0.0.1:{desk.server_port}/"
import alerts, jinja2
from parts import Command
ti = SimpleNamespace(dag_id="pipeline", task_id="ingest", run_id="r", try_number=1, log_url="http://log")
line = "social_posts: 2025-<b>{{ ti.dag_id }}.jsonl: it is empty"
for words in (f"echo '{line}' >> $SIANG_WARNINGS", "true"):
    Command(task_id="ingest", bash_command=jinja2.Template("{% raw %}" + words + "{% endraw %}").render(),
            append_env=True).execute({"ti": ti})
render = jinja2.Environment(undefined=jinja2.StrictUndefined).from_string
dag, told = SimpleNamespace(dag_id="pipeline"), {alerts.WARNINGS_KEY: [line]}
print("RESULT", json.dumps({
    "posted": posted,
    "subjects": [render(alerts.SUBJECT).render(dag=dag, ti=ti, **more) for more in ({}, told)],
    "bodies": [render(alerts.BODY).render(dag=dag, ti=ti, run_id="r", **more) for more in ({}, told)],
}))
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("airflow")


def in_airflow(code: str, home: Path, **others: str) -> dict[str, Any]:
    variables = {key: value for key, value in os.environ.items() if not key.startswith("AIRFLOW_")}
    variables |= {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
        "SIANG_ALERT_EMAIL": "desk@example.org",
        "SIANG_ALERT_WEBHOOK": "http://127.0.0.1:9/alert",
        **others,
    }
    command = [sys.executable, "-c", code, str(PROJECT / "dags")]
    run = subprocess.run(command, env=variables, cwd=home, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.rsplit("RESULT", 1)[1])


@pytest.fixture(scope="module")
def read(home: Path) -> dict[str, Any]:
    return in_airflow(READ, home)


@pytest.fixture(scope="module")
def dags(read: dict[str, Any]) -> dict[str, Any]:
    return read["dags"]


def siang(*words: str) -> str:
    return " ".join([str(Path(sys.executable).with_name("siang")), *words])


def test_every_dag_file_is_read_without_an_error(read: dict[str, Any]) -> None:
    assert read["errors"] == {}


def test_there_is_one_landing_dag_a_contract_and_one_pipeline(dags: dict[str, Any]) -> None:
    assert set(dags) == LANDING | {"pipeline", "training", "maintenance", "retention", "backfill"}


def test_reading_dag_files_imports_the_list_of_steps_and_neither_spark_nor_a_job(read: dict[str, Any]) -> None:
    first = {module.split(".")[0] for module in read["modules"]}
    assert first.isdisjoint({"pyspark", "delta", "lake", "nlp", "pandas", "pythainlp", "sklearn"})
    ours = {module for module in read["modules"] if module.split(".")[0] == "jobs"}
    assert ours == {"jobs", "jobs.pipeline", "jobs.pipeline.steps"}


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["source_id"])
def test_a_landing_dag_lands_its_source_and_tells_so(contract: dict[str, Any], dags: dict[str, Any]) -> None:
    source_id = contract["source_id"]
    dag = dags[f"land_{source_id}"]
    (task,) = dag["tasks"]
    assert task["command"] == siang("land", "--source", source_id)
    assert task["outlets"] == [f"siang://landing/{source_id}"]
    assert dag["cron"] == contract.get("schedule")
    assert not dag["catchup"]


def test_the_pipeline_runs_when_any_source_has_landed(dags: dict[str, Any]) -> None:
    pipeline = dags["pipeline"]
    assert pipeline["condition"] == "AssetAny"
    assert pipeline["assets"] == sorted(f"siang://landing/{contract['source_id']}" for contract in CONTRACTS)


def test_the_pipeline_is_the_commands_of_a_person_one_after_the_other(dags: dict[str, Any]) -> None:
    tasks = dags["pipeline"]["tasks"]
    names = [step.name for step in AFTER_LANDING]
    assert [task["id"] for task in tasks] == names
    assert [task["command"] for task in tasks] == [siang(step.command) for step in AFTER_LANDING]
    assert [task["after"] for task in tasks] == [[], *([name] for name in names[:-1])]


def test_one_pipeline_runs_at_a_time_and_one_task_writes(dags: dict[str, Any]) -> None:
    for name in ("pipeline", "training", "maintenance", "retention", "backfill"):
        assert dags[name]["max_active_runs"] == 1
        assert {task["pool"] for task in dags[name]["tasks"]} == {"lake"}
        assert not dags[name]["catchup"]


def test_every_task_is_tried_again_later_and_later(dags: dict[str, Any]) -> None:
    for dag in dags.values():
        for task in dag["tasks"]:
            assert task["retries"] == 2
            assert task["backoff"] > 1


def test_what_a_person_has_to_mend_first_is_not_tried_again(home: Path) -> None:
    assert in_airflow(EXECUTE, home) == {"0": "ok", "1": "AirflowException", "3": "AirflowFailException"}


def test_a_task_that_warns_is_green_and_tells_whom_the_environment_names(home: Path) -> None:
    told = in_airflow(WARN, home)
    line = "social_posts: 2025-<b>{{ ti.dag_id }}.jsonl: it is empty"
    [posted] = told["posted"]
    assert (posted["outcome"], posted["task"], posted["warnings"]) == ("warned", "ingest", [line])
    assert posted["text"] == f"Siang: pipeline.ingest did its work and warns:\n{line}"
    assert told["subjects"] == ["Siang: pipeline.ingest has failed", "Siang: pipeline.ingest warns"]
    log = "Run r, try 1. Its log: http://log"
    assert told["bodies"] == [log, f"{log}<br>social_posts: 2025-&lt;b&gt;{{{{ ti.dag_id }}}}.jsonl: it is empty"]


def test_a_contract_of_ones_own_has_a_dag_and_one_that_is_wrong_stops_only_its_own_task(
    home: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    good = (PROJECT / "schemas" / "sources" / "social_posts.yaml").read_text(encoding="utf-8")
    own = {
        "torn": b"schedule: '30 6 * * *'\nfields: {text: [",
        "a_list": b"- 1\n",
        "empty": b"",
        "other_encoding": "title_th: ถนน\nschedule: 0 7 * * *\n".encode("cp874"),
        "no_cron": good.encode() + b"\nschedule: every morning\n",
        "สำเนา (1) of it": good.encode(),
        "misspelt": good.replace("channel: social_media", "channel: telepathy").encode(),
        "town_hall": good.replace("source_id: social_posts", "source_id: town_hall").encode()
        + b"schedule: '5 4 * * *'\n",
    }
    for name, content in own.items():
        (folder / f"{name}.yaml").write_bytes(content)
    (folder / ".#social_posts.yaml").symlink_to("gone")
    (folder / "folder.yaml").mkdir()
    own["folder"] = b""
    read = in_airflow(READ, home, SIANG_CONFIG=str(tmp_path))
    assert read["errors"] == {}
    dags = read["dags"]
    landing = {dag_id: dag["cron"] for dag_id, dag in dags.items() if dag_id.startswith("land_")}
    keys = [name.replace("สำเนา (1) of it", "สำเนา__1__of_it") for name in own]
    crons = {f"land_{name}": None for name in keys} | {
        "land_torn": "30 6 * * *", "land_other_encoding": "0 7 * * *", "land_town_hall": "5 4 * * *",
    }  # fmt: skip
    assert {name: cron for name, cron in landing.items() if name not in LANDING} == crons
    assert set(landing) >= LANDING
    assert dags["land_torn"]["tasks"][0]["command"] == siang("land", "--source", "torn")
    assert set(dags["pipeline"]["assets"]) >= {f"siang://landing/{name}" for name in keys}


def test_maintenance_joins_and_checks_at_night_and_retention_once_a_month(dags: dict[str, Any]) -> None:
    maintenance = dags["maintenance"]
    assert maintenance["cron"] == "0 3 * * *"
    assert [task["command"] for task in maintenance["tasks"]] == [siang("maintain"), siang("check")]
    assert maintenance["tasks"][1]["after"] == ["maintain"]
    assert dags["retention"]["cron"] == "0 4 1 * *"
    assert [task["command"] for task in dags["retention"]["tasks"]] == [siang("retain")]


def test_a_backfill_is_asked_for_by_source_and_days_and_wakes_the_pipeline(dags: dict[str, Any]) -> None:
    backfill = dags["backfill"]
    assert backfill["cron"] is None
    assert backfill["params"] == ["since", "source", "until"]
    (task,) = backfill["tasks"]
    assert task["command"].startswith(siang("backfill", "--source", "{{ params.source }}").replace("'", ""))
    assert task["outlets"][0] in dags["pipeline"]["assets"]


def test_every_task_that_fails_tells_the_log_and_whom_the_environment_names(dags: dict[str, Any]) -> None:
    for dag in dags.values():
        for task in dag["tasks"]:
            assert task["alerts"] == ["LogAlert", "SmtpNotifier", "WebhookAlert"]


def test_training_waits_weekly_until_somebody_turns_it_on(dags: dict[str, Any]) -> None:
    training = dags["training"]
    assert training["cron"] == "0 2 * * 0"
    assert training["is_paused_upon_creation"]
    assert [task["command"] for task in training["tasks"]] == [siang("train")]


def test_every_dag_says_what_it_is_for(dags: dict[str, Any]) -> None:
    for dag in dags.values():
        assert dag["doc"].strip()
        assert "siang" in dag["tags"]
