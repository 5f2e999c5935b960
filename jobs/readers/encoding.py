"""Which encoding a file of Thai text is in: UTF-8, or the CP874 (TIS-620) of older office machines."""

from __future__ import annotations

import re
from typing import Literal

from schemas.contracts import DETECT, Contract

_SAMPLE = 4 * 1024 * 1024
# A letter of the Thai block as UTF-8 writes it. As CP874 these bytes are เ ธ or เ น before a control
# character or a sign that no Thai word has there.
_THAI_UTF8 = re.compile(rb"\xe0[\xb8\xb9][\x80-\xbf]")
# Scripts of no use here; เ and two more letters in CP874 look like them, as if they were UTF-8.
_NEVER_HERE = re.compile("[\u0800-\u08ff\u0980-\u0dff]")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")


def detect(content: bytes) -> Literal["utf-8", "cp874"]:
    """Decides by what most of the bytes beyond ASCII are, so that one damaged letter does not turn a file around."""
    head = content[:_SAMPLE]
    try:
        # The sample may end within a letter.
        text = head[: len(head) - 3 if len(content) > len(head) else None].decode("utf-8")
        return "cp874" if _NEVER_HERE.search(text) else "utf-8"
    except UnicodeDecodeError:
        pass
    beyond = len(_BEYOND_ASCII.findall(head))
    as_utf8 = 3 * len(_THAI_UTF8.findall(head))
    return "utf-8" if as_utf8 > 0.8 * beyond else "cp874"


def with_encoding(contract: Contract, content: bytes) -> Contract:
    """The contract with the encoding of this file, where it leaves that open."""
    return contract if contract.encoding != DETECT else contract.model_copy(update={"encoding": detect(content)})
