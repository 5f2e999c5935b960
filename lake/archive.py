"""The archive: every landed file, stored once by its content. Restricted.

``<archive>/<source>/data/<sha256>`` holds the bytes. ``<archive>/<source>/seen/`` has a small file for each
combination of path, size and modification time. Its name contains the hash of the content and the time of observation
from the path, so that one listing shows all files and no file is hashed twice.
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
_TIME_FORMAT = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class FileObservation:
    """A path that had a certain content; ``seen_at`` is when this was recorded."""

    source_id: str
    name: str
    file_sha256: str
    observed_at: datetime | None
    seen_at: datetime


class ChangedWhileReadError(Exception):
    """The file was written to while it was read; the next run reads it again."""


def data_address(source_id: str, file_sha256: str, root: str | None = None) -> str:
    """The address of the content of a file in the archive, or under ``root`` if it is given."""
    return f"{root or settings().archive}/{source_id}/data/{file_sha256}"


def observed_at(path: str, contract: Contract) -> datetime | None:
    """The time of observation (UTC) from the name of a file, in the calendar and time zone of the contract.

    It is the start of the day where the name has no time of day; None where the name has no valid date.
    """
    pattern = contract.version_order.pattern
    match = re.search(pattern, path) if pattern else None
    if match is None:
        return None
    try:
        year, *rest = name_times.time_parts(match)
        year -= BUDDHIST_OFFSET if contract.calendar == "buddhist" else 0
        time = datetime(year, *rest, tzinfo=ZoneInfo(contract.time_zone)).astimezone(UTC)
    except ValueError:
        return None
    # A year of the other calendar would give a date such as 1482; no date is better.
    return time if time.year in YEARS["gregorian"] else None


def undated_reason(path: str, contract: Contract) -> str:
    """Why the name of a file has no date of observation, as the end of a sentence."""
    pattern = contract.version_order.pattern
    if not (match := re.search(pattern, path) if pattern else None):
        return f"has no date that matches the pattern {pattern}"
    return f"has {match.group('date')}, which is not a date of the {contract.calendar} calendar in the contract"


def observation_key(facts: FileFacts, contract: Contract) -> str:
    """Key of an observation; it changes with the modification time and with the date pattern of the contract."""
    parts = f"{facts.path}\0{facts.bytes}\0{facts.modified_at}\0{contract.version_order.pattern}"
    return hashlib.sha256(parts.encode()).hexdigest()[:24]


def observations(source_id: str) -> list[FileObservation]:
    """All observations of a source, from one listing of file names."""
    observations: list[FileObservation] = []
    for facts in files.list_files(f"{settings().archive}/{source_id}/seen"):
        _, sha, stamp = facts.path.removesuffix(".json").split("_")
        time = None if stamp == _UNDATED else datetime.strptime(stamp, _TIME_FORMAT).replace(tzinfo=UTC)
        seen = datetime.fromtimestamp(facts.modified_at, UTC)
        observations.append(FileObservation(source_id, facts.path, sha, time, seen))
    return observations


def observed_paths(observations: Iterable[FileObservation]) -> list[str]:
    """The paths of observations, sorted."""
    folder = settings().archive
    return sorted(json.loads(files.read_bytes(f"{folder}/{s.source_id}/seen/{s.name}"))["path"] for s in observations)


def store(facts: FileFacts, contract: Contract) -> tuple[str, bool]:
    """Archives a landed file. Returns its SHA-256 and whether its content is new.

    Raises ChangedWhileReadError where the file changed between hashing and copying.
    """
    files.make_folder(settings().restricted, files.OWNER)
    source = f"{settings().landing}/{contract.source_id}/{facts.path}"
    sha = _file_sha256(source)
    target = data_address(contract.source_id, sha)
    is_new = not files.exists(target) and not is_erased(contract.source_id, sha)
    if is_new:
        _copy(source, target, sha)
    time = observed_at(facts.path, contract)
    stamp = time.strftime(_TIME_FORMAT) if time else _UNDATED
    note = {"path": facts.path, "bytes": facts.bytes, "modified_at": facts.modified_at}
    seen = f"{settings().archive}/{contract.source_id}/seen/{observation_key(facts, contract)}_{sha}_{stamp}.json"
    files.write_bytes(seen, json.dumps(note, ensure_ascii=False).encode())
    return sha, is_new


def _file_sha256(address: str) -> str:
    filesystem, path = files.open_root(address)
    digest = hashlib.sha256()
    with filesystem.open_input_stream(path) as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _copy(source: str, target: str, sha: str) -> None:
    local = files.is_local(target)
    draft = files.draft_path(target) if local else target
    from_system, from_path = files.open_root(source)
    to_system, to_path = files.open_root(draft)
    digest = hashlib.sha256()
    with from_system.open_input_stream(from_path) as reader, to_system.open_output_stream(to_path) as writer:
        while chunk := reader.read(_CHUNK):
            digest.update(chunk)
            writer.write(chunk)
    if digest.hexdigest() != sha:
        to_system.delete_file(to_path)
        raise ChangedWhileReadError
    if local:
        os.replace(draft, target)


def is_erased(source_id: str, file_sha256: str) -> bool:
    """Whether the file was removed because a citizen asked for erasure."""
    return files.exists(f"{data_address(source_id, file_sha256)}.erased")


def erase(source_id: str, file_sha256: str) -> None:
    """Removes an archived file permanently. Its records stay in bronze, without the erased text."""
    target = data_address(source_id, file_sha256)
    files.write_bytes(f"{target}.erased", b"")
    if files.exists(target):
        filesystem, path = files.open_root(target)
        filesystem.delete_file(path)
