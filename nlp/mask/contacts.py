"""E-mail addresses, names on LINE and social networks, links that lead to a person or a point on a map."""

from __future__ import annotations

import re

_HOST = r"(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}"
_LOCAL = r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}"
_WHOLE_EMAIL = re.compile(rf"{_LOCAL}@{_HOST}")
_EMAIL = (
    rf"{_LOCAL}"
    rf"(?:[ ]?@[ ]?(?:[A-Za-z0-9-]{{1,63}}\.){{1,4}}(?:com|net|org|th|me)(?![A-Za-z])"
    r"|@(?:gmail|hotmail|yahoo|outlook|icloud)(?:com)?(?![A-Za-z.]))"
)
# @BTS and @ONYX are where, not who.
_MENTION = (
    r"(?<![A-Za-z0-9._%+@/-])@(?![A-Z]{2,5}(?![A-Za-z0-9_]))"
    r"(?=[0-9._-]{0,30}[A-Za-z])[A-Za-z0-9_][A-Za-z0-9._-]{1,29}[A-Za-z0-9_]"
)
_AT = re.compile(rf"(?P<EMAIL>{_EMAIL})|(?P<HANDLE>{_MENTION})")

_NETWORKS = (
    r"(?:facebook|fb|instagram|tiktok|twitter|x|threads|linkedin|pantip)\.com|(?:fb|m|t|wa|line|linktr)\.(?:me|ee)|lin\.ee|threads\.net"
    r"|youtube\.com/(?:@|c/|channel/|user/)|(?:maps\.app\.|photos\.app\.)goo\.gl|goo\.gl/maps|google\.(?:com|co\.th)/maps|maps\.google\.com"
    r"|maps\.apple\.com|g\.page|drive\.google\.com|what3words\.com|waze\.com|openstreetmap\.org"
)
# A link ends at a space or before the Thai that is glued to it, unless its own path is Thai.
_LINK = re.compile(
    rf"(?<![A-Za-z0-9.-])(?:https?://)?(?:[a-z0-9-]{{1,12}}\.){{0,2}}?(?:{_NETWORKS})[/?@](?:[^\sก-๛\[\]]+|[^\s\[\]]+)",
    re.IGNORECASE,
)

_NETWORK = (
    r"(?:(?<!ออน)ไลน์|(?<![A-Za-z])line|ไอดี|ไอจี|อินสตาแกรม|ทวิตเตอร์|เฟ[สซ](?:บุ๊?[คก])?|ติ๊กต็?อก|เทเลแกรม|(?<![A-Za-z])(?:(?:ig|fb|id)(?![A-Za-z])|facebook|instagram"
    r"|twitter|tiktok|telegram|wechat|whatsapp))"
)
_SAID = r"(?:[ ]?(?:ไอดี|ชื่อ|คือ|id|ไลน์|line|[:=]|@)){0,3}[ ]?"
_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{1,29})[A-Za-z0-9]"
# Line Official, FB page: a word is a name only where id, ไอดี, a colon or an @ says so, or its digits and dots do.
_NAMED = re.compile(
    rf"(?P<before>{_NETWORK}{_SAID})(?P<name>{_NAME})(?![A-Za-z0-9@])",
    re.IGNORECASE,
)
# The first three letters of every word of a network, in small letters, and what ends a short one: a text without
# them, without @ and without a stroke after a letter holds no address (``nlp.clean``).
CUES = (
    *str.split("ไลน lin ไอด ไอจ อิน ทวิ เฟส เฟซ ติ๊ ติก เทเ fac ins twi tik tel wec wha"),
    *(word + after for word in ("ig", "fb", "id") for after in " :=@-_.0123456789ไชค"),
)
_SAYS_SO = re.compile(r"ไอดี|[:=@]|(?:line|ไลน์)[ ]?id|id[ ]?(?:line|ไลน์)", re.IGNORECASE)
_TELLING = re.compile(r"\d|_|[a-z]\.[a-z]")
_NO_HANDLES = ("line", "id", "official", "http", "https", "www", "add", "inbox", "group")
_NETWORK_WORD = re.compile(
    "(?:ไลน์|line|ไอดี|ไอจี|อินสตาแกรม|ทวิตเตอร์|เฟ[สซ](?:บุ๊?[คก])?|ติ๊?กต็?อก|เทเลแกรม|ig|fb|id|facebook|instagram"
    "|twitter|tiktok|telegram|wechat|whatsapp)[ ]?(?:[:=@a-z0-9]|ไอดี|ชื่อ|คือ|ไลน์)"
)
_SPEAKS_OF_LINK = re.compile(r"[/.](?:com|me|ee|gl|net|org|page|co\.th)\b", re.IGNORECASE)


def _named(match: re.Match[str]) -> str:
    before, name = match["before"], match["name"]
    is_number = name.replace("-", "").replace(".", "").isdigit()
    if is_number or not (_SAYS_SO.search(before) or _TELLING.search(name)) or name.lower() in _NO_HANDLES:
        return match.group()
    return f"{before.removesuffix('@')}[HANDLE]"


def mask_contacts(text: str) -> str:
    """Put ``[LINK]``, ``[EMAIL]`` and ``[HANDLE]`` in the place of addresses of people."""
    if _SPEAKS_OF_LINK.search(text):
        text = _LINK.sub("[LINK]", text)
    if "@" in text:  # before networks, whose names may stand in one: somchai@ig.example.com
        text = _WHOLE_EMAIL.sub("[EMAIL]", text)
    if _NETWORK_WORD.search(text.lower()):
        text = _NAMED.sub(_named, text)
    if "@" in text:
        text = _AT.sub(lambda match: f"[{match.lastgroup}]", text)
    return text
