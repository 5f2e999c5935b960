"""The synthetic concerns as files of three sources: the feed, the register, the posts."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import random
from collections.abc import Iterator
from typing import Any

import xlsxwriter

from samples.concern import Concern
from samples.concerns import BANGKOK, BANGKOK_TIME, MONTHS
from samples.sentences import sentences

Files = dict[str, bytes]
Record = dict[str, Any]

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_PLUS_CODE = "23456789CFGHJMPQRVWX"
_THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_SHORT = "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค."
_SHORT_MONTHS = _SHORT.split()
_LONG = "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม"
_LONG_MONTHS = _LONG.split()
_KIND_LABELS = {"suggestion": "เสนอแนะ", "question": "สอบถาม", "praise": "ชมเชย", "tip_off": "ร้องเรียน",
                "request": "ขอความช่วยเหลือ", "consultation": "สอบถาม"}  # fmt: skip
_REGISTER_KINDS = {"suggestion": "ข้อเสนอแนะ", "question": "สอบถามข้อมูล", "praise": "คำชมเชย",
                   "tip_off": "แจ้งเบาะแส", "request": "ขอรับบริการ", "consultation": "ขอคำปรึกษา"}  # fmt: skip

FEED_DAYS = tuple(
    day
    for year, month in MONTHS
    for day in (
        dt.date(year, month, 15),
        dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1),
    )
)
_FEED_STATES = ("รอรับเรื่อง", "ส่งเรื่องแล้ว", "กำลังดำเนินการ", "เสร็จสิ้น")

HEADINGS = (
    "เลขรับ", "วันที่รับเรื่อง", "เวลา", "ช่องทาง", "ประเภทเรื่อง", "รายละเอียด", "จังหวัด", "อำเภอ", "ตำบล", "หมู่ที่",
    "หน่วยงานที่รับผิดชอบ", "วันที่แจ้งผู้ร้อง", "สถานะ", "วันที่แล้วเสร็จ", "ปรับปรุงเมื่อ",
)  # fmt: skip
_CHANNELS = ("เดินมาเอง", "โทรศัพท์ 1567", "จดหมาย", "LINE")
_DONE = ("แก้ไขแล้วเสร็จ", "ยุติเรื่อง")


def address(concern: Concern, rng: random.Random) -> str:
    """An address in one of several styles of maps and people."""
    house = f"{rng.randrange(1, 400)}/{rng.randrange(1, 40)}"
    plus = "".join(rng.choices(_PLUS_CODE, k=6))
    plus = f"{plus[:4]}+{plus[4:]}"
    sub, dist, prov = concern.subdistrict, concern.district, concern.province
    postal, moo = sub.postal_codes[0], rng.randrange(1, 13)
    style = rng.randrange(6)
    if style == 5:
        return (
            f"{house} Moo {moo}, {sub.subdistrict_en}, {dist.district_en} District, "
            f"{prov.province_en} {postal}, Thailand"
        )
    if prov.province_code == BANGKOK:
        names = f"แขวง {sub.subdistrict_th} เขต{dist.district_th}"
        return (
            f"{house} ถนน เพชรบุรี {names} กรุงเทพมหานคร {postal} ประเทศไทย",
            f"{house} ซอย ร่มเย็น {moo} {names} กรุงเทพมหานคร {postal} ประเทศไทย",
            f"{plus} {names} กรุงเทพมหานคร {postal} ประเทศไทย",
            f"แขวง{sub.subdistrict_th} เขต {dist.district_th} กทม. {postal}",
            f"{house} แขวง {sub.subdistrict_th} เขต {dist.district_th} กรุงเทพฯ",
        )[style]
    rest = f"อำเภอ{dist.district_th} {prov.province_th} {postal} ประเทศไทย"
    short = "เมือง" if dist.district_th == f"เมือง{prov.province_th}" else dist.district_th
    return (
        f"{house} หมู่ {moo} ถนน ร่มเย็น ตำบล{sub.subdistrict_th} {rest}",
        f"{plus} ตำบล {sub.subdistrict_th} {rest}",
        f"{house} ม.{moo} ต.{sub.subdistrict_th} อ.{short} จ.{prov.province_th}",
        f"ตำบล{sub.subdistrict_th} อำเภอ{dist.district_th} จังหวัด{prov.province_th} {postal}",
        f"{house} ถนน นครราชสีมา ต.{sub.subdistrict_th} อ.{dist.district_th} จ.{prov.province_th} {postal}",
    )[style]


def _feed_label(concern: Concern, rng: random.Random) -> str:
    content = concern.content
    chance = rng.random()
    if chance < 0.05:
        return ""
    if chance < 0.28:
        return "อื่นๆ"
    labels = [sentences()["feed_labels"].get(topic) for topic in content.topics]
    if content.kind != "complaint":
        labels = [_KIND_LABELS[content.kind], *labels] if rng.random() < 0.7 else labels
    elif rng.random() < 0.06:
        labels.append(rng.choice(list(sentences()["feed_labels"].values())))
    return ",".join(dict.fromkeys(label for label in labels if label)) or "อื่นๆ"


def feature(concern: Concern, ticket: str, state: str, label: str, place: str, rng: random.Random) -> Record:
    """A ticket in the format of the feed."""
    done = state == "เสร็จสิ้น"
    moment = concern.raised_at.astimezone(dt.UTC)
    machine = json.dumps([label.split(",")[0]], ensure_ascii=False) if label and rng.random() < 0.3 else None
    return {
        "type": "Feature",
        "properties": {
            "ticket_id": ticket,
            "type": label,
            "org": "กรุงเทพมหานคร" if concern.province.province_code == BANGKOK else concern.office,
            "description": concern.content.text,
            "address": place,
            "timestamp": f"{moment:%Y-%m-%d %H:%M:%S.%f}+00",
            "state": state,
            "problem_type_abdul": machine,
            "star": str(rng.randint(1, 5)) if done and rng.random() < 0.3 else None,
            "count_reopen": rng.choice((None, "0", "1")) if done else None,
            "note": None,
            "last_activity": None,
        },
        "geometry": {"type": "Point", "coordinates": [f"{concern.longitude:.5f}", f"{concern.latitude:.5f}"]},
    }


def feed(concerns: list[Concern], seed: int) -> list[list[Record]]:
    """The features of each day of ``FEED_DAYS``: new tickets, tickets whose state changed, exact repeats."""
    rng = random.Random(f"{seed}:feed")
    days: list[list[Record]] = [[] for _ in FEED_DAYS]
    again: list[list[Record]] = [[] for _ in FEED_DAYS]
    used: set[str] = set()
    for concern in concerns:
        first = next(n for n, day in enumerate(FEED_DAYS) if concern.raised_at.date() <= day)
        while (ticket := f"{concern.raised_at.year}-" + "".join(rng.choices(_ALPHABET, k=6))) in used:
            pass
        used.add(ticket)
        label, place = _feed_label(concern, rng), address(concern, rng)
        step = rng.choices((0, 1, 2, 3), (60, 25, 10, 5))[0]
        version = feature(concern, ticket, _FEED_STATES[step], label, place, rng)
        days[first].append(version)
        seen = first
        for _ in range(rng.choices((0, 1, 2), (66, 26, 8))[0]):
            if step == 3:
                break
            step = min(3, step + rng.randint(1, 3))
            state = _FEED_STATES[step] if rng.random() < 0.93 else rng.choice(("ส่งต่อ(ใหม่)", "ไม่เกี่ยวข้อง"))
            if rng.random() < 0.1:
                label = _feed_label(concern, rng)
            version = feature(concern, ticket, state, label, place, rng)
            seen += rng.choices((0, 1, 2, 3, 5), (12, 40, 24, 16, 8))[0]
            if seen < len(FEED_DAYS):
                again[seen].append(version)
        if rng.random() < 0.06 and seen + 1 < len(FEED_DAYS):
            again[seen + 1].insert(0, version)
    return [new + returned for new, returned in zip(days, again, strict=True)]


def feed_file(features: list[Record]) -> bytes:
    """The features as gzip-compressed GeoJSON, identical on each run."""
    content = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", filename="", mtime=0, compresslevel=6) as file:
        file.write(content.encode())
    return packed.getvalue()


def _thai_date(day: dt.date, style: int) -> str:
    year = day.year + 543
    return (
        f"{day.day} {_SHORT_MONTHS[day.month - 1]} {year}",
        f"{day.day} {_SHORT_MONTHS[day.month - 1]} {year}".translate(_THAI_DIGITS),
        f"{day.day} {_LONG_MONTHS[day.month - 1]} พ.ศ. {year}",
        f"{day:%d/%m}/{year}",
        f"{day.day} {_SHORT_MONTHS[day.month - 1]} {year % 100:02d}",
    )[style]


def _thai_time(moment: dt.datetime, style: int) -> str:
    text = f"{moment:%H.%M} น." if style % 2 == 0 else f"{moment:%H:%M}"
    return text.translate(_THAI_DIGITS) if style == 1 else text


def _months_end(month: tuple[int, int]) -> dt.datetime:
    year, number = month
    return dt.datetime(year + number // 12, number % 12 + 1, 1, tzinfo=BANGKOK_TIME) - dt.timedelta(minutes=1)


def _register_row(concern: Concern, number: str, rng: random.Random) -> Record:
    content, style = concern.content, rng.randrange(5)
    label = sentences()["register_labels"].get(content.topics[0], "")
    if content.kind != "complaint":
        label = _REGISTER_KINDS[content.kind]
    elif not label or rng.random() < 0.2:
        label = rng.choice(("ร้องเรียน/ร้องทุกข์", "ความเดือดร้อนทั่วไป", "อื่นๆ"))
    province = concern.province.province_th
    if concern.province.province_code == BANGKOK:
        province = rng.choice((province, "กทม.", "กรุงเทพฯ"))
    else:
        province = rng.choice((province, province, f"จังหวัด{province}", f"จ.{province}"))
    capital = concern.district.district_th == f"เมือง{concern.province.province_th}"
    return {
        "เลขรับ": number,
        "วันที่รับเรื่อง": _thai_date(concern.raised_at.date(), style),
        "เวลา": _thai_time(concern.raised_at, style),
        "ช่องทาง": rng.choices(_CHANNELS, (30, 45, 10, 15))[0],
        "ประเภทเรื่อง": label,
        "รายละเอียด": content.text,
        "จังหวัด": province,
        "อำเภอ": "เมือง" if capital and rng.random() < 0.5 else concern.district.district_th,
        "ตำบล": rng.choice(("", "ต." if concern.province.province_code != BANGKOK else "แขวง"))
        + concern.subdistrict.subdistrict_th,
        "หมู่ที่": "" if concern.province.province_code == BANGKOK else rng.randrange(1, 13),
        "หน่วยงานที่รับผิดชอบ": concern.office,
        "วันที่แจ้งผู้ร้อง": "",
        "สถานะ": "รับเรื่อง",
        "วันที่แล้วเสร็จ": "",
        "ปรับปรุงเมื่อ": f"{_thai_date(concern.raised_at.date(), style)} {_thai_time(concern.raised_at, style)}",
    }


def _later(row: Record, after: dt.datetime, end: dt.datetime, rng: random.Random) -> tuple[Record, dt.datetime]:
    """The row of a case after an update between two times, and the time of the update."""
    moment = after + (end - after) * rng.uniform(0.2, 0.95)
    style, row = rng.randrange(5), dict(row)
    row["สถานะ"] = rng.choices(("อยู่ระหว่างดำเนินการ", "ส่งต่อหน่วยงาน", "แก้ไขแล้วเสร็จ", "ยุติเรื่อง"), (27, 13, 48, 12))[0]
    if not row["วันที่แจ้งผู้ร้อง"]:
        row["วันที่แจ้งผู้ร้อง"] = _thai_date(moment.date(), style)
    if row["สถานะ"] in _DONE:
        row["วันที่แล้วเสร็จ"] = _thai_date(moment.date(), style)
    row["ปรับปรุงเมื่อ"] = f"{_thai_date(moment.date(), style)} {_thai_time(moment, style)}"
    return row, moment


def register(concerns: list[Concern], seed: int) -> list[list[Record]]:
    """The rows of each monthly book: new cases, and updated cases of earlier months."""
    rng = random.Random(f"{seed}:register")
    books: list[list[Record]] = []
    pending: list[tuple[Record, dt.datetime]] = []
    numbers: dict[int, int] = {}
    for month in MONTHS:
        end, book, still = _months_end(month), list[Record](), list[tuple[Record, dt.datetime]]()
        for row, since in pending:
            chance = rng.random()
            if chance < 0.36:
                row, since = _later(row, max(since, end.replace(day=1)), end, rng)
                book.append(row)
            elif chance < 0.39:
                book.append(row)  # copied without a change: an exact repeat
            if row["สถานะ"] not in _DONE:
                still.append((row, since))
        for concern in concerns:
            if (concern.raised_at.year, concern.raised_at.month) != month:
                continue
            year = month[0] + 543
            numbers[year] = numbers.get(year, 0) + 1
            row, since = _register_row(concern, f"ศดธ.{year}/{numbers[year]:05d}", rng), concern.raised_at
            if rng.random() < 0.55:
                row, since = _later(row, since, end, rng)
            book.append(row)
            if row["สถานะ"] not in _DONE:
                still.append((row, since))
        pending = still
        books.append(book)
    return books


def register_name(month: tuple[int, int]) -> str:
    """The file name of the register of a month, with the year of the Buddhist Era."""
    return f"register-{month[0] + 543}-{month[1]:02d}.xlsx"


def register_file(rows: list[Record], month: tuple[int, int], number: int) -> bytes:
    """A workbook with a title above the headings; every third has a sheet for each half of the channels."""
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": dt.datetime(month[0], month[1], 28)})
    bold = book.add_format({"bold": True})
    halves = {"ทะเบียน": rows}
    if number % 3 == 2:
        halves = {
            "มาเองและจดหมาย": [row for row in rows if row["ช่องทาง"] in ("เดินมาเอง", "จดหมาย")],
            "โทรศัพท์และ LINE": [row for row in rows if row["ช่องทาง"] not in ("เดินมาเอง", "จดหมาย")],
        }
    for name, part in halves.items():
        sheet = book.add_worksheet(name)
        sheet.write_string(0, 0, "ทะเบียนรับเรื่องร้องเรียนร้องทุกข์ (ข้อมูลจำลอง)", bold)
        top = 1
        if number % 2:
            sheet.write_string(1, 0, f"ประจำเดือน {_LONG_MONTHS[month[1] - 1]} พ.ศ. {month[0] + 543}")
            top = 2
        sheet.write_row(top, 0, HEADINGS, bold)
        for line, row in enumerate(part, top + 1):
            for column, heading in enumerate(HEADINGS):
                if isinstance(row[heading], int):
                    sheet.write_number(line, column, row[heading])
                elif row[heading]:
                    sheet.write_string(line, column, row[heading])
    book.close()
    return packed.getvalue()


def post(concern: Concern, text: str, number: int, rng: random.Random) -> Record:
    """A post in the format of the filtered stream of the X API v2."""
    moment = concern.raised_at.astimezone(dt.UTC)
    # An id is the milliseconds since the epoch of the service, followed by 22 further bits.
    milliseconds = (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(milliseconds=1)
    post_id = str((milliseconds - 1_288_834_974_657 << 22) + number)
    author = rng.randrange(1, 3000)
    language = {"th": "th", "ms-Thai": "th", "ms-Latn": "in", "ms-Arab": "und"}[concern.content.language]
    user = {"id": str(10**15 + author), "name": f"ผู้ใช้จำลอง {author}", "username": f"sample_{author:04d}"}
    record: Record = {
        "data": {
            "id": post_id,
            "text": text,
            "created_at": f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z",
            "author_id": str(10**15 + author),
            "lang": language,
            "edit_history_tweet_ids": [post_id],
        },
        "includes": {"users": [user]},
        "matching_rules": [{"id": str(10**17 + 7), "tag": "ร้องเรียนท้องถิ่น"}],
    }  # fmt: skip
    chance = rng.random()
    province, district = concern.province, concern.district
    full_name = f"{district.district_th}, {province.province_th}"
    if chance < 0.2:
        full_name = f"{province.province_th}, ประเทศไทย"
    elif chance < 0.3:
        full_name = f"{district.district_en}, {province.province_en}"
    if chance < 0.85:
        place_id = f"{int(district.district_code) * 7919:016x}"
        record["data"]["geo"] = {"place_id": place_id}
        record["includes"]["places"] = [{"id": place_id, "full_name": full_name, "country_code": "TH"}]
    return record


def posts(concerns: list[Concern], seed: int) -> list[list[Record]]:
    """The posts of each month in the order of time; some contain no concern, some are delivered twice."""
    rng = random.Random(f"{seed}:posts")
    months: list[list[Record]] = [[] for _ in MONTHS]
    for number, concern in enumerate(concerns):
        at = MONTHS.index((concern.raised_at.year, concern.raised_at.month))
        text = concern.content.text
        if rng.random() < 0.07:
            text = rng.choice(sentences()["idle"]).format(village="บ้านทุ่งดอกจาน", market="ตลาดท่าน้ำใส")
        tail = (
            f" #{concern.province.province_th}",
            f" #{concern.district.district_th}",
            " https://example.org/p/1",
            " @sample_lao",
            "",
        )
        months[at].append(post(concern, text + rng.choice(tail), number, rng))
        if rng.random() < 0.015:
            months[min(at + 1, len(months) - 1)].append(months[at][-1])
    return months


def post_lines(records: list[Record]) -> Iterator[str]:
    """Each record as one line of JSON, without a line break."""
    for record in records:
        yield json.dumps(record, ensure_ascii=False, separators=(",", ":"))
