"""Masks numbers of people: ids, telephone numbers, accounts, plates, house numbers, coordinates."""

from __future__ import annotations

import re

# Python's \d also matches Thai digits, so specific digits are given in both scripts. \b does not match between a Thai
# letter and a digit, so look-arounds mark the ends of a number.
_GAP = r"[^\S\n]?[-‐-–.()]{0,2}[^\S\n]?"
_ID_GAP = r"[^\S\n]{0,2}[-‐-–]?[^\S\n]{0,2}"
_END = r"(?!\d)"

# No id begins with 00; 0066 begins a telephone number from abroad.
_ID = rf"(?![0๐]{{2}})\d(?:{_ID_GAP}\d){{12}}"
# The format of the identity card, also with digits that a source has masked.
_CARD = r"\d[- .]?[\dxX*]{4}[- .][\dxX*]{5}[- .]?[\dxX*]{2}[- .]?[\dxX*]"
# +66 and 0066 before any number, 66 only before a mobile number. Mobile numbers have ten digits, others nine.
_PHONE = (
    rf"(?:(?:\+\s?|[0๐]{{2}}[- ]?)[6๖]{{2}}{_GAP}(?:[0๐]{_GAP})?"
    rf"(?:[689๖๘๙](?:{_GAP}\d){{8}}|[2-7๒-๗](?:{_GAP}\d){{7}})"
    rf"|[6๖]{{2}}{_GAP}[689๖๘๙](?:{_GAP}\d){{8}}"
    rf"|[0๐]{_GAP}[689๖๘๙](?:{_GAP}\d){{8}}"
    rf"|[0๐]{_GAP}[2-7๒-๗](?:{_GAP}\d){{7}}"
    r"|[0๐][689๖๘๙]\d?[- ]?[xX*]{3,4}[- ]?\d{3,4})"
)
# 08-12-2565 10.30, 2565-01-15 10 and 08.30-16.30 15 look like telephone numbers or ids, but are dates and times.
_DAY = r"\d\d?(?P<sep>[-.])[01๐๑]?\d(?P=sep)(?:[2๒][45๔๕]|[12๑๒][90๙๐])\d\d(?!\d)|(?:25|20|19)\d\d-[01]\d-[0-3]\d(?!\d)"
_HOURS = r"\d\d\.[0-5๐-๕]\d\s?[-–]\s?\d\d\.[0-5๐-๕]\d(?![.\d])"
# 5555555555555 is a laugh.
_LAUGH = r"(?P<digit>\d)(?P=digit){12}"
_NORTH, _EAST = r"(?:[5-9]|1\d|2[01])\.\d{3,15}", r"(?:9[7-9]|10[0-6])\.\d{3,15}"
_BETWEEN = r"[ ]?°?[ ]?[NE]?[ ]?[,/|]?\s?"
_COORDINATES = (
    rf"(?<![\d.])(?:{_NORTH}{_BETWEEN}{_EAST}|{_EAST}{_BETWEEN}{_NORTH})(?:[ ]?°?[ ]?[NE](?![A-Za-z]))?(?!\d)"
    r"|\d{1,3}[ ]?°[ ]?\d{1,2}(?:\.\d{1,6})?[ ]?['′’](?:[ ]?\d{1,2}(?:\.\d{1,6})?[ ]?(?:[\"″”]|''))?[ ]?[NSEW]?"
)
_BANK_FORM = r"\d{3}(?P<bank>[- ])\d(?P=bank)\d{5}(?P=bank)\d"
# Any other number is skipped as a whole; a telephone number may follow 1. or 2.
_OTHER = rf"\d{{3,}}(?:[.,]\d+)*|\d{{1,2}}(?:[.,](?!{_PHONE}{_END})\d+)*"

