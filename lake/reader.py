"""A session that only answers queries, for `siang query` and the notebooks."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager

import pyarrow as pa
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql.connect.session import SparkSession as ConnectSession

from lake import session, statement
from schemas.errors import UserError

_POSITION = re.compile(r"[;\s]*\(?line \d+,? pos \d+\)?;?")
# A second protection besides the check of the statement, whatever the server is configured to: no file paths as
# tables, no variables of the server in a text, and no other rules for the end of a text.
_SESSION_SETTINGS = {
    "spark.sql.runSQLOnFiles": "false",
    "spark.sql.variable.substitute": "false",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.legacy.consecutiveStringLiterals.enabled": "false",
}


class Reader:
    """Answers queries over the tables of a lake by name; lake.statement decides which are allowed. It cannot write."""

    def __init__(self, spark: SparkSession, *, restricted: bool) -> None:
        self._spark = spark
        self._restricted = restricted

    def sql(self, query: str) -> pa.Table:
        """The rows of a query; timestamps have the time zone UTC.

        Raises UserError where the query is not allowed, or Spark cannot run it.
        """
        text = statement.validated_sql(query, restricted=self._restricted)
        try:
            return self._spark.sql(text).toArrow()
        except PySparkException as error:
            first = (error.getMessage() or str(error)).strip().splitlines()[0]
            # The position refers to the rewritten query, which the user does not see.
            first = _POSITION.sub("", first)
            raise UserError(f"Spark cannot run the query: {first}", "correct the SQL") from None


@contextmanager
def open_reader(*, restricted: bool = False) -> Generator[Reader]:
    """A reader of this lake, on a server that can only read it; ``restricted`` adds bronze.

    Users who may read bronze have the rights of the pipeline, so their queries run on its server. Raises UserError
    where no server is available.
    """
    opened = session.open_session if restricted else session.open_read_only
    with opened() as spark:
        # A session on a server is separate already; the session in this process is shared.
        sealed = spark if isinstance(spark, ConnectSession) else spark.newSession()
        for name, value in _SESSION_SETTINGS.items():
            if sealed.conf.get(name) != value:
                sealed.conf.set(name, value)
        yield Reader(sealed, restricted=restricted)
