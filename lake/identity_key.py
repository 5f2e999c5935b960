"""The secret key of a lake, with which ids that are personal data are hashed.

It lies with the restricted root, for its owner alone, and is made once. Without it such concerns are not found again,
so it is backed up with bronze; with it a telephone can be found from its hash, so it is shown and logged nowhere.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from lake import files
from lake.settings import settings

NAME = "identity.key"
_BYTES = 32


def address() -> str:
    return f"{settings().restricted}/{NAME}"


def load() -> bytes:
    """The key; made where there is none yet. The lake's one writer makes it, so that on an object store, which has no
    way to create what is not there, nobody else does so at the same time."""
    if not files.exists(address()):
        _make(address())
    return bytes.fromhex(files.read_bytes(address()).decode())


def _make(target: str) -> None:
    content = secrets.token_hex(_BYTES).encode()
    if not files.is_local(target):
        files.write_bytes(target, content)
        return
    Path(target).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = files.draft_of(target)
    Path(draft).unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(draft, target)  # unlike a rename it puts nothing in the place of a key that another process made
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)