_PERSONAL = re.compile(
    rf"(?P<COORDINATES>{_COORDINATES})|(?P<day>{_DAY}|{_HOURS}|{_LAUGH})"
    rf"|(?:(?P<ACCOUNT>{_BANK_FORM})|(?P<PHONE>(?:\((?=\d{{1,3}}\)))?{_PHONE})(?:-\d{{1,2}})?|(?P<ID>{_ID}|{_CARD})){_END}|(?P<other>{_OTHER})"
)
_MAY_BEGIN = re.compile(r"[\d(+]")
# A Plus Code such as 7P52QG4R+2X, which means a point on the map.
_PLUS_CODE = re.compile(r"(?<![A-Z0-9])[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,3}(?![A-Za-z0-9])")
_PHONE_AT_END = re.compile(rf"(?<=\d[ \xa0])(?=\d{{1,3}}\D|\d{{9,10}}$)({_PHONE})$")
_PHONE_ALONE = re.compile(rf"(?<!\d){_PHONE}{_END}")
_GROUPS = re.compile(r"\d+")
_ID_CUE = re.compile(r"บัตร|ปชช|ประชาชน|ประจำตัว|13 ?หลัก|๑๓ ?หลัก|\b[Ii][Dd]\b|pengenalan|สิทธิ")
# At least seven digits, or degrees; a shorter number is not a number of a person.
_ENOUGH_DIGITS = re.compile(r"\d(?:\D{0,5}\d){6}|°|[A-Z0-9]\+[A-Z0-9]")


def _is_number_list(found: str, groups: list[str], before: str) -> bool:
    """Whether thirteen digits are more likely a list of buses, amounts or years than an id."""
    if len(groups) == 1 or [len(group) for group in groups] == [1, 4, 5, 2, 1] or all(len(one) == 1 for one in groups):
        return False
    if _ID_CUE.search(before):
        return False
    if any(dash in found for dash in "-‐–"):
        return False
    digits = [int(digit) for digit in "".join(groups)]
    if (11 - sum(digit * (13 - at) for at, digit in enumerate(digits[:12])) % 11) % 10 == digits[12]:
        return False
    if max(map(len, groups)) <= 3:
        return True
    return any(len(one) >= 3 and (one.endswith("00") or (len(one) == 4 and one[:2] in ("25", "20"))) for one in groups)


def _replacement(match: re.Match[str]) -> str:
    kind, found = match.lastgroup, match.group()
    if kind in ("other", "day") or kind is None:
        return found
    if kind == "ID":
        groups = _GROUPS.findall(found)
        if len(groups) > 1 and not any(letter in found for letter in "xX*"):
            # A number and the telephone number after it may have thirteen digits together: หมู่ 123 081-234-5678.
            before = match.string[max(0, match.start() - 30) : match.start()]
            if (
                not _ID_CUE.search(before)
                and len(groups) < 13
                and (phone := _PHONE_AT_END.search(found))
                and phone.start()
            ):
                return found[: phone.start(1)] + "[PHONE]"
            if _is_number_list(found, groups, before):
                return _PHONE_ALONE.sub("[PHONE]", found)
    return f"[{kind}]"


def _mask_personal_numbers(text: str) -> str:
    # Matching only where a number may begin is four times as fast as a search with the long pattern.
    pieces: list[str] = []
    done = 0
    for place in _MAY_BEGIN.finditer(text):
        at = place.start()
        if at >= done and (match := _PERSONAL.match(text, at)):
            pieces += [text[done:at], _replacement(match)]
            done = match.end()
    return "".join([*pieces, text[done:]]) if pieces else text


