"""Masks e-mail addresses, user names on LINE and social networks, and links to a person or a point on a map."""

from __future__ import annotations

import re

from nlp.mask import handles
from nlp.mask.handles import mask_handles
from nlp.mask.places_in_text import contains_any

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
# Words in the place of the signs: somchai (at) gmail dot com, somchai แอท จีเมล จุด คอม.
_PROVIDER = r"(?:gmail|hotmail|yahoo|outlook|icloud|live|จีเมล์?|ฮอตเมล์?|ฮ็อตเมล์?|ยาฮู|เอาท์ลุค)"
_DOT = r"[ ]?(?:\.|[(\[]?dot[)\]]?|จุด|ดอ[ทต]|ด็อท)[ ]?"
_AT = r"[ ]?(?:[(\[{<](?:at|@)[)\]}>]|[(\[]?แอ็?[ทต][)\]]?|แอด(?=[ ]?(?:จีเมล|ฮอตเมล|ยาฮู|gmail|hotmail|yahoo)))[ ]?"
_ENDING = r"(?:com|net|org|co|th|ac|go|or|me|คอม|โค|ทีเอช)(?![A-Za-z])"
_SPELT_EMAIL = re.compile(
    rf"{_LOCAL}"
    rf"(?:{_AT}(?:[A-Za-z0-9-]{{1,30}}|{_PROVIDER})(?:{_DOT}[A-Za-z0-9-]{{1,30}}){{0,2}}?(?:{_DOT}{_ENDING}){{1,2}}"
    rf"|{_AT}{_PROVIDER}(?![A-Za-z])"
    rf"|[ ]at[ ]{_PROVIDER}(?:{_DOT}{_ENDING}){{0,2}}"
    rf"|[ ]?@[ ]?(?:[A-Za-z0-9-]{{1,30}}|{_PROVIDER})(?:{_DOT}{_ENDING}){{1,2}})",
    re.IGNORECASE,
)
_AT_WORDS = (
    *str.split("(at [at {at <at (@ [@ {@ <@ แอท แอต แอ็ท แอ็ต แอดจีเมล แอดฮอต แอดยาฮู"),
    *(f" at {host}" for host in ("gmail", "hotmail", "yahoo", "outlook", "icloud", "live")),
)
_DOT_WORDS = (" .", "dot", "จุด", "ดอท", "ดอต", "ด็อท")

_NETWORKS = (
    r"(?:facebook|fb|instagram|tiktok|twitter|x|threads|linkedin|pantip)\.com"
    r"|(?:fb|m|t|wa|line|linktr)\.(?:me|ee)|lin\.ee|threads\.net|youtube\.com/(?:@|c/|channel/|user/)"
    r"|(?:maps\.app\.|photos\.app\.)goo\.gl|goo\.gl/maps|google\.(?:com|co\.th)/maps|maps\.google\.com"
    r"|maps\.apple\.com|g\.page|drive\.google\.com|what3words\.com|waze\.com|openstreetmap\.org"
    # Short links hide where they lead: to a page of a person, a form or a fraud.
    r"|bit\.ly|tinyurl\.com|cutt\.ly|shorturl\.(?:at|asia)|rebrand\.ly|t\.ly|s\.id|is\.gd"
    r"|maps\.[a-z0-9-]{2,30}\.[a-z]{2,8}"
)
# Hosts under these ends are hardly ever of offices or the press; frauds in the name of an office have them.
_CHEAP = (
    r"(?:[a-z0-9-]{1,40}\.){1,4}(?:cc|top|site|win|click|shop|xyz|online|live|club|vip|fun|buzz|icu|link|info"
    r"|store|work|example)"
)
# The beginning of a link up to the sign after its host, or a bare host that is hardly ever of an office.
_LINK_HEAD = re.compile(
    rf"(?<![A-Za-z0-9.-])(?:https?://)?(?:(?:[a-z0-9-]{{1,12}}\.){{0,2}}?(?:{_NETWORKS})|{_CHEAP})(?P<path>[/?@])"
    rf"|(?<![A-Za-z0-9.-])https?://{_CHEAP}(?![A-Za-z0-9.-])",
    re.IGNORECASE,
)
# A link ends at a space, or before Thai letters unless its path begins with Thai letters.
_LINK_PATH = re.compile(r"[^\sก-๛\[\]]+|[^\s\[\]]+")
_HOST_END = re.compile(
    r"[/.](?:com|me|ee|gl|net|org|page|co\.th|ly|gd|id|at|asia|cc|top|site|win|click|shop|xyz|online|live|club|vip"
    r"|fun|buzz|icu|link|info"
    r"|store|work|example)(?![a-z0-9])|maps\.",
    re.IGNORECASE,
)
_HOST_BEGIN = re.compile(r"[A-Za-z0-9.:/-]+$")
_LONGEST_HOST = 120
CUES = (
    *handles.CUES,
    *str.split("(at [at {at <at แอท แอ็ แอต ://"),
    *(f"{end} {letter}" for end in "tT" for letter in "ghyoilGHYOIL"),
)


def _may_spell_email(lower: str) -> bool:
    """Whether a text in small letters may have an address with words for its signs."""
    return contains_any(lower, _AT_WORDS) or ("@" in lower and contains_any(lower, _DOT_WORDS))


def _mask_links(text: str) -> str:
    # Searching only around the ends of hosts is ten times as fast as a search with the long pattern.
    pieces: list[str] = []
    done = 0
    for host in _HOST_END.finditer(text):
        at = host.start()
        if at < done or not (begin := _HOST_BEGIN.search(text, max(done, at - _LONGEST_HOST), at + 1)):
            continue
        head = _LINK_HEAD.search(text, begin.start(), host.end() + _LONGEST_HOST)
        if not head or head.start() > at:
            continue
        path = _LINK_PATH.match(text, head.end()) if head["path"] else None
        if path or not head["path"]:
            pieces += [text[done : head.start()], "[LINK]"]
            done = path.end() if path else head.end()
    return "".join([*pieces, text[done:]]) if pieces else text


def mask_contacts(text: str) -> str:
    """The text with ``[LINK]``, ``[EMAIL]`` and ``[HANDLE]`` in the place of contacts of people."""
    if "." in text:
        text = _mask_links(text)
    if "@" in text:  # before networks, because an address may contain their names: somchai@ig.example.com
        text = _WHOLE_EMAIL.sub("[EMAIL]", text)
    if _may_spell_email(text.lower()):
        text = _SPELT_EMAIL.sub("[EMAIL]", text)
    text = mask_handles(text)
    if "@" in text:
        text = _EMAIL_OR_MENTION.sub(lambda match: f"[{match.lastgroup}]", text)
    return text
