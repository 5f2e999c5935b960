"""The corpus keeps its rules."""

import json
from collections import Counter

import pytest

from nlp import corpus
from nlp.corpus import load_corpus
from schemas.topics import KINDS, load_topics

GOOD = {
    "region": "isan", "text": "ลุงคำ บ้าน 45 น้ำบ่ไหล", "topics": ["water_supply"], "kind": "complaint", "language": "th",
    "relevant": True, "style": "line", "spans": [["NAME", 3, 5], ["HOUSE", 11, 13]],
}  # fmt: skip


def test_the_corpus_has_texts_of_all_topics_kinds_and_regions():
    texts = load_corpus()
    topics = Counter(text.topics[0] for text in texts)
    assert len(texts) >= 12_000 and len({text.text for text in texts}) == len(texts)
    assert all(topics[topic.topic_id] >= 150 for topic in load_topics())
    assert min(Counter(text.kind for text in texts)[kind] for kind in KINDS) >= 800
    assert sum(not text.is_relevant for text in texts) >= 1_500
    assert sum(len(text.spans) for text in texts) >= 4_000
    assert {"ms-Thai", "ms-Latn", "ms-Arab"} <= {text.language for text in texts}


def test_a_text_is_read_with_its_labels(tmp_path, monkeypatch):
    (tmp_path / "writer_1.jsonl").write_text(json.dumps(GOOD, ensure_ascii=False) + "\n", encoding="utf-8")
    monkeypatch.setattr(corpus, "FOLDER", tmp_path)
    (text,) = load_corpus.__wrapped__()
    assert (text.writer, text.topics, text.is_relevant) == ("writer_1", ("water_supply",), True)
    assert [(span.kind, text.text[span.start : span.end]) for span in text.spans] == [("NAME", "คำ"), ("HOUSE", "45")]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"topics": ["no_such"]}, "there is no topic no_such"),
        ({"topics": []}, "the topics are missing or repeated"),
        ({"kind": "shout"}, "there is no kind shout"),
        ({"language": "xx"}, "there is no language xx"),
        ({"style": "poem"}, "there is no style poem"),
        ({"region": "moon"}, "there is no region moon"),
        ({"spans": [["NAME", 3, 99]]}, "the span NAME 3 to 99 is not in the text"),
        ({"spans": [["NAME", 3, 6], ["NAME", 5, 8]]}, "overlaps another"),
    ],
)
def test_a_wrong_text_is_reported_with_its_line(tmp_path, monkeypatch, change, why):
    lines = [json.dumps(row, ensure_ascii=False) for row in (GOOD, GOOD | change)]
    (tmp_path / "writer_1.jsonl").write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setattr(corpus, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=rf"writer_1.jsonl, line 2: .*{why}"):
        load_corpus.__wrapped__()
