"""Airflow on this machine: `siang airflow run` (once, to the end) and `siang airflow serve` (until Ctrl-C).

The web server, the scheduler and the DAG processor are children of this process, listen on loopback only,
keep their state in `SIANG_HOME/airflow` and end with it. A deployment with an Airflow of its own needs none
of this: it takes `dags/` and a pool named `lake` with one slot.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

import httpx
import psutil
import typer

from jobs import land
from lake.faults import Fault
from lake.settings import PROJECT, settings

SIANG = Path(sys.executable).with_name("siang")
COMPONENTS = {
    "api-server": ("api-server", "--workers", "1"),
    # Without --skip-serve-logs it would serve its logs on every interface.
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
}
START_SECONDS = 180
STOP_SECONDS = 10
SIGNALS = (signal.SIGINT, signal.SIGTERM)
ENDED = {"success", "failed"}
STATES = {
    "success": "done",
    "failed": "failed",
    "up_for_retry": "failed, to be tried again,",
    "upstream_failed": "not run, as one before it failed,",
}
# What the operator says around the lines of the command itself.
HOOK_WORDS = ("Tmp dir root location:", "Running command:", "Output:", "Command exited with return code")

TaskKey = tuple[str, str, str, int]
"""A try of a task: DAG, run, task, number of the try."""

app = typer.Typer(help="Airflow on this machine.", no_args_is_help=True)


@app.command()
def run() -> None:
    """Lands every source and takes it to the extracts, with Airflow started for it and stopped after."""
    land.fill_landing(typer.echo)
    # The Spark server is up before the first task asks for it, at the same time as Airflow.
    spark = subprocess.Popen([SIANG, "spark", "start"]) if not settings().spark else None
    # DAG files do not change meanwhile, and reading them again holds up the tasks for seconds.
    with airflow(reread_seconds=3600) as server:
        if spark and spark.wait() != 0:
            raise Fault("The Spark server did not start", "mend what it says above, then run this again")
        drain(server)
    subprocess.run([SIANG, "results"], check=True)


@app.command()
def serve() -> None:
    """Starts Airflow and leaves it running until Ctrl-C."""
    with airflow(reread_seconds=30) as server:
        typer.echo(f"Airflow is at {server.address}, until Ctrl-C.")
        while True:
            server.check()
            time.sleep(1)


class Server:
    """A running Airflow: its processes and its REST API."""

    def __init__(self, home: Path, port: int, children: dict[str, subprocess.Popen[bytes]]) -> None:
        self.home = home
        self.address = f"http://127.0.0.1:{port}"
        self.children = children
        # Not by way of a proxy that the environment names.
        self.client = httpx.Client(base_url=self.address, timeout=30, trust_env=False)

    def check(self) -> None:
        """Raises a Fault if a process of it has ended."""
        for name, child in self.children.items():
            if child.poll() is not None:
                log = self.home / f"{name}.log"
                typer.echo("".join(log.read_text(errors="replace").splitlines(keepends=True)[-20:]), err=True)
                raise Fault(f"Airflow's {name} ended by itself", f"read {log}, then run this again")

    def call(self, method: str, path: str, *, params: Any = None, body: Any = None) -> Any:
        """What the REST API answers, as JSON. Raises a Fault for an answer that is not a success."""
        response = self.client.request(method, f"/api/v2{path}", params=params, json=body)
        if response.is_error:
            raise Fault(
                f"Airflow answered {response.status_code} to {method} {path}: {response.text[:300]}",
                f"look into the logs in {self.home}",
            )
        return response.json() if response.content else None

    def pause(self, dag_id: str, is_paused: bool) -> None:
        self.call("PATCH", f"/dags/{dag_id}", body={"is_paused": is_paused})

    def healthy(self) -> bool:
        """Whether the web server answers and the other two have reported to it."""
        try:
            answer = self.client.get("/api/v2/monitor/health")
        except httpx.TransportError:
            return False
        if answer.is_error:
            return False
        parts = answer.json()
        return all(parts[part]["status"] == "healthy" for part in ("metadatabase", "scheduler", "dag_processor"))


@contextmanager
def airflow(*, reread_seconds: int) -> Generator[Server, None, None]:
    """Airflow, from its start until the block ends, however it ends.

    ``reread_seconds``: how often it looks into the DAG files. Raises a Fault if it is not up in time or if
    another one runs in the same home.
    """
    home = settings().home / "airflow"
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Fault(
                f"Airflow already runs in {home}",
                "stop it (Ctrl-C where it was started), then run this again",
            ) from None
        stop_left_over(home)
        port = free_port()
        variables = environment(home, port, reread_seconds)
        children: dict[str, subprocess.Popen[bytes]] = {}
        former = {number: signal.signal(number, _end) for number in SIGNALS}
        try:
            migrate(home, variables)
            for name, words in COMPONENTS.items():
                children[name] = start(home, name, words, variables, group=_group(children))
            (home / "group").write_text(str(_group(children)))
            yield wait_until_healthy(Server(home, port, children))
        finally:
            _ignore_signals()
            stop(children)
            (home / "group").unlink(missing_ok=True)
            for number, handler in former.items():
                signal.signal(number, handler)


def _end(number: int, frame: object) -> NoReturn:
    # Unwinds the blocks that stop what was started, which a second signal (make passes on what the terminal
    # sends as well) must not cut short.
    _ignore_signals()
    raise SystemExit(128 + number)


def _ignore_signals() -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _group(children: dict[str, subprocess.Popen[bytes]]) -> int:
    return next(iter(children.values())).pid if children else 0


def environment(home: Path, port: int, reread_seconds: int) -> dict[str, str]:
    """The variables that Airflow and the tasks below it run with."""
    here = settings()
    secret = secrets.token_hex(32)
    address = f"http://127.0.0.1:{port}"
    ours = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "2",
        # A child that starts anew imports Airflow anew, which takes seconds a task.
        "AIRFLOW__CORE__MP_START_METHOD": "fork",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        # Whoever reaches loopback is let in: it is a machine of one person.
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__API__SECRET_KEY": secret,
        "AIRFLOW__API_AUTH__JWT_SECRET": secret,
        # A task may take hours, and its token has to outlive it.
        "AIRFLOW__EXECUTION_API__JWT_EXPIRATION_TIME": str(7 * 24 * 3600),
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": str(reread_seconds),
        "AIRFLOW__DAG_PROCESSOR__PRINT_STATS_INTERVAL": "0",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "PYTHONUNBUFFERED": "1",
        # A task runs in a folder of its own, where a relative path would mean something else.
        "SIANG_HOME": str(here.home),
        "SIANG_LANDING": here.landing,
        "SIANG_LAKE": here.lake,
        "SIANG_RESTRICTED": here.restricted,
        "SIANG_EXTRACTS": here.extracts,
        "SIANG_JARS": str(here.jars),
        "SIANG_LAOS": here.laos,
        "SIANG_POPULATION": here.population,
        "SIANG_PLAN_PROGRAMMES": here.plan_programmes,
        "SIANG_HOLIDAYS": here.holidays,
    }
    # Connections are the user's, such as the mail server of alerts; all else is set here.
    foreign = re.compile("AIRFLOW_(?!CONN_)")
    theirs = {key: value for key, value in os.environ.items() if not foreign.match(key)}
    return theirs | ours


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def migrate(home: Path, variables: dict[str, str]) -> None:
    """Brings Airflow's database to this version of Airflow, once."""
    stamp = home / "migrated"
    wanted = version("apache-airflow-core")
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    migration = start(home, "migrate", ("db", "migrate"), variables, group=0)
    if migration.wait() != 0:
        raise Fault(f"Airflow's database in {home} could not be made", f"read {home}/migrate.log")
    stamp.write_text(wanted)


