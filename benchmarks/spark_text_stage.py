"""Measures speed and memory of the text stage in Spark, compared with plain processes that do the same.

python -m benchmarks.spark_text_stage

The plain processes are measured twice. Table to table they do what the stage does: read the columns of the inputs from
Parquet, analyse, write the same columns to Parquet. Analysis alone leaves reading and writing out. Start-up is left out
everywhere. Each text comes COPIES times, since Spark takes a second to plan and to commit however many rows there are.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psutil
import pyarrow.parquet as pq

from benchmarks.text_stage import BATCH, batches, texts

PROCESSES = 2
COPIES = 4
PARTS = 8
ROUNDS = 3


def _load(model_address: str) -> None:
    from jobs.pipeline import classify

    classify.load_analyser(model_address)


def _analyse(model_address: str, batch: list[str]) -> int:
    from jobs.pipeline import classify

    return len(classify.load_analyser(model_address).analyse(batch))


def _table_to_table(model_address: str, path: str) -> int:
    from jobs.pipeline import classify

    done = 0
    with pq.ParquetWriter(f"{path}.analysed", classify.ANALYSIS) as writer:
        for batch in classify.batch_analyser(model_address)(pq.ParquetFile(path).iter_batches(BATCH)):
            writer.write_batch(batch)
            done += batch.num_rows
    return done


def plain_rate(work: Callable[[str, Any], int], parts: Sequence[object], model_address: str) -> float:
    """Rows per second of plain processes that share these parts of the work, after warming up; best of ROUNDS."""
    with get_context("spawn").Pool(PROCESSES, initializer=_load, initargs=(model_address,)) as pool:
        tasks = [(model_address, part) for part in parts]
        pool.starmap(work, tasks[: 2 * PROCESSES], chunksize=1)
        best = 0.0
        for _ in range(ROUNDS):
            started = time.perf_counter()
            done = sum(pool.starmap(work, tasks, chunksize=1))
            best = max(best, done / (time.perf_counter() - started))
        return best


class PeakMemory(threading.Thread):
    """The maximum memory of this process with its children and the server, and of one worker (bytes)."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = self.worker = 0

    def run(self) -> None:
        """Measures the memory of this process, the servers and their workers, and keeps the highest values in bytes."""
        from lake import server

        while True:
            family = [psutil.Process(), *server.processes()]
            for one in list(family):
                with suppress(psutil.Error):  # it has ended meanwhile
                    family += one.children(recursive=True)
            total = 0
            for one in {process.pid: process for process in family}.values():
                try:
                    held = one.memory_full_info()
                    if "pyspark.daemon" in one.cmdline():
                        self.worker = max(self.worker, held.rss)
                except psutil.Error:
                    continue
                total += held.pss
            self.peak = max(self.peak, total)
            time.sleep(0.25)


def spark_rate(rows: list[str], inputs_folder: str) -> tuple[float, PeakMemory, str]:
    """Rows a second from one Delta table to another, the best of ROUNDS, the peak of memory, and the model's address.

    Leaves the columns that the stage reads in PARTS Parquet files of a folder.
    """
    from jobs.pipeline import classify
    from jobs.topic_models import registry
    from jobs.topic_models.labelling import corrections
    from lake import server
    from lake.session import open_writer
    from lake.settings import settings

    memory = PeakMemory()
    try:
        with open_writer() as spark:
            address, _ = registry.current(spark)
            source, target = f"{settings().home}/texts", f"{settings().home}/analysed"
            frame = spark.createDataFrame(
                [(str(number), "benchmark", "social_media", text, []) for number, text in enumerate(rows)],
                "concern_id string, source_id string, channel string, text string, source_labels array<string>",
            )
            frame.write.format("delta").save(source)
            nothing = corrections.current(spark.table(corrections.TABLE))
            inputs = classify.with_input_hash(spark.read.format("delta").load(source), nothing)

            def stage() -> float:
                started = time.perf_counter()
                found = classify.analyse(inputs, address, len(rows))
                found.write.format("delta").mode("overwrite").save(target)
                return len(rows) / (time.perf_counter() - started)

            best = max(stage() for _ in range(ROUNDS))
            memory.start()  # looking at it costs the machine some time
            stage()
            inputs.repartition(PARTS, "concern_id").write.parquet(inputs_folder)
    finally:
        server.stop()
    return best, memory, address


def main() -> None:
    once, what = texts()
    rows = once * COPIES
    print(f"{len(once):,} {what}, each {COPIES} times")
    with tempfile.TemporaryDirectory() as home:
        os.environ["SIANG_HOME"] = home
        inputs = f"{home}/inputs"
        in_spark, memory, model_address = spark_rate(rows, inputs)
        parts = sorted(str(path) for path in Path(inputs).glob("*.parquet"))
        table_to_table = plain_rate(_table_to_table, parts, model_address)
        alone = plain_rate(_analyse, batches(rows), model_address)
    held = f"all processes at most {memory.peak / 1024**3:.2f} GiB, a worker {memory.worker / 1024**2:.0f} MiB"
    print(f"Spark, Delta to Delta, {os.cpu_count()} cores: {in_spark:,.0f} rows/s, {held}")
    for name, rate in (("table to table", table_to_table), ("analysis alone", alone)):
        print(
            f"{PROCESSES} plain processes, {name}: {rate:,.0f} rows/s; Spark reaches {in_spark / rate:.2f} of this rate"
        )


if __name__ == "__main__":
    main()
