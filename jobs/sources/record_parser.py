"""Parses one record by its contract: the values of a version of a concern, or the reasons why it cannot be used.

Pure Python, one record at a time; ``jobs.pipeline.parse`` runs it in Spark.
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
from jobs.sources.empty_values import is_empty_marker, is_empty_text, is_empty_time, is_zero_point
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
from schemas.rejections import RejectedRecordError, Rejection, RejectionCode

if TYPE_CHECKING:
    from nlp.places.boundaries import Boundaries

# There are few different labels, and each of them is in many records.
_masked_text = lru_cache(maxsize=4096)(lambda text: mask(text)[0])
_VILLAGE = re.compile(r"0*([1-9]\d{0,2})(?:\s*บ้าน\D*)?")


@dataclass(slots=True)
class Parsed:
    """A parsed record.

    Attributes:
        values: by column of silver.concern_versions.
        rejections: why the record cannot be used; empty where it can.
        shown_order: the order of day and month that its date shows, see ``day_order``.
    """

    values: dict[str, Any] = field(default_factory=dict)
    rejections: list[Rejection] = field(default_factory=list)
    shown_order: day_order.ShownOrder | None = None

    @property
    def reasons(self) -> list[str]:
        """The rejections as sentences."""
        return [one.sentence() for one in self.rejections]

    def reject(self, code: RejectionCode, target: str = "", **detail: str) -> None:
        """Adds a reason why the record cannot be used."""
        self.rejections.append(Rejection(code, target, detail))

    def add_flag(self, flag: str) -> None:
        """Adds a value to ``quality_flags``, which is sorted and has each value once."""
        self.values["quality_flags"] = sorted({*self.values.get("quality_flags", []), flag})


def _field_text(lookup: Lookup, target: Target, contract: Contract) -> str:
    """The text of a field: all its columns joined, or the first that is not empty; cut by the rule's pattern."""
    rule = contract.fields[target]
    texts = [text for path in rule.places if (text := repaired_text(lookup(path)))]
    if target in TIMES and rule.source and texts and is_empty_time(texts[0]):
        return ""  # without a date, the hour in the next column means nothing
    texts = [text for text in texts if not _is_empty_value(target, text, contract)]
    text = " ".join(texts) if rule.source else next(iter(texts), "")
    if not rule.pattern or not text:
        return text
    part = re.search(rule.pattern, text)
    return (part.group(1) or "") if part else ""


def _is_empty_value(target: Target, text: str, contract: Contract) -> bool:
    """Whether a value means "empty"; statuses and origins of the contract never do."""
    if target in TIMES:
        return is_empty_time(text)
    if target in ("status", "origin"):
        return is_empty_marker(text) and lookup_label(text, contract.statuses | contract.origins) is None
    return is_empty_marker(text) if target == "labels" else is_empty_text(text)


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
    """Parses one record by its contract.

    Args:
        raw: the piece as in bronze.records.
        header: the header row of its file or sheet; None for JSON.
        observed_at: the time in its file's name (aware); None where the name has none.
        record_number: its position in the file.
        file_sha256: hash of its file; identifies the record where its source gives no id.
        boundaries: areas for placing coordinates; without them coordinates give no place.
        key: that of the lake, for ids that are personal data.
        landed_at: when its file landed (aware); later times are rejected or dropped. None: they are kept.

    Returns the values, with ``rejections`` empty; or all reasons why the record cannot be used, without personal data.
    """
    result = Parsed()
    try:
        record = open_record(raw, header, contract)
    except RejectedRecordError as rejected:
        result.rejections.append(rejected.rejection)
        return result
    except (ValueError, RecursionError):
        result.reject(RejectionCode.CANNOT_BE_OPENED)
        return result
    try:
        _read_fields(result, record, contract, boundaries)
        _read_id(result, record, contract, f"{file_sha256}/{record_number}", key)
    except RecursionError:
        return Parsed(rejections=[Rejection(RejectionCode.NESTED_TOO_DEEPLY)])
    if landed_at is not None:
        rejections, optional = reject_future_times(result.values, contract, landed_at)
        result.rejections += rejections
        for target in optional:
            del result.values[target]
            result.add_flag(f"bad_{target}")
    if not result.rejections:
        _add_version_order(result, contract, observed_at, record_number)
    return result