def start(
    home: Path, name: str, words: tuple[str, ...], variables: dict[str, str], *, group: int
) -> subprocess.Popen[bytes]:
    """An `airflow` command as a child in a process group (0: one of its own), logging to a file."""
    command = Path(sys.executable).with_name("airflow")
    with (home / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [command, *words],
            env=variables,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            process_group=group,
        )


def wait_until_healthy(server: Server) -> Server:
    deadline = time.monotonic() + START_SECONDS
    while not server.healthy():
        server.check()
        if time.monotonic() > deadline:
            raise Fault(f"Airflow was not up after {START_SECONDS} s", f"look into the logs in {server.home}")
        time.sleep(0.3)
    token = server.client.get("/auth/token").json()["access_token"]
    server.client.headers["Authorization"] = f"Bearer {token}"
    pools = {pool["name"] for pool in server.call("GET", "/pools")["pools"]}
    if "lake" not in pools:
        server.call("POST", "/pools", body={"name": "lake", "slots": 1, "description": "one writer a lake"})
    return server


def stop(children: dict[str, subprocess.Popen[bytes]]) -> None:
    """Ends the children and all below them, but not the Spark server, which is kept warm."""
    group = _group(children)
    family = [process for child in children.values() for process in _family(child.pid)]
    # Airflow gives each command a group of its own. A command may have to end a commit, Airflow nothing.
    commands = [process for process in family if _group_of(process) not in (group, None)]
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    psutil.wait_procs(commands, timeout=STOP_SECONDS)
    psutil.wait_procs(family, timeout=1)
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    if children:
        # Those that were born in between.
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
    for child in children.values():
        child.wait()


