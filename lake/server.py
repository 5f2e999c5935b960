"""Connect servers of our own, on loopback, with a token, left warm: the pipeline's of a lake, and that of its readers.

The reader's can read the open layers of its lake and nothing else, whatever is sent to it (``lake.confine``).
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Literal

import psutil

from lake import confine, files, lock
from lake.settings import PROJECT, settings
from lake.staleness import tree_version
from lake.tables import open_layers
from schemas.config_folder import config_folder
from schemas.errors import UserError

START_SECONDS = 90
_LOGGING = Path(__file__).with_name("log4j2.properties")
_PYSPARK = Path(find_spec("pyspark").submodule_search_locations[0])  # type: ignore[union-attr,index]
_READER_MEMORY = "1g"
_SYSTEM_FILES = (
    "/dev/random", "/dev/urandom", "/etc/alternatives", "/etc/group", "/etc/host.conf", "/etc/hosts", "/etc/java",
    "/etc/java-17-openjdk", "/etc/java-21-openjdk", "/etc/ld.so.cache", "/etc/localtime", "/etc/nsswitch.conf",
    "/etc/passwd", "/etc/pki", "/etc/resolv.conf", "/etc/ssl", "/proc/cgroups", "/proc/cpuinfo", "/proc/meminfo",
    "/proc/self", "/proc/stat", "/proc/sys/vm", "/sys/devices/system/cpu", "/sys/fs/cgroup",
)  # fmt: skip
"""What Java and a shell read to start."""
MEANINGS = {"spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "true"}
"""Settings without which the same question would have another answer."""
PACKAGES = ("jobs", "nlp", "lake", "schemas")
Role = Literal["server", "reader"]
"""What a server is for: the pipeline's own, or people's queries. Its files in the run folder bear this name."""


@dataclass(frozen=True)
class Server:
    """A running server: its port on loopback, its token, and the code that its workers have loaded."""

    port: int
    token: str
    code: str

    @property
    def address(self) -> str:
        # Any host but the word localhost makes a client with a token ask for TLS.
        return f"sc://localhost:{self.port}/;token={self.token};user_id=siang"


def code_version() -> str:
    """Changes whenever a source or schema file does: workers keep the modules that they have imported."""
    own = config_folder()
    folders = [*(PROJECT / package for package in PACKAGES), *([own] if own else [])]
    return f"{tree_version(folders, ('.py', '.yaml', '.csv'))} {own or ''}".rstrip()


def _lock_path(role: Role) -> Path:
    return settings().run_folder / f"{role}.lock"


def _state_path(role: Role) -> Path:
    return settings().run_folder / f"{role}.json"


def _mark(role: Role) -> str:
    """Found on the command line of this lake's server, and of no other process."""
    return f"-Dsiang.{role}={settings().run_folder}"


def running(role: Role = "server") -> Server | None:
    """The server of this lake, where one is up and ready."""
    if not lock.is_held(_lock_path(role)):
        return None
    try:
        return Server(**json.loads(_state_path(role).read_text()))
    except (FileNotFoundError, json.JSONDecodeError, TypeError):
        return None


def processes(role: Role = "server") -> list[psutil.Process]:
    """The processes of this lake's server, found by what stands on their command line."""
    mark = _mark(role)
    found: list[psutil.Process] = []
    for process in psutil.process_iter(["cmdline"]):
        if mark in " ".join(process.info["cmdline"] or []):
            found.append(process)
    return found


def stop(role: Role = "server") -> bool:
    """Stops this lake's server and whatever it runs; True where there was one."""
    doomed = processes(role)
    for process in list(doomed):
        doomed.extend(process.children(recursive=True))
    for process in doomed:
        try:
            process.send_signal(signal.SIGTERM)
        except psutil.NoSuchProcess:
            continue
    _, alive = psutil.wait_procs(doomed, timeout=10)
    for process in alive:
        process.kill()
    psutil.wait_procs(alive, timeout=10)
    _state_path(role).unlink(missing_ok=True)
    return bool(doomed)


def stop_all() -> bool:
    """Stops the servers of this lake; True where there was one."""
    return any([stop("server"), stop("reader")])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def spark_settings() -> dict[str, str]:
    """What every session of ours needs, on a server or in process."""
    config = settings()
    jars = sorted(str(path) for path in config.jars.glob("delta-*.jar"))
    if not any("delta-spark" in jar for jar in jars):
        raise UserError(f"the Delta JARs are not in {config.jars}", "run 'make setup', or point SIANG_JARS at them")
    cores = config.spark_cores or os.cpu_count() or 2
    found = {
        "spark.master": f"local[{cores}]",
        "spark.jars": ",".join(jars),
        "spark.driver.memory": config.spark_memory,
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.sql.catalogImplementation": "in-memory",
        # Folders of a lake are for the owner and the group: lake.files.
        "spark.hadoop.fs.permissions.umask-mode": "027",
        "spark.sql.warehouse.dir": f"{config.run_folder}/warehouse",
        **MEANINGS,
        # Small tables are many here and large ones few: partitions follow the data (adaptive execution).
        "spark.sql.shuffle.partitions": str(max(4, 2 * cores)),
        "spark.databricks.delta.snapshotPartitions": "1",
        # VACUUM lists a table's folders in this many tasks; by default ten thousand, half a minute a table.
        "spark.sql.sources.parallelPartitionDiscovery.parallelism": str(max(4, 2 * cores)),
        # Each stage that ends describes the whole plan to a page that nobody sees: briefly, it costs a fraction.
        "spark.sql.ui.explainMode": "simple",
        "spark.databricks.delta.schema.autoMerge.enabled": "false",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "4000",
        "spark.connect.session.manager.defaultSessionTimeout": "24h",
        "spark.python.worker.faulthandler.enabled": "true",
        "spark.pyspark.python": sys.executable,
        "spark.executorEnv.OMP_NUM_THREADS": "1",
    }
    if any(root.startswith("s3a://") for root in (config.lake, config.restricted)):
        found["spark.driver.extraClassPath"] = ":".join(_s3_jars(config.jars))
    if config.s3_endpoint:
        found |= {
            "spark.hadoop.fs.s3a.endpoint": config.s3_endpoint,
            "spark.hadoop.fs.s3a.endpoint.region": os.environ.get("AWS_REGION", "us-east-1"),
            "spark.hadoop.fs.s3a.path.style.access": "true",
            "spark.hadoop.fs.s3a.connection.ssl.enabled": str(config.s3_endpoint.startswith("https")).lower(),
        }
    return found


