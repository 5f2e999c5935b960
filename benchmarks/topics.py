"""Measures the topic model against labels by people and labels of the feed, and compares it with simple baselines.

python -m benchmarks.topics

Labels by people are never used for training: their texts are removed from the training set. Scores count only topics
that a label of the feed maps to; other topics of the model are neither correct nor wrong. A text is scored if people or
the source gave it a topic. Texts without a topic (อื่นๆ) are reported separately, as false alarms.
"""

from __future__ import annotations

import csv
import gzip
import itertools
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.preprocessing import MultiLabelBinarizer
from sklearn.svm import LinearSVC

from nlp.evaluate import scores
from nlp.mask import mask
from nlp.normalise import normalise
from nlp.seed_models import seed_models
from nlp.tokenise import tokenise
from nlp.topics import TopicModel
from schemas.topics import load_labels

DATA = Path(__file__).parents[2] / "shared" / "data" / "traffy"
TEXTS = Path(__file__).parents[1] / "tests" / "nlp" / "provincial_texts.csv"
TESTED_FROM = "2022-11"
MIN_SCORED = 20
ROUNDS = 2000
SEED = 2565
# The baseline of sixty keywords, three for each topic, as anyone can write them down in ten minutes.
KEYWORDS = {
    "roads": ["ถนน", "หลุม", "ผิวทาง"], "footpaths": ["ทางเท้า", "ฟุตบาท", "ฟุตปาธ"],
    "bridges": ["สะพาน", "สะพานลอย", "คอสะพาน"], "traffic": ["จราจร", "รถติด", "สัญญาณไฟ"],
    "road_safety": ["อุบัติเหตุ", "จุดเสี่ยง", "รถชน"], "obstruction": ["กีดขวาง", "จอดรถ", "หาบเร่"],
    "signs": ["ป้าย", "ป้ายโฆษณา", "ป้ายซอย"], "public_transport": ["รถเมล์", "แท็กซี่", "รถโดยสาร"],
    "street_lighting": ["แสงสว่าง", "ไฟส่องสว่าง", "มืด"], "cables": ["สายไฟ", "สายสื่อสาร", "สายเคเบิล"],
    "drainage": ["ท่อระบายน้ำ", "ฝาท่อ", "ท่อตัน"], "flooding": ["น้ำท่วม", "น้ำขัง", "ท่วมขัง"],
    "canals": ["คลอง", "ลำราง", "ผักตบ"], "cleanliness": ["ขยะ", "สกปรก", "ความสะอาด"],
    "air_pollution": ["ฝุ่น", "ควัน", "กลิ่นเหม็น"], "noise": ["เสียงดัง", "เสียงรบกวน", "หนวกหู"],
    "trees": ["ต้นไม้", "กิ่งไม้", "ตัดหญ้า"], "animals": ["หมา", "สุนัข", "แมว"],
    "safety": ["ปลอดภัย", "อันตราย", "ขโมย"], "homelessness": ["คนเร่ร่อน", "จรจัด", "ขอทาน"],
}  # fmt: skip

Topics = list[str]
Predict = Callable[[Sequence[str]], list[Topics]]


@dataclass(frozen=True)
class Labelled:
    """A clean text, the topics that its labels map to, and the day (empty for people's labels)."""

    text: str
    topics: Topics
    day: str = ""


def clean(text: str) -> str:
    return mask(normalise(text))[0]


def topics_of_labels(labels: str) -> Topics:
    known = load_labels()
    found = [known[name].topic_id for name in labels.split(",") if name in known]
    return list(dict.fromkeys(topic for topic in found if topic))


def people() -> list[Labelled]:
    """Texts with labels by people."""
    with (DATA / "people_labels.csv").open(encoding="utf-8", newline="") as file:
        return [Labelled(clean(row["text"]), topics_of_labels(row["labels"])) for row in csv.DictReader(file)]


def feed() -> list[Labelled]:
    """Distinct texts of the feed with the final labels of their ticket, and the day of the ticket."""
    tickets: dict[str, dict[str, Any]] = {}
    for path in sorted((DATA / "feed").glob("*.geojson.gz")):
        with gzip.open(path) as file:
            tickets |= {row["properties"]["ticket_id"]: row["properties"] for row in json.load(file)["features"]}
    rows = sorted(tickets.values(), key=lambda row: row["timestamp"])
    found = [
        Labelled(clean(row["description"] or ""), topics_of_labels(row["type"] or ""), row["timestamp"][:10])
        for row in rows
    ]
    return list({row.text: row for row in found if row.text}.values())


