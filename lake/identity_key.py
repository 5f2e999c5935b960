"""The secret key of a lake, for hashing ids that are personal data.

It is created once, below the restricted root, and only its owner can read it. Without it, such concerns cannot be
matched again, so it is backed up with bronze. With it, a telephone number can be found from its hash, so it is never
shown or logged.
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
    """The address of the file of the key."""
    return f"{settings().restricted}/{NAME}"


def load() -> bytes:
    """The key; created if there is none yet.

    Only the writer of the lake calls this, because an object store cannot prevent two processes from creating the key
    at the same time.
    """
    if not files.exists(address()):
        _make(address())
    return bytes.fromhex(files.read_bytes(address()).decode())


def _make(target: str) -> None:
    content = secrets.token_hex(_BYTES).encode()
    if not files.is_local(target):
        files.write_bytes(target, content)
        return
    Path(target).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = files.draft_path(target)
    Path(draft).unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(draft, target)  # unlike a rename, this does not overwrite a key that another process made
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)
