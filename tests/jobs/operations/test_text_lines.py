"""`siang text`: JSON lines in and out, by the seed model, a version of the lake or a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jobs.operations.text_lines import analyse_lines, load_model
from lake import files
from lake.settings import settings
from nlp.label_models import FILE_SUFFIX
from nlp.seed_models import seed_models
from schemas.errors import UserError


def line(text: str) -> str:
    return json.dumps({"id": 1, "text": text})


def test_a_line_says_whether_the_text_is_a_concern() -> None:
    concern, advert = (json.loads(one) for one in analyse_lines([line("ถนนหน้าโรงเรียนเป็นหลุมลึก รถล้มบ่อย"), line("555")]))
    assert concern["is_relevant"] is True and concern["topics"][0]["topic_id"] == "roads"
    assert advert["is_relevant"] is False


def test_a_model_is_a_version_of_the_lake_or_a_file(tmp_path: Path) -> None:
    seed = seed_models()
    files.write_bytes(f"{settings().models}/{seed.version}{FILE_SUFFIX}", seed.to_bytes())
    (tmp_path / "model.npz").write_bytes(seed.to_bytes())
    for name in ("", seed.version, str(tmp_path / "model.npz")):
        assert load_model(name).version == seed.version


def test_a_wrong_name_and_a_wrong_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"there is no topic model 2999-x: give a version of 'siang models'"):
        load_model("2999-x")
    (tmp_path / "model.npz").write_bytes(b"no model")
    with pytest.raises(UserError, match="is no topic model"):
        load_model(str(tmp_path / "model.npz"))
