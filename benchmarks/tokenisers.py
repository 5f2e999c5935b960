"""Compares tokenisers of Thai: word F1 on a gold standard, topics learnt from their words, speed, worst case.

python -m benchmarks.tokenisers [--topics]

``--topics`` trains a plain linear model on the words of each engine (tickets of the feed up to October 2022) and
scores it on the tickets that people labelled and on those from November on; a minute for each engine.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
from pythainlp.tokenize import newmm

from nlp.normalise import normalise
from nlp.tokenise import tokenise
from schemas.topics import load_labels

DATA = Path(__file__).parents[2] / "shared" / "data"
Engine = Callable[[str], list[str]]
Labelled = list[tuple[str, list[str]]]
TRAINED = 14_000
TESTED = 4_000


def spans(tokens: list[str]) -> set[tuple[int, int]]:
    """Start and end of each token that is not a space."""
    found: set[tuple[int, int]] = set()
    at = 0
    for token in tokens:
        if not token.isspace():
            found.add((at, at + len(token)))
        at += len(token)
    return found


def word_f1(engine: Engine, gold: list[list[str]]) -> float:
    """Harmonic mean of precision and recall of words, over all texts together."""
    right = predicted = true = 0
    for tokens in gold:
        ours, theirs = spans(engine("".join(tokens))), spans(tokens)
        right, predicted, true = right + len(ours & theirs), predicted + len(ours), true + len(theirs)
    return 2 * right / (predicted + true)


def rate(engine: Engine, texts: list[str]) -> tuple[float, float]:
    """Texts per second of this process, and the share of texts that are not equal to their joined tokens."""
    start = time.process_time()
    tokens = [engine(text) for text in texts]
    seconds = time.process_time() - start
    lost = sum("".join(found) != text for found, text in zip(tokens, texts, strict=True))
    return len(texts) / max(seconds, 1e-9), lost / len(texts)


def engines() -> dict[str, Engine]:
    """Our engine, and the alternatives that are installed."""
    found: dict[str, Engine] = {"newmm": newmm.segment, "ours": lambda text: tokenise([text])[0]}
    try:
        from pythainlp.tokenize import nlpo3

        nlpo3.segment("ก")
        found["nlpo3"] = nlpo3.segment
        found["nlpo3, safe"] = lambda text: nlpo3.segment(text, safe_mode=True)
    except ImportError:
        pass
    try:
        import thaibreak

        def by_thaibreak(text: str) -> list[str]:
            return [text[start:end] for start, end in pairwise(thaibreak.boundaries(text))]

        found["thaibreak"] = by_thaibreak
    except ImportError:
        pass
    try:
        from icu4py.breakers import WordBreaker

        found["icu4py"] = lambda text: list(WordBreaker(text, "th"))
    except ImportError:
        pass
    return found


def tickets() -> tuple[Labelled, Labelled, Labelled]:
    """Labelled texts: for training, with labels by people, and later texts of the feed."""
    label_meanings = load_labels()

    def topics(names: str) -> list[str]:
        meanings = (label_meanings.get(name.strip()) for name in names.split(","))
        return sorted({one.topic_id for one in meanings if one and one.topic_id})

    with (DATA / "traffy" / "people_labels.csv").open(encoding="utf-8-sig", newline="") as file:
        people = [(normalise(row["text"]), topics(row["labels"])) for row in csv.DictReader(file)]
    taken = {text for text, _ in people}
    seen: dict[str, dict[str, str]] = {}
    for path in sorted((DATA / "traffy" / "feed").glob("*.geojson.gz")):
        with gzip.open(path) as file:
            seen |= {one["properties"]["ticket_id"]: one["properties"] for one in json.load(file)["features"]}
    early: Labelled = []
    late: Labelled = []
    for ticket in seen.values():
        text, predicted = normalise(ticket["description"] or ""), topics(ticket["type"] or "")
        if text and predicted and text not in taken:
            (early if ticket["timestamp"] < "2022-11" else late).append((text, predicted))
    random.Random(1).shuffle(early)
    return early[:TRAINED], [one for one in people if one[1]], late[:TESTED]


def topic_scores(engine: Engine, learnt: Labelled, tests: list[Labelled]) -> list[tuple[float, float]]:
    """Micro-F1 and the share of correct first topics on each test, for words and pairs (TF-IDF, linear SVM)."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    def words(text: str) -> list[str]:
        found = [token.lower() for token in engine(text) if token[:1].isalpha()]
        return found + [f"{one} {other}" for one, other in pairwise(found)]

    names = sorted({topic for _, predicted in learnt for topic in predicted})
    vectors = TfidfVectorizer(
        analyzer=words,  # pyright: ignore[reportArgumentType] (scikit-learn takes a function too)
        min_df=3,
        sublinear_tf=True,
    )
    matrix = vectors.fit_transform([text for text, _ in learnt])
    models = [LinearSVC(C=0.5, tol=1e-2).fit(matrix, [name in predicted for _, predicted in learnt]) for name in names]
    found: list[tuple[float, float]] = []
    for test in tests:
        scores = np.column_stack([model.decision_function(vectors.transform([t for t, _ in test])) for model in models])
        truth = np.array([[name in predicted for name in names] for _, predicted in test])
        first = np.arange(len(test)), scores.argmax(axis=1)
        predicted = scores > 0
        predicted[first] = True
        found.append((2 * (predicted & truth).sum() / (predicted.sum() + truth.sum()), float(truth[first].mean())))
    return found


def main() -> int:
    if not DATA.is_dir():
        print("tokenisers: the data in ../shared/data is missing, so nothing can be measured.")
        return 0
    lines = (DATA / "segmentation" / "gold_words.txt").read_text(encoding="utf-8").splitlines()
    gold = [[token for token in line.split("|") if token] for line in lines if line]
    messages = (DATA / "social" / "messages.txt").read_text(encoding="utf-8").splitlines()[::10]
    texts = [text for text in map(normalise, messages) if text]
    worst = ["ด้านหน้า" * 1000, "ตากลม" * 1000, "ก" * 8000, " " * 8000, "5" * 8000]
    base = 0.0
    print(f"{'engine':14} {'word-F1':>8} {'rows/s':>8} {'of newmm':>9} {'not joined':>11} {'worst, ms':>10}")
    for name, engine in engines().items():
        engine("ก ต.ท่าช้าง")  # loads its dictionaries
        speed, lost = rate(engine, texts)
        base = base or speed
        slowest = max(1000 / rate(engine, [text])[0] for text in worst)
        f1 = word_f1(engine, gold)
        print(f"{name:14} {f1:8.3f} {speed:8.0f} {speed / base:8.1f}x {lost:11.1%} {slowest:10.1f}", flush=True)
    if "--topics" in sys.argv:
        learnt, *tests = tickets()
        print(f"topics, learnt from {len(learnt):,} texts: micro-F1 and share of correct first topics,")
        print(
            f"on {len(tests[0])} texts labelled by people and {len(tests[1]):,} texts of the feed since November 2022"
        )
        for name, engine in engines().items():
            people, late = topic_scores(engine, learnt, tests)
            print(f"{name:14} {people[0]:8.3f} {people[1]:8.3f} {late[0]:8.3f} {late[1]:8.3f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
