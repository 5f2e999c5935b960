"""A session that answers queries and does nothing else: what `siang query` and the notebooks open."""

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

_PLACE = re.compile(r"[;\s]*\(?line \d+,? pos \d+\)?;?")
# A second lock behind the judged statement: no table is a path, no variable of the server's stands in a text, and a
# text ends where it is written to end, whatever those who run a server have set.
_SEALED = {
    "spark.sql.runSQLOnFiles": "false",
    "spark.sql.variable.substitute": "false",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.legacy.consecutiveStringLiterals.enabled": "false",
}


class Reader:
    """Answers queries over the tables of a lake by name (lake.statement says which); has no way to write."""

    def __init__(self, spark: SparkSession, *, restricted: bool) -> None:
        self._spark = spark
        self._restricted = restricted

    def sql(self, query: str) -> pa.Table:
        """The rows that a query finds; times are in UTC and say so.

        Raises UserError where the query may not be asked, or Spark cannot answer it.
        """
        text = statement.checked(query, restricted=self._restricted)
        try:
            return self._spark.sql(text).toArrow()
        except PySparkException as error:
            first = (error.getMessage() or str(error)).strip().splitlines()[0]
            # It counts in the query as it was written anew.
            first = _PLACE.sub("", first)
            raise UserError(f"the query cannot be answered: {first}", "mend the SQL") from None


@contextmanager
def open_reader(*, restricted: bool = False) -> Generator[Reader]:
    """A reader of this lake, on a server that can do nothing but read it; ``restricted`` adds bronze.

    Who may read bronze may do what the pipeline does, and is answered by its server. Raises UserError where none can be
    had.
    """
    opened = session.open_session if restricted else session.open_read_only
    with opened() as spark:
        # A session on a server is its own already; the one in process is shared.
        sealed = spark if isinstance(spark, ConnectSession) else spark.newSession()
        for name, value in _SEALED.items():
            if sealed.conf.get(name) != value:
                sealed.conf.set(name, value)
        yield Reader(sealed, restricted=restricted)
