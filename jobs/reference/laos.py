"""The list of LAOs: that of the Department of Local Administration (``SIANG_LAOS``) over what is built in.

A row is an LAO with the tambons that it serves. Where these changed, its code stands on several rows, each with
its own dates; name, type and province must then be the same. Tambons are separated by commas, semicolons, bars or
new lines, each a code or a name; districts and provinces likewise. A PAO of the list takes the place of the built-in
one of its province, and so do Bangkok and Pattaya.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from jobs.reference.sheet import Row, RowError, file_name, parse_day, parse_rows, word_key
from nlp.laos import split_name
from nlp.mask import mask
from nlp.mask.values import quote_value
from nlp.normalise import normalise
from nlp.places import resolve
from schemas.area_data import provinces, todays_code
from schemas.laos import (
    BANGKOK,
    LAO_TYPES,
    PATTAYA,
    PREFIXES,
    Lao,
    LaoSubdistrict,
    LaoType,
    built_in,
    built_in_subdistricts,
    is_province_wide,
)

COLUMNS = {
    "code": ("รหัส", "รหัส อปท.", "รหัสหน่วยงาน", "รหัสองค์กรปกครองส่วนท้องถิ่น", "lao_code", "dla_code"),
    "name": ("ชื่อ", "ชื่อ อปท.", "ชื่อหน่วยงาน", "อปท.", "องค์กรปกครองส่วนท้องถิ่น", "ชื่อองค์กรปกครองส่วนท้องถิ่น", "lao_name",
             "lao_th", "name_th"),
    "type": ("ประเภท", "ประเภท อปท.", "ประเภทหน่วยงาน", "ประเภทองค์กรปกครองส่วนท้องถิ่น", "lao_type"),
    "province": ("จังหวัด", "ชื่อจังหวัด", "รหัสจังหวัด", "province_code", "province_th"),
    "district": ("อำเภอ", "ชื่ออำเภอ", "รหัสอำเภอ", "district_code", "district_th", "amphoe"),
    "tambons": ("ตำบล", "ตำบลในพื้นที่", "ตำบลในเขต", "ตำบลที่รับผิดชอบ", "พื้นที่ตำบล", "รหัสตำบล", "tambon", "subdistricts",
                "subdistrict", "subdistrict_codes"),
    "valid_from": ("วันที่จัดตั้ง", "วันจัดตั้ง", "วันที่มีผล", "วันที่มีผลบังคับใช้", "ตั้งแต่", "ตั้งแต่วันที่", "วันที่เริ่ม", "from"),
    "valid_to": ("วันที่สิ้นสุด", "ถึง", "ถึงวันที่", "วันที่ยุบ", "วันที่ยกเลิก", "to"),
    "name_en": ("ชื่อภาษาอังกฤษ", "ชื่ออังกฤษ", "lao_en"),
    "note": ("หมายเหตุ", "remark", "remarks"),
}  # fmt: skip
_SPECIAL = ("พิเศษ", "รูปแบบพิเศษ", "อปท. รูปแบบพิเศษ", "องค์กรปกครองส่วนท้องถิ่นรูปแบบพิเศษ", BANGKOK, PATTAYA)
_TYPE_WORDS: Mapping[str, LaoType] = {
    word_key(word): lao_type
    for lao_type in LAO_TYPES
    for word in (lao_type, *PREFIXES[lao_type], *(_SPECIAL if lao_type == "special" else ()))
    if word
}
_SEPARATORS = re.compile(r"[,;|/\n]|(?<=\s)และ\s?")
_OF_DISTRICT = re.compile(r"(?P<tambon>.+?)\s*(?:อำเภอ|อ\.)\s*(?P<district>.+)")
_PROVINCES = {one.province_code: one for one in provinces()}


@dataclass(frozen=True, slots=True)
class Laos:
    """All LAOs, and the subdistricts that they serve, by code."""

    laos: tuple[Lao, ...]
    subdistricts: tuple[LaoSubdistrict, ...]


def load_laos(address: str) -> Laos:
    """The LAOs of a list, and the built-in ones that it does not have; of no list ("") the built-in ones.

    Raises UserError with the file, the row and what to do where the list is wrong; it is checked whole.
    """
    if not address:
        return Laos(built_in(), built_in_subdistricts())
    listed: dict[str, list[Lao]] = {}
    served: list[LaoSubdistrict] = []

    def take(row: Row) -> None:
        lao, tambons = parse(row, file_name(address))
        _check_consistent(lao, listed.get(lao.lao_code, []))
        listed.setdefault(lao.lao_code, []).append(lao)
        served.extend(LaoSubdistrict(lao.lao_code, code, lao.valid_from, lao.valid_to) for code in tambons)

    parse_rows(address, "SIANG_LAOS", COLUMNS, ("code", "name", "province"), take)
    return _with_built_in([_merge_rows(found) for found in listed.values()], served)


def parse(row: Row, source: str) -> tuple[Lao, tuple[str, ...]]:
    """An LAO from a row of the list, and the codes of its subdistricts. Raises RowError where it is wrong."""
    for column in ("code", "name", "province"):
        if not row[column]:
            raise RowError(f"there is no {column}", f"fill in the column {COLUMNS[column][0]} ({column})")
    code = row["code"]
    if code.isdigit() and len(code) in (2, 4, 6):
        raise RowError(f"the code {quote_value(code)} looks like that of an area", "write the code of the LAO itself")
    lao_type, name = _type_and_name(row)
    province = _province(row["province"])
    if lao_type == "special":
        name = _special_name(name, province)
    tambons = _tambons(row["tambons"], province, row["district"]) if not is_province_wide(lao_type, province) else ()
    district = _district(row["district"], province)
    of_tambons = {one[:4] for one in tambons}
    if district is None and len(of_tambons) == 1:
        district = of_tambons.pop()
    first, last = parse_day(row["valid_from"]), parse_day(row["valid_to"])
    if first and last and last < first:
        raise RowError("the last day is before the first", "correct valid_from or valid_to")
    lao = Lao(
        code, lao_type, name, province, district, row["name_en"] or None, is_province_wide(lao_type, province),
        first, last, source, row["note"] or None,
    )  # fmt: skip
    return lao, tambons


def _type_and_name(row: Row) -> tuple[LaoType, str]:
    # What looks like a person's name may be that of the place: นางแก้ว.
    if set(mask(normalise(row["name"]))[1]) - {"NAME"}:
        raise RowError("the name holds personal data", "write the name of the LAO alone")
    type_in_name, name = split_name(row["name"])
    stated = _TYPE_WORDS.get(word_key(row["type"])) if row["type"] else type_in_name
    if stated is None:
        what = f"the type {quote_value(row['type'])} is not known" if row["type"] else "nothing says the type"
        raise RowError(what, f"write one of {', '.join(LAO_TYPES)} or its Thai word")
    if type_in_name not in (None, stated):
        remedy = "correct one of them, or write the name alone"
        raise RowError(f"the name {quote_value(row['name'])} and the type {quote_value(row['type'])} differ", remedy)
    if not name:
        raise RowError("there is no name after the word of the type", "write the name, such as เทศบาลนครยะลา")
    return stated, name


def _special_name(name: str, province: str) -> str:
    found = {"10": BANGKOK, "20": PATTAYA}.get(province)
    if found is None:
        raise RowError(
            f"{quote_value(name)} is of the type special", "only Bangkok and Pattaya are; write another type"
        )
    return found


def _province(text: str) -> str:
    code = text.zfill(2) if text.isdigit() else resolve(province=text).province_code
    if code not in _PROVINCES:
        raise RowError(f"the province {quote_value(text)} is not known", "write its Thai name or its code of 2 digits")
    return code


def _district(text: str, province: str) -> str | None:
    if text in ("", "-"):
        return None
    if text.isdigit():
        code = todays_code(text) if len(text) == 4 else None
    else:
        code = resolve(province=_PROVINCES[province].province_th, district=text).district_code
    if code is None or len(code) != 4 or not code.startswith(province):
        where = _PROVINCES[province].province_th
        raise RowError(
            f"there is no district {quote_value(text)} in {where}", "write its Thai name or its code of 4 digits"
        )
    return code


def _tambons(text: str, province: str, district: str) -> tuple[str, ...]:
    pieces = [piece.strip() for piece in _SEPARATORS.split(text)]
    codes = [code for piece in pieces if piece not in ("", "-") for code in _tambon(piece, province, district)]
    return tuple(dict.fromkeys(codes))


def _tambon(piece: str, province: str, district: str) -> tuple[str, ...]:
    code = _named_tambon(piece, province, district)
    if code is None and " " in piece:  # names one after the other, with spaces between them
        parts = [_named_tambon(part, province, district) for part in piece.split()]
        if None not in parts:
            return tuple(part for part in parts if part)
    if code is None or len(code) != 6 or not code.startswith(province):
        where = _PROVINCES[province].province_th
        raise RowError(
            f"{quote_value(piece)} is no one tambon of {where}", "write its code of 6 digits, or «ตำบล อ.อำเภอ»"
        )
    return (code,)


def _named_tambon(piece: str, province: str, district: str) -> str | None:
    if piece.isdigit():
        return todays_code(piece) if len(piece) == 6 else None
    if (both := _OF_DISTRICT.fullmatch(piece)) is not None:
        piece, district = both["tambon"], both["district"]
    name = _PROVINCES[province].province_th
    if district.isdigit():
        inside = resolve(code=district, subdistrict=piece)
    else:
        inside = resolve(province=name, district=district, subdistrict=piece)
    if inside.subdistrict_code or both is not None:
        return inside.subdistrict_code
    return resolve(province=name, subdistrict=piece).subdistrict_code


def _check_consistent(lao: Lao, before: Sequence[Lao]) -> None:
    """Raises RowError where a code stands on rows that are not of one LAO, or whose days overlap."""
    for other in before:
        if (lao.lao_type, lao.name_th, lao.province_code) != (other.lao_type, other.name_th, other.province_code):
            what = f"the code {quote_value(lao.lao_code)} is that of {quote_value(other.lao_th)} too"
            raise RowError(what, "give each LAO a code of its own")
        if (lao.valid_from or dt.date.min) <= (other.valid_to or dt.date.max) and (other.valid_from or dt.date.min) <= (
            lao.valid_to or dt.date.max
        ):
            raise RowError(
                f"the code {quote_value(lao.lao_code)} stands twice for the same days",
                "leave one row, or part them by valid_from and valid_to",
            )


def _merge_rows(rows: Sequence[Lao]) -> Lao:
    """One LAO of its rows: in force from the first day of any to the last of any."""
    ordered = sorted(rows, key=lambda one: one.valid_from or dt.date.min)
    return replace(ordered[-1], valid_from=ordered[0].valid_from)


def _with_built_in(listed: Sequence[Lao], served: Sequence[LaoSubdistrict]) -> Laos:
    def place(lao: Lao) -> tuple[str, str] | None:
        return (lao.lao_type, lao.province_code) if lao.lao_type in ("pao", "special") else None

    taken = {place(lao) for lao in listed} - {None}
    kept = [lao for lao in built_in() if place(lao) not in taken]
    laos = sorted([*kept, *listed], key=lambda lao: lao.lao_code)
    # Where the list names no tambon of Pattaya, those that are known still hold.
    pattaya = next(lao.lao_code for lao in laos if place(lao) == ("special", "20"))
    if pattaya not in {one.lao_code for one in served}:
        served = [*served, *(replace(one, lao_code=pattaya) for one in built_in_subdistricts())]
    return Laos(
        tuple(laos),
        tuple(sorted(served, key=lambda one: (one.lao_code, one.subdistrict_code, one.valid_from or dt.date.min))),
    )
