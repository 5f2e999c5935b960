"""Whether a file is the answer of a server that failed, saved under the name of an export.

Such a file says nothing of the day: it is refused, so that the day does not pass for one without concerns.
"""

from __future__ import annotations

import json
import re
from typing import Any

from jobs.sources.readers.json_values import start_of
from jobs.sources.readers.table import Table
from schemas.contracts import Contract

# An answer that states a failure carries no records, and is therefore small.
_LARGEST = 256 * 1024
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body|\?xml|error\b|soap)", re.IGNORECASE)
_IS_HTML = re.compile(rb"<!doctype\s+html|<html|<head|<body", re.IGNORECASE)
_FAILS = {
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
_STATES = (
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
_ERRORS = ("error", "errors", "exception", "fault")
_WORDS = ("message", "detail", "msg", "error_description", "reason")
_LISTS = ("results", "data", "items", "records", "features", "requests", "list")
_COUNTS = ("count", "total", "total_count", "totalcount", "total_records", "record_count", "numfound", "nummatched")
_PAGES = re.compile(r"page|offset|limit|next|cursor|skip|start|links", re.IGNORECASE)


def failed_answer(content: bytes, contract: Contract) -> str | None:
    """Why a file is a failed answer and no export, as a sentence; None where it is none."""
    if contract.format == "xlsx" and (content.startswith(b"PK") or b"<table" in content.lower()):
        return None  # a workbook, or a table whose name says that it is one
    if _MARKUP.match(content):
        kind = "a web page (HTML)" if _IS_HTML.search(content[:1024]) else "a message in XML"
        return f"The file is {kind} and no export: its source answered with something else; ask it again."
    answer = _object(content)
    if answer is None and contract.format == "csv" and _is_sentence(content, contract):
        named = ", ".join(sorted(contract.named))
        return f"The file is one line with none of the columns that the contract names ({named}); export it again."
    if answer is None or _has_records(answer, contract):
        return None
    stated = _stated_failure(answer)
    if stated is None:
        return None
    return f"The file is an answer that states a failure ({stated}) and holds no records; ask its source again."


def _object(content: bytes) -> dict[str, Any] | None:
    """The file as one JSON object, where it is a small one."""
    if len(content) > _LARGEST:
        return None
    try:
        text = content.decode("utf-8-sig").strip()
        found = json.loads(text[start_of(text) :].rstrip(";) \n")) if text[start_of(text) :].startswith("{") else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _is_sentence(content: bytes, contract: Contract) -> bool:
    """Whether a table is one line alone, and that no headings of its source."""
    line = content[:_LARGEST].decode(contract.encoding, errors="replace").strip()
    is_alone = bool(line) and len(content) <= _LARGEST and not re.search("[\r\n]", line)
    return is_alone and contract.named.isdisjoint(Table.of(line, contract).headings)


def _has_records(answer: dict[str, Any], contract: Contract) -> bool:
    if contract.format == "json_lines":  # the object may be a record of its own
        places = [*contract.identity.fields, *contract.fields["submitted_at"].places]
        return any(_value(answer, place) is not None for place in places)
    path = contract.list_path if contract.format not in ("csv", "xlsx") else ""
    lists = [_value(answer, path)] if path else []
    return any(isinstance(one, list) and one for one in [*lists, *(answer.get(name) for name in _LISTS)])


def _value(answer: Any, path: str) -> Any:
    for step in path.split("."):
        if isinstance(answer, list) and step.isdecimal():
            answer = answer[int(step)] if int(step) < len(answer) else None
        else:
            answer = answer.get(step) if isinstance(answer, dict) else None
    return answer


def _stated_failure(answer: dict[str, Any]) -> str | None:
    """The member that states a failure, with its value where that is one of a few words or a number."""
    members = {name.lower(): value for name, value in answer.items()}
    for name in _STATES:
        value = members.get(name)
        if isinstance(value, dict):  # {"status": {"code": 500}}
            inner = _stated_failure({key: one for key, one in value.items() if not isinstance(one, dict)})
            if inner:
                return inner
        word = str(value).strip().lower()
        if word in _FAILS or (name in ("success", "ok") and word in ("0", "no")) or _is_code_of_failure(word):
            return f"{name}: {word}"
    for name in _ERRORS:
        if members.get(name) not in (None, "", [], {}, False, 0, "0", "none", "null"):
            return name
    is_message_alone = any(members.get(name) for name in _WORDS) and not any(
        isinstance(value, list | dict) for value in members.values()
    )
    return "a message and no list" if is_message_alone else None


def _is_code_of_failure(word: str) -> bool:
    return re.fullmatch(r"[45]\d\d", word) is not None


def missing(frame: str, path: str, held: int) -> str | None:
    """A sentence where a JSON answer states that it has more records than it holds; None where it does not.

    What comes page by page states the total of all pages, and says of itself which page it is.

    Args:
        frame: the answer without the elements of its list.
        path: the dotted path to the list.
        held: how many elements the list has.
    """
    if not path or len(frame) > _LARGEST:
        return None
    try:
        answer = json.loads(frame[start_of(frame) :].rstrip(";) \n"))
    except (ValueError, RecursionError):
        return None
    around = _value(answer, path.rpartition(".")[0]) if "." in path else answer
    stated = {**answer, **around} if isinstance(answer, dict) and isinstance(around, dict) else {}
    if any(_PAGES.search(name) for name in stated):
        return None
    for name, value in stated.items():
        if name.lower() in _COUNTS and isinstance(value, int) and value > held:
            return f"The answer states {value:,} records ({name}) and holds {held:,}; land it whole."
    return None
