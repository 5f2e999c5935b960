"""Masks numbers of documents after a word for them: passports, licences, patients, students, staff, registers."""

from __future__ import annotations

import re

from nlp.mask.places_in_text import places_of, replace_at

_LINK = r"(?:[ ]?(?:เลขที่|หมายเลข|เลข|เดิม|เก่า|ใหม่|ลูก|บุตร|คือ|no\.?|number|num|nombor|nomor|is|ที่|[:=.#-])){0,3}[ ]?"
# The word, and the form of the number after it. Numbers with fewer digits are classes, rooms and years.
_CODE = r"(?:[A-Z]{1,3}|นร\.?)?[ .-]?\d(?:[-/ ]?\d){3,12}"
_PLAIN = r"(?:[A-Z]{1,3}-?)?\d{4,13}(?:-\d{1,4}){0,2}"
_PASSPORT = r"(?:[A-Z]{1,3}[ -]?\d{5,9}[A-Z]?|\d{8,9})"
_FORMS = (
    # A passport may stand some words after its name.
    (
        r"(?:[Pp]ass?port|PASSPORT|[Vv]isa|วีซ่า|พา[สท]ปอร์?ต|หนังสือเดินทาง|ပတ်စပို့|ڤاسڤورت)[^\d\n]{0,40}?(?<![A-Za-z])",
        _PASSPORT,
    ),
    (
        rf"(?<![A-Za-z0-9-])(?:HN|hn|H\.N\.|Hn|AN|VN)(?![A-Za-z]){_LINK}",
        r"\d{1,10}(?:[-/]\d{1,8}){0,3}(?![A-Za-z])",
    ),
    (
        r"(?:รหัส|เลข(?:ที่)?)[ ]?(?:ประจำตัว)?[ ]?(?:นักเรียน|นักศึกษา|นศ\.?|นิสิต|ผู้ป่วย|คนไข้|พนักงาน|ผู้สอบ|สอบ|สมาชิก|อสม\.?)"
        rf"{_LINK}|(?:นักเรียน|นักศึกษา|นศ\.?|นิสิต)[ ]?(?:รหัส|เลขประจำตัว){_LINK}|(?:เลข)?เวชระเบียน{_LINK}"
        rf"|เลขประจำตัว(?!ประชาชน|ผู้เสียภาษี){_LINK}"
        rf"|บัตร(?:พนักงาน|นักเรียน|นักศึกษา|สมาชิก|ข้าราชการ){_LINK}"
        rf"|(?<![A-Za-z])(?:[Ss]tudent|[Ee]mployee|[Pp]atient)[ ](?:ID|id|code|number|no\.?){_LINK}|نومبور مورد[ ]?",
        rf"(?:{_PLAIN}|{_CODE})",
    ),
    (
        rf"(?:ใบ(?:อนุญาต)?ขับ(?:ขี่|รถ)(?:รถยนต์|รถจักรยานยนต์|ยนต์)?|ใบอนุญาตทำงาน|[Ww]ork permit|[Dd]riv(?:ing"
        rf"|er'?s?) licen[cs]e){_LINK}",
        r"[A-Z]{0,2}\d(?:[/ -]?\d){5,14}",
    ),
    (
        rf"(?:เล่ม(?:เก่า|เดิม|ใหม่|สี[ก-๎]{{2,8}})?|รหัส(?:ประจำ)?บ้าน|ทะเบียนบ้าน|ผู้ใช้(?:น้ำ|ไฟ)(?:ฟ้า|ประปา)?){_LINK}",
        r"(?:[A-Z]{2}\d{6,7}|\d{4}-?\d{6}-?\d|\d{4}-\d{5}-\d)",
    ),
    (
        r"(?:บัตรสีชมพู|บัตรชมพู|บัตรหัว(?:ศูนย์|0)|ไร้สัญชาติ|ไร้รัฐ)[^\d\n]{0,20}?",
        r"[0-8](?:[ -]?\d){9,12}",
    ),
    (
        rf"(?<![A-Za-z0-9-])(?:IC|KP|I\.C\.|NRIC|[Kk]ad pengenalan|MyKad)(?![A-Za-z]){_LINK}",
        r"\d{6}[- ]?\d\d[- ]?\d{4}",
    ),
)
_NUMBER_AFTER = re.compile(
    "|".join(
        rf"(?:{word})(?<!\d)(?P<n{at}>{number})(?!\d|[.,]\d|[ ]?(?:บาท|คน|ปี))"
        for at, (word, number) in enumerate(_FORMS)
    )
)
# Where the words may begin.
_WORDS = (
    *str.split(
        "passport Passport PASSPORT pasport Pasport พาสปอ พาทปอ หนังสือเดินทาง ပတ်စပို့ ڤاسڤورت Visa visa วีซ่า HN hn Hn"
        " H.N. AN VN IC I.C."
        " KP NRIC MyKad รหัส เลข เวชระ บัตรพ บัตรน บัตรส บัตรห บัตรช บัตรข ใบขับ ใบอนุญาต driv Driv Student student Employee"
        " employee Patient patient نومبور เล่ม ผู้ใช้น ผู้ใช้ไ ทะเบียนบ้าน ไร้ส ไร้ร นศ นิสิต นักเรียนรหัส นักศึกษารหัส นักเรียนเลข"
        " นักศึกษาเลข"
    ),
    *("work permit", "Work permit", "kad pengenalan", "Kad pengenalan", "นักเรียน รหัส", "นักศึกษา รหัส"),
)
# A code of a student without the word for it begins with the year of entry and has at least eight digits.
_STUDENT_CODE = re.compile(r"(?P<before>รหัส[ ]?)(?P<number>[4-7]\d{7,9})(?!\d)")
_STUDENT = re.compile(r"นักเรียน|นักศึกษา|นิสิต|นศ|ปริญญา|เรียน|มหา|ม\.อ|ปี[ ]?\d")

# Three characters of each word; ``nlp.clean`` does not search for documents in a text without any of them.
CUES = (
    *str.split(
        "ssp SSP asp สปอ ทปอ อเด ပတ် ڤاس isa วีซ H.N MyK RIC I.C รหั เลข วชร รพน รนั รสม รสี รชม รขร บขี บรถ าตท rmi Dri"
        " dri tud"
        " plo tie مور ล่ม นบ้ ช้น ช้ไ ร้ส ร้ร Kad kad"
    ),
    *(word + after for word in ("HN", "hn", "Hn", "AN", "VN", "IC", "KP") for after in " :.-=#0123456789เใลบคทห"),
)


def _number_hidden(match: re.Match[str]) -> str:
    return match.string[match.start() : match.start(match.lastindex or 0)] + "[ID]"


def mask_documents(text: str) -> str:
    """The text with ``[ID]`` in the place of the numbers of documents."""
    if places := places_of(text, _WORDS):
        text = replace_at(text, places, _NUMBER_AFTER.match, _number_hidden)
    if "รหัส" in text and _STUDENT.search(text):
        text = _STUDENT_CODE.sub(r"\g<before>[ID]", text)
    return text