def _family(pid: int) -> list[psutil.Process]:
    """A process and all below it, apart from Spark servers and what they started."""
    try:
        process = psutil.Process(pid)
        if any("SparkConnectServer" in word for word in process.cmdline()):
            return []
        return [process, *(below for child in process.children() for below in _family(child.pid))]
    except psutil.Error:
        return []


def _group_of(process: psutil.Process) -> int | None:
    try:
        return os.getpgid(process.pid)
    except ProcessLookupError:
        return None


def stop_left_over(home: Path) -> None:
    """Ends the group that a killed `siang airflow` left running in this home."""
    try:
        group = int((home / "group").read_text())
    except (FileNotFoundError, ValueError):
        return
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if _group_of(process) == group and "airflow" in " ".join(process.cmdline()):
                process.kill()


def drain(server: Server) -> None:
    """Runs every landing DAG, then the pipeline run that their assets trigger, to the end.

    Raises a Fault if one of them failed, after what the failed task said.
    """
    fail_left_over(server)
    *first, last = wait_for_dags(server)
    progress = Progress(server.home)
    since = datetime.now().astimezone().isoformat()
    # The pipeline sleeps until the last source lands, so that one run of it drains them all.
    server.pause("pipeline", True)
    try:
        follow(server, progress, since, first)
    finally:
        with suppress(Fault, httpx.HTTPError):
            server.pause("pipeline", False)
    runs = follow(server, progress, since, [last])
    failed = sorted({run["dag_id"] for run in runs if run["state"] == "failed"})
    if failed:
        raise Fault(f"Airflow could not run {', '.join(failed)}", "mend what is said above, then run this again")
    if all(run["dag_id"] != "pipeline" for run in runs):
        raise Fault("Airflow landed the sources and did not start the pipeline", "run this again")


def follow(server: Server, progress: Progress, since: str, dag_ids: list[str]) -> list[dict[str, Any]]:
    """Triggers DAGs and waits until all runs after ``since`` have ended; returns these runs."""
    for dag_id in dag_ids:
        server.call("POST", f"/dags/{dag_id}/dagRuns", body={"logical_date": None})
    recent = {"run_after_gte": since, "limit": 1000}

    def ended() -> list[dict[str, Any]] | None:
        runs = server.call("GET", "/dags/~/dagRuns", params=recent)["dag_runs"]
        return runs if all(run["state"] in ENDED for run in runs) else None

    while True:
        server.check()
        # Before a run ends, its news is queued; what takes the news off the queue makes the run that it starts. So
        # where runs have ended, then nothing is queued, the runs that are there then are all.
        runs = ended() if ended() is not None and not _queued(server) else None
        tasks = server.call("GET", "/dags/~/dagRuns/~/taskInstances", params=recent)["task_instances"]
        progress.show(tasks)
        if runs is not None:
            return runs
        time.sleep(0.5)


