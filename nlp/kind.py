"""The kind of a message: complaint, request, suggestion, question, praise and others.

A linear model over words and pairs of words, learnt by ridge regression from the examples of kinds.yaml. These contain
few complaints, although most messages are complaints. So the examples of topics.yaml that this model classifies as
complaints are added as complaints (self-training: Scudder 1965). There are then twenty times as many complaints as
examples of any other kind, so the weight of a kind is the cube root of the number of its examples.
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
# With 1 all kinds have the same weight, and short angry messages (ขยะเยอะมาก) become praise. With 0 all examples have
# the same weight, and nearly every message becomes a complaint. Chosen on the first set of tests/nlp/kinds.csv.
_CLASS_BALANCE = 2 / 3


class KindModel:
    """Predicts kinds of messages. Created by ``seed``; immutable."""

    def __init__(self, features: Ints, idf: Floats, weights: Floats, intercept: Floats) -> None:
        """``features`` are sorted hashes (V), ``weights`` V x K, ``intercept`` K, in the order of ``KINDS``."""
        self._columns, self._idf = feature_columns(features), idf
        self._weights, self._intercept = weights, intercept

    @classmethod
    def seed(cls) -> KindModel:
        """The model from the examples of kinds.yaml and topics.yaml; always the same."""
        examples = [(text, name) for name, examples in load_kinds().items() for text in examples]
        texts, kinds = _clean_texts([text for text, _ in examples]), [name for _, name in examples]
        more = _clean_texts([text for topic in load_topics() if topic.topic_id != OTHER for text in topic.examples])
        predicted = cls._fit(texts, kinds).predict(token_ids(tokenise(more)), np.ones(len(more), dtype=bool))
        complaints = [text for text, name in zip(more, predicted, strict=True) if name == COMPLAINT]
        return cls._fit(texts + complaints, kinds + [COMPLAINT] * len(complaints))

    @classmethod
    def _fit(cls, texts: Sequence[str], kinds: Sequence[str]) -> KindModel:
        words = token_ids(tokenise(texts))
        features, idf = vocabulary(words, examples=len(texts), min_uses=1)
        matrix = word_matrix(words, feature_columns(features), idf).astype(np.float64)
        target = np.array(kinds)[:, None] == np.array(KINDS)
        importance = target @ (1.0 / target.sum(axis=0)) ** _CLASS_BALANCE
        importance /= importance.mean()
        mean = importance @ target / importance.sum()
        # Weighted ridge regression in its dual form, because there are fewer texts than words.
        dual = np.linalg.solve((matrix @ matrix.T).toarray() + np.diag(_RIDGE / importance), target - mean)
        return cls(features, idf, (matrix.T @ dual).astype(np.float32), mean.astype(np.float32))

    def predict(self, words: TokenIds, has_topic: NDArray[np.bool_]) -> list[str]:
        """The kind of each text; ``has_topic`` (texts) says which texts have a topic.

        A text with a topic is never ``other``. A text without any feature is a complaint if it has a topic.
        """
        matrix = word_matrix(words, self._columns, self._idf)
        scores = matrix @ self._weights + self._intercept
        scores[has_topic, KINDS.index(OTHER)] = -np.inf
        has_no_feature = np.diff(matrix.indptr) == 0
        best = scores.argmax(axis=1)
        best[has_no_feature] = np.where(has_topic[has_no_feature], KINDS.index(COMPLAINT), KINDS.index(OTHER))
        return [KINDS[at] for at in best.tolist()]


def kind_from_labels(labels: Sequence[str]) -> str | None:
    """The kind that the labels of a source state for a text, or None."""
    meanings = load_labels()
    return next((meaning.kind for label in labels if (meaning := meanings.get(label)) and meaning.kind), None)


def _clean_texts(texts: Sequence[str]) -> list[str]:
    return [text for text, _ in clean(texts)]
