"""The whole text stage in one call: from raw texts to language, words, kind and topics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlp.clean import clean
from nlp.features import Floats, TokenIds, token_ids
from nlp.kind import KindModel, kind_from_labels
from nlp.language import languages
from nlp.relevance import relevance
from nlp.terms import terms
from nlp.tokenise import MAX_CHARACTERS, tokenise
from nlp.topics import MAX_TOPICS, OTHER, TopicModel, TopicScore
from schemas.topics import load_labels, load_topics

# How sure the model must be of a topic of the group that a source's label names.
_SURE_IN_GROUP = 0.2


@dataclass(frozen=True, slots=True)
class Analysis:
    """What one text says; ``text`` is normalised and masked, ``tokens`` join to it.

    ``is_cut`` says that the text is longer than MAX_CHARACTERS characters, and that this is of its beginning alone.
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


def _beginning(text: str) -> str:
    """At most MAX_CHARACTERS characters of a text, cut at a space where there is one near the end."""
    if len(text) <= MAX_CHARACTERS:
        return text
    space = text.rfind(" ", MAX_CHARACTERS - 200, MAX_CHARACTERS)
    return text[: space if space > 0 else MAX_CHARACTERS]


class Analyser:
    """Analyses batches of texts with one topic model."""

    def __init__(self, model: TopicModel) -> None:
        self.model = model
        self._kinds = KindModel.seed()
        groups = {topic.topic_id: topic.group_id for topic in load_topics()}
        names = [groups.get(topic) for topic in model.topic_ids]
        self._in_group = {group: np.array([name == group for name in names]) for group in set(names) if group}

    def analyse(self, texts: Sequence[str], labels: Sequence[Sequence[str]] | None = None) -> list[Analysis]:
        """Analyse texts, raw or normalised and masked already (which gives the same).

        ``labels`` holds what the source calls each text. A label that names a topic settles the topics;
        one that names only a group narrows the model's choice to it, where the model sees a topic there.
        Malay is judged by keywords alone. Batches of some thousands are quickest.
        """
        if labels is None:
            labels = [()] * len(texts)
        elif len(labels) != len(texts):
            raise ValueError(f"{len(texts)} texts have {len(labels)} sets of labels: give one for each")
        is_cut = [len(text) > MAX_CHARACTERS for text in texts]
        if any(is_cut):
            texts = [_beginning(text) for text in texts]
        masked = clean(texts)
        safe = [text for text, _ in masked]
        named = languages(safe)
        tokens = tokenise(safe)
        words = token_ids(tokens)
        topics = self._topics(safe, words, named, labels)
        has_topic = np.array([scores[0].topic_id != OTHER for scores in topics], dtype=bool)
        kinds = self._kinds.predict(words, has_topic)
        word_counts, unknown_counts = (counts.tolist() for counts in self.model.word_counts(words))
        return [
            Analysis(
                text=text,
                language=named[at],
                tokens=tuple(tokens[at]),
                terms=said,
                kind=kind_from_labels(labels[at]) or kinds[at],
                topics=topics[at],
                masked=types,
                relevance=relevance(text, topics[at], named[at]),
                word_count=word_counts[at],
                unknown_count=unknown_counts[at],
                is_cut=is_cut[at],
            )
            for at, ((text, types), said) in enumerate(zip(masked, terms(words), strict=True))
        ]

    def _topics(
        self,
        texts: Sequence[str],
        words: TokenIds,
        languages: Sequence[str],
        labels: Sequence[Sequence[str]],
    ) -> list[tuple[TopicScore, ...]]:
        if not texts:
            return []
        hits = self.model.keyword_hits(texts)
        confidences = self.model.confidences(words, hits)
        chosen = self.model.choose(confidences, hits)
        if malay := [at for at, name in enumerate(languages) if name.startswith("ms-")]:
            for at, scores in zip(malay, self.model.choose_by_keywords(hits[malay]), strict=True):
                chosen[at] = scores
        known = load_labels()
        for at, said in enumerate(labels):
            if not said:
                continue
            meanings = [meaning for label in said if (meaning := known.get(label))]
            if stated := dict.fromkeys(meaning.topic_id for meaning in meanings if meaning.topic_id):
                chosen[at] = [TopicScore(topic, 1.0, "source") for topic in list(stated)[:MAX_TOPICS]]
            elif groups := [meaning.group_id for meaning in meanings if meaning.group_id]:
                chosen[at] = self._within(groups, confidences[at], chosen[at])
        return [tuple(scores) for scores in chosen]

    def _within(self, groups: Sequence[str], confidences: Floats, chosen: list[TopicScore]) -> list[TopicScore]:
        """The model's topics in these groups; its own choice, if it sees none there."""
        inside = np.any([self._in_group[group] for group in groups if group in self._in_group], axis=0)
        names = {self.model.topic_ids[topic] for topic in np.flatnonzero(inside).tolist()}
        if kept := [score for score in chosen if score.topic_id in names]:
            return kept
        if not names:
            return chosen
        best = int(np.argmax(np.where(inside, confidences, -1)))
        if confidences[best] < _SURE_IN_GROUP:
            return chosen
        sure = float(self.model.calibrate(confidences[best]))
        return [TopicScore(self.model.topic_ids[best], round(sure, 4), "model")]
