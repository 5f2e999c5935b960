"""The two calendars of Thai records: Gregorian and Buddhist."""

from __future__ import annotations

BUDDHIST_OFFSET = 543

# Years that occur in records of public services; another year is of the other calendar or a typing error.
YEARS = {"gregorian": range(1970, 2101), "buddhist": range(2400, 2701)}

MONTH_NAMES = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")
"""Thai abbreviations of the months."""
