"""Whatever moment its questions fall into, Airflow is not left before the pipeline has run."""

from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.operations.airflow import runs
from jobs.operations.airflow.progress import Progress
from jobs.operations.airflow.server import Server

LANDED = {"dag_id": "land_web_form", "state": "success"}
MOMENTS = (
    (0, [LANDED | {"state": "running"}]),
    (1, [LANDED | {"state": "running"}]),
    (1, [LANDED]),
    (0, [LANDED, {"dag_id": "pipeline", "state": "queued"}]),
    (0, [LANDED, {"dag_id": "pipeline", "state": "running"}]),
    (0, [LANDED, {"dag_id": "pipeline", "state": "success"}]),
)
"""One after the other: how much news is queued, and which runs there are."""


class Story:
    """Answers as a server at whose side time goes on between two questions."""

    def __init__(self, steps: list[int]) -> None:
        self.steps, self.moment = iter(steps), 0

    def check(self) -> None: ...

    def call(self, method: str, path: str, **_: Any) -> Any:
        news, runs = MOMENTS[self.moment]
        self.moment = min(self.moment + next(self.steps, 1), len(MOMENTS) - 1)
        return {"total_entries": news, "dag_runs": runs, "task_instances": []}


@given(st.lists(st.integers(0, 3), max_size=30))
def test_the_run_that_news_starts_is_waited_for(steps: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(runs.time, "sleep", lambda seconds: None)
        story = cast("Server", Story(steps))
        ended = runs.follow(story, cast("Progress", Silent()), "2025-01-01", [])
    assert [run["state"] for run in ended if run["dag_id"] == "pipeline"] == ["success"]


class Silent:
    def show(self, tasks: list[dict[str, Any]]) -> None: ...
