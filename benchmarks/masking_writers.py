"""Measures the masking of personal data in texts of writers that the model of names has not learnt from.

python -m benchmarks.masking_writers [--folds 5] [--show]

The corpus is split by writer: the names in each part are looked for by a model that learnt from the other writers.
Recall is the share of items of which no word is left, by kind and, for names, by script. Touched is the share of
texts without personal data that were changed. The same is printed for the given texts of ../shared/data/texts, which
the model has not seen. ``--show`` lists what was missed or touched there.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sklearn.model_selection import GroupKFold

from nlp.corpus import load_corpus
from nlp.language import ARABIC, THAI
from nlp.mask import mask_by_rules, mask_with
from nlp.mask.learnt_names import name_model
from nlp.mask.name_learning import learn_names
from nlp.normalise import normalise

GIVEN = Path(__file__).parents[2] / "shared" / "data" / "texts" / "private.jsonl"
_KINDS = {"COORD": "COORDINATES"}

Mask = Callable[[str], str]


@dataclass(frozen=True)
class MarkedText:
    """A text, and the kind and value of each item of personal data in it."""

    text: str
    items: tuple[tuple[str, str], ...]


def group_of(kind: str, value: str) -> str:
    """The kind of an item; for a name also its script."""
    if kind != "NAME":
        return _KINDS.get(kind, kind)
    return "NAME Thai" if THAI.search(value) else "NAME Arabic" if ARABIC.search(value) else "NAME Latin"


def is_removed(text: str, value: str, masked: str) -> bool:
    """Whether no word of an item is left, apart from those that the text has elsewhere too."""
    rest = normalise(text.replace(value, " | ", 1))
    return all(masked.count(word) <= rest.count(word) for word in normalise(value).split() if len(word) > 1)


def measure(texts: Sequence[MarkedText], mask: Mask, *, show: bool = False) -> tuple[Counter[str], Counter[str]]:
    """The numbers of items or clean texts, and of those that were removed or touched."""
    all_items: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for one in texts:
        before = normalise(one.text)
        masked = mask(before)
        if not one.items:
            all_items["touched"] += 1
            found["touched"] += masked != before
        missed = [value for _, value in one.items if not is_removed(one.text, value, masked)]
        for kind, value in one.items:
            all_items[group_of(kind, value)] += 1
            found[group_of(kind, value)] += value not in missed
        if show and (missed or (not one.items and masked != before)):
            print(f"      {missed or 'touched'}: {masked!r}")
    return all_items, found


def show_shares(title: str, counts: tuple[Counter[str], Counter[str]]) -> None:
    """Prints the shares of one set of texts."""
    total, found = counts
    print(title)
    names = [name for name in total if name.startswith("NAME")]
    rows = [("NAME", sum(found[name] for name in names), sum(total[name] for name in names))]
    rows += [(name, found[name], total[name]) for name in sorted(total)]
    for name, hits, of in rows:
        print(f"  {name:12} {hits:5}/{of:5} = {hits / max(of, 1):.3f}")


def by_writers(folds: int) -> tuple[Counter[str], Counter[str]]:
    """The counts over the whole corpus."""
    corpus = load_corpus()
    total: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for learnt, rest in GroupKFold(folds).split(corpus, groups=[text.writer for text in corpus]):
        model = learn_names([corpus[at] for at in learnt])
        texts = [
            MarkedText(one.text, tuple((span.kind, one.text[span.start : span.end]) for span in one.spans))
            for one in (corpus[at] for at in rest)
        ]
        one_total, one_found = measure(texts, lambda text, model=model: mask_with(model.mask, text))
        total += one_total
        found += one_found
    return total, found


def given() -> list[MarkedText]:
    """The given texts."""
    rows = [json.loads(line) for line in GIVEN.read_text(encoding="utf-8").splitlines()]
    return [MarkedText(row["text"], tuple((span["kind"], span["value"]) for span in row["spans"])) for row in rows]


def main() -> int:
    parser = argparse.ArgumentParser(description="Measures masking on writers that the model has not learnt from.")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--show", action="store_true", help="list what was missed or touched in the given texts")
    chosen = parser.parse_args()
    show_shares("writers of the corpus, each by a model that learnt from others", by_writers(chosen.folds))
    if GIVEN.is_file():
        show_shares("given texts, by rules alone", measure(given(), mask_by_rules))
        model = name_model()
        show_shares("given texts", measure(given(), lambda text: mask_with(model.mask, text), show=chosen.show))
    return 0


if __name__ == "__main__":
    sys.exit(main())
