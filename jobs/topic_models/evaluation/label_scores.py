"""How often labels are right in an area, topic by topic: the ground for intervals of counts and for their standing.

What is scored is what the pipeline says of a concern (the source's labels, the model and keywords together, for that
is what figures count), by texts that were drawn at random there and labelled by analysts. Texts that were chosen
because they are doubtful would make labels look worse than they are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from jobs.topic_models.score_areas import BANGKOK, OUTSIDE, lies_in
from schemas.topics import load_groups, load_topics

TABLE = "ops.topic_scores"
ENOUGH_TEXTS = 200
"""Texts of an area by which its topics are no longer provisional, and by which a province stands for itself."""


@dataclass(frozen=True, slots=True)
class ScoredText:
    """A text with what the pipeline says of it and what an analyst does; ``drawn_from`` as in ops.corrections."""

    province_code: str | None
    drawn_from: tuple[str, ...]
    predicted: frozenset[str]
    truth: frozenset[str]


@dataclass(frozen=True, slots=True)
class TopicScore:
    """A row of ops.topic_scores, without model and time; a share of nothing is None."""

    score_area: str
    topic_level: str
    topic_id: str
    scored_text_count: int
    positive_count: int
    recall: float | None
    false_positive_rate: float | None


def topic_scores(texts: Sequence[ScoredText]) -> list[TopicScore]:
    """Scores of every topic and group in Bangkok, outside it, and in each province of which enough were scored.

    Bangkok and all outside it are scored by draws of their own, for texts that were drawn from one province say
    little of the others. A province is scored by all of its texts, for a draw from a larger area is a fair draw of
    each of its parts.
    """
    provinces = sorted({one.province_code for one in texts if one.drawn_from and one.province_code})
    of_areas = {
        area: [one for one in texts if area in one.drawn_from and lies_in(one.province_code, area)]
        for area in (BANGKOK, OUTSIDE)
    }
    for code in provinces:
        mine = [one for one in texts if one.drawn_from and one.province_code == code]
        if len(mine) >= ENOUGH_TEXTS:
            of_areas[code] = mine
    return [
        _score(area, level, name, ids, mine)
        for area, mine in of_areas.items()
        if mine
        for level, name, ids in _levels()
    ]


def _levels() -> list[tuple[str, str, frozenset[str]]]:
    """Topics, and groups with the topics that make them up."""
    topics = load_topics()
    groups = [
        ("group", group.group_id, frozenset(one.topic_id for one in topics if one.group_id == group.group_id))
        for group in load_groups()
    ]
    return [*(("topic", one.topic_id, frozenset({one.topic_id})) for one in topics), *groups]


def _score(area: str, level: str, name: str, ids: Collection[str], texts: Sequence[ScoredText]) -> TopicScore:
    of_it = [one for one in texts if not one.truth.isdisjoint(ids)]
    found = sum(not one.predicted.isdisjoint(ids) for one in of_it)
    predicted = sum(not one.predicted.isdisjoint(ids) for one in texts)
    others = len(texts) - len(of_it)
    return TopicScore(
        score_area=area,
        topic_level=level,
        topic_id=name,
        scored_text_count=len(texts),
        positive_count=len(of_it),
        recall=found / len(of_it) if of_it else None,
        false_positive_rate=(predicted - found) / others if others else None,
    )
