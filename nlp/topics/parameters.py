"""The parameters of a topic model, and the keyword features that training and prediction share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.features import Floats, Ints

OTHER = "other"

_KEYWORD_WEIGHT = 0.7


@dataclass(frozen=True)
class TopicParameters:
    """What a topic model has learnt, for V words and pairs of words, S spelling features and T topics.

    ``keywords`` are the numbers of the topics of each keyword. ``features`` are sorted hashes (V), ``idf`` (V),
    ``word_weights`` V x T; ``spellings`` (S), ``spelling_idf`` (S) and ``spelling_weights`` (S x T) are the same for
    ``nlp.spelling``; ``keyword_weights`` T x T, ``intercept`` (T). ``thresholds`` (2 x T) are the confidences
    from which a topic is assigned, without and with one of its keywords in the text. ``calibration`` (2) are the scale
    and shift of the log-odds of a topic that make its confidence match how often it is correct.
    """

    topic_ids: Sequence[str]
    keywords: Mapping[str, Sequence[int]]
    features: Ints
    idf: Floats
    word_weights: Floats
    spellings: Ints
    spelling_idf: Floats
    spelling_weights: Floats
    keyword_weights: Floats
    intercept: Floats
    thresholds: Floats
    calibration: Floats
    metadata: Mapping[str, Any]


def keyword_features(hits: NDArray[np.int32]) -> Floats:
    """Keyword counts as features (texts x topics): a second keyword adds less than the first."""
    return (_KEYWORD_WEIGHT * np.log2(1 + hits)).astype(np.float32)
