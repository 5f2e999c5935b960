"""Address templates for the places benchmark, and the areas that fill them.

A template returns an address and the names in it: p, d, s and z for province, district, subdistrict and postal code, c
for the word for a capital district.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from schemas.area_data import districts, provinces, subdistricts


@dataclass(frozen=True, slots=True)
class Area:
    """A subdistrict with all that lies above it."""

    code: str
    province: str
    district: str
    subdistrict: str
    english: tuple[str, str, str]
    postal: str
    other_names: tuple[str, ...] = field(default=(), compare=False)

    @property
    def is_capital(self) -> bool:
        """Whether the district is the capital district (เมือง) of its province."""
        return self.district == "เมือง" + self.province


@cache
def areas() -> tuple[Area, ...]:
    """Every subdistrict outside Bangkok."""
    province = {p.province_code: p for p in provinces()}
    district = {d.district_code: d for d in districts()}
    return tuple(
        Area(
            s.subdistrict_code, p.province_th, d.district_th, s.subdistrict_th.split(" (")[0],
            (p.province_en, d.district_en, s.subdistrict_en), s.postal_codes[0], p.aliases,
        )
        for s in subdistricts()
        for p, d in [(province[s.province_code], district[s.district_code])]
        if s.province_code != "10"
    )  # fmt: skip


_THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
# Ways to write Thai in Latin letters that are not the official one.
_KARAOKE = (
    ("Mueang", "Muang"), ("Nakhon", "Nakorn"), ("Si ", "Sri "), ("kh", "k"), ("ph", "p"), ("Ph", "P"), ("th", "t"),
    ("Th", "T"), ("Chon Buri", "Chonburi"), ("ong", "ongg"), ("ueng", "ung"), ("Bueng", "Bung"), ("ang ", "ang"),
    ("hat ", "had "), ("Hat ", "Haad "), ("Ko ", "Koh "), ("oei", "oey"), ("un", "oon"), ("it", "ith"), ("hai", "hay"),
)  # fmt: skip


def _karaoke(rng: random.Random, name: str) -> str:
    fitting = [change for change in _KARAOKE if change[0] in name]
    return name.replace(*rng.choice(fitting)) if fitting else name.replace(" ", "")


# Slips of the hand: what is written in the place of what.
_SLIPS = (
    ("์", ""), ("ใ", "ไ"), ("ไ", "ใ"), ("ฏ", "ฎ"), ("ฎ", "ฏ"), ("ณ", "น"), ("น", "ณ"), ("ษ", "ศ"), ("ศ", "ษ"),
    ("ส", "ศ"), ("่", ""), ("้", ""), ("้", "่"), ("่", "้"), ("ี", "ิ"), ("ิ", "ี"), ("ุ", "ู"), ("ู", "ุ"), ("า", "าา"),
    ("ั", "ัั"), ("้", "้้"), ("แ", "เเ"), ("ำ", "ํา"), ("ท", "ธ"), ("ธ", "ท"), ("ะ", ""), ("ร", "ล"), ("ว", "วว"), ("ง", ""),
)  # fmt: skip


def _misspelt(rng: random.Random, name: str) -> str:
    fitting = [slip for slip in _SLIPS if slip[0] in name]
    if len(name) < 5 or not fitting or rng.random() < 0.3:
        at = rng.randrange(1, len(name))  # a letter too many, or two that changed places
        if rng.random() < 0.5 and at + 1 < len(name):
            return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
        return name[:at] + name[at] + name[at:]
    old, new = rng.choice(fitting)
    at = rng.choice([match.start() for match in re.finditer(re.escape(old), name)])
    return name[:at] + new + name[at + len(old) :]


@dataclass(frozen=True, slots=True)
class Draw:
    """What a template writes with."""

    rng: random.Random
    area: Area

    @property
    def house(self) -> str:
        """A house number, as people write it."""
        return self.rng.choice(["12", "99/9", "4/1", "235", "บ้านเลขที่ 7", "77 หมู่บ้านร่มเย็น", "เลขที่ 18"])

    @property
    def moo(self) -> str:
        """The number of a village (หมู่), as people write it."""
        return self.rng.choice(["ม.3", "หมู่ 5", "หมู่ที่ 2", "ม. 7", "หมู่ที่ 11 บ้านใหม่"])

    @property
    def d(self) -> str:
        """The district as people write it: a capital mostly as เมือง alone."""
        return "เมือง" if self.area.is_capital and self.rng.random() < 0.6 else self.area.district

    @property
    def other(self) -> str:
        """The name of another province, for a road or a school."""
        names = [p.province_th for p in provinces() if p.province_th != self.area.province]
        return self.rng.choice(names)

    @property
    def landmark(self) -> str:
        """Something that bears another province's name, or a word that looks like an area's."""
        return self.rng.choice(
            [
                f"หลังโรงเรียน{self.other}วิทยา", f"ใกล้วัด{self.other}", f"ถ.{self.other}", f"ถนน{self.other}",
                f"ซ.{self.other} 4", f"ถนน {self.other}", f"ตรงข้ามร้าน{self.other}ยานยนต์",
                f"ถ.{self.other}-{self.other}", f"หมู่บ้าน{self.other}", "หน้า อบต.",
                "ข้างที่ว่าการอำเภอ", "เขตเทศบาล", "ตรงข้าม รพ.สต.", "ตลาดนัด",
                f"สะพาน{self.other}", f"บ้าน{self.other}",
            ]
        )  # fmt: skip

    @property
    def camp(self) -> str:
        """The name of an army camp."""
        return self.rng.choice(["ค่ายสุรสีห์", "ค่ายเสนาณรงค์", "ค่ายจุฬาภรณ์", "ค่ายพ่อขุนผาเมือง", "ค่ายสิรินธร"])

    @property
    def short(self) -> str:
        """A name of the province that is not the official one, where it has any in Thai."""
        thai = [name for name in self.area.other_names if "ก" <= name[0] <= "๛"]
        return self.rng.choice(thai) if thai else self.area.province


def _of(d: str) -> str:
    return "c" if d == "เมือง" else "d"


Template = Callable[[Draw], tuple[str, str]]
TEMPLATES: dict[str, Template] = {}


def _template(make: Template) -> Template:
    TEMPLATES[make.__name__] = make
    return make


@_template
def in_full(x: Draw) -> tuple[str, str]:
    a = x.area
    return f"{x.house} {x.moo} ตำบล{a.subdistrict} อำเภอ{a.district} จังหวัด{a.province} {a.postal}", "pds"


@_template
def in_full_with_spaces(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"{x.house} {x.landmark} ตำบล {a.subdistrict} อำเภอ {d} จังหวัด {a.province}", "pds"


@_template
def short(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"{x.house} {x.moo} ต.{a.subdistrict} อ.{d} จ.{a.province}", "pds"


@_template
def short_with_landmark(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"{x.house} {x.landmark} {x.moo} ต.{a.subdistrict} อ.{d} จ.{a.province} {a.postal}", "pds"


@_template
def landmark_last(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"ต.{a.subdistrict} อ.{d} จ.{a.province} {x.landmark}", "pds"


@_template
def telephone_last(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"{x.house} {x.moo} ต.{a.subdistrict} อ.{d} จ.{a.province} {a.postal} โทร 08x-xxx-xxxx (บ้านสีเขียว)", "pds"


@_template
def glued(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"{x.house}ม.4ต.{a.subdistrict}อ.{d}จ.{a.province}{a.postal}", "pds"


@_template
def glued_in_full(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"เลขที่9หมู่4ตำบล{a.subdistrict}อำเภอ{d}จังหวัด{a.province}", "pds"


@_template
def without_words(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"{x.house} {a.subdistrict} {d} {a.province} {a.postal}", "pds"


@_template
def with_commas(x: Draw) -> tuple[str, str]:
    a = x.area
    return f"{a.subdistrict}, {a.district}, {a.province}", "pds"


@_template
def words_in_part(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"{x.house} {x.moo} ต.{a.subdistrict} อ.{d} {a.province} {a.postal}", "pds"


@_template
def reversed_order(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"จ.{a.province} อ.{d} ต.{a.subdistrict} {x.moo} {x.house}", "pds"


@_template
def reversed_without_words(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"{a.province} {d} {a.subdistrict}", "pds"


@_template
def english(x: Draw) -> tuple[str, str]:
    a = x.area
    return f"12 Moo 3, {a.english[2]}, {a.english[1]}, {a.english[0]} {a.postal}, Thailand", "pds"


@_template
def english_with_words(x: Draw) -> tuple[str, str]:
    a = x.area
    return f"Tambon {a.english[2]}, Amphoe {a.english[1]}, Changwat {a.english[0]}", "pds"


@_template
def karaoke(x: Draw) -> tuple[str, str]:
    a, (p, d, s) = x.area, x.area.english
    at = x.rng.randrange(3)
    p, d, s = [_karaoke(x.rng, name) if at == level else name for level, name in enumerate((p, d, s))]
    return x.rng.choice([f"Moo 4, T.{s}, A.{d}, {p} {a.postal}", f"{s}, {d} District, {p}"]), "pds"


@_template
def misspelt(x: Draw) -> tuple[str, str]:
    a, at = x.area, x.rng.randrange(3)
    names = (a.province, a.district, a.subdistrict)
    p, d, s = [_misspelt(x.rng, name) if at == level else name for level, name in enumerate(names)]
    return f"{x.house} {x.moo} ต.{s} อ.{d} จ.{p}", "pds"


@_template
def misspelt_in_full(x: Draw) -> tuple[str, str]:
    a, at = x.area, x.rng.randrange(3)
    names = (a.province, a.district, a.subdistrict)
    p, d, s = [_misspelt(x.rng, name) if at == level else name for level, name in enumerate(names)]
    return f"{x.landmark} ตำบล{s} อำเภอ{d} จังหวัด{p} {a.postal}", "pds"


@_template
def no_province(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"{x.house} {x.moo} ต.{a.subdistrict} อ.{d}", "s" + _of(d)


@_template
def no_province_with_postal_code(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"{x.landmark} ต.{a.subdistrict} อ.{d} {a.postal}", "sz" + _of(d)


@_template
def no_district(x: Draw) -> tuple[str, str]:
    a = x.area
    return f"{x.moo} ต.{a.subdistrict} จ.{a.province}", "ps"


@_template
def no_subdistrict(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"{x.landmark} อ.{d} จ.{a.province}", "p" + _of(d)


@_template
def district_alone(x: Draw) -> tuple[str, str]:
    return f"{x.landmark} อำเภอ{x.area.district}", "d"


@_template
def subdistrict_alone(x: Draw) -> tuple[str, str]:
    return f"{x.moo} ตำบล{x.area.subdistrict}", "s"


@_template
def province_alone(x: Draw) -> tuple[str, str]:
    return f"{x.landmark} จ.{x.area.province}", "p"


@_template
def thai_digits(x: Draw) -> tuple[str, str]:
    return short_with_landmark(x)[0].translate(_THAI_DIGITS), "pds"


@_template
def odd_characters(x: Draw) -> tuple[str, str]:
    text = in_full_with_spaces(x)[0].replace("ำ", "\u0e4d\u0e32")
    return text.replace(" อำ", "\r\nอำ").replace("ตำบล ", "ตำบล\u200b").replace(" จัง", "\u00a0จัง"), "pds"


@_template
def everyday_name_of_the_province(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"{x.moo} ต.{a.subdistrict} อ.{d} {x.rng.choice(['', 'จ.'])}{x.short}", "pds"


@_template
def camp(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"{x.camp} ต.{a.subdistrict} อ.{d} จ.{a.province}", "pds"


@_template
def local_government(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    body = x.rng.choice(["อบต.", "องค์การบริหารส่วนตำบล", "อบต. "])
    return f"{body}{a.subdistrict} อ.{d} จ.{a.province}", "pds"


@_template
def in_a_municipality(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"ในเขตเทศบาล {x.moo} ต.{a.subdistrict} อ.{d} จ.{a.province}", "pds"


@_template
def road_of_another_province(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"ถนนสาย{x.other}-{x.other} กม.12 ต.{a.subdistrict} อ.{d} {a.province}", "pds"
