"""What somebody gets who holds the token of the readers' server and sends it whatever Connect takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from lake import confine, identity_key, server
from lake.commits import append
from lake.reader import Reader
from lake.settings import settings
from lake.tables import empty_like

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(bool(settings().spark), reason="needs servers of our own"),
    pytest.mark.skipif(not confine.is_possible(), reason="this kernel has no Landlock of version 4"),
]
LAYERS = {"silver", "gold", "reference", "ops"}
PROJECT = Path(__file__).parents[2]
WORDS = "ถ้อยคำของประชาชนที่ยังไม่ได้ปิดบัง"
ATTACKS = (
    "SELECT * FROM text.`/etc/shadow`",
    "SELECT * FROM text.`{run}/server.json`",
    "SELECT * FROM text.`{run}/reader.json`",
    "SELECT * FROM text.`{project}/README.md`",
    "SELECT * FROM delta.`{restricted}/bronze/records`",
    "SELECT * FROM text.`{restricted}/words.txt`",
    "SELECT * FROM binaryFile.`{restricted}/identity.key`",
    "SELECT * FROM text.`/proc/{pid}/environ`",
    "CREATE TABLE mine USING parquet LOCATION '{mark}' AS SELECT 1 AS one",
    "CREATE TABLE gold.mine USING delta LOCATION '{lake}/gold/mine' AS SELECT 1 AS one",
    "INSERT OVERWRITE DIRECTORY '{mark}' USING csv SELECT 1",
    "INSERT INTO ops.erasures VALUES ('1', 'why', current_timestamp())",
    "DELETE FROM ops.erasures",
    "UPDATE ops.erasures SET reason = 'another'",
    "DROP TABLE gold.surges",
    "VACUUM gold.province_trends RETAIN 0 HOURS",
    "OPTIMIZE silver.concerns",
    "ALTER TABLE gold.province_trends SET TBLPROPERTIES ('delta.appendOnly' = 'true')",
    "SELECT TRANSFORM(1) USING 'sh -c \"touch {mark}\"'",
    "SELECT TRANSFORM(1) USING 'cat {run}/server.json'",
    "SELECT TRANSFORM(1) USING 'kill -9 {pid}'",
    "LOAD DATA LOCAL INPATH '{restricted}/identity.key' INTO TABLE ops.runs",
)


@pytest.fixture(scope="module")
def holder(spark: SparkSession, reader: Reader) -> Iterator[SparkSession]:
    """A client of its own that was given the token; there are a row to delete and words to read."""
    identity_key.load()
    tombstone = ("0" * 32, "for this test", datetime.now(UTC))
    append(spark.createDataFrame([tombstone], empty_like("ops.erasures")), "ops.erasures")
    words = Path(settings().restricted, "words.txt")
    words.write_text(WORDS, encoding="utf-8")
    found = server.running_server("reader")
    assert found is not None
    client = SparkSession.builder.remote(found.address).create()
    yield client
    client.stop()
    words.unlink()


def everything() -> dict[str, bytes]:
    """All files of the lake and of its restricted root but those of servers."""
    roots = (Path(settings().lake), Path(settings().restricted))
    found = (path for root in roots for path in root.rglob("*") if path.is_file() and ".run" not in path.parts)
    return {str(path): path.read_bytes() for path in found}


def test_the_holder_reads_the_open_layers_and_knows_no_other(holder: SparkSession):
    tables = {f"{layer}.{row.tableName}" for layer in LAYERS for row in holder.sql(f"SHOW TABLES IN {layer}").collect()}
    assert {"silver.concerns", "gold.province_trends", "reference.laos", "ops.runs"} <= tables
    assert all(holder.table(name).count() >= 0 for name in tables)
    assert {row.namespace for row in holder.sql("SHOW DATABASES").collect()} == {*LAYERS, "default"}


@pytest.mark.parametrize("sql", ATTACKS)
def test_the_holder_changes_nothing_and_learns_nothing_of_what_is_shut(
    reader: Reader, holder: SparkSession, tmp_path: Path, sql: str
):
    before, mark, pid = everything(), tmp_path / "mark", server.processes()[-1].pid
    names = {
        "mark": mark, "lake": settings().lake, "restricted": settings().restricted, "run": settings().run_folder,
        "project": PROJECT, "pid": pid,
    }  # fmt: skip
    found = server.running_server()
    assert found is not None
    try:
        answer = str(holder.sql(sql.format(**names)).collect())
    except PySparkException as error:
        answer = str(error)
    secrets = (found.token, identity_key.load().hex(), "root:", "# Siang", WORDS)
    assert [secret for secret in secrets if secret in answer] == []
    assert not mark.exists()
    assert server.processes()[-1].pid == pid
    assert everything() == before


def test_no_python_of_the_holder_runs(holder: SparkSession, tmp_path: Path):
    mark = tmp_path / "mark"
    touch = F.udf(lambda _: str(mark.write_text("here")))
    with pytest.raises(PySparkException):
        holder.range(1).select(touch("id")).collect()
    assert not mark.exists()


def test_java_of_the_holder_writes_nothing(holder: SparkSession, tmp_path: Path):
    mark = tmp_path / "mark"
    with suppress(PySparkException):
        holder.sql(f"SELECT reflect('java.nio.file.Files', 'createFile', '{mark}')").collect()
    for path in (mark, f"{settings().lake}/gold/mark"):
        with suppress(PySparkException):
            holder.range(1).write.text(str(path))
        with suppress(PySparkException):
            holder.range(1).write.format("delta").save(str(path))
        assert not Path(path).exists()
