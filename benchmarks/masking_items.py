"""Random personal data for the masking benchmark, in the forms in which people write it.

Functions take a random generator and whether the item is for a held-out template.
"""

from __future__ import annotations

import random
from collections.abc import Callable

THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
GIVEN = str.split(
    "สมชาย สมศรี ประยูร วิชัย วรรณา มาลี สุนทร บุญมี ทองใบ จันทร์เพ็ญ กิตติพงษ์ ณัฐพล ปิยะนุช รัตนา อำนวย ไพโรจน์ เสาวลักษณ์"
    " ธีรศักดิ์ พัชรี คำปุ่น บัวลา แก้วตา ศรีวรรณ อินทิรา สุดารัตน์ ชูชาติ เพียงใจ นงลักษณ์ ภูมิพัฒน์ กัญญาณัฐ"
)
FAMILY = str.split(
    "ใจดี แก้วมณี ทองสุข ศรีสุวรรณ บุญเรือง พรหมมา จันทร์แจ่ม วงศ์ใหญ่ คำแสน สีดา อินทร์แก้ว ขำเจริญ ชูเกียรติ ปานทอง นาคสวัสดิ์"
    " รักษาศีล มูลสาร ไชยวงค์ ดวงแก้ว สายสุด พิมพ์สวัสดิ์ ศรีษะเกตุ เพชรรัตน์ หนูแก้ว"
)
MUSLIM_GIVEN = str.split(
    "อับดุลเลาะ มูฮัมหมัด อาแซ ยูโซ๊ะ อิสมาแอ สะมะแอ ดอเลาะ มะรอนิง อาหามะ รอซาลี ฟาตีเมาะ นูรีซัน คอลีเยาะ แวปา ซูไฮลา นิมะ นิแม เจ๊ะมูดอ"
    " แวอาแซ ต่วนเยาะ มะ มะยูนัน อาอีซะห์ รอกีเยาะ ซัยนะห์ ฮาสือเมาะ เจ๊ะฆอเลาะ ตูแวมามุ กูมัยดี สือนะ แมะเซาะ บือราเฮง"
)
MUSLIM_FAMILY = str.split(
    "สาและ ดือราแม มะแซ เจะแว หะยีสาแม บินอาแว เจะอาลี ดอเลาะ ยูโซ๊ะ สะอิ มะมิง ลาเต๊ะ แวสะมะแอ วาเด็ง กาเดร์ โตะลู"
    " หะยีดาโอ๊ะ ปูเตะ บาราเฮง สาเมาะ"
    " ยีดำ อาบู กือจิ"
)
HELD_GIVEN = str.split(
    "ประเสริฐ ลำดวน สุพจน์ จิราภรณ์ บุญส่ง อรทัย เกรียงไกร วิไลวรรณ พิชิต สมหมาย กุหลาบ อดิศร นภาพร ชาญชัย ทวี สายพิณ เฉลิม"
    " ยุพิน ธนากร วราภรณ์"
)
HELD_FAMILY = str.split(
    "สุขสมบูรณ์ ดำรงค์ นวลละออง มีชัย แสนคำ โพธิ์ศรี รุ่งเรือง เจริญผล ทาสี สมบัติทอง หมื่นไกร ขวัญเมือง กันทะวงศ์ ศรีบุรี ชัยชนะ"
)
HELD_MUSLIM_GIVEN = str.split(
    "อับดุลรอแม มูหามะ ฮามะ รุสลัน ซูกิปลี มาหามะ สุไลมาน อัสมะ พาตีเมาะ นูรฮายาตี แวแยนา นิอามีนะ เจ๊ะแย ต่วนอับดุลเลาะ"
    " กูอาเรฟ สารีพะ ยารอนะ"
    " อานูวา มัรวาน บีฮะห์"
)
HELD_MUSLIM_FAMILY = str.split(
    "มะเด็ง เจ๊ะมะ สาแม ดอรอมาน บือแน หะยีมะ แวหะยี ตาเยะ สนิ ยะโก๊ะ สะแลแม อาแวกือจิ มูซอ เปาะซา โต๊ะเจ๊ะ"
)
ENGLISH = ("Somchai Jaidee", "Wichai Thongsuk", "Malee Srisuwan", "Ahmad Salae", "John Smith")
RUMI = ("Ahmad bin Ali", "Siti Aminah", "Abdullah Waemama", "Nurisan Salaeh", "Hassan bin Yusof")


