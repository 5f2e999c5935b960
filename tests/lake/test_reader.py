"""What a query, a notebook, another user of the machine and a client without the token get of a lake, for real."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from lake import server, statement
from lake.reader import Reader
from lake.settings import settings
from schemas.errors import UserError

pytestmark = pytest.mark.spark
STATEMENTS = yaml.safe_load(Path(__file__).with_name("statements.yaml").read_text(encoding="utf-8"))
REFUSED = [str(sql) for group in STATEMENTS["refused"] for sql in group["statements"]]
own_server = pytest.mark.skipif(bool(settings().spark), reason="needs a server of our own")


def filled(sql: str, mark: Path) -> str:
    for name, value in (("mark", str(mark)), ("lake", settings().lake), ("restricted", settings().restricted)):
        sql = sql.replace(f"{{{name}}}", value)
    return sql


def test_no_statement_of_the_attacks_runs_anything(reader: Reader, tmp_path: Path):
    mark = tmp_path / "mark"
    for sql in REFUSED:
        with pytest.raises(UserError):
            reader.sql(filled(sql, mark))
        assert not mark.exists(), sql


def test_without_the_judge_they_would(spark: SparkSession, tmp_path: Path):
    # What is refused above is no word that Spark would refuse anyway.
    mark = tmp_path / "mark"
    spark.sql(f"SELECT TRANSFORM(1) USING 'touch {mark}'").collect()
    assert mark.exists()
    assert spark.sql("SELECT * FROM text.`/etc/hosts`").count() > 0
    assert spark.sql("SELECT reflect('java.lang.System', 'getProperty', 'user.dir') AS at").collect()[0].at


def test_behind_the_judge_a_session_reads_no_path_and_puts_no_variable_in(reader: Reader):
    behind = reader._spark
    for sql in ("SELECT * FROM text.`/etc/hosts`", f"SELECT * FROM delta.`{settings().restricted}/bronze/records`"):
        with pytest.raises(PySparkException):
            behind.sql(sql).collect()
    assert behind.sql("SELECT '${env:PATH}' AS said").collect()[0].said == "${env:PATH}"


@pytest.mark.parametrize("sql", STATEMENTS["answered"])
def test_a_query_written_anew_has_the_same_answer(spark: SparkSession, reader: Reader, sql: str):
    found, expected = reader.sql(sql), spark.sql(sql.rstrip(";")).toArrow()
    assert [field.type for field in found.schema] == [field.type for field in expected.schema]
    rows = [sorted(map(str, zip(*table.columns, strict=True))) for table in (found, expected)]
    if sql.startswith("SHOW TABLES"):  # views of the pipeline's own session
        rows = [[row for row in one if not row.endswith("<pyarrow.BooleanScalar: True>)")] for one in rows]
    assert rows[0] == rows[1]


def test_texts_reach_spark_as_they_were_written(reader: Reader):
    (row,) = reader.sql(
        r"""SELECT 'It''s' AS a, 'a\'b' AS b, "c'd" AS c, r'\d' AS d, '\\d' AS e, '\n' AS f"""
    ).to_pylist()
    assert row == {"a": "It's", "b": "a'b", "c": "c'd", "d": "\\d", "e": "\\d", "f": "\n"}


def test_the_functions_that_a_query_may_use_are_those_of_spark(spark: SparkSession):
    known = {row.function for row in spark.sql("SHOW FUNCTIONS").collect()}
    listed = {name for names in statement.allowed_functions().values() for name in names}
    assert listed - known - {"extract", "timestampadd", "timestampdiff"} == set(), "these are words of the grammar"
    assert not listed & {"java_method", "reflect", "try_reflect", "input_file_name", "from_avro", "from_protobuf"}


def rights(path: str | Path) -> int:
    return stat.S_IMODE(Path(path).stat().st_mode)


@own_server
def test_the_token_its_folder_and_the_log_are_the_owners_alone(spark: SparkSession):
    folder = settings().run_folder
    assert rights(folder) == 0o700
    assert {name: rights(folder / name) for name in ("server.json", "server.log", "server.lock")} == {
        "server.json": 0o600,
        "server.log": 0o600,
        "server.lock": 0o600,
    }


@own_server
def test_the_lake_is_the_groups_to_read_and_what_is_restricted_the_owners(spark: SparkSession):
    assert rights(settings().restricted) == 0o700
    assert rights(settings().lake) == 0o750
    assert rights(Path(settings().lake, "silver", "concerns")) == 0o750
    below = (path for path in Path(settings().lake).rglob("*") if ".run" not in path.parts)  # which is shut itself
    open_to_others = [path for path in below if path.is_dir() and rights(path) & 0o027]
    assert open_to_others == []


@own_server
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
def test_another_user_of_the_machine_reads_neither_token_nor_table(spark: SparkSession):
    log = next(Path(settings().restricted, "bronze", "records", "_delta_log").glob("*.json"))
    for path in (settings().run_folder / "server.json", settings().run_folder / "server.log", log):
        done = subprocess.run(["/bin/cat", str(path)], user=65534, group=65534, extra_groups=[], capture_output=True)
        assert (done.returncode, done.stdout) == (1, b""), path


@own_server
@pytest.mark.parametrize("token", ["", ";token=guessed"])
def test_a_client_without_the_token_is_refused(spark: SparkSession, token: str):
    found = server.running_server()
    assert found is not None
    client = (
        "import sys\n"
        "from pyspark.sql import SparkSession\n"
        "print(SparkSession.builder.remote(sys.argv[1]).create().sql('SELECT 1').collect())\n"
    )
    address = f"sc://localhost:{found.port}/;user_id=siang{token}"
    done = subprocess.run([sys.executable, "-c", client, address], capture_output=True, text=True, timeout=120)
    assert done.returncode != 0 and "Row" not in done.stdout
    assert "UNAUTHENTICATED" in done.stderr or "token" in done.stderr.lower()
