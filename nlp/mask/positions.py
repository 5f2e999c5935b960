"""The forms of positions on a map: degrees, minutes and seconds, grids of metres, Plus Codes."""

from __future__ import annotations

import re

from nlp.mask.places_in_text import contains_any

_NORTH, _EAST = r"(?:[5-9]|1\d|2[01])\.\d{3,15}", r"(?:9[7-9]|10[0-6])\.\d{3,15}"
_BETWEEN = r"[ ]?°?[ ]?[NE]?[ ]?[,/|]?\s?[NE]?"
# Positions that begin with a digit.
COORDINATES = (
    rf"(?<![\d.])(?:{_NORTH}{_BETWEEN}{_EAST}|{_EAST}{_BETWEEN}{_NORTH})(?:[ ]?°?[ ]?[NE](?![A-Za-z]))?(?!\d)"
    r"|\d{1,3}[ ]?°[ ]?\d{1,2}(?:\.\d{1,6})?[ ]?['′’](?:[ ]?\d{1,2}(?:\.\d{1,6})?[ ]?(?:[\"″”]|''))?[ ]?[NSEW]?"
    r"|4[78][ ]?[NPQR][ ]?[A-HJ-NP-Z]{2}[ ]?\d{3,5}[ ]?\d{3,5}(?!\d)"  # a square of a military grid
    r"|4[78][ ]?[NPQR][ ,]{1,2}(?:[EX][ =:]?)?0?\d{6}(?:\.\d+)?[ ]?(?:m?E)?[ ,/]{1,3}"
    r"(?:[NY][ =:]?)?\d{6,7}(?:\.\d+)?(?:[ ]?m?N\b)?(?!\d)"
    r"|\d{1,3}[ ]?องศา[ ]?\d{1,2}(?:\.\d{1,6})?[ ]?ลิปดา(?:[ ]?\d{1,2}(?:\.\d{1,6})?[ ]?(?:พิลิปดา|ฟิลิปดา"
    r"|พิล))?[ ]?(?:เหนือ|ตะวันออก)?"
)
# A Plus Code such as 7P52QG4R+2X, which means a point on the map.
_PLUS_CODE = re.compile(r"(?<![A-Z0-9])[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,3}(?![A-Za-z0-9])")
# A value alone, after a word that says what it is.
_NAMED = re.compile(
    r"(?P<before>(?<![A-Za-z])(?:lat|latitude|lon|long|lng|longitude|utm|easting|northing)(?![A-Za-z])[ ]?[:=]?[ ]?"
    r"|(?:ละติจูด|ลองจิจูด|ลองติจูด|รุ้ง|แวง)[ ]?[:=]?[ ]?)(?P<value>\d{1,3}\.\d{3,15}|\d{6,7}(?:\.\d+)?)(?!\d)",
    re.IGNORECASE,
)
# Metres in a grid, and degrees and minutes without their signs, after a word for a position.
_AFTER_POSITION = re.compile(
    r"(?P<before>(?:พิกัด|gps|utm|grid)[^\d\n]{0,20}?)"
    r"(?P<value>(?:[EX][ =:]?)?0?\d{6}(?:\.\d+)?[ ,/mEN]{1,4}(?:[NY][ =:]?)?\d{6,7}(?:\.\d+)?"
    r"|N?[ ]?\d{1,2}[ ]\d{1,2}\.\d{1,5}[ ,]{1,2}E?[ ]?\d{2,3}[ ]\d{1,2}\.\d{1,5})(?!\d)",
    re.IGNORECASE,
)
_POSITIONS = ("พิกัด", "gps", "utm", "grid")
_WORDS = ("lat", "lon", "lng", "utm", "easting", "northing", "จูด", "รุ้ง", "แวง")


def mask_named_positions(text: str) -> str:
    """The text with Plus Codes, and values after a word such as latitude, masked."""
    if "+" in text:
        text = _PLUS_CODE.sub("[COORDINATES]", text)
    lower = text.lower()
    if contains_any(lower, _POSITIONS):
        text = _AFTER_POSITION.sub(r"\g<before>[COORDINATES]", text)
    if contains_any(lower, _WORDS):
        text = _NAMED.sub(r"\g<before>[COORDINATES]", text)
    return text
