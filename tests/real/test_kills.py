"""SIGKILL at seeded moments of seeded processes, as files keep arriving: the same tables in the end."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
from pathlib import Path

import psutil

from .conftest import Lake

KILLS = 20
LONGEST_SECONDS = 50  # by then a run is in one of its last steps


def victims(lake: Lake, command: int) -> list[psutil.Process]:
    """Everything that works for this lake: the command, its server, the server's workers."""
    mark = f"-Dsiang.lake={lake.home}"
    found = [psutil.Process(command)]
    for process in psutil.process_iter(["cmdline"]):
        if mark in " ".join(process.info["cmdline"] or []):
            found += [process, *process.children(recursive=True)]
    return sorted(set(found), key=lambda process: process.pid)


def kill_one(lake: Lake, chance: random.Random) -> str | None:
    """Starts a run and kills one of its processes at some moment; None where the run was quicker."""
    process = lake.start("run")
    try:
        process.communicate(timeout=chance.uniform(1, LONGEST_SECONDS))
        return None
    except subprocess.TimeoutExpired:
        victim = chance.choice(victims(lake, process.pid))
        name = "the command" if victim.pid == process.pid else victim.name()
        victim.send_signal(signal.SIGKILL)
        output, _ = process.communicate()
        doing = [line for line in output.splitlines() if line[2:3] == ":"]
        return f"{name} after «{doing[-1][9:] if doing else 'nothing yet'}», exit code {process.returncode}"


def deliver(lake: Lake, files: list[Path]) -> None:
    for path in files:
        shutil.copyfile(path, lake.landing / path.name)


def test_kills_change_nothing(feed, tmp_path):
    undisturbed, disturbed = Lake(tmp_path / "a"), Lake(tmp_path / "b")
    try:
        deliver(undisturbed, feed)
        undisturbed.siang("run")
        expected = undisturbed.fingerprint()
        undisturbed.stop()
        chance = random.Random(2566)
        killed: list[str] = []
        attempt = 0
        while len(killed) < KILLS:
            deliver(disturbed, feed[attempt::KILLS])
            attempt += 1
            if found := kill_one(disturbed, chance):
                killed.append(found)
                print(f"\n{len(killed)}: {found}", end="", flush=True)
            assert attempt < 3 * KILLS, "runs end before they can be killed"
        deliver(disturbed, feed)
        disturbed.siang("run")
        print(f"\n{disturbed.siang('reconcile')}")
        assert disturbed.fingerprint() == expected
    finally:
        undisturbed.stop()
        disturbed.stop()
