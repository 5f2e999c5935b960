"""Version folders and the pointer to the current version, so that no reader sees an incomplete version.

``<root>/versions/<name>/…`` is never changed once it is written. ``<root>/current`` is switched last: on a local disk
it is a symbolic link, on an object store (which has no links) an object that contains the name of the version.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from lake import files

POINTER = "current"
DESCRIPTOR = "datapackage.json"


@dataclass(frozen=True)
class Version:
    """The name of a version, ``<as-of date>-<first 8 digits of the hash of its content>``, and its files."""

    name: str
    files: dict[str, bytes]


def write(root: str, version: Version) -> bool:
    """Writes a version folder; returns False if it exists already. One writer at a time (the lake's lock)."""
    folder = f"{root}/versions/{version.name}"
    if files.exists(f"{folder}/{DESCRIPTOR}"):
        return False
    if not files.is_local(root):
        for name, content in version.files.items():  # the descriptor is last, so it exists only in complete versions
            files.write_bytes(f"{folder}/{name}", content)
        return True
    draft = Path(root) / "versions" / ".draft"
    if draft.exists():  # left by a run that was killed
        shutil.rmtree(draft)
    for name, content in version.files.items():
        files.write_bytes(str(draft / name), content)
    os.rename(draft, folder)
    return True


def switch(root: str, name: str) -> None:
    """Makes a version the current one, atomically for every reader."""
    if not files.is_local(root):
        files.write_bytes(f"{root}/{POINTER}", name.encode())
        return
    draft = Path(root) / f".{POINTER}.draft"
    draft.unlink(missing_ok=True)
    draft.symlink_to(Path("versions") / name)
    os.replace(draft, Path(root) / POINTER)


def prune(root: str, keep: int) -> int:
    """Removes all versions but the newest ``keep`` and the current one; returns the number of removed versions."""
    names = sorted({facts.path.split("/")[0] for facts in files.list_files(f"{root}/versions")})
    expired = [name for name in names[:-keep] if name != current(root)]
    for name in expired:
        files.remove_folder(f"{root}/versions/{name}")
    return len(expired)


def current(root: str) -> str | None:
    """The name of the current version; None before the first."""
    if files.is_local(root):
        link = Path(root) / POINTER
        return link.readlink().name if link.is_symlink() else None
    address = f"{root}/{POINTER}"
    return files.read_bytes(address).decode() if files.exists(address) else None
