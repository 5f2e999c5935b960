"""Decompresses a file: gzip, or a zip archive with one member, recognised by the first bytes, not by the name."""

from __future__ import annotations

import io
import zipfile
import zlib

GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGIC = b"PK\x03\x04"
# A worker holds the bytes, their text and the rows made from it: four times this size has to fit beside Spark.
LARGEST = 256 * 1024**2
TOO_LARGE = f"The file is over {LARGEST // 1024**2} MiB when unpacked; split it."
_WORKBOOK_MEMBER = "[Content_Types].xml"
_DAMAGED = "The compressed data are damaged; land the file again from its source."


def unpack(content: bytes) -> tuple[bytes, str | None]:
    """The unpacked bytes, and a sentence where they are damaged or incomplete; then the readable bytes are returned.

    No bytes are returned for a file that is larger than LARGEST when unpacked. Do not unpack workbooks: they are zip
    archives too, and their reader expects them as they are.
    """
    if content.startswith(GZIP_MAGIC):
        return _gunzip(content)
    if content.startswith(ZIP_MAGIC):
        return _unzip(content)
    return (content, None) if len(content) <= LARGEST else (b"", TOO_LARGE)


def _gunzip(content: bytes) -> tuple[bytes, str | None]:
    parts: list[bytes] = []
    size, rest = 0, content
    while rest:
        engine = zlib.decompressobj(wbits=31)
        try:
            part = engine.decompress(rest, LARGEST - size + 1)
        except zlib.error:
            return b"".join(parts), _DAMAGED
        parts.append(part)
        size += len(part)
        if size > LARGEST:
            return b"", TOO_LARGE
        if not engine.eof:
            return b"".join(parts), "The compressed data are incomplete; land the whole file again."
        rest = engine.unused_data  # several members are one stream
    return b"".join(parts), None


def _unzip(content: bytes) -> tuple[bytes, str | None]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = [one for one in archive.infolist() if not one.is_dir()]
            members = [one for one in files if not _is_system_file(one.filename)] or files
            if any(one.filename == _WORKBOOK_MEMBER for one in members):
                return b"", "The file is a workbook, but the contract states another format; land it in that format."
            if len(members) != 1:
                return b"", f"The zip archive has {len(members)} files where one is expected; land each file alone."
            if members[0].flag_bits & 1:
                return b"", "The zip archive is protected by a password; land it without one."
            # The member's name is not used, so a path in it can do no harm.
            with archive.open(members[0]) as member:
                plain = member.read(LARGEST + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        return b"", _DAMAGED
    return (plain, None) if len(plain) <= LARGEST else (b"", TOO_LARGE)


def _is_system_file(name: str) -> bool:
    """Whether a member of a zip archive was added by macOS."""
    return name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1].startswith(".")
