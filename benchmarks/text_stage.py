"""How fast the text stage is on one process, and what its parts cost.

python -m benchmarks.text_stage
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from nlp.analyse import Analyser
from nlp.kind import kind
from nlp.language import language
from nlp.mask import mask
from nlp.normalise import normalise
from nlp.tokenise import tokenise
from nlp.topics import TopicModel
from schemas.topics import load_topics

DATA = Path(__file__).parents[2] / "shared" / "data"
BATCH = 4096


def texts() -> tuple[list[str], str]:
    """Distinct texts to measure with, and what they are."""
    if not DATA.is_dir():
        examples = [text for topic in load_topics() for text in topic.examples]
        return examples * 50, "examples of topics.yaml, 50 times (no ../shared/data on this machine)"
    found = dict.fromkeys((DATA / "social" / "messages.txt").read_text(encoding="utf-8").splitlines())
    for path in sorted((DATA / "traffy" / "feed").glob("*.geojson.gz")):
        with gzip.open(path) as file:
            features = json.load(file)["features"]
        found.update(dict.fromkeys(feature["properties"].get("description") or "" for feature in features))
    return list(found), "messages of ../shared/data/social and distinct texts of the feed"


def batches(rows: list[str]) -> list[list[str]]:
    """Rows in batches of the size that the pipeline uses."""
    return [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]


def seconds(work: Callable[[], object]) -> float:
    """Wall time of a call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> int:
    rows, what = texts()
    start = time.perf_counter()
    model = TopicModel.seed()
    analyser = Analyser(model)
    analyser.analyse(rows[:100])
    print(f"start-up {time.perf_counter() - start:.2f} s (model {model.version})")
    whole = seconds(lambda: [analyser.analyse(batch) for batch in batches(rows)])
    print(f"{len(rows):,} {what}")
    print(f"{len(rows) / whole:,.0f} rows/s on one process")

    normal = [normalise(text) for text in rows]
    clean = [mask(text)[0] for text in normal]
    tokens = [tokenise(batch) for batch in batches(clean)]
    parts = {
        "normalise": seconds(lambda: [normalise(text) for text in rows]),
        "mask": seconds(lambda: [mask(text) for text in normal]),
        "language": seconds(lambda: [language(text) for text in clean]),
        "tokenise": seconds(lambda: tokenise(clean)),
        "keywords": seconds(lambda: [model.keyword_hits(batch) for batch in batches(clean)]),
        "topics": seconds(lambda: list(map(model.predict, tokens, batches(clean)))),
        "kind": seconds(lambda: [kind(text) for text in clean]),
    }
    parts["topics"] -= parts["keywords"]
    for name, cost in parts.items():
        print(f"  {name:10} {cost / whole:6.1%}")
    print(f"  {'terms, rest':10} {1 - sum(parts.values()) / whole:6.1%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
