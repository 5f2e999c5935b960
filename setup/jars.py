"""Fetches the JARs of setup/jars.txt once, so that no Spark session ever asks a network for them.

Run by make: ``python setup/jars.py SET FOLDER``, where SET is ``delta`` or ``s3``. Ivy comes with PySpark.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

LIST = Path(__file__).with_name("jars.txt")


def main(wanted: str, folder: Path) -> None:
    """Fetches the JARs of the set ``wanted`` that ``folder`` does not have yet; exits if a digest differs."""
    folder.mkdir(parents=True, exist_ok=True)
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if not line.startswith(f"{wanted} "):
            continue
        _, group, artifact, version, sha256 = line.split()
        jar = folder / f"{artifact}-{version}.jar"
        if jar.is_file() and digest(jar) == sha256:
            continue
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            fetched = fetch(group, artifact, version, Path(scratch))
            found = digest(fetched)
            if found != sha256:
                sys.exit(f"{jar.name} has sha256 {found}, not the {sha256} of {LIST.name}: do not use it.")
            fetched.replace(jar)


def fetch(group: str, artifact: str, version: str, scratch: Path) -> Path:
    """The path of the JAR that Ivy put into ``scratch``, with none of its dependencies."""
    command = [java(), "-jar", str(ivy()), "-cache", str(scratch / "cache")]
    command += ["-dependency", group, artifact, version, "-notransitive", "-confs", "default"]
    # Delta's build calls its artifact a bundle, which Ivy leaves out by default.
    command += ["-types", "jar", "-retrieve", f"{scratch}/[artifact]-[revision].[ext]"]
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    fetched = scratch / f"{artifact}-{version}.jar"
    if run.returncode or not fetched.is_file():
        name = f"{group}:{artifact}:{version}"
        sys.exit(f"{run.stdout[-3000:]}\n{name} was not fetched. Fix the cause shown above and run it again.")
    return fetched


def ivy() -> Path:
    """The path of the JAR of Ivy in PySpark."""
    # Found without importing PySpark, which would take a second.
    pyspark = importlib.util.find_spec("pyspark")
    assert pyspark and pyspark.origin
    return next(Path(pyspark.origin).with_name("jars").glob("ivy-*.jar"))


def java() -> str:
    """The path of Java, of JAVA_HOME or else of the PATH; exits if there is none."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=f"{home}/bin" if home else None)
    if not found:
        sys.exit("No Java was found: install a JDK 17 or 21, or set JAVA_HOME to one.")
    return found


def digest(path: Path) -> str:
    """The SHA-256 digest of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