def _read_fields(result: Parsed, record: OpenRecord, contract: Contract, boundaries: Boundaries | None) -> None:
    """Reads all fields; the id and the columns that order versions are added later."""
    texts = {target: _field_text(record.lookup, target, contract) for target in contract.fields}
    if is_zero_point(texts.get("latitude", ""), texts.get("longitude", "")):
        texts["latitude"] = texts["longitude"] = ""
    for target, rule in contract.fields.items():
        if (rule.required or target == "submitted_at") and not texts[target]:
            is_lacking = record.lacks(rule.places)
            code = RejectionCode.MISSING_COLUMN if is_lacking else RejectionCode.MISSING_VALUE
            result.reject(code, target, columns=_column_names(rule))
    _check_encoding(result, record, texts, contract)
    if record.is_partial:
        result.add_flag("partial_record")
    _read_times(result, texts, contract)
    numbers = measurements.read_numbers(texts)
    result.values |= numbers.values
    for flag in numbers.flags:
        result.add_flag(flag)
    _read_status(result, texts, contract)
    _read_text_and_labels(result, record, texts, contract)
    _read_optional_fields(result, texts, contract)
    _read_place(result, texts, contract, boundaries, numbers.point)


def _check_encoding(result: Parsed, record: OpenRecord, texts: dict[str, str], contract: Contract) -> None:
    """Flags repaired texts, empties garbled fields, and rejects the record where its text or its labels are garbled."""
    paths = [*contract.identity.fields, *(path for rule in contract.fields.values() for path in rule.places)]
    originals = [text_of(record.lookup(path)) for path in dict.fromkeys(paths)]
    if any(repair_encoding(text) != text and not is_garbled(text) for text in originals if not text.isascii()):
        result.add_flag("repaired_text")
    for target in [target for target, text in texts.items() if is_garbled(text)]:
        if target in ("text", "labels"):
            result.reject(RejectionCode.GARBLED_TEXT, target, columns=_column_names(contract.fields[target]))
        else:
            texts[target] = ""
            result.add_flag("garbled_field")


def _column_names(rule: FieldRule) -> str:
    return " + ".join(rule.source) if rule.source else " or ".join(rule.first_of)


def _read_id(result: Parsed, record: OpenRecord, contract: Contract, position: str, key: bytes) -> None:
    """Adds the ids of the record and its concern; ``position`` (file and number) is its id where its source gives none.

    The id of a concern is never made from a doubtful id: such a record is rejected.
    """
    rule = contract.identity
    columns = " + ".join(rule.fields)
    texts = tuple(repaired_text(record.lookup(path)) for path in rule.fields) or (position,)
    parts = tuple("" if is_empty_marker(text) else text for text in texts)
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
    """The value of a time field as a sentence may quote it: masked, in quotation marks."""
    return quote_value(dates.hide_words(mask_value(text)))


def _read_times(result: Parsed, texts: Mapping[str, str], contract: Contract) -> None:
    result.shown_order = day_order.shown_order(texts["submitted_at"], contract)
    for target in sorted(TIMES & texts.keys()):
        text = texts[target]
        if not text:
            continue
        rule = contract.fields[target]  # pyright: ignore[reportArgumentType]
        calendar = rule.calendar or contract.calendar
        try:
            result.values[target] = dates.parse_timestamp(
                text, calendar=calendar, zone=contract.time_zone, day_order=contract.day_order
            )
        except ValueError as error:
            if not contract.needs_time(target):
                result.add_flag(f"bad_{target}")
                continue
            is_order = isinstance(error, dates.DayOrderError)
            code = RejectionCode.OTHER_DAY_ORDER if is_order else RejectionCode.WRONG_TIME
            result.reject(code, target, value=_quoted_time(text), calendar=calendar, columns=_column_names(rule))


def _read_status(result: Parsed, texts: Mapping[str, str], contract: Contract) -> None:
    label = texts.get("status", "")
    if not label:
        return
    status = lookup_label(label, contract.statuses)
    if status is None and looks_shifted(label):
        result.reject(RejectionCode.SHIFTED_STATUS, "status", columns=_column_names(contract.fields["status"]))
        return
    if status is None:
        result.add_flag("unknown_status")
    result.values["status"], result.values["status_label"] = status or UNKNOWN_STATUS, mask_value(label)