_BANK = (
    r"บัญชี|บช\.?|พร้อมเพย?์?|prompt ?pay|ธนาคาร|กสิกร|กรุงไทย|กรุงศรี|ไทยพาณิชย์|ออมสิน|ธ\.?ก\.?ส|ทรูมันนี่|วอลเล็?[ทต]"
    r"|true ?money|wallet"
    r"|(?<![A-Za-z])(?:scb|kbank|ktb|bbl|ttb|account|acc)(?![A-Za-z])"
)
_NUMBER_OF_ACCOUNT = rf"(?:{_BANK_FORM}|\d{{3}}[- ]\d[- ]\d{{6}}|\d{{3}}-?\d{{6}}-\d|\d{{10,15}}){_END}"
_ACCOUNT = re.compile(
    rf"(?P<before>(?:{_BANK})[^\d\n]{{0,40}}?)(?P<number>(?<!\d)(?!{_LAUGH}){_NUMBER_OF_ACCOUNT})", re.IGNORECASE
)
_PROMPTPAY = re.compile(
    rf"(?P<before>(?:พร้อมเพย?์?|prompt ?pay)[^\d\n]{{0,20}}?)(?<!\d)(?:{_PHONE}|{_ID}){_END}", re.IGNORECASE
)
_BANK_HINT = re.compile(
    "บัญชี|บช|พร้อมเพ|prompt ?pay|ธนาคาร|กสิกร|กรุงไทย|กรุงศรี|ไทยพาณิชย์|ออมสิน|ธ\\.?ก\\.?ส|ทรูมันนี่|วอล|true|wallet"
    "|scb|kb|ktb|bbl|ttb|acc"
)


def _mask_account(match: re.Match[str]) -> str:
    number = match["number"]
    digits = _GROUPS.findall(number)
    if "-" not in number and len(digits) == 1 and (len(number) == 13 or _PHONE_ALONE.fullmatch(number)):
        return match.group()  # an id or a telephone number next to the name of a bank
    return f"{match['before']}[ACCOUNT]"


# After a word for telephone, a number is a telephone number even if a spreadsheet removed its 0 or changed its format
# (812345678.0, 8.12346E+08), or a letter replaces a digit (O81, 08l).
_PHONE_WORD = (
    r"(?<!ทรุด)โทร(?!ม)|เบอร์|ติดต่อ|มือถือ|สายด่วน|แฟกซ์"
    r"|(?<![A-Za-z])(?:tel|telephone|telefon|phone|mobile|cell|call|contact|hp|fax|whatsapp)(?![A-Za-z])"
)
_TYPED_DIGIT = r"(?:\d|[OolI](?=[-. ]?\d)|(?<=\d)[OolI](?![A-Za-z]))"
_NOT_DATE = r"(?!(?:20|25)\d\d[01]\d[0-3]\d(?!\d))"
_AREA = r"(?:2|3[2-9]|4[2-5]|5[3-6]|7[3-7])"
_PHONE_AFTER_LABEL = (
    r"(?:\d\.\d{2,10}[Ee]\+?(?:0?[78]|10)"
    rf"|(?:(?:\+[ ]?)?6{_GAP}6{_GAP}|[0Oo]{_GAP})?"
    rf"(?:[689](?:{_GAP}{_TYPED_DIGIT}){{8}}|{_NOT_DATE}(?=[2-7](?:{_GAP}{_TYPED_DIGIT}){{7}}){_AREA}(?:{_GAP}{_TYPED_DIGIT}){{6,7}}))"
    r"(?:\.0+)?(?![\d])(?![ ]?(?:บาท|ล้าน|คน|ครัวเรือน))"
)
_PHONE_SEPARATOR = r"[ ]?(?:[,/]|และ|หรือ|กับ|or|and)?[ ]?"
# Words before the number that make it a number of a ticket, a meter or a vehicle.
_OTHER_NUMBER_WORDS = r"เลขที่|คำร้อง|รหัส|ทะเบียน|อ้างอิง|บัญชี|มิเตอร์|ผู้ใช้|บัตร|พัสดุ|[Tt]icket|[Rr]ef|[\d\n]"
_LABELLED_PHONES = re.compile(
    rf"(?P<before>(?:{_PHONE_WORD})(?:(?!{_OTHER_NUMBER_WORDS}).){{0,30}}?|\[PHONE\]{_PHONE_SEPARATOR})"
    rf"(?P<numbers>(?<![A-Za-z\d.,+]){_PHONE_AFTER_LABEL}(?:{_PHONE_SEPARATOR}{_PHONE_AFTER_LABEL})*)",
    re.IGNORECASE,
)
_SINGLE_PHONE = re.compile(_PHONE_AFTER_LABEL)
_PHONE_WORD_HINT = re.compile(
    r"โทร|เบอร์|ติดต่อ|มือถือ|สายด่วน|แฟกซ์|\[phone\]|tel|phone|mobile|cell|call|contact|hp|fax|whatsapp"
)


