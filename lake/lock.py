"""One writer: locks that the operating system drops with the process that holds them."""

from __future__ import annotations

import fcntl
import os
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from lake import files
from schemas.errors import UserError


def take(path: Path, *, wait_seconds: float = 0) -> int | None:
    """Takes an exclusive lock on a file and returns its descriptor, or None where another process holds it.

    Its folder (a lake's ``.run``) is for the owner alone, and the folder above it, the lake, for the owner and group.

    The lock lives as long as any process has the descriptor open, so a child that inherits it keeps it. Raises
    UserError     where the file cannot be written.
    """
    try:
        files.make_folder(path.parent.parent, files.GROUP)
        files.make_folder(path.parent, files.OWNER)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise UserError(
            f"the folder {path.parent} cannot be written ({error.strerror})", "mend SIANG_HOME or SIANG_LAKE"
        ) from None
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        except BlockingIOError:
            if time.monotonic() >= deadline:
                os.close(descriptor)
                return None
            time.sleep(0.1)


def is_held(path: Path) -> bool:
    """Whether some process holds the lock now."""
    descriptor = take(path)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


@contextmanager
def writer_lock(run_folder: Path, *, wait_seconds: float = 600) -> Generator[bool]:
    """Holds the lake's writer lock; yields whether the writer before this one died inside its work.

    Raises UserError where another writer holds the lock for longer than ``wait_seconds``.
    """
    path = run_folder / "writer.lock"
    descriptor = take(path)
    if descriptor is None and wait_seconds:
        print(
            f"siang: waiting for another command that writes this lake, {wait_seconds:.0f} s at most", file=sys.stderr
        )
        descriptor = take(path, wait_seconds=wait_seconds)
    if descriptor is None:
        raise UserError(
            f"another process has been writing this lake for over {wait_seconds:.0f} s ({run_folder})",
            "wait for it to end, or end it, and run the same command again",
        )
    busy = run_folder / "writer.busy"
    died = busy.exists()
    busy.write_text(str(os.getpid()))
    try:
        yield died
    except Exception:
        # An error that Python reports has reached the client: nothing of ours runs on.
        busy.unlink(missing_ok=True)
        raise
    else:
        busy.unlink(missing_ok=True)
    finally:
        # On KeyboardInterrupt or SystemExit the mark stays: the server may still be at work.
        os.close(descriptor)
