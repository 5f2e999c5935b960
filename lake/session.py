"""Opens Spark sessions; nothing else in the project does."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress

from grpc import RpcError
from pyspark.errors.exceptions.connect import SparkConnectGrpcException
from pyspark.sql import SparkSession
from pyspark.sql.connect.client.retries import DefaultPolicy

from lake import lock, server, tables
from lake.settings import settings
from schemas.errors import UserError


@contextmanager
def open_session() -> Generator[SparkSession]:
    """A session with the tables of this lake registered by name, for reading by the pipeline.

    It has all rights of Spark; queries of users go through lake.reader.

    The endpoint is ``SIANG_SPARK``: empty (the default) for the server of this lake, which is started if it is not
    running; ``local`` for this process; or ``sc://host:port`` for an external server, such as one on a cluster.
    Raises UserError where no session is available.
    """
    endpoint = settings().spark
    if endpoint == "local":
        opened = _local_session()
    elif endpoint:
        opened = _external_session(endpoint)
    else:
        opened = _own_server_session()
    with opened as spark:
        yield spark


@contextmanager
def open_writer() -> Generator[SparkSession]:
    """A session for writing; a lake has at most one at a time.

    Where the previous writer was killed, its work may still run on the server and commit later. The server of this lake
    is then restarted; on an external server the running work is interrupted.
    """
    with lock.writer_lock(settings().run_folder) as previous_was_killed:
        if previous_was_killed and not settings().spark:
            server.stop()
        with open_session() as spark:
            if previous_was_killed and settings().spark.startswith("sc://"):
                spark.interruptAll()
            try:
                yield spark
            except (KeyboardInterrupt, SystemExit):
                # The work on the server must end before the lock is released.
                with suppress(Exception):
                    spark.interruptAll()
                raise


@contextmanager
def open_read_only() -> Generator[SparkSession]:
    """A session for queries of users, on a server that can only read the open layers of this lake.

    With ``SIANG_SPARK`` set, it is a normal session on that server.
    Raises UserError where no session is available.
    """
    if settings().spark:
        with open_session() as spark:
            yield spark
        return
    with _own_server_session("reader") as spark:
        tables.register_open_tables(spark)
        yield spark


@contextmanager
def _own_server_session(role: server.Role = "server") -> Generator[SparkSession]:
    running = server.running_server(role)
    if running is not None and running.code != server.code_version():
        server.stop(role)  # the code has changed since its workers loaded it
        running = None
    if running is None:
        if role == "reader" and not tables.open_tables_exist():
            with _own_server_session():
                pass  # creates the tables, which the server for readers cannot do
        with _start_lock():
            running = server.running_server(role) or _start(role)
    with _connect(running.address) as spark:
        yield spark


@contextmanager
def _start_lock() -> Generator[None]:
    """Holds a lock, so that two commands do not start two servers."""
    held = lock.acquire(settings().run_folder / "starting.lock", wait_seconds=120)
    if held is None:
        raise UserError(
            "another command has been starting the Spark server for 120 s", "stop that command and try again"
        )
    try:
        yield
    finally:
        os.close(held)


def _start(role: server.Role) -> server.Server:
    started = server.start(role)
    if role == "server":
        with _connect(started.address) as spark:
            tables.create_all(spark)
    server.announce(started, role)
    return started


@contextmanager
def _connect(address: str) -> Generator[SparkSession]:
    # The client logs every error with plans and stack traces; users see only our message.
    for name in (
        "pyspark",
        "pyspark.sql.connect.logging",
        "SQLQueryContextLogger",
        "DataFrameQueryContextLogger",
    ):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", message=".*RETRIES_EXCEEDED")
    spark = SparkSession.builder.remote(address).create()
    # By default a client retries for ten minutes when a server has ended.
    spark.client.set_retry_policies([DefaultPolicy(max_retries=5, max_backoff=4000)])
    try:
        yield spark
    finally:
        spark.stop()


@contextmanager
def _external_session(endpoint: str) -> Generator[SparkSession]:
    token = settings().spark_token.get_secret_value()
    address = endpoint.rstrip("/") + "/;user_id=siang" + (f";token={token}" if token else "")
    with ExitStack() as stack:
        try:
            spark = stack.enter_context(_connect(address))
            # An external server may have other settings for time zones and arithmetic.
            for name, value in server.RESULT_SETTINGS.items():
                spark.conf.set(name, value)
        except (SparkConnectGrpcException, RpcError):
            raise UserError(f"no Spark server answers at {endpoint}", "start it, or correct SIANG_SPARK") from None
        tables.create_all(spark)
        yield spark


@contextmanager
def _local_session() -> Generator[SparkSession]:
    config = settings()
    held = lock.acquire(config.run_folder / "server.lock")
    if held is None:
        raise UserError(f"a Spark server holds the lake {config.lake}", "run 'siang spark stop', or unset SIANG_SPARK")
    builder = SparkSession.builder.appName("siang")
    for name, value in server.spark_settings().items():
        builder = builder.config(name, value)
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    # In this process spark.pyspark.python has no effect, and workers would use python3 of the PATH.
    os.environ["PYSPARK_PYTHON"] = sys.executable
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    try:
        tables.create_all(spark)
        yield spark
    finally:
        spark.stop()
        os.close(held)
