"""A sample file as records that can be changed and written again, well-formed, in the format of its source."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from jobs.sources.readers.file import read_pieces
from jobs.sources.readers.table import Table as Cut
from jobs.sources.readers.unpack import unpack
from schemas.contracts import Contract

Record = dict[str, Any]
MOST_RECORDS = 120  # more say nothing new, and each mutation reads them all

_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override '
    'PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_SPACE = "http://schemas.openxmlformats.org"
_RELATIONS = (
    f'<Relationships xmlns="{_SPACE}/package/2006/relationships"><Relationship Id="rId1" Target="%s" '
    f'Type="{_SPACE}/officeDocument/2006/relationships/%s"/></Relationships>'
)
_BOOK = (
    f'<workbook xmlns="{_SPACE}/spreadsheetml/2006/main" xmlns:r="{_SPACE}/officeDocument/2006/relationships">'
    '<sheets><sheet name="%s" sheetId="1" r:id="rId1"/></sheets></workbook>'
)


@dataclass
class Table:
    """Records of a file; ``headings`` where it is a table, in which a record is its cells by heading."""

    records: list[Record]
    headings: list[str]
    sheet: str
    encoding: str


def load(content: bytes, contract: Contract) -> Table:
    """The sound records of a sample file."""
    plain = content if contract.format == "xlsx" else unpack(content)[0]
    pieces = list(read_pieces(plain, contract))
    records = [one for one in pieces if one.part == "record"][:MOST_RECORDS]
    encoding = "utf-8" if contract.encoding == "detect" else contract.encoding
    if contract.format not in ("csv", "xlsx"):
        texts = (one.raw.strip("\ufeff, \t\r\n") for one in records)
        return Table([json.loads(text) for text in texts], [], "", encoding)
    header = next(one for one in pieces if one.part == "header")
    if contract.format == "csv":
        cut = Cut.of(header.raw, contract)
        return Table([cut.row(one.raw)[0] for one in records], list(cut.headings), "", encoding)
    headings = json.loads(header.raw)
    rows = [dict(zip(headings, json.loads(one.raw), strict=False)) for one in records if one.sheet == header.sheet]
    return Table(rows, headings, header.sheet, encoding)


def dump(table: Table, contract: Contract) -> bytes:
    """The bytes of a file of these records."""
    if contract.format == "xlsx":
        return workbook([table.headings, *(_row(record, table) for record in table.records)], table.sheet)
    if contract.format == "csv":
        output = io.StringIO()
        written = csv.writer(output, delimiter=contract.delimiter or ",")
        written.writerow(table.headings)
        written.writerows([_row(record, table) for record in table.records])
        return output.getvalue().encode(table.encoding, errors="replace")
    if contract.format == "json_lines":
        return b"".join(_json(record) + b"\n" for record in table.records)
    path = ["features"] if contract.format == "geojson" else [step for step in contract.records.split(".") if step]
    body = b"[" + b",\n".join(_json(record) for record in table.records) + b"]"
    for step in reversed(path):
        body = b"{" + _json(step) + b": " + body + b"}"
    return body


def _row(record: Record, table: Table) -> list[str]:
    return [_cell(record.get(name, "")) for name in table.headings]


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _json(value: Any) -> bytes:
    """As exports write it, not escaped, but for what UTF-8 cannot hold."""
    if isinstance(value, Nested):
        return value.text
    if isinstance(value, dict):
        return b"{" + b", ".join(_json(str(key)) + b": " + _json(one) for key, one in value.items()) + b"}"
    text = json.dumps(value, ensure_ascii=False)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(value).encode()


@dataclass(frozen=True)
class Nested:
    """JSON as it is to be written, deeper than Python's own writer goes."""

    text: bytes

    def __str__(self) -> str:
        return self.text.decode()


def workbook(rows: list[list[str]], sheet: str) -> bytes:
    """A small XLSX, written by hand so that it may hold what no library would write."""
    written = "".join(
        f'<row r="{at}">' + "".join(f'<c r="{column(n)}{at}" t="inlineStr"><is><t xml:space="preserve">'
                                    f"{escape(value)}</t></is></c>" for n, value in enumerate(row)) + "</row>"
        for at, row in enumerate(rows, 1)
    )  # fmt: skip
    main = f'<worksheet xmlns="{_SPACE}/spreadsheetml/2006/main"><sheetData>{written}</sheetData></worksheet>'
    name = escape(sheet, {'"': "&quot;"})
    return packed(
        {
            "[Content_Types].xml": _TYPES.encode(),
            "_rels/.rels": (_RELATIONS % ("xl/workbook.xml", "officeDocument")).encode(),
            "xl/workbook.xml": (_BOOK % name).encode(),
            "xl/_rels/workbook.xml.rels": (_RELATIONS % ("worksheets/sheet1.xml", "worksheet")).encode(),
            "xl/worksheets/sheet1.xml": main.encode("utf-8", errors="replace"),
        }
    )


def column(number: int) -> str:
    """The letters of a column, from 0."""
    letters = ""
    while number >= 0:
        letters = chr(65 + number % 26) + letters
        number = number // 26 - 1
    return letters


def members(content: bytes) -> dict[str, bytes]:
    """The files of a zip archive by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: dict[str, bytes]) -> bytes:
    """A zip archive of these files."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return output.getvalue()
