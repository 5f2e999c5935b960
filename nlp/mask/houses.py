"""Masks the numbers of houses, flats and rented rooms; village, lane, street and subdistrict are kept."""

from __future__ import annotations

import re

from nlp.mask.places_in_text import contains_any

_HOUSE_NUMBER = (
    r"\d{1,5}(?:(?:/|[ ]?ทับ[ ]?)\d{1,5}){0,2}(?:-\d{1,5}(?:/\d{1,5})?)?(?:[ ]?[ก-ฮ](?![ก-๎.]))?(?![\d,]\d|[.]\d)"
)
_HOUSE_LIST = (
    rf"{_HOUSE_NUMBER}(?:(?:[ ]?(?:,|-|และ|กับ|ถึง|หรือ)[ ]?"
    rf"|[ ](?=\d{{1,4}}/))(?:บ้าน)?(?:เลขที่)?[ ]?{_HOUSE_NUMBER}){{0,5}}"
)
_NUMBER_IN_LIST = re.compile(_HOUSE_NUMBER)
_SLASH = r"\d{1,5}(?:/|[ ]?ทับ[ ]?)\d{1,5}(?:[-/]\d{1,5})?(?![\d/])(?![.,]\d)"
# A number alone: not the beginning of a longer one, of a laugh, or of a number with a unit (บ้าน 4 หลัง).
_UNIT = (
    r"[ ]?(?:หลัง|คน|ชั้น|ครัว|ครอบครัว|ครั้ง|ห้อง|ไร่|งาน|ตรม|ตาราง|ปี|วัน|เดือน|สัปดาห์|คืน|เมตร|ม\.(?![ ]?\d)|ม\.ค|มี\.ค|ก\."
    r"|เม\.|พ\.|มิ\.|ส\.|ต\.ค|ธ\.|กม|กิโล|ซม|เซน|แผ่น|รอบ|ชุด"
    r"|ตัว|โต|ใบ|แพ็ค|ข้อความ|แห่ง|บาท|กว่า|นาที|น\.|ชม|ชั่วโมง|โมง|ทุ่ม|เปอร์|%|วา|ศอก|นิ้ว|แรง|ล้าน|พัน|แสน|หมื่น|ดวง|ต้น|จุด|คัน|สาย"
    r"|เครื่อง|คู่|กอง|ลูก|กระสอบ|ถุง"
    r"|ขวด|ลิตร|หมู่บ้าน|ยูนิต|คูหา|หย่อม|ราย|กล่อง|เที่ยว|ถัง|เสา|ท่อน|บ้าน|แถว|ด้าน|ฝั่ง|ทาง|ที่|หน่วย|องศา|สไตล์|ของ|buah|keluarga"
    r"|orang|tahun|hari|bulan|kali|ringgit|baht|bath|years?|days?|people|storey|rooms?|x|ฟอง|เล่ม|มื้อ|ปอน|โวลต์|แอมป์)"
)
_ALONE = rf"(?!5555*(?!\d))\d{{1,4}}(?![\d/:,.-]\d|\d|{_UNIT}|[ ]?[-–])"
_STREET = (
    r"(?:หมู่(?:ที่)?[ ]?\d|ม\.[ ]?\d|ซอย|ซ\.|ถนน|ถ\.|ตำบล|ต\.[ ]?[ก-๎]{2}|แขวง|หมู่บ้าน|คุ้ม|[Mm]oo|[Ss]oi|[Mm]\.[ ]?\d"
    r"|[Jj]alan|[Jj]ln|[Kk]g\b|[Kk]ampung|[Ll]orong|กาปง|مو[ ]?\d|جالن|كمڤوڠ)"
)
# Words before the number of another thing: a contract, a deed, a case, a class, a bank book, a meter.
_DOCUMENT = (
    r"สัญญา|โฉนด|สำนวน|ใบเสร็จ|หนังสือ|คำร้อง|คำสั่ง|คดี|ใบอนุญาต|บัญชี|ธ\.?ก\.?ส|ธนาคาร|กรุงไทย|ออมสิน|กสิกร|บัตร|เสา|มิเตอร์|มาตร"
    r"|ผู้ใช้|แผง|ล็อก|เรื่อง|ลงรับ|ครุภัณฑ์"
    r"|ด\.ช\.|ด\.ญ\.|นักเรียน|แปลง|ระวาง|ที่ดิน|น\.ส\.[ ]?3|สค\.|ตั๋ว|สลาก|รถ|พัสดุ|ใบ|ประกาศ|ฎีกา|แบบ|หมาย|คิว|ลำดับ|เอกสาร"
    r"|อ้างอิง|ตู้|ถัง|หม้อแปลง|รหัส|งบ(?![่-๋])|โครงการ"
)
_NO_DOCUMENT_BEFORE = re.compile(rf"(?:{_DOCUMENT})[^\d\n]{{0,25}}$")
_HOME = re.compile(
    rf"(?P<before>บ้าน[ ]?เลขที่(?:เก่า|เดิม|ใหม่)?[ ]?:?[ ]?|บ\.เลขที่[ ]?|บ\.?ล\.?ท\.?[ ]?|เลขบ้าน[ ]?"
    rf"|(?<![A-Za-z])(?:[Hh]ouse|[Rr]umah)[ ](?:[Nn]o\.?"
    rf"|[Nn]umber|[Nn]ombor|[Nn]omor)?[ ]?|ห้องเลขที่[ ]?)(?P<number>{_HOUSE_LIST})"
    rf"|(?P<other>(?<!หนังสือ)(?<!ใบอนุญาต)(?<!คำสั่ง)(?<!โฉนด)(?<!คำร้อง)(?<!ที่ดิน)(?<!สัญญา)(?<!เรื่อง)เลขที่[ ]?"
    rf"|(?:ที่อยู่|[Aa]ddress)[ ]?:?[ ]?)(?P<with>{_HOUSE_NUMBER})(?=[ ]?{_STREET})"
    rf"|(?P<living>(?:อยู่|อาศัย|บ้าน|อาคาร|ตึก)[ ]?เลขที่[ ]?)(?P<at>{_HOUSE_NUMBER})"
)
# บ้าน and the words of the dialects for it, with or without the owner: บ้านข้าเจ้า 19/1, เฮือน 62.
_OWNERS = tuple(str.split("ผม ดิฉัน ฉัน ข้าเจ้า ข้าพเจ้า ข่อย เฮา เรา เขา แม่ ยาย ตา ปู่ ย่า เช่า เดิม ใหม่ หลังที่ ข้างๆ"))
_OWNER = rf"(?:{'|'.join(_OWNERS)})?"
_NOT_HOME = "(?<!การ)(?<!หมู่)(?<!แม่)(?<!พื้น)(?<!ชาว)(?<!ใหญ่)(?<!กลาง)(?<!เน็ต)(?<!ไร้)(?<!แถว)(?<!เพื่อน)(?<!พ่อ)"
_HOME_WORD = re.compile(
    rf"(?P<before>(?:{_NOT_HOME}บ้าน{_OWNER}|เฮือน(?:หลัง)?|เฮิน|รูเมาะฮ?|อูเมาะฮ?|ห้องเช่า)[ ]?(?:เลขที่)?[ ]?)"
    rf"(?P<number>{_SLASH}|{_ALONE})"
    rf"|(?P<after>(?<!ด้วย)เลขที่(?:เก่า|เดิม|ใหม่|บ้าน)?[ ]?)(?P<at>{_SLASH}|{_ALONE})"
    rf"|(?P<room>(?:ผู้เช่า|อยู่|ส่ง|เลข)ห้อง[ ]?(?:เลขที่)?[ ]?)(?P<flat>{_SLASH}|\d{{2,4}}(?![\d/:,.]\d|\d|{_UNIT}))"
    rf"|(?P<hall>ห้อง[ ]?)(?P<door>\d{{2,3}}/\d{{1,4}}(?![\d/])|[1-9]\d{{2,3}}(?=[ ]?(?:หอ|ค่ะ|คะ|คับ|ครับ|คอนโด|อพาร์"
    rf"|แฟลต)))"
    rf"|(?P<place>(?:ที่อยู่|แฟลต|คอนโด|ทาวน์เฮ้?าส์?|หอพัก|ห้องเช่า|ห้องแถว)[ก-๎ ]{{0,14}})(?P<of>{_SLASH})"
)
_FOREIGN = re.compile(
    rf"(?P<before>(?<![A-Za-z])(?:[Hh]ouse|[Rr]umah|[Bb]ilik|[Rr]oom|[Aa]partment|[Ff]lat"
    rf"|[Uu]nit)(?![a-z])[^\d\n]{{0,30}}?)(?P<number>(?<![\dA-Za-z./-]){_SLASH})"
    rf"|(?P<named>(?<![A-Za-z])(?:[Hh]ouse|[Rr]umah|[Bb]ilik)[ ](?:[a-z]{{3,8}}[ ])?(?:nombor|no\.?|number"
    rf"|nomor)[ ]?)(?P<at>{_ALONE})"
    rf"|(?P<jawi>رومه[^\d\n]{{0,40}}?)(?P<slash>{_SLASH})"
    rf"|(?P<home>رومه[ ](?:نومب?و?ر[ ]|[ء-ۿ]{{2,8}}[ ]كمڤوڠ[ ])?)(?P<alone>{_ALONE})"
)
# In 45/2 ม.3 a number with a slash before a street or village is a house number, unless it is a date, class or lane.
_SLASH_NUMBER = re.compile(
    rf"(?<![\d/.,:+-])(?P<number>\d{{1,5}}/\d{{1,4}}(?:[-/]\d{{1,5}})?(?![\d/]))(?=[ ]?{_STREET})"
)
_NOT_HOUSE_BEFORE = re.compile(
    "(?:วันที่|เมื่อ|คืน|ชั้น|ซอย|ซ\\.|ต้นที่|เสา|แยก|กม\\.|ป\\.|ม\\.|(?<!อยู่)(?<!มา)(?<!ไป)(?<!เดียว)ที่|ว|สาย|ข้อ|มาตรา|ประมาณ|เหลือ|แค่|ฉบับที่|ครั้งที่|สุขุมวิท|เพชรเกษม|ลาดพร้าว|อ่อนนุช|พหลโยธิน"
    "|รามคำแหง|รามอินทรา|จรัญสนิทวงศ์|จรัญฯ|สุขสวัสดิ์|เจริญกรุง|เจริญนคร|วิภาวดี|นวมินทร์|พัฒนาการ|ประชาอุทิศ|เอกชัย|แจ้งวัฒนะ"
    "|ความดัน|คะแนน|อัตราส่วน|สัดส่วน|ขนาด|ยาง|ผล|ชนะ|แพ้|ติวานนท์|เทพารักษ์|รัชดา|อินทามระ|พระราม ?\\d)[ ]?$"
)
# 45 ม.3 without a slash is a house number only at the beginning of an address.
_HOUSE_AT_START = re.compile(
    r"(?P<before>(?:^|\n|[,(:]|\][ ]?)[ ]?|(?P<label>(?:ที่อยู่|อยู่ที่|อยู่บ้าน|บ้าน|อยู่)[ ]?:?["
    r" ]?))(?P<number>(?!(?:25|20)\d\d(?!\d))(?:(?(label)\d{4}|(?!))|\d{1,3}(?!\d)))"
    r"(?=[ ]?(?:หมู่(?:ที่)?[ ]?\d|ม\.[ ]?\d|[Mm]oo[ ]?\d)|(?(label)[ ]?(?:ถ\.|ซ\.|ถนน|ซอย)|(?<=\d\d\d)[ ](?:ถ\."
    r"|ซ\.|ถนน|ซอย)))"
)
_MORE = re.compile(rf"(?P<before>\[HOUSE\][ ]?(?:และ|กับ|ถึง|,|หรือ)[ ]?)(?P<number>{_SLASH})")
_HOME_WORDS = ("เลขที่", "ที่อยู่", "เลขบ้าน", "บลท", "บ.ล", "House", "house", "Rumah", "rumah", "Address", "address")
_DWELLINGS = ("บ้าน", "เฮือน", "เฮิน", "มาะ", "ห้อง", "เลขที่", "ที่อยู่", "แฟลต", "คอนโด", "ทาวน์", "หอพัก")
_FOREIGN_WORDS = ("ouse", "umah", "ilik", "oom", "partment", "lat", "nit", "رومه")
_HOME_WORD_HINT = re.compile("(?:บ้าน|เฮือน|เฮิน|มาะฮ?|ห้อง|เลขที่)[ก-๎]{0,9}[ ]?(?:เลขที่)?[ ]?\\d|ที่อยู่|แฟลต|คอนโด|ทาวน์|หอพัก")
_SLASH_HINT = re.compile(r"\d/\d")
_START_HINT = re.compile(r"\d[ ]?(?:หมู่|ม\.|[Mm]oo|ถ\.|ซ\.|ถนน|ซอย)")
_DOCUMENT_YEAR = re.compile(r"\d+/25\d\d")
_BEFORE = 40
_LAND_BEFORE = re.compile(
    r"(?:น\.?ส\.?[ ]?3[ ]?ก?\.?|ส\.?ค\.?[ ]?1|โฉนด|แปลง|ระวาง|สัญญา|คดี|ใบเสร็จ|หนังสือ|เสา|ตู้|หม้อแปลง|มิเตอร์|ถัง"
    r"|แผง)[ก-๎]{0,8}[ ]?$"
)
_STREET_AFTER = re.compile(rf"[ ]?{_STREET}")

