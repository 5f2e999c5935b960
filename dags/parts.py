"""Parts of DAGs: the sources of contracts, and tasks that run `siang` commands."""

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

from schemas.config_folder import contract_files, contract_folders
from schemas.errors import PermanentError

PERMANENT_EXIT_CODE = PermanentError.exit_code
WARNINGS = "SIANG_WARNINGS"  # lake/settings.py
ZONE = "Asia/Bangkok"


def sources() -> dict[str, str | None]:
    """The schedule of each source by its id, which is the name of its contract.

    Those of ``SIANG_CONFIG`` are among them. A contract that is wrong has a DAG like the others, whose task ends with
    the sentence that says what is wrong.
    """
    return {source_id: _schedule(path) for source_id, path in contract_files(contract_folders()).items()}


def _schedule(path: Path) -> str | None:
    """The schedule of a contract, also if another part of it is wrong, so that its DAG keeps reporting the fault."""
    text = path.read_bytes().decode(errors="replace") if path.is_file() else ""
    try:
        found = yaml.safe_load(text)["schedule"]
    except Exception:
        line = re.search(r"""^schedule:\s*['"]?([^'"#\n]+)""", text, re.MULTILINE)
        found = line[1].strip() if line else None
    if not isinstance(found, str):
        return None
    try:
        CronTriggerTimetable(found, timezone=ZONE).validate()
    except Exception:
        return None
    return found


def airflow_id(name: str) -> str:
    """A name as a valid Airflow id; the name of a file may have any characters."""
    return re.sub(r"[^\w.-]", "_", name)


def landing_asset(source_id: str) -> Asset:
    """The asset that a landing task of a source updates."""
    return Asset(f"siang://landing/{airflow_id(source_id)}")


class Command(BashOperator):
    """A `siang` command. A permanent error (exit code 3) is not retried.

    Warnings, such as an unreadable file, are sent as alerts and the task succeeds, because a retry would not fix them.
    """

    def execute(self, context: Any) -> None:
        """Runs the command and sends its warnings as alerts.

        Raises AirflowFailException for a permanent error, and AirflowException for any other error of the command.
        """
        with TemporaryDirectory() as folder:
            warnings = Path(folder) / "warnings"
            self.env = {WARNINGS: str(warnings)}
            try:
                super().execute(context)
            except AirflowException as error:
                if f"exit code {PERMANENT_EXIT_CODE}" in str(error):
                    raise AirflowFailException(
                        "The last line of the log says what to fix; the task is not retried."
                    ) from None
                raise
            if warnings.exists():
                warn(context, warnings.read_text(encoding="utf-8").splitlines())


def siang(*words: str, task_id: str = "", template: str = "", **task: Any) -> Command:
    """A task that runs the command `siang WORDS…`; its id is ``task_id`` or the first word.

    Commands are safe to repeat, so a failed one is retried twice, after half a minute and a minute, unless the error is
    permanent. A command that is cleared or killed interrupts its work on the Spark server. `template` is Jinja with
    validated parameters; `task` is passed to the operator.
    """
    # The command of this environment, independent of the PATH.
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
