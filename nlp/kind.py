"""What a writer wants with a message (its kind), and whether it is a public concern or chatter (its relevance).

Linear models over words and pairs of words: a support vector machine for each kind against the rest, and a logistic
regression for relevance. They learn from the corpus and from the examples of kinds.yaml.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from nlp.central import central_ids
from nlp.clean import clean
from nlp.corpus import CorpusText, load_corpus
from nlp.corpus.tokens import clean_texts
from nlp.features import Features, Floats, Ints, TokenIds, feature_columns, is_word, tf_idf, token_ids, vocabulary
from nlp.tokenise import tokenise
from schemas.topics import KINDS, load_kinds, load_labels

COMPLAINT, OTHER = "complaint", "other"
# Chosen with the folds of benchmarks/writers.py.
_COST_OF_KINDS, _COST_OF_RELEVANCE = 1.0, 10.0
# The kinds have equal weight when the model learns, but most messages are complaints. With this bonus for their score
# .81 instead of .76 of independent concerns get their kind, and the mean of all kinds falls from .81 to .79.
_BONUS_OF_COMPLAINTS = 0.15
# The number of texts with a word from which the word is a feature.
_MIN_USES = 2
# Words that open and close messages of all kinds. A complaint that ends with thanks is no praise, and one that begins
# with a greeting is no small talk.
_PARTICLES = frozenset(str.split("ครับ ครับผม คับ ค่ะ คะ ค่า นะ นะคะ นะครับ จ้า จ้ะ ฮะ เจ้า เด้อ"))
_OPENING = _PARTICLES | frozenset(
    str.split("สวัสดี หวัดดี อรุณสวัสดิ์ สวัสดีครับ สวัสดีค่ะ วัน จันทร์ อังคาร พุธ พฤหัส พฤหัสบดี ศุกร์ เสาร์ อาทิตย์ เช้า เรียน ท่าน แอดมิน")
)
_CLOSING = _PARTICLES | frozenset(str.split("ขอบคุณ ขอบพระคุณ ขอบใจ ขอบคุณครับ ขอบคุณค่ะ ขอบคุณมาก ล่วงหน้า มาก ๆ"))

ARRAYS = ("features", "idf", "weights", "intercept")
"""The arrays that a model consists of."""


class KindModel:
    """Scores kinds and relevance of messages; immutable. ``nlp.seed_models`` has the one that is in use."""

    def __init__(self, features: Ints, idf: Floats, weights: Floats, intercept: Floats) -> None:
        """``features`` are sorted hashes (V); ``weights`` are V x (K + 1) and ``intercept`` K + 1: kinds, relevance."""
        self.features, self.idf, self.weights, self.intercept = features, idf, weights, intercept
        self._columns = feature_columns(features)

    @classmethod
    def learn(cls, corpus: Sequence[CorpusText] | None = None, corrected: Sequence[tuple[str, str]] = ()) -> KindModel:
        """The model from the corpus, the examples of kinds.yaml, and texts whose kinds were corrected.

        The same for the same texts in the same order. ``corrected`` are texts and their kinds.
        """
        corpus = corpus or load_corpus()
        examples = [(text, name) for name, examples in load_kinds().items() for text in examples]
        _, tokens = clean_texts(corpus)
        more = tokenise([text for text, _ in clean([text for text, _ in [*examples, *corrected]])])
        kinds = [one.kind for one in corpus] + [name for _, name in [*examples, *corrected]]
        # The examples of `other` are greetings and tests; the corpus says of each text whether it is relevant. Of a
        # text that was corrected to `other` nobody said it.
        relevant = [one.is_relevant for one in corpus] + [name != OTHER for _, name in examples]
        return cls._fit(
            [*tokens, *more], kinds, [*relevant, *(True if name != OTHER else None for _, name in corrected)]
        )

    @classmethod
    def _fit(cls, tokens: Sequence[Sequence[str]], kinds: Sequence[str], relevant: Sequence[bool | None]) -> KindModel:
        """The model of texts (their tokens), their kinds, and whether they are relevant (None where it is unknown)."""
        from sklearn.linear_model import LogisticRegression  # imported here because only training needs it
        from sklearn.svm import LinearSVC

        words = central_ids(token_ids(tokens))
        found, texts = _found(words), len(tokens)
        features, idf = vocabulary(found, texts, _MIN_USES)
        matrix: Any = tf_idf(found, texts, feature_columns(features), idf)
        weights, intercept = np.zeros((len(features), len(KINDS) + 1)), np.zeros(len(KINDS) + 1)
        models: list[Any] = [LinearSVC(C=_COST_OF_KINDS, random_state=0, class_weight="balanced") for _ in KINDS]
        models.append(
            LogisticRegression(C=_COST_OF_RELEVANCE, solver="liblinear", random_state=0, class_weight="balanced")
        )
        all_texts, known = (
            np.arange(texts),
            np.array([at for at, value in enumerate(relevant) if value is not None]),
        )
        targets = [(all_texts, np.array(kinds) == name) for name in KINDS]
        targets.append((known, np.array([value for value in relevant if value is not None])))
        for column, (model, (rows, target)) in enumerate(zip(models, targets, strict=True)):
            model.fit(matrix[rows], target)
            weights[:, column], intercept[column] = model.coef_[0], model.intercept_[0]
        intercept[KINDS.index(COMPLAINT)] += _BONUS_OF_COMPLAINTS
        return cls(features, idf, weights.astype(np.float32), intercept.astype(np.float32))

    def scores(self, words: TokenIds, has_keyword: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        """The score of each kind (texts x kinds, the highest is the likeliest) and the relevance of each text, 0 to 1.

        A text without any feature is a concern and a complaint if it has a keyword of a topic (``has_keyword``,
        texts), else chatter.
        """
        matrix = tf_idf(_found(words), len(words.lengths), self._columns, self.idf)
        scores = matrix @ self.weights + self.intercept
        kinds, relevance = scores[:, :-1], expit(scores[:, -1])
        has_no_feature = np.diff(matrix.indptr) == 0
        kinds[has_no_feature] = 0
        kinds[has_no_feature, np.where(has_keyword[has_no_feature], KINDS.index(COMPLAINT), KINDS.index(OTHER))] = 1
        relevance[has_no_feature] = has_keyword[has_no_feature]
        return kinds, relevance


def likeliest_kinds(scores: Floats, wants_something: NDArray[np.bool_]) -> list[str]:
    """The kind with the highest of ``scores`` (texts x kinds).

    Not ``other`` for texts of which something else than the words shows that they are concerns (``wants_something``).
    """
    scores = scores.copy()
    scores[wants_something, KINDS.index(OTHER)] = -np.inf
    return [KINDS[at] for at in scores.argmax(axis=1).tolist()]


def _found(words: TokenIds) -> Features:
    """The words and pairs of each text, and the words at its edges and at the beginnings of its clauses.

    There a text says what its writer wants.
    """
    words = words.without_edges(_is_opening, _is_closing)
    found = [words.feature_hashes, words.edge_hashes, words.clause_hashes]
    return np.concatenate([rows for rows, _ in found]), np.concatenate([hashes for _, hashes in found])


def _is_opening(token: str) -> int:
    return token.lower() in _OPENING or not is_word(token)


def _is_closing(token: str) -> int:
    return token.lower() in _CLOSING or not is_word(token)


def kind_from_labels(labels: Sequence[str]) -> str | None:
    """The kind that the labels of a source state for a text, or None."""
    meanings = load_labels()
    return next((meaning.kind for label in labels if (meaning := meanings.get(label)) and meaning.kind), None)
