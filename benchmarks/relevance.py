"""Measures how well concerns are separated from other posts, and prints the log-odds for nlp/relevance.py.

python -m benchmarks.relevance
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from nlp.analyse import Analyser
from nlp.relevance import IS_CONCERN, features
from nlp.topics import TopicModel

TESTS = Path(__file__).parents[1] / "tests" / "nlp"
MESSAGES = Path(__file__).parents[2] / "shared" / "data" / "social" / "messages.txt"


def main() -> int:
    analyser = Analyser(TopicModel.seed())
    rows = csv.DictReader((TESTS / "provincial_texts.csv").open(encoding="utf-8", newline=""))
    concerns = [text for row in rows for name, text in row.items() if name != "topics"]
    chatter = (TESTS / "chatter.txt").read_text(encoding="utf-8").splitlines()
    found = analyser.analyse(concerns + chatter)
    truth = np.repeat([True, False], [len(concerns), len(chatter)])
    model = LogisticRegression(C=10, class_weight="balanced")
    model.fit(np.array([features(one.text, one.topics) for one in found]), truth)
    print(
        "log-odds: intercept",
        np.round(model.intercept_, 2),
        "topic, cues of concerns, of chatter",
        np.round(model.coef_[0], 2),
    )
    scores = np.array([one.relevance for one in found])
    print(f"{len(concerns)} concerns kept {np.mean(scores[truth] >= IS_CONCERN):.3f}")
    print(f"{len(chatter)} texts of chatter kept {np.mean(scores[~truth] >= IS_CONCERN):.3f}")
    print(f"area under the curve {roc_auc_score(truth, scores):.3f}")
    if MESSAGES.is_file():
        posts = analyser.analyse(MESSAGES.read_text(encoding="utf-8").splitlines()[::10])
        kept = np.mean([one.relevance >= IS_CONCERN for one in posts])
        print(f"{len(posts)} messages of ../shared/data/social, mostly chatter about brands: kept {kept:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
