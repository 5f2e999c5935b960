"""text: JSON lines in, what the words mean out. No Spark, no lake."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice

from nlp.analyse import Analyser
from nlp.topics import TopicModel
from schemas.errors import UserError

LINES_AT_ONCE = 1000


def analyse_lines(lines: Iterable[str]) -> Iterator[str]:
    """One JSON line out for each line in.

    Raises UserError, naming the line, where one is no object with ``id`` and ``text``.
    """
    analyser = Analyser(TopicModel.seed())
    numbered = enumerate(lines, 1)
    while batch := [(number, line) for number, line in islice(numbered, LINES_AT_ONCE) if line.strip()]:
        said = [_parse_line(number, line) for number, line in batch]
        for (key, _), found in zip(said, analyser.analyse([text for _, text in said]), strict=True):
            answer = {
                "id": key,
                "text": found.text,
                "language": found.language,
                "tokens": list(found.tokens),
                "terms": list(found.terms),
                "kind": found.kind,
                "topics": [
                    {"topic_id": topic.topic_id, "confidence": round(topic.confidence, 4)} for topic in found.topics
                ],
                "masked": list(found.masked),
            }
            if found.is_cut:  # longer than what is analysed: this is of its beginning
                answer["is_cut"] = True
            yield json.dumps(answer, ensure_ascii=False) + "\n"


def _parse_line(number: int, line: str) -> tuple[object, str]:
    try:
        content = json.loads(line)
        key, text = content["id"], content["text"]
    except (ValueError, KeyError, TypeError):
        content = key = text = None
    if not isinstance(text, str):
        raise UserError(
            f"line {number} is no JSON object with an id and a text",
            'write lines like {"id": 1, "text": "…"}',
        )
    return key, text
