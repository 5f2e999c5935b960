"""One record: from a raw piece and its contract to what it says of a concern, or to why it cannot be used.

Pure Python on one record at a time; Spark only carries it (``jobs.pipeline.parse``).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from jobs.sources import concern_ids, day_order, measurements
from jobs.sources.empty_values import is_empty_marker, is_empty_time, is_zero_point, means_nothing
from jobs.sources.future_times import reject_future_times
from jobs.sources.raw_record import Lookup, OpenRecord, open_record, repaired_text, text_of
from jobs.sources.rounded_ids import is_rounded
from jobs.sources.statuses import UNKNOWN_STATUS, looks_shifted, lookup_label
from nlp import dates, places
from nlp.encoding_repair import is_garbled, repair_encoding
from nlp.laos import road_owner
from nlp.mask import mask
from nlp.mask.values import mask_value, quote_value
from nlp.normalise import normalise
from schemas.contracts import TIMES, Contract, FieldRule, Target
from schemas.rejections import RejectedRecord, Rejection, RejectionCode

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
    rejections: list[Rejection] = field(default_factory=list)
    shown_order: day_order.ShownOrder | None = None

    @property
    def reasons(self) -> list[str]:
        """Why the record cannot be used, as sentences."""
        return [one.sentence() for one in self.rejections]

    def reject(self, code: RejectionCode, target: str = "", **detail: str) -> None:
        """Adds a reason why the record cannot be used."""
        self.rejections.append(Rejection(code, target, detail))


def _text(lookup: Lookup, target: Target, contract: Contract) -> str:
    rule = contract.fields[target]
    found = [text for path in rule.places if (text := repaired_text(lookup(path)))]
    if target in TIMES and rule.source and found and is_empty_time(found[0]):
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
        return is_empty_time(text)
    if target in ("status", "origin"):
        return is_empty_marker(text) and lookup_label(text, contract.statuses | contract.origins) is None
    return is_empty_marker(text) if target == "labels" else means_nothing(text)


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

    Returns the values, with ``rejections`` empty, or all reasons why it cannot be used, without personal data.
    """
    result = Parsed()
    try:
        record = open_record(raw, header, contract)
    except RejectedRecord as rejected:
        result.rejections.append(rejected.rejection)
        return result
    except (ValueError, RecursionError):
        result.reject(RejectionCode.CANNOT_BE_OPENED)
        return result
    try:
        _read(result, record, contract, boundaries)
        _identify(result, record, contract, f"{file_sha256}/{record_number}", key)
    except RecursionError:
        return Parsed(rejections=[Rejection(RejectionCode.NESTED_TOO_DEEPLY)])
    if landed_at is not None:
        rejections, others = reject_future_times(result.values, contract, landed_at)
        result.rejections += rejections
        for target in others:
            del result.values[target]
            _flag(result, f"bad_{target}")
    if not result.rejections:
        _order(result, contract, observed_at, record_number)
    return result


def _read(result: Parsed, record: OpenRecord, contract: Contract, boundaries: Boundaries | None) -> None:
    """Everything but the order of versions."""
    texts = {target: _text(record.lookup, target, contract) for target in contract.fields}
    if is_zero_point(texts.get("latitude", ""), texts.get("longitude", "")):
        texts["latitude"] = texts["longitude"] = ""
    for target, rule in contract.fields.items():
        if (rule.required or target == "submitted_at") and not texts[target]:
            is_lacking = record.lacks(rule.places)
            code = RejectionCode.MISSING_COLUMN if is_lacking else RejectionCode.MISSING_VALUE
            result.reject(code, target, columns=_columns(rule))
    _judge_encoding(result, record, texts, contract)
    if record.is_partial:
        _flag(result, "partial_record")
    _read_times(result, texts, contract)
    numbers = measurements.read_numbers(texts)
    result.values |= numbers.values
    for flag in numbers.flags:
        _flag(result, flag)
    _read_status(result, texts, contract)
    _read_words(result, record, texts, contract)
    _read_place(result, texts, contract, boundaries, numbers.point)


def _judge_encoding(result: Parsed, record: OpenRecord, texts: dict[str, str], contract: Contract) -> None:
    """Flags what was put right, and empties a field of which nothing can be read; without words the record is none."""
    places = [*contract.identity.fields, *(place for rule in contract.fields.values() for place in rule.places)]
    stated = [text_of(record.lookup(place)) for place in dict.fromkeys(places)]
    if any(repair_encoding(one) != one and not is_garbled(one) for one in stated if not one.isascii()):
        _flag(result, "repaired_text")
    for target in [target for target, text in texts.items() if is_garbled(text)]:
        if target in ("text", "labels"):
            result.reject(RejectionCode.GARBLED_TEXT, target, columns=_columns(contract.fields[target]))
        else:
            texts[target] = ""
            _flag(result, "garbled_field")