def _read_text_and_labels(result: Parsed, record: OpenRecord, texts: Mapping[str, str], contract: Contract) -> None:
    """Adds the masked text and the labels; rejects the record where it has neither."""
    text, kinds = mask(normalise(texts.get("text", "")))
    if text:
        result.values["text"] = text
        result.values["masked"] = sorted(set(kinds))
    if "labels" in contract.fields:
        result.values["source_labels"] = _labels(texts["labels"], contract.fields["labels"].separator)
    if text:
        return
    if result.values.get("source_labels"):
        result.add_flag("no_text")
        return
    absent = [
        path
        for target in ("text", "labels")
        if (rule := contract.fields.get(target)) and record.lacks(rule.places)
        for path in rule.places
    ]
    if absent:
        result.reject(RejectionCode.NO_WORDS_COLUMN, "text", columns=" or ".join(absent))
    else:
        result.reject(RejectionCode.NO_WORDS, "text")


def _labels(text: str, separator: str) -> list[str]:
    """The labels of a field, masked and sorted, each once."""
    # The whole text is masked first, because a separator may be between two coordinates.
    names = [piece.strip().strip("'\"") for piece in _masked_text(text).strip("{}[]").split(separator)]
    return sorted({mask_value(name) for name in names if not is_empty_marker(name)} - {""})


def _read_optional_fields(result: Parsed, texts: Mapping[str, str], contract: Contract) -> None:
    """Adds origin, agency, number of the village and the mark of a deleted concern."""
    origin = texts.get("origin", "")
    result.values["origin"] = lookup_label(origin, contract.origins) or contract.origin
    if texts.get("agency"):
        result.values["agency"] = mask_value(texts["agency"])
    if texts.get("village_no") and (village := _village(normalise(texts["village_no"]))):
        result.values["village_no"] = village
    if texts.get("is_deleted"):
        result.values["is_deleted"] = texts["is_deleted"].lower() in ("true", "1", "yes")


def _village(text: str) -> str | None:
    """The number of a village from a field with the number alone or with an address; None where there is none."""
    alone = _VILLAGE.fullmatch(text)
    return alone[1] if alone else places.village_no(text)


def _read_place(
    result: Parsed,
    texts: Mapping[str, str],
    contract: Contract,
    boundaries: Boundaries | None,
    point: tuple[float, float] | None = None,
) -> None:
    """Adds the codes of the place, found by area code, names, coordinates (``point``, in degrees) or text."""
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
        # Without a province, names are looked up in the area that the source covers.
        place = replace(resolve(code=contract.default_area), method="source")
    for flag in place.flags:
        result.add_flag(flag)
    village = places.village_no(texts.get("address", ""))
    if village is not None and "village_no" not in result.values:
        result.values["village_no"] = village
    if place.province_code is None:
        result.add_flag("no_place")
        return
    result.values["province_code"] = place.province_code
    result.values["district_code"] = place.district_code
    result.values["subdistrict_code"] = place.subdistrict_code
    result.values["location_method"] = place.method


def _add_version_order(result: Parsed, contract: Contract, observed_at: datetime | None, record_number: int) -> None:
    """Adds ``content_hash`` and the columns that order versions; those are not part of the hash."""
    values = result.values
    submitted = values["submitted_at"]
    for target in ("acknowledged_at", "informed_at", "resolved_at", "updated_at"):
        # Dates are compared without hours, because a time may be a date alone.
        if values.get(target) is not None and values[target].date() < submitted.date():
            result.add_flag("before_submission")
    values["content_hash"] = content_hash(values)
    # Not part of the hash: it is derived from the text, and better rules for it must not make new versions.
    if (owner := road_owner(values.get("text", ""), values.get("agency", ""))) != "unknown":
        values["road_owner"] = owner
    if contract.version_order.by == "updated_at":
        values["version_at"] = values.get("updated_at", submitted)  # a row without updates dates from its submission
    elif contract.version_order.by == "file_name" and observed_at is not None:
        values["version_at"] = observed_at
    else:
        values["version_at"] = datetime(1970, 1, 1, tzinfo=UTC)
    values["version_number"] = record_number


def content_hash(values: Mapping[str, Any]) -> str:
    """Hash of all values of a version; the same in whatever file the version is."""

    def plain(value: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime | date) else value

    content = {name: plain(value) for name, value in values.items() if value is not None}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]
