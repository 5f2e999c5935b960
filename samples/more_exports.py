"""Synthetic concerns as files of further sources, with one small export each."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import xlsxwriter

from samples.concern import Concern
from samples.concerns import BANGKOK_TIME, recent_concerns
from samples.exports import Files, Record

EACH = 60
EMPTY_TEXTS = 2
DAY = dt.date(2025, 11, 30)
_LABELS = {
    "roads": "ถนน", "street_lighting": "แสงสว่าง", "flooding": "น้ำท่วม", "water_supply": "ประปา",
    "cleanliness": "ขยะ", "noise": "เสียงรบกวน", "trees": "ต้นไม้", "drainage": "ท่อระบายน้ำ", "footpaths": "ทางเท้า",
    "traffic": "จราจร", "animals": "สัตว์จรจัด", "air_pollution": "PM2.5",
}  # fmt: skip
UNKNOWN = "อื่นๆ"
SBPAC_CATEGORIES = ("ความเป็นธรรม", "การเยียวยา", "ยาเสพติด", "ที่ดินทำกิน", "คุณภาพชีวิตและสวัสดิการ", "ศาสนาและวัฒนธรรม")
SOUTH = ("90", "94", "95", "96")


def _label(concern: Concern) -> str:
    return next((_LABELS[topic] for topic in concern.content.topics if topic in _LABELS), UNKNOWN)


def _with_texts(concerns: Sequence[Concern]) -> Iterator[tuple[int, Concern, str]]:
    """Number, concern and text of each concern. The last ``EMPTY_TEXTS`` texts are empty, as in real exports."""
    for number, concern in enumerate(concerns):
        yield number, concern, concern.content.text if number < len(concerns) - EMPTY_TEXTS else ""


def _table(rows: Iterable[Record], encoding: str, delimiter: str = ",") -> bytes:
    listed = list(rows)
    output = io.StringIO()
    writer = csv.DictWriter(output, list(listed[0]), delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(listed)
    # An old code page has no emoji; real systems write a question mark.
    return output.getvalue().encode(encoding, errors="replace")


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _local(moment: dt.datetime) -> str:
    return f"{moment.astimezone(BANGKOK_TIME):%Y-%m-%d %H:%M:%S}"


def _place(concern: Concern) -> tuple[str, str, str]:
    return concern.province.province_th, concern.district.district_th, concern.subdistrict.subdistrict_th


def _address(concern: Concern) -> str:
    province, district, subdistrict = _place(concern)
    return f"ต.{subdistrict} อ.{district} จ.{province}"


def _ended(concern: Concern, rng: random.Random) -> dt.datetime:
    return concern.raised_at + dt.timedelta(days=rng.randrange(1, 20), hours=rng.randrange(9))


def traffy_csv(concerns: list[Concern], rng: random.Random, tickets: list[Record]) -> Files:
    """The export of an agency: tickets that are also in the feed, and some that are not."""
    rows: list[Record] = []
    for ticket in tickets[:40]:
        properties, where = ticket["properties"], ticket["geometry"]["coordinates"]
        moment = dt.datetime.fromisoformat(properties["timestamp"].replace("+00", "+00:00"))
        rows.append(
            _ticket(
                properties["ticket_id"],
                properties["type"],
                properties["description"],
                properties["address"],
                moment,
                where,
            )
        )
    for number, concern, text in _with_texts(concerns):
        where = [str(concern.longitude), str(concern.latitude)]
        label = _label(concern) if text else ""
        rows.append(
            _ticket(f"2025-CSV{number:03d}", label, text, _address(concern), concern.raised_at, where)
            | dict(zip(("province", "district", "subdistrict"), _place(concern), strict=True))
        )
    return {f"tickets-{DAY}.csv": _table(rows, "utf-8-sig")}


def _ticket(ticket: str, label: str, text: str, address: str, moment: dt.datetime, where: Sequence[str]) -> Record:
    return {
        "ticket_id": ticket, "type": label, "organization": "", "description": text, "photo": "", "photo_after": "",
        "address": address, "subdistrict": "", "district": "", "province": "", "timestamp": _local(moment),
        "status": "เสร็จสิ้น", "star": "", "count_reopen": "0", "last_activity": "", "latitude": where[1],
        "longitude": where[0],
    }  # fmt: skip


def traffy_dump(concerns: list[Concern], rng: random.Random) -> Files:
    """A CSV file in the format of a database dump of Traffy Fondue."""
    rows: list[Record] = []
    for number, concern, text in _with_texts(concerns):
        province, district, subdistrict = _place(concern)
        rows.append(
            {
                "_c0": number,
                "message_id": 290000 - number,
                "type": _label(concern),
                "type_id": 12,
                "org": concern.office,
                "comment": text,
                "ticket_id": f"2025-DMP{number:03d}",
                "coords": f"['{concern.longitude}', '{concern.latitude}']",
                "photo": "",
                "after_photo": "",
                "address": _address(concern),
                "district": district,
                "subdistrict": subdistrict,
                "province": province,
                "timestamp": f"{concern.raised_at.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S.%f}+00",
                "problem_type_abdul": f"{{{_label(concern)}}}" if text else "",
                "status": "report",
                "star": "",
                "count_reopen": 0,
                "state": "รอรับเรื่อง",
            }
        )
    return {f"dump-{DAY}.csv": _table(rows, "utf-8")}


def _request(concern: Concern, text: str, number: int, rng: random.Random, prefix: str) -> Record:
    is_closed = rng.random() < 0.6
    updated = _ended(concern, rng) if is_closed else concern.raised_at
    return {
        "service_request_id": f"{prefix}-{number:04d}", "status": "closed" if is_closed else "open",
        "status_notes": "", "service_name": _label(concern) if text else "", "service_code": "001",
        "description": text, "agency_responsible": concern.office,
        "requested_datetime": concern.raised_at.replace(microsecond=0).isoformat(),
        "updated_datetime": updated.replace(microsecond=0).isoformat(), "expected_datetime": "",
        "address": _address(concern), "address_id": "", "zipcode": concern.subdistrict.postal_codes[0],
        "lat": concern.latitude, "long": concern.longitude, "media_url": "",
    }  # fmt: skip


def open311_json(concerns: list[Concern], rng: random.Random) -> Files:
    """Two JSON files of service requests in the format of Open311."""
    found = [_request(concern, text, number, rng, "SR") for number, concern, text in _with_texts(concerns)]
    half = len(found) // 2
    return {"requests-1.json": _json(found[:half]), "requests-2.json": _json(found[half:])}


def open311_csv(concerns: list[Concern], rng: random.Random) -> Files:
    """A CSV file of service requests in the format of Open311, separated by semicolons."""
    found = [_request(concern, text, number, rng, "BULK") for number, concern, text in _with_texts(concerns)]
    return {"requests.csv": _table(found, "utf-8", ";")}


def _short_date(moment: dt.datetime) -> str:
    local = moment.astimezone(BANGKOK_TIME)
    return f"{local.day:02d}/{local.month:02d}/{(local.year + 543) % 100:02d}"


def register_cp874(concerns: list[Concern], rng: random.Random) -> Files:
    """A CSV file of a register in the encoding cp874, with dates of the Buddhist Era."""
    rows: list[Record] = []
    for number, concern, text in _with_texts(concerns):
        province, district, subdistrict = _place(concern)
        is_done = rng.random() < 0.5
        rows.append(
            {
                "เลขที่": f"{number + 1}/2568",
                "วันที่": _short_date(concern.raised_at),
                "เวลา": f"{concern.raised_at.astimezone(BANGKOK_TIME):%H.%M} น.",
                "ประเภท": _label(concern),
                "เรื่อง": text,
                "จังหวัด": province,
                "อำเภอ": district,
                "ตำบล": subdistrict,
                "ผลการดำเนินการ": "เสร็จสิ้น" if is_done else "รับเรื่อง",
                "วันที่เสร็จ": _short_date(_ended(concern, rng)) if is_done else "",
            }
        )
    # The calendar of a contract applies to the names of its files too.
    return {f"hotline-{DAY.year + 543}-{DAY:%m-%d}.csv": _table(rows, "cp874")}


def hotline_cases(concerns: list[Concern], rng: random.Random) -> Files:
    """A CSV file of the cases of a hotline, with telephone numbers of callers in the notes."""
    rows: list[Record] = []
    for number, concern, text in _with_texts(concerns):
        is_solved = rng.random() < 0.5
        updated = _ended(concern, rng) if is_solved else concern.raised_at
        caller = f"ผู้แจ้งโทร 08{rng.randrange(10)}-000-{rng.randrange(10000):04d} แจ้งว่า\n"
        rows.append(
            {
                "case_no": f"C25-{number:05d}",
                "opened_at": _local(concern.raised_at),
                "updated_at": _local(updated),
                "closed_at": _local(updated) if is_solved else "",
                "caller_channel": "PHONE",
                "category": _label(concern),
                "subcategory": "",
                "province": concern.province.province_th,
                "district": concern.district.district_th,
                "note": caller + text if text else "",
                "disposition": "SOLVED" if is_solved else "NEW",
            }
        )
    return {"cases-2025-11.csv": _table(rows, "utf-8")}


def sbpac_hotline(concerns: list[Concern], rng: random.Random) -> Files:
    """A JSON file of the cases of the hotline 1880 of the SBPAC, with codes of districts."""
    cases: list[Record] = []
    for number, concern, text in _with_texts(concerns):
        local = concern.raised_at.astimezone(BANGKOK_TIME)
        received = f"{local.day}/{local.month}/{local.year + 543} {local:%H:%M}"
        cases.append(
            {
                "case_id": f"1880-{number:04d}",
                "received": received,
                "updated": received,
                "category": rng.choice(SBPAC_CATEGORIES),
                "detail": text,
                "district_code": concern.district.district_code,
                "result": rng.choice(("รับเรื่อง", "ประสานหน่วยงาน")),
            }
        )
    return {"cases-2568-11.json": _json({"meta": {"hotline": "1880", "count": len(cases)}, "cases": cases})}


def facebook_page(concerns: list[Concern], rng: random.Random) -> Files:
    """Posts of visitors, with comments below every third post."""
    posts: list[Record] = []
    for number, concern, text in _with_texts(concerns):
        time = f"{concern.raised_at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S}+0000"
        one = {"id": f"100_{number}", "message": text, "created_time": time}
        if number % 3 == 2 and text:
            posts[-1]["comments"]["data"].append(one)
            continue
        place = {"place": {"name": "", "location": {"city": concern.province.province_th}}}
        posts.append({"message": text, "created_time": time, **place, "comments": {"data": []}, "id": f"100_{number}"})
    return {f"feed-{DAY}.json": _json({"data": posts, "paging": {"next": ""}})}


def web_form(concerns: list[Concern], rng: random.Random) -> Files:
    """A JSON Lines file of the messages of a web form."""
    lines: list[str] = []
    for number, concern, text in _with_texts(concerns):
        province, district, subdistrict = _place(concern)
        record = {
            "ref": f"W{number:05d}", "at": concern.raised_at.replace(microsecond=0).isoformat(), "message": text,
            "category": _label(concern), "province": province, "district": district, "subdistrict": subdistrict,
            "lang": concern.content.language,
        }  # fmt: skip
        lines.append(json.dumps(record, ensure_ascii=False) + "\n")
    return {"form-2025-11.jsonl": "".join(lines).encode()}


PAPER_HEADINGS = (
    "ชื่อ อปท.", "เลขที่รับ", "วันที่รับเรื่อง", "ช่องทาง", "หมวดเรื่อง", "รายละเอียด", "จังหวัด", "อำเภอ", "ตำบล", "หมู่ที่",
    "หน่วยงานที่รับผิดชอบ", "สถานะ", "วันที่แจ้งผลผู้ร้อง", "วันที่แล้วเสร็จ",
)  # fmt: skip


def paper_register(concerns: list[Concern], rng: random.Random) -> Files:
    """A workbook with the register of complaints of LAOs, as it is kept on paper."""
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        book.set_properties({"created": dt.datetime(2025, 11, 30, tzinfo=dt.UTC)})
        sheet = book.add_worksheet("ทะเบียน")
        sheet.write_row(0, 0, PAPER_HEADINGS)
        for number, concern, text in _with_texts(concerns):
            day = concern.raised_at.astimezone(BANGKOK_TIME)
            row = (
                concern.office, f"{number + 1}/2569", f"{day.day}/{day.month}/{day.year + 543}",
                rng.choice(("เดินมาเอง", "โทรศัพท์", "ผู้นำชุมชน")), _label(concern), text, *_place(concern),
                str(rng.randrange(1, 12)), concern.office, "รับเรื่อง", "", "",
            )  # fmt: skip
            for column, value in enumerate(row):
                sheet.write_string(number + 1, column, value)
    return {"register-2568-11.xlsx": output.getvalue()}


MORE: dict[str, Callable[[list[Concern], random.Random], Files]] = {
    "facebook_page": facebook_page,
    "hotline_cases": hotline_cases,
    "open311_csv": open311_csv,
    "open311_json": open311_json,
    "paper_register": paper_register,
    "register_cp874": register_cp874,
    "sbpac_hotline": sbpac_hotline,
    "traffy_dump": traffy_dump,
    "web_form": web_form,
}


def more_exports(seed: int, tickets: list[Record]) -> dict[str, tuple[Files, int]]:
    """Files and record counts of every further source. ``tickets`` are features of the last day of the feed."""
    found: dict[str, tuple[Files, int]] = {}
    for source, write in MORE.items():
        rng = random.Random(f"{seed}:{source}")
        concerns = recent_concerns(rng, EACH, SOUTH if source == "sbpac_hotline" else None)
        found[source] = write(concerns, rng), EACH
    rng = random.Random(f"{seed}:traffy_csv")
    found["traffy_csv"] = traffy_csv(recent_concerns(rng, EACH - 40, None), rng, tickets), EACH
    return found
