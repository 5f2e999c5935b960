"""The whole text stage in one call: from raw texts to language, words, kind and topics."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pythainlp.corpus import thai_stopwords

from nlp.kind import kind
from nlp.language import language
from nlp.mask import mask
from nlp.normalise import normalise
from nlp.relevance import relevance
from nlp.tokenise import tokenise
from nlp.topics import MOST_TOPICS, OTHER, Floats, TopicModel, TopicScore, is_word
from schemas.topics import load_labels, load_topics

# How sure the model must be of a topic of the group that a source's label names.
_SURE_IN_GROUP = 0.2
_POLITE = frozenset(str.split("ครับ ค่ะ คะ คับ ค่า จ้า จ้ะ นะ นะคะ นะครับ หน่อย ด้วย ฝาก รบกวน แหน่ เด้อ เลย ๆ"))
_MALAY_OR_ENGLISH = frozenset(
    str.split("the of and to in is are was yang dan di ke dari untuk dengan ini itu ada akan pada oleh")
)


@dataclass(frozen=True, slots=True)
class Analysis:
    """What one text says; ``text`` is normalised and masked, ``tokens`` join to it."""

    text: str
    language: str
    tokens: tuple[str, ...]
    terms: tuple[str, ...]
    kind: str
    topics: tuple[TopicScore, ...]
    masked: tuple[str, ...]
    relevance: float


@functools.cache
def _stop_words() -> frozenset[str]:
    return thai_stopwords() | _POLITE | _MALAY_OR_ENGLISH


class _Terms(dict[str, str]):
    """The term that a token is, empty if it is none: a stop word, number, sign or single letter."""

    def __missing__(self, token: str) -> str:
        if len(self) > 400_000:
            self.clear()
        term = token.lower()
        if not is_word(token) or len(token) < 2 or term in _stop_words():
            term = ""
        self[token] = term
        return term


class Analyser:
    """Analyses batches of texts with one topic model."""

    def __init__(self, model: TopicModel) -> None:
        self.model = model
        groups = {topic.topic_id: topic.group_id for topic in load_topics()}
        names = [groups.get(topic) for topic in model.topic_ids]
        self._in_group = {group: np.array([name == group for name in names]) for group in set(names) if group}
        self._terms = _Terms()

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
        masked = [mask(normalise(text)) for text in texts]
        clean = [text for text, _ in masked]
        languages = [language(text) for text in clean]
        tokens = tokenise(clean)
        topics = self._topics(clean, tokens, languages, labels)
        found: list[Analysis] = []
        for at, (text, types) in enumerate(masked):
            terms = tuple(filter(None, [self._terms[token] for token in tokens[at]]))
            has_topic = topics[at][0].topic_id != OTHER
            found.append(
                Analysis(
                    text=text,
                    language=languages[at],
                    tokens=tuple(tokens[at]),
                    terms=terms,
                    kind=kind(text, labels[at], has_topic=has_topic),
                    topics=topics[at],
                    masked=types,
                    relevance=relevance(text, topics[at], languages[at]),
                )
            )
        return found

    def _topics(
        self,
        texts: Sequence[str],
        tokens: Sequence[Sequence[str]],
        languages: Sequence[str],
        labels: Sequence[Sequence[str]],
    ) -> list[tuple[TopicScore, ...]]:
        if not texts:
            return []
        hits = self.model.keyword_hits(texts)
        confidences = self.model.confidences(tokens, hits)
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
                chosen[at] = [TopicScore(topic, 1.0, "source") for topic in list(stated)[:MOST_TOPICS]]
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
        return [TopicScore(self.model.topic_ids[best], round(float(confidences[best]), 4), "model")]
