"""What DAGs are made of: the contracts' sources and tasks that are `siang` commands."""

from __future__ import annotations

import re
import shlex
import sys
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import Asset, CronTriggerTimetable
from airflow.sdk.exceptions import AirflowException, AirflowFailException
from alerts import notifiers, warn

from schemas.errors import PermanentError

PERMANENT_EXIT_CODE = PermanentError.exit_code
WARNINGS = "SIANG_WARNINGS"  # lake/settings.py
ZONE = "Asia/Bangkok"
CONTRACTS = Path(__file__).resolve().parent.parent / "schemas" / "sources"


def sources() -> dict[str, str | None]:
    """The schedule of each source, by its id, which is the name of its contract.

    A contract that is wrong has a DAG like the others, whose task ends with the sentence that says what is wrong.
    """
    return {path.stem: _schedule(path) for path in sorted(CONTRACTS.glob("[!.]*.yaml"))}


def _schedule(path: Path) -> str | None:
    """A contract's schedule, also of one that is wrong elsewhere, so that its DAG goes on telling so."""
    text = path.read_bytes().decode(errors="replace") if path.is_file() else ""
    try:
        found = yaml.safe_load(text)["schedule"]
    except Exception:
        line = re.search(r"""^schedule:\s*['"]?([^'"#\n]+)""", text, re.MULTILINE)
        found = line[1].strip() if line else None
    try:
        CronTriggerTimetable(found, timezone=ZONE).validate()
    except Exception:
        return None
    return found


def airflow_id(name: str) -> str:
    """A name as Airflow takes it for an id; that of a file may hold anything."""
    return re.sub(r"[^\w.-]", "_", name)


def landing_asset(source_id: str) -> Asset:
    """The news that a source has landed its files."""
    return Asset(f"siang://landing/{airflow_id(source_id)}")


class Command(BashOperator):
    """A `siang` command. What a person has to mend first (exit code 3) is not tried again; of what it warns, as of
    a file that cannot be read, people are told, and the task stays green, since no other try would mend it."""

    def execute(self, context: Any) -> None:
        with TemporaryDirectory() as folder:
            warnings = Path(folder) / "warnings"
            self.env = {WARNINGS: str(warnings)}
            try:
                super().execute(context)
            except AirflowException as error:
                if f"exit code {PERMANENT_EXIT_CODE}" in str(error):
                    raise AirflowFailException("Its last line says what to mend; it is not tried again.") from None
                raise
            if warnings.exists():
                warn(context, warnings.read_text(encoding="utf-8").splitlines())


def siang(*words: str, task_id: str = "", template: str = "", **task: Any) -> Command:
    """The task `siang WORDS…`, the command that a person would type, named by ``task_id`` or after its first word.

    Commands are safe to repeat, so one that failed is tried twice more, after half a minute and a minute, unless
    it says that a person has to mend something first. One
    that is cleared or killed is told to end, and ends its work on the Spark server. `template` is Jinja, filled
    in from checked parameters; `task` goes to the operator.
    """
    # The command of this very environment, whatever the PATH says.
    command = Path(sys.executable).with_name("siang")
    return Command(
        task_id=task_id or words[0],
        bash_command=" ".join([shlex.join([str(command), *words]), *([template] if template else [])]),
        on_failure_callback=notifiers(),
        append_env=True,
        do_xcom_push=False,
        retries=2,
        retry_delay=timedelta(seconds=20),
        retry_exponential_backoff=2,
        **task,
    )
