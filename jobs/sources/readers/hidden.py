"""Hidden sheets of a workbook, and rows hidden by hand or by a filter, read from its XML."""

from __future__ import annotations

import html
import io
import posixpath
import re
import zipfile
from typing import Any

_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_SHEET = re.compile(r"<(?:\w+:)?sheet\s([^<>]*)>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\s([^<>]*)>")
_ROW = re.compile(rb"<(?:\w+:)?row(\s[^<>]*)?>")
_NUMBER = re.compile(rb"\sr\s*=\s*[\"'](\d{1,9})[\"']")
_HIDDEN = re.compile(rb"\shidden\s*=\s*[\"'](?:1|true)[\"']")
_BOOK = "xl/workbook.xml"


def hidden_sheets(workbook: Any) -> set[str]:
    """Names of the hidden sheets of a CalamineWorkbook."""
    return {sheet.name for sheet in workbook.sheets_metadata if str(sheet.visible).rpartition(".")[2] != "Visible"}


def hidden_rows(content: bytes) -> dict[str, set[int]]:
    """Numbers of the hidden rows, from 0, by sheet. Empty where the content is not XLSX."""
    by_sheet: dict[str, set[int]] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name, member in sheet_members(archive).items():
                by_sheet[name] = _hidden_row_numbers(archive.read(member))
    except (KeyError, zipfile.BadZipFile):
        return by_sheet
    return by_sheet


def sheet_members(archive: zipfile.ZipFile) -> dict[str, str]:
    """The archive member of each sheet, by the name of the sheet. Raises KeyError where the archive is not XLSX."""
    relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {one.get("Id"): one.get("Target", "") for one in map(_attributes, _RELATION.findall(relations))}
    members: dict[str, str] = {}
    for sheet in map(_attributes, _SHEET.findall(archive.read(_BOOK).decode("utf-8", "replace"))):
        reference = next((value for key, value in sheet.items() if key.endswith(":id")), None)
        if target := targets.get(reference):
            member = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
            members[sheet.get("name", "")] = member
    return members


def _attributes(text: str) -> dict[str, str]:
    return {name: html.unescape(double or single) for name, double, single in _ATTRIBUTE.findall(text)}


def _hidden_row_numbers(xml: bytes) -> set[int]:
    if b"hidden" not in xml:
        return set()
    rows: set[int] = set()
    number = -1
    for row in _ROW.finditer(xml):
        attributes = row[1] or b""
        stated = _NUMBER.search(attributes)
        number = int(stated[1]) - 1 if stated else number + 1
        if _HIDDEN.search(attributes):
            rows.add(number)
    return rows
