"""Masks e-mail addresses, user names on LINE and social networks, and links to a person or a point on a map."""

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
# @BTS and @ONYX are places, not people.
_MENTION = (
    r"(?<![A-Za-z0-9._%+@/-])@(?![A-Z]{2,5}(?![A-Za-z0-9_]))"
    r"(?=[0-9._-]{0,30}[A-Za-z])[A-Za-z0-9_][A-Za-z0-9._-]{1,29}[A-Za-z0-9_]"
)
_EMAIL_OR_MENTION = re.compile(rf"(?P<EMAIL>{_EMAIL})|(?P<HANDLE>{_MENTION})")

_NETWORKS = (
    r"(?:facebook|fb|instagram|tiktok|twitter|x|threads|linkedin|pantip)\.com|(?:fb|m|t|wa|line|linktr)\.(?:me|ee)|lin\.ee|threads\.net"
    r"|youtube\.com/(?:@|c/|channel/|user/)|(?:maps\.app\.|photos\.app\.)goo\.gl|goo\.gl/maps|google\.(?:com|co\.th)/maps|maps\.google\.com"
    r"|maps\.apple\.com|g\.page|drive\.google\.com|what3words\.com|waze\.com|openstreetmap\.org"
)
# A link ends at a space, or before Thai letters unless its path begins with Thai letters.
_LINK = re.compile(
    rf"(?<![A-Za-z0-9.-])(?:https?://)?(?:[a-z0-9-]{{1,12}}\.){{0,2}}?(?:{_NETWORKS})[/?@](?:[^\sก-๛\[\]]+|[^\s\[\]]+)",
    re.IGNORECASE,
)

_NETWORK = (
    r"(?:(?<!ออน)ไลน์|(?<![A-Za-z])line|ไอดี|ไอจี|อินสตาแกรม|ทวิตเตอร์|เฟ[สซ](?:บุ๊?[คก])?|ติ๊กต็?อก|เทเลแกรม|(?<![A-Za-z])(?:(?:ig|fb|id)(?![A-Za-z])|facebook|instagram"
    r"|twitter|tiktok|telegram|wechat|whatsapp))"
)
_LABEL = r"(?:[ ]?(?:ไอดี|ชื่อ|คือ|id|ไลน์|line|[:=]|@)){0,3}[ ]?"
_HANDLE = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{1,29})[A-Za-z0-9]"
# In "Line Official" and "FB page" the word is not a user name: it must follow id, ไอดี, a colon or an @, or contain
# digits or dots.
_LABELLED_HANDLE = re.compile(
    rf"(?P<before>{_NETWORK}{_LABEL})(?P<name>{_HANDLE})(?![A-Za-z0-9@])",
    re.IGNORECASE,
)
# The first three characters of every word for a network in lower case, and those after a short word. ``nlp.clean`` does
# not search for contacts in a text without any of them, without @ and without a slash after a letter.
CUES = (
    *str.split("ไลน lin ไอด ไอจ อิน ทวิ เฟส เฟซ ติ๊ ติก เทเ fac ins twi tik tel wec wha"),
    *(word + after for word in ("ig", "fb", "id") for after in " :=@-_.0123456789ไชค"),
)
_EXPLICIT_LABEL = re.compile(r"ไอดี|[:=@]|(?:line|ไลน์)[ ]?id|id[ ]?(?:line|ไลน์)", re.IGNORECASE)
_HANDLE_CHARACTERS = re.compile(r"\d|_|[a-z]\.[a-z]")
_NOT_HANDLES = ("line", "id", "official", "http", "https", "www", "add", "inbox", "group")
_NETWORK_HINT = re.compile(
    "(?:ไลน์|line|ไอดี|ไอจี|อินสตาแกรม|ทวิตเตอร์|เฟ[สซ](?:บุ๊?[คก])?|ติ๊?กต็?อก|เทเลแกรม|ig|fb|id|facebook|instagram"
    "|twitter|tiktok|telegram|wechat|whatsapp)[ ]?(?:[:=@a-z0-9]|ไอดี|ชื่อ|คือ|ไลน์)"
)
_LINK_HINT = re.compile(r"[/.](?:com|me|ee|gl|net|org|page|co\.th)\b", re.IGNORECASE)


def _mask_handle(match: re.Match[str]) -> str:
    before, name = match["before"], match["name"]
    is_number = name.replace("-", "").replace(".", "").isdigit()
    if (
        is_number
        or not (_EXPLICIT_LABEL.search(before) or _HANDLE_CHARACTERS.search(name))
        or name.lower() in _NOT_HANDLES
    ):
        return match.group()
    return f"{before.removesuffix('@')}[HANDLE]"


def mask_contacts(text: str) -> str:
    """The text with ``[LINK]``, ``[EMAIL]`` and ``[HANDLE]`` in the place of contacts of people."""
    if _LINK_HINT.search(text):
        text = _LINK.sub("[LINK]", text)
    if "@" in text:  # before networks, because an address may contain their names: somchai@ig.example.com
        text = _WHOLE_EMAIL.sub("[EMAIL]", text)
    if _NETWORK_HINT.search(text.lower()):
        text = _LABELLED_HANDLE.sub(_mask_handle, text)
    if "@" in text:
        text = _EMAIL_OR_MENTION.sub(lambda match: f"[{match.lastgroup}]", text)
    return text
