"""Measures how often the language of a short text is detected correctly.

python -m benchmarks.languages

The texts were written for this: every second one of a language is held out (nothing was chosen by it).
Those in Malay were written by a learner, not by a speaker, and no speaker has read them.
"""

from __future__ import annotations

import sys
from collections import Counter

from nlp.analyse import Analyser
from nlp.seed_models import seed_models

TEXTS = {
    "th": """
ถนนหน้าบ้านพังมากครับ
น้ำไม่ไหล 3 วันแล้ว
ไฟดับ
เน็ต AIS ช้า
ขอถังขยะเพิ่ม 2 ใบ หมู่ 4
รถ ติด มาก ทุก เช้า
หมา จร จัด เยอะ กลัว กัด เด็ก
แจ้ง อบต. แล้ว ไม่ มา
ตา มา ดู นา ที บ้าน ยาย
ฝุ่น PM2.5 เยอะมาก
บ่มีน้ำใช้เด้อ ส่อยแหน่
ไฟบ่ฮุ่งเลยเจ้า
หลบบ้านไม่ได้ น้ำแค่เข่า
โรงเรียนตาดีกาไม่มีพัดลม
มัสยิดขอไฟกุโบร์
ต.กาปงอยู่ไกล ถนนลูกรัง
[NAME] โทร [PHONE] ท่อแตก
ขยะเหม็น 🤢🤢
ขอบคุณ admin เพจ
ราคายางตก กิโลละ 40
""",
    "en": """
The street light is broken since Monday
please fix the road near my house
There are too many stray dogs here
Water pipe is leaking
When will the bridge be repaired?
garbage truck did not come this week
My road floods every time it rains
No electricity in Soi 5
thank you for the help
Is there a bus to the hospital?
""",
    "ms-Latn": """
jalan rosak di kampung kami, tolong baiki
air paip tidak ada sejak pagi
lampu jalan padam sudah dua minggu
sungai banjir masuk rumah
kami minta bantuan beras
sampah banyak di tepi jalan
jambatan kayu sudah patah
kawe mitok tulong air takdok
jale rosak tok leh lalu
anak saya sakit tidak ada ubat
harga getah murah sangat
bila mahu baiki longkang ini
sekolah tidak cukup guru
masjid perlu lampu
""",
    "ms-Arab": """
جالن روسق دكمڤوڠ كامي
اير ڤايڤ تيدق اد
لمڤو جالن ڤادم
سوڠاي بنجير ماسوق رومه
تولوڠ بايقي جمبتن
سمڤه باڽق دتڤي جالن
انق ساي ساكيت
سكوله تيدق چوكوڤ ݢورو
""",
    "ms-Thai": """
ยาแล ราเซาะ ดี กาปง กีตอ ตูลง
อาเย เตาะเด๊าะ ลามอ ดะห์
บาเยร์ มาโซะ รูเมาะ อัมบอ
ลาปู ยาแล มาตี ดูวอ มีงู
อาเนาะ อัมบอ ซาเกะ เตาะเด๊าะ อูบะ
ซาเมาะห์ บาเญาะ ดี ปาซา
ตือรีมอ กาเซะห์ บาเญาะ
อัสลามูอาลัยกุม อามอ นะ มีตอ ตูลง
ยามาแต ปาเตาะห์ บูเดาะ เตาะเละห์ ปือฆี ซือกอเลาะ
ฮูแย บือซา อาเย นาอิ
ออแร กาปง ซูซะห์ บาเญาะ
บีลอ เนาะ บาอิก ยาแล นิง
""",
    "mixed": """
ถนนหน้าบ้านพัง جالن روسق دكمڤوڠ
ถนนหน้าบ้านพังมาก please fix the broken road
ไฟดับ street light is off
น้ำท่วม banjir di kampung kami
ขอให้ซ่อม tolong baiki jalan ini
بنجير น้ำท่วมบ้าน
""",
    "und": """
555
!!!
😀😀
[PHONE]
https://example.com/the/road
13.75 100.5
ok
[HOUSE] [PLATE]
""",
}


def main() -> int:
    analyser = Analyser(seed_models())
    for held, title in ((0, "seen"), (1, "held out")):
        wrong: Counter[tuple[str, str]] = Counter()
        total = right = 0
        print(title)
        for name, block in TEXTS.items():
            texts = block.strip().splitlines()[held::2]
            found = [one.language for one in analyser.analyse(texts)]
            hits = found.count(name)
            right, total = right + hits, total + len(texts)
            wrong.update((name, other) for other in found if other != name)
            print(f"  {name:8} {hits}/{len(texts)}")
        print(f"  all      {right}/{total}; " + ", ".join(f"{a} as {b}: {n}" for (a, b), n in wrong.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
