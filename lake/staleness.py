"""Fingerprints of inputs, which show whether a table must be computed again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def fingerprint(*inputs: object) -> int:
    """A number that changes with the ``repr`` of any input; 63 bits, never negative."""
    return _number(repr(inputs).encode())


def files_fingerprint(paths: Iterable[Path]) -> int:
    """A number that changes with the content of any of the files, such as data or rules in code.

    Line endings make no difference.
    """
    return _number(b"\0".join(path.read_bytes().replace(b"\r\n", b"\n") for path in sorted(paths)))


def tree_version(folders: Iterable[Path], suffixes: tuple[str, ...]) -> str:
    """A text that changes when a file below the folders is written, added or removed; no file is opened."""
    times = [path.stat().st_mtime_ns for folder in folders for path in folder.rglob("*") if path.suffix in suffixes]
    return f"{max(times, default=0)}-{len(times)}"


def _number(content: bytes) -> int:
    return int.from_bytes(hashlib.sha256(content).digest()[:8]) >> 1
