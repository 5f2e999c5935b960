"""Lists of records as programs write them, and readers whose work grows with their input and no faster."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.sources.readers.json_values import Values
from schemas.contract_files import contracts
from tests.jobs.sources.readers.test_formats import contract, read, texts

LINES = contract(format="json_lines")
ROWS = [{"id": n, "day": "2025-01-31", "words": f"ไฟดับ {n}"} for n in (1, 2, 3)]
WRITTEN = [json.dumps(row, ensure_ascii=False) for row in ROWS]
WORDS = [row["words"] for row in ROWS]


@pytest.mark.parametrize(
    "content",
    [
        "\n".join(WRITTEN),
        ",\n".join(WRITTEN) + ",\n",
        "[\n" + ",\n".join(WRITTEN) + "\n]\n",
        "[" + ",\n".join(WRITTEN) + "]",
        "[" + ", ".join(WRITTEN) + "]",
        "\ufeff[\n" + "\n, ".join(WRITTEN) + "\n];\n",
        "\n".join(json.dumps(row, ensure_ascii=False, indent=1) for row in ROWS),
        "".join(WRITTEN),
    ],
)
def test_objects_are_read_from_lines_however_a_program_parts_them(content: str):
    assert texts(content.encode(), LINES) == WORDS


def test_an_object_that_is_cut_off_costs_its_own_line():
    content = f'{WRITTEN[0]}\n{{"id": 9, "words": "ไฟ\n{{"id": 9,\n{WRITTEN[1]}\nno object\n{WRITTEN[2]}'
    assert texts(content.encode(), LINES) == [WORDS[0], None, None, WORDS[1], None, WORDS[2]]


def test_damaged_bytes_cost_their_own_line():
    content = f"{WRITTEN[0]},\n".encode() + b'{"id": "\xe0\xb8"}\n' + f"{WRITTEN[1]},\n".encode()
    assert texts(content, LINES) == [WORDS[0], None, WORDS[1]]


@pytest.mark.parametrize(
    "opening", ["window.YTD.tweets.part0 = ", "var posts=", "const a_1 = ", "\ufeffmodule.exports =\n", "callback("]
)
def test_a_list_that_a_script_assigns_to_a_name_is_read(opening: str):
    content = f"{opening}[{', '.join(WRITTEN)}]{');' if '(' in opening else ';'}\n"
    assert texts(content.encode(), contract(format="json")) == WORDS


@pytest.mark.parametrize("path", ["answer.0.list", "answer.1.list", "answer.0.list.0"])
def test_a_path_to_the_records_may_count_the_elements_of_a_list(path: str):
    inner: Any = ROWS
    for step in reversed(path.split(".")):
        inner = [{"other": [1]}] * int(step) + [inner] if step.isdecimal() else {"before": [[], {}], step: inner}
    assert texts(json.dumps(inner).encode(), contract(format="json", records=path)) == WORDS


def test_lists_around_values_are_read_as_their_values():
    wrapped = [{name: [value] for name, value in row.items()} for row in ROWS]
    assert texts(json.dumps(wrapped).encode(), contract(format="json")) == WORDS


@pytest.mark.parametrize("updated", [{}, {"updated_datetime": ""}, {"updated_datetime": None}])
def test_a_request_that_nobody_has_changed_is_as_of_the_time_it_was_made(updated: dict[str, Any]):
    asked = "2025-01-31T09:00:00+07:00"
    request = {"service_request_id": "1", "description": "a", "status": "open", "requested_datetime": asked, **updated}
    [found] = read(json.dumps([request]).encode(), contracts()["open311_json"])
    assert found.reasons == []
    assert found.values["version_at"] == found.values["submitted_at"]


HOSTILE = {
    "features never closed": '{"type":"Feature",',
    "lists within lists": '{"type":"Feature","a":[',
    "objects within objects": '{"type":"Feature","a":',
    "a text never closed": '{"type":"Feature","a":"',
    "opened only": "{",
    "a long number": "1",
}


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize(
    ("name", "opening"), [("geojson", '{"features":['), ("json", "["), ("json_lines", ""), ("json_lines", "\n")]
)
def test_the_work_of_a_reader_of_json_doubles_with_its_input(
    unit: str, name: str, opening: str, monkeypatch: pytest.MonkeyPatch
):
    done: list[Values] = []
    plain = Values.__init__

    def kept(self: Values, text: str) -> None:
        plain(self, text)
        done.append(self)

    monkeypatch.setattr(Values, "__init__", kept)
    joint = "\n" if opening == "\n" else ""

    def work(times: int) -> int:
        done.clear()
        by = contract(format=name)
        read((opening + joint.join([unit] * times)).encode(), by)
        return sum(one.letters_decoded for one in done)

    few, many = work(3000), work(6000)
    assert many <= 3 * few + 100_000


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_the_end_of_any_value_is_found(value: Any):
    written = json.dumps(value, ensure_ascii=False)
    assert Values(f"  {written} ,").end_of(2) == 2 + len(written)
    assert Values("x" * 5 + written).end_of(5) == 5 + len(written)


@pytest.mark.parametrize("size", [4070, 4095, 4096, 4097, 40_000])
def test_a_value_longer_than_the_first_window_is_found(size: int):
    for written in (json.dumps({"a": "ก" * size}), json.dumps(["x" * size, 1]), "1" * min(size, 4200)):
        assert Values(written + ",").end_of(0) == len(written)
