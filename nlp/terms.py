"""Terms of texts, such as ไฟส่องสว่างดับ or น้ำประปาไม่ไหล, for rising terms and surges.

A term is two or three neighbouring content words (with ไม่ between them if there is one), or a single compound.
Stop words, signs, numbers, placeholders and, in Thai, spaces end a term. Names of people and areas are not part of a
term: names of areas, the word after ต., ซอย or หมู่, given and family names, and the word after a title. A short word
that is not in the dictionary is not part of a term either, because it is usually a fragment.
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
# Words for places and times without content of their own.
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
# Stop words of PyThaiNLP that describe a problem here.
_PROBLEM_WORDS = frozenset(str.split("ขาด ขวาง ช้า สูง ใหญ่"))
_TITLES = frozenset(str.split("นาย นาง นางสาว น.ส. คุณ ด.ช. ด.ญ. เด็กชาย เด็กหญิง อาจารย์ ดร. พี่ น้อง ลุง ป้า น้า"))
_BEFORE_PLACE_NAME = frozenset(
    str.split("ตำบล ต. อำเภอ อ. จังหวัด จ. แขวง เขต กิ่งอำเภอ อบต. ซอย ซ. หมู่ ม. หมู่ที่ บ้านเลขที่ ที่อยู่ จว.")
)
# The minimum length of a single word that is a term; it must also be in the dictionary.
_MIN_COMPOUND = 5
# The minimum length of a word that is not in the dictionary, such as the new word โควิด.
_MIN_NEW_WORD = 4


class _Role(IntEnum):
    """The role of a token in a term."""

    NONE = 0
    WORD = 1
    COMPOUND = 2
    NEGATION = 3
    NAME_PREFIX = 4
    SPACE = 5
    FOREIGN = 6


@cache
def _stop_words() -> frozenset[str]:
    return (thai_stopwords() - _PROBLEM_WORDS) | _POLITE | _WHERE_AND_WHEN | _MALAY_OR_ENGLISH


@cache
def _known_words() -> frozenset[str]:
    keywords = {word for topic in load_topics() for word in topic.keywords}
    return thai_words() | keywords | frozenset(civic_words())


@cache
def _names() -> frozenset[str]:
    """Names of people and areas that are not also words, and names of provinces even if they are words."""
    people = thai_male_names() | thai_female_names() | thai_family_names()
    small = {one.district_th for one in districts()} | {one.subdistrict_th for one in subdistricts()}
    ordinary = thai_words() | frozenset(civic_words())
    large = {name for one in provinces() for name in (one.province_th, *one.aliases)} - {"เลย", "ตาก", "ตราด"}
    return frozenset((people | small) - ordinary) | large


def _role(token: str) -> int:
    if token == " ":  # noqa: S105 (a token is a word of a text, not a secret)
        return _Role.SPACE
    if token in _TITLES or token in _BEFORE_PLACE_NAME:
        return _Role.NAME_PREFIX
    if token == "ไม่":  # noqa: S105 (see above)
        return _Role.NEGATION
    if len(token) < 2 or not is_word(token) or token.lower() in _stop_words() or token in _names():
        return _Role.NONE
    if not THAI.search(token):
        return _Role.FOREIGN if len(token) > 2 else _Role.NONE
    if token in _known_words():
        return _Role.COMPOUND if len(token) >= _MIN_COMPOUND else _Role.WORD
    return _Role.WORD if len(token) >= _MIN_NEW_WORD else _Role.NONE


def _shift(flags: NDArray[np.bool_], step: int) -> NDArray[np.bool_]:
    """The flags moved by so many tokens: position i has the flag of token i + step, False beyond the ends."""
    beyond = np.zeros(min(abs(step), len(flags)), dtype=bool)
    if step >= 0:
        return np.concatenate([flags[step:], beyond])
    return np.concatenate([beyond, flags[: max(0, len(flags) + step)]])


def terms(batch: TokenIds) -> list[tuple[str, ...]]:
    """The terms of each text in lower case, without repetition, in order of their beginnings."""
    terms_of_texts: list[tuple[str, ...]] = [()] * len(batch.lengths)
    if not len(batch.ids):
        return terms_of_texts
    parts, rows = batch.apply(_role), batch.text_indices()
    # Words of two different texts are not neighbours.
    is_last = np.append(rows[1:] != rows[:-1], True)
    is_prefix, space = parts == _Role.NAME_PREFIX, parts == _Role.SPACE
    next_in_text = ~is_last
    is_name = _shift(is_prefix & next_in_text, -1)
    is_name |= _shift(_shift(is_prefix & next_in_text, -1) & space & next_in_text, -1)
    word = ((parts == _Role.WORD) | (parts == _Role.COMPOUND)) & ~is_name
    foreign = (parts == _Role.FOREIGN) & ~is_name
    negation = parts == _Role.NEGATION

    def sequence(*kinds: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Positions at which tokens of these kinds follow each other within a text."""
        where = kinds[0].copy()
        for step, kind in enumerate(kinds[1:], 1):
            where &= _shift(kind, step) & _shift(next_in_text, step - 1)
        return where

    linked = word | negation
    alone = word & (parts == _Role.COMPOUND)
    alone &= ~(_shift(linked & next_in_text, -1)) & ~(_shift(linked, 1) & next_in_text)
    starts_and_lengths = (
        (alone, 1),
        (sequence(word, word), 2),
        (sequence(word, word, word) | sequence(word, negation, word), 3),
        (sequence(word, word, negation, word) | sequence(word, negation, word, word), 4),
        (sequence(foreign, space, foreign), 3),
        (sequence(foreign, space, foreign, space, foreign), 5),
    )
    starts = np.concatenate([np.flatnonzero(where) for where, _ in starts_and_lengths])
    lengths = np.concatenate([np.full(int(where.sum()), length) for where, length in starts_and_lengths])
    order = np.lexsort((lengths, starts))
    starts, lengths = starts[order], lengths[order]
    names, numbers = batch.table.tokens, batch.ids.tolist()
    found = [
        (row, "".join([names[number] for number in numbers[start : start + length]]).lower())
        for row, start, length in zip(rows[starts].tolist(), starts.tolist(), lengths.tolist(), strict=True)
    ]
    for row, of_row in groupby(found, key=itemgetter(0)):
        terms_of_texts[row] = tuple(dict.fromkeys(term for _, term in of_row))
    return terms_of_texts
