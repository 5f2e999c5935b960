"""A request that Airflow does not answer is sent again; nothing that runs is ended for it."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from jobs.operations.airflow import server as subject
from jobs.operations.airflow.server import Server
from schemas.errors import UserError


@contextmanager
def answering(statuses: list[int], home: Path, command: str = "sleep 60") -> Generator[Server]:
    """A server of these answers, one after the other and the last for ever, beside a scheduler that runs a command."""
    left: Iterator[int] = iter(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(next(left, statuses[-1]))
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: object) -> None: ...

    listener = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    scheduler = subprocess.Popen(["sh", "-c", f"{command}; true"], start_new_session=True)
    try:
        yield Server(home, listener.server_port, listener.server_port, {"scheduler": scheduler})
    finally:
        with suppress(ProcessLookupError):
            os.killpg(scheduler.pid, signal.SIGKILL)
        scheduler.wait()
        listener.shutdown()
        listener.server_close()


def test_an_error_of_airflow_is_asked_again_told_once_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with answering([500, 503, 200], tmp_path) as server:
        assert server.call("POST", "/pools") == {}
        assert server.repeated == 2
    assert capsys.readouterr().out == (
        f"Airflow answered 500 to POST /api/v2/pools; the request is repeated (log: {tmp_path}/api-server.log).\n"
    )


def test_a_run_that_was_made_although_its_answer_was_lost_is_no_error(tmp_path: Path) -> None:
    with answering([500, 409], tmp_path) as server:
        server.call("POST", "/dags/land_x/dagRuns", may_exist=True)
        with pytest.raises(UserError, match="answered 409"):
            server.call("POST", "/dags/land_x/dagRuns")


def test_what_airflow_refuses_is_not_asked_again(tmp_path: Path) -> None:
    with answering([404, 200], tmp_path) as server:
        with pytest.raises(UserError, match="answered 404 to POST /dags/land_x/dagRuns"):
            server.call("POST", "/dags/land_x/dagRuns")
        assert server.repeated == 0


def test_it_is_given_up_after_a_time_in_which_no_task_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "PATIENCE_SECONDS", 1)
    with answering([500], tmp_path) as server, pytest.raises(UserError, match=r"for 1 s: read .*api-server\.log"):
        server.call("POST", "/pools")


def test_it_is_not_given_up_while_a_task_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "PATIENCE_SECONDS", 0)
    command = tmp_path / "siang"
    command.write_text("#!/bin/sh\nsleep 60\n")
    command.chmod(0o700)
    with answering([500, 500, 500, 200], tmp_path, str(command)) as server:
        while not server.running_commands():
            pass
        assert server.call("POST", "/pools") == {}
        assert server.repeated == 3


def test_an_airflow_that_ended_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "scheduler.log").write_text("why it ended\n")
    with answering([500], tmp_path, "exit 1") as server:
        server.children["scheduler"].wait()
        with pytest.raises(UserError, match="the scheduler of Airflow has ended"):
            server.call("POST", "/pools")
    assert capsys.readouterr().err.strip() == "why it ended"
