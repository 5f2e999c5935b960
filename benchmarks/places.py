"""How well addresses outside Bangkok are placed: precision and recall by province, district and subdistrict.

python -m benchmarks.places [--show]     --show lists what went wrong with the first seed

How the 600 addresses were made, before the resolver was measured on them:

- ``BY_HAND`` were written one by one by their author in the habits of each region, with what a reader can
  say for certain, by official names; ``-`` where nobody could say. ⏎ stands for a carriage return and ⎵ for
  a zero width space.
- The others are drawn: an area at random with a fixed seed, from the Deep South, the rest of the South, the
  Northeast, the North and the rest outside Bangkok in turn, and a template at random. What an address says is
  computed from the names that it states and from nothing else: a level counts as said where all areas of the
  country that bear the stated names agree in it (a postal code that stands last is stated too).
  So an address without its province has one exactly where its names leave but one.
- ``HELD_OUT`` is the seed that no rule was made by: only its sums were looked at.

Precision: of the answers at a level, how many are right; an answer where nothing is said is wrong.
Recall: of what is said, how much is answered rightly.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

from nlp.places import Place, resolve
from schemas.area_data import districts, provinces, subdistricts

SEED, HELD_OUT = 2568, 19
TOTAL = 600
LEVELS = ("province", "district", "subdistrict")
DEEP_SOUTH = ("94", "95", "96", "9003", "9004", "9005", "9006")

BY_HAND = """
ปัตตานี/เมืองปัตตานี/รูสะมิแล | 181 ถ.เจริญประดิษฐ์ ต.รูสะมิแล อ.เมือง จ.ปัตตานี 94000
ปัตตานี/เมืองปัตตานี/รูสะมิแล | ม.อ.ปัตตานี ต.รูสะมิแล อ.เมืองปัตตานี
ปัตตานี/เมืองปัตตานี/จะบังติกอ | หลังวังเก่าจะบังติกอ ตำบลจะบังติกอ อำเภอเมือง ปัตตานี
ปัตตานี/เมืองปัตตานี/อาเนาะรู | ถ.ยะรัง ต.อาเนาะรู อ.เมือง จ.ปัตตานี
ปัตตานี/เมืองปัตตานี/สะบารัง | ถนนนราธิวาส ต.สะบารัง อ.เมือง ปัตตานี
ปัตตานี/ยะหริ่ง/บางปู | 45 ม.2 บ้านบางปู ต.บางปู อ.ยะหริ่ง จ. ปัตตานี
ปัตตานี/ยะหริ่ง/ตะโละกาโปร์ | ตะโละกาโปร์ ยะหริ่ง ปัตตานี
ปัตตานี/หนองจิก/บ่อทอง | ค่ายอิงคยุทธบริหาร ต.บ่อทอง อ.หนองจิก จ.ปัตตานี 94170
ปัตตานี/โคกโพธิ์/นาประดู่ | สถานีรถไฟนาประดู่ ต.นาประดู่ อ.โคกโพธิ จ.ปัตตานี
ปัตตานี/สายบุรี | ตลาดตะลุบัน อ.สายบุรี ปัตตานี
ปัตตานี/สายบุรี/ตะลุบัน | อ.สายบุรี ต.ตะลุบัน
ปัตตานี/แม่ลาน | จังหวัดปัตตานี อำเภอแม่ลาน
ปัตตานี/ปะนาเระ/ท่าข้าม | ม.3ต.ท่าข้ามอ.ปะนาเระจ.ปัตตานี
ปัตตานี/ไม้แก่น/ไทรทอง | Moo 2, Tambon Sai Thong, Amphoe Mai Kaen, Pattani
ปัตตานี/ยะรัง/ปิตูมุดี | T.Pitu Mudi A.Yarang Pattani 94160
ยะลา/เมืองยะลา/สะเตง | 12 ถนนสิโรรส ต.สะเตง อ.เมือง จ.ยะลา 95000
ยะลา/เมืองยะลา/สะเตงนอก | ตลาดเก่า ต.สะเตงนอก อ.เมืองยะลา จ.ยะลา
ยะลา/เมืองยะลา/สะเตง | ศูนย์เยาวชนเทศบาลนครยะลา ต.สะเตง ยะลา
ยะลา/เมืองยะลา | เทศบาลนครยะลา
ยะลา/เมืองยะลา/ยะลา | หมู่ 1 ต.ยะลา อ.เมือง จ.ยะลา
ยะลา/เบตง/อัยเยอร์เวง | สกายวอล์ค ต.อัยเยอร์เวง อ.เบตง
ยะลา/เบตง/เบตง | ๑๕ ถ.สุขยางค์ ต.เบตง อ.เบตง จ.ยะลา ๙๕๑๑๐
ยะลา/บันนังสตา/ตลิ่งชัน | เขื่อนบางลาง ต.ตลิ่งชัน อ.บันนังสตา จ.ยะลา
ยะลา/รามัน/โกตาบารู | ต.โกตาบารู อ.รามันห์ จ.ยะลา
ยะลา/กรงปินัง | อ.กรงปีนัง จ.ยะลา
ยะลา/ยะหา | ยะหา, ยะลา
ยะลา/เมืองยะลา | Muang Yala, Yala
นราธิวาส/เมืองนราธิวาส/บางนาค | ถ.พิชิตบำรุง ต.บางนาค อ.เมือง จ.นราธิวาส 96000
นราธิวาส/สุไหงโก-ลก/สุไหงโก-ลก | ด่านสุไหงโกลก ต.สุไหงโกลก อ.สุไหงโกลก จ.นราธิวาส
นราธิวาส/สุไหงโก-ลก/มูโนะ | ตลาดมูโนะ ต.มูโนะ อ.สุไหงโก-ลก นรา
นราธิวาส/ตากใบ/เจ๊ะเห | ๔/๑ หมู่ที่ ๓ ตำบลเจ๊ะเห อำเภอตากใบ จังหวัดนราธิวาส
นราธิวาส/ตากใบ/เจ๊ะเห | ต.เจะเห อ.ตากใบ จ.นราธิวาส
นราธิวาส/ระแงะ/ตันหยงมัส | สถานีตันหยงมัส อ.ระแงะ ต.ตันหยงมัส จ.นราฯ
นราธิวาส/เจาะไอร้อง/จวบ | อำเภอเจาะไอร้อง ตำบลจวบ นราธิวาส
นราธิวาส/ศรีสาคร/ซากอ | ม.5 ต.ซากอ อ.ศรีสาคร
นราธิวาส/แว้ง/โละจูด | ต.โล๊ะจูด อ.แว้ง จ.นราธิวาส
นราธิวาส/สุไหงปาดี/ปะลุรู | Paluru, Su-ngai Padi, Narathiwat 96140
นราธิวาส/รือเสาะ/รือเสาะออก | อบต.รือเสาะออก อ.รือเสาะ จ.นราธิวาส
สงขลา/จะนะ/บ้านนา | ตลาดจะนะ ม.2 ต.บ้านนา อ.จะนะ จ.สงขลา 90130
สงขลา/จะนะ/ตลิ่งชัน | นิคมจะนะ ต.ตลิ่งชัน อ.จะนะ สงขลา
สงขลา/เทพา/เทพา | หมู่ที่ 1 ตำบลเทพาอำเภอเทพาจังหวัดสงขลา
สงขลา/นาทวี/ประกอบ | ด่านประกอบ ต.ประกอบ อ.นาทวี
สงขลา/สะบ้าย้อย/เขาแดง | ต.เขาแดง อ.สบ้าย้อย จ.สงขลา
สงขลา/หาดใหญ่/คอหงส์ | ม.อ.หาดใหญ่ ถ.กาญจนวณิชย์ ต.คอหงษ์ อ.หาดใหญ่ จ.สงขลา 90110
สงขลา/หาดใหญ่/หาดใหญ่ | 5/2 ถ.เพชรเกษม ต.หาดใหญ่ อ.หาดใหญ่ สงขลา
สงขลา/หาดใหญ่/ควนลัง | Airport Rd., T.Khuan Lang, Hat Yai, Songkhla
สงขลา/หาดใหญ่ | Haad Yai, Songkla 90110
สงขลา/เมืองสงขลา/เขารูปช้าง | ซ.12 ถ.กาญจนวนิช ต.เขารูปช้าง อ.เมืองสงขลา
สงขลา/เมืองสงขลา/บ่อยาง | ถนนนครนอก ต.บ่อยาง เมือง สงขลา
สงขลา/สะเดา/สำนักขาม | ด่านนอก ต.สำนักขาม อ.สะเดา สงขลา
สงขลา/สิงหนคร | อำเภอสิงหนคร
สตูล/ละงู/ปากน้ำ | ท่าเรือปากบารา ต.ปากน้ำ อ.ละงู จ.สตูล 91110
สตูล/เมืองสตูล/พิมาน | ต.พิมาน อ.เมือง จ.สตูน
พัทลุง/ควนขนุน/ทะเลน้อย | ทะเลน้อย ต.ทะเลน้อย อ.ควนขนุน จ.พัทลุง
นครศรีธรรมราช/ท่าศาลา/ไทยบุรี | 222 ม.วลัยลักษณ์ ต.ไทยบุรี อ.ท่าศาลา จ.นครศรีธรรมราช 80160
นครศรีธรรมราช/เมืองนครศรีธรรมราช/ในเมือง | หน้าวัดพระธาตุ ต.ในเมือง อ.เมือง จ.นครศรีฯ
นครศรีธรรมราช/ทุ่งสง/ปากแพรก | ต.ปากแพรก อ.ทุ่งสง จ.นคร
นครศรีธรรมราช/ปากพนัง | ปากพนัง นครศรีธรรมราช
สุราษฎร์ธานี/เกาะสมุย/บ่อผุด | 9/9 หาดเฉวง ต.บ่อผุด อ.เกาะสมุย จ.สุราษฎร์
สุราษฎร์ธานี/เกาะสมุย/มะเร็ต | Lamai beach, Maret, Koh Samui, Surat Thani 84310
สุราษฎร์ธานี/เมืองสุราษฎร์ธานี/มะขามเตี้ย | ต.มะขามเตี้ย อ.เมืองสุราษฏร์ธานี จ.สุราษฏร์ธานี
ภูเก็ต/กะทู้/ป่าตอง | Patong, Kathu, Phuket 83150
ภูเก็ต/เมืองภูเก็ต/ราไวย์ | ม.6 ต.ราไวย์ อ.เมือง ภูเก็ต 83130
กระบี่/เมืองกระบี่/อ่าวนาง | อ่าวนาง เมือง กระบี่
ตรัง/กันตัง | อ.กันตัง ตรัง
ชุมพร/ปะทิว/ชุมโค | ต.ชุมโค อ.ประทิว จ.ชุมพร
พังงา/ตะกั่วป่า/คึกคัก | Khuk Khak, Takua Pa, Phang-nga
นครราชสีมา/ปากช่อง/หมูสี | 88 ถ.ธนะรัชต์ ต.หมูสี อ.ปากช่อง โคราช
นครราชสีมา/เมืองนครราชสีมา/สุรนารี | มทส. 111 ถนนมหาวิทยาลัย ต.สุรนารี อ.เมือง จ.นครราชสีมา
นครราชสีมา/พิมาย/ในเมือง | ปราสาทหินพิมาย ในเมือง พิมาย นครราชสีมา 30110
นครราชสีมา/เมืองนครราชสีมา/ในเมือง | ถ.ชัยภูมิ ต.ในเมือง อ.เมือง โคราช
นครราชสีมา/คง | อ.คง จ.นครราชสีมา
ขอนแก่น/เมืองขอนแก่น/ศิลา | กังสดาล ม.12 ต.ศิลา อ.เมือง จ.ขอนแก่น
ขอนแก่น/พล | อำเภอพล ขอนแก่น
ขอนแก่น/บ้านไผ่ | จ.ขอนเเก่น อ.บ้านไผ่
อุบลราชธานี/วารินชำราบ/ธาตุ | 50 หมู่11 ต.ธาตุ อ.วารินฯ จ.อุบล
อุบลราชธานี/วารินชำราบ/วารินชำราบ | ตลาดวาริน ต.วารินชำราบ อ.วารินชำราบ อุบลฯ
อุบลราชธานี/เดชอุดม | อำเภอเดชอุดม จังหวัดอุบล
อุบลราชธานี/เมืองอุบลราชธานี/ในเมือง | ถ.ศรีสะเกษ ต.ในเมือง อ.เมือง จ.อุบลราชธานี
ศรีสะเกษ/กันทรลักษ์ | อ.กันทรลักษณ์ จ.ศรีษะเกษ
ศรีสะเกษ/ขุขันธ์/ห้วยเหนือ | ต.ห้วยเหนือ อ.ขุขันธ์
อุดรธานี/เมืองอุดรธานี/หมากแข้ง | UD Town ต.หมากแข้ง อ.เมือง จ.อุดร 41000
อุดรธานี/กุมภวาปี | Kumphawapi, Udorn
หนองคาย/ท่าบ่อ | ท่าบ่อ หนองคาย 43110
บึงกาฬ/เซกา | อ.เซกา จ.หนองคาย
มหาสารคาม/กันทรวิชัย/ขามเรียง | ม.ใหม่ ต.ขามเรียง อ.กันทรวิชัย จ.สารคาม
ร้อยเอ็ด/เสลภูมิ/กลาง | จ.ร้อยเอ็ด อ.เสลภูมิ ต.กลาง ม.1
กาฬสินธุ์/เมืองกาฬสินธุ์ | อ.เมือง จ.กาฬสินธ์
สกลนคร/เมืองสกลนคร/ธาตุเชิงชุม | 12 ต.ธาตุเชิงชุม อ.เมือง สกล
นครพนม/ธาตุพนม | วัดพระธาตุพนม อ.ธาตุพนม นครพนม
บุรีรัมย์/นางรอง | อ.นางรอง จ.บุรีรัมณ์
สุรินทร์/ปราสาท/กังแอน | Kang Aen, Prasat District, Surin
ชัยภูมิ/จัตุรัส | อ.จตุรัส จ.ชัยภูมิ
เลย/เชียงคาน/เชียงคาน | ถ.ชายโขง ต.เชียงคาน อ.เชียงคาน จ.เลย
เลย/ด่านซ้าย | อำเภอด่านซ้าย เลย
ยโสธร/เมืองยโสธร | เทศบาลเมืองยโสธร
มุกดาหาร/เมืองมุกดาหาร/มุกดาหาร | ต.มุกดาหาร อ.เมืองมุกดาหาร⏎จ.มุกดาหาร
เชียงใหม่/เมืองเชียงใหม่/สุเทพ | 239 ถ.ห้วยแก้ว ต.สุเทพ อ.เมือง จ.ชม. 50200
เชียงใหม่/เมืองเชียงใหม่/ศรีภูมิ | ถนนช้างเผือก ต.ศรีภูมิ อ.เมืองเชียงใหม่
เชียงใหม่/เมืองเชียงใหม่/ช้างคลาน | 31 Loi Kroh Rd, Chang Khlan, Mueang Chiang Mai, Chiang Mai 50100
เชียงใหม่/หางดง/บ้านแหวน | ถ.เชียงใหม่-ฮอด ต.บ้านแหวน อ.หางดง
เชียงใหม่/ฝาง | อำเภอฝาง จังหวัดเชียงใหม่
เชียงใหม่/แม่ริม/ริมใต้ | ตำบลริมใต้⎵ อำเภอ⎵แม่ริม เชียงใหม่
เชียงราย/แม่สาย/เวียงพางคำ | ต.เวียงพางคำ อ.แม่สาย จ.เชียงราย
เชียงราย/พาน | อ.พาน เชียงราย
เชียงราย/เมืองเชียงราย/เวียง | ถ.พหลโยธิน ต.เวียง เมือง เชียงราย
ลำปาง/เมืองลำปาง/สบตุ๋ย | ถ.สุเรนทร์ ต.สบตุ๋ย อ.เมือง ลำปาง
ลำพูน/เมืองลำพูน/ในเมือง | เทศบาลเมืองลำพูน ต.ในเมือง
แพร่/เมืองแพร่/ป่าแมต | ม.9 ต.ป่าแมต อ.เมือง จ.แพร่
แพร่/เด่นชัย | เด่นชัย แพร่
น่าน/ปัว/วรนคร | ต.วรนคร อ.ปัว น่าน
พะเยา/เมืองพะเยา/แม่กา | มหาวิทยาลัยพะเยา ต.แม่กา อ.เมือง จ.พะเยา
แม่ฮ่องสอน/ปาย/เวียงใต้ | Wiang Tai, Pai, Mae Hong Son
แม่ฮ่องสอน/ปาย | อ.ปาย จ.แม่ฮองสอน
ตาก/แม่สอด/ท่าสายลวด | ตลาดริมเมย ต.ท่าสายลวด อ.แม่สอด
ตาก/เมืองตาก | อ.เมือง จ.ตาก
พิษณุโลก/วังทอง | อ.วังทอง จ.พิษนุโลก
นครสวรรค์/เมืองนครสวรรค์/ปากน้ำโพ | ถ.สวรรค์วิถี ปากน้ำโพ เมือง นครสวรรค์ 60000
กำแพงเพชร/คลองขลุง | จ.กำแพงเพรช อ.คลองขลุง
เพชรบูรณ์/เขาค้อ | อ.เขาค้อ จ.เพชรบูรณ
เพชรบุรี/ชะอำ/ชะอำ | ต.ชะอำ อ.ชะอำ จ.เพรชบุรี
ประจวบคีรีขันธ์/หัวหิน/หัวหิน | Soi 88, Hua-Hin, Hua Hin, Prachuap Khiri Khan 77110
ราชบุรี/ดำเนินสะดวก | ตลาดน้ำ อ.ดำเนินสะดวก ราชบุรี
กาญจนบุรี/ไทรโยค | ถ.แสงชูโต อ.ไทรโยค จ.กาญจน์
สุพรรณบุรี/สองพี่น้อง | อ.สองพี่น้อง จ.สุพรรณฯ
พระนครศรีอยุธยา/บางปะอิน/บ้านเลน | ต.บ้านเลน อ.บางปะอิน จ.อยุธยา 13160
พระนครศรีอยุธยา/พระนครศรีอยุธยา | อ.พระนครศรีอยุธยา จ.อยุธยา
พระนครศรีอยุธยา/วังน้อย | อ.วังน้อย อยุทธยา
สระบุรี/เฉลิมพระเกียรติ/หน้าพระลาน | ต.หน้าพระลาน อ.เฉลิมพระเกียรติ
ลพบุรี/เมืองลพบุรี/ท่าหิน | พระปรางค์สามยอด ท่าหิน เมือง ลพบุรี
นครปฐม/พุทธมณฑล/ศาลายา | ม.มหิดล ต.ศาลายา อ.พุทธมณฑล นครปฐม
สมุทรปราการ/บางพลี/บางพลีใหญ่ | ถ.เทพารักษ์ ต.บางพลีใหญ่ อ.บางพลี
สมุทรปราการ/พระประแดง | อ.พระประแดง สมุทรปราการ
สมุทรสาคร/กระทุ่มแบน/อ้อมน้อย | ถ.เพชรเกษม ต.อ้อมน้อย อ.กระทุ่มแบน จ.สมุทรสาคร
นนทบุรี/ปากเกร็ด/บางพูด | เมืองทองธานี ต.บางพูด อ.ปากเกร็ด จ.นนทบุรี
นนทบุรี/บางใหญ่ | อ.บางใหญ่ นนท์
ปทุมธานี/ลำลูกกา/คูคต | ถ.พหลโยธิน ต.คูคต อ.ลำลูกกา
ปทุมธานี/ธัญบุรี | ถนนรังสิต-นครนายก อ.ธัญบุรี จ.ปทุมธานี
ชลบุรี/บางละมุง/หนองปรือ | พัทยาใต้ ต.หนองปรือ อ.บางละมุง จ.ชลบุรี
ชลบุรี/ศรีราชา | ศรีราชา ชลบุรี 20110
ชลบุรี/เมืองชลบุรี/แสนสุข | 169 ถ.ลงหาดบางแสน ต.แสนสุข อ.เมือง ชลบุรี
ระยอง/เมืองระยอง/เนินพระ | ถ.สุขุมวิท ต.เนินพระ อ.เมือง จ.ระยอง
ตราด/เกาะช้าง | Koh Chang, Trat
จันทบุรี/ท่าใหม่ | อ.ท่าใหม่ จ.จันท์
ฉะเชิงเทรา/บางคล้า | บางคล้า แปดริ้ว
ฉะเชิงเทรา/เมืองฉะเชิงเทรา | อ.เมือง จ.ฉะเชิงเทลา
สระแก้ว/อรัญประเทศ | ตลาดโรงเกลือ อ.อรัญประเทศ สระแก้ว
ปราจีนบุรี/กบินทร์บุรี | กบินทร์บุรี, ปราจีนบุรี
- | ต.ท่าช้าง
- | ต.บ้านใหม่ อ.เมือง
- | ซอยเชียงใหม่ 3
- | ถนนนราธิวาสราชนครินทร์
- | โรงเรียนสตรียะลา
- | บ้านเลขที่ 12 หมู่ 4
- | ต.ในเมือง
- | หมู่บ้านสุโขทัย
- | ถ.สุขุมวิท ไปตราด
- | ข้าวมันไก่ ตรงข้ามวัด
"""


@dataclass(frozen=True, slots=True)
class Item:
    """An address and the codes that it says, None for a level that it leaves open."""

    address: str
    expected: tuple[str | None, str | None, str | None]
    style: str


@dataclass(frozen=True, slots=True)
class Area:
    """A subdistrict with all that lies above it."""

    code: str
    province: str
    district: str
    subdistrict: str
    english: tuple[str, str, str]
    postal: str
    other_names: tuple[str, ...] = field(default=(), compare=False)

    @property
    def is_capital(self) -> bool:
        return self.district == "เมือง" + self.province


@cache
def areas() -> tuple[Area, ...]:
    """Every subdistrict outside Bangkok."""
    province = {p.province_code: p for p in provinces()}
    district = {d.district_code: d for d in districts()}
    return tuple(
        Area(
            s.subdistrict_code, p.province_th, d.district_th, s.subdistrict_th.split(" (")[0],
            (p.province_en, d.district_en, s.subdistrict_en), s.postal_codes[0], p.aliases,
        )
        for s in subdistricts()
        for p, d in [(province[s.province_code], district[s.district_code])]
        if s.province_code != "10"
    )  # fmt: skip


def _codes(code: str) -> tuple[str | None, str | None, str | None]:
    return code[:2] or None, code[:4] if len(code) > 2 else None, code if len(code) > 4 else None


def by_hand() -> list[Item]:
    """The addresses of BY_HAND. KeyError where an expected name is not official."""
    known = {"-": ""}
    for area in areas():
        names = (area.province, area.district, area.subdistrict)
        known |= {"/".join(names[:size]): area.code[: 2 * size] for size in (1, 2, 3)}
    lines = (line.split(" | ") for line in BY_HAND.strip().splitlines())
    return [
        Item(address.replace("⏎", "\r").replace("⎵", "\u200b"), _codes(known[said]), "by hand")
        for said, address in lines
    ]


def _said(area: Area, stated: str) -> tuple[str | None, str | None, str | None]:
    """What names alone say: ``stated`` has p, d, s and z for the names and the postal code that stand there.

    A small c is the word เมือง in the place of a capital district's name.
    """

    def bears(other: Area) -> bool:
        return (
            ("p" not in stated or other.province == area.province)
            and ("d" not in stated or other.district == area.district)
            and ("c" not in stated or other.is_capital)
            and ("s" not in stated or other.subdistrict == area.subdistrict)
            and ("z" not in stated or other.postal == area.postal)
        )

    fitting = [other.code for other in areas() if bears(other)]
    found = [codes.pop() if len(codes := {code[:size] for code in fitting}) == 1 else None for size in (2, 4, 6)]
    if "s" not in stated:
        found[2] = None
        if not set("dc") & set(stated):
            found[1] = None
    return found[0], found[1], found[2]


_THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
# Ways to write Thai in Latin letters that are not the official one.
_KARAOKE = (
    ("Mueang", "Muang"), ("Nakhon", "Nakorn"), ("Si ", "Sri "), ("kh", "k"), ("ph", "p"), ("Ph", "P"), ("th", "t"),
    ("Th", "T"), ("Chon Buri", "Chonburi"), ("ong", "ongg"), ("ueng", "ung"), ("Bueng", "Bung"), ("ang ", "ang"),
    ("hat ", "had "), ("Hat ", "Haad "), ("Ko ", "Koh "), ("oei", "oey"), ("un", "oon"), ("it", "ith"), ("hai", "hay"),
)  # fmt: skip


def _karaoke(rng: random.Random, name: str) -> str:
    fitting = [change for change in _KARAOKE if change[0] in name]
    return name.replace(*rng.choice(fitting)) if fitting else name.replace(" ", "")


# Slips of the hand: what is written in the place of what.
_SLIPS = (
    ("์", ""), ("ใ", "ไ"), ("ไ", "ใ"), ("ฏ", "ฎ"), ("ฎ", "ฏ"), ("ณ", "น"), ("น", "ณ"), ("ษ", "ศ"), ("ศ", "ษ"),
    ("ส", "ศ"), ("่", ""), ("้", ""), ("้", "่"), ("่", "้"), ("ี", "ิ"), ("ิ", "ี"), ("ุ", "ู"), ("ู", "ุ"), ("า", "าา"),
    ("ั", "ัั"), ("้", "้้"), ("แ", "เเ"), ("ำ", "ํา"), ("ท", "ธ"), ("ธ", "ท"), ("ะ", ""), ("ร", "ล"), ("ว", "วว"), ("ง", ""),
)  # fmt: skip


def _misspelt(rng: random.Random, name: str) -> str:
    fitting = [slip for slip in _SLIPS if slip[0] in name]
    if len(name) < 5 or not fitting or rng.random() < 0.3:
        at = rng.randrange(1, len(name))  # a letter too many, or two that changed places
        if rng.random() < 0.5 and at + 1 < len(name):
            return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
        return name[:at] + name[at] + name[at:]
    old, new = rng.choice(fitting)
    at = rng.choice([match.start() for match in re.finditer(re.escape(old), name)])
    return name[:at] + new + name[at + len(old) :]


@dataclass(frozen=True, slots=True)
class Draw:
    """What a template writes with."""

    rng: random.Random
    area: Area

    @property
    def house(self) -> str:
        return self.rng.choice(["12", "99/9", "4/1", "235", "บ้านเลขที่ 7", "77 หมู่บ้านร่มเย็น", "เลขที่ 18"])

    @property
    def moo(self) -> str:
        return self.rng.choice(["ม.3", "หมู่ 5", "หมู่ที่ 2", "ม. 7", "หมู่ที่ 11 บ้านใหม่"])

    @property
    def d(self) -> str:
        """The district as people write it: a capital mostly as เมือง alone."""
        return "เมือง" if self.area.is_capital and self.rng.random() < 0.6 else self.area.district

    @property
    def other(self) -> str:
        """The name of another province, for a road or a school."""
        names = [p.province_th for p in provinces() if p.province_th != self.area.province]
        return self.rng.choice(names)

    @property
    def landmark(self) -> str:
        """Something that bears another province's name, or a word that looks like an area's."""
        return self.rng.choice(
            [
                f"หลังโรงเรียน{self.other}วิทยา", f"ใกล้วัด{self.other}", f"ถ.{self.other}", f"ถนน{self.other}",
                f"ซ.{self.other} 4", f"ถนน {self.other}", f"ตรงข้ามร้าน{self.other}ยานยนต์",
                f"ถ.{self.other}-{self.other}", f"หมู่บ้าน{self.other}", "หน้า อบต.",
                "ข้างที่ว่าการอำเภอ", "เขตเทศบาล", "ตรงข้าม รพ.สต.", "ตลาดนัด",
                f"สะพาน{self.other}", f"บ้าน{self.other}",
            ]
        )  # fmt: skip

    @property
    def camp(self) -> str:
        return self.rng.choice(["ค่ายสุรสีห์", "ค่ายเสนาณรงค์", "ค่ายจุฬาภรณ์", "ค่ายพ่อขุนผาเมือง", "ค่ายสิรินธร"])

    @property
    def short(self) -> str:
        """A name of the province that is not the official one, where it has any in Thai."""
        thai = [name for name in self.area.other_names if "ก" <= name[0] <= "๛"]
        return self.rng.choice(thai) if thai else self.area.province


def _of(d: str) -> str:
    return "c" if d == "เมือง" else "d"


Template = Callable[[Draw], tuple[str, str]]
_TEMPLATES: dict[str, Template] = {}


def _template(make: Template) -> Template:
    _TEMPLATES[make.__name__] = make
    return make


@_template
def in_full(x: Draw) -> tuple[str, str]:
    a = x.area
    return f"{x.house} {x.moo} ตำบล{a.subdistrict} อำเภอ{a.district} จังหวัด{a.province} {a.postal}", "pds"


@_template
def in_full_with_spaces(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"{x.house} {x.landmark} ตำบล {a.subdistrict} อำเภอ {d} จังหวัด {a.province}", "pds"


@_template
def short(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"{x.house} {x.moo} ต.{a.subdistrict} อ.{d} จ.{a.province}", "pds"


@_template
def short_with_landmark(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"{x.house} {x.landmark} {x.moo} ต.{a.subdistrict} อ.{d} จ.{a.province} {a.postal}", "pds"


@_template
def landmark_last(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"ต.{a.subdistrict} อ.{d} จ.{a.province} {x.landmark}", "pds"


@_template
def telephone_last(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"{x.house} {x.moo} ต.{a.subdistrict} อ.{d} จ.{a.province} {a.postal} โทร 08x-xxx-xxxx (บ้านสีเขียว)", "pds"


@_template
def glued(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"{x.house}ม.4ต.{a.subdistrict}อ.{d}จ.{a.province}{a.postal}", "pds"


@_template
def glued_in_full(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"เลขที่9หมู่4ตำบล{a.subdistrict}อำเภอ{d}จังหวัด{a.province}", "pds"


@_template
def without_words(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"{x.house} {a.subdistrict} {d} {a.province} {a.postal}", "pds"


@_template
def with_commas(x: Draw) -> tuple[str, str]:
    a = x.area
    return f"{a.subdistrict}, {a.district}, {a.province}", "pds"


@_template
def words_in_part(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"{x.house} {x.moo} ต.{a.subdistrict} อ.{d} {a.province} {a.postal}", "pds"


@_template
def reversed_order(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"จ.{a.province} อ.{d} ต.{a.subdistrict} {x.moo} {x.house}", "pds"


@_template
def reversed_without_words(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"{a.province} {d} {a.subdistrict}", "pds"


@_template
def english(x: Draw) -> tuple[str, str]:
    a = x.area
    return f"12 Moo 3, {a.english[2]}, {a.english[1]}, {a.english[0]} {a.postal}, Thailand", "pds"


@_template
def english_with_words(x: Draw) -> tuple[str, str]:
    a = x.area
    return f"Tambon {a.english[2]}, Amphoe {a.english[1]}, Changwat {a.english[0]}", "pds"


@_template
def karaoke(x: Draw) -> tuple[str, str]:
    a, (p, d, s) = x.area, x.area.english
    at = x.rng.randrange(3)
    p, d, s = [_karaoke(x.rng, name) if at == level else name for level, name in enumerate((p, d, s))]
    return x.rng.choice([f"Moo 4, T.{s}, A.{d}, {p} {a.postal}", f"{s}, {d} District, {p}"]), "pds"


@_template
def misspelt(x: Draw) -> tuple[str, str]:
    a, at = x.area, x.rng.randrange(3)
    names = (a.province, a.district, a.subdistrict)
    p, d, s = [_misspelt(x.rng, name) if at == level else name for level, name in enumerate(names)]
    return f"{x.house} {x.moo} ต.{s} อ.{d} จ.{p}", "pds"


@_template
def misspelt_in_full(x: Draw) -> tuple[str, str]:
    a, at = x.area, x.rng.randrange(3)
    names = (a.province, a.district, a.subdistrict)
    p, d, s = [_misspelt(x.rng, name) if at == level else name for level, name in enumerate(names)]
    return f"{x.landmark} ตำบล{s} อำเภอ{d} จังหวัด{p} {a.postal}", "pds"


@_template
def no_province(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"{x.house} {x.moo} ต.{a.subdistrict} อ.{d}", "s" + _of(d)


@_template
def no_province_with_postal_code(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"{x.landmark} ต.{a.subdistrict} อ.{d} {a.postal}", "sz" + _of(d)


@_template
def no_district(x: Draw) -> tuple[str, str]:
    a = x.area
    return f"{x.moo} ต.{a.subdistrict} จ.{a.province}", "ps"


@_template
def no_subdistrict(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"{x.landmark} อ.{d} จ.{a.province}", "p" + _of(d)


@_template
def district_alone(x: Draw) -> tuple[str, str]:
    return f"{x.landmark} อำเภอ{x.area.district}", "d"


@_template
def subdistrict_alone(x: Draw) -> tuple[str, str]:
    return f"{x.moo} ตำบล{x.area.subdistrict}", "s"


@_template
def province_alone(x: Draw) -> tuple[str, str]:
    return f"{x.landmark} จ.{x.area.province}", "p"


@_template
def thai_digits(x: Draw) -> tuple[str, str]:
    return short_with_landmark(x)[0].translate(_THAI_DIGITS), "pds"


@_template
def odd_characters(x: Draw) -> tuple[str, str]:
    text = in_full_with_spaces(x)[0].replace("ำ", "\u0e4d\u0e32")
    return text.replace(" อำ", "\r\nอำ").replace("ตำบล ", "ตำบล\u200b").replace(" จัง", "\u00a0จัง"), "pds"


@_template
def everyday_name_of_the_province(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"{x.moo} ต.{a.subdistrict} อ.{d} {x.rng.choice(['', 'จ.'])}{x.short}", "pds"


@_template
def camp(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"{x.camp} ต.{a.subdistrict} อ.{d} จ.{a.province}", "pds"


@_template
def local_government(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    body = x.rng.choice(["อบต.", "องค์การบริหารส่วนตำบล", "อบต. "])
    return f"{body}{a.subdistrict} อ.{d} จ.{a.province}", "pds"


@_template
def in_a_municipality(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"ในเขตเทศบาล {x.moo} ต.{a.subdistrict} อ.{d} จ.{a.province}", "pds"


@_template
def road_of_another_province(x: Draw) -> tuple[str, str]:
    a, d = x.area, x.d
    return f"ถนนสาย{x.other}-{x.other} กม.12 ต.{a.subdistrict} อ.{d} {a.province}", "pds"


def drawn(seed: int, count: int) -> Iterator[Item]:
    """Addresses of areas drawn at random: the regions in turn, a template at random."""
    rng = random.Random(seed)
    regions: dict[str, list[Area]] = defaultdict(list)
    of = {p.province_code: p.region for p in provinces()}
    for area in areas():
        deep = area.code.startswith(DEEP_SOUTH)
        region = of[area.code[:2]]
        regions["deep south" if deep else region if region in ("north", "northeast", "south") else "rest"].append(area)
    for number in range(count):
        area = rng.choice(regions[sorted(regions)[number % len(regions)]])
        make = rng.choice(list(_TEMPLATES.values()))
        text, stated = make(Draw(rng, area))
        yield Item(text, _said(area, stated), make.__name__)


def answered(place: Place) -> tuple[str | None, str | None, str | None]:
    """The codes of an answer, level by level."""
    return place.province_code, place.district_code, place.subdistrict_code


def report(title: str, items: list[Item], show: bool) -> None:
    """Prints precision and recall by level, and what went wrong where that is asked for."""
    found = [answered(resolve(address=item.address)) for item in items]
    print(f"{title}: {len(items)} addresses")
    for level, name in enumerate(LEVELS):
        answers = sum(codes[level] is not None for codes in found)
        said = sum(item.expected[level] is not None for item in items)
        pairs = [(codes[level], item.expected[level]) for codes, item in zip(found, items, strict=True)]
        right = sum(code is not None and code == expected for code, expected in pairs)
        precision, recall = (right / answers if answers else 1.0), right / said
        print(f"  {name:12} precision {precision:.3f} ({right}/{answers})   recall {recall:.3f} ({right}/{said})")
    if show:
        wrong = [(item, codes) for item, codes in zip(items, found, strict=True) if codes != item.expected]
        for item, codes in wrong:
            print(f"  {item.style:28} {item.address!r}: {codes[::-1]} and not {item.expected[::-1]}")
        print("  by template:", dict(Counter(item.style for item, _ in wrong).most_common()))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--show", action="store_true", help="list what went wrong with the first seed")
    show = parser.parse_args().show
    hand = by_hand()
    first, held_out = list(drawn(SEED, TOTAL - len(hand))), list(drawn(HELD_OUT, TOTAL))
    report("by hand and drawn", [*hand, *first], show)
    report("  of them by hand", hand, False)
    report(f"held out, drawn with seed {HELD_OUT}", held_out, False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