def words_and_pairs() -> TfidfVectorizer:
    return TfidfVectorizer(
        analyzer=_words_and_pairs,  # pyright: ignore[reportArgumentType] (scikit-learn takes a function too)
        min_df=2,
        sublinear_tf=True,
    )


def _words_and_pairs(tokens: Sequence[str]) -> list[str]:
    words = [token for token in tokens if not token.isspace()]
    return words + [f"{one} {two}" for one, two in itertools.pairwise(words)]


def _keyword_hits(texts: Sequence[str]) -> np.ndarray:
    return np.array([[sum(word in text for word in words) for words in KEYWORDS.values()] for text in texts], float)


def _chosen(values: np.ndarray, names: Sequence[str], limit: float) -> list[Topics]:
    """Topics above the limit, highest value first; always at least one topic."""
    order: list[list[int]] = np.argsort(-values, axis=1, kind="stable").tolist()
    return [
        [names[topic] for at, topic in enumerate(row[:4]) if not at or values[number, topic] > limit]
        for number, row in enumerate(order)
    ]


def by_keywords(texts: Sequence[str]) -> list[Topics]:
    """The baseline of sixty keywords: topics in order of the number of their keywords."""
    hits = _keyword_hits(texts)
    names = list(KEYWORDS)
    return [topics if hit.any() else [] for topics, hit in zip(_chosen(hits, names, 0.5), hits, strict=True)]


def linear(rows: Sequence[Labelled], *, with_keywords: bool) -> Predict:
    """The trained baselines: TF-IDF of words and pairs with LinearSVC, or with keywords and logistic regression."""
    vectors, labels = words_and_pairs(), MultiLabelBinarizer()

    def features(texts: Sequence[str], *, fit: bool = False) -> Any:
        tokens = tokenise(texts)
        matrix = vectors.fit_transform(tokens) if fit else vectors.transform(tokens)
        return sparse.hstack([matrix, sparse.csr_matrix(_keyword_hits(texts))]).tocsr() if with_keywords else matrix

    base = LogisticRegression(C=10, solver="liblinear") if with_keywords else LinearSVC(C=0.5)
    model = OneVsRestClassifier(base)
    model.fit(features([row.text for row in rows], fit=True), labels.fit_transform([row.topics for row in rows]))
    return lambda texts: _chosen(model.decision_function(features(texts)), labels.classes_.tolist(), 0)


def predict_with(model: TopicModel) -> Predict:
    """A topic model of the project."""
    return lambda texts: [
        [score.topic_id for score in predicted] for predicted in model.predict(tokenise(texts), texts)
    ]


def learn(rows: Sequence[Labelled]) -> TopicModel:
    return TopicModel.train([row.text for row in rows], [row.topics for row in rows])


def compare(title: str, models: dict[str, Predict], rows: Sequence[Labelled], known: set[str]) -> None:
    """Prints scores with intervals, and the difference of the last model from each of the others."""
    scored = [row for row in rows if row.topics]
    empty = [row.text for row in rows if not row.topics]
    actual = [row.topics for row in scored]
    predicted = {
        name: [[topic for topic in topics if topic in known] for topics in predict([row.text for row in scored])]
        for name, predict in models.items()
    }
    draws = np.random.default_rng(SEED).integers(0, len(scored), (ROUNDS if len(scored) < 1000 else 200, len(scored)))
    frequent = [topic for topic in sorted(known) if sum(topic in topics for topics in actual) >= MIN_SCORED]
    samples = {name: _resampled(topics, actual, draws, sorted(known), frequent) for name, topics in predicted.items()}
    print(f"\n{title}: {len(scored)} texts with a topic, {len(frequent)} topics with at least {MIN_SCORED} texts")
    print(f"{'':34}{'micro-F1':^22}{'macro-F1':^22}{'first topic correct':^22}false alarms")
    for name, topics in predicted.items():
        found = scores(topics, actual)
        cells = [
            f"{found.get(measure, float('nan')):.3f} [{low:.3f}, {high:.3f}]  "
            for measure, (low, high) in zip(
                ("micro_f1", "macro_f1", "first_topic_right"),
                np.quantile(samples[name], [0.025, 0.975], axis=0).T,
                strict=True,
            )
        ]
        alarms = [bool(set(topics) & known) for topics in models[name](empty)] if empty else []
        print(f"{name:34}{''.join(cells)}{np.mean(alarms) if alarms else float('nan'):.3f}")
    *others, best = samples
    for name in others:
        gain = samples[best] - samples[name]
        cells = [
            f"{middle:+.3f} [{low:+.3f}, {high:+.3f}]"
            for low, middle, high in np.quantile(gain, [0.025, 0.5, 0.975], axis=0).T
        ]
        print(f"  {best} - {name}: {'  '.join(cells)}")


