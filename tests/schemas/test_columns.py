"""Every column of every table is defined in both languages, with its unit where it has one."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from jobs.extracts.dictionary import as_csv, as_markdown
from schemas import tables as loading
from schemas.errors import DataFileError
from schemas.tables import Column, columns, tables

THAI = re.compile("[\u0e01-\u0e5b]")
# Numbers that are no quantity, by the ends of their names: shares (0 to 1), places, numbers that name something.
WITHOUT_UNIT = re.compile(
    r"(^|_)(share|rank|number|id|be|value|confidence|rating|position|similarity|recall|relevance|score|false_positive_rate|fingerprint)$|^rank_(lower|upper|per_100k)$"
)


def is_number(column: Column) -> bool:
    return column.type in ("int", "bigint", "double")


@pytest.mark.parametrize("column", columns().values(), ids=lambda column: column.name)
def test_a_column_has_a_heading_and_a_definition_in_both_languages(column: Column) -> None:
    assert THAI.search(column.th) and THAI.search(column.about_th)
    assert len(column.en) > 2 and not column.en.endswith(".") and column.about_th == column.about_th.strip()
    # A heading stands over a narrow cell; what it says is told in the definition.
    assert len(column.th) <= 60 and len(column.about_th) > len(column.th) / 2


@pytest.mark.parametrize(
    "column", [one for one in columns().values() if is_number(one)], ids=lambda column: column.name
)
def test_a_number_has_a_unit_unless_it_has_none(column: Column) -> None:
    assert bool(column.unit) != bool(WITHOUT_UNIT.search(column.name))


def test_a_column_without_a_thai_definition_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "columns").mkdir()
    (tmp_path / "columns" / "a.yaml").write_text('days: {type: int, en: "Days", th: "วัน"}\n', encoding="utf-8")
    monkeypatch.setattr(loading, "FOLDER", tmp_path)
    with pytest.raises(DataFileError, match=r"a\.yaml, line 1, days\.about_th: is missing"):
        columns.__wrapped__()


def test_the_dictionary_has_every_column_of_every_table() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv())))
    assert len(rows) == sum(len(table.columns) for table in tables().values())
    (one,) = [row for row in rows if (row["table"], row["column"]) == ("gold.surges", "week_start")]
    assert (one["key"], one["th"]) == ("key", "วันจันทร์ของสัปดาห์")
    page = as_markdown()
    assert all(f"## {name}\n" in page for name in tables())
    assert page.count("\n| ") == len(rows) + 2 * len(tables())
