"""The contract of a source: where its exports are and how to read them. ``schemas.contract_files`` reads the files."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

DETECT = "detect"

Status = Literal["unknown", "open", "in_progress", "forwarded", "resolved", "closed", "rejected"]
ENDED_STATUSES = ("resolved", "closed", "rejected")
Channel = Literal["complaint_log", "social_media", "hotline"]
Target = Literal[
    "submitted_at", "acknowledged_at", "informed_at", "resolved_at", "updated_at",
    "status", "text", "origin", "labels", "agency",
    "area_code", "province", "district", "subdistrict", "address", "village_no",
    "latitude", "longitude", "rating", "reopen_count", "is_deleted",
]  # fmt: skip
TIMES = frozenset({"submitted_at", "acknowledged_at", "informed_at", "resolved_at", "updated_at"})
NUMBERS = frozenset({"latitude", "longitude", "rating", "reopen_count"})


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except Exception:
        raise ValueError(f"{name} is not a time zone (such as Asia/Bangkok or UTC)") from None
    return name


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"is not a regular expression: {error}") from None
    return text


_CRON_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_CRON_NAMES = {
    name: str(number)
    for names, first in (("sun mon tue wed thu fri sat", 0), ("jan feb mar apr may jun jul aug sep oct nov dec", 1))
    for number, name in enumerate(names.split(), first)
}
_CRON_PART = re.compile(r"(\*|\w+)(?:-(\w+))?(?:/([1-9]\d?))?")


def _cron(text: str) -> str:
    fields = text.lower().split()
    if text in ("@hourly", "@daily", "@weekly", "@monthly", "@quarterly", "@yearly"):
        return text
    if len(fields) != 5 or not all(map(_is_cron_field, fields, _CRON_RANGES)):
        raise ValueError(f"{text} is not a cron expression (minute, hour, day, month, weekday, such as 30 6 * * *)")
    return text


def _is_cron_field(field: str, limits: tuple[int, int]) -> bool:
    for part in field.split(","):
        match = _CRON_PART.fullmatch(part)
        if match is None or (match[1] == "*" and match[2]):
            return False
        ends = [_CRON_NAMES.get(end, end) for end in match.group(1, 2) if end and end != "*"]
        if not all(end.isascii() and end.isdigit() and limits[0] <= int(end) <= limits[1] for end in ends):
            return False
        if len(ends) == 2 and int(ends[0]) > int(ends[1]):
            return False
    return True


class Strict(BaseModel):
    """A model without unknown fields that cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


Calendar = Literal["gregorian", "buddhist"]


class FieldRule(Strict):
    """Where a value is in a record: the heading of a column, or a dotted path into JSON (``a.b.0.c``).

    Values of several places, such as a date and a time, are joined with a space. Of the places under ``first_of``
    the first one with a value is used, for exports whose headings change.
    """

    source: tuple[str, ...] = Field(default=(), alias="from")
    first_of: tuple[str, ...] = ()
    pattern: Annotated[str, AfterValidator(_pattern)] | None = Field(
        default=None, description="regular expression whose first group is the part of the value to use"
    )
    required: bool = False
    calendar: Calendar | None = Field(
        default=None, description="calendar of a time that differs from that of the contract"
    )
    separator: str = Field(default=",", min_length=1, description="splits labels")

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        if isinstance(value, str):
            value = {"from": value}
        if isinstance(value, dict) and isinstance(value.get("from"), str):
            value = {**value, "from": (value["from"],)}
        return value

    @model_validator(mode="after")
    def _has_one_place(self) -> FieldRule:
        if bool(self.source) == bool(self.first_of):
            raise ValueError("needs either from or first_of")
        if self.pattern and re.compile(self.pattern).groups != 1:
            raise ValueError("needs a pattern with one group, the part of the value to use")
        return self

    @property
    def places(self) -> tuple[str, ...]:
        """The places of the value: those of ``source`` or of ``first_of``."""
        return self.source or self.first_of


class Identity(Strict):
    """What identifies a concern: the source's own id, or several raw fields together.

    Without fields each record is a separate concern, identified by its file and its position in it.
    """

    id_namespace: str = Field(pattern=r"^[a-z0-9_]+$")
    fields: tuple[str, ...] = ()
    pattern: Annotated[str, AfterValidator(_pattern)] | None = Field(
        default=None,
        description="format of an id; in a CSV it also identifies rows that an export has broken into several",
    )

    @model_validator(mode="after")
    def _pattern_has_its_field(self) -> Identity:
        if self.pattern and len(self.fields) != 1:
            raise ValueError("has a pattern, and so needs exactly one field")
        return self


