"""A reader of the lake of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext

import pytest
from pyspark.sql import SparkSession

from lake.reader import Reader, open_reader
from lake.settings import settings


@pytest.fixture(scope="module")
def reader(spark: SparkSession) -> Iterator[Reader]:
    """What `siang query` and the notebooks open."""
    with pytest.MonkeyPatch.context() as patch:
        if settings().spark == "local":  # a lake has one session in process, and the tests hold it
            patch.setattr("lake.session.open_session", lambda: nullcontext(spark))
        with open_reader() as opened:
            yield opened
