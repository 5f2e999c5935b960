"""Measures labels of texts whose writers the models have not learnt from, by region, language, style, kind and length.

python -m benchmarks.writers [--folds 5] [--given]

The corpus is split by writer: each fifth of the writers is labelled by models that learnt from the others.
``--given`` labels the independent texts of ../shared/data/texts with the seed models instead.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from sklearn.metrics import f1_score
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import MultiLabelBinarizer

from nlp.analyse import Analyser, Analysis
from nlp.corpus import CorpusText, load_corpus
from nlp.evaluate import calibration_error, reliability
from nlp.label_models import LabelModels
from nlp.relevance import IS_CONCERN
from nlp.seed_models import seed_models
from nlp.topics.parameters import OTHER
from schemas.topics import KINDS

GIVEN = Path(__file__).parents[2] / "shared" / "data" / "texts"
_LENGTHS = ((0, 30), (30, 80), (80, 200), (200, 10_000))


def by_writers(folds: int) -> tuple[list[CorpusText], list[Analysis]]:
    """The texts of the corpus, and their analyses by models that did not learn from their writers."""
    corpus = load_corpus()
    texts: list[CorpusText] = []
    analyses: list[Analysis] = []
    for learnt, rest in GroupKFold(folds).split(corpus, groups=[text.writer for text in corpus]):
        known, new = [corpus[at] for at in learnt], [corpus[at] for at in rest]
        texts += new
        analyses += analyser(known).analyse([text.text for text in new])
    return texts, analyses


def analyser(corpus: Sequence[CorpusText]) -> Analyser:
    """An analyser whose models have learnt from these texts alone."""
    return Analyser(LabelModels.learn_seed(corpus))


def given() -> tuple[list[CorpusText], list[Analysis]]:
    """The given texts with labels, and their analyses by the seed models."""
    texts: list[CorpusText] = []
    for name in ("provincial", "kinds", "chatter"):
        for line in (GIVEN / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            texts.append(
                CorpusText(
                    name, row.get("region", "all"), row["text"], tuple(row.get("topics", ())), row.get("kind", ""),
                    row.get("language", "th"), row["relevant"], row.get("style", ""), (),
                )
            )  # fmt: skip
    return texts, Analyser(seed_models()).analyse([text.text for text in texts])


def share(values: Iterable[bool]) -> str:
    """A share as text with its base."""
    listed = list(values)
    return f"{np.mean(listed):.3f} ({len(listed)})" if listed else "- (0)"


def print_topics(pairs: Sequence[tuple[CorpusText, Analysis]]) -> None:
    """First topic, F1 and calibration of concerns that have a topic."""
    about = [(text, found) for text, found in pairs if text.topics and text.topics != (OTHER,) and text.is_relevant]
    truth = [set(text.topics) - {OTHER} for text, _ in about]
    chosen = [{topic.topic_id for topic in found.topics} - {OTHER} for _, found in about]
    names = MultiLabelBinarizer().fit([*truth, *chosen])
    scores = [f1_score(names.transform(truth), names.transform(chosen), average=how) for how in ("micro", "macro")]
    is_first = [found.topics[0].topic_id == text.topics[0] for text, found in about]
    print(f"topics: first is the main one {share(is_first)}, micro {scores[0]:.3f}, macro {scores[1]:.3f}")
    print(f"  called other: {share(found.topics[0].topic_id == OTHER for _, found in about)}")
    certain = [(found.topics[0].confidence, found.topics[0].topic_id in text.topics) for text, found in about]
    certain = [(confidence, right) for (confidence, right), (_, found) in zip(certain, about, strict=True)
               if found.topics[0].topic_id != OTHER]  # fmt: skip
    bins = reliability([confidence for confidence, _ in certain], [right for _, right in certain])
    print(f"  calibration error {calibration_error(bins):.3f}: " + ", ".join(
        f"{one.confidence:.2f} said, {one.correct / one.texts:.2f} right ({one.texts})" for one in bins
    ))  # fmt: skip
    for title, value in _GROUPS.items():
        print(
            f"  first by {title}: " + _by(about, value, lambda text, found: found.topics[0].topic_id == text.topics[0])
        )


_GROUPS: dict[str, Callable[[CorpusText], str]] = {
    "region": lambda text: text.region,
    "language": lambda text: text.language,
    "style": lambda text: text.style,
    "kind": lambda text: text.kind,
    "length": lambda text: next(f"{low}+" for low, high in _LENGTHS if low <= len(text.text) < high),
}


def _by(
    pairs: Sequence[tuple[CorpusText, Analysis]],
    value: Callable[[CorpusText], str],
    is_right: Callable[[CorpusText, Analysis], bool],
) -> str:
    groups: dict[str, list[bool]] = {}
    for text, found in pairs:
        groups.setdefault(value(text), []).append(is_right(text, found))
    return ", ".join(f"{name} {share(groups[name])}" for name in sorted(groups))


def print_kinds(pairs: Sequence[tuple[CorpusText, Analysis]]) -> None:
    """Kinds, relevance and languages."""
    named = [(text, found) for text, found in pairs if text.kind]
    right = {
        kind: [found.kind == kind for text, found in named if text.kind == kind]
        for kind in KINDS
        if any(text.kind == kind for text, _ in named)
    }
    print(f"kinds: balanced {np.mean([np.mean(one) for one in right.values()]):.3f}; "
          + ", ".join(f"{kind} {share(one)}" for kind, one in right.items()))  # fmt: skip
    print("  by region: " + _by(named, lambda text: text.region, lambda text, found: found.kind == text.kind))
    counted = [(text, found, found.relevance >= IS_CONCERN) for text, found in pairs]
    print(f"counted or not, right: {share(is_in == text.is_relevant for text, _, is_in in counted)}")
    kept = [(is_in, len(text.text) < 30) for text, _, is_in in counted if text.is_relevant]
    print(
        f"  concerns kept {share(is_in for is_in, _ in kept)}, short ones {share(one for one, short in kept if short)}"
    )
    chatter = [found.topics[0].topic_id != OTHER or is_in for text, found, is_in in counted if not text.is_relevant]
    print(f"  chatter with a topic or counted {share(chatter)}")
    print("languages: " + _by(pairs, lambda text: text.language, lambda text, found: found.language == text.language))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--given", action="store_true")
    chosen = parser.parse_args()
    texts, analyses = given() if chosen.given else by_writers(chosen.folds)
    pairs = list(zip(texts, analyses, strict=True))
    print(f"{len(pairs):,} texts")
    sets = dict.fromkeys(text.writer for text in texts) if chosen.given else [""]
    for name in sets:
        mine = [pair for pair in pairs if name in ("", pair[0].writer)]
        if name:
            print(f"\n{name}: {len(mine)}")
        if name not in ("kinds", "chatter"):
            print_topics(mine)
        print_kinds(mine)
    return 0


if __name__ == "__main__":
    sys.exit(main())
