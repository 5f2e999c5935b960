"""Alerts of tasks that fail or warn: in the log, and by e-mail and webhook if these are set.

`SIANG_ALERT_EMAIL` has addresses separated by commas; the SMTP server is the Airflow connection `smtp_default`.
`SIANG_ALERT_WEBHOOK` is an address that accepts JSON by POST. An alert has the task and its log, and never text of a
citizen.
"""

from __future__ import annotations

import logging
import os
from typing import Any

import httpx
from airflow.providers.smtp.notifications.smtp import SmtpNotifier
from airflow.sdk import BaseNotifier

WARNINGS_KEY = "siang_warnings"
"""Key of the warnings of a task in the context of notifiers."""
SUBJECT = "Siang: {{ dag.dag_id }}.{{ ti.task_id }} {{ 'warns' if siang_warnings is defined else 'has failed' }}"
BODY = (
    "Run {{ run_id }}, try {{ ti.try_number }}. Its log: {{ ti.log_url }}"
    "{% if siang_warnings is defined %}{% for one in siang_warnings %}<br>{{ one | e }}{% endfor %}{% endif %}"
)
_log = logging.getLogger("siang.alerts")


def message(context: Any) -> dict[str, Any]:
    """The content of an alert: task, run, try, address of the log, warnings."""
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
    """Writes the alert to the log of the task."""

    def notify(self, context: Any) -> None:
        """Logs the alert: as a warning if it contains warnings, otherwise as an error."""
        alert = message(context)
        _log.log(logging.WARNING if alert["warnings"] else logging.ERROR, "ALERT %s", alert["text"])


class WebhookAlert(BaseNotifier):
    """Posts the alert as JSON."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    def notify(self, context: Any) -> None:
        """Posts the alert; if that fails, the error is logged without the address."""
        try:
            httpx.post(self.address, json=message(context), timeout=10).raise_for_status()
        except httpx.HTTPError as error:
            # The address may contain a secret, so it is not logged.
            _log.error("The webhook of SIANG_ALERT_WEBHOOK did not take the alert (%s).", type(error).__name__)


def notifiers() -> list[BaseNotifier]:
    """The notifiers that the environment configures."""
    configured: list[BaseNotifier] = [LogAlert()]
    if addresses := os.environ.get("SIANG_ALERT_EMAIL"):
        to = [one.strip() for one in addresses.split(",")]
        configured.append(SmtpNotifier(to=to, subject=SUBJECT, html_content=BODY))
    if address := os.environ.get("SIANG_ALERT_WEBHOOK"):
        configured.append(WebhookAlert(address))
    return configured


def warn(context: Any, warnings: list[str]) -> None:
    """Sends warnings. Does not raise, because the warnings are in the log of the task anyway."""
    for notifier in notifiers():
        try:
            notifier({**context, WARNINGS_KEY: warnings})
        except Exception as error:
            _log.error("%s could not send a warning (%s).", type(notifier).__name__, type(error).__name__)
