"""Measures the masking over the corpus: what of the marked personal data is masked, and what is masked unmarked.

python -m benchmarks.masking_corpus [--show KIND] [--given]

Recall: the share of marked spans of which no letter and no digit is left. Touched: the share of texts in which
something is masked that carries no mark, among the texts without a mark and among those with one. ``--given`` measures
over the independent texts of ../shared/data/texts instead. ``--show`` lists the errors of a kind.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nlp.corpus import load_corpus
from nlp.mask import mask
from nlp.mask.kinds import KINDS, PLACEHOLDER
from nlp.normalise import normalise

GIVEN = Path(__file__).parents[2] / "shared" / "data" / "texts" / "private.jsonl"
_AROUND = 40

MarkedText = tuple[str, Sequence[tuple[str, str]]]
"""A text, and the kind and value of each of its marks, in order."""


@dataclass
class Figures:
    """Counts of marks by kind, of touched texts, and the errors by kind."""

    marked: Counter[str] = field(default_factory=Counter[str])
    masked: Counter[str] = field(default_factory=Counter[str])
    touched: Counter[str] = field(default_factory=Counter[str])
    texts: Counter[str] = field(default_factory=Counter[str])
    errors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def corpus_texts() -> list[MarkedText]:
    """The texts of the corpus with the values of their marks."""
    return [(one.text, [(span.kind, one.text[span.start : span.end]) for span in one.spans]) for one in load_corpus()]


def given_texts() -> list[MarkedText]:
    """The given texts with the values of their marks."""
    rows = [json.loads(line) for line in GIVEN.read_text(encoding="utf-8").splitlines()]
    return [(row["text"], [(span["kind"], span["value"]) for span in row["spans"]]) for row in rows]


def masked_spans(text: str, masked: str) -> list[tuple[str, int, int]]:
    """The kind, start and end in ``text`` of what each placeholder of ``masked`` stands for."""
    parts = PLACEHOLDER.split(masked)
    pattern = "".join(re.escape(part) if at % 2 == 0 else "(.+?)" for at, part in enumerate(parts))
    found = re.fullmatch(pattern, text, re.DOTALL)
    assert found, f"{masked!r} is not {text!r} with placeholders"
    return [(kind, *found.span(at)) for at, kind in enumerate(parts[1::2], 1)]


def marked_spans(text: str, marks: Iterable[tuple[str, str]]) -> list[tuple[str, int, int]]:
    """The kind, start and end of each mark in a normalised text; marks that normalising has changed are left out."""
    spans: list[tuple[str, int, int]] = []
    done = 0
    for kind, value in marks:
        start = text.find(wanted := normalise(value), done)
        if start < 0:
            start = text.find(wanted)
        if start >= 0:
            done = start + len(wanted)
            spans.append((kind, start, done))
    return spans


def measure(texts: Sequence[MarkedText]) -> Figures:
    """The figures of the masking over some texts."""
    figures = Figures()
    for (raw, marks), (masked, _) in zip(texts, map(mask, map(normalise, [text for text, _ in texts])), strict=True):
        text = normalise(raw)
        spans, found = marked_spans(text, marks), masked_spans(text, masked)
        hidden = {at for _, start, end in found for at in range(start, end)}
        for kind, start, end in spans:
            figures.marked[kind] += 1
            if all(at in hidden or not text[at].isalnum() for at in range(start, end)):
                figures.masked[kind] += 1
            else:
                figures.errors[kind].append(_around(text, start, end) + f"   ->  {masked!r}")
        group = "with marks" if spans else "without marks"
        figures.texts[group] += 1
        extra = [one for one in found if not any(one[1] < end and start < one[2] for _, start, end in spans)]
        for kind in {kind for kind, _, _ in extra}:
            figures.touched[f"{group} {kind}"] += 1
        figures.touched[group] += bool(extra)
        figures.touched[f"{group} but names"] += any(kind != "NAME" for kind, _, _ in extra)
        for kind, start, end in extra:
            figures.errors[f"+{kind}"].append(_around(text, start, end))
    return figures


def _around(text: str, start: int, end: int) -> str:
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    return f"{before}【{text[start:end]}】{after}".replace("\n", "⏎")


def main() -> int:
    parser = argparse.ArgumentParser(description="Measures the masking over the marked texts of the corpus.")
    parser.add_argument("--given", action="store_true", help="measure over the given texts instead")
    parser.add_argument("--show", nargs="*", default=(), help="list the errors of a kind; +KIND for what is unmarked")
    arguments = parser.parse_args()
    figures = measure(given_texts() if arguments.given else corpus_texts())
    for kind in KINDS:
        if marked := figures.marked[kind]:
            print(f"{kind:12} {figures.masked[kind]:5}/{marked:<5} {figures.masked[kind] / marked:.3f}")
    for group, count in figures.texts.items():
        by_kind = {kind: figures.touched[f"{group} {kind}"] for kind in KINDS}
        print(
            f"touched of {count:,} texts {group}: {figures.touched[group] / count:.2%},"
            f" apart from names {figures.touched[f'{group} but names']},"
            f" {', '.join(f'{kind} {number}' for kind, number in by_kind.items() if number)}"
        )
    for kind in arguments.show:
        print(f"\n{kind}", *figures.errors[kind], sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
