"""Contracts of sources: what an export says and how to read it, as data, checked when it is loaded."""

from __future__ import annotations

import re
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

FOLDER = Path(__file__).parent / "sources"
DETECT = "detect"
_KINDS = ("literal[", "tuple[", "function-", "constrained-", "nullable")

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
        raise ValueError(f"{name} is no time zone (such as Asia/Bangkok or UTC)") from None
    return name


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}") from None
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
        raise ValueError(f"{text} is no cron expression (minute, hour, day, month, weekday, such as 30 6 * * *)")
    return text


def _is_cron_field(field: str, limits: tuple[int, int]) -> bool:
    for part in field.split(","):
        found = _CRON_PART.fullmatch(part)
        if found is None or (found[1] == "*" and found[2]):
            return False
        ends = [_CRON_NAMES.get(end, end) for end in found.group(1, 2) if end and end != "*"]
        if not all(end.isascii() and end.isdigit() and limits[0] <= int(end) <= limits[1] for end in ends):
            return False
        if len(ends) == 2 and int(ends[0]) > int(ends[1]):
            return False
    return True


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


Calendar = Literal["gregorian", "buddhist"]


class FieldRule(Strict):
    """Where a value stands in a record: a column's heading, or a dotted path into JSON (``a.b.0.c``).

    Several places are read one after the other and joined with a space, such as a date and a time; of those
    under ``first_of`` the first that holds anything is taken, for exports whose headings change.
    """

    source: tuple[str, ...] = Field(default=(), alias="from")
    first_of: tuple[str, ...] = ()
    pattern: Annotated[str, AfterValidator(_pattern)] | None = Field(
        default=None, description="takes a part of the value: the first group that it finds"
    )
    required: bool = False
    calendar: Calendar | None = Field(default=None, description="of a time, where it is not that of the contract")
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
            raise ValueError("needs a pattern with one group, the part to take")
        return self

    @property
    def places(self) -> tuple[str, ...]:
        return self.source or self.first_of


class Identity(Strict):
    """What makes a record the same concern: the source's own id, or raw fields that together name it.

    Without fields each record is a concern of its own, known by its file and its place there.
    """

    id_namespace: str = Field(pattern=r"^[a-z0-9_]+$")
    fields: tuple[str, ...] = ()
    pattern: Annotated[str, AfterValidator(_pattern)] | None = Field(
        default=None, description="what an id looks like; in a CSV it also tells rows that a careless export broke"
    )

    @model_validator(mode="after")
    def _pattern_has_its_field(self) -> Identity:
        if self.pattern and len(self.fields) != 1:
            raise ValueError("has a pattern, which needs exactly one field")
        return self


class VersionOrder(Strict):
    """What orders the versions of one concern."""

    by: Literal["updated_at", "file_name", "record_number"]
    pattern: Annotated[str, AfterValidator(_pattern)] | None = Field(
        default=None,
        description="finds the date of observation (group date, yyyy-mm-dd or yyyy-mm) in a file's name; a time of day "
        "that stands in the group or follows it is read too",
    )

    @model_validator(mode="after")
    def _has_pattern(self) -> VersionOrder:
        if self.by == "file_name" and not self.pattern:
            raise ValueError("needs a pattern with a group (?P<date>…) when versions are ordered by file_name")
        if self.pattern and "(?P<date>" not in self.pattern:
            raise ValueError("has a pattern without a group (?P<date>…)")
        return self