def calibration(name: str, model: TopicModel, rows: Sequence[Labelled]) -> None:
    """Prints confidence and share of correct first topics, for fifths of the texts by confidence."""
    texts = [row.text for row in rows if row.topics]
    actual = [row.topics for row in rows if row.topics]
    first = [predicted[0] for predicted in model.predict(tokenise(texts), texts)]
    sure = np.array([score.confidence for score in first])
    right = np.array([score.topic_id in topics for score, topics in zip(first, actual, strict=True)])
    parts = np.array_split(np.argsort(sure), 5)
    cells = [f"{sure[part].mean():.2f}/{right[part].mean():.2f}" for part in parts]
    error = sum(len(part) * abs(sure[part].mean() - right[part].mean()) for part in parts) / len(sure)
    print(f"  {name}, confidence/share correct of the first topic: {'  '.join(cells)}, calibration error {error:.3f}")


def _resampled(
    predicted: Sequence[Topics],
    actual: Sequence[Topics],
    draws: np.ndarray,
    names: Sequence[str],
    frequent: Sequence[str],
) -> np.ndarray:
    """Micro-F1, macro-F1 and share of correct first topics of resampled texts (rounds x 3)."""
    guess = np.array([[name in topics for name in names] for topics in predicted], float)
    truth = np.array([[name in topics for name in names] for topics in actual], float)
    first = np.array([bool(one) and one[0] in two for one, two in zip(predicted, actual, strict=True)], float)
    of_frequent = [names.index(name) for name in frequent]
    found = np.zeros((len(draws), 3))
    for at, draw in enumerate(draws):
        weight = np.bincount(draw, minlength=len(actual))
        right, all_said, all_true = (weight @ part for part in (guess * truth, guess, truth))
        f1 = 2 * right / np.maximum(all_said + all_true, 1)
        found[at] = (
            2 * right.sum() / (all_said.sum() + all_true.sum()), f1[of_frequent].mean(), weight @ first / len(draw),
        )  # fmt: skip
    return found


def main() -> int:
    if not DATA.is_dir():
        print("topics: the data in ../shared/data is missing, so nothing can be measured.")
        return 0
    judged, rows = people(), feed()
    known = {topic for row in (*judged, *rows) for topic in row.topics}
    seen = {"".join(row.text.split()) for row in judged}
    learnt = [row for row in rows if row.topics and "".join(row.text.split()) not in seen]
    before = [row for row in learnt if row.day < TESTED_FROM]
    after = [row for row in learnt if row.day >= TESTED_FROM]
    seed, whole = seed_models().topics, learn(learnt)
    keywords: dict[str, Predict] = {"60 keywords": by_keywords, "seed": predict_with(seed)}

    def learning(part: Sequence[Labelled], model: TopicModel) -> dict[str, Predict]:
        return {
            "words and pairs, LinearSVC": linear(part, with_keywords=False),
            "both, logistic regression": linear(part, with_keywords=True),
            "trained": predict_with(model),
        }

    compare("(a) labels by people, trained on all of 2022", {**keywords, **learning(learnt, whole)}, judged, known)
    calibration("trained", whole, judged)
    compare(
        f"(b) labels of the feed, trained on texts before {TESTED_FROM}",
        {**keywords, **learning(before, learn(before))},
        after,
        known,
    )
    compare("(c) labels by people, without training", keywords, judged, known)
    calibration("seed", seed, judged)
    with TEXTS.open(encoding="utf-8", newline="") as file:
        own = [
            Labelled(normalise(text), [row["topics"]])
            for row in csv.DictReader(file)
            for name, text in row.items()
            if name != "topics"
        ]
    for name, model in (("seed", seed), ("trained on the feed", whole)):
        right = np.mean(
            [
                predicted[0] in row.topics
                for row, predicted in zip(own, predict_with(model)([row.text for row in own]), strict=True)
            ]
        )
        print(f"(d) {len(own)} texts written for other provinces, {name}: share of correct first topics {right:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
