"""Measures the kinds of messages: the model of nlp/kind.py, compared with rules of phrases and one answer for all.

python -m benchmarks.kinds

Own texts (tests/nlp/kinds.csv) are in two sets: the first was seen when the model was chosen and its examples were
written, the second was written before the model was made and had no part in it. Where ../shared/data is, people's own
kinds of tickets, nearly all complaints, show what a model costs there; nothing is learnt from them.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.kind_rules import kind as kind_by_rules
from benchmarks.topics import DATA
from nlp.analyse import Analyser
from nlp.kind import COMPLAINT, OTHER
from nlp.seed_models import seed_models
from schemas.topics import load_labels

OWN = Path(__file__).parents[1] / "tests" / "nlp" / "kinds.csv"
ROUNDS = 2000
SEED = 2570

Labelled = Sequence[tuple[str, str]]


def own() -> dict[str, Labelled]:
    """The project's own texts and their kinds, by set."""
    with OWN.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    sets = dict.fromkeys(row["set"] for row in rows)
    return {
        f"own texts, {name} set": [(row["text"], row["kind"]) for row in rows if row["set"] == name] for name in sets
    }


def people() -> Labelled:
    """Tickets and the kinds that people assigned."""
    with (DATA / "people_labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [(row["text"], load_labels()[row["kind_label"]].kind or OTHER) for row in rows]


def main() -> int:
    analyser = Analyser(seed_models())
    sets = own()
    if DATA.is_dir():
        sets["people's kinds of tickets"] = people()
    for title, rows in sets.items():
        found, truth = analyser.analyse([text for text, _ in rows]), np.array([name for _, name in rows])
        predictions = {
            "rules": [kind_by_rules(one.text, has_topic=one.topics[0].topic_id != OTHER) for one in found],
            "learnt": [one.kind for one in found],
            "complaint, always": [COMPLAINT] * len(rows),
        }
        right = {name: np.array(one) == truth for name, one in predictions.items()}
        print(f"\n{title}: {len(rows)} texts, share of complaints {np.mean(truth == COMPLAINT):.2f}")
        draws = np.random.default_rng(SEED).integers(0, len(rows), (ROUNDS, len(rows)))
        for name, mine in right.items():
            shares = [f"{kind} {mine[truth == kind].mean():.2f}" for kind in dict.fromkeys(truth.tolist())]
            gain = mine[draws].mean(axis=1) - right["rules"][draws].mean(axis=1)
            low, high = np.quantile(gain, [0.025, 0.975])
            print(f"{name:18} correct {mine.mean():.3f}, gain on rules [{low:+.3f}, {high:+.3f}]  {', '.join(shares)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
