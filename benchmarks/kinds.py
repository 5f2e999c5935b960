"""How well kinds of messages are told: the rules of nlp/kind.py beside linear models that learn from examples.

python -m benchmarks.kinds

Held out are the texts of tests/nlp/kinds.csv, written before the examples of benchmarks/kinds.yaml were. Where
../shared/data is, people's own kinds of tickets, nearly all complaints, show what a model costs there.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from benchmarks.topics import DATA, words_and_pairs
from nlp.analyse import Analyser
from nlp.clean import clean
from nlp.kind import COMPLAINT, OTHER, cues
from nlp.tokenise import tokenise
from nlp.topics import TopicModel
from schemas.topics import load_labels, load_topics

HELD_OUT = Path(__file__).parents[1] / "tests" / "nlp" / "kinds.csv"
EXAMPLES = Path(__file__).with_suffix(".yaml")
ROUNDS = 2000
SEED = 2570

Texts = Sequence[str]
Predict = Callable[[Texts], list[str]]


def safe(texts: Texts) -> list[str]:
    return [text for text, _ in clean(texts)]


def held_out() -> tuple[list[str], list[str]]:
    """Own texts and their kinds."""
    with HELD_OUT.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return safe([row["text"] for row in rows]), [row["kind"] for row in rows]


def people() -> tuple[list[str], list[str]]:
    """Tickets and the kinds that people gave them; looked at, never learnt from."""
    with (DATA / "people_labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    kinds = [load_labels()[row["kind_label"]].kind or OTHER for row in rows]
    return safe([row["text"] for row in rows]), kinds


def examples() -> tuple[list[str], list[str]]:
    found = yaml.safe_load(EXAMPLES.read_text(encoding="utf-8"))
    pairs = [(text, name) for name, texts in found.items() for text in texts]
    return safe([text for text, _ in pairs]), [name for _, name in pairs]


def learn(texts: Texts, kinds: Sequence[str], analyser: Analyser) -> Predict:
    """A logistic regression over words, pairs of words, the cues of the rules, and whether there is a topic."""
    vectors = words_and_pairs().set_params(min_df=1)

    def features(rows: Texts, *, fit: bool = False) -> Any:
        tokens = tokenise(rows)
        words = vectors.fit_transform(tokens) if fit else vectors.transform(tokens)
        has_topic = [[one.topics[0].topic_id != OTHER] for one in analyser.analyse(rows)]
        cue = np.array([[*cues(text), *topic] for text, topic in zip(rows, has_topic, strict=True)], float)
        return sparse.hstack([words, sparse.csr_matrix(0.5 * cue)]).tocsr()

    model = LogisticRegression(C=5.0, max_iter=1000)
    model.fit(features(texts, fit=True), list(kinds))
    return lambda rows: [str(name) for name in model.predict(features(rows))]


def main() -> int:
    analyser = Analyser(TopicModel.seed())

    def rules(rows: Texts) -> list[str]:
        return [one.kind for one in analyser.analyse(rows)]

    texts, kinds = examples()
    learnt = learn(texts, kinds, analyser)
    # Most examples of topics are complaints, and those with a sign of trouble nearly all.
    troubled = safe([text for topic in load_topics() for text in topic.examples])
    troubled = [text for text in troubled if cues(text)[-1] and not any(cues(text)[:-1])]
    with_topics = learn([*texts, *troubled], [*kinds, *[COMPLAINT] * len(troubled)], analyser)

    def both(rows: Texts) -> list[str]:
        """The rules where a cue stands, else what was learnt."""
        said = zip(rows, rules(rows), learnt(rows), strict=True)
        return [by_rule if any(cues(text)) else by_model for text, by_rule, by_model in said]

    models: dict[str, Predict] = {
        "rules": rules,
        f"learnt from {len(texts)} examples": learnt,
        f"and {len(troubled)} examples of topics": with_topics,
        "rules where a cue stands, else learnt": both,
    }
    sets = {"own texts held out": held_out()}
    if DATA.is_dir():
        sets["people's kinds of tickets"] = people()
    for title, (rows, truth) in sets.items():
        print(f"\n{title}: {len(rows)} texts, {np.mean([one == COMPLAINT for one in truth]):.2f} of them complaints")
        said = {name: predict(rows) for name, predict in models.items()}
        right = {name: np.array(one) == np.array(truth) for name, one in said.items()}
        draws = np.random.default_rng(SEED).integers(0, len(rows), (ROUNDS, len(rows)))
        for name, mine in right.items():
            shares = [f"{kind} {mine[np.array(truth) == kind].mean():.2f}" for kind in dict.fromkeys(truth)]
            gain = (mine[draws].mean(axis=1) - right["rules"][draws].mean(axis=1)).tolist()
            low, high = np.quantile(gain, [0.025, 0.975])
            print(
                f"{name:40} right {mine.mean():.3f}, against the rules [{low:+.3f}, {high:+.3f}]  {', '.join(shares)}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