def _columns(rule: FieldRule) -> str:
    return " + ".join(rule.source) if rule.source else " or ".join(rule.first_of)


def _identify(result: Parsed, record: OpenRecord, contract: Contract, position: str, key: bytes) -> None:
    rule = contract.identity
    columns = " + ".join(rule.fields)
    found = tuple(repaired_text(record.lookup(path)) for path in rule.fields) or (position,)
    parts = tuple("" if is_empty_marker(part) else part for part in found)
    if not all(parts):
        if record.lacks(rule.fields):
            code = RejectionCode.MISSING_ID_COLUMN
        else:
            is_workbook = contract.format == "xlsx"
            code = RejectionCode.MISSING_ID_IN_WORKBOOK if is_workbook else RejectionCode.MISSING_ID
        result.reject(code, "id", columns=columns)
        return
    if rule.fields and any(map(is_rounded, parts)):
        result.reject(RejectionCode.ROUNDED_ID, "id", columns=columns)
        return
    if rule.pattern and not re.fullmatch(rule.pattern, parts[0]):
        value = {} if concern_ids.is_personal(parts[0]) else {"value": quote_value(parts[0])}
        result.reject(RejectionCode.UNLIKE_ID, "id", pattern=rule.pattern, **value)
        return
    if any(map(concern_ids.looks_shifted, parts)):
        result.reject(RejectionCode.PERSONAL_ID, "id", columns=columns)
        return
    if rule.fields:
        result.values["source_record_id"] = concern_ids.source_record_id(rule.id_namespace, parts, key)
    result.values["concern_id"] = concern_ids.concern_id(rule.id_namespace, parts, key)
    result.values["channel"] = contract.channel


def _quoted_time(text: str) -> str:
    """A value that should be a time, as a sentence may quote it."""
    return quote_value(dates.hide_words(mask_value(text)))


def _read_times(result: Parsed, texts: Mapping[str, str], contract: Contract) -> None:
    result.shown_order = day_order.shown_order(texts["submitted_at"], contract)
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
            is_order = isinstance(error, dates.DayOrderError)
            code = RejectionCode.OTHER_DAY_ORDER if is_order else RejectionCode.WRONG_TIME
            result.reject(code, target, value=_quoted_time(text), calendar=calendar, columns=_columns(rule))


def _read_status(result: Parsed, texts: Mapping[str, str], contract: Contract) -> None:
    label = texts.get("status", "")
    if not label:
        return
    status = lookup_label(label, contract.statuses)
    if status is None and looks_shifted(label):
        result.reject(RejectionCode.SHIFTED_STATUS, "status", columns=_columns(contract.fields["status"]))
        return
    if status is None:
        _flag(result, "unknown_status")
    result.values["status"], result.values["status_label"] = status or UNKNOWN_STATUS, mask_value(label)


def _read_words(result: Parsed, record: OpenRecord, texts: Mapping[str, str], contract: Contract) -> None:
    text, kinds = mask(normalise(texts.get("text", "")))
    if text:
        result.values["text"] = text
        result.values["masked"] = sorted(set(kinds))
    if "labels" in contract.fields:
        # Masked as a whole first: of coordinates, a separator may part one from the other.
        pieces = _masked_whole(texts["labels"]).strip("{}[]").split(contract.fields["labels"].separator)
        named = [piece.strip().strip("'\"") for piece in pieces]
        labels = sorted({_masked_label(name) for name in named if not is_empty_marker(name)} - {""})
        result.values["source_labels"] = labels
    if not text and not result.values.get("source_labels"):
        absent = [
            place
            for target in ("text", "labels")
            if (rule := contract.fields.get(target)) and record.lacks(rule.places)
            for place in rule.places
        ]
        if absent:
            result.reject(RejectionCode.NO_WORDS_COLUMN, "text", columns=" or ".join(absent))
        else:
            result.reject(RejectionCode.NO_WORDS, "text")
    elif not text:
        _flag(result, "no_text")
    origin = texts.get("origin", "")
    result.values["origin"] = lookup_label(origin, contract.origins) or contract.origin
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
