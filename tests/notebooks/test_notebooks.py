"""The notebooks run from the first cell to the last, on a lake with a few concerns, and are kept without output."""

from __future__ import annotations

import ast
import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from jobs.pipeline import aggregate, classify, consolidate, ingest, land, link_laos, parse, reference
from lake.settings import settings

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
# (id, day, province, words); later than what other tests put into the lake, so that they make its last whole month.
POSTS = [
    ("nb-1", "2025-08-03", "น่าน", "ถนนหน้าโรงเรียนเป็นหลุมลึก รถล้มบ่อยมาก"),
    ("nb-2", "2025-08-09", "น่าน", "ถนนเข้าหมู่บ้านเป็นหลุม ขอให้มาซ่อม"),
    ("nb-3", "2025-08-20", "ยะลา", "ถนนลาดยางหน้าบ้านแตกเป็นหลุม ขอให้ซ่อม"),
    ("nb-4", "2025-09-02", "น่าน", "น้ำประปาไม่ไหลมาสามวันแล้ว"),
]


def read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_its_output(path: Path) -> None:
    # An output may hold the words of citizens.
    for cell in read(path)["cells"]:
        if cell["cell_type"] == "code":
            assert (cell["outputs"], cell["execution_count"]) == ([], None), cell["id"]


def execute(path: Path) -> tuple[dict[str, Any], list[str]]:
    """Runs the code cells in order, in one namespace; returns it and what each cell would show."""
    names: dict[str, Any] = {"__name__": "__main__"}
    shown: list[str] = []
    for cell in read(path)["cells"]:
        if cell["cell_type"] != "code":
            continue
        where = f"{path.name}, {cell['id']}"
        body = ast.parse("".join(cell["source"]), where).body
        last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), where, "exec"), names)
        if isinstance(last, ast.Expr):
            shown.append(repr(eval(compile(ast.Expression(last.value), where, "eval"), names)))
    return names, shown


@pytest.fixture(scope="module")
def concerns(spark: Any) -> Any:
    lines = [
        {
            "data": {"id": key, "text": text, "created_at": f"{day}T05:00:00.000Z"},
            "includes": {"places": [{"full_name": f"เมือง, {province}"}]},
        }
        for key, day, province, text in POSTS
    ]
    path = Path(settings().landing) / "social_posts" / "2025-09-30.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    land.run("social_posts")
    for step in (ingest, reference, parse, consolidate, classify, link_laos, aggregate):
        step.run(spark)
    return spark


@pytest.mark.spark
def test_the_trends_notebook_runs_to_its_end_and_shows_the_last_whole_month(
    concerns: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if settings().spark == "local":  # a lake has one session in process, and the test holds it
        monkeypatch.setattr("lake.session.open_session", lambda: nullcontext(concerns))
    names, shown = execute(FOLDER / "trends.ipynb")
    top = names["top_topics"][["period_th", "province_th", "topic_th", "concern_count"]].values.tolist()
    assert top == [["ส.ค. 2568", "น่าน", "ถนน", 2], ["ส.ค. 2568", "ยะลา", "ถนน", 1]]
    assert names["by_province"].index.astype(str)[-1] == "2025-09-01"
    assert {"หลุมลึก", "ถนนลาดยาง"} <= set(names["terms"]["term"])
    assert names["languages"]["concerns"].sum() >= len(POSTS)
    assert len(shown) == 7, "a cell that asks shows its answer"


@pytest.mark.spark
def test_the_planner_notebook_shows_three_places_under_thai_headings_with_the_sentence_below(
    concerns: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if settings().spark == "local":
        monkeypatch.setattr("lake.session.open_session", lambda: nullcontext(concerns))
    names, shown = execute(FOLDER / "planner.ipynb")
    assert len(shown) == 16, "a cell that asks shows its answer"
    asked = [names[f"{place}_trends"] for place in ("district", "sao", "bangkok")]
    assert {one.caption for one in asked} == {names["HONESTY"][0]}
    yala = asked[0].data
    (row,) = yala[(yala["ช่วงเวลา"] == "ปีงบประมาณ พ.ศ. 2568") & (yala["หัวข้อ"] == "ทุกหัวข้อ")].to_dict("records")
    assert int(row["จำนวนเรื่องที่แจ้ง"]) >= 1 and row["สัดส่วนต่อเรื่องทั้งหมด"] == "100%"
    assert row["ค่ามัธยฐานของระยะเวลาดำเนินการจนแล้วเสร็จ (วัน)"] == "–", "of a few concerns no days are shown"