def _s3_jars(folder: Path) -> list[str]:
    """The JARs that only a lake on S3 needs: on the class path, since spark.jars copies its 690 MB at each start."""
    found = sorted(str(path) for path in folder.glob("*.jar") if not path.name.startswith("delta-"))
    if not any("hadoop-aws" in jar for jar in found):
        raise UserError(f"the JARs of S3 are not in {folder}", "run 'make setup-s3', or point SIANG_JARS at them")
    return found


def start(role: Role = "server") -> Server:
    """Starts a server of this lake and waits until it answers. Raises UserError where it does not."""
    config = settings()
    held = lock.take(_lock_path(role), wait_seconds=0)
    if held is None:
        # Whoever started it died before it could say where it listens.
        stop(role)
        held = lock.take(_lock_path(role), wait_seconds=10)
    if held is None:
        raise UserError(
            f"another process holds the lake {config.lake}",
            "end the session that runs on it with SIANG_SPARK=local, or wait for it",
        )
    os.set_inheritable(held, True)
    _state_path(role).unlink(missing_ok=True)
    server = Server(_free_port(), secrets.token_urlsafe(24), code_version())
    command = _command(role, server.port)
    environment = {
        **os.environ,
        "SPARK_HOME": str(_PYSPARK),
        "SPARK_CONNECT_AUTHENTICATE_TOKEN": server.token,
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "OMP_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "",
    }
    log = config.run_folder / f"{role}.log"
    with _private(log) as output:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=config.run_folder,
            pass_fds=(held,),
            start_new_session=True,  # it outlives this command, and a Ctrl-C meant for it
        )
    os.close(held)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise UserError(f"the Spark server ended while it started (its log: {log})", "read the log's last lines")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", server.port)) == 0:
                break
        time.sleep(0.1)
    else:
        stop(role)
        raise UserError(f"the Spark server did not answer within {START_SECONDS} s (its log: {log})", "try again")
    return server


def _command(role: Role, port: int) -> list[str]:
    options = spark_settings()
    java = [
        _mark(role),
        "-XX:+UseParallelGC",
        "-Djava.awt.headless=true",
        f"-Dlog4j2.configurationFile={_LOGGING.as_uri()}",
    ]
    rules = None
    if role == "reader":
        scratch, ports = _scratch(), (port, _free_port(), _free_port())
        rules = _reader_rules(scratch, ports) if confine.is_possible() else None
        options |= {
            "spark.driver.memory": _READER_MEMORY,
            "spark.driver.port": str(ports[1]),
            "spark.blockManager.port": str(ports[2]),
            "spark.port.maxRetries": "1",
            "spark.local.dir": str(scratch),
            "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        }
        java += [f"-Djava.io.tmpdir={scratch}", "-XX:-UsePerfData"]
    options["spark.connect.grpc.binding.address"] = "127.0.0.1"
    options["spark.connect.grpc.binding.port"] = str(port)
    options["spark.connect.grpc.maxInboundMessageSize"] = str(256 * 1024 * 1024)
    options["spark.driver.extraJavaOptions"] = " ".join(java)
    command = [str(_PYSPARK / "bin" / "spark-submit")]
    for name, value in options.items():
        command += ["--conf", f"{name}={value}"]
    command += ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal"]
    return confine.confined(command, rules) if rules else command


def _scratch() -> Path:
    """The one folder in which a reader's server may write: what it sorts or joins beyond its memory."""
    folder = settings().run_folder / "reader"
    shutil.rmtree(folder, ignore_errors=True)
    files.make_folder(folder, files.OWNER)
    return folder


def _reader_rules(scratch: Path, ports: tuple[int, ...]) -> confine.Rules:
    """What the server of readers keeps: Java, the open layers of the lake, its scratch folder, ports of its own."""
    config = settings()
    java = shutil.which("java")
    home = os.environ.get("JAVA_HOME") or (str(Path(java).resolve().parents[1]) if java else "/usr/lib/jvm")
    is_local = "://" not in config.lake
    return confine.Rules(
        read=(
            *(f"{config.lake}/{layer}" for layer in open_layers() if is_local),
            *_SYSTEM_FILES,
            str(config.jars),
            str(_LOGGING),
        ),
        run=("/bin", "/lib", "/lib64", "/usr", home, str(_PYSPARK)),
        write=(str(scratch), "/dev/null"),
        ports=ports if is_local else None,  # an object store is reached over the network
    )


def _private(path: Path) -> IO[bytes]:
    """A file to write that nobody but its owner could read at any time."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def publish(server: Server, role: Role = "server") -> None:
    """Lets other processes find the server; said only once its tables are known by name.

    Whoever has the pipeline's token runs code as it does (Connect takes functions in Python), so only the owner reads
    it.
    """
    state = _state_path(role)
    draft = state.with_suffix(f".{os.getpid()}")
    with _private(draft) as stream:
        stream.write(json.dumps(asdict(server)).encode())
    os.replace(draft, state)
