"""Groups of Thai letters that stand before numbers and are seldom the letters of a plate."""

from __future__ import annotations

NOT_PLATES = frozenset(
    str.split(
        "ทล ทช กม ปอ สน ซม มม นน พศ คศ รร รพ สส สว ชม ตม ตร บขส อบต อบจ พรบ กทม คน ศก คส ตรม ตชด มอก กฟภ ปภ"
        " ปภช สพ ผอ ถนน นคร รถ มค กพ พค กค สค กย ตค พย ธค มก กก กล นท ลบ ลบม รอ ขอ พอ หอ จอ งอ ตอ คอ ทอ ลอ อก"
        " บก ตก ยก ปก ชก หก กด ลด อด มด ปด งด หด รด จด จบ ครบ พบ คบ กบ อบ รบ หลบ งบ ทบ ศพ ภพ นพ คม ลม จม อม ผม"
        " ถม ปม นม ขน ฝน จน ซน ปน วน ทน ชน คง ลง ธง ดง ตรง หลง คลอง ชง ทรง ผง วง งง ยง มง คอย ซอย ปอย ลอย หอย"
        " รอย นอย ดอย สอง รอง ของ มอง ทอง กอง ลอง คอง ปอง จอง ตอง ฟอง หมอ พอง ดอง นอน ตอน สอน ถอน ซอน กลอน หอม"
        " ยอม ซอม ออม ชอบ สอบ รอบ ขอบ ตอบ กอบ นอก บอก ออก ดอก กอก หลอก ยอด จอด สอด ขอด ถอด ทอด รอด หลอด ปลอด"
        " คลอด พล กฟ สตง ปปช ปปง ปปส ธกส กยศ กศน กปภ กฟน กปน รสพ รฟท ขสมก อสม อส สจ สก นย สช สภ สภต ศพด รพสต"
        " รพช ทร กอ กห มท ศธ สธ ยธ ทส พณ นร รง พม วธ รมช รมว คสช ครม ตปท จว จท จนท ผญบ ผกก ผบช ผวจ นอภ ปลด ผล"
        " ศล สม กรม พรม ปรน ฉก พต รต จต พลอ พตอ พตท รตอ ตรว ตรก วา กว คว ขวด ชวน สวน รวม ตรวจ บวก ควร กวน ขวบ"
        " บวม รวย ทวน สวม หมด หมวก สมอ ขนม ผสม ชนม ปลก ถก ลก จล จร ตย ปณ ตปณ บช บมจ บจก หจก"
    )
)
"""Words and abbreviations of two and three consonants. A plate may have the same letters, so a word for registration
decides for the plate."""
SOFT_WORDS = frozenset(
    str.split(
        "วง ชก บก ตก ยก ปก งอ ทน ชน จน ซน ผง งง ยง มง ชง ดง ธง ลง หลง คลอง ลอง คอง ปอง ตอง ฟอง พอง ดอง ลอย"
        " หอย ปอย กอ ตอ ทอ ลอ อก ผอ กบ อบ รบ คบ พบ ลบ ลม จม อม ถม ปม ตม นม คม มด ปด หด รด อด งด บน วา กว คว"
        " ขวด สม ศล กล ผล พล จว ตย สข พม วธ รง"
    )
)
"""Those that hardly ever stand before a number. They are a plate directly after a vehicle or before a province."""
PROVINCE_LETTERS = frozenset(
    str.split(
        "ยล ปน นธ สข พท ตง สต นศ สฎ ภก พง กบ รน ชพ ชม ชร ลป ลพ นน พร พย มส อต สท พล กพ ตก พจ พช นว อน ชน สห"
        " ลบ อท อย สบ ปท นบ สป นฐ สค สส กจ รบ พบ ปข ฉช ปจ สก นย ชบ รย จบ ตร นม บร สร ศก อบ ยส อจ กส มค รอ ขก"
        " ชย ลย นภ อด นค บก สน นพ มห"
    )
)
"""Official letters (ยล 0017/22) and country roads (ยล 3012) have the abbreviation of a province."""
UNITS = frozenset(str.split("ชม กม ซม มม มก กก กล นท หน วน รบ"))
"""Units that stand between two numbers: 1ชม15นาที."""
MONTHS = frozenset(str.split("มค กพ พค กค สค กย ตค พย ธค"))
"""Months, which stand before a year: 21กพ 2009."""
