"""Where a JSON value ends, found without reading a text again and again.

Python's decoder counts the lines of the whole text whenever it fails. It is therefore given a window that grows
only where the value goes on beyond it, and what failed attempts may read together is bounded.
"""

from __future__ import annotations

import json
import re
from json import JSONDecodeError

_DECODER = json.JSONDecoder()
_WINDOW = 4096
_GROWTH = 8
# The longest that the decoder looks ahead: a pair of escaped halves of a letter.
_AHEAD = 16
_FAILED_READINGS = 16
_GLUE = re.compile(r"[\s,]*")
_BLANK = re.compile(r"\s*")
# window.YTD.tweets.part0 = [ … ]; const posts = [ … ]; callback([ … ])
_ASSIGNMENT = re.compile(
    r"""\s*(?:(?:var|let|const)\s+)?[A-Za-z_$][\w$.]{0,200}(?:\[["']?\w{1,99}["']?\])?\s*[=(]\s*(?=[\[{])"""
)


def start_of(text: str) -> int:
    """Where the JSON begins: after a byte-order mark and what it is assigned to."""
    start = 1 if text.startswith("\ufeff") else 0
    assigned = _ASSIGNMENT.match(text, start)
    return assigned.end() if assigned else start


class Values:
    """Finds the ends of the values of one text.

    All failed attempts together read at most ``_FAILED_READINGS`` times the text; after that nothing is found.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.work = 0
        """Letters that the decoder was given."""
        self._left = _FAILED_READINGS * len(text) + _WINDOW

    def end_of(self, start: int) -> int | None:
        """The end of the value that begins at ``start``; None where there is none that is whole."""
        size = _WINDOW
        while self._left > 0:
            window = self.text[start : start + size]
            is_last = start + size >= len(self.text)
            self.work += len(window)
            try:
                end = _DECODER.raw_decode(window)[1]
            except JSONDecodeError as error:
                goes_on = error.pos + _AHEAD >= len(window) or error.msg.startswith("Unterminated string")
                if is_last or not goes_on:
                    self._left -= min(error.pos + _AHEAD, len(window))
                    return None
            except (ValueError, RecursionError):
                self._left -= len(window)
                return None
            else:
                if is_last or end < len(window):  # a number might go on
                    return start + end
            size *= _GROWTH
        return None

    def list_at(self, path: str | None, start: int = 0) -> int | None:
        """Where the first element of the list at a dotted path begins, or None where there is none.

        A step of digits is a place in a list, from 0.
        """
        position = self.blank(start)
        for step in path.split(".") if path else []:
            found = self._element(position, int(step)) if step.isdecimal() else None
            found = self._member(position, step) if found is None else found
            if found is None:
                return None
            position = found
        return position + 1 if self.text.startswith("[", position) else None

    def blank(self, position: int) -> int:
        """Where the blanks from ``position`` on end."""
        return _BLANK.match(self.text, position).end()  # type: ignore[union-attr]

    def glue(self, position: int) -> int:
        """Where the blanks and commas from ``position`` on end."""
        return _GLUE.match(self.text, position).end()  # type: ignore[union-attr]

    def _element(self, position: int, number: int) -> int | None:
        """Where an element of the list at ``position`` begins."""
        if not self.text.startswith("[", position):
            return None
        position = self.glue(position + 1)
        for _ in range(number):
            end = self.end_of(position)
            if end is None:
                return None
            position = self.glue(end)
        return None if self.text.startswith("]", position) else position

    def _member(self, position: int, key: str) -> int | None:
        """Where the value of a member of the object at ``position`` begins; the members before it are skipped."""
        if not self.text.startswith("{", position):
            return None
        position += 1
        while True:
            position = self.glue(position)
            name_end = self.end_of(position) if self.text.startswith('"', position) else None
            if name_end is None:
                return None
            name = self.text[position:name_end]
            position = self.blank(name_end)
            if not self.text.startswith(":", position):
                return None
            position = self.blank(position + 1)
            if json.loads(name) == key:
                return position
            end = self.end_of(position)
            if end is None:
                return None
            position = end
