"""Prints the sizes of the corpus, and how far a second reader agrees with its labels.

python -m benchmarks.corpus

The second reader labelled a tenth of the texts without seeing their labels (nlp/corpus/second_readings.csv). Agreement
is Cohen's kappa (1960): 0 is chance, 1 is full agreement. It is computed with the labels of the corpus as they are now,
that is after disagreements were settled, and with those of the writers before (column ``writer_*`` of the file).
"""

from __future__ import annotations

import csv
import hashlib
import sys
from collections import Counter
from collections.abc import Callable, Sequence

from sklearn.metrics import cohen_kappa_score

from nlp.corpus import FOLDER, CorpusText, load_corpus
from nlp.lexicon import VARIETIES, written_forms
from schemas.topics import KINDS, load_topics


def sizes(corpus: Sequence[CorpusText]) -> None:
    """Prints the number of texts by topic, kind, region, language, style and writer, and of marked items."""
    by: dict[str, Callable[[CorpusText], str]] = {
        "main topic": lambda text: text.topics[0],
        "kind": lambda text: text.kind,
        "region": lambda text: text.region,
        "language": lambda text: text.language,
        "style": lambda text: text.style,
        "writer": lambda text: text.writer,
    }
    print(f"{len(corpus):,} texts, {sum(not text.is_relevant for text in corpus):,} of them not relevant")
    for title, value in by.items():
        counts = Counter(value(text) for text in corpus)
        print(f"  {title} ({len(counts)}): " + ", ".join(f"{name} {count}" for name, count in counts.most_common()))
    spans = Counter(span.kind for text in corpus for span in text.spans)
    print(f"  personal data ({spans.total()}): " + ", ".join(f"{name} {count}" for name, count in spans.most_common()))
    print("lexicon: " + ", ".join(f"{variety} {len(written_forms(variety))}" for variety in VARIETIES))


def agreement(corpus: Sequence[CorpusText]) -> None:
    """Prints kappa of the first topic, the kind and the relevance; by topic and kind as one against the rest."""
    texts = {hashlib.sha256(text.text.encode()).hexdigest()[:16]: text for text in corpus}
    with (FOLDER / "second_readings.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["text_hash"] in texts]
    pairs = [(texts[row["text_hash"]], row) for row in rows]
    print(f"\n{len(pairs):,} texts with a second reading")
    second_topics = [row["topics"].split()[0] for row in rows]
    second_kinds = [row["kind"] for row in rows]
    for who, topics, kinds in (
        ("writers", [row["writer_topic"] for row in rows], [row["writer_kind"] for row in rows]),
        ("settled", [text.topics[0] for text, _ in pairs], [text.kind for text, _ in pairs]),
    ):
        print(f"{who}: kappa of the first topic {cohen_kappa_score(topics, second_topics):.3f}, "
              f"kind {cohen_kappa_score(kinds, second_kinds):.3f}")  # fmt: skip
        for title, names, mine, theirs in (
            ("topic", [topic.topic_id for topic in load_topics()], topics, second_topics),
            ("kind", KINDS, kinds, second_kinds),
        ):
            values = {
                name: cohen_kappa_score([one == name for one in mine], [one == name for one in theirs])
                for name in names
                if name in mine or name in theirs
            }
            print(f"  by {title}: " + ", ".join(f"{name} {value:.2f}" for name, value in values.items()))


def main() -> int:
    corpus = load_corpus()
    sizes(corpus)
    agreement(corpus)
    return 0


if __name__ == "__main__":
    sys.exit(main())
