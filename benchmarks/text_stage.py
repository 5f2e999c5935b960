"""Measures the speed of the text stage on one core, its memory, and the time of its parts.

python -m benchmarks.text_stage
"""

from __future__ import annotations

import gzip
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from nlp.analyse import Analyser
from nlp.features import token_ids
from nlp.language import language
from nlp.mask import mask
from nlp.normalise import normalise
from nlp.seed_models import seed_models
from nlp.terms import terms
from nlp.tokenise import tokenise
from schemas.topics import load_topics

DATA = Path(__file__).parents[2] / "shared" / "data"
BATCH = 4096


def texts(*, with_feed: bool = True) -> tuple[list[str], str]:
    """Distinct texts for the measurement, and their description."""
    if not DATA.is_dir():
        examples = [text for topic in load_topics() for text in topic.examples]
        return examples * 50, "examples of topics.yaml, 50 times (no ../shared/data on this machine)"
    found = dict.fromkeys((DATA / "social" / "messages.txt").read_text(encoding="utf-8").splitlines())
    if not with_feed:
        return list(found), "distinct messages of ../shared/data/social"
    for path in sorted((DATA / "traffy" / "feed").glob("*.geojson.gz")):
        with gzip.open(path) as file:
            features = json.load(file)["features"]
        found.update(dict.fromkeys(feature["properties"].get("description") or "" for feature in features))
    return list(found), "messages of ../shared/data/social and distinct texts of the feed"


def batches(rows: list[str]) -> list[list[str]]:
    """The rows in batches of the size of the pipeline."""
    return [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]


def seconds(work: Callable[[], object]) -> float:
    """Processor time of a call in this process, which other processes hardly influence."""
    start = time.process_time()
    work()
    return time.process_time() - start


def first_line_out() -> tuple[float, float]:
    """Wall and processor time from the start of ``siang text`` to its end, for one line."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    line = json.dumps({"id": 1, "text": "ถนนพัง"}).encode() + b"\n"
    subprocess.run([sys.executable, "-m", "jobs.cli.main", "text"], input=line, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - start, used


def main() -> int:
    threadpool_limits(1)  # libraries of linear algebra would take all cores
    first_line_out()  # compiles what is not compiled yet
    wall, used = first_line_out()
    print(f"siang text: first line of output after {wall:.2f} s, processor time {used:.2f} s")
    models = seed_models()
    model, kinds = models.topics, models.kinds
    analyser = Analyser(models)
    for with_feed in (False, True):
        rows, what = texts(with_feed=with_feed)
        analyser.analyse(rows[:100])
        whole = seconds(lambda rows=rows: [analyser.analyse(batch) for batch in batches(rows)])
        print(f"{len(rows):,} {what}: {len(rows) / whole:,.0f} rows/s on one core (model {model.version})")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"maximum memory of the process {peak:,.0f} MiB, including {len(rows):,} texts")

    rows, what = texts(with_feed=False)
    whole = seconds(lambda: [analyser.analyse(batch) for batch in batches(rows)])
    normal = [normalise(text) for text in rows]
    clean = [mask(text)[0] for text in normal]
    tokens = [tokenise(batch) for batch in batches(clean)]
    words = [token_ids(batch) for batch in tokens]
    hits = [model.keyword_hits(batch) for batch in batches(clean)]
    confidences = [model.confidences(*pair) for pair in zip(words, hits, strict=True)]
    all_concerns = [np.ones(len(batch), dtype=bool) for batch in hits]
    parts: dict[str, Callable[[], object]] = {
        "normalise": lambda: [normalise(text) for text in rows],
        "mask": lambda: [mask(text) for text in normal],
        "language": lambda: [language(text) for text in clean],
        "tokenise": lambda: tokenise(clean),
        "look up": lambda: [token_ids(batch) for batch in tokens],
        "keywords": lambda: [model.keyword_hits(batch) for batch in batches(clean)],
        "topics": lambda: [model.confidences(*pair) for pair in zip(words, hits, strict=True)],
        "choose": lambda: [model.choose(*one) for one in zip(confidences, hits, all_concerns, strict=True)],
        "kind": lambda: [kinds.scores(batch, np.ones(len(batch.lengths), dtype=bool)) for batch in words],
        "terms": lambda: [terms(batch) for batch in words],
    }
    costs = {name: seconds(work) for name, work in parts.items()}
    print(f"time per message {whole / len(rows) * 1e6:.1f} µs, of which:")
    for name, cost in (costs | {"rest": whole - sum(costs.values())}).items():
        print(f"  {name:10} {cost / len(rows) * 1e6:6.1f} µs {cost / whole:6.1%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
