"""What DAGs are made of: the contracts' sources and tasks that are `siang` commands."""

from __future__ import annotations

import shlex
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import Asset
from airflow.sdk.exceptions import AirflowException, AirflowFailException
from alerts import notifiers

LASTS = 3  # jobs/cli.py
CONTRACTS = Path(__file__).resolve().parent.parent / "schemas" / "sources"


def sources() -> list[dict[str, Any]]:
    """Each contract as it is written. `siang source check` judges it; a DAG needs only id and schedule."""
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(CONTRACTS.glob("*.yaml"))]


def landed(source_id: str) -> Asset:
    """The news that a source has landed its files."""
    return Asset(f"siang://landing/{source_id}")


class Command(BashOperator):
    """A `siang` command. What a person has to mend first (exit code 3) is not tried again."""

    def execute(self, context: Any) -> None:
        try:
            super().execute(context)
        except AirflowException as error:
            if f"exit code {LASTS}" in str(error):
                raise AirflowFailException("Its last line says what to mend; it is not tried again.") from None
            raise


def siang(*words: str, template: str = "", **task: Any) -> Command:
    """The task `siang WORDS…`, the command that a person would type, named after its first word.

    Commands are safe to repeat, so one that failed is tried twice more, after half a minute and a minute, unless
    it says that a person has to mend something first. One
    that is cleared or killed is told to end, and ends its work on the Spark server. `template` is Jinja, filled
    in from checked parameters; `task` goes to the operator.
    """
    # The command of this very environment, whatever the PATH says.
    command = Path(sys.executable).with_name("siang")
    return Command(
        task_id=words[0],
        bash_command=" ".join([shlex.join([str(command), *words]), *([template] if template else [])]),
        on_failure_callback=notifiers(),
        do_xcom_push=False,
        retries=2,
        retry_delay=timedelta(seconds=20),
        retry_exponential_backoff=2,
        **task,
    )
