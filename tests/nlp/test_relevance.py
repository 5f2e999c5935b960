"""Whether a post is a public concern; chatter and adverts are not."""

import csv
from pathlib import Path

import pytest

from nlp.analyse import Analyser
from nlp.relevance import IS_CONCERN, relevance
from nlp.topics import TopicModel, TopicScore

HERE = Path(__file__).parent
NONE = (TopicScore("other", 0.95, "model"),)


@pytest.fixture(scope="module")
def analyser() -> Analyser:
    return Analyser(TopicModel.seed())


@pytest.mark.parametrize(
    ("text", "is_concern"),
    [
        ("ถนนหน้าหมู่บ้านพังมาก ฝากเทศบาลมาดูหน่อย", True),
        ("น้ำประปาไม่ไหลมาสามวันแล้ว เดือดร้อนกันทั้งซอย", True),
        ("บ่มีผู้ใด๋มาเบิ่งจักเทื่อ ไทบ้านเดือดร้อนหลาย", True),
        ("jalan rosak di kampung kami", True),
        ("โปรวันนี้ลดราคารถรุ่นใหม่ ดาวน์ศูนย์บาท", False),
        ("กาแฟร้านนี้อร่อย คิดถึงเลย", False),
        ("ดูบอลคู่แมนยูเมื่อคืนสนุกมาก", False),
        ("ทดสอบ", False),
    ],
)
def test_a_post_is_a_concern_or_not(analyser, text, is_concern):
    (found,) = analyser.analyse([text])
    assert (found.relevance >= IS_CONCERN) == is_concern


def test_topics_and_concern_words_raise_relevance_and_advert_words_lower_it():
    sure = (TopicScore("roads", 0.9, "model"),)
    assert relevance("ถนน", NONE) < relevance("ถนน", sure) < relevance("ถนนในหมู่บ้าน", sure)
    assert relevance("ถนน ลดราคา", sure) < relevance("ถนน", sure)


def test_a_malay_post_without_known_words_is_kept():
    assert relevance("selamat pagi semua", NONE, "ms-Latn") >= IS_CONCERN
    assert relevance("สวัสดีทุกคน", NONE, "th") < IS_CONCERN


def test_most_concerns_of_the_provinces_are_kept_and_most_chatter_is_not(analyser):
    rows = csv.DictReader((HERE / "provincial_texts.csv").open(encoding="utf-8", newline=""))
    concerns = analyser.analyse([text for row in rows for name, text in row.items() if name != "topics"])
    chatter = analyser.analyse((HERE / "chatter.txt").read_text(encoding="utf-8").splitlines())
    assert sum(one.relevance >= IS_CONCERN for one in concerns) >= 0.85 * len(concerns)
    assert sum(one.relevance >= IS_CONCERN for one in chatter) <= 0.1 * len(chatter)
