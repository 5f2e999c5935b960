"""The two calendars of Thai records."""

from __future__ import annotations

BUDDHIST_OFFSET = 543

# Years that a record of a public service can bear; outside them the calendar or the typing is wrong.
YEARS = {"gregorian": range(1970, 2101), "buddhist": range(2400, 2701)}

MONTH_NAMES = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")
"""Months as Thais shorten them."""