def _mask_labelled_phones(match: re.Match[str]) -> str:
    return match["before"] + _SINGLE_PHONE.sub("[PHONE]", match["numbers"])


# Letters before numbers that are not a plate: roads, buses, units, offices, years, hours.
_NOT_PLATES = frozenset(
    str.split(
        "ทล ทช กม ปอ สน ซม มม นน พศ คศ รร รพ สส สว ชม ตม ตร บขส อบต อบจ พรบ กทม คน ศก คส ตรม ตชด มอก กฟภ ปภ"
        " ปภช สพ ผอ ถนน นคร รถ"
    )
)
_LETTERS = r"[ก-ฮ]{1,3}"
_PLATE_NUMBER = rf"(?:(?<!\d)(?:\d[ ]?)?{_LETTERS}[ -]?\d{{1,4}}|(?<!\d)\d{{2}}[ -]\d{{4}}){_END}(?![/.]\d)"
_VEHICLE = (
    r"รถ(?:ยนต์|กระบะ|เก๋ง|ตู้|บรรทุก|จักรยานยนต์|มอเตอร์ไซค์|มอไซค์?|แท็กซี่|ทัวร์|เมล์|พ่วง|สิบล้อ|หกล้อ|ขยะ|บัส|สองแถว|ปิกอัพ|พยาบาล)?"
    r"|มอเตอร์ไซค์|มอไซค์?|จักรยานยนต์|แท็กซี่|เก๋ง|กระบะ|สิบล้อ|วีออส|ฟอร์จูนเนอร์|วีโก้|ดีแม็ก|โตโยต้า|ฮอนด้า|อีซูซุ|[Tt]oyota|[Hh]onda|[Ii]suzu|[Vv]ios|[Cc]ity"
)
_REGISTERED = re.compile(
    rf"(?P<before>ทะเบียน(?:รถ)?|ทบ\.|ป้าย(?:แดง|เหลือง|ขาว|ดำ|เขียว)|[Pp]late)(?P<between>[ :.-]{{0,4}}(?:(?:รถ"
    rf"|คือ|เลข|หมายเลข|ที่)[ :.-]{{0,3}}){{0,2}})(?P<plate>{_PLATE_NUMBER})"
)
_ON_VEHICLE = re.compile(
    rf"(?P<before>(?:{_VEHICLE}))(?P<between>(?:สี[ก-๎]{{2,8}})?[ ]?)"
    rf"(?P<plate>(?<![ก-ฮ])(?:\d{_LETTERS}[ -]?\d{{1,4}}|[ก-ฮ]{{1,2}}[ -]?\d{{3,4}}"
    rf"|[ก-ฮ]{{3}}[ -]?\d{{2,4}}|\d{{2}}-\d{{4}}){_END}(?![/.]\d))"
)
_PLATE_LETTERS = re.compile(_LETTERS)


def _mask_plate(match: re.Match[str]) -> str:
    letters = _PLATE_LETTERS.search(match["plate"])
    is_certain = match["before"] in ("ทะเบียน", "ทะเบียนรถ", "ทบ.") or match["plate"][0].isdigit()
    if letters and letters.group() in _NOT_PLATES and not is_certain:
        return match.group()
    return f"{match['before']}{match['between']}[PLATE]"


