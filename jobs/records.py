"""One record: from a raw piece and its contract to what it says of a concern, or to why it cannot be used.

Pure Python on one record at a time; Spark only carries it (``jobs.refine``).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Protocol

from jobs import identity, measurements
from jobs.future import impossible
from jobs.masked import SHOWN, masked, quoted
from jobs.readers.headings import first_held, matched
from jobs.readers.table import Table
from nlp import dates, places
from nlp.encoding_repair import is_garbled, repaired
from nlp.laos import road_owner
from nlp.mask import mask
from nlp.normalise import normalise
from schemas.contracts import TIMES, Contract, FieldRule

if TYPE_CHECKING:
    from nlp.places.boundaries import Boundaries

# A letter of Thai bears two marks; of a longer run nothing can be read, and to put it in order takes minutes.
_MARK_RUN = re.compile("([\u0e30-\u0e3a\u0e45\u0e47-\u0e4e]{20})[\u0e30-\u0e3a\u0e45\u0e47-\u0e4e]+")
# Halves of letters, which JSON can spell out and UTF-8 cannot hold.
_SURROGATES = re.compile("[\ud800-\udfff]")
# Labels are few and come again and again.
_masked_label = lru_cache(maxsize=4096)(masked)
_masked_whole = lru_cache(maxsize=4096)(lambda text: mask(text)[0])
_VILLAGE = re.compile(r"0*([1-9]\d{0,2})(?:\s*บ้าน\D*)?")


class Lookup(Protocol):
    """Finds a value in a record by the path of a contract."""

    def __call__(self, path: str) -> Any: ...


@dataclass(slots=True)
class Parsed:
    """What a record says: values by column of silver.concern_versions, and why it cannot be used, if so."""

    values: dict[str, Any] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Opened:
    """A record whose values can be looked up; ``columns`` are those of its table, where it stands in one."""

    lookup: Lookup
    columns: frozenset[str] | None = None
    is_partial: bool = False

    def lacks(self, places: Sequence[str]) -> bool:
        """Whether the table has no such column at all."""
        return self.columns is not None and self.columns.isdisjoint(places)


def opened(raw: str, header: str | None, contract: Contract) -> Opened:
    """Opens one record. Raises ValueError with a sentence where that cannot be done."""
    if contract.format in ("geojson", "json", "json_lines"):
        body = raw.strip("\ufeff, \t\r\n")
        content = json.loads(body)
        return Opened(lambda path: _walk(content, path))
    if header is None:
        raise ValueError("The file has no header row, so its cells have no names.")
    if contract.format == "csv":
        table = Table.of(header, contract)
        row, is_partial = table.row(raw)
    else:
        row, is_partial = first_held(headings_of(header, contract), json.loads(raw)), False
    return Opened(lambda path: row.get(path), frozenset(row), is_partial)


def headings_of(header: str, contract: Contract) -> tuple[str, ...]:
    """The headings of a table, from its heading row as bronze keeps it, as the contract spells them."""
    if contract.format == "csv":
        return Table.of(header, contract).headings
    return matched([str(name).strip() for name in json.loads(header)], contract.named)


def _walk(content: Any, path: str) -> Any:
    for step in path.split("."):
        if isinstance(content, dict):
            content = content.get(step)
        elif isinstance(content, list) and step.isdigit() and int(step) < len(content):
            content = content[int(step)]
        else:
            return None
    return content


def _text(lookup: Lookup, rule: FieldRule) -> str:
    found = [text for path in rule.places if (text := _plain(lookup(path)))]
    text = " ".join(found) if rule.source else next(iter(found), "")
    if not rule.pattern or not text:
        return text
    part = re.search(rule.pattern, text)
    return (part.group(1) or "") if part else ""


def _plain(value: Any) -> str:
    """A value as text, its encoding put right; lists by their elements, all else of JSON as it is written there."""
    return repaired(_written(value))


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ",".join(filter(None, (_written(one) for one in value)))
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, bool | dict) else str(value)
    return _SURROGATES.sub("\ufffd", _MARK_RUN.sub(r"\1", text)).strip()


def shown(raw: str, header: str | None, contract: Contract) -> str:
    """What a contract reads of a record, value by value and masked; what else stands in it may be anything."""
    try:
        record = opened(raw, header, contract)
        read = [*contract.identity.fields, *(path for rule in contract.fields.values() for path in rule.places)]
        told = {path: masked(_plain(record.lookup(path))) for path in dict.fromkeys(read)}
    except (ValueError, RecursionError):
        return "(it cannot be opened)"
    for target, rule in contract.fields.items():
        if target in TIMES:  # after the digits of a time, a title looks like a count: 10 นาย
            told |= {path: dates.shown(told[path]) for path in rule.places}
    for target in ("latitude", "longitude"):
        for path in contract.fields[target].places if target in contract.fields else ():
            told[path] = "[COORDINATE]" if told[path] else ""
    return json.dumps({path: value for path, value in told.items() if value}, ensure_ascii=False)


def parse(
    raw: str,
    header: str | None,
    contract: Contract,
    observed_at: datetime | None,
    record_number: int,
    file_sha256: str = "",
    boundaries: Boundaries | None = None,
    key: bytes = b"",
    landed_at: datetime | None = None,
) -> Parsed:
    """Reads one record by its contract.

    Args:
        raw: the piece as bronze keeps it.
        header: the header row of its file or sheet, for tables.
        observed_at: when its file was observed, where the file's name says so (aware).
        record_number: its position in the file.
        file_sha256: the file, which names the record where its source gives no id.
        boundaries: what places coordinates; without it they place nothing.
        key: the lake's, for ids that are personal data.
        landed_at: when its file landed (aware); nothing that it tells of can have happened after that day.

    Returns the values, with ``reasons`` empty, or all reasons why it cannot be used, each a sentence
    without personal data.
    """
    result = Parsed()
    try:
        record = opened(raw, header, contract)
    except (ValueError, RecursionError) as error:
        known = str(error) if str(error).endswith(".") else "The record cannot be opened."
        result.reasons.append(known)
        return result
    try:
        _read(result, record, contract, boundaries)
        _identify(result, record, contract, f"{file_sha256}/{record_number}", key)
    except RecursionError:
        return Parsed(reasons=["A field of it holds lists within lists, deeper than can be read; mend the export."])
    if landed_at is not None:
        reasons, others = impossible(result.values, contract, landed_at)
        result.reasons += reasons
        for target in others:
            del result.values[target]
            _flag(result, f"bad_{target}")
    if not result.reasons:
        _order(result, contract, observed_at, record_number)
    return result


def _read(result: Parsed, record: Opened, contract: Contract, boundaries: Boundaries | None) -> None:
    """Everything but the order of versions."""
    texts = {target: _text(record.lookup, rule) for target, rule in contract.fields.items()}
    for target, rule in contract.fields.items():
        if rule.required and not texts[target]:
            result.reasons.append(f"It has no {target} ({_field(rule)}{_lacking(record, rule.places)}).")
    _judge_encoding(result, record, texts, contract)
    if record.is_partial:
        _flag(result, "partial_record")
    _read_times(result, texts, contract)
    numbers = measurements.read(texts)
    result.values |= numbers.values
    for flag in numbers.flags:
        _flag(result, flag)
    _read_status(result, texts, contract)
    _read_words(result, record, texts, contract)
    _read_place(result, texts, contract, boundaries, numbers.point)


def _judge_encoding(result: Parsed, record: Opened, texts: dict[str, str], contract: Contract) -> None:
    """Flags what was put right, and empties a field of which nothing can be read; without words the record is none."""
    places = [*contract.identity.fields, *(place for rule in contract.fields.values() for place in rule.places)]
    written = [_written(record.lookup(place)) for place in dict.fromkeys(places)]
    if any(repaired(one) != one and not is_garbled(one) for one in written if not one.isascii()):
        _flag(result, "repaired_text")
    for target in [target for target, text in texts.items() if is_garbled(text)]:
        if target in ("text", "labels"):
            result.reasons.append(
                f"Its {target} is garbled ({_field(contract.fields[target])}): it was read in a wrong encoding and "  # type: ignore[index]
                "letters are lost; export it again as UTF-8."
            )
        else:
            texts[target] = ""
            _flag(result, "garbled_field")


def _field(rule: FieldRule) -> str:
    return "field " + (" + ".join(rule.source) if rule.source else " or ".join(rule.first_of))


def _lacking(record: Opened, places: Sequence[str]) -> str:
    return ", a column that its table does not have" if record.lacks(places) else ""


def _identify(result: Parsed, record: Opened, contract: Contract, position: str, key: bytes) -> None:
    rule = contract.identity
    parts = tuple(_plain(record.lookup(path)) for path in rule.fields) or (position,)
    if not all(parts):
        lacking = _lacking(record, rule.fields)
        result.reasons.append(f"It has no id of its own (field {' + '.join(rule.fields)}{lacking}).")
        return
    if rule.pattern and not re.fullmatch(rule.pattern, parts[0]):
        told = "" if identity.is_personal(parts[0]) else f" {quoted(parts[0])}"
        result.reasons.append(f"Its id{told} does not look like one of this source ({rule.pattern}).")
        return
    if any(map(identity.is_of_another_column, parts)):
        result.reasons.append(
            f"Its id holds personal data (field {' + '.join(rule.fields)}): the columns of its row may be shifted."
        )
        return
    if rule.fields:
        result.values["source_record_id"] = identity.source_record_id(rule.id_namespace, parts, key)
    result.values["concern_id"] = identity.concern_id(rule.id_namespace, parts, key)
    result.values["channel"] = contract.channel


def _told_time(text: str) -> str:
    """What a sentence tells of a value that should be a time."""
    return quoted(dates.shown(masked(text)))


def _read_times(result: Parsed, texts: Mapping[str, str], contract: Contract) -> None:
    for target in sorted(TIMES & texts.keys()):
        text = texts[target]
        if not text:
            continue
        rule = contract.fields[target]  # type: ignore[index]
        calendar = rule.calendar or contract.calendar
        try:
            result.values[target] = dates.parse_timestamp(
                text, calendar=calendar, zone=contract.time_zone, day_order=contract.day_order
            )
        except ValueError as error:
            order = f"; {dates.OTHER_ORDER}" if isinstance(error, dates.DayOrderError) else ""
            result.reasons.append(
                f"Its {target} {_told_time(text)} is no date or time of the {calendar} calendar "
                f"({_field(rule)}){order}."
            )


def _read_status(result: Parsed, texts: Mapping[str, str], contract: Contract) -> None:
    label = texts.get("status", "")
    if not label:
        return
    status = contract.statuses.get(label)
    if status is None:
        # What is longer is no status, but words of another column.
        told = f" {quoted(label)}" if len(label) <= SHOWN else ""
        result.reasons.append(
            f"Its status{told} is not in the contract: add it under statuses in {contract.source_id}.yaml."
        )
        return
    result.values["status"], result.values["status_label"] = status, label


def _read_words(result: Parsed, record: Opened, texts: Mapping[str, str], contract: Contract) -> None:
    text, kinds = mask(normalise(texts.get("text", "")))
    if text:
        result.values["text"] = text
        result.values["masked"] = sorted(set(kinds))
    if "labels" in contract.fields:
        # Masked as a whole first: of coordinates, a separator may part one from the other.
        pieces = _masked_whole(texts["labels"]).strip("{}[]").split(contract.fields["labels"].separator)
        labels = sorted({_masked_label(piece.strip().strip("'\"")) for piece in pieces} - {""})
        result.values["source_labels"] = labels
    if not text and not result.values.get("source_labels"):
        absent = [
            place
            for target in ("text", "labels")
            if (rule := contract.fields.get(target)) and record.lacks(rule.places)
            for place in rule.places
        ]
        why = f"; its table has no column {' or '.join(absent)}" if absent else ""
        result.reasons.append(f"It has neither words nor a label, so nothing says what it is about{why}.")
    elif not text:
        _flag(result, "no_text")
    origin = texts.get("origin", "")
    result.values["origin"] = contract.origins.get(origin, contract.origin)
    if texts.get("agency"):
        result.values["agency"] = masked(texts["agency"])
    if texts.get("village_no") and (village := _village(normalise(texts["village_no"]))):
        result.values["village_no"] = village
    if texts.get("is_deleted"):
        result.values["is_deleted"] = texts["is_deleted"].lower() in ("true", "1", "yes")


def _village(text: str) -> str | None:
    """The number of a village, alone in its field or as an address states it."""
    alone = _VILLAGE.fullmatch(text)
    return alone[1] if alone else places.village_no(text)


def _read_place(
    result: Parsed,
    texts: Mapping[str, str],
    contract: Contract,
    boundaries: Boundaries | None,
    point: tuple[float, float] | None = None,
) -> None:
    latitude, longitude = point or (None, None)
    resolve = partial(
        places.resolve,
        province=texts.get("province") or None,
        district=texts.get("district") or None,
        subdistrict=texts.get("subdistrict") or None,
        address=texts.get("address") or None,
        latitude=latitude,
        longitude=longitude,
        boundaries=boundaries,
        text=result.values.get("text"),
    )
    place = resolve(code=texts.get("area_code") or None)
    if place.province_code is None and contract.default_area:
        # Names that leave the province open are read within the area that the source is of.
        place = replace(resolve(code=contract.default_area), method="source")
    for flag in place.flags:
        _flag(result, flag)
    village = places.village_no(texts.get("address", ""))
    if village is not None and "village_no" not in result.values:
        result.values["village_no"] = village
    if place.province_code is None:
        _flag(result, "no_place")
        return
    result.values["province_code"] = place.province_code
    result.values["district_code"] = place.district_code
    result.values["subdistrict_code"] = place.subdistrict_code
    result.values["location_method"] = place.method


def _flag(result: Parsed, flag: str) -> None:
    result.values["quality_flags"] = sorted({*result.values.get("quality_flags", []), flag})


def _order(result: Parsed, contract: Contract, observed_at: datetime | None, record_number: int) -> None:
    """What the version says is hashed before its place in the order of versions is written beside it."""
    values = result.values
    submitted = values["submitted_at"]
    for target in ("acknowledged_at", "informed_at", "resolved_at", "updated_at"):
        # A day without an hour may stand before the hour of submission; the day itself may not.
        if values.get(target) is not None and values[target].date() < submitted.date():
            _flag(result, "before_submission")
    values["content_hash"] = content_hash(values)
    # Read from words that are in the hash already: a better rule for it makes no other version.
    if (owner := road_owner(values.get("text", ""), values.get("agency", ""))) != "unknown":
        values["road_owner"] = owner
    if contract.version_order.by == "updated_at":
        values["version_at"] = values["updated_at"]
    elif contract.version_order.by == "file_name" and observed_at is not None:
        values["version_at"] = observed_at
    else:
        values["version_at"] = datetime(1970, 1, 1, tzinfo=UTC)
    values["version_number"] = record_number


def content_hash(values: Mapping[str, Any]) -> str:
    """Hash of all that a version says, whatever file it stands in."""

    def plain(value: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime | date) else value

    said = {name: plain(value) for name, value in values.items() if value is not None}
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]
