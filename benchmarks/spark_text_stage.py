"""How fast the text stage is in Spark, beside plain processes that do the same, and what memory it takes.

python -m benchmarks.spark_text_stage
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from multiprocessing import get_context

import psutil

from benchmarks.text_stage import batches, texts

PROCESSES = 2
_ANALYSER = None


def _start() -> None:
    global _ANALYSER
    from nlp.analyse import Analyser
    from nlp.topics import TopicModel

    _ANALYSER = Analyser(TopicModel.seed())
    _ANALYSER.analyse(["ถนนพัง"])


def _work(batch: list[str]) -> int:
    assert _ANALYSER is not None
    return len(_ANALYSER.analyse(batch))


def plain_rate(rows: list[str]) -> float:
    """Rows a second of plain processes, start-up left out."""
    with get_context("spawn").Pool(PROCESSES, initializer=_start) as pool:
        pool.map(_work, batches(rows[:20_000]))
        started = time.perf_counter()
        done = sum(pool.map(_work, batches(rows), chunksize=1))
        return done / (time.perf_counter() - started)


class PeakMemory(threading.Thread):
    """The most memory that this process and all below it, and the server, held at one time (bytes)."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0

    def run(self) -> None:
        from lake import server

        while True:
            family = [psutil.Process(), *server.processes()]
            family += [child for one in list(family) for child in one.children(recursive=True)]
            total = 0
            for one in {process.pid: process for process in family}.values():
                try:
                    total += one.memory_full_info().pss
                except psutil.Error:
                    continue
            self.peak = max(self.peak, total)
            time.sleep(0.25)


def spark_rate(rows: list[str]) -> tuple[float, int]:
    """Rows a second from one Delta table to another, once warm, and the peak of memory."""
    from jobs import classify, models
    from jobs.label import corrections
    from lake import server
    from lake.session import open_writer
    from lake.settings import settings

    memory = PeakMemory()
    memory.start()
    try:
        with open_writer() as spark:
            address, _ = models.current(spark)
            source, target = f"{settings().home}/texts", f"{settings().home}/analysed"
            frame = spark.createDataFrame(
                [(str(number), "benchmark", "social_media", text, []) for number, text in enumerate(rows)],
                "concern_id string, source_id string, channel string, text string, source_labels array<string>",
            )
            frame.write.format("delta").save(source)
            nothing = corrections.current(spark.table(corrections.TABLE))
            best = 0.0
            for _ in range(3):
                inputs = classify.with_input_hash(spark.read.format("delta").load(source), nothing)
                started = time.perf_counter()
                found = classify.analyse(inputs, address, len(rows))
                found.write.format("delta").mode("overwrite").save(target)
                best = max(best, len(rows) / (time.perf_counter() - started))
    finally:
        server.stop()
    return best, memory.peak


def main() -> None:
    rows, what = texts()
    print(f"{len(rows):,} {what}")
    with tempfile.TemporaryDirectory() as home:
        os.environ["SIANG_HOME"] = home
        in_spark, peak = spark_rate(rows)
    plain = plain_rate(rows)
    memory = f"all processes at most {peak / 1024**3:.2f} GiB"
    print(f"Spark, Delta to Delta, {os.cpu_count()} cores: {in_spark:,.0f} rows/s, {memory}")
    print(f"{PROCESSES} plain processes: {plain:,.0f} rows/s; Spark reaches {in_spark / plain:.2f} of it")


if __name__ == "__main__":
    main()
