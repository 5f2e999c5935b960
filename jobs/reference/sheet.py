"""A table that an office keeps: CSV or XLSX, headings in Thai or English, read into rows of text by column."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from python_calamine import CalamineWorkbook

from jobs.sources.readers.encoding import detect
from lake import files
from nlp import dates
from nlp.mask.values import quote_value
from schemas.calendars import BUDDHIST_OFFSET, YEARS
from schemas.errors import UserError

_OPENING_ROWS = 30
_DELIMITERS = ",;\t|"
_KEY = re.compile(r"[\s._\-()/]+")
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789", "\u200b\u200c\u200d\u200e\u200f\ufeff")
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[ T]00:00(?::00)?)?")


class RowError(ValueError):
    """A row cannot be used: the reason, and what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        self.what, self.remedy = what, remedy
        super().__init__(f"{what}: {remedy}")


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its number as a spreadsheet shows it, and its cells by column; what is not there is ""."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def word_key(text: str) -> str:
    """One spelling of a heading or a word of a fixed list: no spaces, dots or dashes, no capitals."""
    return _KEY.sub("", text.translate(_THAI_DIGITS)).casefold()


def read(address: str, setting: str, columns: Mapping[str, Sequence[str]], needed: Sequence[str]) -> list[Row]:
    """The rows of a file, blank ones left out.

    ``columns`` gives the headings of each column besides its own name. The headings stand in the first row that
    has those of all ``needed`` columns. Raises UserError where there is no such file or no such row.
    """
    name = file_name(address)
    try:
        content = files.read_bytes(address)
    except OSError:
        raise UserError(
            f"{setting} names {address}, which cannot be read", "name a CSV or XLSX that is there"
        ) from None
    known = {word_key(word): column for column, words in columns.items() for word in (column, *words)}
    sheets = _workbook(content, name) if content.startswith(b"PK") else [_csv(content)]
    for cells in sheets:
        for number, row in enumerate(cells[:_OPENING_ROWS]):
            found = [known.get(word_key(cell)) for cell in row]
            if set(needed) <= set(found):
                return list(_rows(cells, number, found))
    wanted = ", ".join(f"{column} ({columns[column][0]})" if columns[column] else column for column in needed)
    raise UserError(f"{name} has no row with the headings {wanted}", "name the columns so in the first row")


def parse_rows(
    address: str, setting: str, columns: Mapping[str, Sequence[str]], needed: Sequence[str], take: Callable[[Row], None]
) -> None:
    """Gives each row of a file to ``take``. The file is checked whole: see ``read`` and ``_refuse``."""
    errors: list[tuple[int, RowError]] = []
    for row in read(address, setting, columns, needed):
        try:
            take(row)
        except RowError as error:
            errors.append((row.number, error))
    if errors:
        _raise_row_errors(file_name(address), errors)


def file_name(address: str) -> str:
    """The file's own name."""
    return address.rsplit("/", 1)[-1]


def _raise_row_errors(name: str, errors: Sequence[tuple[int, RowError]]) -> NoReturn:
    """Raises the one UserError that tells of all bad rows: the first in full, of others the numbers."""
    number, error = errors[0]
    others = [str(one) for one, _ in errors[1:9]]
    more = f" (rows {', '.join(others)}{' …' if len(errors) > 9 else ''} are wrong too)" if others else ""
    raise UserError(f"{name}, row {number}: {error.what}", f"{error.remedy}{more}; the former table stays until then")


def parse_day(text: str) -> dt.date | None:
    """A day, whose year may be of either calendar; None for an empty cell. Raises RowError for anything else."""
    if text in ("", "-"):
        return None
    iso = _ISO.fullmatch(text)
    try:
        if iso is None:
            return dates.parse_date(text, calendar="buddhist", zone="Asia/Bangkok")
        year = int(iso[1])
        # A list of LAOs goes back further than the records of concerns do.
        return dt.date(year - BUDDHIST_OFFSET if year in YEARS["buddhist"] else year, int(iso[2]), int(iso[3]))
    except ValueError:
        remedy = "write it like 2024-03-31, 31/03/2567 or 31 มี.ค. 2567, or leave it empty"
        raise RowError(f"{quote_value(text)} is not a date", remedy) from None


def _csv(content: bytes) -> list[list[str]]:
    text = content.decode(detect(content), errors="replace").removeprefix("\ufeff")
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    return [[_cell(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]


def _workbook(content: bytes, name: str) -> list[list[list[str]]]:
    try:
        book: Any = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [book.get_sheet_by_name(one).to_python(skip_empty_area=False) for one in book.sheet_names]
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # the library panics at a day that no calendar has, which is no Exception
        raise UserError(f"{name} cannot be opened as a workbook", "save it again as XLSX") from None
    return [[[_cell(cell) for cell in row] for row in sheet] for sheet in sheets]


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.date):  # a datetime is one too
        return f"{value:%Y-%m-%d}" if value.year > 999 else str(value)
    return " ".join(str(value).translate(_THAI_DIGITS).split())


def _rows(cells: list[list[str]], heading: int, columns: Sequence[str | None]) -> Iterator[Row]:
    for number, row in enumerate(cells[heading + 1 :], heading + 2):
        found: dict[str, str] = {}
        for column, cell in zip(columns, row, strict=False):
            if column is not None and cell and not found.get(column):
                found[column] = cell
        if found:
            yield Row(number, found)
