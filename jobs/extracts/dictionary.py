"""dictionary: the definition of every column of every table, from schemas/, in Thai and English."""

from __future__ import annotations

import csv
import io

from schemas.tables import Table, tables

HEADINGS = ("column", "type", "unit", "th", "about_th", "en")


def as_csv() -> str:
    """CSV with one row for each column of each table, in the order of the table."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("table", "key", *HEADINGS))
    for table in tables().values():
        writer.writerows((table.name, "key" if row[0] in table.key else "", *row) for row in _rows(table))
    return out.getvalue()


def as_markdown() -> str:
    """Markdown page: for each table a heading, the description of a row, and its columns."""
    parts = ["# พจนานุกรมข้อมูล (data dictionary)\n"]
    for table in tables().values():
        lines = [
            f"## {table.name}",
            f"{table.th}  \n{table.en}",
            f"key: {', '.join(table.key)}",
            "\n".join([_line(HEADINGS), _line(["---"] * len(HEADINGS)), *(_line(row) for row in _rows(table))]),
        ]
        parts.append("\n\n".join(lines) + "\n")
    return "\n".join(parts)


def _rows(table: Table) -> list[tuple[str, ...]]:
    return [(column.name, column.type, column.unit, column.th, column.about_th, column.en) for column in table.columns]


def _line(cells: tuple[str, ...] | list[str]) -> str:
    escaped = (cell.replace("|", r"\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"
