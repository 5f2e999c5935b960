"""What must hold of the public table of trends before anybody sees it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from jobs.disclosure.provinces import TREND_COLUMNS, public_provinces
from jobs.disclosure.small_areas import DISTRICT_COLUMNS, LAO_COLUMNS
from jobs.extracts import pointer
from jobs.pipeline.publish import publish
from jobs.quality import check, suites
from schemas.errors import UserError
from schemas.tables import tables
from schemas.topics import load_topics

TYPES = {"string": pa.string(), "bigint": pa.int64(), "int": pa.int32(), "double": pa.float64(),
         "date": pa.date32(), "boolean": pa.bool_()}  # fmt: skip
AS_OF = date(2022, 12, 20)


def schema(name: str) -> pa.Schema:
    return pa.schema([(column.name, TYPES[column.type]) for column in tables()[name].columns])


def gold_row(level: str, topic_id: str, count: int, **other: object) -> dict[str, object]:
    return {
        "period_type": "month", "period_start": date(2022, 10, 1), "fiscal_year_be": 2566,
        "province_code": "94", "topic_level": level, "topic_id": topic_id, "channel": "all",
        "concern_count": count, "other_kind_count": 0, "share": count / 80, "concerns_per_100k": count / 7.3,
        "population_date": date(2021, 6, 30), "rank": 1, "rank_per_100k": 1, "resolved_count": count // 2,
        "stated_count": count, "median_days_to_resolve": 3.0, "p90_days_to_resolve": 9.0,
        "within_15_days_share": 0.5, "is_complete": True, "is_provisional": True, "model_version": "seed", **other,
    }  # fmt: skip


def gold() -> pa.Table:
    """Two months of one province, and a year of a sensitive topic."""
    before = {"period_start": date(2022, 9, 1), "fiscal_year_be": 2565}
    rise = {"previous_count": 50, "change_pct": 20.0}
    rows = [
        gold_row("all", "all", 50, **before), gold_row("group", "transport", 50, **before),
        gold_row("topic", "roads", 50, **before),
        gold_row("all", "all", 80), gold_row("group", "transport", 60), gold_row("topic", "roads", 60, **rise),
        gold_row("group", "health", 40), gold_row("topic", "health", 40), gold_row("topic", "livestock", 0),
        gold_row("topic", "drugs", 3, period_type="fiscal_year", period_start=date(2021, 10, 1)),
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=schema("gold.province_trends"))


def public() -> pd.DataFrame:
    """A public table that holds what it should, as a frame that a test can break."""
    return public_provinces(gold(), load_topics(), AS_OF).to_pandas()


def broken(**values: object) -> pd.DataFrame:
    """The public table with other values in the newest row of roads."""
    frame = public().astype(object)
    place = frame.index[frame["topic_id"] == "roads"][-1]
    for name, value in values.items():
        frame.loc[place, name] = value
    return frame.infer_objects()


def test_what_the_disclosure_makes_passes() -> None:
    rows = {row["topic_id"]: row for row in public().to_dict("records")}
    assert (rows["roads"]["is_hidden"], rows["roads"]["change_pct"], rows["drugs"]["is_hidden"]) == (False, 20.0, True)
    check(public_provinces(gold(), load_topics(), AS_OF), "province_trends")
    check(public(), "province_trends")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"share": 1.2}, "«A share lies between 0 and 1.» fails in share on 1 row"),
        ({"share": -0.1}, "«A share lies between 0 and 1.» fails in share on 1 row"),
        ({"concern_count": -7}, "«Counts and rates are not negative.» fails in concern_count on 1 row"),
        ({"province_code": "79"}, "«A province is one of the 77, by its two digits.» fails in province_code"),
        ({"province_code": None}, "«A row has its period, province, topic and model.» fails in province_code"),
        ({"topic_id": "rods"}, "«A topic is one that schemas/topics.yaml knows.» fails in topic_id on 1 row"),
        ({"topic_level": "group"}, "«A group or a total is one that schemas/topics.yaml knows.» fails"),
        ({"period_type": "week"}, "«A period is a month or a fiscal year.» fails in period_type on 1 row"),
        ({"topic_id": "health"}, "«A period, province and topic have one row.» fails on 2 rows"),
        ({"resolved_count": 61}, "«No more concerns are resolved than were raised.» fails on 1 row"),
        ({"p90_days_to_resolve": 2}, "«Half of the concerns are not resolved later than nine tenths of them.» fails"),
        ({"rank": 78}, "«A rank lies between 1 and 77.» fails in rank on 1 row"),
        ({"previous_count": 19}, "«A change in per cent stands only where both periods have at least 20 concerns.»"),
        ({"is_hidden": True}, "«A hidden row carries no figure.» fails in concern_count on 1 row"),
        ({"concern_count": 4}, "«No count of 1 to 4 is shown.» fails in concern_count on 1 row"),
        ({"topic_id": "corruption"}, "«A sensitive topic has no row for a month.» fails in topic_id on 1 row"),
    ],
)  # fmt: skip
def test_a_row_that_breaks_a_rule_is_refused_with_its_sentence(values: dict[str, object], sentence: str) -> None:
    with pytest.raises(UserError, match=re.escape(sentence)):
        check(broken(**values), "province_trends")


def test_a_table_without_a_column_or_without_rows_is_refused() -> None:
    with pytest.raises(UserError, match=re.escape("«A rank lies between 1 and 77.» cannot be tested in rank")):
        check(public().drop(columns="rank"), "province_trends")
    with pytest.raises(UserError, match=re.escape("«There are rows.»")):
        check(public().iloc[:0], "province_trends")


def test_the_words_of_a_row_are_not_in_the_message(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UserError) as refused:
        check(broken(topic_id="0812345678"), "province_trends")
    said = capfd.readouterr()
    assert "0812345678" not in str(refused.value) + said.out + said.err
    assert not said.out + said.err, "no progress bar, no warning"


def test_a_suite_with_a_slip_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suites, "FOLDER", tmp_path)
    for content in ("- {type: expect_column_values_to_be_null, column: rank}", "just words", "[1"):
        (tmp_path / "slip.yaml").write_text(content, encoding="utf-8")
        with pytest.raises(UserError, match=r"expectations/slip\.yaml"):
            check(public(), "slip")
    (tmp_path / "slip.yaml").write_text(
        "- {says: It is known., type: expect_column_values_to_be_in_set, columns: [rank], kwargs: {value_set: ranks}}",
        encoding="utf-8",
    )
    with pytest.raises(UserError, match="there is no value_set ranks"):
        check(public(), "slip")
    with pytest.raises(UserError, match=r"expectations/none\.yaml"):
        check(public(), "none")


@pytest.mark.parametrize(
    ("suite", "public_columns"),
    [("province_trends", TREND_COLUMNS), ("district_trends", DISTRICT_COLUMNS), ("lao_trends", LAO_COLUMNS)],
)
def test_a_suite_of_public_rows_speaks_of_public_columns_only(suite: str, public_columns: tuple[str, ...]) -> None:
    named = {name for entry in suites.load_suite(suite) for name in entry.used_columns()}
    assert named <= set(public_columns)


SMALL_AREA = {
    "fiscal_year_be": 2565, "province_code": "83", "topic_level": "group", "topic_id": "transport",
    "rounded_count": 25, "previous_rounded_count": None, "concerns_per_100k": 50.0, "model_version": "seed",
    "as_of_date": AS_OF,
}  # fmt: skip
SMALL_AREAS = {
    "district_trends": {"period_type": "quarter", "period_start": date(2022, 1, 1), "district_code": "8301"},
    "lao_trends": {
        "period_type": "fiscal_year", "period_start": date(2021, 10, 1), "lao_code": "a", "lao_type": "sao",
    },
}  # fmt: skip


@pytest.mark.parametrize("suite", SMALL_AREAS)
@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"rounded_count": 4}, "A count is 5 at least."),
        ({"previous_rounded_count": 3}, "A count is 5 at least."),
        ({"rounded_count": 20}, "A rate stands only where the count is 25 at least."),
        ({"topic_id": "safety"}, "A group is one that holds no sensitive topic."),
        ({"period_type": "month"}, "A period is a"),
        ({"province_code": "99"}, "A province is one of the 77"),
    ],
)
def test_rows_of_districts_and_laos_that_must_not_be_public_are_refused(
    suite: str, values: dict[str, object], says: str
) -> None:
    row = {**SMALL_AREA, **SMALL_AREAS[suite]}
    check(pd.DataFrame([row]), suite)
    with pytest.raises(UserError, match=re.escape(f"«{says}")):
        check(pd.DataFrame([{**row, **values}]), suite)


def test_an_lao_of_a_whole_province_must_not_be_public() -> None:
    row = {**SMALL_AREA, **SMALL_AREAS["lao_trends"], "lao_type": "pao"}
    with pytest.raises(UserError, match="whole province has no row"):
        check(pd.DataFrame([row]), "lao_trends")


@pytest.fixture
def publish_run(extracts: Path) -> Callable[[pa.Table], dict[str, int]]:
    covered = {
        "source_id": "feed", "channel": "complaint_log", "period_start": date(2022, 10, 1), "concern_count": 80,
        "province_count": 1, "first_date": date(2022, 10, 2), "last_date": AS_OF, "is_complete": True,
    }  # fmt: skip
    coverage = pa.Table.from_pylist([covered], schema=schema("gold.coverage"))
    empty = {name: schema(f"gold.{name}").empty_table() for name in ("district_trends", "lao_trends")}
    return lambda trends: publish({"province_trends": trends, "coverage": coverage, **empty}, {}, AS_OF)


def test_a_table_that_is_refused_leaves_the_former_extracts_as_they_are(
    publish_run: Callable[[pa.Table], dict[str, int]], extracts: Path
) -> None:
    publish_run(gold().slice(0, 3))
    before = {path: path.stat().st_mtime_ns for path in extracts.rglob("*")}
    name = pointer.current(str(extracts / "public"))
    rows = gold().to_pylist()
    rows[5]["share"] = 7.5
    with pytest.raises(UserError, match="A share lies between 0 and 1"):
        publish_run(pa.Table.from_pylist(rows, schema=gold().schema))
    assert {path: path.stat().st_mtime_ns for path in extracts.rglob("*")} == before
    assert pointer.current(str(extracts / "public")) == name