def _one(rng: random.Random, *choices: str) -> str:
    return rng.choice(choices)


def _digits(rng: random.Random, count: int, first: str = "0123456789") -> str:
    return rng.choice(first) + "".join(rng.choices("0123456789", k=count - 1))


def _in_script(rng: random.Random, number: str) -> str:
    return number.translate(THAI_DIGITS) if rng.random() < 0.15 else number


def _grouped(digits: str, sizes: tuple[int, ...], gap: str) -> str:
    groups, at = [], 0
    for size in sizes:
        groups.append(digits[at : at + size])
        at += size
    return gap.join(groups)


def national_id(rng: random.Random, held: bool) -> str:
    """Thirteen digits as people write them; nine checksums of ten are wrong."""
    digits = _digits(rng, 13, "12345678")
    sizes = rng.choice([(13,), (13,), (1, 4, 5, 2, 1), (1, 4, 5, 2, 1), (1,) * 13, (4, 4, 5), (1, 12), (3, 4, 6)])
    return _in_script(rng, _grouped(digits, sizes, _one(rng, "-", " ", " - ", "-", "  ")))


def phone(rng: random.Random, held: bool) -> str:
    """A mobile or landline number."""
    if rng.random() < 0.7:
        digits = "0" + _digits(rng, 9, "689")
        sizes = rng.choice([(10,), (3, 3, 4), (3, 3, 4), (3, 7), (2, 4, 4), (1, 9), (3, 4, 3), (1,) * 10])
    else:
        digits = "0" + _digits(rng, 8, "234567")
        sizes = rng.choice([(9,), (2, 3, 4), (3, 6), (3, 3, 3), (1, 4, 4), (2, 7)])
    written = _grouped(digits, sizes, _one(rng, "-", "-", " ", ".", " - "))
    if rng.random() < 0.2:
        written = _one(rng, "+66", "+66 ", "+66-", "0066", "+66 (0)") + written[1:].lstrip(" -.")
    elif len(sizes) == 3 and rng.random() < 0.1:
        written = f"({written[: sizes[0]]}) {written[sizes[0] + 1 :].lstrip(' -.')}"
    return _in_script(rng, written)


def email(rng: random.Random, held: bool) -> str:
    """An address, now and then with capitals, a space or a word for its sign."""
    name = _one(rng, "somchai", "w.thongsuk", "malee_99", "ab", "fa-tonmai", "Nurisan.S", "user+civic", "k9")
    host = _one(rng, "gmail.com", "hotmail.com", "yahoo.co.th", "example.go.th", "outlook.com", "mail.psu.ac.th")
    sign = "@" if rng.random() < 0.93 else _one(rng, " @", "@ ", " @ ")
    return f"{name}{rng.randrange(100)}{sign}{host}"


def house(rng: random.Random, held: bool) -> str:
    """A house number."""
    forms = (f"{rng.randrange(1, 999)}/{rng.randrange(1, 99)}", f"{rng.randrange(1, 999)}", f"{rng.randrange(1, 99)}/{rng.randrange(1, 9)}-{rng.randrange(10, 19)}")  # fmt: skip  # noqa: E501
    return _in_script(rng, rng.choice(forms + forms[:1]))


