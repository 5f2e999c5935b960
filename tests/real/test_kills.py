"""SIGKILL at seeded moments of seeded processes, as files keep arriving: the same tables in the end."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
from pathlib import Path

import psutil
import pytest

from .conftest import Lake

pytestmark = pytest.mark.kills

KILLS = 20
LONGEST_SECONDS = 90  # by then a run is in one of its last steps


def victims(lake: Lake, command: int) -> list[psutil.Process]:
    """Everything that works for this lake: the command, its server, the server's workers."""
    mark = f"-Dsiang.lake={lake.home}"
    found = [psutil.Process(command)]
    for process in psutil.process_iter(["cmdline"]):
        if mark in " ".join(process.info["cmdline"] or []):
            found += [process, *process.children(recursive=True)]
    return sorted(set(found), key=lambda process: process.pid)


def disturb(lake: Lake, chance: random.Random, killed: list[str]) -> None:
    """Starts a run and kills one process after another, until the command is gone or there were enough."""
    process = lake.start("run")
    while True:
        enough = len(killed) >= KILLS
        try:
            process.communicate(timeout=None if enough else chance.uniform(1, LONGEST_SECONDS))
            return
        except subprocess.TimeoutExpired:
            victim = chance.choice(victims(lake, process.pid))
            name = "the command" if victim.pid == process.pid else victim.name()
            victim.send_signal(signal.SIGKILL)
            killed.append(name)
            print(f"\n{len(killed)}: {name} {steps_done(lake)}", end="", flush=True)


def steps_done(lake: Lake) -> str:
    """How many commits each layer has, to see in which step a kill came."""
    counts = {}
    for root in (lake.home / "restricted" / "bronze", lake.home / "lake"):
        for log in root.rglob("_delta_log"):
            counts[log.parent.name] = len(list(log.glob("*.json"))) - 1
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()) if count > 0)


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
        for attempt in range(3 * KILLS):
            if len(killed) >= KILLS:
                break
            deliver(disturbed, feed[attempt % KILLS :: KILLS])
            disturb(disturbed, chance, killed)
        assert len(killed) == KILLS, "runs end before they can be killed"
        deliver(disturbed, feed)
        disturbed.siang("run")
        print(f"\n{disturbed.siang('reconcile')}")
        assert disturbed.fingerprint() == expected
    finally:
        undisturbed.stop()
        disturbed.stop()
