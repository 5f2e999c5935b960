"""The forms of numbers of people that several rules look for, as sources of regular expressions."""

from __future__ import annotations

# Python's \d also matches Thai digits, so specific digits are given in both scripts. \b does not match between a Thai
# letter and a digit, so look-arounds mark the ends of a number.
DASHES = "‐-―−"
GAP = rf"[^\S\n]?[-{DASHES}.()=~_]{{0,2}}[^\S\n]?"
_ID_GAP = rf"[^\S\n]{{0,2}}[-{DASHES}]?[^\S\n]{{0,2}}"
# The place where a line breaks inside a number.
_BREAK = r"[-. ]?\n?-?"
END = r"(?!\d)"

# Between the parts of an id on two lines.
_PARTS = r"(?:[- ]\n?[- ]?|\n[- ]?)"
# No id begins with 00; 0066 begins a telephone number from abroad.
_THIRTEEN = rf"(?![0๐]{{2}})\d(?:{_ID_GAP}\d){{12}}"
# The format of the identity card, also with digits that a source has masked.
_CARD = (
    r"\d[- .]?(?:[\dxX*]{4}|[xX*]{3})[- .](?:[\dxX*]{5}|[xX*]{3,4})[- .]?[\dxX*]{2}[- .]?[\dxX*]"
    r"|\d(?P<part>[/._=—])\d{4}(?P=part)\d{5}(?P=part)\d\d(?P=part)\d"
    rf"|\d{_PARTS}\d{{4}}{_PARTS}\d{{5}}{_PARTS}\d\d{_PARTS}\d"
)
# The number of a house register has eleven digits and does not begin with a year, that of an alien has thirteen.
_OTHER_CARDS = r"(?!25[5-8]|20[0-4])\d{4}-\d{6}-\d|0[0-9]-\d{4}-\d{6}-\d"
# The parts of a card that begins with 0 are no telephone number.
SPACED_CARD = r"\d[ -]\d{4}[ -]\d{5}[ -]\d\d[ -]\d"
ID = rf"(?:{_THIRTEEN}|{_CARD}|{_OTHER_CARDS})"


def has_check_digit(digits: str) -> bool:
    """Whether the last of thirteen digits is the check digit of a national id."""
    return (11 - sum(int(digit) * (13 - at) for at, digit in enumerate(digits[:12])) % 11) % 10 == int(digits[12])


# +66 and 0066 before any number, 66 only before a mobile number. Mobile numbers have ten digits, others nine.
_THAI_PHONE = (
    rf"(?:\+\s?|[0๐]{{2}}[- ]?)[6๖]{{2}}{GAP}(?:[0๐]{GAP})?"
    rf"(?:[689๖๘๙](?:{GAP}\d){{8}}|[2-7๒-๗](?:{GAP}\d){{7}})"
    rf"|[6๖]{{2}}{GAP}[689๖๘๙](?:{GAP}\d){{8}}"
    rf"|[0๐]{GAP}[689๖๘๙](?:{GAP}\d){{8}}"
    rf"|[0๐]{GAP}[2-7๒-๗](?:{GAP}\d){{7}}"
    # A landline with a digit too many, and groups between slashes.
    r"|[0๐][2-7๒-๗]\d-\d{3}-\d{4}|[0๐][2-9๒-๙]\d?/(?!25\d\d|20\d\d)\d{3,4}/\d{3,4}"
    r"|[0๐][689๖๘๙]\d[,:;*]\d{3}[,:;*]\d{4}"
    r"|[0๐][689๖๘๙]\d?[- ]?[xX*]{3,4}[- ]?\d{3,4}"
)
# A number on two or three lines.
_BROKEN_PHONE = (
    rf"[0๐][689๖๘๙](?:\d(?:{_BREAK}\d{{3}}{_BREAK}\d{{4}}|{_BREAK}\d{{4}}{_BREAK}\d{{3}}|{_BREAK}\d{{7}})"
    rf"|{_BREAK}\d{{4}}{_BREAK}\d{{4}}|\d{{4}}{_BREAK}\d{{4}})"
)
# +60 17-305 6642, 00856 20 5717 3309, 017-305 6642 (Malaysia), 020 5717 3309 (Laos); 1042+500 is a place on a road.
_FOREIGN_PHONE = (
    rf"(?<!\d)\+\s?(?!66|๖๖)[1-9](?:{GAP}\d){{8,13}}|[0๐]{{2}}(?:60|62|65|84|86|95|855|856)(?:{GAP}\d){{7,10}}"
    r"|01\d[- ]\d{3,4}[- ]?\d{4}|020[- ]\d{4}[- ]?\d{4}"
)
PHONE = rf"(?:{_THAI_PHONE}|{_BROKEN_PHONE}|{_FOREIGN_PHONE})"
# 08-12-2565 10.30, 2565-01-15 10 and 08.30-16.30 15 look like telephone numbers or ids, but are dates and times.
DAY = (
    r"\d\d?(?P<sep>[-./])[01๐๑]?\d(?P=sep)(?:[2๒][45๔๕]|[12๑๒][90๙๐])\d\d(?!\d)"
    r"|(?:25|20|19)\d\d-[01]\d-[0-3]\d(?!\d)"
)
# 5555555555555 is a laugh.
LAUGH = r"(?P<digit>\d)(?P=digit){12}"
BANK_FORM = r"\d{3}(?P<bank>[- ])\d(?P=bank)\d{5}(?P=bank)\d"
