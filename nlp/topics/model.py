"""The topic model: predicts one to four topics of a text from its words, their spelling, and keywords.

Features are words and pairs of words (hashed, TF-IDF, length 1), sequences of characters in the words, and, for each
topic, whether its keywords are in the text. ``nlp.topics.training`` describes how the model learns.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit

from nlp.central import central_ids
from nlp.corpus import CorpusText, load_corpus
from nlp.features import HASH_BITS, Floats, Ints, TokenIds, feature_columns, tf_idf, token_ids, word_hash
from nlp.keywords import KeywordFinder
from nlp.spelling import SpellingFeatures
from nlp.topics.parameters import OTHER, TopicParameters, keyword_features
from nlp.topics.training import fit

MAX_TOPICS = 4
# The confidence from which the likeliest topic of a concern is assigned, and from which a text that is none has topics.
_LIKELIEST, _CERTAIN = 0.08, 0.9
# The parameters that are arrays, by the names that they have in the archive of a model.
_ARRAYS = (
    "features",
    "idf",
    "word_weights",
    "spellings",
    "spelling_idf",
    "spelling_weights",
    "keyword_weights",
    "intercept",
    "thresholds",
    "calibration",
)


@dataclass(frozen=True, slots=True)
class TopicScore:
    """A topic with its confidence (0 to 1) and the method that assigned it: ``source``, ``model`` or ``keywords``."""

    topic_id: str
    confidence: float
    method: str


class TopicModel:
    """Predicts topics of texts. Created by ``learn_seed``, ``train`` or ``from_bytes``; immutable."""

    def __init__(self, parameters: TopicParameters) -> None:
        self.topic_ids = tuple(parameters.topic_ids)
        self.metadata = dict(parameters.metadata)
        self._keywords = {word: tuple(topics) for word, topics in parameters.keywords.items()}
        self._parameters = parameters
        self._finder = KeywordFinder(self._keywords)
        self._columns = feature_columns(parameters.features)
        self._spelling = SpellingFeatures(parameters.spellings, parameters.spelling_idf, parameters.spelling_weights)
        digest = hashlib.sha256(json.dumps([self.topic_ids, self._keywords], ensure_ascii=False).encode())
        for name in _ARRAYS:
            digest.update(np.ascontiguousarray(getattr(parameters, name)).tobytes())
        self.version = f"{self.metadata['made']}-{digest.hexdigest()[:8]}"

    @property
    def calibration(self) -> Floats:
        """Scale and shift of the log-odds that ``calibrate`` uses."""
        return self._parameters.calibration

    @classmethod
    def learn_seed(cls, corpus: Sequence[CorpusText] | None = None) -> TopicModel:
        """The model from the corpus, keywords and examples only; the same for the same texts.

        ``nlp.seed_models`` stores that of the whole corpus.
        """
        return cls(fit([], [], corpus=corpus or load_corpus(), seed=0))

    @classmethod
    def train(
        cls,
        texts: Sequence[str],
        label_sets: Sequence[Collection[str]],
        *,
        corpus: Sequence[CorpusText] | None = None,
        seed: int = 0,
    ) -> TopicModel:
        """A model that also learns from texts with labels of their sources.

        ``label_sets`` holds the topic ids of each text, at least one. The order of the texts does not matter.
        Raises ValueError for an unknown topic or an empty set.
        """
        return cls(fit(texts, label_sets, corpus=corpus or load_corpus(), seed=seed))

    def word_counts(self, words: TokenIds) -> tuple[Ints, Ints]:
        """The number of words in each text, and the number of those that are not features of the model."""
        hashes, rows, texts = words.apply(word_hash), words.text_indices(), len(words.lengths)
        is_word = hashes >= 0
        is_unknown = is_word & (self._columns[hashes & ((1 << HASH_BITS) - 1)] < 0)
        return np.bincount(rows[is_word], minlength=texts), np.bincount(rows[is_unknown], minlength=texts)

    def keyword_hits(self, texts: Sequence[str]) -> NDArray[np.int32]:
        """The number of keywords of each topic in each text (texts x topics)."""
        return self._finder.count(texts, len(self.topic_ids))

    def confidences(self, words_batch: TokenIds, hits: NDArray[np.int32]) -> Floats:
        """The uncalibrated confidence of each topic in each text, 0 to 1 (texts x topics); see ``calibrate``.

        ``words_batch`` are words of Central Thai (``nlp.central``), ``hits`` the counts of ``keyword_hits``.
        """
        learnt = self._parameters
        words = tf_idf(words_batch.feature_hashes, len(words_batch.lengths), self._columns, learnt.idf)
        # Products of sparse matrices add in the order of the row; those of dense ones depend on the number of rows.
        keywords = sparse.csr_matrix(keyword_features(hits))
        scores = words @ learnt.word_weights + self._spelling.scores(words_batch)
        scores += keywords @ learnt.keyword_weights + learnt.intercept
        return expit(scores).astype(np.float32)

    def predict(self, tokens_batch: Sequence[Sequence[str]], texts: Sequence[str]) -> list[list[TopicScore]]:
        """One to four topics for each normalised text and its tokens, highest confidence first.

        ``other`` is the only topic of a text for which no topic reaches its threshold.
        """
        hits = self.keyword_hits(texts)
        confidences = self.confidences(central_ids(token_ids(tokens_batch)), hits)
        return self.choose(confidences, hits, np.ones(len(texts), dtype=bool))

    def choose(
        self, confidences: Floats, hits: NDArray[np.int32], is_concern: NDArray[np.bool_]
    ) -> list[list[TopicScore]]:
        """The topics that reach their thresholds, from ``confidences`` and keyword counts (both texts x topics).

        A text that is a concern (texts) has its likeliest topic from a lower threshold; other texts have topics only
        where these are nearly certain.
        """
        without_keyword, with_keyword = self._parameters.thresholds
        thresholds = np.where(hits > 0, with_keyword, without_keyword)
        thresholds = np.where(is_concern[:, None], thresholds, np.maximum(thresholds, _CERTAIN))
        candidates = confidences >= thresholds
        best = confidences.argmax(axis=1)
        rows = np.flatnonzero(is_concern & (confidences.max(axis=1, initial=0) >= _LIKELIEST))
        candidates[rows, best[rows]] = True
        return self._choose(confidences, self.calibrate(confidences), candidates, confidences >= without_keyword)

    def choose_by_keywords(self, hits: NDArray[np.int32]) -> list[list[TopicScore]]:
        """Topics from keyword counts only, to compare with (texts x topics)."""
        # One keyword is correct in about half of the texts; each further keyword halves the doubt.
        doubt = 0.5 ** np.maximum(hits, 1) + 0.01
        confidences = np.where(hits > 0, 1 - doubt, 0).astype(np.float32)
        return self._choose(confidences, confidences, hits > 0, np.zeros(hits.shape, dtype=bool))

    def calibrate(self, confidences: Floats) -> Floats:
        """The calibrated confidence: the share of first topics with such a confidence that are correct."""
        scale, shift = self._parameters.calibration
        clipped = np.clip(confidences, 1e-6, 1 - 1e-6)
        return 1 / (1 + np.exp(-(scale * np.log(clipped / (1 - clipped)) + shift)))

    def _choose(
        self,
        confidences: Floats,
        calibrated: Floats,
        candidates: NDArray[np.bool_],
        is_by_model: NDArray[np.bool_],
    ) -> list[list[TopicScore]]:
        """The candidates of each text (all arguments texts x topics), highest confidence first."""
        chosen: list[list[TopicScore]] = [[] for _ in range(len(confidences))]
        rows, topics = np.nonzero(candidates)
        values = confidences[rows, topics]
        order = np.lexsort((topics, -values, rows))
        rows, topics, values = rows[order], topics[order], values[order]
        shown, by_model = calibrated[rows, topics].tolist(), is_by_model[rows, topics].tolist()
        for row, topic, confidence, is_model in zip(rows.tolist(), topics.tolist(), shown, by_model, strict=True):
            if len(chosen[row]) < MAX_TOPICS:
                method = "model" if is_model else "keywords"
                chosen[row].append(TopicScore(self.topic_ids[topic], round(confidence, 4), method))
        no_topic = 1 - confidences.max(axis=1, initial=0)
        for row, scores in enumerate(chosen):
            if not scores:
                scores.append(TopicScore(OTHER, round(float(no_topic[row]), 4), "model"))
        return chosen

    def to_bytes(self) -> bytes:
        """The model as arrays and JSON in one NumPy archive; the same model gives the same bytes."""
        about = {"topic_ids": self.topic_ids, "keywords": self._keywords, "metadata": self.metadata}
        arrays = {name: getattr(self._parameters, name) for name in _ARRAYS}
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer, about=np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), dtype=np.uint8), **arrays
        )
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> TopicModel:
        """The model that ``to_bytes`` wrote. Runs no code from the data. Raises ValueError if it is not a model."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as archive:
                about = json.loads(archive["about"].tobytes())
                arrays = {name: archive[name] for name in archive.files if name != "about"}
            return cls(TopicParameters(**about, **arrays))
        except Exception as error:
            raise ValueError(f"The bytes are not a topic model ({error}): train it again.") from error
