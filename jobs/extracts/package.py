"""A version of the public extracts: its files, their descriptor (a Frictionless data package) and its name.

The same tables give the same bytes and the same name, so a version is written once and never changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import compute

from jobs.disclosure.rules import KEYS
from jobs.extracts import notes
from jobs.extracts.pointer import DESCRIPTOR, Version
from jobs.extracts.workbook import workbooks
from lake.csv_file import csv_bytes
from schemas.tables import columns

# pyarrow.compute creates its functions at import, so a type checker does not see them.
pc: Any = compute


SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def version(public: Mapping[str, pa.Table], as_of: date, *, of_samples: bool = False) -> Version:
    """The files of a version.

    ``as_of`` is the last day that the data cover, not the day of writing. With ``of_samples`` every file for readers
    says that its concerns are invented.
    """
    resources: list[dict[str, Any]] = []
    files: dict[str, bytes] = {}
    for name, key in KEYS.items():
        table = public[name]
        files[f"{name}.csv"] = csv_bytes(table)
        files[f"{name}.parquet"] = _parquet_bytes(table)
        resources.append(_csv_resource(name, table, key, files[f"{name}.csv"]))
        resources.append(_file_resource(f"{name}.parquet", "application/vnd.apache.parquet", files[f"{name}.parquet"]))
    books = workbooks(public, as_of, of_samples=of_samples)
    files |= books
    population_date = pc.max(public["province_trends"]["population_date"]).as_py()
    sentences = notes.sentences(population_date, of_samples=of_samples)
    files["README.txt"] = _readme(sentences, as_of).encode("utf-8-sig")
    resources += [_file_resource(name, SPREADSHEET, content) for name, content in books.items()]
    resources.append(_file_resource("README.txt", "text/plain", files["README.txt"]))
    content = hashlib.sha256(json.dumps(resources, sort_keys=True).encode()).hexdigest()[:8]
    name = f"{as_of.isoformat()}-{content}"
    files[DESCRIPTOR] = json.dumps(_package(name, sentences, resources), ensure_ascii=False, indent=2).encode() + b"\n"
    return Version(name, files)


def _package(name: str, sentences: list[tuple[str, str]], resources: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": "siang-public",
        "profile": "data-package",
        "version": name,
        "title": notes.TITLE[0],
        "title_en": notes.TITLE[1],
        "description": "\n".join(thai for thai, _ in sentences),
        "description_en": "\n".join(english for _, english in sentences),
        "resources": resources,
    }


def _csv_resource(name: str, table: pa.Table, key: tuple[str, ...], content: bytes) -> dict[str, Any]:
    thai, english = notes.TABLES[name]
    return {
        **_file_resource(f"{name}.csv", "text/csv", content),
        "name": name.replace("_", "-"),
        "type": "table",
        "profile": "tabular-data-resource",
        "title": thai,
        "description": f"{english}. {notes.HONESTY[1]}\n{notes.HONESTY[0]}",
        "format": "csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [_field(field) for field in table.schema],
            "primaryKey": list(key),
            "missingValues": [""],
        },
    }


def _file_resource(path: str, mediatype: str, content: bytes) -> dict[str, Any]:
    return {
        "name": path.replace("_", "-").replace(".", "-").lower(),
        "type": "file",
        "path": path,
        "mediatype": mediatype,
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }


def _field(field: pa.Field) -> dict[str, Any]:
    column = columns()[field.name]
    descriptor = {
        "name": field.name, "type": _field_type(field.type), "title": column.th, "description": column.about_th,
        "description_en": column.en,
    }  # fmt: skip
    return {**descriptor, "unit": column.unit} if column.unit else descriptor


def _field_type(arrow_type: pa.DataType) -> str:
    """The Table Schema type of an Arrow type. Raises ValueError for a type that no public column has."""
    tests = {
        "string": pa.types.is_string, "integer": pa.types.is_integer, "number": pa.types.is_floating,
        "boolean": pa.types.is_boolean, "date": pa.types.is_date,
    }  # fmt: skip
    for name, is_type in tests.items():
        if is_type(arrow_type):
            return name
    raise ValueError(f"Table Schema has no type for the Arrow type {arrow_type}; add it to _field_type")


def _parquet_bytes(table: pa.Table) -> bytes:
    fields = [pa.field(field.name, field.type, metadata=_metadata(field.name)) for field in table.schema]
    out = pa.BufferOutputStream()
    pq.write_table(table.cast(pa.schema(fields)).combine_chunks(), out, compression="zstd")
    return out.getvalue().to_pybytes()


def _metadata(name: str) -> dict[str | bytes, str | bytes]:
    column = columns()[name]
    return {"en": column.en, "th": column.th, "about_th": column.about_th}


def _readme(sentences: list[tuple[str, str]], as_of: date) -> str:
    lines = [
        notes.TITLE[0],
        f"ข้อมูลถึงวันที่ {notes.thai_date(as_of)}",
        *(f"- {thai}" for thai, _ in sentences),
        *(f"{name}: {thai}" for name, (thai, _) in notes.TABLES.items()),
        "สำหรับเปิดด้วย Excel: province_trends.xlsx (จังหวัด) และ local_trends.xlsx (อำเภอและ อปท.)",
        "สำหรับนำเข้าโปรแกรม: ไฟล์ .csv และ .parquet",
        "ความหมายและหน่วยของคอลัมน์: datapackage.json",
        "",
        notes.TITLE[1],
        f"Data until {as_of.isoformat()}",
        *(f"- {english}" for _, english in sentences),
        *(f"{name}: {english}" for name, (_, english) in notes.TABLES.items()),
        "For Excel: province_trends.xlsx (provinces) and local_trends.xlsx (districts and LAOs).",
        "For programs: the .csv and .parquet files.",
        "Definitions and units of columns: datapackage.json.",
        "",
    ]
    return "\r\n".join(lines)
