"""The archive: every file that landed, once, by its content. Restricted.

``<archive>/<source>/data/<sha256>`` holds the bytes. ``<archive>/<source>/seen/`` has a small file for each
path, size and modification time that was looked at, named after the content that it had and the time of
observation that the path tells, so that one listing says what is there and nothing is hashed twice.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from lake import files, name_times
from lake.files import FileFacts
from lake.settings import settings
from schemas.calendars import BUDDHIST_OFFSET, YEARS
from schemas.contracts import Contract

_CHUNK = 4 * 1024 * 1024
_UNDATED = "undated"
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class FileObservation:
    """That a path, as it was at some time, held a content."""

    source_id: str
    name: str
    file_sha256: str
    observed_at: datetime | None
    seen_at: datetime


class ChangedWhileRead(Exception):
    """The file was being written while it was read; it is left for the next run."""


def data_address(source_id: str, file_sha256: str, root: str | None = None) -> str:
    return f"{root or settings().archive}/{source_id}/data/{file_sha256}"


def observed_at(path: str, contract: Contract) -> datetime | None:
    """When the source was observed, from a file's name, read in the contract's calendar and zone; in UTC.

    It is the start of the day where the name tells no time of day.
    """
    pattern = contract.version_order.pattern
    found = re.search(pattern, path) if pattern else None
    if found is None:
        return None
    try:
        year, *rest = name_times.numbers(found)
        year -= BUDDHIST_OFFSET if contract.calendar == "buddhist" else 0
        time = datetime(year, *rest, tzinfo=ZoneInfo(contract.time_zone)).astimezone(UTC)
    except ValueError:
        return None
    # A year of the other calendar is no year of this one: better no date than one of 1482.
    return time if time.year in YEARS["gregorian"] else None


def why_undated(path: str, contract: Contract) -> str:
    """Why a file's name tells no day of observation, as the end of a sentence."""
    pattern = contract.version_order.pattern
    if not (found := re.search(pattern, path) if pattern else None):
        return f"has no date that the pattern {pattern} finds"
    return f"has {found.group('date')}, which is no day of the {contract.calendar} calendar that the contract states"


def key_of(facts: FileFacts, contract: Contract) -> str:
    """Names what was looked at: another time of modification, or another pattern for dates, looks again."""
    said = f"{facts.path}\0{facts.bytes}\0{facts.modified_at}\0{contract.version_order.pattern}"
    return hashlib.sha256(said.encode()).hexdigest()[:24]


def observations(source_id: str) -> list[FileObservation]:
    """All observations of a source, from one listing of names."""
    found: list[FileObservation] = []
    for facts in files.list_files(f"{settings().archive}/{source_id}/seen"):
        _, sha, stamp = facts.path.removesuffix(".json").split("_")
        time = None if stamp == _UNDATED else datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
        seen = datetime.fromtimestamp(facts.modified_at, UTC)
        found.append(FileObservation(source_id, facts.path, sha, time, seen))
    return found


def paths_of(found: Iterable[FileObservation]) -> list[str]:
    """The paths that observations were made at, sorted."""
    folder = settings().archive
    return sorted(json.loads(files.read_bytes(f"{folder}/{s.source_id}/seen/{s.name}"))["path"] for s in found)


def store(facts: FileFacts, contract: Contract) -> tuple[str, bool]:
    """Archives a landed file. Returns its SHA-256 and whether its content is new.

    Raises ChangedWhileRead where the file changed between being hashed and being copied.
    """
    files.make_folder(settings().restricted, files.OWNER)
    source = f"{settings().landing}/{contract.source_id}/{facts.path}"
    sha = _digest(source)
    target = data_address(contract.source_id, sha)
    is_new = not files.exists(target) and not is_erased(contract.source_id, sha)
    if is_new:
        _copy(source, target, sha)
    time = observed_at(facts.path, contract)
    stamp = time.strftime(_STAMP) if time else _UNDATED
    note = {"path": facts.path, "bytes": facts.bytes, "modified_at": facts.modified_at}
    seen = f"{settings().archive}/{contract.source_id}/seen/{key_of(facts, contract)}_{sha}_{stamp}.json"
    files.write_bytes(seen, json.dumps(note, ensure_ascii=False).encode())
    return sha, is_new


def _digest(address: str) -> str:
    filesystem, path = files.open_root(address)
    digest = hashlib.sha256()
    with filesystem.open_input_stream(path) as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _copy(source: str, target: str, sha: str) -> None:
    local = files.is_local(target)
    draft = files.draft_of(target) if local else target
    from_system, from_path = files.open_root(source)
    to_system, to_path = files.open_root(draft)
    digest = hashlib.sha256()
    with from_system.open_input_stream(from_path) as reader, to_system.open_output_stream(to_path) as writer:
        while chunk := reader.read(_CHUNK):
            digest.update(chunk)
            writer.write(chunk)
    if digest.hexdigest() != sha:
        to_system.delete_file(to_path)
        raise ChangedWhileRead
    if local:
        os.replace(draft, target)


def is_erased(source_id: str, file_sha256: str) -> bool:
    """Whether the bytes were removed because they held what a citizen asked to have erased."""
    return files.exists(f"{data_address(source_id, file_sha256)}.erased")


def erase(source_id: str, file_sha256: str) -> None:
    """Removes an archived file for good: its records live on in bronze, without the erased words."""
    target = data_address(source_id, file_sha256)
    files.write_bytes(f"{target}.erased", b"")
    if files.exists(target):
        filesystem, path = files.open_root(target)
        filesystem.delete_file(path)
