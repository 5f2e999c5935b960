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
"""How long an Airflow in which no command runs may go on without an answer before it is given up."""
NOTICE_SECONDS = 60
CONFLICT = 409


class NoResponse(Exception):
    """A request that Airflow did not answer, or answered with an error of its own; it can be sent again."""


class Server:
    """A running Airflow: its processes by name, and its REST API on a port of loopback.

    A request is sent again for as long as Airflow answers with an error of its own (5xx) or not at all and one of
    its tasks still runs: nothing that runs is ended because a request failed. So each request has to be safe to
    repeat.
    """

    def __init__(
        self, home: Path, port: int, execution_port: int, children: dict[str, subprocess.Popen[bytes]]
    ) -> None:
        self.home = home
        self.address = f"http://127.0.0.1:{port}"
        self.execution_address = f"http://127.0.0.1:{execution_port}/execution"
        self.children = children
        self.repeated = 0
        # Not by way of a proxy that the environment names.
        self.client = httpx.Client(base_url=self.address, timeout=30, trust_env=False)

    def check(self) -> None:
        """Raises a UserError if a process of it has ended."""
        for name, child in self.children.items():
            if child.poll() is not None:
                log = self.home / f"{name}.log"
                typer.echo("".join(log.read_text(errors="replace").splitlines(keepends=True)[-20:]), err=True)
                raise UserError(f"Airflow's {name} ended by itself", f"read {log}, then run this again")

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
        """What the REST API answers, as JSON.

        ``may_exist``: that the thing to be made is there already (409) is no error; a request whose answer was lost
        has made it. Raises a UserError for a request that Airflow refuses, or that it did not answer in
        ``PATIENCE_SECONDS`` while no task ran.
        """
        patiently = Retrying(
            retry=retry_if_exception_type(NoResponse),
            wait=wait_exponential(multiplier=0.5, max=10),
            stop=self._should_stop,
            before_sleep=_RetryNotice(self),
            retry_error_callback=self._give_up,
        )
        response = patiently(self._send, method, f"{prefix}{path}", params, body)
        if response.is_error and not (may_exist and response.status_code == CONFLICT):
            raise UserError(
                f"Airflow answered {response.status_code} to {method} {path}: {response.text[:300]}",
                f"look into the logs in {self.home}",
            )
        return response.json() if response.content else None

    def _send(self, method: str, path: str, params: Any, body: Any) -> httpx.Response:
        self.check()
        try:
            response = self.client.request(method, path, params=params, json=body)
        except httpx.TransportError as error:
            raise NoResponse(f"did not answer {method} {path} ({type(error).__name__})") from error
        if response.is_server_error:
            raise NoResponse(f"answered {response.status_code} to {method} {path}")
        return response

    def _should_stop(self, state: RetryCallState) -> bool:
        waited = state.seconds_since_start or 0
        return waited > PATIENCE_SECONDS and not self.running_commands()

    def _give_up(self, state: RetryCallState) -> Any:
        raise UserError(f"Airflow {_failure(state)} for {PATIENCE_SECONDS} s", f"read {self.log}, then run this again")

    @property
    def log(self) -> Path:
        """Where the server of the REST API says what went wrong."""
        return self.home / "api-server.log"

    def running_commands(self) -> list[psutil.Process]:
        """The commands of tasks that run now: Airflow gives each a process group of its own."""
        try:
            scheduler = psutil.Process(self.children["scheduler"].pid)
            return [one for one in scheduler.children(recursive=True) if Path(one.name()).name == "siang"]
        except psutil.Error:
            return []

    def pause(self, dag_id: str, is_paused: bool) -> None:
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
    """Counts the repetitions of a request, and tells of the first and of one a minute."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.told_at: float | None = None

    def __call__(self, state: RetryCallState) -> None:
        self.server.repeated += 1
        now = time.monotonic()
        if self.told_at is None or now - self.told_at > NOTICE_SECONDS:
            self.told_at = now
            typer.echo(
                f"Airflow {_failure(state)}; it is asked again, nothing is stopped (its log: {self.server.log})."
            )


def _failure(state: RetryCallState) -> str:
    return str(state.outcome.exception()) if state.outcome else "did not answer"


def wait_until_healthy(server: Server) -> Server:
    """The server, once all its processes answer, with a token and the pool that the lake's writers share."""
    deadline = time.monotonic() + START_SECONDS
    while not server.healthy():
        server.check()
        if time.monotonic() > deadline:
            raise UserError(f"Airflow was not up after {START_SECONDS} s", f"look into the logs in {server.home}")
        time.sleep(0.3)
    token = server.call("GET", "/auth/token", prefix="")["access_token"]
    server.client.headers["Authorization"] = f"Bearer {token}"
    pool = {"name": "lake", "slots": 1, "description": "one writer a lake"}
    server.call("POST", "/pools", body=pool, may_exist=True)
    return server
