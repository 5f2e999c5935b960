"""Ids that a spreadsheet has rounded: different ids look the same then and must not become one concern."""

from __future__ import annotations

import re

FIRST_INEXACT = 2**53
"""The first integer that a double cannot distinguish from the next one; spreadsheets and JSON readers use doubles."""
_SCIENTIFIC = re.compile(r"[+-]?[0-9](?:[.,][0-9]+[Ee][+-]?[0-9]{1,3}|[Ee]\+[0-9]{1,3})")
_FLOAT = re.compile(r"([0-9]{16,})[.,]0+")
# A spreadsheet keeps 15 digits and writes zeros for the rest. One in 10,000 real ids of this length looks the same.
_ZEROED = re.compile(r"[1-9][0-9]{14}0{4,}")


def is_rounded(part: str) -> bool:
    """Whether an id, or a part of one, is a number that a program has rounded."""
    if _SCIENTIFIC.fullmatch(part) or _ZEROED.fullmatch(part):
        return True
    floated = _FLOAT.fullmatch(part)
    return floated is not None and int(floated[1]) >= FIRST_INEXACT
