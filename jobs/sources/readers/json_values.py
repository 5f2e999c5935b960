"""Finds where a JSON value ends, without reading the text many times.

Python's decoder counts the lines of the whole text whenever it fails. It is therefore given a window that grows only
where the value is longer, and the number of letters that failed attempts may read is limited.
"""

from __future__ import annotations

import json
import re
from json import JSONDecodeError

_DECODER = json.JSONDecoder()
_WINDOW = 4096
_GROWTH = 8
# How far the decoder looks ahead: at most two escaped surrogates.
_LOOKAHEAD = 16
_MAX_FAILED_READS = 16
_SEPARATORS = re.compile(r"[\s,]*")
_BLANKS = re.compile(r"\s*")
# window.YTD.tweets.part0 = [ … ]; const posts = [ … ]; callback([ … ])
_ASSIGNMENT = re.compile(
    r"""\s*(?:(?:var|let|const)\s+)?[A-Za-z_$][\w$.]{0,200}(?:\[["']?\w{1,99}["']?\])?\s*[=(]\s*(?=[\[{])"""
)


def start_of(text: str) -> int:
    """Where the JSON begins: after a byte-order mark and a name to which it is assigned."""
    start = 1 if text.startswith("\ufeff") else 0
    assigned = _ASSIGNMENT.match(text, start)
    return assigned.end() if assigned else start


class Values:
    """Finds the ends of the values of one text.

    All failed attempts together read at most ``_MAX_FAILED_READS`` times the length of the text. After that, no value
    is found any more.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.letters_decoded = 0
        """How many letters the decoder has been given."""
        self._left = _MAX_FAILED_READS * len(text) + _WINDOW

    def end_of(self, start: int) -> int | None:
        """The end of the value that begins at ``start``; None where there is no complete value."""
        size = _WINDOW
        while self._left > 0:
            window = self.text[start : start + size]
            is_last = start + size >= len(self.text)
            self.letters_decoded += len(window)
            try:
                end = _DECODER.raw_decode(window)[1]
            except JSONDecodeError as error:
                is_cut = error.pos + _LOOKAHEAD >= len(window) or error.msg.startswith("Unterminated string")
                if is_last or not is_cut:
                    self._left -= min(error.pos + _LOOKAHEAD, len(window))
                    return None
            except (ValueError, RecursionError):
                self._left -= len(window)
                return None
            else:
                if is_last or end < len(window):  # a number at the end of the window may be longer
                    return start + end
            size *= _GROWTH
        return None

    def list_at(self, path: str | None, start: int = 0) -> int | None:
        """Where the first element of the list at a dotted path begins, or None where there is no list.

        A step of digits is a position in a list, from 0.
        """
        position = self.skip_blanks(start)
        for step in path.split(".") if path else []:
            value = self._element(position, int(step)) if step.isdecimal() else None
            value = self._member(position, step) if value is None else value
            if value is None:
                return None
            position = value
        return position + 1 if self.text.startswith("[", position) else None

    def skip_blanks(self, position: int) -> int:
        """The first position from ``position`` on that is not blank."""
        return _BLANKS.match(self.text, position).end()  # pyright: ignore[reportOptionalMemberAccess]

    def skip_separators(self, position: int) -> int:
        """The first position from ``position`` on that is neither blank nor a comma."""
        return _SEPARATORS.match(self.text, position).end()  # pyright: ignore[reportOptionalMemberAccess]

    def _element(self, position: int, number: int) -> int | None:
        """Where element ``number`` of the list at ``position`` begins; None where there is none."""
        if not self.text.startswith("[", position):
            return None
        position = self.skip_separators(position + 1)
        for _ in range(number):
            end = self.end_of(position)
            if end is None:
                return None
            position = self.skip_separators(end)
        return None if self.text.startswith("]", position) else position

    def _member(self, position: int, key: str) -> int | None:
        """Where the value of member ``key`` of the object at ``position`` begins; None where there is none."""
        if not self.text.startswith("{", position):
            return None
        position += 1
        while True:
            position = self.skip_separators(position)
            name_end = self.end_of(position) if self.text.startswith('"', position) else None
            if name_end is None:
                return None
            name = self.text[position:name_end]
            position = self.skip_blanks(name_end)
            if not self.text.startswith(":", position):
                return None
            position = self.skip_blanks(position + 1)
            if json.loads(name) == key:
                return position
            end = self.end_of(position)
            if end is None:
                return None
            position = end
