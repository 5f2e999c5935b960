"""Files by address, with the same functions for a local folder and an object store."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyarrow import fs

from lake.settings import settings

OWNER = 0o700
"""Permissions of a folder with restricted data, or with secrets of the pipeline."""
GROUP = 0o750
"""Permissions of a lake and of logs: the owner writes, the group reads."""


@dataclass(frozen=True)
class FileFacts:
    """A file below a root: path relative to the root, size in bytes, time of modification (UTC seconds)."""

    path: str
    bytes: int
    modified_at: float


def is_local(address: str) -> bool:
    """Whether an address is a path on this machine, and not a URL such as ``s3a://bucket/prefix``."""
    return "://" not in address


def open_root(address: str) -> tuple[fs.FileSystem, str]:
    """The file system of an address and the path on it.

    ``s3a://bucket/prefix`` (and ``s3://``) use S3, at ``SIANG_S3_ENDPOINT`` if it is set.
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
    """All files below a root, ordered by path; hidden files (``.name``) are left out."""
    filesystem, root = open_root(address)
    selector = fs.FileSelector(root, recursive=True, allow_not_found=True)
    infos = sorted(filesystem.get_file_info(selector), key=lambda info: info.path)
    for info in infos:
        if info.type != fs.FileType.File or info.base_name.startswith("."):
            continue
        modified = info.mtime.timestamp() if info.mtime is not None else 0.0
        yield FileFacts(info.path[len(root) :].lstrip("/"), int(info.size), modified)


def read_bytes(address: str) -> bytes:
    """The content of a file. Raises FileNotFoundError if there is none."""
    filesystem, path = open_root(address)
    with filesystem.open_input_stream(path) as stream:
        return stream.read()


def exists(address: str) -> bool:
    """Whether there is a file at the address; false for a folder."""
    filesystem, path = open_root(address)
    return bool(filesystem.get_file_info(path).type == fs.FileType.File)


def write_bytes(address: str, content: bytes) -> None:
    """Writes a whole file atomically: a reader sees the old file, or all of the new one."""
    filesystem, path = open_root(address)
    if not is_local(address):  # in an object store, an object is visible only when it is complete
        with filesystem.open_output_stream(path) as stream:
            stream.write(content)
        return
    draft = draft_path(path)
    with open(draft, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(draft, path)


def remove_folder(address: str) -> None:
    """Removes a folder with its content, if it exists."""
    filesystem, path = open_root(address)
    if filesystem.get_file_info(path).type == fs.FileType.Directory:
        filesystem.delete_dir(path)


def draft_path(path: str) -> str:
    """A temporary path for a local file before it is renamed to ``path``; hidden, so that listings leave it out."""
    target = Path(path)
    _make_parents(target.parent)
    return str(target.with_name(f".{target.name}.{os.getpid()}.draft"))


def _make_parents(folder: Path) -> None:
    """Creates missing folders, with the permissions of the nearest existing folder above them."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    rights = stat.S_IMODE(folder.stat().st_mode) & 0o777
    for path in reversed(missing):
        path.mkdir(mode=rights, exist_ok=True)


def make_folder(path: str | Path, rights: int) -> None:
    """Creates a local folder with these permissions (``OWNER``, ``GROUP``), or removes others from an existing one.

    Does nothing on an object store, which has its own permissions.
    """
    if not is_local(str(path)):
        return
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    current = stat.S_IMODE(folder.stat().st_mode)
    if current & 0o777 & ~rights:
        folder.chmod(current & (rights | ~0o777))
