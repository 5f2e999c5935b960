"""Personal data is masked; other numbers are kept."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.mask import KINDS, PLACEHOLDER, mask
from nlp.mask.values import mask_value

THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


@pytest.mark.parametrize(
    ("text", "masked", "types"),
    [
        ("โทร0812345678นะ", "โทร[PHONE]นะ", ("PHONE",)),
        ("โทร ๐๘๑-๒๓๔-๕๖๗๘", "โทร [PHONE]", ("PHONE",)),
        ("081.234.5678 หรือ 02-123-4567 ต่อ 12", "[PHONE] หรือ [PHONE] ต่อ 12", ("PHONE",)),
        ("053 123456", "[PHONE]", ("PHONE",)),
        ("โทรกลับ 812345678 เบอร์ 53123456", "โทรกลับ [PHONE] เบอร์ [PHONE]", ("PHONE",)),
        ("ติดต่อ 812345678.0, 698765432 หรือ 21234567", "ติดต่อ [PHONE], [PHONE] หรือ [PHONE]", ("PHONE",)),
        ("tel: 8.12346E+08 มือถือ 6.68123E+10", "tel: [PHONE] มือถือ [PHONE]", ("PHONE",)),
        ("phone 81-234-5678 โทร O81-2345678", "phone [PHONE] โทร [PHONE]", ("PHONE",)),
        ("โทร 08l2345678 และ 8l2345678", "โทร [PHONE] และ [PHONE]", ("PHONE",)),
        ("+66 81 234 5678, 66812345678", "[PHONE], [PHONE]", ("PHONE",)),
        ("+66(0)81-234-5678", "[PHONE]", ("PHONE",)),
        ("เลขบัตร1-1017-00230-70-8ครับ", "เลขบัตร[ID]ครับ", ("ID",)),
        ("1101700230709 และ ๑ ๑๐๑๗ ๐๐๒๓๐ ๗๐ ๘", "[ID] และ [ID]", ("ID",)),
        ("เมลsom.chai@example.comครับ 0812345678", "เมล[EMAIL]ครับ [PHONE]", ("EMAIL", "PHONE")),
        ("หมู่ 123 081-234-5678", "หมู่ 123 [PHONE]", ("PHONE",)),
        ("0899999999.0812345678", "[PHONE].[PHONE]", ("PHONE",)),
        ("ติดต่อ [PHONE] หรือ [EMAIL]", "ติดต่อ [PHONE] หรือ [EMAIL]", ("PHONE", "EMAIL")),
        ("1-1017-xxxxx-70-8 โทร 081-xxx-5678", "[ID] โทร [PHONE]", ("ID", "PHONE")),
        ("พิกัด 6.8695 101.2501 หรือ 6°51'30.5\"N", "พิกัด [COORDINATES] หรือ [COORDINATES]", ("COORDINATES",)),
        ("บ้านเลขที่ 123/45 หมู่ 6", "บ้านเลขที่ [HOUSE] หมู่ 6", ("HOUSE",)),
        ("๔๕/๒ ม.3 ต.บางปู และเลขที่ 9 ซ.2", "[HOUSE] ม.3 ต.บางปู และเลขที่ [HOUSE] ซ.2", ("HOUSE",)),
        ("บ้านเลขที่ 12 กับ 14", "บ้านเลขที่ [HOUSE] กับ [HOUSE]", ("HOUSE",)),
        ("ทะเบียนรถ 1กข 1234 ยะลา", "ทะเบียนรถ [PLATE] ยะลา", ("PLATE",)),
        ("รถบรรทุก 70-1234 สงขลา", "รถบรรทุก [PLATE] สงขลา", ("PLATE",)),
        ("โอนเข้าบัญชี 123-4-56789-0 กรุงไทย", "โอนเข้าบัญชี [ACCOUNT] กรุงไทย", ("ACCOUNT",)),
        ("พร้อมเพย์ 0812345678 กรุงไทย โทร 0812345678", "พร้อมเพย์ [ACCOUNT] กรุงไทย โทร [PHONE]", ("ACCOUNT", "PHONE")),
        ("ส่งรูปที่ a0@ig0.com แล้ว", "ส่งรูปที่ [EMAIL] แล้ว", ("EMAIL",)),
        ("ตามหา @somchai.th ไลน์ไอดี nongfah", "ตามหา [HANDLE] ไลน์ไอดี [HANDLE]", ("HANDLE",)),
        ("https://www.facebook.com/somchai.9ค่ะ", "[LINK]ค่ะ", ("LINK",)),
        ("นายสมชาย ใจดี แจ้งว่าไฟดับ", "นาย[NAME] แจ้งว่าไฟดับ", ("NAME",)),
        ("บุตรของนายมะ สาและถูกจับ", "บุตรของนาย[NAME]ถูกจับ", ("NAME",)),
        ("น.ส.เจ๊ะมูดอ วาเด็ง อยู่ ต.บานา", "น.ส.[NAME] อยู่ ต.บานา", ("NAME",)),
        ("นายช่างวิชัย และคุณครูสมศรี ใจดี", "นายช่าง[NAME] และคุณครู[NAME]", ("NAME",)),
        ("ติดต่อคุณก้อย โทร 0812345678", "ติดต่อคุณ[NAME] โทร [PHONE]", ("NAME", "PHONE")),
        ("ชื่อ-สกุล: วรรณา แก้วมณี\nปัญหา: น้ำท่วม", "ชื่อ-สกุล: [NAME]\nปัญหา: น้ำท่วม", ("NAME",)),
        ("Mr. Somchai Jaidee, Ahmad bin Ali", "Mr. [NAME], [NAME]", ("NAME",)),
    ],
)
def test_personal_data_is_masked(text, masked, types):
    assert mask(text) == (masked, types)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        # Spelt in words, with letters for digits, on two lines, with other signs between the groups.
        ("โทร ศูนย์แปดหนึ่ง สองสามสี่ ห้าหกเจ็ดแปด ค่ะ", "โทร [PHONE] ค่ะ"),
        ("โทรมา ศูนย์แปดหนึ่ง 477 สองหกห้าศูนย์ 3 คน", "โทรมา [PHONE] 3 คน"),
        ("เบอร์ ศูนย์หก-สามสามเก้า-สองหนึ่งห้าแปดสี่", "เบอร์ [PHONE]"),
        ("เบอร์ หกหนึ่งสอง-เก้าเก้าศูนย์-สี่สามห้า", "เบอร์ [PHONE]"),
        ("บัตร หนึ่งเก้าหกศูนย์ หนึ่งศูนย์ศูนย์ หนึ่งสองสาม สี่ห้าหก", "บัตร [ID]"),
        ("โอนมาที่ ศูนย์สองเก้า หนึ่ง แปดแปดสี่หนึ่งหก หก", "โอนมาที่ [ACCOUNT]"),
        ("O81 234 77 O9 นี่เบอร์ผม", "[PHONE] นี่เบอร์ผม"),
        ("เบอร์ 081-234-\n5678 ด่วน", "เบอร์ [PHONE] ด่วน"),
        ("เลข 1-9601-00123\n-45-6", "เลข [ID]"),
        ("081=4427=650 หรือ 053/561/204", "[PHONE] หรือ [PHONE]"),
        ("091 — 330 — 4862", "[PHONE]"),
        # Phones of other countries.
        ("+60 17-305 6642, 017-305 6642", "[PHONE], [PHONE]"),
        ("+48 601 774 912 หรือ 00856 20 5561 8842", "[PHONE] หรือ [PHONE]"),
        ("tel 09-744 1234", "tel [PHONE]"),
        # Documents.
        ("พาสปอร์ต AB4471902 และ passport MF 284617", "พาสปอร์ต [ID] และ passport [ID]"),
        ("HN 66-10442 รพ.บางบัวทอง", "HN [ID] รพ.บางบัวทอง"),
        ("รหัสนักเรียน 48213 ป.6", "รหัสนักเรียน [ID] ป.6"),
        ("นักศึกษาปีสอง รหัส 6520120447", "นักศึกษาปีสอง รหัส [ID]"),
        ("ใบขับขี่เลขที่ 62001234", "ใบขับขี่เลขที่ [ID]"),
        ("รหัสประจำบ้าน 9601-012345-6", "รหัสประจำบ้าน [ID]"),
        ("ถือบัตรชมพูเลข 0-9556-77120-38-6 มาสิบปี", "ถือบัตรชมพูเลข [ID] มาสิบปี"),
        ("ic saya 850412-03-5566", "ic saya [ID]"),
        # Accounts.
        ("โอนคืนออมสิน 0204 5517 8842", "โอนคืนออมสิน [ACCOUNT]"),
        ("บัญชี 5550-1-99283-0 และ xxx-7-44192-0", "บัญชี [ACCOUNT] และ [ACCOUNT]"),
        ("ให้โอนไป 6057718842 ธ.ออมสิน 1,200 บาท", "ให้โอนไป [ACCOUNT] ธ.ออมสิน 1,200 บาท"),
        ("พร้อมเพย์ 1-9601-00123-45-6", "พร้อมเพย์ [ACCOUNT]"),
        # Plates.
        ("เห็น 3ขฆ 9182 ขวางปากซอย", "เห็น [PLATE] ขวางปากซอย"),
        ("รถตู้ขาว นข 2286 จอดทุกเช้า", "รถตู้ขาว [PLATE] จอดทุกเช้า"),
        ("กระบะของกำนัน บม 44 ลำปาง จอดขวาง", "กระบะของกำนัน [PLATE] ลำปาง จอดขวาง"),
        ("ขี่เวฟแดง 1กก 4471 กับ กตพ 381", "ขี่เวฟแดง [PLATE] กับ [PLATE]"),
        ("ป้ายแดง ก-1234 และป้ายแดง 5678", "ป้ายแดง [PLATE] และป้ายแดง [PLATE]"),
        ("ทะเบียน 82-4417 ปัตตานี กับ 81-9053", "ทะเบียน [PLATE] ปัตตานี กับ [PLATE]"),
        ("A van with plate KEL 3350 dumps waste", "A van with plate [PLATE] dumps waste"),
        ("รถชนแล้วหนี จำได้แต่เลขท้าย 7712", "รถชนแล้วหนี จำได้แต่เลขท้าย [PLATE]"),
        ("ทะเบียนกข1234 และรถบพ-1188", "ทะเบียน[PLATE] และรถ[PLATE]"),
        # Houses.
        ("บ้าน 9/1 ข้างศาล", "บ้าน [HOUSE] ข้างศาล"),
        ("หลังคาบ้าน 210 ขอสังกะสี", "หลังคาบ้าน [HOUSE] ขอสังกะสี"),
        ("บ้านเลขที่ 71 และ 71/2", "บ้านเลขที่ [HOUSE] และ [HOUSE]"),
        ("สมปอง เลขที่ 18 โทร 1567", "[NAME] เลขที่ [HOUSE] โทร 1567"),
        ("หน้าเฮือน62 ตี้ปากซอย", "หน้าเฮือน[HOUSE] ตี้ปากซอย"),
        ("rumah nombor 88/3 Kg. Talok, رومه 14", "rumah nombor [HOUSE] Kg. Talok, رومه [HOUSE]"),
        ("my house is number 77/12, Bang Tao", "my house is number [HOUSE], Bang Tao"),
        ("อยู่ห้อง 418 หอริมบึง", "อยู่ห้อง [HOUSE] หอริมบึง"),
        # Contacts.
        ("ทัก baanyala.nara หรือ kaew_nong", "ทัก [HANDLE] หรือ [HANDLE]"),
        ("ไอดีเกม xxNara07xx ชวนลูกหนู", "ไอดีเกม [HANDLE] ชวนลูกหนู"),
        ("ใช้ชื่อเฟซ Wan Hutan ด่าคน", "ใช้ชื่อเฟซ [HANDLE] ด่าคน"),
        ("เมล somchai(at)gmail.com, som [at] ymail [dot] com", "เมล [EMAIL], [EMAIL]"),
        ("somchai แอท จีเมล จุด คอม", "[EMAIL]"),
        ("กด bit.ly/sadao-x77 หรือ http://th-post.cc/a91 นะ", "กด [LINK] หรือ [LINK] นะ"),
        # Positions.
        ("พิกัด 47N 661234 720345", "พิกัด [COORDINATES]"),
        ("พิกัด 47NQH6123420345 หรือ 6P5FG7RJ+4X", "พิกัด [COORDINATES] หรือ [COORDINATES]"),
        ("lat 6.5412 และ ลองจิจูด 101.2801", "lat [COORDINATES] และ ลองจิจูด [COORDINATES]"),
        ("ที่ 6.7011 N 101.6148 E ด่วน", "ที่ [COORDINATES] ด่วน"),
    ],
)
def test_personal_data_is_masked_in_every_form(text, masked):
    assert mask(text)[0] == masked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "วันที่ 08-12-2565 10.30 น.",
        "08/12/2565 และ 2565-01-15 10:20:30",
        "งบ 1,500,000 บาท จาก 12,345,678.90",
        "2022-AV3TTK",
        "เชียงใหม่ 50000 โทร 1567 หรือ 191",
        "ติดต่อ 20241105 แล้วไม่มา",
        "โทรแจ้งเลขที่คำร้อง 812345678",
        "ถนนทรุดโทรม งบ 812345678",
        "โทรไปขอเงิน 812345678 บาท",
        "08.30-16.30 15 คน",
        "หัวเราะ 5555555555555",
        "20221208135644",
        "รถเมล์สาย 8 26 27 28 36 60 12 และ ปอ.203",
        "ทล.4 กม. 1042+500 สาย 410 ทช. ปน.2008",
        "ใบอนุญาตเลขที่ 45/2566 โฉนดเลขที่ 12345",
        "หมู่ 1 หมู่ 2 ซอย 5 หมู่ 3 และ ม.4 ต.ท่าช้าง",
        "ป.5/2 วันที่ 12/5 เปิด 24/7",
        "รถไฟขบวน 37 ช้า 2 ชม. รถ 2คัน 100 คน",
        "รุ่น DS-2CD1043 และ TG 1234",
        "https://www.bangkok.go.th/news/1234",
        "อย. 13-1-04455-2-0089 และ ISBN 978-616-123-456-7",
        "ที่ ยล 0023/1234 ทช ยล 3012 พันธุ์ กข 43",
        "หนังสือที่ กจ 0023.6/1184 สัญญาเลขที่ 14/2567 โฉนดเลขที่ 18834",
        "21กพ 2009 พค 2567 1ชม15นาที 2คน 555",
        "รถตู้ รอ 45 นาที งบ 4500 รถ 6 ล้อ 3 คัน",
        "บริษัท 7-11 สาขา 1234 ผลบอล 2-1 ความดัน 145/90 ม.5",
        "พัสดุ O8 1234 A5 ปุ๋ย 15-15-15 ราคา 1200-1500 10-2500 บาท",
        "บ้าน 4 หลัง บ้าน 120 ครัวเรือน ชาวบ้าน 35 คน เน็ตบ้าน 500/500",
        "เสาไฟเลขที่ 12 ซอย 5 น.ส.3ก เลขที่ 123 หมู่ 4",
        "เด็กห้อง 304 เลือดออก ชั้น 2 ห้อง 204 กองช่าง",
        "ลงทะเบียน รอบ 2 ป้ายบอกทาง กม 45 เลขท้าย 3 ตัว 123",
        "รหัสเรื่อง 68041234 รหัสไปรษณีย์ 95000 บัตรคิว 123",
        "มาตรา 50/2 ม.157 คดีหมายเลขดำที่ 123/2566",
        "หนึ่งสองสาม สี่ห้าหก เจ็ดแปดเก้าสิบ สองสามวัน",
        "ศูนย์สองแห่ง สามสี่คน ห้าหกหลัง",
        "โอน 3,500 บาท เมื่อ 12 ม.ค. 2567 บัญชีปี 2567 2568 2569",
        "Mazda CX-5 รุ่น MX 5000 ยาง 205/55",
        "ไฟล์ IMG_2034.jpg เพจ อบต.บันนังสาเรง ทัก inbox",
        "เพจชื่อ เทศบาลนครยะลา LINE Official",
        "https://www.thaipbs.or.th/news/content/345678",
        "ดิน 6.5 น้ำ 101.2",
    ],
)
def test_other_numbers_are_not_masked(text):
    assert mask(text) == (text, ())


@pytest.mark.parametrize(
    "text",
    [
        "นายก อบต. นายกฯ นายกเทศมนตรี นายอำเภอ นายช่าง นายจ้าง นายทุน",
        "อ.นางรอง อ.นายูง อ.นายายอาม ย่านนางเลิ้ง ถ้ำขุนน้ำนางนอน",
        "คุณภาพ คุณสมบัติ ขอบคุณครับ ถ้าคุณสามารถมาดู คุณครูไม่พอ",
        "ตำรวจ 3 นาย จอดรถ และทำนายฝน ทนายอาสา",
        "ผู้แจ้งหกล้ม ไม่ทราบชื่อ ป้ายชื่อซอย น้ำท่วมติดต่อกัน",
        "ซอยนายเหรียญ คลองเจ้าคุณสิงห์",
    ],
)
def test_offices_and_places_are_not_masked(text):
    assert mask(text) == (text, ())


@pytest.mark.parametrize("marker", ["nan", "NaN", "NaT", "None", "null", "NULL", "N/A", "-"])
def test_a_marker_of_a_missing_value_is_kept(marker):
    assert mask_value(marker) == marker
    assert mask(f"LINE ID: {marker}") == (f"LINE ID: {marker}", ())


@pytest.mark.parametrize(
    "value",
    [
        "organization_action",
        "photo_url",
        "68-0412",
        "82-4417",
        "2024-123456-1",
        "02/2567/123",
        "2025-F2VN6Y",
        "2025-AN7176",
        "2025-8FB6BG",
    ],
)
def test_a_name_of_a_column_or_the_number_of_a_case_alone_is_kept(value):
    assert mask_value(value) == value


def test_placeholders_of_all_kinds_are_kept():
    text = " ".join(f"[{kind}]" for kind in KINDS)
    assert mask(text) == (text, KINDS)


def timed(work, text: str) -> float:
    taken: list[float] = []
    for _ in range(3):
        start = time.process_time()
        work(text)
        taken.append(time.process_time() - start)
    return min(taken)


gaps = st.sampled_from(["", "-", " ", " - ", "."])
# What stands around a number: no digit and no dot beside it, which would make it part of a longer one.
around = st.text(st.sampled_from("กขคงตปมยรลสหอาิีุูเแโใไ่้ \nab,:;()ๆ"), max_size=20)


def spaced(digits: str, separators: list[str]) -> str:
    return digits[0] + "".join(gap + digit for gap, digit in zip(separators, digits[1:], strict=True))


@st.composite
def phones(draw) -> str:
    mobile = draw(st.booleans())
    digits = draw(st.from_regex(r"[689][0-9]{8}" if mobile else r"[2-7][0-9]{7}", fullmatch=True))
    before = draw(st.sampled_from(["0", "+66", "+66 ", "0066", "+66 0"]))
    cuts = draw(st.sampled_from([(), (2, 5), (1, 5), (1, 4), (2, 4, 6), (3,)]))
    gap = draw(gaps)
    written = before + "".join(gap + digit if at in cuts else digit for at, digit in enumerate(digits))
    return written.translate(THAI_DIGITS) if draw(st.booleans()) else written


@st.composite
def ids(draw) -> str:
    digits = draw(st.from_regex(r"[1-8][0-9]{12}", fullmatch=True).filter(lambda d: len(set(d)) > 1))
    canonical = f"{digits[0]}-{digits[1:5]}-{digits[5:10]}-{digits[10:12]}-{digits[12]}"
    written = draw(
        st.sampled_from([digits, canonical, canonical.replace("-", " "), " ".join(digits), "-".join(digits)])
    )
    return written.translate(THAI_DIGITS) if draw(st.booleans()) else written


# What the rules look for, in any order and next to anything.
PIECES = st.sampled_from(
    str.split(
        "นาย นาง คุณ น.ส. ชื่อ: ผู้แจ้ง สมชาย ใจดี มะ สาและ แจ้ง บ้านเลขที่ เลขที่ 12/3 99 หมู่ ม. ต. ทะเบียน รถ กข 1234"
        " 1กข บัญชี พร้อมเพย์ 123-4-56789-0"
        " 6.8695 101.2501 ° @ ไลน์ line: id fb.com/ http:// somchai9 Mr. bin A [PHONE] [NAME]"
        " [ - . , ( ) : / + 0 66 081 1101700230708 ก 5 x *****"
    )
) | st.sampled_from([" ", "\n", "\0", "\ud800"])


emails = st.from_regex(r"[a-z][a-z0-9._]{0,12}[a-z0-9]@[a-z][a-z0-9]{1,10}\.(com|co\.th|go\.th)", fullmatch=True)


@given(around, phones(), around)
def test_an_inserted_telephone_number_is_always_masked(before, phone, after):
    text, types = mask(before + phone + after)
    assert "PHONE" in types and not re.search(r"\d", text)


@given(around, ids(), around)
def test_an_inserted_national_id_is_always_masked_even_with_a_wrong_checksum(before, number, after):
    text, types = mask(before + number + after)
    assert "ID" in types and not re.search(r"\d", text)


@given(around, emails, around)
def test_an_inserted_address_is_always_masked(before, email, after):
    text, types = mask(f"{before}{email} {after}")
    assert "EMAIL" in types and "@" not in text


@given(st.lists(st.one_of(around, phones(), ids(), emails, PIECES)).map("".join))
def test_masking_again_changes_nothing(text):
    once = mask(text)
    assert mask(once[0]) == once


@given(st.lists(st.one_of(PIECES, around), max_size=8), st.lists(st.one_of(PIECES, around), max_size=8))
def test_text_around_personal_data_is_unchanged(before, after):
    """Only whole spans give way to placeholders: what is left over stands in the text, in its order."""
    text = "".join([*before, *after])
    rest = PLACEHOLDER.split(mask(text)[0])[::2]
    place = 0
    for part in rest:
        place = text.find(part, place)
        assert place >= 0
        place += len(part)


@given(st.text(st.characters(codec=None)))
def test_no_text_raises(text):
    once, kinds = mask(text)
    assert mask(once) == (once, kinds)


@pytest.mark.parametrize(
    "letter", ["ก", "5", "1 ", " ", "😀", "ด้านหน้า", "a", "a.", "1/", "นาย", "บัญชี", "ไลน์", "0812345678."]
)
def test_the_time_is_linear_in_the_length(letter):
    short, long = (min(timed(mask, letter * (size // len(letter))) for _ in range(3)) for size in (20_000, 80_000))
    assert long < 12 * short + 0.02
