"""Locks for the single writer of a lake; the operating system releases them when the process ends."""

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


def acquire(path: Path, *, wait_seconds: float = 0) -> int | None:
    """Acquires an exclusive lock on a file. Returns its descriptor, or None if another process holds the lock.

    The folder of the file (``.run`` of a lake) is made accessible to the owner only, the folder above it (the lake) to
    the owner and the group.

    The lock is held as long as any process has the descriptor open, so a child that inherits it keeps the lock. Raises
    UserError where the file cannot be written.
    """
    try:
        files.make_folder(path.parent.parent, files.GROUP)
        files.make_folder(path.parent, files.OWNER)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise UserError(
            f"the folder {path.parent} cannot be written ({error.strerror})", "correct SIANG_HOME or SIANG_LAKE"
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
    descriptor = acquire(path)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


@contextmanager
def writer_lock(run_folder: Path, *, wait_seconds: float = 600) -> Generator[bool]:
    """Holds the writer lock of the lake. Yields whether the previous writer was killed while it worked.

    Raises UserError where another writer holds the lock for longer than ``wait_seconds``.
    """
    path = run_folder / "writer.lock"
    descriptor = acquire(path)
    if descriptor is None and wait_seconds:
        print(f"siang: another command is writing to this lake; waiting up to {wait_seconds:.0f} s", file=sys.stderr)
        descriptor = acquire(path, wait_seconds=wait_seconds)
    if descriptor is None:
        raise UserError(
            f"another process has been writing to this lake for over {wait_seconds:.0f} s ({run_folder})",
            "wait until it ends, or stop it, and run the same command again",
        )
    busy = run_folder / "writer.busy"
    was_killed = busy.exists()
    busy.write_text(str(os.getpid()))
    try:
        yield was_killed
    except Exception:
        # Python reported the error, so no work of this process continues on the server.
        busy.unlink(missing_ok=True)
        raise
    else:
        busy.unlink(missing_ok=True)
    finally:
        # After KeyboardInterrupt or SystemExit the file stays: the server may still be working.
        os.close(descriptor)
