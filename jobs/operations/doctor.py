"""`siang doctor`: checks whether this machine can run Siang, and says what to do if not."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import psutil

from lake import confine
from lake.settings import PROJECT, Settings, settings
from schemas.config_folder import NAMES, config_folder, unexpected_names
from schemas.contract_files import wrong_contracts
from schemas.errors import UserError

JAR_LIST = PROJECT / "setup" / "jars.txt"
DISK_GIB = 5
MEMORY_GIB = 4
WORKER_SECONDS = 60
WORKERS_IMPORT = (
    "pyspark.worker",
    "pyarrow",
    "pandas",
    "jobs.pipeline.parse",
    "jobs.pipeline.ingest",
    "jobs.pipeline.classify",
)
"""Modules that the functions on Spark workers need."""
GIB = 1024**3


@dataclass(frozen=True)
class Check:
    """A requirement: its name, whether it is met, the current value, and the remedy if it is not met."""

    name: str
    is_ok: bool
    value: str
    remedy: str

    def __str__(self) -> str:
        if self.is_ok:
            return f"ok       {self.name}: {self.value}"
        return f"missing  {self.name}: {self.value}; {self.remedy}"


def check_all() -> list[Check]:
    """All checks, on this machine with the settings of this process. Starts no Spark server."""
    here = settings()
    on_s3 = any(root.startswith("s3a://") for root in (here.lake, here.restricted))
    return [
        check_python(sys.version_info[:3]),
        check_java(java_version()),
        *check_jars(here.jars, JAR_LIST.read_text(encoding="utf-8"), on_s3=on_s3),
        check_writable(here.home),
        check_disk(here.home),
        check_memory(psutil.virtual_memory().available),
        check_workers(here.spark),
        check_confinement(here.spark, is_possible=confine.is_possible()),
        *check_landing(here),
        check_configuration(),
        *check_contracts(),
    ]


def show() -> int:
    """Prints every check on a line. Returns the exit code, 1 if a requirement is not met."""
    checks = check_all()
    for check in checks:
        print(check)
    return 0 if all(check.is_ok for check in checks) else 1


def check_python(installed: tuple[int, ...]) -> Check:
    """Whether the version of Python, such as (3, 11, 4), is at least 3.11."""
    version = ".".join(map(str, installed))
    return Check("Python", installed >= (3, 11), version, "create the environment again with Python 3.11 or newer")


def java_version() -> str:
    """The output of ``java -version``, of JAVA_HOME or else of the PATH; empty if there is no Java."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin" if home else None)
    if not java:
        return ""
    return subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr


def check_java(output: str) -> Check:
    """Spark 4.2 needs Java 17 or 21. ``output`` is the output of ``java -version``."""
    version = re.search(r'version "(\d+)[^"]*"', output)
    value = version[0].removeprefix("version ").strip('"') if version else "no java in JAVA_HOME or on the PATH"
    is_ok = version is not None and version[1] in {"17", "21"}
    return Check("Java", is_ok, value, "install JDK 17 or 21, or set JAVA_HOME to one")


def check_jars(folder: Path, listed: str, *, on_s3: bool) -> Iterator[Check]:
    """Checks the JARs that this lake needs by the checksums of ``setup/jars.txt`` (``listed`` is its text)."""
    for line in listed.splitlines():
        if not line.startswith(("delta ", "s3 ") if on_s3 else "delta "):
            continue
        kind, _, artifact, version, sha256 = line.split()
        jar = folder / f"{artifact}-{version}.jar"
        if not jar.is_file():
            value = f"not in {folder}"
        elif hashlib.sha256(jar.read_bytes()).hexdigest() != sha256:
            value = f"{jar} does not have the pinned checksum"
        else:
            yield Check(jar.name, True, "as pinned", "")
            continue
        target, stamp = ("setup-s3", ".jars-s3") if kind == "s3" else ("setup", ".jars")
        yield Check(jar.name, False, value, f"remove {folder.parent / stamp} and run `make {target}`")


def check_writable(home: Path) -> Check:
    """Whether the state folder can be created and written to."""
    remedy = "set SIANG_HOME to a writable folder"
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            return Check("State folder", True, str(home), remedy)
    except OSError as error:
        return Check("State folder", False, f"{home}: {error.strerror}", remedy)


