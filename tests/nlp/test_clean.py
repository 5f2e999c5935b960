"""Cleaning a batch gives the same as normalising and masking each text."""

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.masking import COUNTS, texts_with_items
from benchmarks.masking import clean as clean_texts
from nlp.clean import clean
from nlp.mask import mask
from nlp.normalise import normalise

pieces = st.one_of(
    st.text(st.characters(codec=None), max_size=8),
    st.text(st.sampled_from("กขคาะำเแัี้่์ํๆ:*. \n\0aA1๕@/[-"), max_size=12),
    st.sampled_from(
        str.split(
            "นาย คุณ น.ส. พล.ต.อ. ชื่อ ผู้แจ้ง ผู้ใหญ่ สมชาย มะ บ้านเลขที่ 12/3 ม.3 รถ กข 1234 ทะเบียน บัญชี 123-4-56789-0"
            " 0812345678 6.8695 101.2501"
            " ศูนย์ แปด หนึ่งสอง เจ็ด พาสปอร์ต AB447190 HN รหัส นักเรียน ใบขับขี่ บ้าน ผม ห้องเช่า ห้อง เฮือน ทับ ซอย ม. ขับ"
            " กข 1กก 4471 82-4417 ยะลา"
            " ป้ายแดง ท้าย bit.ly/a ทัก แอท จีเมล คอม x_y เฟซ Wan Hutan โอน กสิกร พิกัด 47N 661234 lat DBK plate (at) 5/1"
            " line id fb.com/x9 @somchai Mr. Ali bin Abu name: A1+B2 [PHONE] ปัญหา : ไลน์ somchai_9"
        )
    ),
    st.just(" "),
)


@given(st.lists(st.lists(pieces, max_size=8).map("".join), max_size=6))
def test_cleaning_a_batch_gives_the_same_as_cleaning_each_text(texts):
    assert clean(texts) == [mask(normalise(text)) for text in texts]


def test_the_fast_check_for_personal_data_misses_no_inserted_item():
    texts = [text for kind in COUNTS for text, _, _ in texts_with_items(kind, held=False)] + clean_texts(held=False)
    assert clean(texts) == [mask(normalise(text)) for text in texts]