_HOUSE_NUMBER = r"\d{1,5}(?:/\d{1,5}){0,2}(?:-\d{1,5}(?:/\d{1,5})?)?(?:[ ]?[ก-ฮ](?![ก-๎.]))?(?![\d,]\d|[.]\d)"
_HOUSE_LIST = (
    rf"{_HOUSE_NUMBER}(?:(?:[ ]?(?:,|-|และ|กับ|ถึง|หรือ)[ ]?"
    rf"|[ ](?=\d{{1,4}}/))(?:บ้าน)?(?:เลขที่)?[ ]?{_HOUSE_NUMBER}){{0,5}}"
)
_NUMBER_IN_LIST = re.compile(_HOUSE_NUMBER)
_STREET = r"(?:หมู่(?:ที่)?[ ]?\d|ม\.[ ]?\d|ซอย|ซ\.|ถนน|ถ\.|ตำบล|ต\.[ ]?[ก-๎]{2}|แขวง|หมู่บ้าน|[Mm]oo|[Ss]oi|[Mm]\.[ ]?\d)"
_HOME = re.compile(
    rf"(?P<before>บ้าน[ ]?เลขที่[ ]?:?[ ]?|บ\.เลขที่[ ]?|เลขบ้าน[ ]?|(?:[Hh]ouse|[Rr]umah)[ ](?:[Nn]o\.?"
    rf"|[Nn]umber)?[ ]?|ห้องเลขที่[ ]?)(?P<number>{_HOUSE_LIST})"
    rf"|(?P<other>(?<!หนังสือ)(?<!ใบอนุญาต)(?<!คำสั่ง)(?<!โฉนด)(?<!คำร้อง)(?<!ที่ดิน)(?<!สัญญา)(?<!เรื่อง)เลขที่[ ]?"
    rf"|(?:ที่อยู่|[Aa]ddress)[ ]?:?[ ]?)(?P<with>{_HOUSE_NUMBER})(?=[ ]?{_STREET})"
    rf"|(?P<living>(?:อยู่|อาศัย|บ้าน|อาคาร|ตึก)[ ]?เลขที่[ ]?)(?P<at>{_HOUSE_NUMBER})"
)
# In 45/2 ม.3 a number with a slash before a street or village is a house number, unless it is a date, class or lane.
_SLASH_NUMBER = re.compile(
    rf"(?<![\d/.,:+-])(?P<number>\d{{1,5}}/\d{{1,4}}(?:[-/]\d{{1,5}})?(?![\d/]))(?=[ ]?{_STREET})"
)
_NOT_HOUSE_BEFORE = re.compile(
    "(?:วันที่|เมื่อ|คืน|ชั้น|ซอย|ซ\\.|ต้นที่|เสา|แยก|กม\\.|ป\\.|ม\\.|ที่|ว|สาย|ข้อ|มาตรา|ประมาณ|เหลือ|แค่|ฉบับที่|ครั้งที่|สุขุมวิท|เพชรเกษม|ลาดพร้าว|อ่อนนุช|พหลโยธิน"
    "|รามคำแหง|รามอินทรา|จรัญสนิทวงศ์|จรัญฯ|สุขสวัสดิ์|เจริญกรุง|เจริญนคร|วิภาวดี|นวมินทร์|พัฒนาการ|ประชาอุทิศ|เอกชัย|แจ้งวัฒนะ"
    "|ติวานนท์|เทพารักษ์|รัชดา|อินทามระ|พระราม ?\\d)[ ]?$"
)


def _mask_slash_number(match: re.Match[str]) -> str:
    before = match.string[max(0, match.start() - 16) : match.start()]
    return match.group() if _NOT_HOUSE_BEFORE.search(before) else "[HOUSE]"


