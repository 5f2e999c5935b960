"""Topics of a text: a linear model over words and keywords, which can assign several topics to a text."""

from nlp.topics.model import MAX_TOPICS, TopicModel, TopicScore
from nlp.topics.parameters import OTHER

__all__ = ["MAX_TOPICS", "OTHER", "TopicModel", "TopicScore"]