def check_disk(home: Path) -> Check:
    """Whether the disk of the state folder has at least ``DISK_GIB`` GiB free."""
    folder = next(path for path in (home, *home.parents) if path.exists())
    free = shutil.disk_usage(folder).free / GIB
    remedy = f"free at least {DISK_GIB} GiB there or set SIANG_HOME to a larger disk"
    return Check("Disk", free >= DISK_GIB, f"{free:.0f} GiB free at {folder}", remedy)


def check_confinement(endpoint: str, *, is_possible: bool) -> Check:
    """Whether the server for queries can be restricted to reading. It works without that too."""
    if endpoint:
        value = "the server of SIANG_SPARK must itself prevent queries from writing"
    else:
        value = (
            "can only read the lake"
            if is_possible
            else "checked, but not confined, which needs Linux 6.7 with Landlock"
        )
    return Check("Queries", True, value, "")


def check_memory(available: int) -> Check:
    """``available``: free memory in bytes."""
    free = available / GIB
    remedy = f"close other programs: Spark and Airflow need {MEMORY_GIB} GiB"
    return Check("Memory", free >= MEMORY_GIB, f"{free:.0f} GiB free", remedy)


def check_workers(endpoint: str, python: str = sys.executable) -> Check:
    """Imports the modules of a Spark worker, with the Python of the workers or on the external server.

    Args:
        endpoint: ``SIANG_SPARK``.
        python: the Python of workers in this process and on the server of the lake.
    """
    if endpoint.startswith("sc://"):
        return _check_remote_workers(endpoint)
    with tempfile.TemporaryDirectory() as elsewhere:  # modules must be importable from any folder
        command = [python, "-c", "import " + ", ".join(WORKERS_IMPORT)]
        try:
            run = subprocess.run(
                command, cwd=elsewhere, capture_output=True, text=True, check=False, timeout=WORKER_SECONDS
            )
            problem = (
                "" if run.returncode == 0 else (run.stderr.strip().splitlines() or ["it ended without output"])[-1]
            )
        except OSError as error:
            problem = str(error.strerror)
        except subprocess.TimeoutExpired:
            problem = f"it did not end within {WORKER_SECONDS} s"
    value = f"{python}: {problem}" if problem else python
    return Check("Python of the workers", not problem, value, "create the environment again with `make setup`")


def _check_remote_workers(endpoint: str) -> Check:
    """Runs the imports on a worker of an external server."""
    from lake.session import open_session

    modules = WORKERS_IMPORT

    def answer(batches: Iterator[Any]) -> Iterator[Any]:
        for module in modules:
            import_module(module)
        yield from batches

    remedy = "on the server, set PYSPARK_PYTHON to a Python with the packages of requirements.lock"
    try:
        with open_session() as spark:
            answered = spark.range(1).mapInArrow(answer, "id long").count() == 1
    except UserError as error:
        return Check("Python of the workers", False, error.what, error.remedy)
    except Exception as error:
        return Check("Python of the workers", False, f"workers of {endpoint} end with {type(error).__name__}", remedy)
    return Check("Python of the workers", answered, f"workers of {endpoint} answer", remedy)


def check_configuration() -> Check:
    """The folder of ``SIANG_CONFIG`` and what it holds; a name that is not read is an error, since it is ignored."""
    remedy = f"name its files {', '.join(NAMES)}"
    try:
        folder, unexpected = config_folder(), unexpected_names()
    except UserError as error:
        return Check("Configuration", False, error.what, error.remedy)
    if folder is None:
        return Check("Configuration", True, "the built-in one", "")
    if unexpected:
        return Check("Configuration", False, f"{folder} has {', '.join(unexpected)}, which nothing reads", remedy)
    held = [name for name in NAMES if (folder / name).exists()]
    return Check("Configuration", True, f"{folder}: {', '.join(held) or 'empty'}", "")


def check_contracts() -> Iterator[Check]:
    """A wrong contract stops only its own source."""
    for source_id, error in wrong_contracts().items():
        reason = f"{error.what}: {error.problem}"
        yield Check(f"Contract of {source_id}", False, reason, "fix it; files of the source wait until then")


def check_landing(here: Settings) -> Iterator[Check]:
    """A landing folder that was set must exist; the default one is created and filled with samples."""
    if "://" in here.landing or here.landing == str(here.home / "landing"):
        return
    folder = Path(here.landing)
    remedy = "set SIANG_LANDING to the folder with your exports"
    yield Check("Landing folder", folder.is_dir(), str(folder), remedy)
