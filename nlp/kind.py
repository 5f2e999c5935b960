"""What a citizen wants with a message: to complain, ask, suggest, praise …

A linear model over words and pairs of words, learnt by ridge regression from the examples of kinds.yaml. Those hold
few complaints, and in life most messages are; so the examples of topics.yaml that this model takes for complaints are
then learnt as such too (self-training: Scudder 1965). That makes twenty times as many of them as of any other kind,
and the others would hardly ever be said; so a kind weighs as the cube root of the number of its examples.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nlp.clean import clean
from nlp.features import Floats, Ints, TokenIds, feature_columns, token_ids, vocabulary, word_matrix
from nlp.tokenise import tokenise
from schemas.topics import KINDS, load_kinds, load_labels, load_topics

COMPLAINT, OTHER = "complaint", "other"

_RIDGE = 1.0
# With 1 each kind weighs the same, and what is short and angry (ขยะเยอะมาก) is taken for praise; with 0 each example
# does, and nearly all is a complaint. Chosen on the first set of tests/nlp/kinds.csv.
_EVENNESS = 2 / 3


class KindModel:
    """Kinds of messages. Made by ``seed``; never changes afterwards."""

    def __init__(self, features: Ints, idf: Floats, weights: Floats, intercept: Floats) -> None:
        """``features`` are sorted hashes (V), ``weights`` V x K, ``intercept`` K, in the order of ``KINDS``."""
        self._place, self._idf = feature_columns(features), idf
        self._weights, self._intercept = weights, intercept

    @classmethod
    def seed(cls) -> KindModel:
        """A model of nothing but the examples of kinds.yaml and topics.yaml; always the same."""
        own = [(text, name) for name, examples in load_kinds().items() for text in examples]
        texts, kinds = _cleaned([text for text, _ in own]), [name for _, name in own]
        more = _cleaned([text for topic in load_topics() if topic.topic_id != OTHER for text in topic.examples])
        taken = cls._fit(texts, kinds).predict(token_ids(tokenise(more)), np.ones(len(more), dtype=bool))
        complaints = [text for text, name in zip(more, taken, strict=True) if name == COMPLAINT]
        return cls._fit(texts + complaints, kinds + [COMPLAINT] * len(complaints))

    @classmethod
    def _fit(cls, texts: Sequence[str], kinds: Sequence[str]) -> KindModel:
        words = token_ids(tokenise(texts))
        features, idf = vocabulary(words, examples=len(texts), min_uses=1)
        matrix = word_matrix(words, feature_columns(features), idf).astype(np.float64)
        target = np.array(kinds)[:, None] == np.array(KINDS)
        importance = target @ (1.0 / target.sum(axis=0)) ** _EVENNESS
        importance /= importance.mean()
        middle = importance @ target / importance.sum()
        # The dual of weighted ridge regression: there are fewer texts than words.
        dual = np.linalg.solve((matrix @ matrix.T).toarray() + np.diag(_RIDGE / importance), target - middle)
        return cls(features, idf, (matrix.T @ dual).astype(np.float32), middle.astype(np.float32))

    def predict(self, words: TokenIds, has_topic: NDArray[np.bool_]) -> list[str]:
        """The kind of each text by its words; ``has_topic`` (texts) says which are about a topic.

        A text about a topic is never ``other``. One in which no word is known is a complaint if it is about a topic.
        """
        matrix = word_matrix(words, self._place, self._idf)
        scores = matrix @ self._weights + self._intercept
        scores[has_topic, KINDS.index(OTHER)] = -np.inf
        is_silent = np.diff(matrix.indptr) == 0
        best = scores.argmax(axis=1)
        best[is_silent] = np.where(has_topic[is_silent], KINDS.index(COMPLAINT), KINDS.index(OTHER))
        return [KINDS[at] for at in best.tolist()]


def kind_from_labels(labels: Sequence[str]) -> str | None:
    """The kind that a source's labels of a text state; None where they state none."""
    known = load_labels()
    return next((meaning.kind for label in labels if (meaning := known.get(label)) and meaning.kind), None)


def _cleaned(texts: Sequence[str]) -> list[str]:
    return [text for text, _ in clean(texts)]
