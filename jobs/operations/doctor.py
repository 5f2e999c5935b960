"""What this machine lacks to run Siang, and the mend: `siang doctor`."""

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
"""What the functions that Spark's workers run stand on."""
GIB = 1024**3


@dataclass(frozen=True)
class Check:
    """One thing that Siang needs: what it is, whether it is there, what was found, and the mend if not."""

    name: str
    is_ok: bool
    value: str
    remedy: str

    def __str__(self) -> str:
        if self.is_ok:
            return f"ok       {self.name}: {self.value}"
        return f"missing  {self.name}: {self.value}; {self.remedy}"


def check_all() -> list[Check]:
    """Every check, on this machine with the settings of this process. Starts no Spark server."""
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
        *check_contracts(),
    ]


def show() -> int:
    """Prints every check, one a line; returns the exit code, 1 if something is missing."""
    checks = check_all()
    for check in checks:
        print(check)
    return 0 if all(check.is_ok for check in checks) else 1


def check_python(found: tuple[int, ...]) -> Check:
    version = ".".join(map(str, found))
    return Check("Python", found >= (3, 11), version, "make the environment anew with Python 3.11 or newer")


def java_version() -> str:
    """What ``java -version`` says, of JAVA_HOME or else of the PATH; empty where there is none."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin" if home else None)
    if not java:
        return ""
    return subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr


def check_java(output: str) -> Check:
    """Spark 4.2 runs on Java 17 and 21. ``said`` is what ``java -version`` printed."""
    version = re.search(r'version "(\d+)[^"]*"', output)
    found = version[0].removeprefix("version ").strip('"') if version else "no java in JAVA_HOME or on the PATH"
    is_ok = version is not None and version[1] in {"17", "21"}
    return Check("Java", is_ok, found, "install a JDK 17 or 21, or set JAVA_HOME to one")


def check_jars(folder: Path, listed: str, *, on_s3: bool) -> Iterator[Check]:
    """The JARs that this lake needs, by the checksums of ``setup/jars.txt`` (``listed`` is its text)."""
    for line in listed.splitlines():
        if not line.startswith(("delta ", "s3 ") if on_s3 else "delta "):
            continue
        kind, _, artifact, version, sha256 = line.split()
        jar = folder / f"{artifact}-{version}.jar"
        if not jar.is_file():
            found = f"not in {folder}"
        elif hashlib.sha256(jar.read_bytes()).hexdigest() != sha256:
            found = f"{jar} is not the file that was pinned"
        else:
            yield Check(jar.name, True, "as pinned", "")
            continue
        target, stamp = ("setup-s3", ".jars-s3") if kind == "s3" else ("setup", ".jars")
        yield Check(jar.name, False, found, f"remove {folder.parent / stamp} and run `make {target}`")


def check_writable(home: Path) -> Check:
    mend = "set SIANG_HOME to a folder that you may write to"
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            return Check("State folder", True, str(home), mend)
    except OSError as error:
        return Check("State folder", False, f"{home}: {error.strerror}", mend)


def check_disk(home: Path) -> Check:
    folder = next(path for path in (home, *home.parents) if path.exists())
    free = shutil.disk_usage(folder).free / GIB
    mend = f"free at least {DISK_GIB} GiB there or set SIANG_HOME to a larger disk"
    return Check("Disk", free >= DISK_GIB, f"{free:.0f} GiB free at {folder}", mend)


def check_confinement(endpoint: str, *, is_possible: bool) -> Check:
    """Whether the server of queries can be kept from all but reading; it answers without that too."""
    if endpoint:
        found = "SIANG_SPARK names the server, which has to keep queries from writing"
    else:
        found = "can only read the lake" if is_possible else "judged, but not confined: needs Linux 6.7 with Landlock"
    return Check("Queries", True, found, "")


def check_memory(available: int) -> Check:
    """``available``: bytes that processes can still have."""
    free = available / GIB
    mend = f"end other programs: Spark and Airflow need {MEMORY_GIB} GiB"
    return Check("Memory", free >= MEMORY_GIB, f"{free:.0f} GiB free", mend)


def check_workers(endpoint: str, python: str = sys.executable) -> Check:
    """Runs what a worker of Spark runs: by the Python that workers get, or on the server that others run.

    Args:
        endpoint: ``SIANG_SPARK``.
        python: what workers run in process and on a server of our own, whatever the PATH says.
    """
    if endpoint.startswith("sc://"):
        return _check_remote_workers(endpoint)
    with tempfile.TemporaryDirectory() as elsewhere:  # modules must be found from any folder
        command = [python, "-c", "import " + ", ".join(WORKERS_IMPORT)]
        try:
            run = subprocess.run(
                command, cwd=elsewhere, capture_output=True, text=True, check=False, timeout=WORKER_SECONDS
            )
            said = "" if run.returncode == 0 else (run.stderr.strip().splitlines() or ["it ended without a word"])[-1]
        except OSError as error:
            said = str(error.strerror)
        except subprocess.TimeoutExpired:
            said = f"it did not end within {WORKER_SECONDS} s"
    found = f"{python}: {said}" if said else python
    return Check("Python of the workers", not said, found, "make the environment anew with `make setup`")


def _check_remote_workers(endpoint: str) -> Check:
    """Asks the workers of a server that others run for the one row that they are given."""
    from lake.session import open_session

    modules = WORKERS_IMPORT

    def answer(batches: Iterator[Any]) -> Iterator[Any]:
        for module in modules:
            import_module(module)
        yield from batches

    mend = "set PYSPARK_PYTHON, where that server runs, to a Python with the packages of requirements.lock"
    try:
        with open_session() as spark:
            answered = spark.range(1).mapInArrow(answer, "id long").count() == 1
    except UserError as fault:
        return Check("Python of the workers", False, fault.what, fault.remedy)
    except Exception as error:
        return Check("Python of the workers", False, f"those of {endpoint} end with {type(error).__name__}", mend)
    return Check("Python of the workers", answered, f"those of {endpoint} answer", mend)


def check_contracts() -> Iterator[Check]:
    """A wrong contract stops only its own source."""
    for source_id, error in wrong_contracts().items():
        reason = f"{error.what}: {error.problem}"
        yield Check(f"Contract of {source_id}", False, reason, "fix it; files of the source wait until then")


def check_landing(here: Settings) -> Iterator[Check]:
    """A landing folder that was set must be there; the default one is made and filled with samples."""
    if "://" in here.landing or here.landing == str(here.home / "landing"):
        return
    folder = Path(here.landing)
    mend = "set SIANG_LANDING to the folder with your exports"
    yield Check("Landing folder", folder.is_dir(), str(folder), mend)
