"""The processes of a local Airflow: on loopback only, with state in one folder, ended with this process."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

import psutil

from jobs.operations.airflow.server import Server, wait_until_healthy
from lake import files
from lake.settings import PROJECT, settings
from schemas.errors import UserError

# SQLite allows one writing connection at a time. The REST API writes its audit log on its event loop, where it blocks
# all other requests of its process until the time-out of SQLite, including the request that holds the lock. So tasks
# report to a separate process, and only the process of the REST API has a short time-out.
COMPONENTS = {
    "api-server": ("api-server", "--apps", "core", "--workers", "1"),
    "execution-server": ("api-server", "--apps", "execution", "--workers", "1"),
    # Without --skip-serve-logs it would serve its logs on all network interfaces.
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
}
LOCK_SECONDS = {"api-server": 5}
LONGEST_LOCK_SECONDS = 120
STOP_SECONDS = 10
SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def airflow(*, reread_seconds: int) -> Generator[Server, None, None]:
    """A running Airflow, stopped at the end of the block.

    ``reread_seconds``: interval between two readings of the DAG files. Raises UserError if it does not start in time or
    if another one runs in the same home.
    """
    home = settings().home / "airflow"
    files.make_folder(home, files.GROUP)
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError(
                f"Airflow already runs in {home}",
                "stop it (Ctrl-C in its terminal), then run this again",
            ) from None
        stop_left_over(home)
        port, execution_port = free_ports(2)
        variables = environment(home, port, execution_port, reread_seconds)
        children: dict[str, subprocess.Popen[bytes]] = {}
        former = {number: signal.signal(number, _exit_on_signal) for number in SIGNALS}
        try:
            migrate(home, variables)
            for name, words in COMPONENTS.items():
                ours = variables | database(home, name) | ports(name, execution_port)
                children[name] = start(home, name, words, ours, group=_group(children))
            (home / "group").write_text(str(_group(children)))
            yield wait_until_healthy(Server(home, port, execution_port, children))
        finally:
            _ignore_signals()
            stop(children)
            (home / "group").unlink(missing_ok=True)
            for number, handler in former.items():
                signal.signal(number, handler)


def _exit_on_signal(number: int, frame: object) -> NoReturn:
    # The exit runs the cleanup of the blocks, which a second signal (make forwards that of the terminal) must not
    # interrupt.
    _ignore_signals()
    raise SystemExit(128 + number)


def _ignore_signals() -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _group(children: dict[str, subprocess.Popen[bytes]]) -> int:
    return next(iter(children.values())).pid if children else 0


def environment(home: Path, port: int, execution_port: int, reread_seconds: int) -> dict[str, str]:
    """The environment variables of Airflow and its tasks."""
    here = settings()
    secret = secrets.token_hex(32)
    address = f"http://127.0.0.1:{port}"
    ours = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "2",
        # With another start method each task would import Airflow again, which takes seconds.
        "AIRFLOW__CORE__MP_START_METHOD": "fork",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{execution_port}/execution/",
        # All users of loopback are admitted, because this is meant for the machine of one person.
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__API__SECRET_KEY": secret,
        "AIRFLOW__API_AUTH__JWT_SECRET": secret,
        # A task may take hours, and its token must be valid as long.
        "AIRFLOW__EXECUTION_API__JWT_EXPIRATION_TIME": str(7 * 24 * 3600),
        # A task that must wait for another writer to report waits as long as the database.
        "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": str(LONGEST_LOCK_SECONDS),
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": str(reread_seconds),
        "AIRFLOW__DAG_PROCESSOR__PRINT_STATS_INTERVAL": "0",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "PYTHONUNBUFFERED": "1",
        # A task runs in its own folder, where relative paths would be wrong.
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
    # Connections, such as the mail server of alerts, come from the user; everything else is set here.
    foreign = re.compile("AIRFLOW_(?!CONN_)")
    theirs = {key: value for key, value in os.environ.items() if not foreign.match(key)}
    return theirs | ours


def database(home: Path, component: str) -> dict[str, str]:
    """The variable with the database of a component and its time-out while another one writes."""
    seconds = LOCK_SECONDS.get(component, LONGEST_LOCK_SECONDS)
    return {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}?timeout={seconds}"}


def ports(component: str, execution_port: int) -> dict[str, str]:
    """The variable with the port of the component that tasks report to; others use the port of the web page."""
    return {"AIRFLOW__API__PORT": str(execution_port)} if component == "execution-server" else {}


def free_ports(count: int) -> list[int]:
    """Different free ports of loopback."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def migrate(home: Path, variables: dict[str, str]) -> None:
    """Migrates the database to this version of Airflow, if that was not done."""
    stamp = home / "migrated"
    wanted = version("apache-airflow-core")
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    migration = start(home, "migrate", ("db", "migrate"), variables | database(home, "migrate"), group=0)
    if migration.wait() != 0:
        raise UserError(f"the database of Airflow in {home} could not be created", f"read {home}/migrate.log")
    stamp.write_text(wanted)


def start(
    home: Path, name: str, words: tuple[str, ...], variables: dict[str, str], *, group: int
) -> subprocess.Popen[bytes]:
    """Starts an `airflow` command as a child process in a group (0: its own group), with a log file."""
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


def stop(children: dict[str, subprocess.Popen[bytes]]) -> None:
    """Ends the children and their descendants, except the Spark server, which keeps running."""
    group = _group(children)
    family = [process for child in children.values() for process in _process_tree(child.pid)]
    # Airflow starts each command in its own group. A command may need time to finish a commit.
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
        # Processes that were started in the meantime.
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
    for child in children.values():
        child.wait()


def _process_tree(pid: int) -> list[psutil.Process]:
    """A process and its descendants, without Spark servers and their descendants."""
    try:
        process = psutil.Process(pid)
        if any("SparkConnectServer" in word for word in process.cmdline()):
            return []
        return [process, *(below for child in process.children() for below in _process_tree(child.pid))]
    except psutil.Error:
        return []


def _group_of(process: psutil.Process) -> int | None:
    try:
        return os.getpgid(process.pid)
    except ProcessLookupError:
        return None


def stop_left_over(home: Path) -> None:
    """Ends the processes that a killed `siang airflow` left running in this home."""
    try:
        group = int((home / "group").read_text())
    except (FileNotFoundError, ValueError):
        return
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if _group_of(process) == group and "airflow" in " ".join(process.cmdline()):
                process.kill()
