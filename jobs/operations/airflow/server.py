"""A running Airflow: its processes and its REST API."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Any

import httpx
import psutil
import typer
from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_exponential

from schemas.errors import UserError

START_SECONDS = 180
PATIENCE_SECONDS = 300
"""Time without an answer after which Airflow is given up, if no command runs in it."""
NOTICE_SECONDS = 60
CONFLICT = 409


class NoResponseError(Exception):
    """Airflow did not answer a request, or answered with a server error; the request can be repeated."""


class Server:
    """A running Airflow: its processes by name, and its REST API on a port of loopback.

    A request is repeated while Airflow returns a server error (5xx) or no answer, as long as one of its tasks runs, so
    that a failed request stops no running task. So each request must be safe to repeat.
    """

    def __init__(
        self, home: Path, port: int, execution_port: int, children: dict[str, subprocess.Popen[bytes]]
    ) -> None:
        self.home = home
        self.address = f"http://127.0.0.1:{port}"
        self.execution_address = f"http://127.0.0.1:{execution_port}/execution"
        self.children = children
        self.repeated = 0
        # Without the proxy settings of the environment.
        self.client = httpx.Client(base_url=self.address, timeout=30, trust_env=False)

    def check(self) -> None:
        """Raises UserError if one of its processes has ended."""
        for name, child in self.children.items():
            if child.poll() is not None:
                log = self.home / f"{name}.log"
                typer.echo("".join(log.read_text(errors="replace").splitlines(keepends=True)[-20:]), err=True)
                raise UserError(f"the {name} of Airflow has ended", f"read {log}, then run this again")

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Any = None,
        body: Any = None,
        may_exist: bool = False,
        prefix: str = "/api/v2",
    ) -> Any:
        """The answer of the REST API, as JSON.

        With ``may_exist``, a conflict (409) is not an error: an earlier request whose answer was lost has created the
        object. Raises UserError where Airflow rejects the request, or does not answer in ``PATIENCE_SECONDS`` while no
        task runs.
        """
        patiently = Retrying(
            retry=retry_if_exception_type(NoResponseError),
            wait=wait_exponential(multiplier=0.5, max=10),
            stop=self._should_stop,
            before_sleep=_RetryNotice(self),
            retry_error_callback=self._give_up,
        )
        response = patiently(self._send, method, f"{prefix}{path}", params, body)
        if response.is_error and not (may_exist and response.status_code == CONFLICT):
            raise UserError(
                f"Airflow answered {response.status_code} to {method} {path}: {response.text[:300]}",
                f"read the logs in {self.home}",
            )
        return response.json() if response.content else None

    def _send(self, method: str, path: str, params: Any, body: Any) -> httpx.Response:
        self.check()
        try:
            response = self.client.request(method, path, params=params, json=body)
        except httpx.TransportError as error:
            raise NoResponseError(f"did not answer {method} {path} ({type(error).__name__})") from error
        if response.is_server_error:
            raise NoResponseError(f"answered {response.status_code} to {method} {path}")
        return response

    def _should_stop(self, state: RetryCallState) -> bool:
        waited = state.seconds_since_start or 0
        return waited > PATIENCE_SECONDS and not self.running_commands()

    def _give_up(self, state: RetryCallState) -> Any:
        raise UserError(f"Airflow {_failure(state)} for {PATIENCE_SECONDS} s", f"read {self.log}, then run this again")

    @property
    def log(self) -> Path:
        """The log of the REST API server."""
        return self.home / "api-server.log"

    def running_commands(self) -> list[psutil.Process]:
        """The running commands of tasks. Airflow starts each in its own process group."""
        try:
            scheduler = psutil.Process(self.children["scheduler"].pid)
            return [one for one in scheduler.children(recursive=True) if Path(one.name()).name == "siang"]
        except psutil.Error:
            return []

    def pause(self, dag_id: str, is_paused: bool) -> None:
        """Pauses a DAG, or resumes it if ``is_paused`` is false."""
        self.call("PATCH", f"/dags/{dag_id}", body={"is_paused": is_paused})

    def healthy(self) -> bool:
        """Whether both servers answer and the other two components have reported to the database."""
        try:
            answer = self.client.get("/api/v2/monitor/health")
            execution = self.client.get(f"{self.execution_address}/health")
        except httpx.TransportError:
            return False
        if answer.is_error or execution.is_error:
            return False
        parts = answer.json()
        return all(parts[part]["status"] == "healthy" for part in ("metadatabase", "scheduler", "dag_processor"))


class _RetryNotice:
    """Counts the retries of a request, and prints the first one and then one per minute."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.printed_at: float | None = None

    def __call__(self, state: RetryCallState) -> None:
        self.server.repeated += 1
        now = time.monotonic()
        if self.printed_at is None or now - self.printed_at > NOTICE_SECONDS:
            self.printed_at = now
            typer.echo(f"Airflow {_failure(state)}; the request is repeated (log: {self.server.log}).")


def _failure(state: RetryCallState) -> str:
    return str(state.outcome.exception()) if state.outcome else "did not answer"


def wait_until_healthy(server: Server) -> Server:
    """The server after all its processes answer, with a token and the pool for the writers of the lake."""
    deadline = time.monotonic() + START_SECONDS
    while not server.healthy():
        server.check()
        if time.monotonic() > deadline:
            raise UserError(f"Airflow was not up after {START_SECONDS} s", f"read the logs in {server.home}")
        time.sleep(0.3)
    token = server.call("GET", "/auth/token", prefix="")["access_token"]
    server.client.headers["Authorization"] = f"Bearer {token}"
    pool = {"name": "lake", "slots": 1, "description": "one writer a lake"}
    server.call("POST", "/pools", body=pool, may_exist=True)
    return server