class Contract(Strict):
    """A source: where its files are, how they are written, what their fields, statuses and labels mean."""

    source_id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title_th: str
    title_en: str
    channel: Channel
    origin: str = Field(description="how concerns reach this source, where the record does not say")
    files: str = Field(description="glob of file names below the source's landing folder")
    format: Literal["geojson", "json", "json_lines", "csv", "xlsx"]
    sheets: str = Field(
        default="*",
        description="glob of the sheets of a workbook that hold records; a hidden sheet has to be named in full",
    )
    hidden_rows: bool = Field(
        default=False, description="whether rows that a workbook hides, by hand or by a filter, are read too"
    )
    encoding: str = Field(default="utf-8", description="as Python names it, or detect: utf-8 or cp874, by the bytes")
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = Field(
        default=None, description="between the cells of a CSV; by default the one that yields the headings"
    )
    records: str = Field(default="", description="dotted path to the list of records in a JSON file")
    nested: str | None = Field(default=None, description="dotted path, in a JSON record, to records within it")
    time_zone: Annotated[str, AfterValidator(_zone)] = "Asia/Bangkok"
    calendar: Calendar = "gregorian"
    day_order: Literal["day_first", "month_first"] = Field(
        default="day_first", description="what 06/07/2567 means: 6 July, or June 7"
    )
    delivery: Literal["append", "changes", "snapshot"]
    provinces: Literal["all", "seen"] | tuple[Annotated[str, Field(pattern=r"^\d{2}$")], ...] = Field(
        default="seen",
        description="provinces that the source speaks for: codes, all, or those from which something was heard",
    )
    default_area: Annotated[str, Field(pattern=r"^\d{2}(\d{2}(\d{2})?)?$")] | None = Field(
        default=None, description="area code (2, 4 or 6 digits) of records that do not say where they are"
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
    def _belongs_together(self) -> Contract:
        if "submitted_at" not in self.fields:
            raise ValueError("fields: lacks submitted_at, without which a concern has no day")
        if "text" not in self.fields and "labels" not in self.fields:
            raise ValueError("fields: has neither text nor labels, so nothing says what a concern is about")
        if self.version_order.by == "updated_at" and "updated_at" not in self.fields:
            raise ValueError("version_order: by updated_at, but fields lacks updated_at")
        if "status" in self.fields and not self.statuses:
            raise ValueError("statuses: is empty, but fields has a status")
        if self.format != "json" and (self.records or self.nested):
            raise ValueError("records: only files of the format json have lists of records")
        if self.format != "xlsx" and self.hidden_rows:
            raise ValueError("hidden_rows: only files of the format xlsx have them")
        if self.format != "csv" and self.delimiter:
            raise ValueError("delimiter: only files of the format csv have one")
        return self

    @property
    def list_path(self) -> str:
        """The dotted path to the list of records in a JSON file; empty where that is the file itself."""
        return "features" if self.format == "geojson" else self.records

    def needs_time(self, target: str) -> bool:
        """Whether a record cannot be used where this time cannot be read: its day, the order of its versions."""
        is_order = target == "updated_at" == self.version_order.by
        rule = self.fields.get(target)  # type: ignore[call-overload]
        return target == "submitted_at" or is_order or (rule is not None and rule.required)

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """Headings that a table must have to be this source's: those of required fields and of the identity."""
        required = [name for rule in self.fields.values() if rule.required for name in rule.source]
        return tuple(dict.fromkeys([*self.identity.fields, *required]))

    @cached_property
    def needed(self) -> frozenset[str]:
        """Headings without which a row says nothing of a concern: those required, its day, and its words or labels."""
        words = self.fields.get("text") or self.fields["labels"]
        return frozenset([*self.headings, *self.fields["submitted_at"].source, *words.source])

    @cached_property
    def named(self) -> frozenset[str]:
        """All headings that the contract speaks of."""
        return frozenset([*self.identity.fields, *(name for rule in self.fields.values() for name in rule.places)])


def _line_of(node: yaml.Node | None, location: tuple[int | str, ...]) -> int:
    """Line (from 1) at which the part of a YAML document stands that a validation error is about."""
    line = 1
    for step in location:
        if isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == str(step)]
            if not found:
                break
            line, node = found[0][0].start_mark.line + 1, found[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
    return line


_SAYS = {
    "missing": "is missing",
    "extra_forbidden": "is not something that a contract states; look at its spelling",
    "tuple_type": "has to be a list",
    "dict_type": "has to be a mapping of names to values",
    "model_type": "has to be a mapping of names to values",
    "model_attributes_type": "has to be a mapping of names to values",
    "bool_type": "has to be true or false",
    "bool_parsing": "has to be true or false",
    "string_too_long": "is too long",
    "string_too_short": "is empty",
}
_AS_WORDS = "has to be text: YAML reads bare numbers, yes, no, on and off as something else, so put it into quotes"


def _first_problem(error: ValidationError) -> tuple[tuple[int | str, ...], str]:
    """Where the first problem is, by the steps of the document, and what it is."""
    problems = error.errors()
    top = problems[0]["loc"][:1]
    # Of a value that may be of several kinds the deepest problem is that of the kind which was meant.
    found = max((one for one in problems if one["loc"][:1] == top), key=lambda one: len(one["loc"]))
    names = [step for step in found["loc"] if step != "[key]" and not str(step).startswith(_KINDS)]
    given, kind = found.get("input"), found["type"]
    if kind == "string_type" or isinstance(given, bool):
        message = _AS_WORDS
    elif kind == "literal_error":
        message = f"{given} is none of {found['ctx']['expected'].replace(' or ', ', ')}"
    elif kind == "string_pattern_mismatch":
        message = f"{given} does not look like one ({found['ctx']['pattern']})"
    else:
        message = _SAYS.get(kind, found["msg"].removeprefix("Value error, "))
    return tuple(names), message


def _document(path: Path) -> tuple[yaml.Node | None, Any]:
    """A YAML file as nodes that know their lines, and as values. Raises ValueError as read_contract does."""
    try:
        written = path.read_bytes()
        text = written.decode()
        return yaml.compose(text), yaml.safe_load(text)
    except OSError as error:
        raise ValueError(f"{path.name}, line 1: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ValueError(f"{path.name}, line {line}: is not UTF-8; save the file in this encoding") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ValueError(f"{path.name}, line {line}: is no YAML: {error.problem}") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ValueError(f"{path.name}, line {line}: is no YAML: it has a character that may not stand there") from None
    except RecursionError:
        raise ValueError(f"{path.name}, line 1: is no YAML that can be read: it is nested too deeply") from None
    except ValueError as error:  # such as a date that does not exist
        raise ValueError(f"{path.name}, line 1: is no YAML that can be read: {error}") from None


def read_contract(path: Path) -> Contract:
    """Reads and checks one contract.

    Raises ValueError with one sentence that names the file, the line and the field.
    """
    node, content = _document(path)
    try:
        contract = Contract.model_validate(content)
        "".encode("utf-8" if contract.encoding == DETECT else contract.encoding)
    except LookupError:
        line = _line_of(node, ("encoding",))
        raise ValueError(f"{path.name}, line {line}, encoding: Python knows no encoding of this name") from None
    except ValidationError as error:
        location, message = _first_problem(error)
        line = _line_of(node, location)
        if not location and (named := re.match(r"([a-z_]+):", message)):
            line = _line_of(node, (named.group(1),))
        field = ".".join(str(step) for step in location)
        raise ValueError(f"{path.name}, line {line}{', ' + field if field else ''}: {message}") from None
    if contract.source_id != path.stem:
        line = _line_of(node, ("source_id",))
        raise ValueError(f"{path.name}, line {line}, source_id: must be {path.stem}, the name of the file")
    return contract


@cache
def read_folder(folder: Path) -> tuple[dict[str, Contract], dict[str, str]]:
    """The sound contracts of a folder, and what is wrong with the others, both by source."""
    sound: dict[str, Contract] = {}
    wrong: dict[str, str] = {}
    for path in sorted(folder.glob("[!.]*.yaml")):
        try:
            sound[path.stem] = read_contract(path)
        except ValueError as error:
            wrong[path.stem] = str(error)
    return sound, wrong


def contracts(folder: Path = FOLDER) -> dict[str, Contract]:
    """The contracts by source; those that are wrong are left out, so that they stop no other source."""
    return read_folder(folder)[0]


def wrong_contracts(folder: Path = FOLDER) -> dict[str, str]:
    """What is wrong with contracts, by source (the name of the file): a sentence as read_contract raises it."""
    return read_folder(folder)[1]
