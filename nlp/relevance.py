"""Whether a message is a public concern, or chatter such as an advert, sport or gossip."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nlp.features import Floats

# A message with at least this relevance is a concern.
IS_CONCERN = 0.5
# Few words tell little about what somebody wants (ช้างมา!!), so a topic that is likely makes a short message a concern.
# For writers that the models do not know, this keeps 94 % of short concerns instead of 91 % (benchmarks/relevance.py).
_SHORT, _LIKELY = 30, 0.6


def relevance(texts: Sequence[str], by_words: Floats, confidences: Floats) -> Floats:
    """The relevance of each text, 0 to 1.

    Args:
        texts: normalised texts.
        by_words: their relevance by the words alone; see ``nlp.kind.KindModel``.
        confidences: of the topics in the texts (texts x topics).
    """
    likeliest = confidences.max(axis=1, initial=0)
    is_short = np.array([len(text) < _SHORT for text in texts], dtype=bool)
    return np.where(is_short & (likeliest >= _LIKELY), np.maximum(by_words, likeliest), by_words)
