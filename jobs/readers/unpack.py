"""Undoes the compression of a file."""

from __future__ import annotations

import zlib

GZIP_MAGIC = b"\x1f\x8b"
LARGEST = 4 * 1024**3


def unpack(content: bytes) -> tuple[bytes, str | None]:
    """The decoded bytes, and a sentence where they break off; what was readable is kept.

    Gzip is known by its first bytes, not by the file's name; members one after another are one stream.
    """
    if not content.startswith(GZIP_MAGIC):
        return content, None
    parts: list[bytes] = []
    size, rest = 0, content
    while rest:
        engine = zlib.decompressobj(wbits=31)
        try:
            part = engine.decompress(rest, LARGEST - size + 1)
        except zlib.error:
            return b"".join(parts), "The compressed data are damaged; land the file again from its source."
        parts.append(part)
        size += len(part)
        if size > LARGEST:
            return b"".join(parts)[:LARGEST], "The file is over 4 GiB when unpacked; split it."
        if not engine.eof:
            return b"".join(parts), "The compressed data break off; land the whole file again."
        rest = engine.unused_data
    return b"".join(parts), None
