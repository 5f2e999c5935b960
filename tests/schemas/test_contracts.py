"""A wrong contract is refused when it is loaded, naming file, line and field."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from schemas.contract_files import FOLDER, contracts, read_contract, wrong_contracts
from schemas.errors import ContractError
from schemas.tables import tables

GOOD = (FOLDER / "social_posts.yaml").read_text(encoding="utf-8")


def refused(tmp_path: Path, old: str, new: str) -> str:
    assert old in GOOD
    path = tmp_path / "social_posts.yaml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(ContractError) as caught:
        read_contract(path)
    return str(caught.value)


def test_every_contract_of_the_project_is_sound():
    assert {"traffy_feed", "damrongdhama_register", "social_posts"} <= set(contracts())


def line_of(text: str) -> int:
    return next(n for n, line in enumerate(GOOD.splitlines(), 1) if text in line)


def test_a_field_that_no_concern_has_is_named_with_its_line(tmp_path):
    said = refused(tmp_path, "  address:", "  adress:")
    assert said.startswith(f"social_posts.yaml, line {line_of('  address:')}, fields.adress")


def test_a_channel_that_does_not_exist_is_refused(tmp_path):
    said = refused(tmp_path, "channel: social_media", "channel: telepathy")
    assert f"line {line_of('channel:')}, channel" in said


def test_a_time_zone_that_does_not_exist_is_refused(tmp_path):
    assert "Mars/Olympus is not a time zone" in refused(tmp_path, "time_zone: UTC", "time_zone: Mars/Olympus")


def test_an_encoding_that_python_does_not_know_is_refused(tmp_path):
    said = refused(tmp_path, "format: json_lines", "format: json_lines\nencoding: cp9999")
    assert "encoding: Python does not know the encoding cp9999" in said


def test_an_unknown_key_is_refused(tmp_path):
    assert ", colour: " in refused(tmp_path, "origin: x", "origin: x\ncolour: red")


def test_versions_ordered_by_file_name_need_a_date_in_the_pattern(tmp_path):
    said = refused(tmp_path, r"(?P<date>\d{4}-\d{2}-\d{2})", r"\d{4}")
    assert f"line {line_of('version_order')}, version_order" in said


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "channel: social_media",
            "channel: social_media\nprovinces: [40]",
            "provinces.0: must be text; put it in quotes",
        ),
        (
            "channel: social_media",
            "channel: social_media\nprovinces: ['4']",
            "provinces.0: 4 does not match the pattern",
        ),
        ("  text: ", "  rating: no\n  text: ", "fields.rating: must be text; put it in quotes"),
        ("  address:", "  adress:", "fields.adress: adress is not one of 'submitted_at', "),
        ("origin: x", "origin: x\ncolour: red", "colour: is not a known field"),
        ("title_en:", "#", "title_en: is missing"),
    ],
)
def test_a_fault_is_reported_in_a_sentence_that_says_what_to_write(tmp_path, old: str, new: str, sentence: str):
    assert sentence in refused(tmp_path, old, new)


def test_broken_yaml_is_named_with_its_line(tmp_path):
    assert "is not valid YAML" in refused(tmp_path, "identity: {", "identity: {{")


def test_the_source_is_named_as_its_file(tmp_path):
    assert "must be social_posts" in refused(tmp_path, "source_id: social_posts", "source_id: posts")


def test_every_column_of_every_table_is_described_in_both_languages():
    for table in tables().values():
        for column in table.columns:
            assert column.en and column.th, f"{table.name}.{column.name}"


@pytest.mark.parametrize("cron", ["30 6 * * *", "*/15 0-6,22 1 jan-mar Mon-Fri", "0 3 * * 7", "@daily"])
def test_a_schedule_is_a_cron_expression(tmp_path, cron):
    path = tmp_path / "social_posts.yaml"
    path.write_text(f'{GOOD}\nschedule: "{cron}"\n', encoding="utf-8")
    assert read_contract(path).schedule == cron


@pytest.mark.parametrize(
    "cron", ["every morning", "61 * * * *", "0 6 * *", "0 6 * * * *", "5-1 * * * *", "*/0 * * * *"]
)
def test_another_schedule_is_refused_with_its_line(tmp_path, cron):
    path = tmp_path / "social_posts.yaml"
    path.write_text(f'{GOOD}\nschedule: "{cron}"\n', encoding="utf-8")
    with pytest.raises(
        ContractError, match=rf"line {len(GOOD.splitlines()) + 2}, schedule: .* is not a cron expression"
    ):
        read_contract(path)


WRONG = {
    "no_mapping": b"- a list\n",
    "empty": b"",
    "torn": GOOD[: len(GOOD) // 2].encode() + b"\nfields: {text: [",
    "misspelt": GOOD.replace("channel: social_media", "channel: telepathy").encode(),
    "other_encoding": GOOD.encode() + "# ไทย".encode("cp874"),
    "control": GOOD.encode() + b"# \x01\n",
    "no_day": GOOD.encode() + b"schedule: 2024-13-45\n",
    "deep": b"[" * 200_000,
    "twice": GOOD.encode() + b"title_en: Again\n",
}


def test_wrong_contracts_stop_no_other_and_each_says_file_line_and_what(tmp_path):
    for name, content in WRONG.items():
        (tmp_path / f"{name}.yaml").write_bytes(content)
    (tmp_path / ".#social_posts.yaml").symlink_to("gone")  # what an editor leaves is no contract
    (tmp_path / "folder.yaml").mkdir()
    for name in ("traffy_feed", "social_posts"):
        (tmp_path / f"{name}.yaml").write_bytes((FOLDER / f"{name}.yaml").read_bytes())
    assert list(contracts(tmp_path)) == ["social_posts", "traffy_feed"]
    assert list(wrong_contracts(tmp_path)) == sorted([*WRONG, "folder"])
    reported = {name: str(error) for name, error in wrong_contracts(tmp_path).items()}
    for name, sentence in reported.items():
        assert re.match(rf"{name}\.yaml, line [1-9]\d*(, [a-z_.]+)?: ", sentence), sentence
    last = len(GOOD.splitlines()) + 1
    assert reported["misspelt"].startswith(
        f"misspelt.yaml, line {line_of('channel:')}, channel: telepathy is not one of"
    )
    assert reported["other_encoding"].startswith(f"other_encoding.yaml, line {last}: is not UTF-8")
    assert reported["control"].startswith(f"control.yaml, line {last}: is not valid YAML")


def test_no_contract_of_the_project_is_wrong():
    assert wrong_contracts() == {}
