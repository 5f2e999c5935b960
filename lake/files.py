"""Files by address: the same calls for a local folder and for an object store."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyarrow import fs

from lake.settings import settings

OWNER = 0o700
"""Rights of a folder that holds anything restricted, or what lets one act as the pipeline."""
GROUP = 0o750
"""Rights of a lake and of logs: its owner writes, the owner's group reads."""


@dataclass(frozen=True)
class FileFacts:
    """A file below a root: its path relative to it, size in bytes and time of modification (UTC seconds)."""

    path: str
    bytes: int
    modified_at: float


def is_local(address: str) -> bool:
    return "://" not in address


def open_root(address: str) -> tuple[fs.FileSystem, str]:
    """The file system of an address and the path on it.

    ``s3a://bucket/prefix`` (and ``s3://``) go to S3, at ``SIANG_S3_ENDPOINT`` where one is set.
    """
    if is_local(address):
        return fs.LocalFileSystem(), address
    scheme, _, path = address.partition("://")
    if scheme in ("s3a", "s3"):
        endpoint = settings().s3_endpoint
        return fs.S3FileSystem(
            endpoint_override=endpoint or None,
            scheme="http" if endpoint.startswith("http://") else "https",
            region=os.environ.get("AWS_REGION", "us-east-1"),
            allow_bucket_creation=False,
        ), path.rstrip("/")
    filesystem, path = fs.FileSystem.from_uri(address)
    return filesystem, path.rstrip("/")


def list_files(address: str) -> Iterator[FileFacts]:
    """All files below a root, in the order of their paths; hidden ones (``.name``) are left out."""
    filesystem, root = open_root(address)
    selector = fs.FileSelector(root, recursive=True, allow_not_found=True)
    infos = sorted(filesystem.get_file_info(selector), key=lambda info: info.path)
    for info in infos:
        if info.type != fs.FileType.File or info.base_name.startswith("."):
            continue
        modified = info.mtime.timestamp() if info.mtime is not None else 0.0
        yield FileFacts(info.path[len(root) :].lstrip("/"), int(info.size), modified)


def read_bytes(address: str) -> bytes:
    filesystem, path = open_root(address)
    with filesystem.open_input_stream(path) as stream:
        return stream.read()


def exists(address: str) -> bool:
    filesystem, path = open_root(address)
    return bool(filesystem.get_file_info(path).type == fs.FileType.File)


def write_bytes(address: str, content: bytes) -> None:
    """Writes a whole file, so that a reader sees either nothing or all of it."""
    filesystem, path = open_root(address)
    if not is_local(address):  # an object store shows an object only when it is complete
        with filesystem.open_output_stream(path) as stream:
            stream.write(content)
        return
    draft = draft_of(path)
    with open(draft, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(draft, path)


def remove_folder(address: str) -> None:
    """Removes a folder and all that it holds, where there is one."""
    filesystem, path = open_root(address)
    if filesystem.get_file_info(path).type == fs.FileType.Directory:
        filesystem.delete_dir(path)


def draft_of(path: str) -> str:
    """Where a local file is written before it is renamed to ``path``: hidden, so that no listing shows it."""
    target = Path(path)
    _make_parents(target.parent)
    return str(target.with_name(f".{target.name}.{os.getpid()}.draft"))


def _make_parents(folder: Path) -> None:
    """Makes the folders that lack, open to nobody to whom the folder above them is closed."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    rights = stat.S_IMODE(folder.stat().st_mode) & 0o777
    for one in reversed(missing):
        one.mkdir(mode=rights, exist_ok=True)


def make_folder(path: str | Path, rights: int) -> None:
    """Makes a local folder with these rights (``OWNER``, ``GROUP``), and takes from one that is there what goes beyond.

    An object store has rights of its own.
    """
    if not is_local(str(path)):
        return
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    there = stat.S_IMODE(folder.stat().st_mode)
    if there & 0o777 & ~rights:
        folder.chmod(there & (rights | ~0o777))
