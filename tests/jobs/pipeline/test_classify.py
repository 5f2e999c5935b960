"""Batches of concerns in, what their words mean out."""

from __future__ import annotations

import gc
import json
from pathlib import Path

import pyarrow as pa
import pytest

from jobs.operations.text_lines import analyse_lines
from jobs.pipeline import classify
from nlp.seed_models import seed_models
from nlp.tokenise import MAX_CHARACTERS


def test_a_batch_has_the_columns_that_spark_is_told_and_says_which_texts_were_cut(tmp_path: Path) -> None:
    model = tmp_path / "seed.npz"
    model.write_bytes(seed_models().to_bytes())
    batch = pa.RecordBatch.from_pydict(
        {
            "concern_id": ["short", "long"],
            "source_id": ["desk"] * 2,
            "channel": ["complaint_log"] * 2,
            "province_code": ["95", None],
            "text": ["ไฟส่องสว่างดับ", "ก" * (MAX_CHARACTERS + 1)],
            "source_labels": pa.array([["ยังไม่รู้จัก"], []], pa.list_(pa.string())),
            "topic_ids": pa.array([None, None], pa.list_(pa.string())),
            "corrected_kind": pa.array([None, None], pa.string()),
            "input_hash": ["a", "b"],
        }
    )
    (found,) = classify.batch_analyser(str(model))(iter([batch]))
    assert found.schema == classify.ANALYSIS
    short, long = found.to_pylist()
    assert (short["is_cut"], long["is_cut"]) == (False, True)
    assert (short["terms"], short["unmapped_labels"]) == (["ไฟส่องสว่างดับ"], ["ยังไม่รู้จัก"])


@pytest.mark.parametrize(
    ("count", "partitions", "tasks"),
    [
        (1, 4, 2),
        (5_000, 4, 2),
        (35_000, 4, 3),
        (59_000, 4, 4),
        (235_000, 4, 20),
        (50_000_000, 4, 400),
        (90_000, 200, 9),
    ],
)
def test_many_concerns_are_parted_evenly_among_the_cores_and_few_into_few_tasks(
    count: int, partitions: int, tasks: int
) -> None:
    assert classify.tasks_for(count, partitions) == tasks


def test_what_a_worker_has_loaded_is_kept_from_the_garbage_collector(tmp_path: Path) -> None:
    model = tmp_path / "seed.npz"
    model.write_bytes(seed_models().to_bytes())
    gc.unfreeze()
    try:
        classify.load_analyser(str(model)).analyse(["ไฟส่องสว่างดับ"])
        assert len(gc.get_objects()) < gc.get_freeze_count() / 10
    finally:
        gc.unfreeze()


def test_a_line_that_is_too_long_is_analysed_on_its_beginning_and_says_so() -> None:
    lines = [json.dumps({"id": at, "text": text}) for at, text in enumerate(["ถนนพัง", "ถนนพัง " + "ก" * MAX_CHARACTERS])]
    short, long = (json.loads(line) for line in analyse_lines(lines))
    assert "is_cut" not in short and long["is_cut"] is True
    assert "".join(long["tokens"]) == long["text"] and len(long["text"]) <= MAX_CHARACTERS
