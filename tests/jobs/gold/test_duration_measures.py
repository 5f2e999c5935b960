"""Counts by days in, sums and durations of cells out."""

from __future__ import annotations

import pyarrow as pa

from jobs.gold.duration_measures import DURATION_COLUMNS, measure_cells

ROWS = pa.table(
    {
        "lao_code": ["s1", "s1", "s1", "s1", "s2", "s2", "s3"],
        "concern_count": [3, 1, 1, 2, 4, 1, 5],
        "days": pa.array([2, 9, 40, None, 1, 3, None], pa.int32()),
        "solved": [3, 1, 0, 0, 0, 0, 0],
        "waiting": [0, 0, 1, 0, 4, 1, 0],
    }
)


def test_cells_have_their_sums_and_the_durations_of_rows_with_days() -> None:
    cells = {row["lao_code"]: row for row in measure_cells(ROWS, ["lao_code"], ["concern_count"]).to_pylist()}
    assert {code: row["concern_count"] for code, row in cells.items()} == {"s1": 7, "s2": 5, "s3": 5}
    # Three of five are solved after 2 days, one after 9; the last one has waited for 40.
    assert [cells["s1"][name] for name in DURATION_COLUMNS] == [2.0, None, 0.8]


def test_a_cell_without_a_solved_concern_or_without_days_has_no_durations() -> None:
    cells = {row["lao_code"]: row for row in measure_cells(ROWS, ["lao_code"], ["concern_count"]).to_pylist()}
    for code in ("s2", "s3"):
        assert [cells[code][name] for name in DURATION_COLUMNS] == [None, None, None]


def test_a_key_of_two_columns_has_a_row_for_each_pair() -> None:
    rows = ROWS.append_column("origin", pa.array(["line", "app", "line", "app", "line", "line", None]))
    cells = measure_cells(rows, ["lao_code", "origin"], ["concern_count"]).to_pylist()
    assert {(row["lao_code"], row["origin"]): row["concern_count"] for row in cells} == {
        ("s1", "line"): 4, ("s1", "app"): 3, ("s2", "line"): 5, ("s3", None): 5,
    }  # fmt: skip
