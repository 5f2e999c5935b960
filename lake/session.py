"""The one way to open a Spark session."""

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
    """A session in which the tables of this lake are known by name; for the pipeline's own reading.

    It can do whatever Spark can: queries that people write go to lake.reader.

    The endpoint is ``SIANG_SPARK``: a server of our own (the default, started where none is up), ``local``
    (in this process) or ``sc://host:port`` (a server that others run, such as one on a cluster).
    Raises UserError where none can be had.
    """
    endpoint = settings().spark
    if endpoint == "local":
        opened = _local()
    elif endpoint:
        opened = _external(endpoint)
    else:
        opened = _own()
    with opened as spark:
        yield spark


@contextmanager
def open_writer() -> Generator[SparkSession]:
    """A session for writing: at most one at a time in a lake.

    Where the writer before this one was killed, its work may still run on the server and commit after
    its death; a server of our own is then replaced, and any other is told to end what it runs.
    """
    with lock.writer_lock(settings().run_folder) as predecessor_died:
        if predecessor_died and not settings().spark:
            server.stop()
        with open_session() as spark:
            if predecessor_died and settings().spark.startswith("sc://"):
                spark.interruptAll()
            try:
                yield spark
            except (KeyboardInterrupt, SystemExit):
                # Whoever is told to end ends its work on the server too, and only then lets go of the lock.
                with suppress(Exception):
                    spark.interruptAll()
                raise


@contextmanager
def open_read_only() -> Generator[SparkSession]:
    """A session for people's queries, on a server that can only read the open layers of this lake.

    With ``SIANG_SPARK`` set it is a session as any other, on the server that this names.
    Raises UserError where none can be had.
    """
    if settings().spark:
        with open_session() as spark:
            yield spark
        return
    with _own("reader") as spark:
        tables.know_open(spark)
        yield spark


@contextmanager
def _own(role: server.Role = "server") -> Generator[SparkSession]:
    found = server.running(role)
    if found is not None and found.code != server.code_version():
        server.stop(role)  # its workers have loaded code that has changed since
        found = None
    if found is None:
        if role == "reader" and not tables.are_there():
            with _own():
                pass  # tables are made by one who may write, before a server is confined to where they lie
        with _starting():
            found = server.running(role) or _start(role)
    with _connected(found.address) as spark:
        yield spark


@contextmanager
def _starting() -> Generator[None]:
    """Two commands at once must not start two servers."""
    held = lock.take(settings().run_folder / "starting.lock", wait_seconds=120)
    if held is None:
        raise UserError("the Spark server is being started by another command that does not end", "end that command")
    try:
        yield
    finally:
        os.close(held)


def _start(role: server.Role) -> server.Server:
    started = server.start(role)
    if role == "server":
        with _connected(started.address) as spark:
            tables.create_all(spark)
    server.publish(started, role)
    return started


@contextmanager
def _connected(address: str) -> Generator[SparkSession]:
    # The client logs every error that it raises, plans and stack traces and all; people get one sentence.
    for name in (
        "pyspark",
        "pyspark.sql.connect.logging",
        "SQLQueryContextLogger",
        "DataFrameQueryContextLogger",
    ):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", message=".*RETRIES_EXCEEDED")
    spark = SparkSession.builder.remote(address).create()
    # By default a client asks a dead server for ten minutes before it says so.
    spark.client.set_retry_policies([DefaultPolicy(max_retries=5, max_backoff=4000)])
    try:
        yield spark
    finally:
        spark.stop()


@contextmanager
def _external(endpoint: str) -> Generator[SparkSession]:
    token = settings().spark_token.get_secret_value()
    address = endpoint.rstrip("/") + "/;user_id=siang" + (f";token={token}" if token else "")
    with ExitStack() as stack:
        try:
            spark = stack.enter_context(_connected(address))
            # What others start need not read and write times as we do.
            for name, value in server.MEANINGS.items():
                spark.conf.set(name, value)
        except (SparkConnectGrpcException, RpcError):
            raise UserError(f"no Spark server answers at {endpoint}", "start it, or mend SIANG_SPARK") from None
        tables.create_all(spark)
        yield spark


@contextmanager
def _local() -> Generator[SparkSession]:
    config = settings()
    held = lock.take(config.run_folder / "server.lock")
    if held is None:
        raise UserError(f"a Spark server holds the lake {config.lake}", "run 'siang spark stop', or unset SIANG_SPARK")
    builder = SparkSession.builder.appName("siang")
    for name, value in server.spark_settings().items():
        builder = builder.config(name, value)
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    # In process the setting spark.pyspark.python is not read, and workers would run what the PATH calls python3.
    os.environ["PYSPARK_PYTHON"] = sys.executable
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    try:
        tables.create_all(spark)
        yield spark
    finally:
        spark.stop()
        os.close(held)
