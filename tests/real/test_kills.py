"""SIGKILL at seeded moments of seeded processes: the same tables in the end."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time

import psutil

from .conftest import Lake

KILLS = int(os.environ.get("SIANG_TEST_KILLS", "20"))
SLOWEST_RUN_SECONDS = 1800


def victims(lake: Lake, command: psutil.Process) -> list[psutil.Process]:
    """Everything that works for this lake: the command, its server, the server's workers."""
    mark = f"-Dsiang.lake={lake.home}"
    found = [command, *command.children(recursive=True)]
    for process in psutil.process_iter(["cmdline"]):
        if mark in " ".join(process.info["cmdline"] or []):
            found += [process, *process.children(recursive=True)]
    return list(dict.fromkeys(found))


def run_with_kills(lake: Lake, chance: random.Random, longest: float) -> list[str]:
    """Runs the pipeline until a run ends by itself; kills one process at a time on the way."""
    killed: list[str] = []
    deadline = time.monotonic() + SLOWEST_RUN_SECONDS
    while time.monotonic() < deadline:
        process = lake.start("run")
        if len(killed) < KILLS:
            try:
                process.communicate(timeout=chance.uniform(1, longest))
            except Exception:
                alive = [one for one in victims(lake, psutil.Process(process.pid)) if one.is_running()]
                victim = chance.choice(sorted(alive, key=lambda one: one.pid))
                killed.append(victim.name())
                victim.send_signal(signal.SIGKILL)
        output, _ = process.communicate()
        if process.returncode == 0 and len(killed) >= KILLS:
            return killed
        if len(killed) >= KILLS and "Traceback" in output:
            raise AssertionError(output[-3000:])
    raise AssertionError(f"no run ended well after {len(killed)} kills")


def test_kills_change_nothing(feed, tmp_path):
    undisturbed, disturbed = Lake(tmp_path / "a"), Lake(tmp_path / "b")
    try:
        for lake in (undisturbed, disturbed):
            for path in feed:
                shutil.copyfile(path, lake.landing / path.name)
        started = time.monotonic()
        undisturbed.siang("run")
        whole = time.monotonic() - started
        expected = undisturbed.fingerprint()
        undisturbed.stop()
        killed = run_with_kills(disturbed, random.Random(2566), longest=whole)
        print(f"\n{len(killed)} killed: {', '.join(killed)}\n{disturbed.siang('reconcile')}")
        assert disturbed.fingerprint() == expected
    finally:
        undisturbed.stop()
        disturbed.stop()
