"""Where a person's name ends in a run of Thai letters, which has no spaces between words.

All functions take and return positions; ``words`` are the lists of ``nlp.mask.name_words``.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from nlp.mask.name_words import NameWords

# Longer runs of letters without a space are sentences.
_MAX_GIVEN = 20
_MAX_FAMILY = 16
# Letters and combining marks without ฯ and ๆ.
_THAI = "ก-ฮะ-ฺเ-ๅ็-๎"
THAI_RUN = re.compile(f"[ก-ฮเ-ไ][{_THAI}]*")
COMBINING = re.compile("[ะ-ฺๅ็-๎]")
_FAMILY_AFTER = re.compile("[ ]{1,2}([ก-ฮเ-ไ][ก-ฺเ-๎]{3,15})(?![ก-๎.])")
# Many family names begin with แก้ว; แก้ alone (to fix) is a continuation.
_FAMILY_BEGINNING = "แก้ว"
_NOBLE_SUFFIX = re.compile("[ ]?ณ[ ]?[ก-๎]{2,20}")


def longest_name(run: str, names: Collection[str], min_length: int) -> int:
    """The length of the longest name that ``run`` begins with; 0 if there is none."""
    for length in range(min(len(run), _MAX_GIVEN), min_length - 1, -1):
        if run[:length] in names and not COMBINING.match(run, length):
            return length
    return 0


def full_name_end(text: str, at: int, letters: str, words: NameWords) -> int:
    """Where the given name at ``at``, and the family name after it, end; ``at`` if there is no name.

    ``letters`` is the run of Thai letters at ``at``.
    """
    length = _given_length(letters, words)
    return _family_end(text, at + length, words) if length else at


def listed_name_end(text: str, at: int, words: NameWords) -> int:
    """Where a name ends that is in the lists; 0 if there is none.

    The run at ``at`` must be a given name that ends at a word boundary, or stand before a listed family name.
    """
    run = THAI_RUN.match(text, at, at + 60)
    if not run:
        return 0
    letters = run.group()
    length = longest_name(letters, words.given, 2)
    if not length:
        family = _FAMILY_AFTER.match(text, run.end())
        is_name = (
            family
            and family[1] in words.family
            and len(letters) <= 12
            and not words.possible_continuations.match(letters)
        )
        return family.end() if family and is_name else 0
    if length < len(letters):
        if words.continuations.match(letters, length) and length >= 4:
            return at + length
        family_length = longest_name(letters[length:], words.family, 4)
        return run.end() if length >= 3 and length + family_length == len(letters) else 0
    return _family_end(text, run.end(), words)


def span_after_compound(text: str, at: int, length: int, words: NameWords) -> tuple[int, int]:
    """Start and end of the name where a title begins a compound; equal if there is no name.

    Examples: นายช่างวิชัย, คุณครูสมศรี, นายพลวัฒน์. ``length`` is that of the second part of the compound.
    """
    after = at + length
    if text[after : after + 1] == " ":
        return at, at
    if text[at:after] in words.titles_before_names and (end := listed_name_end(text, after, words)) > after:
        return after, end
    run = THAI_RUN.match(text, at, at + 60)
    name_length = longest_name(run.group(), words.given, 2) if run else 0
    if run and name_length > length and name_length == len(run.group()):
        return at, _family_end(text, run.end(), words)
    return at, at


def _given_length(run: str, words: NameWords) -> int:
    """The length of the given name that a run of letters begins with; 0 if the run is not a name."""
    listed = longest_name(run, words.given, 2)
    if listed == len(run) or run in words.prefixes:
        return len(run)
    if listed >= 3 and not any(run.startswith(prefix) for prefix in words.prefixes):
        return listed + _extra_length(run[listed:], words)
    end = words.continuations.search(run, 2)
    if end:
        return end.start() if end.start() <= _MAX_GIVEN else listed
    if words.continuations.match(run):
        return listed
    return len(run) if len(run) <= _MAX_GIVEN else _with_combining(run, listed or 8)


def _extra_length(rest: str, words: NameWords) -> int:
    """How many letters after a listed given name still belong to the name."""
    if words.possible_continuations.match(rest):
        return 0
    if family := longest_name(rest, words.family, 3):
        return family
    end = words.continuations.search(rest, 1)
    if end and end.start() <= _MAX_FAMILY:
        return end.start()
    return len(rest) if not end and len(rest) <= 12 else 0


def _with_combining(run: str, length: int) -> int:
    """``length``, extended so that a letter keeps its combining marks."""
    while length < len(run) and COMBINING.match(run, length):
        length += 1
    return length


def _family_end(text: str, at: int, words: NameWords) -> int:
    """Where the family name after a given name ends; ``at`` if there is none."""
    start = at
    while start < len(text) and start - at < 2 and text[start] == " ":
        start += 1
    run = THAI_RUN.match(text, start, start + 60) if start > at else None
    if not run or len(run.group()) < 2:
        return at
    letters, end = run.group(), run.end()
    is_abbreviation = text[end : end + 1] == "." and len(letters) <= 4
    if is_abbreviation or words.possible_continuations.fullmatch(letters):
        return at
    listed = longest_name(letters, words.family, 3)
    if listed == len(letters) or letters in words.given:
        return end + _noble_suffix_length(text, end)
    if listed >= 4 and words.continuations.match(letters, listed):
        return start + listed
    return _unlisted_family_end(text, at, start, letters, listed, words)


def _unlisted_family_end(text: str, at: int, start: int, letters: str, listed: int, words: NameWords) -> int:
    """Where a family name ends that is not in the lists; ``at`` if ``letters`` are not a name.

    ``listed`` is the length of the listed family name that ``letters`` begin with.
    """
    if words.possible_continuations.match(letters) and not letters.startswith(_FAMILY_BEGINNING):
        return at
    if listed >= 4 and words.possible_continuations.match(letters, listed):
        return start + listed
    end = words.continuations.search(letters, 3)
    if end and end.start() <= _MAX_FAMILY:
        return start + end.start()
    run_end = start + len(letters)
    return run_end + _noble_suffix_length(text, run_end) if len(letters) <= _MAX_FAMILY else at


def _noble_suffix_length(text: str, at: int) -> int:
    return len(suffix.group()) if (suffix := _NOBLE_SUFFIX.match(text, at)) else 0
