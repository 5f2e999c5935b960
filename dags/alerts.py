"""Whom a failed task tells: always the log, and whoever the environment names.

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

SUBJECT = "Siang: {{ dag.dag_id }}.{{ ti.task_id }} has failed"
_log = logging.getLogger("siang.alerts")


def message(context: Any) -> dict[str, Any]:
    """What there is to know: which task, which run, which try, and where its log is."""
    ti = context["ti"]
    return {
        "dag": ti.dag_id,
        "task": ti.task_id,
        "run": ti.run_id,
        "try": ti.try_number,
        "log": getattr(ti, "log_url", None),
        "text": f"Siang: {ti.dag_id}.{ti.task_id} has failed; the last line of its log says what and what to do.",
    }


class LogAlert(BaseNotifier):
    """Says it in the log of the task."""

    def notify(self, context: Any) -> None:
        _log.error("ALERT %s", message(context)["text"])


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
        body = "Run {{ run_id }}, try {{ ti.try_number }}. Its log: {{ ti.log_url }}"
        found.append(SmtpNotifier(to=to, subject=SUBJECT, html_content=body))
    if address := os.environ.get("SIANG_ALERT_WEBHOOK"):
        found.append(WebhookAlert(address))
    return found
