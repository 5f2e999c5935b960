"""Real data, where there are any: a folder `shared/data` beside the project. It is never part of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lake.settings import PROJECT

DATA = PROJECT.parent / "shared" / "data"
# What must come out the same, whatever the order in which files arrive.
FOLDED = (
    "silver.concerns", "silver.concern_events", "silver.concern_labels", "silver.concern_topics",
    "silver.concern_laos", "silver.concern_links", "gold.daily", "gold.province_trends", "gold.district_trends",
    "gold.lao_trends", "gold.focus_area_trends", "gold.coverage", "gold.weekly_counts", "gold.surges",
    "gold.rising_terms", "gold.response_times", "gold.plan_evidence", "gold.peer_comparison",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.real)


@pytest.fixture(scope="session")
def data() -> Path:
    if not DATA.is_dir():
        pytest.skip(f"no real data: {DATA} is not there")
    return DATA


@pytest.fixture(scope="session")
def feed(data: Path) -> list[Path]:
    """The daily files of the feed, in the order of their days."""
    return sorted((data / "traffy" / "feed").glob("*.geojson.gz"))


class Lake:
    """A lake of its own, driven through the command line as a person would."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.landing = home / "landing" / "traffy_feed"
        self.landing.mkdir(parents=True)
        self.environment = {**os.environ, "SIANG_HOME": str(home)}
        for name in ("LANDING", "LAKE", "RESTRICTED", "EXTRACTS", "SPARK"):
            self.environment.pop(f"SIANG_{name}", None)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "jobs.cli.main", *arguments]
        return subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True, cwd=PROJECT,
        )  # fmt: skip

    def siang(self, *arguments: str) -> str:
        process = self.start(*arguments)
        output, _ = process.communicate()
        assert process.returncode == 0, output[-3000:]
        return output

    def fingerprint(self) -> dict[str, str]:
        """Rows and a hash over all rows of each folded table."""
        parts = [
            f"SELECT '{name}' AS t, count(*) AS n, sum(CAST(xxhash64(to_json(struct(*))) AS decimal(38,0))) AS h "
            f"FROM {name}"
            for name in FOLDED
        ]
        lines = self.siang("query", " UNION ALL ".join(parts), "--format", "csv").splitlines()
        found = dict(line.split(",", 1) for line in lines if line.startswith(("silver.", "gold.")))
        assert set(found) == set(FOLDED)
        return found

    def check_figures(self) -> None:
        """Compares gold with what polars makes of silver."""
        command = [sys.executable, "-m", "tests.independent.figures"]
        done = subprocess.run(command, env=self.environment, cwd=PROJECT, capture_output=True, text=True, check=False)
        print(done.stdout)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]

    def stop(self) -> None:
        self.siang("spark", "stop")
