"""Masks plates of cars, motorcycles, lorries and buses; the province is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlp.mask.plate_words import MONTHS, NOT_PLATES, PROVINCE_LETTERS, SOFT_WORDS, UNITS
from schemas.area_data import provinces

# A plate ends where the number ends, and is no date, amount or part of a longer number.
_AFTER = r"(?!\d|[/.:,]\d|-\d|[ ]?[ก-ฮ]{2}[ -]?\d)"
_NUMBER = re.compile(rf"\d{{1,4}}{_AFTER}")
_LAST_LETTERS = frozenset([*map(chr, range(ord("ก"), ord("ฮ") + 1)), *"ABCDEFGHIJKLMNOPQRSTUVWXYZ"])
# The letters before the number: 1กข, กข, กขค, 82 before a dash, DBK.
_HEAD = re.compile(r"(?:(?<!\d)(?:\d[ ]?)?[ก-ฮ]{1,3}|(?<![\d/:,-])(?<!\d\.)\d\d|(?<![A-Za-z])[A-Z]{1,3})$")
_LENGTH_OF_LORRY = 7
# What follows a number of other things: 30 minutes, 5 baht.
_UNIT_AFTER = re.compile(
    r"[ ]?(?:บาท|คน(?![ก-ฮเ-ไ])|คัน(?![ก-ฮเ-ไ])|นาที|ชม|ชั่วโมง|วัน|เดือน|ปี|กม|กิโล|เมตร|ม\.|หลัง|ล้าน|แสน|หมื่น|พัน|ครั้ง|รอบ"
    r"|เที่ยว|จุด|ต้น|ตัว|ไร่|%|ราย"
    r"|ครัวเรือน|ใบ|ชุด|น\.|โมง|ทุ่ม|ชั้น|ลิตร|มิล|เม็ด|ดวง|อัน|ท่าน|ที่|-|฿|[kK](?![A-Za-z]))"
)

_ROAD_BEFORE = re.compile(
    r"(?:ทช|ทล|สาย|ถนน|(?<![ก-๎])ถ|ทางหลวง[ก-๎]{0,10}|(?<!รถ)หมายเลข|หนังสือ[ก-๎ ]{0,16}|ที่|เรื่อง|พันธุ์[ก-๎]{0,8}"
    r"|ข้าว[ก-๎]{0,6})\.?[ ]?$"
)
_CASE_BEFORE = re.compile(r"(?:(?<!รถหมาย)เลข|เลขที่|ที่|รับ|เรื่อง|คำร้อง|คดี|โทร|เบอร์|รหัส|รุ่น|ปี|ข้อ|หน้า|ลำดับ|งบ|ราคา)[ :.]?$")

_VEHICLE = (
    r"(?<!ร)(?<!สามา)(?<!ปรา)รถ|คัน(?!นา|ดิน|คลอง)|มอเตอร์ไซค?์?|มอไซค?์?|มอไซ|จักรยานยนต์|แท็กซี่|เก๋ง|กระบะ|สิบล้อ|หกล้อ|ล้อสี"
    r"|สองแถว|ซาเล้ง|สามล้อ|ตุ๊กตุ๊ก|ปิกอั[ปพ]|ปิคอั[ปพ]|เครื่องเวฟ|เวฟ|ฟีโน่"
    r"|ฟีโน|สกู๊ปปี้|พีซีเอ็กซ์|เอ็นแม็ก|แอร์เบลด|วีออส|ฟอร์จูนเนอร์|วีโก้|รีโว่|ดีแม็[กค]|ไฮลัก|โตโยต้า|ฮอนด้า|อีซูซุ|ยามาฮ่า|มิตซู|นิสสัน|มาสด้า"
    r"|ฟอร์ด|ขี่|ขับ"
    r"|โมโต|กรีตอ|กือตอ|ڤيكأڤ|موتو|كريتا|وان|لوري|باس"
    r"|(?<![A-Za-z])(?:[Tt]oyota|[Hh]onda|[Ii]suzu|[Vv]ios|[Cc]ity|[Hh]ilux|[Vv]an|[Ll]ori|[Ll]orry|[Tt]ruck"
    r"|[Pp]ickup|[Mm]otor(?:bike|cycle|sikal)?"
    r"|[Mm]oto|[Kk]ereta|[Bb]as|[Bb]us|[Cc]ar|[Ss]cooter)(?![A-Za-z])"
)
_REGISTRATION = re.compile(r"(?:(?<!ลง)ทะเบียน(?!บ้าน)|ทบ\.|ป้าย|[Pp]late?(?![a-z])|[Rr]egistration|ڤليت)[^\d\n]{0,25}$")
_DIRECTLY = re.compile(r"(?:(?<!ลง)ทะเบียน(?:รถ)?|ทบ\.|หมายเลขทะเบียน)[ :.-]{0,3}(?:รถ|คือ|เลข|หมายเลข|ที่)?[ :.-]{0,3}$")
_VEHICLE_WORD = re.compile(_VEHICLE)
_ON_VEHICLE = re.compile(rf"(?:{_VEHICLE})(?:สี[ก-๎]{{2,8}})?[ ]?$")
_LATIN_VEHICLE = re.compile(
    r"(?<![A-Za-z])(?:[Kk]ereta|[Mm]otor(?:bike|sikal)?|[Ll]ori"
    r"|[Cc]ar)[ ](?:[a-z]{3,10}[ ])?$"
)
# After another plate, and a province or not: 82-4417 ปัตตานี กับ 81-9053.
_AFTER_PLATE = re.compile(r"\[PLATE\](?:[ ][ก-๎.]{2,20})?[ ]?(?:กับ|และ|,|/|หรือ)[ ]?$")
_CERTAIN_LORRY = re.compile(r"(?:1|3|[78])\d-(?!\d\d00|25[4-9]|20[0-3])\d{4}")
_RED = re.compile(r"(?P<before>ป้ายแดง[ ]{0,2}(?:เลข|หมายเลข)?[ ]?)(?P<number>\d{3,4}(?!\d|[.,]\d))")
# People often saw the last digits only.
_LAST_DIGITS = re.compile(
    r"(?P<before>(?:ทะเบียน[^\d\n]{0,20}ท้าย|(?:จำ|จด)ทะเบียน[^\d\n]{0,14}|เลขท้าย(?:ทะเบียน|ป้าย)?"
    r"|ลงท้าย(?:ด้วย)?)[ ]?)(?:(?<=[ก-ฮ])|(?<=[ก-ฮ] ))(?P<plate>\d{3,4})(?!\d|[.,]\d|[ ]?(?:บาท|ตัว|ถูก|รางวัล))"
)
_SEEN = re.compile(rf"{_VEHICLE}|ทะเบียน|ป้าย|ชน|เฉี่ยว")
_LETTERS = re.compile(r"[ก-ฮ]{1,3}")
_JOINED = ("ทะเบียน", "ทะเบียนรถ", "ป้าย", "แดง", "รถ")
_LAST_BREAK = re.compile(r".*[\d\n]", re.DOTALL)
_BEFORE, _AFTER_LENGTH, _CLOSE, _NEAR, _LONGEST_HEAD = 45, 16, 14, 24, 5
_YEAR = re.compile(r"(?:25|20|19)\d\d")
_THAI_OR_MARK = re.compile(r"[ก-๎]")

# Three letters of each word before a plate (รถ covers all words that begin with it).
CUES = tuple(
    str.split(
        "ทะเ ทบ. ป้า Pla pla มอเ มอไ จัก แท็ เก๋ ะบะ สิบ หกล อสี งแถ ซาเ ามล ตุ๊ ปิก ปิค เวฟ ฟีโ สกู พีซ นแม แอร วีอ ฟอร วีโ"
        " รีโ ดีแ ไฮล โตโ ฮอน อีซ มาฮ ตซู สสั าสด ขี่ ขับ คัน โมโ กรี กือ ڤيك موت كري وان لور باس Toy toy Hon hon Isu isu"
        " Vio vio Cit cit Hil hil Van van Lor lor Tru tru Pic pic Mot mot Ker ker Bas bas Bus bus Car car Sco"
        " sco Reg reg ขท้ งท้ ڤلي"
    )
)


def _provinces() -> re.Pattern[str]:
    names = [one.province_th for one in provinces()]
    more = str.split(
        "กทม กรุงเทพ โคราช อุบล อุดร อยุธยา สุราษ นครศรี ยาลอ Bangkok Yala Narathiwat Pattani Songkhla Phuket Satun Krabi"
        " Trang نراتيوات جالا"
    )
    return re.compile(rf"[ ]?(?:{'|'.join(map(re.escape, [*names, *more]))})")


_PROVINCE_AFTER = _provinces()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """What may be a plate: its letters (empty for lorries), and the text before it up to a digit or a line break."""

    plate: str
    number: str
    letters: str
    is_new: bool  # a digit stands before the letters: 1กข 1234
    before: str
    after: str

    @property
    def is_foreign(self) -> bool:
        """Whether it begins with Latin letters."""
        return self.plate[0].isascii() and self.plate[0].isalpha()

    @property
    def stands_alone(self) -> bool:
        """Whether no letter, digit or sign stands directly before it."""
        return not self.before or not (
            self.before[-1].isalnum() or self.before[-1] in ".,/:-" or _is_mark(self.before[-1])
        )

    @property
    def is_word(self) -> bool:
        """Whether its letters are a word or an abbreviation that also stands before a number."""
        # Months stand before years, units after numbers: 21กพ 2009, 2คน 555, 1ชม15นาที.
        is_date = len(self.number) < 3 or bool(_YEAR.fullmatch(self.number))
        if self.letters in MONTHS:
            return is_date
        if not self.is_new or len(self.letters) == 3 or self.plate[1] == " ":
            return self.letters in NOT_PLATES
        return self.letters == "คน" or (self.letters in UNITS and is_date)


def _is_mark(letter: str) -> bool:
    return bool(_THAI_OR_MARK.match(letter))


def _head_start(text: str, number: int, done: int) -> int | None:
    """Where the letters or digits before the number begin; None if they do not have the form of a plate."""
    end = number - 1 if text[number - 1] in " -" else number
    if end <= done or not (text[end - 1] in _LAST_LETTERS or (end < number and text[end - 1].isdigit())):
        return None
    head = _HEAD.search(text, max(done, end - _LONGEST_HEAD), end)
    if not head:
        return None
    # The last letter of a word before the plate is no letter of it: ทะเบียนกข 1234.
    start, letters = head.start(), head.group()
    is_joined = len(letters) == 3 and letters[0] > "9" and not text.endswith(_JOINED, 0, start)
    return start + 1 if is_joined and text.endswith(_JOINED, 0, start + 1) else start


def _candidate(text: str, number: re.Match[str], done: int) -> tuple[int, _Candidate] | None:
    """Where a candidate with a number begins, and the candidate; None if it does not have the form."""
    start = _head_start(text, number.start(), done)
    if start is None:
        return None
    plate = text[start : number.end()]
    is_lorry = plate[:2].isdigit()
    if is_lorry and len(plate) != _LENGTH_OF_LORRY:
        return None
    context = text[max(done, start - _BEFORE) : start]
    if last := _LAST_BREAK.match(context):
        context = context[last.end() - 1 :]
    elif done and start - done <= _BEFORE:
        context = "[PLATE]" + context
    letters = _LETTERS.search(plate)
    is_new = plate[0].isdigit() and not is_lorry
    after = text[number.end() : number.end() + _AFTER_LENGTH]
    return start, _Candidate(plate, number.group(), letters.group() if letters else "", is_new, context, after)


def _is_plate(one: _Candidate) -> bool:
    """Whether a candidate is a plate, by the words around it."""
    if _AFTER_PLATE.search(one.before) and not one.is_foreign:
        return True
    registered = _REGISTRATION.search(one.before)
    if registered and not (one.is_foreign and registered.group().startswith("ป้าย")):
        is_apart = one.stands_alone or one.before.endswith(_JOINED)
        if _DIRECTLY.search(one.before) or (is_apart and not one.is_word):
            return True
    if one.is_foreign:
        return bool(_LATIN_VEHICLE.search(one.before)) and one.plate[:3].isalpha()
    if not one.letters and "-" not in one.plate:
        return False
    is_word = one.is_word and not (one.letters in SOFT_WORDS and len(one.number) > 2 and _is_certain_place(one))
    if is_word or not (one.stands_alone or one.before.endswith(_JOINED)) or len(one.letters) == 1:
        return False
    return _is_known(one)


def _is_certain_place(one: _Candidate) -> bool:
    """Whether a vehicle stands directly before it or a province directly after it."""
    return bool(_ON_VEHICLE.search(one.before) or _PROVINCE_AFTER.match(one.after))


def _is_known(one: _Candidate) -> bool:
    """Whether a candidate without a word for registration is a plate."""
    is_road = bool(_ROAD_BEFORE.search(one.before)) and (not one.is_new or not one.letters)
    if is_road and (not one.letters or one.letters in PROVINCE_LETTERS):
        return False
    is_case = not one.letters and bool(_CASE_BEFORE.search(one.before))
    if _PROVINCE_AFTER.match(one.after):
        return not is_road and not is_case
    if _UNIT_AFTER.match(one.after) or (not one.letters and _YEAR.fullmatch(one.number)):
        return False
    # Three letters are more often a word, so the vehicle must be near.
    if _VEHICLE_WORD.search(one.before[-_NEAR:] if len(one.letters) == 3 else one.before):
        return not is_case or len(one.before) <= _CLOSE
    if is_road or is_case or _CASE_BEFORE.search(one.before):
        return False
    # A value that is nothing else may be the number of a case.
    if not one.is_new and not (one.before or one.after):
        return False
    if not one.letters:
        return bool(_CERTAIN_LORRY.fullmatch(one.plate))
    if one.is_new:
        return len(one.number) > 1 and " " not in one.plate[:2]
    return (
        len(one.letters) == 2
        and len(one.number) > 2
        and one.letters not in PROVINCE_LETTERS
        and not one.plate[2].isdigit()
    )


def _mask_last_digits(match: re.Match[str]) -> str:
    before = match.string[max(0, match.start() - 160) : match.end()]
    return f"{match['before']}[PLATE]" if _SEEN.search(before) else match.group()


def mask_vehicles(text: str) -> str:
    """The text with plates of vehicles masked; the province is kept."""
    pieces: list[str] = []
    done = 0
    for number in _NUMBER.finditer(text):
        found = _candidate(text, number, done)
        if found and _is_plate(found[1]):
            pieces += [text[done : found[0]], "[PLATE]"]
            done = number.end()
    if pieces:
        text = "".join([*pieces, text[done:]])
    if "ป้ายแดง" in text:
        text = _RED.sub(r"\g<before>[PLATE]", text)
    return _LAST_DIGITS.sub(_mask_last_digits, text) if "ท้าย" in text or "ทะเบียน" in text else text
