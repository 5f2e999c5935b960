"""Ids that a spreadsheet has rounded: several different ones look the same in it and must not become one concern."""

from __future__ import annotations

import re

FIRST_INEXACT = 2**53
"""From here on a spreadsheet or a JSON reader holds whole numbers only roughly: the next one looks the same."""
_SCIENTIFIC = re.compile(r"[+-]?[0-9](?:[.,][0-9]+[Ee][+-]?[0-9]{1,3}|[Ee]\+[0-9]{1,3})")
_FLOAT = re.compile(r"([0-9]{16,})[.,]0+")
# A spreadsheet keeps 15 digits and writes zeros for the rest; of true ids this long one in 10,000 looks so.
_ZEROED = re.compile(r"[1-9][0-9]{14}0{4,}")


def is_rounded(part: str) -> bool:
    """Whether an id, or a part of one, is a number that a program has rounded."""
    if _SCIENTIFIC.fullmatch(part) or _ZEROED.fullmatch(part):
        return True
    floated = _FLOAT.fullmatch(part)
    return floated is not None and int(floated[1]) >= FIRST_INEXACT
