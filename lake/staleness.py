"""Whether something must be made again: what it was made from is kept as one number, its fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def fingerprint(*inputs: object) -> int:
    """A number that changes whenever one of the inputs does, by their ``repr``; 63 bits, never negative."""
    return _number(repr(inputs).encode())


def files_fingerprint(paths: Iterable[Path]) -> int:
    """A number that changes whenever the content of one of the files does: data, or code that holds rules.

    How lines end makes no difference.
    """
    return _number(b"\0".join(path.read_bytes().replace(b"\r\n", b"\n") for path in sorted(paths)))


def tree_version(folders: Iterable[Path], suffixes: tuple[str, ...]) -> str:
    """A word that changes whenever a file below the folders is written, added or removed; no file is opened."""
    found = [path.stat().st_mtime_ns for folder in folders for path in folder.rglob("*") if path.suffix in suffixes]
    return f"{max(found, default=0)}-{len(found)}"


def _number(content: bytes) -> int:
    return int.from_bytes(hashlib.sha256(content).digest()[:8]) >> 1
