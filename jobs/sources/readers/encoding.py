"""Detects the encoding of Thai text: UTF-8, or CP874 (TIS-620) from older office computers."""

from __future__ import annotations

import re
from typing import Literal

from schemas.contracts import DETECT, Contract

UTF16 = "The file is in UTF-16; save it in UTF-8 (in Excel: CSV UTF-8)."
_SAMPLE = 4 * 1024 * 1024
# A letter of the Thai block in UTF-8. Read as CP874, these bytes are เ ธ or เ น before a control character or a
# sign that never follows them in a Thai word.
_THAI_UTF8 = re.compile(rb"\xe0[\xb8\xb9][\x80-\xbf]")
# The letters เ, แ, โ, ใ or ไ and two more in CP874 are, read as UTF-8, letters of other scripts of Asia.
_OTHER_SCRIPTS = re.compile("[\u0800-\u0dff\u1000-\u1fff\u2e80-\ua4ff]")
_THAI = re.compile("[\u0e00-\u0e7f]")
_SAMPLE_UTF16 = 64 * 1024
_HIGH_BYTES = (0x00, 0x0E, 0x20)  # in UTF-16: of Latin letters, Thai letters, quotes and dashes
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")


def detect(content: bytes) -> Literal["utf-8", "cp874"]:
    """The encoding of most bytes beyond ASCII, so that one damaged letter does not decide for the whole file."""
    head = content[:_SAMPLE]
    try:
        # The sample may end inside a letter.
        text = head[: len(head) - 3 if len(content) > len(head) else None].decode("utf-8")
        return "cp874" if _OTHER_SCRIPTS.search(text) and not _THAI.search(text) else "utf-8"
    except UnicodeDecodeError:
        pass
    non_ascii = len(_BEYOND_ASCII.findall(head))
    thai_utf8 = 3 * len(_THAI_UTF8.findall(head))
    return "utf-8" if thai_utf8 > 0.8 * non_ascii else "cp874"


def is_utf16(content: bytes) -> bool:
    """Whether a text is in UTF-16, with or without a byte-order mark; without, every second byte is one of a few."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    head = content[:_SAMPLE_UTF16]
    return any(
        len(half) > 1
        and half.count(0) >= 0.05 * len(half)
        and sum(map(half.count, _HIGH_BYTES)) >= 0.9 * len(half)
        and other.count(0) < 0.05 * len(other)
        for half, other in ((head[1::2], head[::2]), (head[::2], head[1::2]))
    )


def with_encoding(contract: Contract, content: bytes) -> Contract:
    """The contract, with the encoding detected from this file where it does not state one."""
    return contract if contract.encoding != DETECT else contract.model_copy(update={"encoding": detect(content)})
