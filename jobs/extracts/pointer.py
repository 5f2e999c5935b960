"""Version folders and the pointer to the current one: no reader ever sees half a version.

``<root>/versions/<name>/…`` never changes once it is there. ``<root>/current`` is switched last: on this
machine a symbolic link, on an object store (which has none) an object that holds the version's name.
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
    """A version folder: ``<as-of date>-<first 8 digits of the hash of its content>`` and its files."""

    name: str
    files: dict[str, bytes]


def write(root: str, version: Version) -> bool:
    """Writes a version folder; False where it is there already. One writer at a time (the lake's lock)."""
    folder = f"{root}/versions/{version.name}"
    if files.exists(f"{folder}/{DESCRIPTOR}"):
        return False
    if not files.is_local(root):
        for name, content in version.files.items():  # the description, which vouches for the rest, is last
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
    """Makes a version the current one, at once for every reader."""
    if not files.is_local(root):
        files.write_bytes(f"{root}/{POINTER}", name.encode())
        return
    draft = Path(root) / f".{POINTER}.draft"
    draft.unlink(missing_ok=True)
    draft.symlink_to(Path("versions") / name)
    os.replace(draft, Path(root) / POINTER)


def prune(root: str, keep: int) -> int:
    """Removes all but the newest versions, and never the current one; returns how many."""
    names = sorted({facts.path.split("/")[0] for facts in files.list_files(f"{root}/versions")})
    doomed = [name for name in names[:-keep] if name != current(root)]
    for name in doomed:
        files.remove_folder(f"{root}/versions/{name}")
    return len(doomed)


def current(root: str) -> str | None:
    """The name of the current version; None before the first."""
    if files.is_local(root):
        link = Path(root) / POINTER
        return link.readlink().name if link.is_symlink() else None
    address = f"{root}/{POINTER}"
    return files.read_bytes(address).decode() if files.exists(address) else None
