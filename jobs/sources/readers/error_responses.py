"""Error responses of a server that were saved under the name of an export.

Such a file is refused; otherwise its day would count as a day without concerns.
"""

from __future__ import annotations

import json
import re
from typing import Any

from jobs.sources.readers.json_values import start_of
from jobs.sources.readers.table import Table
from schemas.contracts import Contract

# An error response has no records and is therefore small.
_MAX_SIZE = 256 * 1024
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body|\?xml|error\b|soap)", re.IGNORECASE)
_HTML = re.compile(rb"<!doctype\s+html|<html|<head|<body", re.IGNORECASE)
_FAILURE_VALUES = {
    "fail",
    "failed",
    "failure",
    "error",
    "err",
    "false",
    "denied",
    "unauthorized",
    "forbidden",
    "timeout",
    "exception",
}
_STATUS_NAMES = (
    "status",
    "state",
    "result",
    "success",
    "ok",
    "code",
    "statuscode",
    "status_code",
    "error_code",
    "errorcode",
    "http_status",
)
_ERROR_NAMES = ("error", "errors", "exception", "fault")
_MESSAGE_NAMES = ("message", "detail", "msg", "error_description", "reason")
_LIST_NAMES = ("results", "data", "items", "records", "features", "requests", "list")
_COUNT_NAMES = (
    "count",
    "total",
    "total_count",
    "totalcount",
    "total_records",
    "record_count",
    "numfound",
    "nummatched",
)
_PAGE_NAMES = re.compile(r"page|offset|limit|next|cursor|skip|start|links", re.IGNORECASE)


def error_response_reason(content: bytes, contract: Contract) -> str | None:
    """Why a file is an error response and not an export, as a sentence; None where it may be an export."""
    if contract.format == "xlsx" and (content.startswith(b"PK") or b"<table" in content.lower()):
        return None  # a workbook, or an HTML table that was named like one
    if _MARKUP.match(content):
        kind = "a web page (HTML)" if _HTML.search(content[:1024]) else "an XML message"
        return f"The file is {kind}, not an export; request it from its source again."
    response = _json_object(content)
    if response is None and contract.format == "csv" and _is_line_without_headings(content, contract):
        named = ", ".join(sorted(contract.named))
        return f"The file is one line with none of the columns that the contract names ({named}); export it again."
    if response is None or _has_records(response, contract):
        return None
    failure = _stated_failure(response)
    if failure is None:
        return None
    return f"The file is an error response ({failure}) without records; request it from its source again."


def _json_object(content: bytes) -> dict[str, Any] | None:
    """The file as one JSON object; None where it is not one, or is too large for an error response."""
    if len(content) > _MAX_SIZE:
        return None
    try:
        text = content.decode("utf-8-sig").strip()
        value = json.loads(text[start_of(text) :].rstrip(";) \n")) if text[start_of(text) :].startswith("{") else None
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _is_line_without_headings(content: bytes, contract: Contract) -> bool:
    """Whether a CSV file is a single line that has no heading of its source."""
    line = content[:_MAX_SIZE].decode(contract.encoding, errors="replace").strip()
    is_single = bool(line) and len(content) <= _MAX_SIZE and not re.search("[\r\n]", line)
    return is_single and contract.named.isdisjoint(Table.of(line, contract).headings)


def _has_records(response: dict[str, Any], contract: Contract) -> bool:
    if contract.format == "json_lines":  # the object may be a record itself
        paths = [*contract.identity.fields, *contract.fields["submitted_at"].places]
        return any(_value_at(response, path) is not None for path in paths)
    path = contract.list_path if contract.format not in ("csv", "xlsx") else ""
    lists = [_value_at(response, path)] if path else []
    return any(isinstance(one, list) and one for one in [*lists, *(response.get(name) for name in _LIST_NAMES)])


def _value_at(content: Any, path: str) -> Any:
    """The value at a dotted path; None where there is none."""
    for step in path.split("."):
        if isinstance(content, list) and step.isdecimal():
            content = content[int(step)] if int(step) < len(content) else None
        else:
            content = content.get(step) if isinstance(content, dict) else None
    return content


def _stated_failure(response: dict[str, Any]) -> str | None:
    """The name of the member that states a failure; its value is added only where it is a known word or a code."""
    members = {name.lower(): value for name, value in response.items()}
    for name in _STATUS_NAMES:
        value = members.get(name)
        if isinstance(value, dict):  # {"status": {"code": 500}}
            inner = _stated_failure({key: one for key, one in value.items() if not isinstance(one, dict)})
            if inner:
                return inner
        word = str(value).strip().lower()
        if word in _FAILURE_VALUES or (name in ("success", "ok") and word in ("0", "no")) or _is_error_code(word):
            return f"{name}: {word}"
    for name in _ERROR_NAMES:
        if members.get(name) not in (None, "", [], {}, False, 0, "0", "none", "null"):
            return name
    is_message_alone = any(members.get(name) for name in _MESSAGE_NAMES) and not any(
        isinstance(value, list | dict) for value in members.values()
    )
    return "a message without a list" if is_message_alone else None


def _is_error_code(word: str) -> bool:
    return re.fullmatch(r"[45]\d\d", word) is not None


def missing_records_error(frame: str, path: str, record_count: int) -> str | None:
    """A sentence where a JSON response states more records than it has; None where it does not.

    A response that is one page of several states the total of all pages, so it is not judged.

    Args:
        frame: the response without the elements of its list.
        path: the dotted path to the list.
        record_count: how many elements the list has.
    """
    if not path or len(frame) > _MAX_SIZE:
        return None
    try:
        response = json.loads(frame[start_of(frame) :].rstrip(";) \n"))
    except (ValueError, RecursionError):
        return None
    parent = _value_at(response, path.rpartition(".")[0]) if "." in path else response
    members = {**response, **parent} if isinstance(response, dict) and isinstance(parent, dict) else {}
    if any(_PAGE_NAMES.search(name) for name in members):
        return None
    for name, value in members.items():
        if name.lower() in _COUNT_NAMES and isinstance(value, int) and value > record_count:
            return f"The response states {value:,} records ({name}) but has {record_count:,}; land the complete file."
    return None
