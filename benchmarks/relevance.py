"""Measures how well concerns are separated from other messages.

python -m benchmarks.relevance

The project's own texts are of the tests; none of them is in the corpus.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from nlp.analyse import Analyser
from nlp.relevance import IS_CONCERN
from nlp.seed_models import seed_models

TESTS = Path(__file__).parents[1] / "tests" / "nlp"
MESSAGES = Path(__file__).parents[2] / "shared" / "data" / "social" / "messages.txt"


def main() -> int:
    analyser = Analyser(seed_models())
    rows = csv.DictReader((TESTS / "provincial_texts.csv").open(encoding="utf-8", newline=""))
    concerns = [text for row in rows for name, text in row.items() if name != "topics"]
    chatter = (TESTS / "chatter.txt").read_text(encoding="utf-8").splitlines()
    scores = np.array([one.relevance for one in analyser.analyse(concerns + chatter)])
    truth = np.repeat([True, False], [len(concerns), len(chatter)])
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