# The first three characters of words before a house number, and a digit before a street or a slash.
CUES = (
    *str.split("เลข ที่อ บ.เ บลท บ.ล Hou hou Rum rum Add add Bil bil روم เฮื เฮิ มาะ ทับ"),
    *(
        digit + street
        for digit in "0123456789"
        for street in (*str.split("หม ม. ซอ ซ. ถน ถ. Mo mo"), *(f"/{one}" for one in range(10)))
    ),
)
# A text with one of each of these is searched too: a word for a home, and its end or that of its owner before a digit.
HOME_CUES = ("บ้า", "งเช")
_ENDS = {end for word in ("บ้าน", "ห้องเช่า", *_OWNERS) for end in (word[-2:], word[-1] + " ")}
HOME_NUMBER_CUES = tuple(end + digit for digit in "0123456789" for end in sorted(_ENDS))
# So is one with each of these: a room or a street, and a digit beside it.
STREET_CUES = ("ห้อ", " ม.", " หม", " ซ.", " ซอ", " ถ.", " ถน", " Mo", " mo")
STREET_NUMBER_CUES = tuple(
    cue for digit in "0123456789" for cue in (f"ง {digit}", f"อง{digit}", *(f"{digit} {letter}" for letter in "หมซถMm"))
)


def _mask_house(match: re.Match[str]) -> str:
    if match["with"]:
        before = match.string[max(0, match.start() - _BEFORE) : match.start()]
        if _DOCUMENT_YEAR.fullmatch(match["with"]) or _LAND_BEFORE.search(before):
            return match.group()
        return f"{match['other']}[HOUSE]"
    if match["at"]:
        return f"{match['living']}[HOUSE]"
    return match["before"] + _NUMBER_IN_LIST.sub("[HOUSE]", match["number"])


