"""Why a record cannot be used is data: a code, a field, details, and a sentence in each language made from them."""

from __future__ import annotations

import string

import pytest
import yaml

from schemas.rejections import TEMPLATES_FILE, Rejection, RejectionCode

TEMPLATES = yaml.safe_load(TEMPLATES_FILE.read_text(encoding="utf-8"))


def names(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_code_has_a_sentence_in_both_languages_and_no_sentence_lacks_its_code():
    assert set(TEMPLATES) == {str(code) for code in RejectionCode}
    assert all(set(sentences) == {"en", "th"} and all(sentences.values()) for sentences in TEMPLATES.values())


@pytest.mark.parametrize("code", RejectionCode)
def test_both_sentences_of_a_code_need_the_same_details(code):
    assert names(TEMPLATES[code]["en"]) >= names(TEMPLATES[code]["th"])
    detail = {name: f"<{name}>" for name in names(TEMPLATES[code]["en"]) - {"field"}}
    rejection = Rejection(code, "submitted_at", detail)
    assert "{" not in rejection.sentence("en") + rejection.sentence("th")
    assert Rejection.from_row(rejection.as_row()) == rejection


def test_a_sentence_about_many_records_leaves_out_what_one_of_them_says():
    detail = {"value": "«31 Feb»", "calendar": "gregorian", "columns": "day"}
    rejection = Rejection(RejectionCode.WRONG_TIME, "submitted_at", detail)
    assert str(rejection) == "Its submitted_at «31 Feb» is not a date or time of the gregorian calendar (field day)."
    assert rejection.sentence(with_value=False) == (
        "Its submitted_at is not a date or time of the gregorian calendar (field day)."
    )
    assert "31 Feb" in rejection.sentence("th") and "31 Feb" not in rejection.sentence("th", with_value=False)
