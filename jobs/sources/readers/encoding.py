"""Which encoding a file of Thai text is in: UTF-8, or the CP874 (TIS-620) of older office machines."""

from __future__ import annotations

import re
from typing import Literal

from schemas.contracts import DETECT, Contract

UTF16 = "The file is in UTF-16; save it in UTF-8 (in Excel: CSV UTF-8)."
_SAMPLE = 4 * 1024 * 1024
# A letter of the Thai block as UTF-8 writes it. As CP874 these bytes are เ ธ or เ น before a control
# character or a sign that no Thai word has there.
_THAI_UTF8 = re.compile(rb"\xe0[\xb8\xb9][\x80-\xbf]")
# What เ, แ, โ, ใ or ไ and two more letters in CP874 look like, as if they were UTF-8: other scripts of Asia.
_OTHER_SCRIPTS = re.compile("[\u0800-\u0dff\u1000-\u1fff\u2e80-\ua4ff]")
_THAI = re.compile("[\u0e00-\u0e7f]")
_HEAD = 64 * 1024
_HIGH_BYTES = (0x00, 0x0E, 0x20)  # of a letter of Latin and Thai, and of quotes and dashes, in UTF-16
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")


def detect(content: bytes) -> Literal["utf-8", "cp874"]:
    """Decides by what most of the bytes beyond ASCII are, so that one damaged letter does not turn a file around."""
    head = content[:_SAMPLE]
    try:
        # The sample may end within a letter.
        text = head[: len(head) - 3 if len(content) > len(head) else None].decode("utf-8")
        return "cp874" if _OTHER_SCRIPTS.search(text) and not _THAI.search(text) else "utf-8"
    except UnicodeDecodeError:
        pass
    beyond = len(_BEYOND_ASCII.findall(head))
    as_utf8 = 3 * len(_THAI_UTF8.findall(head))
    return "utf-8" if as_utf8 > 0.8 * beyond else "cp874"


def is_utf16(content: bytes) -> bool:
    """Whether a text is in UTF-16, with a byte-order mark or without: then every second byte is one of a few."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    head = content[:_HEAD]
    return any(
        len(half) > 1
        and half.count(0) >= 0.05 * len(half)
        and sum(map(half.count, _HIGH_BYTES)) >= 0.9 * len(half)
        and other.count(0) < 0.05 * len(other)
        for half, other in ((head[1::2], head[::2]), (head[::2], head[1::2]))
    )


def with_encoding(contract: Contract, content: bytes) -> Contract:
    """The contract with the encoding of this file, where it leaves that open."""
    return contract if contract.encoding != DETECT else contract.model_copy(update={"encoding": detect(content)})
