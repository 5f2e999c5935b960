"""One record: from a raw piece and its contract to what it says of a concern, or to why it cannot be used.

Pure Python on one record at a time; Spark only carries it (``jobs.pipeline.parse``).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from jobs.sources import concern_ids, day_order, measurements
from jobs.sources.empty_values import is_absent, is_no_time, is_nowhere, says_none
from jobs.sources.future_times import impossible
from jobs.sources.raw_record import Lookup, Opened, opened, plain, written
from jobs.sources.rounded_ids import is_rounded
from jobs.sources.statuses import UNKNOWN, is_of_another_column, meaning
from nlp import dates, places
from nlp.encoding_repair import is_garbled, repair_encoding
from nlp.laos import road_owner
from nlp.mask import mask
from nlp.mask.values import mask_value, quote_value
from nlp.normalise import normalise
from schemas.contracts import TIMES, Contract, FieldRule, Target

if TYPE_CHECKING:
    from nlp.places.boundaries import Boundaries

# Labels are few and come again and again.
_masked_label = lru_cache(maxsize=4096)(mask_value)
_masked_whole = lru_cache(maxsize=4096)(lambda text: mask(text)[0])
_VILLAGE = re.compile(r"0*([1-9]\d{0,2})(?:\s*บ้าน\D*)?")


@dataclass(slots=True)
class Parsed:
    """What a record says: values by column of silver.concern_versions, and why it cannot be used, if so.

    ``shown_order`` is what its day says of the order of day and month in its file.
    """

    values: dict[str, Any] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    shown_order: day_order.Shown | None = None


def _text(lookup: Lookup, target: Target, contract: Contract) -> str:
    rule = contract.fields[target]
    found = [text for path in rule.places if (text := plain(lookup(path)))]
    if target in TIMES and rule.source and found and is_no_time(found[0]):
        return ""  # a date that says none, whatever hour stands beside it
    found = [text for text in found if not _says_nothing(target, text, contract)]
    text = " ".join(found) if rule.source else next(iter(found), "")
    if not rule.pattern or not text:
        return text
    part = re.search(rule.pattern, text)
    return (part.group(1) or "") if part else ""


def _says_nothing(target: Target, text: str, contract: Contract) -> bool:
    """Whether a value stands for nothing, unless the contract says what it means."""
    if target in TIMES:
        return is_no_time(text)
    if target in ("status", "origin"):
        return is_absent(text) and meaning(text, contract.statuses | contract.origins) is None
    return is_absent(text) if target == "labels" else says_none(text)


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
    texts = {target: _text(record.lookup, target, contract) for target in contract.fields}
    if is_nowhere(texts.get("latitude", ""), texts.get("longitude", "")):
        texts["latitude"] = texts["longitude"] = ""
    for target, rule in contract.fields.items():
        if (rule.required or target == "submitted_at") and not texts[target]:
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
    stated = [written(record.lookup(place)) for place in dict.fromkeys(places)]
    if any(repair_encoding(one) != one and not is_garbled(one) for one in stated if not one.isascii()):
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
    found = tuple(plain(record.lookup(path)) for path in rule.fields) or (position,)
    parts = tuple("" if is_absent(part) else part for part in found)
    if not all(parts):
        lacking = _lacking(record, rule.fields)
        merged = " A merged cell gives its id to its first row only." if contract.format == "xlsx" else ""
        result.reasons.append(f"It has no id of its own (field {' + '.join(rule.fields)}{lacking}).{merged}")
        return
    if rule.fields and any(map(is_rounded, parts)):
        result.reasons.append(
            f"Its id (field {' + '.join(rule.fields)}) is a number that a spreadsheet has rounded, so that "
            "different records share it: export the column as text and land the file again."
        )
        return
    if rule.pattern and not re.fullmatch(rule.pattern, parts[0]):
        told = "" if concern_ids.is_personal(parts[0]) else f" {quote_value(parts[0])}"
        result.reasons.append(f"Its id{told} does not look like one of this source ({rule.pattern}).")
        return
    if any(map(concern_ids.is_of_another_column, parts)):
        result.reasons.append(
            f"Its id holds personal data (field {' + '.join(rule.fields)}): the columns of its row may be shifted."
        )
        return
    if rule.fields:
        result.values["source_record_id"] = concern_ids.source_record_id(rule.id_namespace, parts, key)
    result.values["concern_id"] = concern_ids.concern_id(rule.id_namespace, parts, key)
    result.values["channel"] = contract.channel


def _told_time(text: str) -> str:
    """What a sentence tells of a value that should be a time."""
    return quote_value(dates.hide_words(mask_value(text)))


def _read_times(result: Parsed, texts: Mapping[str, str], contract: Contract) -> None:
    result.shown_order = day_order.shown(texts["submitted_at"], contract)
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
            if not contract.needs_time(target):
                _flag(result, f"bad_{target}")
                continue
            order = f"; {dates.DAY_ORDER_HINT}" if isinstance(error, dates.DayOrderError) else ""
            result.reasons.append(
                f"Its {target} {_told_time(text)} is no date or time of the {calendar} calendar "
                f"({_field(rule)}){order}."
            )


def _read_status(result: Parsed, texts: Mapping[str, str], contract: Contract) -> None:
    label = texts.get("status", "")
    if not label:
        return
    status = meaning(label, contract.statuses)
    if status is None and is_of_another_column(label):
        rule = contract.fields["status"]
        result.reasons.append(f"Its status ({_field(rule)}) is no label, so the columns of its row may be shifted.")
        return
    if status is None:
        _flag(result, "unknown_status")
    result.values["status"], result.values["status_label"] = status or UNKNOWN, mask_value(label)


def _read_words(result: Parsed, record: Opened, texts: Mapping[str, str], contract: Contract) -> None:
    text, kinds = mask(normalise(texts.get("text", "")))
    if text:
        result.values["text"] = text
        result.values["masked"] = sorted(set(kinds))
    if "labels" in contract.fields:
        # Masked as a whole first: of coordinates, a separator may part one from the other.
        pieces = _masked_whole(texts["labels"]).strip("{}[]").split(contract.fields["labels"].separator)
        named = [piece.strip().strip("'\"") for piece in pieces]
        labels = sorted({_masked_label(name) for name in named if not is_absent(name)} - {""})
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
    result.values["origin"] = meaning(origin, contract.origins) or contract.origin
    if texts.get("agency"):
        result.values["agency"] = mask_value(texts["agency"])
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
        values["version_at"] = values.get("updated_at", submitted)  # a row never updated is as it was submitted
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
