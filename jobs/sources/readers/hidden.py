"""What a workbook hides: sheets, and rows hidden by hand or by a filter, straight from its XML."""

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
    """Names of the sheets that a CalamineWorkbook does not show."""
    return {sheet.name for sheet in workbook.sheets_metadata if str(sheet.visible).rpartition(".")[2] != "Visible"}


def hidden_rows(content: bytes) -> dict[str, set[int]]:
    """By sheet, the rows that it hides, from 0. Empty for what is no XLSX."""
    found: dict[str, set[int]] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name, member in sheet_members(archive).items():
                found[name] = _hidden(archive.read(member))
    except (KeyError, zipfile.BadZipFile):
        return found
    return found


def sheet_members(archive: zipfile.ZipFile) -> dict[str, str]:
    """The member of an XLSX archive that holds each sheet, by the name of the sheet. Raises KeyError for others."""
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


def _hidden(xml: bytes) -> set[int]:
    if b"hidden" not in xml:
        return set()
    rows: set[int] = set()
    number = -1
    for row in _ROW.finditer(xml):
        stated = row[1] or b""
        place = _NUMBER.search(stated)
        number = int(place[1]) - 1 if place else number + 1
        if _HIDDEN.search(stated):
            rows.add(number)
    return rows
