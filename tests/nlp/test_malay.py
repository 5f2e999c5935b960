"""Patani Malay in Thai letters."""

import pytest

from nlp.analyse import Analyser
from nlp.corpus import load_corpus
from nlp.features import token_ids
from nlp.malay import MalayModel
from nlp.seed_models import seed_models
from nlp.tokenise import tokenise


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ยาแล ราเซาะ ดี กาปง กีตอ ตูลง", "ms-Thai"),
        ("อาเยตะเด๊าะตีฆอฮารีเดาะฮ", "ms-Thai"),
        ("ซาเมาะห์บาเญาะดีปาซา โทร [PHONE]", "ms-Thai"),
        ("มัสยิดขอไฟกุโบร์", "th"),
        ("บ่มีน้ำใช้เด้อ ส่อยแหน่", "th"),
        ("หลบบ้านไม่ได้ น้ำแค่เข่า", "th"),
        ("ตา มา ดู นา ที บ้าน ยาย", "th"),
        ("555", "und"),
        ("", "und"),
    ],
)
def test_thai_letters_are_thai_or_malay(text, language):
    assert Analyser(seed_models()).analyse([text])[0].language == language


def test_a_model_tells_writers_apart_that_it_has_not_seen():
    corpus = load_corpus()
    held = ("malay_1", "isan_1", "central_1")
    model = MalayModel.learn([text for text in corpus if text.writer not in held])
    texts = [text for text in corpus if text.writer in held and text.language in ("th", "ms-Thai")]
    found = model.is_malay(token_ids(tokenise([text.text for text in texts]))).tolist()
    is_malay = [text.language == "ms-Thai" for text in texts]
    assert sum(found[at] for at, malay in enumerate(is_malay) if malay) >= 0.9 * sum(is_malay) > 50
    assert sum(found[at] for at, malay in enumerate(is_malay) if not malay) <= 0.002 * len(texts)
