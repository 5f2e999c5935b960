"""Masks names of accounts on LINE and social networks, with and without an @."""

from __future__ import annotations

import re

from nlp.mask.places_in_text import contains_any, replace_at

_NETWORK = (
    r"(?:(?<!ออน)ไลน์|(?<![A-Za-z])line|ไอดี(?:เกม|แชท|ติ๊กต็?อก|ทวิต)?|ไอจี|อินสตาแกรม|ทวิตเตอร์|เฟ[สซ](?:บุ๊?[คก])?|ติ๊กต็?[อ๊]+ก"
    r"|เทเลแกรม|ดิสคอร์ด|แชทไอดี"
    r"|(?<![A-Za-z0-9?&-])(?:(?:ig|fb|id|tt)(?![A-Za-z])|facebook|instagram"
    r"|twitter|tiktok|telegram|wechat|whatsapp|discord|threads))"
)
_LABEL = r"(?:[ ]?(?:ไอดี|ชื่อ|คือ|id|ไลน์|line|[:=]|@)){0,3}[ ]?"
_HANDLE = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{1,29})[A-Za-z0-9]"
# In "Line Official" and "FB page" the word is not a user name: it must follow id, ไอดี, a colon or an @, or contain
# digits or dots.
_LABELLED = re.compile(rf"(?P<before>{_NETWORK}{_LABEL})(?P<name>{_HANDLE})(?![A-Za-z0-9@])", re.IGNORECASE)
_EXPLICIT_LABEL = re.compile(r"ไอดี|[:=@]|(?:line|ไลน์)[ ]?id|id[ ]?(?:line|ไลน์)", re.IGNORECASE)
_HANDLE_CHARACTERS = re.compile(r"\d|_|[a-z]\.[a-z]")
_NOT_HANDLES = ("line", "id", "official", "http", "https", "www", "add", "inbox", "group", "nan", "nat", "none", "null")
_NETWORK_HINT = re.compile(
    "(?:ไลน์|line|ไอดี(?:เกม|แชท|ติ๊กต็?อก|ทวิต)?|ไอจี|อินสตาแกรม|ทวิตเตอร์|เฟ[สซ](?:บุ๊?[คก])?|ติ๊?กต็?[อ๊]+ก|เทเลแกรม"
    "|ดิสคอร์ด|ig|fb|id|tt|facebook|instagram|twitter|tiktok|telegram|wechat|whatsapp|discord|threads)["
    " ]?(?:[:=@a-z0-9]|ไอดี|ชื่อ|คือ|ไลน์)"
)
# A word with an underscore is a name of an account wherever it stands, except in links, tags and names of files.
_UNDERSCORE = re.compile(
    r"(?<![A-Za-z0-9._%+@/#=?&:\\-])(?=[A-Za-z0-9.]{1,30}_)(?=[0-9._]{0,20}[a-z])"
    r"[A-Za-z0-9][A-Za-z0-9._-]{2,30}[A-Za-z0-9](?![A-Za-z0-9_@/=(\\]|[ ]?@)"
)
_FILE = re.compile(
    r"\.(?:jpe?g|png|pdf|docx?|xlsx?|mp4|mov|heic|csv|zip|html?|php)$|^(?:IMG|DSC|VID|Screenshot)[_-]?", re.IGNORECASE
)
# After a call to write to somebody, a word with a dot or digits: ทัก kaitod.yala, แอด jobhome9.
_CALLED = re.compile(
    r"(?P<before>(?:ทัก|แอด(?!ไวซ์)|เพจ|เฟ[สซ]|ไลน์|ไอจี|แชท|[Ii]nbox|อินบ็อก|หลังไมค์)[ก-๎ ]{0,14}?[ ]?)"
    r"(?P<name>(?<![A-Za-z0-9.@/_-])(?:[a-z][a-z0-9]{1,20}(?:[.-][a-z0-9]{2,20}){1,3}"
    r"|[a-z]{3,20}\d{1,6}))(?![A-Za-z0-9@/_.]|[ ]?@)"
)
_CALLED_HINT = re.compile(r"(?:ทัก|แอด|เพจ|เฟ[สซ]|ไลน์|ไอจี|แชท|nbox|อินบ็อก|ไมค์)[ก-๎ ]{0,15}[a-z]")
_CALLS = ("ทัก", "แอด", "เพจ", "เฟส", "เฟซ", "ไลน์", "ไอจี", "แชท", "nbox", "อินบ็อก", "ไมค์")
_DOMAIN = re.compile(r"\.(?:com|net|org|th|co|info|me|ly|io|tv|app|html?|php|pdf|jpe?g|png)$")
# Names of people's accounts in other forms: เฟซ Wan Hutan, เฟซชื่อ เด็กดอย บูโด99.
_FACE = r"(?:เฟ[สซ](?:บุ๊?[คก])?|[Ff]acebook|FB)"
_FACE_NAME = re.compile(
    rf"(?P<before>(?:(?<!ลง)(?<!ใน)(?<!ดู)(?<!แชร์){_FACE}[ ]?(?:ชื่อ|ตัวเอง|ปลอมชื่อ|คือ)?|ชื่อ{_FACE}"
    r"|(?:ไลน์|เพจ)(?:ปลอม)?ชื่อ)[ :]{1,2})"
    r"(?P<name>[\"“'‘][^\s\"”'’\n][^\"”'’\n]{1,28}[\"”'’]|[A-Z][a-z]{1,14}(?:[ ][A-Z][a-z]{1,14}){1,3}"
    r"|(?:[ก-๎]{2,16}[ ])?[ก-๎]{2,20}\d{2,4})(?![A-Za-z0-9.,]\d|[A-Za-z0-9])"
)
_FACE_HINT = re.compile(r"(?:เพจ|ไลน์)(?:ปลอม|ใช้|เดิม|ใหม่)?ชื่อ|(?:เฟ[สซ]|acebook|FB)[ก-๎]{0,12}[ :]{1,2}[A-Zก-ฮเ-ไ\"“'‘]")

