"""The learnt model finds names without a title, and leaves places, shops, brands and words for kin."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.clean import clean
from nlp.corpus import load_corpus
from nlp.mask import mask
from nlp.mask.learnt_names import name_model
from nlp.mask.name_gate import parts_of
from nlp.mask.name_learning import learn_names
from nlp.mask.name_model import NameModel
from nlp.mask.name_tokens import split_unknown, words_of
from nlp.mask.values import mask_value
from nlp.normalise import normalise
from nlp.tokenise import unmerged_tokens

NAMED = [
    ("ลุงบุญส่งบอกว่าไฟดับ", "ลุง[NAME]บอกว่าไฟดับ"),
    ("ป้าแต๋วกับพี่หน่อยมาช่วยกันลอกท่อ", "ป้า[NAME]กับพี่[NAME]มาช่วยกันลอกท่อ"),
    ("น้องมิ้นท์โดนรถชนหน้าโรงเรียน", "น้อง[NAME]โดนรถชนหน้าโรงเรียน"),
    ("ผมวีระพงษ์อยู่หมู่ 4 น้ำไม่ไหล", "ผม[NAME]อยู่หมู่ 4 น้ำไม่ไหล"),
    ("หนูชื่อน้ำฝน เรียน ม.2", "หนูชื่อ[NAME] เรียน ม.2"),
    ("ขอบคุณช่างสมบัติที่มาซ่อมไฟ", "ขอบคุณช่าง[NAME]ที่มาซ่อมไฟ"),
    ("หมอรุ่งนภาดูแลดีมาก", "หมอ[NAME]ดูแลดีมาก"),
    ("ปลัดธีรเดชไม่เซ็นเอกสาร", "ปลัด[NAME]ไม่เซ็นเอกสาร"),
    ("แบมะหมัดกรีดยางอยู่สวนหลังบ้าน", "แบ[NAME]กรีดยางอยู่สวนหลังบ้าน"),
    ("เมาะฟาตีเมาะป่วยติดเตียง", "เมาะ[NAME]ป่วยติดเตียง"),
    ("สล่าคำจันทร์ซ่อมหลังคา", "สล่า[NAME]ซ่อมหลังคา"),
    ("ผู้ร้อง อาหมี่ แซ่ลี ขอสัญชาติ", "ผู้ร้อง [NAME] ขอสัญชาติ"),
    ("ขอความอนุเคราะห์รถน้ำ สมพร ทองดี 0812345678", "ขอความอนุเคราะห์รถน้ำ [NAME] [PHONE]"),
    ("ขอให้ช่วยด้วยค่ะ ชื่อ Nurul Huda โทร 0812345678", "ขอให้ช่วยด้วยค่ะ ชื่อ [NAME] โทร [PHONE]"),
    ("Abe Yusof jaga pintu air", "Abe [NAME] jaga pintu air"),
    ("Best regards, Oliver Smith", "Best regards, [NAME]"),
    ("[NAME] กับป้าแต๋วมาช่วย", "[NAME] กับป้า[NAME]มาช่วย"),
]
OTHERS = [
    "วัดหลวงพ่อดำ น้ำท่วม",
    "ร้านเจ๊แดง เปิดกี่โมง",
    "ซอยลุงเขียว ไฟดับ",
    "พายุชื่อมะลิ เข้าคืนนี้",
    "โรงเรียนบ้านครูสมหวัง หลังคารั่ว",
    "มัสยิดอัลฮุสนา ขอพัดลม",
    "ตำบลแม่แดด อำเภอกัลยาณิวัฒนา",
    "พี่ๆ เจ้าหน้าที่มาเร็วมาก",
    "ลุงขับรถเร็วมาก",
    "ป้าขายของหน้าตลาด",
    "น้องหมาหายไปสองวัน",
    "ครูไม่พอ หมอก็ไม่มา",
    "ไปเที่ยวกับพี่สาวที่เชียงใหม่",
    "เบียร์สิงห์ ลีโอ ช้าง",
    "โปรแรง Samsung Galaxy ลดราคา",
    "รถ Toyota Hilux Revo จอดขวางทาง",
    "Kampung Tok Imam takde lampu",
    "جالن نومبور 4155 روسق",
]
PART = load_corpus()[:600]


@pytest.mark.parametrize(("text", "masked"), NAMED)
def test_names_without_a_title_are_masked(text, masked):
    assert mask(text)[0] == masked


@pytest.mark.parametrize("text", OTHERS)
def test_words_that_look_like_names_are_kept(text):
    assert mask(text) == (text, ())


def test_a_batch_gives_the_same_as_each_text_and_masking_again_changes_nothing():
    texts = [text for text, _ in NAMED] + OTHERS + [text.text for text in load_corpus()[::40]]
    once = clean(texts)
    assert once == [mask(normalise(text)) for text in texts]
    assert clean([text for text, _ in once]) == once


names = st.sampled_from(str.split("ลุง ป้า ชื่อ บุญส่ง แต๋ว สมพร ทองดี กับ Abe Yusof bin [NAME] [PHONE] ร้าน วัด มะ แบ \n , ."))


@given(st.lists(st.one_of(names, st.just(" "), st.text(max_size=3))).map("".join))
def test_masking_a_masked_text_changes_nothing(text):
    once = mask(text)
    assert mask(once[0]) == once


def test_a_model_is_the_same_for_the_same_texts_and_after_it_was_stored():
    model = learn_names(PART)
    again = NameModel.from_bytes(model.to_bytes())
    assert again.to_bytes() == model.to_bytes() == learn_names(PART).to_bytes()
    text = NAMED[0][0]
    assert again.spans(text) == model.spans(text)


def test_spans_are_in_the_text_and_in_order():
    text = "ป้าแต๋วบ่น ถนนพัง\nพี่หน่อยด้วย " * 30
    spans = name_model().spans(text)
    assert {text[start:end] for start, end in spans} == {"แต๋ว", "หน่อย"}
    assert len(spans) == 60 and spans == sorted(spans)


def test_a_text_without_a_cue_or_a_listed_name_is_not_looked_at():
    assert parts_of("ถนนพังมาก น้ำท่วมทุกวัน") == []
    assert parts_of("ลุงบุญส่งมา")[0][1] == 0


def test_a_listed_name_is_one_word_and_a_cue_is_apart_from_an_unknown_name():
    assert "สมเกียรติ" in words_of(unmerged_tokens("พบสมเกียรติที่ตลาด"), 0).words
    assert split_unknown("ชื่อรุส") == ("ชื่อ", "รุส")
    assert split_unknown("ประชาชน") == ("ประชาชน",)


def test_values_of_fields_are_masked_by_rules_alone():
    value = "ลุงบุญส่งบอกว่าไฟดับ"
    assert mask(value)[0] != value == mask_value(value)
    assert mask_value("นายสมชาย ใจดี") == "นาย[NAME]"
