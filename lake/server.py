"""The two Spark Connect servers of a lake, on loopback, with a token: one for the pipeline, one for readers.

They keep running after a command. The server for readers can only read the open layers (``lake.confine``).
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
_PYSPARK = Path(find_spec("pyspark").submodule_search_locations[0])  # pyright: ignore[reportOptionalMemberAccess, reportOptionalSubscript]
_READER_MEMORY = "1g"
_SYSTEM_FILES = (
    "/dev/random", "/dev/urandom", "/etc/alternatives", "/etc/group", "/etc/host.conf", "/etc/hosts", "/etc/java",
    "/etc/java-17-openjdk", "/etc/java-21-openjdk", "/etc/ld.so.cache", "/etc/localtime", "/etc/nsswitch.conf",
    "/etc/passwd", "/etc/pki", "/etc/resolv.conf", "/etc/ssl", "/proc/cgroups", "/proc/cpuinfo", "/proc/meminfo",
    "/proc/self", "/proc/stat", "/proc/sys/vm", "/sys/devices/system/cpu", "/sys/fs/cgroup",
)  # fmt: skip
"""Files that Java and a shell need to start."""
RESULT_SETTINGS = {"spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "true"}
"""Settings that results of queries depend on."""
PACKAGES = ("jobs", "nlp", "lake", "schemas")
Role = Literal["server", "reader"]
"""The purpose of a server: the pipeline, or queries of readers. Its files in the run folder have this name."""


@dataclass(frozen=True)
class Server:
    """A running server: its port on loopback, its token, and the version of the code that its workers use."""

    port: int
    token: str
    code: str

    @property
    def address(self) -> str:
        """The Spark Connect address of the server, with the token."""
        # With any other host name, a client with a token requires TLS.
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


def _process_option(role: Role) -> str:
    """A Java option on the command line of the server of this lake, and of no other process."""
    return f"-Dsiang.{role}={settings().run_folder}"


def running_server(role: Role = "server") -> Server | None:
    """The server of this lake, if it is running and ready."""
    if not lock.is_held(_lock_path(role)):
        return None
    try:
        return Server(**json.loads(_state_path(role).read_text()))
    except (FileNotFoundError, json.JSONDecodeError, TypeError):
        return None


def processes(role: Role = "server") -> list[psutil.Process]:
    """The processes of the server of this lake, identified by their command line."""
    option = _process_option(role)
    matching: list[psutil.Process] = []
    for process in psutil.process_iter(["cmdline"]):
        if option in " ".join(process.info["cmdline"] or []):
            matching.append(process)
    return matching


def stop(role: Role = "server") -> bool:
    """Stops the server of this lake with its child processes. Returns whether there was one."""
    running = processes(role)
    for process in list(running):
        running.extend(process.children(recursive=True))
    for process in running:
        try:
            process.send_signal(signal.SIGTERM)
        except psutil.NoSuchProcess:
            continue
    _, alive = psutil.wait_procs(running, timeout=10)
    for process in alive:
        process.kill()
    psutil.wait_procs(alive, timeout=10)
    _state_path(role).unlink(missing_ok=True)
    return bool(running)


def stop_all() -> bool:
    """Stops both servers of this lake. Returns whether there was one."""
    return any([stop("server"), stop("reader")])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def spark_settings() -> dict[str, str]:
    """The Spark settings of every session, on a server or in this process."""
    config = settings()
    jars = sorted(str(path) for path in config.jars.glob("delta-*.jar"))
    if not any("delta-spark" in jar for jar in jars):
        raise UserError(
            f"the Delta JARs are not in {config.jars}", "run 'make setup', or set SIANG_JARS to their folder"
        )
    cores = config.spark_cores or os.cpu_count() or 2
    options = {
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
        # Folders of a lake are readable by the owner and the group: see lake.files.
        "spark.hadoop.fs.permissions.umask-mode": "027",
        "spark.sql.warehouse.dir": f"{config.run_folder}/warehouse",
        **RESULT_SETTINGS,
        # Most tables are small; adaptive execution fits partitions to the data.
        "spark.sql.shuffle.partitions": str(max(4, 2 * cores)),
        "spark.databricks.delta.snapshotPartitions": "1",
        # VACUUM lists folders in this many tasks. The default is ten thousand, which takes half a minute per table.
        "spark.sql.sources.parallelPartitionDiscovery.parallelism": str(max(4, 2 * cores)),
        # Each finished stage formats the whole plan for a page that is not shown; the simple form is much faster.
        "spark.sql.ui.explainMode": "simple",
        "spark.databricks.delta.schema.autoMerge.enabled": "false",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "4000",
        "spark.connect.session.manager.defaultSessionTimeout": "24h",
        "spark.python.worker.faulthandler.enabled": "true",
        "spark.pyspark.python": sys.executable,
        "spark.executorEnv.OMP_NUM_THREADS": "1",
    }
    if any(root.startswith("s3a://") for root in (config.lake, config.restricted)):
        options["spark.driver.extraClassPath"] = ":".join(_s3_jars(config.jars))
    if config.s3_endpoint:
        options |= {
            "spark.hadoop.fs.s3a.endpoint": config.s3_endpoint,
            "spark.hadoop.fs.s3a.endpoint.region": os.environ.get("AWS_REGION", "us-east-1"),
            "spark.hadoop.fs.s3a.path.style.access": "true",
            "spark.hadoop.fs.s3a.connection.ssl.enabled": str(config.s3_endpoint.startswith("https")).lower(),
        }
    return options


def _s3_jars(folder: Path) -> list[str]:
    """The JARs that only a lake on S3 needs; on the class path, because spark.jars would copy 690 MB at each start."""
    jars = sorted(str(path) for path in folder.glob("*.jar") if not path.name.startswith("delta-"))
    if not any("hadoop-aws" in jar for jar in jars):
        raise UserError(f"the JARs of S3 are not in {folder}", "run 'make setup-s3', or set SIANG_JARS to their folder")
    return jars


def start(role: Role = "server") -> Server:
    """Starts a server of this lake and waits until it accepts connections. Raises UserError where it does not."""
    config = settings()
    held = lock.acquire(_lock_path(role), wait_seconds=0)
    if held is None:
        # The process that started the server was killed before it wrote the address.
        stop(role)
        held = lock.acquire(_lock_path(role), wait_seconds=10)
    if held is None:
        raise UserError(
            f"another process holds the lake {config.lake}",
            "end the session with SIANG_SPARK=local that uses it, or wait until it ends",
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
    if role == "reader":
        environment.pop("SPARK_CONF_DIR", None)  # it may not read this folder, and has all settings that it needs
    log = config.run_folder / f"{role}.log"
    with _open_private(log) as output:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=config.run_folder,
            pass_fds=(held,),
            start_new_session=True,  # it continues after this command, and a Ctrl-C does not reach it
        )
    os.close(held)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise UserError(
                f"the Spark server ended while it started (its log: {log})", "read the last lines of the log"
            )
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
        _process_option(role),
        "-XX:+UseParallelGC",
        "-Djava.awt.headless=true",
        f"-Dlog4j2.configurationFile={_LOGGING.as_uri()}",
    ]
    rules = None
    if role == "reader":
        scratch, ports = _make_scratch_folder(), (port, _free_port(), _free_port())
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
    return confine.confined_command(command, rules) if rules else command


def _make_scratch_folder() -> Path:
    """The only folder that the server for readers may write to, for sorts and joins larger than its memory."""
    folder = settings().run_folder / "reader"
    shutil.rmtree(folder, ignore_errors=True)
    files.make_folder(folder, files.OWNER)
    return folder


def _reader_rules(scratch: Path, ports: tuple[int, ...]) -> confine.Rules:
    """What the server for readers may access: Java, the open layers of the lake, its scratch folder, its ports."""
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


def _open_private(path: Path) -> IO[bytes]:
    """A new file, opened for writing, that only its owner can read."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def announce(server: Server, role: Role = "server") -> None:
    """Writes the address of the server for other processes; called when its tables are registered.

    With the token of the pipeline anyone can run code with its rights (Connect accepts Python functions), so only the
    owner can read the file.
    """
    state = _state_path(role)
    draft = state.with_suffix(f".{os.getpid()}")
    with _open_private(draft) as stream:
        stream.write(json.dumps(asdict(server)).encode())
    os.replace(draft, state)