# A name in Thai letters needs ชื่อ before it; its second word is told from the sentence only at the end of the text.
_OFFICE = r"(?:เทศบาล|อบต|อบจ|อำเภอ|จังหวัด|โรงเรียน|วัด|สำนัก|โรงพยาบาล|รพ|กรม|ตำรวจ|ศูนย์|มหาวิทยาลัย|หน่วย|ไม่|ว่า|อะไร)"
_THAI_NAME = re.compile(
    rf"(?P<before>(?:เพจ|{_FACE}|ไลน์)(?:ปลอม|ใช้|เดิม|ใหม่)?ชื่อ[ ]?|ชื่อ(?:เพจ|{_FACE})[ ])(?!{_OFFICE})"
    r"(?P<name>[ก-๎][ก-๎._]{1,24}\d{0,4}(?![A-Za-z0-9.,])(?:[ ][ก-๎]{2,20}(?=\s*$))?)"
)
_FACES = ("เฟส", "เฟซ", "acebook", "FB", "ไลน์", "เพจ")

# The first three characters of every word for a network in lower case, and those after a short word. ``nlp.clean`` does
# not search for contacts in a text without any of them, without @, without _ and without a slash after a letter.
CUES = (
    *str.split("ไลน lin ไอด ไอจ อิน ทวิ เฟส เฟซ ติ๊ ติก เทเ fac ins twi tik tel wec wha dis thr ดิส"),
    *str.split("ทัก แอด เพจ แชท box ไมค"),
    *(word + after for word in ("ig", "fb", "id", "tt") for after in " :=@-_.0123456789ไชคตป"),
)


def _mask_after_labels(text: str) -> str:
    # Matching only at the names of networks is three times as fast as a search without regard to case.
    lower = text.lower()
    if len(lower) != len(text):
        return _LABELLED.sub(_handle_after_label, text)
    return replace_at(
        text, (hint.start() for hint in _NETWORK_HINT.finditer(lower)), _LABELLED.match, _handle_after_label
    )


def _handle_after_label(match: re.Match[str]) -> str:
    before, name = match["before"], match["name"]
    is_number = name.replace("-", "").replace(".", "").isdigit()
    if (
        is_number
        or not (_EXPLICIT_LABEL.search(before) or _HANDLE_CHARACTERS.search(name))
        or name.lower() in _NOT_HANDLES
    ):
        return match.group()
    return f"{before.removesuffix('@')}[HANDLE]"


def _mask_underscore(match: re.Match[str]) -> str:
    # A value that is nothing else is a name of a column or of a file.
    is_whole = len(match.group()) == len(match.string)
    return match.group() if is_whole or _FILE.search(match.group()) else "[HANDLE]"


def _mask_called(match: re.Match[str]) -> str:
    return match.group() if _DOMAIN.search(match["name"]) else f"{match['before']}[HANDLE]"


def mask_handles(text: str) -> str:
    """The text with ``[HANDLE]`` in the place of names of accounts that have no @."""
    if contains_any(text, _FACES) and _FACE_HINT.search(text):
        text = _THAI_NAME.sub(r"\g<before>[HANDLE]", _FACE_NAME.sub(r"\g<before>[HANDLE]", text))
    text = _mask_after_labels(text)
    if "_" in text:
        text = _UNDERSCORE.sub(_mask_underscore, text)
    if contains_any(text, _CALLS) and _CALLED_HINT.search(text):
        text = _CALLED.sub(_mask_called, text)
    return text
