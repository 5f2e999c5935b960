"""Whether a text in Thai letters is Patani Malay, by the spelling of its words.

No spelling of Patani Malay in Thai letters is fixed, and often no spaces divide its words, so sequences of characters
show it better than a list of words. A logistic regression over them learns from the corpus; no speaker has reviewed
its texts yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.corpus import CorpusText, load_corpus
from nlp.corpus.tokens import clean_texts
from nlp.features import Floats, Ints, TokenIds, token_ids
from nlp.spelling import SpellingFeatures, vocabulary

MALAY, THAI = "ms-Thai", "th"
_COST = 30.0
# The number of texts with a sequence of characters from which the sequence is a feature.
_MIN_USES = 3

ARRAYS = ("sequences", "idf", "weights", "intercept")
"""The arrays that a model consists of."""


class MalayModel:
    """Tells Patani Malay in Thai letters from Thai; immutable. ``nlp.seed_models`` has the one that is in use."""

    def __init__(self, sequences: Ints, idf: Floats, weights: Floats, intercept: Floats) -> None:
        """``sequences`` are sorted hashes (V), ``idf`` (V), ``weights`` V x 1, ``intercept`` (1)."""
        self.sequences, self.idf, self.weights, self.intercept = sequences, idf, weights, intercept
        self._spelling = SpellingFeatures(sequences, idf, weights)

    @classmethod
    def learn(cls, corpus: Sequence[CorpusText] | None = None) -> MalayModel:
        """The model from the texts of the corpus in both languages; the same for the same texts."""
        from sklearn.linear_model import LogisticRegression  # imported here because only training needs it

        corpus = corpus or load_corpus()
        rows = [at for at, text in enumerate(corpus) if text.language in (MALAY, THAI)]
        _, tokens = clean_texts(corpus)
        words = token_ids([tokens[at] for at in rows])
        sequences, idf = vocabulary(words, _MIN_USES)
        model: Any = LogisticRegression(C=_COST, solver="liblinear", random_state=0, class_weight="balanced")
        model.fit(SpellingFeatures(sequences, idf).matrix(words), [corpus[at].language == MALAY for at in rows])
        return cls(sequences, idf, model.coef_.T.astype(np.float32), model.intercept_.astype(np.float32))

    def is_malay(self, words: TokenIds) -> NDArray[np.bool_]:
        """Whether each text in Thai letters is Malay, by its words as they are written."""
        return self._spelling.scores(words)[:, 0] + self.intercept[0] > 0