def plate(rng: random.Random, held: bool) -> str:
    """A car's, motorcycle's or lorry's plate."""
    letters = "".join(rng.choices("กขคงจฉชฌญฎฐฒณตถธนบผพภมยรลวศษสฬอฮ", k=rng.choice([2, 2, 2, 3])))
    number = str(rng.randrange(1, 9999))
    if rng.random() < 0.15:
        return f"{rng.randrange(70, 99)}-{_digits(rng, 4)}"
    first = str(rng.randrange(1, 9)) if len(letters) == 2 and rng.random() < 0.6 else ""
    return _in_script(rng, f"{first}{letters}{_one(rng, ' ', '-', '', ' ')}{number}")


def account(rng: random.Random, held: bool) -> str:
    """A bank account of ten or twelve digits."""
    if rng.random() < 0.2:
        return _digits(rng, 12)
    return _in_script(rng, _grouped(_digits(rng, 10), rng.choice([(10,), (3, 1, 5, 1), (3, 1, 6)]), _one(rng, "-", " ")))  # fmt: skip  # noqa: E501


def thai_name(rng: random.Random, held: bool) -> str:
    """A given name, mostly with a family name."""
    return _name(rng, HELD_GIVEN if held else GIVEN, HELD_FAMILY if held else FAMILY)


def muslim_name(rng: random.Random, held: bool) -> str:
    """A Malay-Muslim given name, mostly with a family name."""
    return _name(rng, HELD_MUSLIM_GIVEN if held else MUSLIM_GIVEN, HELD_MUSLIM_FAMILY if held else MUSLIM_FAMILY)


def _name(rng: random.Random, given: list[str], family: list[str]) -> str:
    return rng.choice(given) + (f"{_one(rng, ' ', ' ', ' ', '  ')}{rng.choice(family)}" if rng.random() < 0.8 else "")


def coordinates(rng: random.Random, held: bool) -> str:
    """A point in Thailand, in degrees or in degrees, minutes and seconds."""
    north, east = rng.uniform(5.7, 20), rng.uniform(97.5, 105)
    if rng.random() < 0.15:
        return f"{int(north)}°{rng.randrange(60)}'{rng.uniform(0, 59):.1f}\"N {int(east)}°{rng.randrange(60)}'{rng.uniform(0, 59):.1f}\"E"  # fmt: skip  # noqa: E501
    places = rng.randrange(4, 8)
    return f"{north:.{places}f}{_one(rng, ', ', ',', ' ')}{east:.{places}f}"


def handle(rng: random.Random, held: bool) -> str:
    """A name on LINE or a social network."""
    return _one(rng, "somchai", "nong_fah", "malee.s", "krupim", "wae-123", "tonmai") + str(rng.randrange(10, 9999))


def link(rng: random.Random, held: bool) -> str:
    """An address of a person's page or of a point on a map."""
    word = _one(rng, "somchai", "malee.thongsuk", "nong_fah") + str(rng.randrange(10, 9999))
    code = "".join(rng.choices("abcdefghkmnpqrstuvwxyzABCDEFGH23456789", k=17))
    return _one(
        rng, f"https://www.facebook.com/{word}", f"facebook.com/{word}", f"https://line.me/ti/p/{code[:10]}",
        f"https://www.instagram.com/{word}/", f"https://maps.app.goo.gl/{code}", f"https://goo.gl/maps/{code}",
        f"https://www.tiktok.com/@{word}", f"https://x.com/{word}/status/{_digits(rng, 19)}",
        f"https://www.google.com/maps/@{rng.uniform(6, 20):.6f},{rng.uniform(98, 105):.6f},17z",
    )  # fmt: skip


MAKERS: dict[str, Callable[[random.Random, bool], str]] = {
    "ID": national_id, "PHONE": phone, "EMAIL": email, "HOUSE": house, "PLATE": plate, "ACCOUNT": account,
    "NAME": thai_name, "NAME Malay-Muslim": muslim_name, "COORDINATES": coordinates, "HANDLE": handle, "LINK": link,
}  # fmt: skip
