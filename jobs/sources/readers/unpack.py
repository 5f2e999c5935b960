"""Undoes the compression of a file: gzip, or a zip archive with one member. Known by the first bytes, not by name."""

from __future__ import annotations

import io
import zipfile
import zlib

GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGIC = b"PK\x03\x04"
# A worker holds the bytes, their text and the rows made of it: four times this has to fit beside Spark.
LARGEST = 256 * 1024**2
TOO_LARGE = f"The file is over {LARGEST // 1024**2} MiB when unpacked; split it."
_OF_A_WORKBOOK = "[Content_Types].xml"
_DAMAGED = "The compressed data are damaged; land the file again from its source."


def unpack(content: bytes) -> tuple[bytes, str | None]:
    """The decoded bytes, and a sentence where they break off; what was readable is kept.

    Nothing is kept of a file that is over LARGEST when unpacked. A workbook is a zip archive too: give it to its
    reader as it is.
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
            return b"".join(parts), "The compressed data break off; land the whole file again."
        rest = engine.unused_data  # members one after another are one stream
    return b"".join(parts), None


def _unzip(content: bytes) -> tuple[bytes, str | None]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = [one for one in archive.infolist() if not one.is_dir()]
            members = [one for one in files if not _is_clutter(one.filename)] or files
            if any(one.filename == _OF_A_WORKBOOK for one in members):
                return b"", "The file is a workbook, and the contract reads another format; land it as that."
            if len(members) != 1:
                return b"", f"The zip archive has {len(members)} files where one is expected; land each by itself."
            if members[0].flag_bits & 1:
                return b"", "The zip archive is locked by a password; land it without one."
            # Its name is not used, and nothing is written where it points to.
            with archive.open(members[0]) as member:
                plain = member.read(LARGEST + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        return b"", _DAMAGED
    return (plain, None) if len(plain) <= LARGEST else (b"", TOO_LARGE)


def _is_clutter(name: str) -> bool:
    """Files that a Mac adds of itself."""
    return name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1].startswith(".")