class VersionOrder(Strict):
    """What orders the versions of one concern."""

    by: Literal["updated_at", "file_name", "record_number"]
    pattern: Annotated[str, AfterValidator(_pattern)] | None = Field(
        default=None,
        description="finds the date of observation (group date, yyyy-mm-dd or yyyy-mm) in the name of a file; a time "
        "inside or after the group is read too",
    )

    @model_validator(mode="after")
    def _has_pattern(self) -> VersionOrder:
        if self.by == "file_name" and not self.pattern:
            raise ValueError("needs a pattern with a group (?P<date>…) where versions are ordered by file_name")
        if self.pattern and "(?P<date>" not in self.pattern:
            raise ValueError("has a pattern without a group (?P<date>…)")
        return self


class Contract(Strict):
    """A source: where its files are, their format, and the meaning of their fields, statuses and labels."""

    source_id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title_th: str
    title_en: str
    channel: Channel
    origin: str = Field(description="how concerns reach this source, where a record does not state it")
    files: str = Field(description="glob of file names below the source's landing folder")
    format: Literal["geojson", "json", "json_lines", "csv", "xlsx"]
    sheets: str = Field(
        default="*",
        description="glob of the sheets of a workbook that hold records; a hidden sheet is read only if named in full",
    )
    hidden_rows: bool = Field(
        default=False, description="whether rows that are hidden in a workbook, by hand or by a filter, are read"
    )
    encoding: str = Field(
        default="utf-8", description="the name that Python uses, or detect, which chooses utf-8 or cp874 from the bytes"
    )
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = Field(
        default=None, description="separates the cells of a CSV; by default the one with which the headings are found"
    )
    records: str = Field(default="", description="dotted path to the list of records in a JSON file")
    nested: str | None = Field(default=None, description="dotted path, in a JSON record, to the records inside it")
    time_zone: Annotated[str, AfterValidator(_zone)] = "Asia/Bangkok"
    calendar: Calendar = "gregorian"
    day_order: Literal["day_first", "month_first"] = Field(
        default="day_first", description="whether 06/07/2567 is 6 July (day_first) or 7 June"
    )
    delivery: Literal["append", "changes", "snapshot"]
    provinces: Literal["all", "seen"] | tuple[Annotated[str, Field(pattern=r"^\d{2}$")], ...] = Field(
        default="seen",
        description="provinces that the source covers: codes, all, or seen (those with at least one concern)",
    )
    default_area: Annotated[str, Field(pattern=r"^\d{2}(\d{2}(\d{2})?)?$")] | None = Field(
        default=None, description="area code (2, 4 or 6 digits) of records without a place"
    )
    identity: Identity
    version_order: VersionOrder
    fields: dict[Target, FieldRule]
    statuses: dict[str, Status] = Field(default_factory=dict)
    origins: dict[str, str] = Field(default_factory=dict)
    schedule: Annotated[str, AfterValidator(_cron)] | None = Field(
        default=None, description="cron expression of the landing DAG"
    )

    @model_validator(mode="after")
    def _fields_are_consistent(self) -> Contract:
        if "submitted_at" not in self.fields:
            raise ValueError("fields: submitted_at is missing; a concern needs its date")
        if "text" not in self.fields and "labels" not in self.fields:
            raise ValueError("fields: text or labels is needed, for the topic of a concern")
        if self.version_order.by == "updated_at" and "updated_at" not in self.fields:
            raise ValueError("version_order: updated_at is missing under fields")
        if "status" in self.fields and not self.statuses:
            raise ValueError("statuses: is empty, although fields has a status")
        if self.format != "json" and (self.records or self.nested):
            raise ValueError("records: only the format json has lists of records")
        if self.format != "xlsx" and self.hidden_rows:
            raise ValueError("hidden_rows: only the format xlsx has hidden rows")
        if self.format != "csv" and self.delimiter:
            raise ValueError("delimiter: only the format csv has a delimiter")
        return self

    @property
    def list_path(self) -> str:
        """The dotted path to the list of records in a JSON file; empty where the file itself is the list."""
        return "features" if self.format == "geojson" else self.records

    def needs_time(self, target: str) -> bool:
        """Whether a record is unusable without this time: its date, or the time that orders its versions."""
        is_order = target == "updated_at" == self.version_order.by
        rule = self.fields.get(target)  # pyright: ignore[reportArgumentType]
        return target == "submitted_at" or is_order or (rule is not None and rule.required)

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """Headings that every table of this source must have: those of required fields and of the identity."""
        required = [name for rule in self.fields.values() if rule.required for name in rule.source]
        return tuple(dict.fromkeys([*self.identity.fields, *required]))

    @cached_property
    def needed(self) -> frozenset[str]:
        """Headings that a row needs values for: those required, the date, and the text or labels."""
        words = self.fields.get("text") or self.fields["labels"]
        return frozenset([*self.headings, *self.fields["submitted_at"].source, *words.source])

    @cached_property
    def named(self) -> frozenset[str]:
        """All headings that the contract uses."""
        return frozenset([*self.identity.fields, *(name for rule in self.fields.values() for name in rule.places)])