def _queued(server: Server) -> int:
    """How much news waits for the pipeline."""
    return server.call("GET", "/dags/pipeline/assets/queuedEvents")["total_entries"]


def fail_left_over(server: Server) -> None:
    """Marks as failed what a killed `siang airflow` left unfinished: it would hold up the new runs."""
    for run in server.call("GET", "/dags/~/dagRuns", params={"state": ["queued", "running"]})["dag_runs"]:
        path = f"/dags/{run['dag_id']}/dagRuns/{run['dag_run_id']}"
        server.call("PATCH", path, body={"state": "failed"})


def wait_for_dags(server: Server) -> list[str]:
    """The ids of the landing DAGs, once the DAG folder has been read by this Airflow."""
    started = psutil.Process(server.children["dag-processor"].pid).create_time()
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        server.check()
        errors = server.call("GET", "/importErrors")["import_errors"]
        if errors:
            typer.echo(errors[0]["stack_trace"], err=True)
            raise Fault(f"{errors[0]['filename']} cannot be imported", "mend what is said above")
        dags = server.call("GET", "/dags", params={"limit": 1000})["dags"]
        fresh = {dag["dag_id"] for dag in dags if _moment(dag["last_parsed_time"]) >= started}
        landing = sorted(dag_id for dag_id in fresh if dag_id.startswith("land_"))
        if landing and "pipeline" in fresh:
            for dag_id in landing:
                server.pause(dag_id, False)
            return landing
        time.sleep(0.3)
    raise Fault(f"Airflow did not find its DAGs in {START_SECONDS} s", f"look into {server.home}/dag-processor.log")


def _moment(stamp: str | None) -> float:
    return datetime.fromisoformat(stamp).timestamp() if stamp else 0.0


class Progress:
    """Tells what tasks do: when one starts, what it says, when it ends and how long it took."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.told: dict[TaskKey, int] = {}
        self.ended: set[TaskKey] = set()

    def show(self, tasks: list[dict[str, Any]]) -> None:
        """Prints what is new. ``tasks`` are task instances as the REST API gives them."""
        for task in sorted(tasks, key=lambda task: task["start_date"] or "9999"):
            key = (task["dag_id"], task["dag_run_id"], task["task_id"], task["try_number"])
            if task["start_date"] is None or task["try_number"] == 0 or key in self.ended:
                continue
            if task["state"] in {"scheduled", "queued"}:
                continue
            name = f"{task['dag_id']}.{task['task_id']}"
            if key not in self.told:
                self.told[key] = 0
                self.say(name, "started")
            self.repeat(key)
            if task["state"] in STATES:
                self.ended.add(key)
                seconds = f" after {task['duration']:.1f} s" if task["duration"] is not None else ""
                log = "" if task["state"] == "success" else f"; its log is {self.log(key)}"
                self.say(name, STATES[task["state"]] + seconds + log)

    def log(self, key: TaskKey) -> Path:
        dag_id, run_id, task_id, attempt = key
        return self.home / f"logs/dag_id={dag_id}/run_id={run_id}/task_id={task_id}/attempt={attempt}.log"

    def repeat(self, key: TaskKey) -> None:
        """Prints the lines that the command has printed since the last time, as they are."""
        try:
            with self.log(key).open("rb") as file:
                file.seek(self.told[key])
                new = file.read()
        except FileNotFoundError:
            return
        whole = new[: new.rfind(b"\n") + 1]
        self.told[key] += len(whole)
        for line in whole.splitlines():
            entry = json.loads(line)
            said = str(entry["event"])
            if "SubprocessHook" in entry.get("logger", "") and not said.startswith(HOOK_WORDS):
                typer.echo(said)
            elif entry.get("level") == "error":
                causes = [f"{cause['exc_type']}: {cause['exc_value']}" for cause in entry.get("error_detail", [])]
                typer.echo("; ".join([said, *causes]))

    @staticmethod
    def say(name: str, words: str) -> None:
        typer.echo(f"{datetime.now():%H:%M:%S} {name} {words}")
