"""A lake of the tests' own: nothing here touches the one in SIANG_HOME."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

# CI says the same of the same commit; elsewhere every run looks at new examples.
# The time of an example says nothing: the first one reads lists and models, and the machine may be busy.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis.settings.register_profile("elsewhere", deadline=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "elsewhere")

_HOME = tempfile.mkdtemp(prefix="siang-tests-")
for _name in ("LANDING", "LAKE", "RESTRICTED", "EXTRACTS"):
    os.environ.pop(f"SIANG_{_name}", None)
os.environ["SIANG_HOME"] = _HOME
# The tables of tests are small: Spark would take longer to compile generated code than to run it.
os.environ["SPARK_CONF_DIR"] = str(Path(__file__).parent / "spark_conf")


@pytest.fixture(scope="session")
def spark() -> Iterator[object]:
    """A session on SIANG_SPARK: a Connect server of the tests' own by default, or `local`."""
    from lake import server
    from lake.session import open_session

    with open_session() as session:
        yield session
    server.stop_all()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    marks = {"spark", "airflow", "mutations", "real"}
    for item in items:
        if not any(mark.name in marks for mark in item.iter_markers()):
            item.add_marker(pytest.mark.unit)


def pytest_sessionfinish() -> None:
    shutil.rmtree(_HOME, ignore_errors=True)
