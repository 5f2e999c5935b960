"""A lake on an object store, from a landing to extracts: no local path but those of locks and logs."""

from __future__ import annotations

import csv
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pyarrow import fs

from lake.settings import PROJECT, settings

BUCKET = "siang-tests"
ROOTS = ("landing", "lake", "restricted", "extracts")
Siang = Callable[..., str]

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(
        not list(settings().jars.glob("hadoop-aws-*.jar")),
        reason="the JARs of S3 are not in SIANG_JARS: make setup-s3",
    ),
]


def post(key: str, text: str) -> str:
    data = {"id": key, "text": text, "created_at": "2025-01-05T05:00:00.000Z"}
    content = {"data": data, "includes": {"places": [{"full_name": "เมือง, ยะลา"}]}}
    return json.dumps(content, ensure_ascii=False) + "\n"


LANDED = (
    post("1", "ถนนหน้าโรงเรียนเป็นหลุมลึก รถล้มบ่อยมาก")
    + post("2", "น้ำประปาไม่ไหลมาสามวันแล้ว")
    + post("3", "ไฟส่องสว่างริมทางดับทั้งซอย")
)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What the command line is called with: an S3 server on loopback, and a home of its own."""
    folder = tmp_path_factory.mktemp("s3")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    own = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SIANG_"))}
    # No one's real credentials, and no proxy between this machine and itself.
    own |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true"}
    own |= {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}
    own |= {
        "SIANG_HOME": str(folder / "home"),
        "SIANG_JARS": str(settings().jars),
        "SIANG_SPARK_MEMORY": "1g",
    }
    own |= {"SIANG_S3_ENDPOINT": f"http://127.0.0.1:{port}"}
    own |= {f"SIANG_{root.upper()}": f"s3a://{BUCKET}/{root}" for root in ROOTS}
    with (folder / "moto.log").open("wb") as log:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        moto = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=own)
    try:
        _wait_for(port, moto)
        yield own
    finally:
        subprocess.run([sys.executable, "-m", "jobs.cli.main", "spark", "stop"], env=own, cwd=PROJECT, check=False)
        moto.terminate()
        moto.wait(10)


def _wait_for(port: int, moto: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and moto.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("moto_server did not start")


@pytest.fixture(scope="module")
def bucket(environment: dict[str, str]) -> fs.FileSystem:
    """The bucket, with three posts in its landing prefix."""
    store = fs.S3FileSystem(
        access_key="test", secret_key="test", endpoint_override=environment["SIANG_S3_ENDPOINT"],
        scheme="http", region="us-east-1", allow_bucket_creation=True,
    )  # fmt: skip
    store.create_dir(BUCKET)
    inside = fs.SubTreeFileSystem(BUCKET, store)
    with inside.open_output_stream("landing/social_posts/2025-01-31.jsonl") as stream:
        stream.write(LANDED.encode())
    return inside


@pytest.fixture(scope="module")
def siang(environment: dict[str, str], bucket: fs.FileSystem) -> Siang:
    """The command line on that bucket, after `siang run`."""

    def call(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "jobs.cli.main", "--debug", *arguments],
            env=environment, cwd=PROJECT, capture_output=True, text=True, timeout=550,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout

    call("run")
    return call


def test_tables_on_an_object_store_are_known_by_name(siang: Siang) -> None:
    sql = (
        "SELECT source_record_id, primary_topic_id FROM silver.concerns "
        "JOIN silver.concern_labels USING (concern_id) ORDER BY 1"
    )
    rows = list(csv.reader(siang("query", sql, "--format", "csv").splitlines()))
    assert rows[1:] == [["1", "roads"], ["2", "water_supply"], ["3", "street_lighting"]]


def test_nothing_is_lost_on_an_object_store(siang: Siang) -> None:
    assert "exact" in siang("reconcile")


def test_the_pointer_object_names_a_whole_version(siang: Siang, bucket: fs.FileSystem) -> None:
    name = _read(bucket, "extracts/public/current").decode()
    folder = f"extracts/public/versions/{name}"
    described = json.loads(_read(bucket, f"{folder}/datapackage.json"))
    for path in (resource["path"] for resource in described["resources"]):
        assert bucket.get_file_info(f"{folder}/{path}").size > 0


def test_a_second_run_finds_nothing_new(siang: Siang, bucket: fs.FileSystem) -> None:
    before = _read(bucket, "extracts/public/current")
    siang("run")
    assert _read(bucket, "extracts/public/current") == before
    assert "exact" in siang("reconcile")


def test_only_locks_and_logs_lie_on_this_machine(siang: Siang, environment: dict[str, str]) -> None:
    home = Path(environment["SIANG_HOME"])
    kept = {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()}
    assert {Path(path).parts[0] for path in kept} == {"run"}
    assert {Path(path).name for path in kept} <= {
        "server.lock", "server.json", "server.log", "starting.lock", "writer.lock",
    }  # fmt: skip


def _read(bucket: fs.FileSystem, path: str) -> bytes:
    with bucket.open_input_stream(path) as stream:
        return stream.read()
