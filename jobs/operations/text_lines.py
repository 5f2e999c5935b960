"""text: reads texts as JSON lines and writes their analysis as JSON lines. Needs no Spark."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from lake import files
from lake.settings import settings
from nlp.analyse import Analyser
from nlp.label_models import FILE_SUFFIX, LabelModels
from nlp.relevance import IS_CONCERN
from nlp.seed_models import seed_models
from schemas.errors import UserError

LINES_AT_ONCE = 1000


def load_model(name: str) -> LabelModels:
    """The models of a version of this lake, or of a file; the seed models where the name is empty.

    Raises UserError where there is neither such a version nor such a file, or the file is no topic model.
    """
    if not name:
        return seed_models()
    stored = f"{settings().models}/{name}{FILE_SUFFIX}"
    address = str(Path(name).resolve()) if Path(name).is_file() else stored
    if not files.exists(address):
        raise UserError(f"there is no topic model {name}", "give a version of 'siang models', or the path of a file")
    try:
        return LabelModels.from_bytes(files.read_bytes(address))
    except ValueError:
        raise UserError(
            f"{name} is no topic model", "give a version of 'siang models', or the path of a file"
        ) from None


def analyse_lines(lines: Iterable[str], models: LabelModels | None = None) -> Iterator[str]:
    """One JSON line out for each line in, by these models or the seed models.

    Raises UserError with the line number where a line is not an object with ``id`` and ``text``.
    """
    analyser = Analyser(models or seed_models())
    numbered = enumerate(lines, 1)
    while batch := [(number, line) for number, line in islice(numbered, LINES_AT_ONCE) if line.strip()]:
        parsed = [_parse_line(number, line) for number, line in batch]
        for (key, _), analysis in zip(parsed, analyser.analyse([text for _, text in parsed]), strict=True):
            answer = {
                "id": key,
                "text": analysis.text,
                "language": analysis.language,
                "tokens": list(analysis.tokens),
                "terms": list(analysis.terms),
                "kind": analysis.kind,
                "topics": [
                    {"topic_id": topic.topic_id, "confidence": round(topic.confidence, 4)} for topic in analysis.topics
                ],
                "is_relevant": analysis.relevance >= IS_CONCERN,
                "masked": list(analysis.masked),
            }
            if analysis.is_cut:  # only the beginning of a very long text is analysed
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
            f"line {number} is not a JSON object with an id and a text",
            'write lines like {"id": 1, "text": "…"}',
        )
    return key, text
