"""The whole text stage in one call: from raw texts to language, tokens, terms, kind and topics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.central import central_ids
from nlp.clean import clean
from nlp.features import Floats, TokenIds, token_ids
from nlp.kind import kind_from_labels, likeliest_kinds
from nlp.label_models import LabelModels
from nlp.language import languages
from nlp.malay import MALAY, THAI
from nlp.relevance import IS_CONCERN, relevance
from nlp.terms import terms
from nlp.tokenise import MAX_CHARACTERS, tokenise
from nlp.topics import MAX_TOPICS, TopicScore
from schemas.topics import load_labels, load_topics

# The minimum confidence of a topic in the group of a source's label.
_MIN_CONFIDENCE_IN_GROUP = 0.2


@dataclass(frozen=True, slots=True)
class Analysis:
    """The result for one text. ``text`` is normalised and masked, and the joined ``tokens`` are equal to it.

    ``masked`` are the kinds of personal data that were masked. ``word_count`` is the number of words and
    ``unknown_count`` the number of those that the topic model does not know. ``is_cut`` is true if the text was longer
    than MAX_CHARACTERS; only its beginning was analysed.
    """

    text: str
    language: str
    tokens: tuple[str, ...]
    terms: tuple[str, ...]
    kind: str
    topics: tuple[TopicScore, ...]
    masked: tuple[str, ...]
    relevance: float
    word_count: int
    unknown_count: int
    is_cut: bool = False


def _truncate(text: str) -> str:
    """At most MAX_CHARACTERS of a text, cut at a space if there is one near the end."""
    if len(text) <= MAX_CHARACTERS:
        return text
    space = text.rfind(" ", MAX_CHARACTERS - 200, MAX_CHARACTERS)
    return text[: space if space > 0 else MAX_CHARACTERS]


class Analyser:
    """Analyses batches of texts with the models of labels."""

    def __init__(self, models: LabelModels) -> None:
        self.models = models
        groups = {topic.topic_id: topic.group_id for topic in load_topics()}
        names = [groups.get(topic) for topic in models.topics.topic_ids]
        self._in_group = {group: np.array([name == group for name in names]) for group in set(names) if group}

    def analyse(
        self,
        texts: Sequence[str],
        labels: Sequence[Sequence[str]] | None = None,
        regions: Sequence[str] | None = None,
    ) -> list[Analysis]:
        """The analyses of texts. Texts that are already normalised and masked give the same result as raw texts.

        ``labels`` are the source's labels of each text. A label of a topic decides the topics. A label of a group
        restricts the model's topics to that group, if the model finds a topic in it. ``regions`` are the regions of
        the texts, as in ``LabelModels.regions``. Batches of a few thousand texts are fastest.

        Raises ValueError if texts and labels have different lengths.
        """
        if labels is None:
            labels = [()] * len(texts)
        elif len(labels) != len(texts):
            raise ValueError(f"{len(texts)} texts have {len(labels)} sets of labels: pass one set for each text.")
        is_cut = [len(text) > MAX_CHARACTERS for text in texts]
        if any(is_cut):
            texts = [_truncate(text) for text in texts]
        masked = clean(texts)
        safe = [text for text, _ in masked]
        tokens = tokenise(safe)
        words = token_ids(tokens)
        text_languages = self._languages(safe, words)
        central = central_ids(words)
        hits = self.models.topics.keyword_hits(safe)
        is_general = [self.models.is_general(region) for region in regions] if regions else [False] * len(texts)
        general = np.array(is_general, dtype=bool)
        confidences = self._confidences(central, hits, general)
        kind_scores, by_words = self.models.kinds.scores(central, hits.sum(axis=1) > 0)
        relevances = relevance(safe, by_words, confidences)
        is_concern = relevances >= IS_CONCERN
        kinds = likeliest_kinds(kind_scores, is_concern & (by_words < IS_CONCERN))
        topics = self._topics(confidences, hits, is_concern, labels, general)
        word_counts, unknown_counts = (counts.tolist() for counts in self.models.topics.word_counts(central))
        return [
            Analysis(
                text=text,
                language=text_languages[at],
                tokens=tuple(tokens[at]),
                terms=text_terms,
                kind=kind_from_labels(labels[at]) or kinds[at],
                topics=topics[at],
                masked=masked_kinds,
                relevance=round(float(relevances[at]), 4),
                word_count=word_counts[at],
                unknown_count=unknown_counts[at],
                is_cut=is_cut[at],
            )
            for at, ((text, masked_kinds), text_terms) in enumerate(zip(masked, terms(words), strict=True))
        ]

    def _languages(self, texts: Sequence[str], words: TokenIds) -> list[str]:
        """The language of each text. Only the words tell whether Thai letters are Thai or Malay."""
        return [
            MALAY if by_script == THAI and is_malay else by_script
            for by_script, is_malay in zip(languages(texts), self.models.malay.is_malay(words).tolist(), strict=True)
        ]

    def _confidences(self, central: TokenIds, hits: NDArray[np.int32], general: NDArray[np.bool_]) -> Floats:
        """The confidences of each text (texts x topics) by the model that serves it (``general``, texts)."""
        confidences = self.models.topics.confidences(central, hits)
        if self.models.general_topics and general.any():
            confidences[general] = self.models.general_topics.confidences(central, hits)[general]
        return confidences

    def _topics(
        self,
        confidences: Floats,
        hits: NDArray[np.int32],
        is_concern: NDArray[np.bool_],
        labels: Sequence[Sequence[str]],
        general: NDArray[np.bool_],
    ) -> list[tuple[TopicScore, ...]]:
        chosen = self.models.topics.choose(confidences, hits, is_concern)
        if self.models.general_topics and len(rows := np.flatnonzero(general)):
            others = self.models.general_topics.choose(confidences[rows], hits[rows], is_concern[rows])
            for at, scores in zip(rows.tolist(), others, strict=True):
                chosen[at] = scores
        all_labels = load_labels()
        for at, text_labels in enumerate(labels):
            if not text_labels:
                continue
            meanings = [meaning for label in text_labels if (meaning := all_labels.get(label))]
            if stated_topics := dict.fromkeys(meaning.topic_id for meaning in meanings if meaning.topic_id):
                chosen[at] = [TopicScore(topic, 1.0, "source") for topic in list(stated_topics)[:MAX_TOPICS]]
            elif groups := [meaning.group_id for meaning in meanings if meaning.group_id]:
                chosen[at] = self._restrict_to_groups(groups, confidences[at], chosen[at])
        return [tuple(scores) for scores in chosen]

    def _restrict_to_groups(
        self, groups: Sequence[str], confidences: Floats, chosen: list[TopicScore]
    ) -> list[TopicScore]:
        """The model's topics in these groups; all its topics if it finds none in them."""
        inside = np.any([self._in_group[group] for group in groups if group in self._in_group], axis=0)
        names = {self.models.topics.topic_ids[topic] for topic in np.flatnonzero(inside).tolist()}
        if kept := [score for score in chosen if score.topic_id in names]:
            return kept
        if not names:
            return chosen
        best = int(np.argmax(np.where(inside, confidences, -1)))
        if confidences[best] < _MIN_CONFIDENCE_IN_GROUP:
            return chosen
        confidence = float(self.models.topics.calibrate(confidences[best]))
        return [TopicScore(self.models.topics.topic_ids[best], round(confidence, 4), "model")]