def _mask_after_word(match: re.Match[str]) -> str:
    """A number after a word for a home, unless a word before it makes it the number of a document."""
    number = next(filter(None, (match["number"], match["at"], match["flat"], match["door"], match["of"])))
    if _DOCUMENT_YEAR.fullmatch(number):
        return match.group()
    is_in_address = _STREET_AFTER.match(match.string, match.end())
    before = match.string[max(0, match.start() - _BEFORE) : match.start()]
    if match["at"] and (_LAND_BEFORE if is_in_address else _NO_DOCUMENT_BEFORE).search(before):
        return match.group()
    return match.group().removesuffix(number) + "[HOUSE]"


def _mask_foreign(match: re.Match[str]) -> str:
    number = next(filter(None, (match["number"], match["at"], match["slash"], match["alone"])))
    return match.group().removesuffix(number) + "[HOUSE]"


def _mask_slash_number(match: re.Match[str]) -> str:
    before = match.string[max(0, match.start() - 16) : match.start()]
    return match.group() if _NOT_HOUSE_BEFORE.search(before) else "[HOUSE]"


def mask_houses(text: str) -> str:
    """The text with house numbers masked; the village, lane and street are kept."""
    if contains_any(text, _HOME_WORDS):
        text = _HOME.sub(_mask_house, text)
    if _SLASH_HINT.search(text):
        text = _SLASH_NUMBER.sub(_mask_slash_number, text)
    if _START_HINT.search(text):
        text = _HOUSE_AT_START.sub(r"\g<before>[HOUSE]", text)
    if contains_any(text, _DWELLINGS) and _HOME_WORD_HINT.search(text):
        text = _HOME_WORD.sub(_mask_after_word, text)
    if contains_any(text, _FOREIGN_WORDS):
        text = _FOREIGN.sub(_mask_foreign, text)
    return _MORE.sub(r"\g<before>[HOUSE]", text) if "[HOUSE]" in text else text
