"""The whole text stage: raw texts in, analyses out."""

import subprocess
import sys

import numpy as np
import pytest

from nlp import features
from nlp.analyse import Analyser
from nlp.central import central_ids
from nlp.corpus import load_corpus
from nlp.features import token_ids
from nlp.seed_models import seed_models
from nlp.tokenise import MAX_CHARACTERS, tokenise
from schemas.topics import load_topics


@pytest.fixture(scope="module")
def analyser() -> Analyser:
    return Analyser(seed_models())


def topics(analysis) -> list[tuple[str, str]]:
    return [(score.topic_id, score.method) for score in analysis.topics]


def test_a_raw_text_becomes_an_analysis(analyser):
    (found,) = analyser.analyse(["ถนนหน้าบ้านพังง  เป็นหลุมลึก\r\nโทร 081-234-5678 ค่ะ"])
    assert found.text == "ถนนหน้าบ้านพังง เป็นหลุมลึก\nโทร [PHONE] ค่ะ"
    assert (found.language, found.kind, found.masked) == ("th", "complaint", ("PHONE",))
    assert "".join(found.tokens) == found.text
    assert found.terms == ("บ้านพังง", "หลุมลึก") and not found.is_cut
    assert found.topics[0].topic_id == "roads"


def scores(texts: list[str]) -> np.ndarray:
    """All scores of texts, not rounded, by models that have seen no other texts (texts x scores)."""
    models, words = seed_models(), central_ids(token_ids(tokenise(texts)))
    hits = models.topics.keyword_hits(texts)
    kinds, relevance = models.kinds.scores(words, hits.sum(axis=1) > 0)
    return np.hstack([models.topics.confidences(words, hits), kinds, relevance[:, None]])


def test_scores_do_not_depend_on_the_other_texts_of_a_batch_nor_on_earlier_ones(monkeypatch):
    texts = [text.text for text in load_corpus()[::13]]
    together = scores(texts)
    monkeypatch.setattr(features, "_table", features.TokenTable())
    ends = range(len(texts), 0, -37)
    apart = np.vstack([scores(texts[max(0, end - 37) : end]) for end in ends][::-1])
    assert np.array_equal(together, apart)


def test_labels_of_the_source_win_over_the_model(analyser):
    (found,) = analyser.analyse(["น้ำท่วมถนน"], [["ป้าย", "สะพาน", "เสนอแนะ"]])
    assert topics(found) == [("signs", "source"), ("bridges", "source")]
    assert {score.confidence for score in found.topics} == {1.0}
    assert found.kind == "suggestion"


def test_a_group_label_restricts_the_topics_of_the_model(analyser):
    free, narrowed = analyser.analyse(["ซอยมืดมากและน้ำท่วมถนน"] * 2, [[], ["ไฟฟ้า"]])
    assert {"street_lighting", "flooding"} <= {topic for topic, _ in topics(free)}
    assert [topic for topic, _ in topics(narrowed)] == ["street_lighting"]


def test_a_group_label_adds_no_topic_if_the_model_finds_none_in_the_group(analyser):
    free, narrowed = analyser.analyse(["ช้างป่าลงมากินทุเรียน"] * 2, [[], ["ไฟฟ้า"]])
    assert free.topics == narrowed.topics


@pytest.mark.parametrize("labels", [["อื่นๆ"], ["ยังไม่รู้จัก"], []])
def test_labels_without_a_meaning_do_not_change_the_topics_of_the_model(analyser, labels):
    assert analyser.analyse(["น้ำท่วมบ้าน"], [labels])[0].topics[0].topic_id == "flooding"


@pytest.mark.parametrize(
    ("text", "language", "topic"),
    [
        ("jalan rosak di kampung kami tolong baiki", "ms-Latn", "roads"),
        ("جالن روسق دكمڤوڠ كامي", "ms-Arab", "roads"),
        ("selamat pagi semua orang di kampung", "ms-Latn", "other"),
    ],
)
def test_malay_texts_have_their_language_and_topic(analyser, text, language, topic):
    (found,) = analyser.analyse([text])
    assert found.language == language
    assert found.topics[0].topic_id == topic


def test_analysing_an_analysed_text_gives_the_same_result(analyser):
    raw = [example for topic in load_topics() for example in topic.examples]
    raw += ["โทร0812345678  นะเเล้ว", "", "\u200b", "jalan rosak", "1101700230708 a@b.co [ID]"]
    once = analyser.analyse(raw)
    assert analyser.analyse([found.text for found in once]) == once


def test_analysing_a_batch_gives_the_same_as_analysing_each_text(analyser):
    raw = [topic.examples[0] for topic in load_topics()]
    assert analyser.analyse(raw) == [analyser.analyse([text])[0] for text in raw]
    assert analyser.analyse([]) == []


@pytest.mark.parametrize("unit", ["ด้านหน้า", "ก", " ", "😀", "5", "่", "[PHONE] "])
def test_only_the_beginning_of_a_huge_text_is_analysed_and_the_analysis_is_marked_as_cut(analyser, unit):
    whole = "ถนนพัง " + unit * (1_000_000 // len(unit))
    (found,) = analyser.analyse([whole])
    assert found.is_cut and len(found.text) <= MAX_CHARACTERS
    assert "".join(found.tokens) == found.text and found.text.startswith("ถนนพัง")


def test_a_different_number_of_labels_and_texts_is_rejected(analyser):
    with pytest.raises(ValueError, match="2 texts have 1 sets"):
        analyser.analyse(["ก", "ข"], [[]])


def test_analysis_imports_neither_spark_nor_airflow_nor_scikit_learn():
    check = (
        "import sys; from nlp.seed_models import seed_models; from nlp.analyse import Analyser;"
        "Analyser(seed_models()).analyse(['ถนนพัง']);"
        "print([m for m in ('pyspark', 'airflow', 'sklearn', 'lake', 'jobs') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
