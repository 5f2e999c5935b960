"""A synthetic list of LAOs of two provinces with real tambon codes, as an example for ``SIANG_LAOS``.

None of the LAOs is real, even if it has the name of a real one: types, codes and dates are random. The name of the file
and the remark in every row say that the data is synthetic.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from pathlib import Path

from schemas.area_data import District, Province, Subdistrict, districts, provinces, subdistricts
from schemas.laos import PREFIXES, SYNTHETIC_LIST, LaoType

PROVINCES = ("40", "95")
HEADINGS = ("รหัส อปท.", "ชื่อ อปท.", "ประเภท", "จังหวัด", "อำเภอ", "ตำบล", "วันที่มีผล", "วันที่สิ้นสุด", "หมายเหตุ")
NOTE = "ข้อมูลสังเคราะห์ (synthetic)"
FOUNDED, LAST_DAY, NEXT_DAY = "25 พ.ค. 2542", "31/03/2568", "01/04/2568"
Row = tuple[str, ...]


def laos(seed: int) -> list[Row]:
    """The rows of the list; the same seed gives the same rows.

    Each tambon has an LAO of its name, a municipality or an SAO. The capital of a province also has a city
    municipality, the capital of every third district a town municipality. A few SAOs become municipalities on one day.
    """
    rng = random.Random(f"{seed}:laos")
    return [
        (f"SYN-{province.province_code}-{number:03d}", *row, NOTE)
        for province in provinces()
        if province.province_code in PROVINCES
        for number, row in enumerate(_of_province(province, rng), 1)
    ]


def _of_province(province: Province, rng: random.Random) -> Iterator[Row]:
    for number, district in enumerate(one for one in districts() if one.province_code == province.province_code):
        inside = [one for one in subdistricts() if one.district_code == district.district_code]
        capital = inside[0]
        if number == 0:
            yield _row("city_municipality", province.province_th, province, district, inside[:2])
        elif number % 3 == 1:
            yield _row("town_municipality", district.district_th, province, district, [capital])
        for tambon in inside:
            share = rng.random()
            if share < 0.07:
                yield _row("sao", tambon.subdistrict_th, province, district, [tambon], last=LAST_DAY)
                yield _row("subdistrict_municipality", tambon.subdistrict_th, province, district, [tambon], NEXT_DAY)
            else:
                lao_type: LaoType = "subdistrict_municipality" if share < 0.35 else "sao"
                yield _row(lao_type, tambon.subdistrict_th, province, district, [tambon])


def _row(
    lao_type: LaoType,
    name: str,
    province: Province,
    district: District,
    tambons: list[Subdistrict],
    first: str = FOUNDED,
    last: str = "",
) -> Row:
    full, short = PREFIXES[lao_type]
    codes = ", ".join(one.subdistrict_code for one in tambons)
    return full + name, short, province.province_th, district.district_code, codes, first, last


def write(folder: Path, seed: int) -> int:
    """Writes the list below a landing folder. Returns the number of rows."""
    rows = laos(seed)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    writer.writerows(rows)
    path = folder / SYNTHETIC_LIST
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.getvalue().encode("utf-8-sig"))
    return len(rows)