# 45 ม.3 without a slash is a house number only at the beginning of an address.
_HOUSE_AT_START = re.compile(
    r"(?P<before>(?:^|\n|[,(:]|\][ ]?)[ ]?|(?P<label>(?:ที่อยู่|อยู่ที่|อยู่บ้าน|บ้าน|อยู่)[ ]?:?["
    r" ]?))(?P<number>(?!(?:25|20)\d\d(?!\d))\d{1,4})"
    r"(?=[ ]?(?:หมู่(?:ที่)?[ ]?\d|ม\.[ ]?\d|[Mm]oo[ ]?\d)|(?(label)[ ]?(?:ถ\.|ซ\.|ถนน|ซอย)|(?<=\d\d\d)[ ](?:ถ\."
    r"|ซ\.|ถนน|ซอย)))"
)
_HOME_HINT = re.compile("เลขที่|ที่อยู่|เลขบ้าน|[Hh]ouse|[Rr]umah|[Aa]ddress")
_SLASH_HINT = re.compile(r"\d/\d")
_START_HINT = re.compile(r"\d[ ]?(?:หมู่|ม\.|[Mm]oo|ถ\.|ซ\.|ถนน|ซอย)")
_VEHICLE_HINT = re.compile(rf"ทะเบียน|ทบ\.|ป้าย|[Pp]late|{_VEHICLE}")
_DOCUMENT_YEAR = re.compile(r"\d+/25\d\d")


def _mask_house(match: re.Match[str]) -> str:
    if match["with"]:
        if _DOCUMENT_YEAR.fullmatch(match["with"]):
            return match.group()
        return f"{match['other']}[HOUSE]"
    if match["at"]:
        return f"{match['living']}[HOUSE]"
    return match["before"] + _NUMBER_IN_LIST.sub("[HOUSE]", match["number"])


# The first three characters of words before a house number or a plate (รถ covers all words that begin with it).
# ``nlp.clean`` does not search for numbers in a text without them and with fewer than MIN_DIGITS digits.
MIN_DIGITS = 7
HOUSE_CUES = (
    *str.split("เลข ที่อ บ.เ ห้อ Hou hou Rum rum Add add"),
    *(
        digit + street
        for digit in "0123456789"
        for street in (
            *str.split("หม ม. ซอ ซ. ถน ถ. Mo mo"),
            " ห",
            " ม",
            " ซ",
            " ถ",
            " M",
            " m",
            *(f"/{one}" for one in range(10)),
        )
    ),
)
VEHICLE_CUES = tuple(
    str.split(
        "ทะเ ทบ. ป้า Pla pla มอเ มอไ จัก แท็ เก๋ กระ สิบ วีอ ฟอร วีโ ดีแ โตโ ฮอน อีซ Toy toy Hon hon Isu isu Vio vio Cit cit"
    )
)
_DIGIT = re.compile(r"\d")


def mask_numbers(text: str) -> str:
    """The text with placeholders in the place of numbers of people, homes and vehicles."""
    if not _DIGIT.search(text):
        return text
    return mask_vehicles(mask_houses(mask_long_numbers(text)))


def mask_long_numbers(text: str) -> str:
    """The text with ids, telephone numbers, accounts and coordinates masked, which are found by their digits."""
    if not _ENOUGH_DIGITS.search(text):
        return text
    if _BANK_HINT.search(text.lower()):
        text = _PROMPTPAY.sub(r"\g<before>[ACCOUNT]", _ACCOUNT.sub(_mask_account, text))
    if "+" in text:
        text = _PLUS_CODE.sub("[COORDINATES]", text)
    text = _mask_personal_numbers(text)
    # Most numbers after a word for telephone are masked already, so few texts reach this step.
    if _ENOUGH_DIGITS.search(text) and _PHONE_WORD_HINT.search(text.lower()):
        text = _LABELLED_PHONES.sub(_mask_labelled_phones, text)
    return text


def mask_houses(text: str) -> str:
    """The text with house numbers masked; the village, lane and street are kept."""
    if _HOME_HINT.search(text):
        text = _HOME.sub(_mask_house, text)
    if _SLASH_HINT.search(text):
        text = _SLASH_NUMBER.sub(_mask_slash_number, text)
    if _START_HINT.search(text):
        text = _HOUSE_AT_START.sub(r"\g<before>[HOUSE]", text)
    return text


def mask_vehicles(text: str) -> str:
    """The text with plates of vehicles masked; the province is kept."""
    if _VEHICLE_HINT.search(text):
        text = _ON_VEHICLE.sub(_mask_plate, _REGISTERED.sub(_mask_plate, text))
    return text
