"""Terms of texts: what people say together, such as ไฟส่องสว่างดับ or น้ำประปาไม่ไหล, for rising terms and surges.

A term is two or three neighbouring content words (ไม่ may stand between), or one that is a compound by itself.
Stop words, signs, numbers, placeholders and, in Thai, spaces end it. What names a person or an area is no part of
one: names of areas, what stands behind ต., ซอย or หมู่, given and family names, what stands behind a title; and so
is what is no word of the dictionary and too short to be a new one, which is mostly a fragment.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from itertools import groupby
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray
from pythainlp.corpus import thai_family_names, thai_female_names, thai_male_names, thai_stopwords, thai_words

from nlp.features import TokenIds, is_word
from nlp.language import THAI
from schemas.area_data import districts, provinces, subdistricts
from schemas.topics import load_topics
from schemas.words import civic_words

_POLITE = frozenset(
    str.split("ครับ ค่ะ คะ คับ ค่า จ้า จ้ะ นะ นะคะ นะครับ หน่อย ด้วย ฝาก รบกวน แหน่ เด้อ เลย ๆ ละ เนี่ย ป่าว บ้าง ทำ ไหม มั้ย")
)
# Where and when something is, without saying what.
_WHERE_AND_WHEN = frozenset(
    str.split(
        "หน้า หลัง ใน ตอน ปาก หัว ท้าย เต็ม วันนี้ เมื่อวาน พรุ่งนี้ วัน คืน เดือน ปี อาทิตย์ สัปดาห์ ชั่วโมง นาที โมง หนึ่ง สอง สาม สี่ ห้า ครึ่ง"
    )
)
_MALAY_OR_ENGLISH = frozenset(
    str.split(
        "the of and to in is are was for on at it this that with be have has not no you we they please "
        "yang dan di ke dari untuk dengan ini itu ada akan pada oleh kami kita saya tolong sila lah je"
    )
)
# PyThaiNLP counts these among its stop words; here they say what is wrong.
_TELLING = frozenset(str.split("ขาด ขวาง ช้า สูง ใหญ่"))
_TITLES = frozenset(str.split("นาย นาง นางสาว น.ส. คุณ ด.ช. ด.ญ. เด็กชาย เด็กหญิง อาจารย์ ดร. พี่ น้อง ลุง ป้า น้า"))
_BEFORE_A_PLACE = frozenset(
    str.split("ตำบล ต. อำเภอ อ. จังหวัด จ. แขวง เขต กิ่งอำเภอ อบต. ซอย ซ. หมู่ ม. หมู่ที่ บ้านเลขที่ ที่อยู่ จว.")
)
# A single word is a term of its own from this length on, and only if the dictionary knows it.
_COMPOUND = 5
# What the dictionary does not know may be new (โควิด) from this length on; shorter it is mostly a fragment.
_NEW_WORD = 4


class _Part(IntEnum):
    """What a token may be in a term."""

    NONE = 0
    WORD = 1
    COMPOUND = 2
    NOT = 3
    HIDES_NEXT = 4
    SPACE = 5
    FOREIGN = 6


@cache
def _stop_words() -> frozenset[str]:
    return (thai_stopwords() - _TELLING) | _POLITE | _WHERE_AND_WHEN | _MALAY_OR_ENGLISH


@cache
def _known_words() -> frozenset[str]:
    keywords = {word for topic in load_topics() for word in topic.keywords}
    return thai_words() | keywords | frozenset(civic_words())


@cache
def _names() -> frozenset[str]:
    """Names of people and areas that mean nothing else; those of provinces whatever else they mean."""
    people = thai_male_names() | thai_female_names() | thai_family_names()
    small = {one.district_th for one in districts()} | {one.subdistrict_th for one in subdistricts()}
    ordinary = thai_words() | frozenset(civic_words())
    large = {name for one in provinces() for name in (one.province_th, *one.aliases)} - {"เลย", "ตาก", "ตราด"}
    return frozenset((people | small) - ordinary) | large


def _part(token: str) -> int:
    if token == " ":
        return _Part.SPACE
    if token in _TITLES or token in _BEFORE_A_PLACE:
        return _Part.HIDES_NEXT
    if token == "ไม่":
        return _Part.NOT
    if len(token) < 2 or not is_word(token) or token.lower() in _stop_words() or token in _names():
        return _Part.NONE
    if not THAI.search(token):
        return _Part.FOREIGN if len(token) > 2 else _Part.NONE
    if token in _known_words():
        return _Part.COMPOUND if len(token) >= _COMPOUND else _Part.WORD
    return _Part.WORD if len(token) >= _NEW_WORD else _Part.NONE


def _at(flags: NDArray[np.bool_], step: int) -> NDArray[np.bool_]:
    """The flags of the tokens so many places on; False beyond the ends."""
    beyond = np.zeros(min(abs(step), len(flags)), dtype=bool)
    if step >= 0:
        return np.concatenate([flags[step:], beyond])
    return np.concatenate([beyond, flags[: max(0, len(flags) + step)]])


def terms(batch: TokenIds) -> list[tuple[str, ...]]:
    """The terms of each text, each once, in the order in which they begin; in lower case."""
    found: list[tuple[str, ...]] = [()] * len(batch.lengths)
    if not len(batch.ids):
        return found
    parts, rows = batch.apply(_part), batch.text_indices()
    # A text ends what stands before it: between two texts nothing is a neighbour.
    is_last = np.append(rows[1:] != rows[:-1], True)
    hides, space = parts == _Part.HIDES_NEXT, parts == _Part.SPACE
    next_in_text = ~is_last
    hidden = _at(hides & next_in_text, -1)
    hidden |= _at(_at(hides & next_in_text, -1) & space & next_in_text, -1)
    word = ((parts == _Part.WORD) | (parts == _Part.COMPOUND)) & ~hidden
    foreign = (parts == _Part.FOREIGN) & ~hidden
    no = parts == _Part.NOT

    def together(*kinds: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Where tokens of these kinds follow one another within a text."""
        where = kinds[0].copy()
        for step, kind in enumerate(kinds[1:], 1):
            where &= _at(kind, step) & _at(next_in_text, step - 1)
        return where

    linked = word | no
    alone = word & (parts == _Part.COMPOUND)
    alone &= ~(_at(linked & next_in_text, -1)) & ~(_at(linked, 1) & next_in_text)
    starts_and_lengths = (
        (alone, 1),
        (together(word, word), 2),
        (together(word, word, word) | together(word, no, word), 3),
        (together(word, word, no, word) | together(word, no, word, word), 4),
        (together(foreign, space, foreign), 3),
        (together(foreign, space, foreign, space, foreign), 5),
    )
    starts = np.concatenate([np.flatnonzero(where) for where, _ in starts_and_lengths])
    lengths = np.concatenate([np.full(int(where.sum()), length) for where, length in starts_and_lengths])
    order = np.lexsort((lengths, starts))
    starts, lengths = starts[order], lengths[order]
    names, numbers = batch.table.tokens, batch.ids.tolist()
    said = [
        (row, "".join([names[number] for number in numbers[start : start + length]]).lower())
        for row, start, length in zip(rows[starts].tolist(), starts.tolist(), lengths.tolist(), strict=True)
    ]
    for row, of_row in groupby(said, key=itemgetter(0)):
        found[row] = tuple(dict.fromkeys(term for _, term in of_row))
    return found
