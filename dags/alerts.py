"""Whom a task tells that failed, or that warns: always the log, and whoever the environment names.

`SIANG_ALERT_EMAIL` (addresses, comma between; the SMTP server is Airflow's connection `smtp_default`) and
`SIANG_ALERT_WEBHOOK` (an address that takes JSON by POST). What is told names the task and its log, and never
quotes what a citizen wrote.
"""

from __future__ import annotations

import logging
import os
from typing import Any

import httpx
from airflow.providers.smtp.notifications.smtp import SmtpNotifier
from airflow.sdk import BaseNotifier

WARNINGS_KEY = "siang_warnings"
"""Key of the context under which notifiers find what a task warned of."""
SUBJECT = "Siang: {{ dag.dag_id }}.{{ ti.task_id }} {{ 'warns' if siang_warnings is defined else 'has failed' }}"
BODY = (
    "Run {{ run_id }}, try {{ ti.try_number }}. Its log: {{ ti.log_url }}"
    "{% if siang_warnings is defined %}{% for one in siang_warnings %}<br>{{ one | e }}{% endfor %}{% endif %}"
)
_log = logging.getLogger("siang.alerts")


def message(context: Any) -> dict[str, Any]:
    """What there is to know: which task, which run, which try, where its log is, and what it warned of."""
    ti, warnings = context["ti"], context.get(WARNINGS_KEY, [])
    failed = f"Siang: {ti.dag_id}.{ti.task_id} has failed; the last line of its log says what and what to do."
    warned = "\n".join([f"Siang: {ti.dag_id}.{ti.task_id} did its work and warns:", *warnings])
    return {
        "dag": ti.dag_id,
        "task": ti.task_id,
        "run": ti.run_id,
        "try": ti.try_number,
        "log": getattr(ti, "log_url", None),
        "outcome": "warned" if warnings else "failed",
        "warnings": warnings,
        "text": warned if warnings else failed,
    }


class LogAlert(BaseNotifier):
    """Says it in the log of the task."""

    def notify(self, context: Any) -> None:
        told = message(context)
        _log.log(logging.WARNING if told["warnings"] else logging.ERROR, "ALERT %s", told["text"])


class WebhookAlert(BaseNotifier):
    """Posts it as JSON."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    def notify(self, context: Any) -> None:
        try:
            httpx.post(self.address, json=message(context), timeout=10).raise_for_status()
        except httpx.HTTPError as error:
            # The address may hold a secret, so it is not said.
            _log.error("The webhook of SIANG_ALERT_WEBHOOK did not take the alert (%s).", type(error).__name__)


def notifiers() -> list[BaseNotifier]:
    """Those that the environment asks for."""
    found: list[BaseNotifier] = [LogAlert()]
    if addresses := os.environ.get("SIANG_ALERT_EMAIL"):
        to = [one.strip() for one in addresses.split(",")]
        found.append(SmtpNotifier(to=to, subject=SUBJECT, html_content=BODY))
    if address := os.environ.get("SIANG_ALERT_WEBHOOK"):
        found.append(WebhookAlert(address))
    return found


def warn(context: Any, warnings: list[str]) -> None:
    """Tells of warnings. Raises nothing: what could not be told is in the log of the task all the same."""
    for notifier in notifiers():
        try:
            notifier({**context, WARNINGS_KEY: warnings})
        except Exception as error:
            _log.error("%s could not tell of a warning (%s).", type(notifier).__name__, type(error).__name__)
