"""A confined command: what it keeps, and what it has given up for good."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from lake.confine import Rules, confined_command, is_possible

pytestmark = pytest.mark.skipif(not is_possible(), reason="this kernel has no Landlock of version 4")
SYSTEM = ("/bin", "/lib", "/lib64", "/usr")


def run(code: str, *, read: tuple[str, ...] = (), write: tuple[str, ...] = (), ports: tuple[int, ...] | None = ()):
    rules = Rules(read, (*SYSTEM, sys.prefix, sys.base_prefix), write, ports)
    return subprocess.run(confined_command(["sh", "-c", code], rules), capture_output=True, text=True, timeout=60)


def test_it_reads_and_writes_what_is_named_and_nothing_else(tmp_path: Path):
    for name in ("open", "shut", "scratch"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    keeps = {"read": (str(tmp_path / "open"),), "write": (str(tmp_path / "scratch"),)}
    assert run(f"cat {tmp_path}/open/file {tmp_path}/scratch/file", **keeps).stdout == "openscratch"
    assert run(f"echo new > {tmp_path}/scratch/new", **keeps).returncode == 0
    for code in (
        f"cat {tmp_path}/shut/file",
        f"ls {tmp_path}",
        f"echo new > {tmp_path}/open/file",
        f"echo new > {tmp_path}/new",
        f"rm {tmp_path}/open/file",
        f"mv {tmp_path}/open/file {tmp_path}/scratch/moved",
        f"cp /bin/true {tmp_path}/scratch/mine && {tmp_path}/scratch/mine",
    ):
        done = run(code, **keeps)
        assert done.returncode != 0 and "ermission denied" in done.stderr, code
    assert (tmp_path / "open" / "file").read_text() == "open"


def test_it_signals_and_looks_into_no_process_outside():
    done = run(f"kill -0 {os.getpid()}")
    assert done.returncode != 0 and "not permitted" in done.stderr
    done = run(f"cat /proc/{os.getpid()}/environ", read=("/proc",))
    assert done.returncode != 0 and "ermission denied" in done.stderr


def test_it_reaches_the_ports_that_are_named_and_no_other():
    code = "import socket, sys\nsocket.create_connection(('127.0.0.1', {port}), timeout=5)\nprint('reached')"
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        ask = f'{sys.executable} -c "{code.format(port=port)}"'
        assert run(ask, ports=(port,)).stdout == "reached\n"
        assert run(ask, ports=None).stdout == "reached\n"
        refused = run(ask, ports=(port + 1,))
        assert refused.returncode != 0 and "PermissionError" in refused.stderr


def test_what_it_starts_is_confined_too(tmp_path: Path):
    done = run(f"sh -c 'sh -c \"echo new > {tmp_path}/new\"'")
    assert done.returncode != 0 and not (tmp_path / "new").exists()
