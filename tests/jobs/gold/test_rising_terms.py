"""Ten concerns in, the terms that they raise out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from pyspark.sql import DataFrame

from jobs.gold.rising_terms import rising_terms
from lake.tables import empty_like
from schemas.area_data import provinces
from schemas.tables import tables

DECEMBER, JANUARY = date(2025, 12, 20), date(2026, 1, 5)
AS_OF = date(2026, 1, 20)
WATER, PART, LIGHT = "น้ำประปาไม่ไหล", "น้ำประปา", "ไฟดับ"
# day, province, text, terms, kind
SAID = [
    *[(JANUARY, "95", f"ข้อความ {number}", [WATER, PART], "complaint") for number in range(5)],
    (JANUARY, "95", "ข้อความ 0", [WATER, WATER, PART], "request"),  # a copy: a concern, but no other text
    *[(JANUARY, "95", "ข้อความเดียวกัน", [LIGHT], "complaint")] * 6,  # one text, copied
    *[(JANUARY, "95", f"ชม {number}", ["บริการดี"], "praise") for number in range(9)],
    *[(JANUARY, "40", f"ขอนแก่น {number}", [LIGHT], "complaint") for number in range(5)],
    *[(JANUARY, "40", f"บ่อย {number}", ["ไฟดับบ่อย"], "complaint") for number in range(6)],
    *[(JANUARY, "40", f"สี่ {number}", ["สี่เสียง"], "complaint") for number in range(4)],
    *[(DECEMBER, "95", f"ธันวา {number}", [WATER if number == 0 else "ขยะล้น"], "complaint") for number in range(24)],
]


@pytest.fixture(scope="module")
def silver(spark: Any) -> Callable[[str], DataFrame]:
    def frame(name: str, rows: list[dict[str, Any]]) -> DataFrame:
        columns = tables()[name].column_names
        return spark.createDataFrame([tuple(row.get(one) for one in columns) for row in rows], empty_like(name))

    keyed = list(enumerate(SAID))
    frames = {
        "silver.concerns": frame(
            "silver.concerns",
            [
                {"concern_id": str(key), "submitted_date": day, "submitted_month": f"{day:%Y-%m}",
                 "province_code": province, "text": text, "is_deleted": False}
                for key, (day, province, text, _, _) in keyed
            ],
        ),
        "silver.concern_labels": frame(
            "silver.concern_labels",
            [
                {"concern_id": str(key), "kind": kind, "is_relevant": True, "terms": said}
                for key, (_, _, _, said, kind) in keyed
            ],
        ),
        "reference.provinces": frame(
            "reference.provinces",
            [
                {"province_code": one.province_code, "province_th": one.province_th, "province_en": one.province_en}
                for one in provinces()
            ],
        ),
    }  # fmt: skip
    return frames.__getitem__


@pytest.mark.spark
def test_terms_of_five_concerns_and_three_texts_stand_beside_the_month_before(silver: Any) -> None:
    rows = rising_terms(silver, AS_OF).toArrow().to_pylist()
    assert sorted((row["period_start"].month, row["province_code"], row["term"]) for row in rows) == [
        (1, "40", LIGHT),  # more say ไฟดับบ่อย, and so others do
        (1, "40", "ไฟดับบ่อย"),
        (1, "95", WATER),  # its part น้ำประปา stands in no other concern
        (12, "95", "ขยะล้น"),
    ]
    found = {row["term"]: row for row in rows}
    water = found[WATER]
    assert (water["concern_count"], water["text_count"], water["previous_count"]) == (6, 5, 1)
    assert (water["share"], water["previous_share"]) == (6 / 12, 1 / 24)
    assert water["province_th"] == "ยะลา" and not water["is_complete"]
    # 2 (6 ln(6 / (12 · 7/36)) + 1 ln(1 / (24 · 7/36)))
    assert water["rise_score"] == pytest.approx(8.2526, abs=1e-4)
    # Khon Kaen had no concerns in December: nothing to compare with.
    assert (found[LIGHT]["previous_count"], found[LIGHT]["rise_score"]) == (None, None)
    assert found["ขยะล้น"]["is_complete"]


@pytest.mark.spark
def test_from_a_day_on_rows_are_those_of_the_whole(silver: Any) -> None:
    key = ("province_code", "term")
    whole = rising_terms(silver, AS_OF).where("period_start >= DATE'2026-01-01'").orderBy(*key).toArrow()
    assert rising_terms(silver, AS_OF, JANUARY).orderBy(*key).toArrow().to_pylist() == whole.to_pylist() != []
