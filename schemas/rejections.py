"""Why a record cannot be used, as data: a code, the field, details; the sentence is made from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import RootModel

from schemas.yaml_file import read_yaml

TEMPLATES_FILE = Path(__file__).with_name("rejections.yaml")
Language = Literal["en", "th"]


class RejectionCode(StrEnum):
    """The reasons why a record goes to the quarantine; ``rejections.yaml`` has their sentences."""

    UNREADABLE = "unreadable"
    NO_HEADER = "no_header"
    CANNOT_BE_OPENED = "cannot_be_opened"
    NESTED_TOO_DEEPLY = "nested_too_deeply"
    MISSING_VALUE = "missing_value"
    MISSING_COLUMN = "missing_column"
    GARBLED_TEXT = "garbled_text"
    MISSING_ID = "missing_id"
    MISSING_ID_COLUMN = "missing_id_column"
    MISSING_ID_IN_WORKBOOK = "missing_id_in_workbook"
    ROUNDED_ID = "rounded_id"
    UNLIKE_ID = "unlike_id"
    PERSONAL_ID = "personal_id"
    WRONG_TIME = "wrong_time"
    OTHER_DAY_ORDER = "other_day_order"
    AMBIGUOUS_DAY = "ambiguous_day"
    FUTURE_TIME = "future_time"
    SHIFTED_STATUS = "shifted_status"
    NO_WORDS = "no_words"
    NO_WORDS_COLUMN = "no_words_column"


@dataclass(frozen=True, slots=True)
class Rejection:
    """One reason why a record cannot be used.

    Attributes:
        field: the field of the contract that it is about; empty where it is about the whole record.
        detail: what the sentence needs besides. ``value`` is what stands there, masked and quoted; no other detail
            holds anything that the source wrote.
    """

    code: RejectionCode
    field: str = ""
    detail: Mapping[str, str] = dataclass_field(default_factory=dict[str, str])

    def __str__(self) -> str:
        return self.sentence()

    def sentence(self, language: Language = "en", *, with_value: bool = True) -> str:
        """The reason as a sentence; without the value it is the same for many records."""
        template = _templates()[self.code][language]
        detail = dict(self.detail)
        if not with_value or "value" not in detail:
            template, detail = template.replace(" {value}", ""), {**detail, "value": ""}
        return template.format(field=self.field, **detail)

    def as_row(self) -> dict[str, Any]:
        """As an element of the column ``rejections`` of silver.quarantine."""
        return {"code": str(self.code), "field": self.field, "detail": list(self.detail.items())}

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Rejection:
        """The reason that an element of the column ``rejections`` keeps."""
        return cls(RejectionCode(row["code"]), row["field"], dict(row["detail"] or ()))


class RejectedRecordError(Exception):
    """Raised where a record cannot be used; carries the reason."""

    def __init__(self, rejection: Rejection) -> None:
        self.rejection = rejection
        super().__init__(rejection.sentence(with_value=False))


class _Templates(RootModel[dict[RejectionCode, dict[Language, str]]]):
    pass


@cache
def _templates() -> dict[RejectionCode, dict[Language, str]]:
    return read_yaml(TEMPLATES_FILE, _Templates).content.root
