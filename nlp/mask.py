"""Personal data that a citizen leaves in a text: national ids, telephone numbers, e-mail addresses."""

from __future__ import annotations

import re

# Python's \d matches Thai digits too, so digits that matter are spelt in both scripts. \b does not stand
# between a Thai letter and a digit, so the edges of a number are look-arounds.
_GAP = r"[^\S\n]?[-‐-–.()]{0,2}[^\S\n]?"
_ID_GAP = r"[^\S\n]{0,2}[-‐-–]?[^\S\n]{0,2}"
_START = r"(?<!\d)(?<!\d[.,])"
_END = r"(?!\d)"

_EMAIL = r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}"
# No id begins with 00, as 0066 does before a number from abroad.
_ID = rf"(?![0๐]{{2}})\d(?:{_ID_GAP}\d){{12}}"
# +66 and 0066 before any number, 66 alone before a mobile one; mobile numbers have ten digits, others nine.
_PHONE = (
    rf"(?:(?:\+\s?|[0๐]{{2}}[- ]?)[6๖]{{2}}{_GAP}(?:[0๐]{_GAP})?"
    rf"(?:[689๖๘๙](?:{_GAP}\d){{8}}|[2-7๒-๗](?:{_GAP}\d){{7}})"
    rf"|[6๖]{{2}}{_GAP}[689๖๘๙](?:{_GAP}\d){{8}}"
    rf"|[0๐][- ]?[689๖๘๙](?:{_GAP}\d){{8}}"
    rf"|[0๐][- ]?[2-7๒-๗](?:{_GAP}\d){{7}})"
)
# 08-12-2565 10.30 and 08.30-16.30 15 begin like telephone numbers and are a day and hours.
_DAY = r"\d\d?(?P<sep>[-.])[01๐๑]?\d(?P=sep)(?:[2๒][45๔๕]|[12๑๒][90๙๐])\d\d[^\S\n]"
_HOURS = r"\d\d\.[0-5๐-๕]\d\s?[-–]\s?\d\d\.[0-5๐-๕]\d(?![.\d])"

# 5555555555555 is a laugh.
_LAUGH = r"(?P<digit>\d)(?P=digit){12}"

_PERSONAL = re.compile(
    rf"(?P<EMAIL>{_EMAIL})|{_START}(?!{_DAY}|{_HOURS}|{_LAUGH})(?:(?P<ID>{_ID})|(?P<PHONE>{_PHONE})){_END}"
)
# A number and a telephone number after it may have thirteen digits together, as in หมู่ 123 081-234-5678.
_PHONE_AFTER = re.compile(rf"[^\S\n]({_PHONE})$")
# 1 0 0 0 0 2 0 0 0 0 0 0 0: digits one by one are one number.
_SPELT_OUT = re.compile(r"\d(?:\D+\d)+")
_ENOUGH_DIGITS = re.compile(r"\d(?:\D{0,5}\d){8}")
_PLACEHOLDER = re.compile(r"\[(ID|PHONE|EMAIL)\]")


def _placeholder(match: re.Match[str]) -> str:
    is_spelt_out = _SPELT_OUT.fullmatch(match.group())
    if match.lastgroup == "ID" and not is_spelt_out and (phone := _PHONE_AFTER.search(match.group())):
        return match.group()[: phone.start(1)] + "[PHONE]"
    return f"[{match.lastgroup}]"


def mask(text: str) -> tuple[str, tuple[str, ...]]:
    """Put ``[ID]``, ``[PHONE]`` and ``[EMAIL]`` in the place of personal numbers and addresses.

    An id is any thirteen digits, with spaces or dashes between them or not; its checksum is not asked, for
    a citizen who mistypes it still gives it away. Placeholders that stand already are kept, so that
    masking again changes nothing.

    Returns the text and the types that stand in it masked, each once, in order of appearance.
    """
    if "@" in text or _ENOUGH_DIGITS.search(text):
        # A number that follows another with a dot is seen only once the first is gone.
        while (masked := _PERSONAL.sub(_placeholder, text)) != text:
            text = masked
    if "[" not in text:
        return text, ()
    return text, tuple(dict.fromkeys(_PLACEHOLDER.findall(text)))
