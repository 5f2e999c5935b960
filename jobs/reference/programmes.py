"""Topics and the programmes that they are planned under, by default and by LAO (``SIANG_PLAN_PROGRAMMES``)."""

from __future__ import annotations

from collections.abc import Collection

from jobs.reference.sheet import Row, RowError, parse_rows, word_key
from nlp.mask.values import quote_value
from schemas.programmes import programmes, topic_programmes
from schemas.topics import load_topics

ALL = "all"
COLUMNS = {
    "lao_code": ("รหัส อปท.", "รหัส", "code"),
    "topic_id": ("หัวข้อ", "รหัสหัวข้อ", "topic"),
    "programme_id": ("แผนงาน", "รหัสแผนงาน", "programme"),
}


def load_topic_programmes(address: str, lao_codes: Collection[str]) -> tuple[tuple[str, str, str], ...]:
    """Rows of LAO (``all`` is the default), topic and programme.

    Raises UserError with the file, the row and what to do where the file is wrong; it is checked whole.
    """
    found = {(ALL, topic): programme for topic, programme in topic_programmes().items()}
    if address:
        topics = {word_key(word): one.topic_id for one in load_topics() for word in (one.th, one.topic_id)}
        known = _programmes()

        def take(row: Row) -> None:
            lao, topic = row["lao_code"], topics.get(word_key(row["topic_id"]))
            programme = known.get(word_key(row["programme_id"]))
            if lao not in lao_codes:
                raise RowError(f"the LAO {quote_value(lao)} is not known", "write a code of SIANG_LAOS")
            if topic is None:
                remedy = "write an id or Thai name of schemas/topics.yaml"
                raise RowError(f"the topic {quote_value(row['topic_id'])} is not known", remedy)
            if programme is None:
                remedy = "write a code or Thai name of schemas/plan/programmes.csv"
                raise RowError(f"the programme {quote_value(row['programme_id'])} is not known", remedy)
            if (lao, topic) in found:
                raise RowError(f"the topic {quote_value(topic)} stands twice for one LAO", "leave one row")
            found[lao, topic] = programme

        parse_rows(address, "SIANG_PLAN_PROGRAMMES", COLUMNS, tuple(COLUMNS), take)
    return tuple((lao, topic, programme) for (lao, topic), programme in sorted(found.items()))


def _programmes() -> dict[str, str]:
    """What people write for a programme: its code, which a spreadsheet strips of zeros, or its name."""
    words: dict[str, str] = {}
    for one in programmes():
        name = one.programme_th
        for word in (one.programme_id, one.programme_id.lstrip("0"), name, name.removeprefix("แผนงาน")):
            words[word_key(word)] = one.programme_id
    return words
