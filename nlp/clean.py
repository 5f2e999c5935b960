"""Normalises and masks a batch of texts. One pass with numpy finds the texts that need it; most do not."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from nlp.characters import code_points, trigram_hashes
from nlp.mask import contacts, documents, houses, kinds_in, mask_with, names, numbers, spelt_numbers, vehicles
from nlp.mask.learnt_names import mask_learnt_names
from nlp.normalise import MAX_ROUNDS, TRANSLATION, normalise_once

# Classes of characters. Pairs of adjacent classes show whether normalising may change a text.
_PLAIN, _STRANGE, _SPACE, _LINE, _END, _LEAD, _VOWEL, _TONE, _SILENT, _AFTER, _COLON, _THAI, _DIGIT, _LATIN = range(14)
_CLASSES = 14
# Common scripts and bits. A text with any other character is always passed to ``normalise_once``.
_COMMON = (range(0x21, 0x7F), range(0xA1, 0x300), range(0xE01, 0xE5C), range(0x620, 0x6D4), range(0x2010, 0x2C00),
          range(0x3001, 0x3100), range(0x4E00, 0xA000), range(0x1F000, 0x1FB00))  # fmt: skip
# What a text may contain, as bits.
_CONTACT, _HOUSE, _NAME, _HAS_DIGIT, _LONG, _VEHICLE, _PLATE, _DOCUMENT, _SPELT = (1 << bit for bit in range(9))
_HOME, _HOME_NUMBER, _STREET, _STREET_NUMBER = (1 << bit for bit in range(9, 13))
_NUMBER = _HOUSE | _LONG | _VEHICLE | _DOCUMENT
# The functions of ``nlp.mask`` in their order, by the bit of the texts that need them.
_RULES = (
    (_CONTACT, contacts.mask_contacts), (_SPELT, spelt_numbers.mask_spelt_numbers),
    (_DOCUMENT, documents.mask_documents), (_LONG, numbers.mask_long_numbers), (_HOUSE, houses.mask_houses),
    (_VEHICLE, vehicles.mask_vehicles), (_NAME, names.mask_names),
)  # fmt: skip
# With fewer bits, other trigrams have the hashes of the words, and many texts are searched in vain.
_TABLE_BITS = 20


@cache
def _classes() -> NDArray[np.uint8]:
    """The class of every character."""
    table = np.full(0x110000, _STRANGE, dtype=np.uint8)
    for codes in _COMMON:
        for code in codes:
            letter = chr(code)
            if code in TRANSLATION or letter.isspace() or unicodedata.combining(letter):
                continue
            if unicodedata.is_normalized("NFC", letter):
                table[code] = _LATIN if letter.isalpha() and code < 0x300 else _PLAIN
    for letters, kind in (
        ("0123456789°", _DIGIT), (" ", _SPACE), ("\n", _LINE), ("\0", _END), ("เแโใไ", _LEAD), ("ัิีึืฺุู็ํ", _VOWEL),
        ("่้๊๋", _TONE), ("์๎", _SILENT), ("ะาำ", _AFTER), (":", _COLON), ("ๅํ", _STRANGE),
    ):  # fmt: skip
        table[[ord(letter) for letter in letters]] = kind
    table[ord("ก") : ord("ฮ") + 1] = _THAI
    table[ord("ๆ")] = _THAI
    return table


@cache
def _no_thai() -> NDArray[np.bool_]:
    """The classes of characters that are no Thai letters, by their number."""
    table = np.ones(_CLASSES, dtype=bool)
    table[[_LEAD, _VOWEL, _TONE, _SILENT, _AFTER, _THAI]] = False
    return table


@cache
def _pairs_to_normalise() -> NDArray[np.bool_]:
    """Pairs of classes that normalising may change. A pair too many costs time; a pair too few would be an error."""
    pairs = np.zeros((_CLASSES, _CLASSES), dtype=bool)
    pairs[_STRANGE, :] = pairs[:, _STRANGE] = True
    for edge in (_SPACE, _LINE, _END):
        for next_to in (_SPACE, _LINE, _END, _VOWEL, _TONE, _SILENT):
            pairs[edge, next_to] = True
    pairs[_END, _END] = False  # an empty text
    pairs[_VOWEL, _VOWEL] = pairs[_TONE, _TONE] = pairs[_SILENT, _SILENT] = True
    pairs[_TONE, _VOWEL] = pairs[_SILENT, _VOWEL] = pairs[_SILENT, _TONE] = pairs[_TONE, _SILENT] = True
    pairs[_AFTER, (_VOWEL, _TONE, _SILENT)] = True
    pairs[(_SPACE, _THAI, _VOWEL, _TONE, _SILENT, _AFTER), _COLON] = True  # fields of a form
    return pairs.ravel()


@cache
def _trigram_contents() -> NDArray[np.uint16]:
    """What a text may contain, by the hash of three characters of it."""
    table = np.zeros(1 << _TABLE_BITS, dtype=np.uint16)
    for cues, bit in (
        (contacts.CUES, _CONTACT), (names.CUES, _NAME), (houses.CUES, _HOUSE),
        (houses.HOME_CUES, _HOME), (houses.HOME_NUMBER_CUES, _HOME_NUMBER),
        (houses.STREET_CUES, _STREET), (houses.STREET_NUMBER_CUES, _STREET_NUMBER),
        (vehicles.CUES, _VEHICLE),
        (documents.CUES, _DOCUMENT), (spelt_numbers.WORD_CUES, _SPELT),
    ):  # fmt: skip
        for cue in cues:
            for spelt in {cue, cue.upper(), cue.title()} if bit == _CONTACT else {cue}:
                table[trigram_hashes(code_points(spelt), _TABLE_BITS)] |= bit
    return table


@cache
def _character_contents() -> NDArray[np.uint16]:
    """What a text may contain, by a single character of it."""
    table = np.zeros(0x110000, dtype=np.uint16)
    table[[ord(digit) for digit in "0123456789"]] = _HAS_DIGIT
    table[[ord("@"), ord("_")]] = _CONTACT
    table[[ord("°"), ord("+")]] = _LONG
    return table


def clean(texts: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """``mask(normalise(text))`` for each text: the masked text and the kinds of masked data in it.

    Never raises. Batches of a few thousand texts are fastest.
    """
    # NUL separates the texts of a batch; normalising removes it anyway.
    normal = [text.replace("\0", "") if "\0" in text else text for text in texts]
    contents = np.zeros(len(normal), dtype=np.uint16)
    rows = np.arange(len(normal))
    for _ in range(MAX_ROUNDS + 1):
        if not len(rows):
            break
        is_suspect, contents[rows] = _inspect([normal[row] for row in rows.tolist()])
        rows = rows[is_suspect]
        changed: list[bool] = []
        for row in rows.tolist():
            before, normal[row] = normal[row], normalise_once(normal[row])
            changed.append(before != normal[row])
        rows = rows[np.array(changed, dtype=bool)]
    return list(map(_mask, normal, contents.tolist()))


def _inspect(texts: Sequence[str]) -> tuple[NDArray[np.bool_], NDArray[np.uint16]]:
    """Whether each text may need normalising, and the bits of what it may contain."""
    codes = code_points("\0".join(["", *texts, "\0"]))
    starts = np.flatnonzero(codes == 0)[:-2]
    classes = _classes()[codes]
    suspect = _pairs_to_normalise()[classes[:-1] * np.uint8(_CLASSES) + classes[1:]]
    # Runs of a letter, and vowels that were typed twice with or without a space between them.
    same, vowel = codes[:-1] == codes[1:], (classes >= _LEAD) & (classes <= _AFTER)
    suspect |= same & vowel[:-1]
    triple = same[:-1] & same[1:]
    suspect[:-1] |= triple & (classes[:-2] == _THAI)
    suspect[:-2] |= triple[:-1] & same[2:] & (codes[:-3] > ord(" ")) & (classes[:-3] != _DIGIT)
    suspect[:-1] |= (codes[:-2] == codes[2:]) & (classes[1:-1] == _SPACE) & vowel[:-2]
    letters = _character_contents()[codes]
    bits = letters[:-2] | _trigram_contents()[trigram_hashes(codes, _TABLE_BITS)]
    bits[(classes[:-2] == _LATIN) & ((codes[1:-1] == ord("/")) | (codes[1:-1] == ord("?")))] |= _CONTACT
    is_digit = letters == _HAS_DIGIT
    may_be_plate, is_vehicle = _plates(codes, classes, is_digit)
    bits[may_be_plate] |= _PLATE
    bits[is_vehicle] |= _VEHICLE
    contents = np.bitwise_or.reduceat(bits, starts)
    digits = np.add.reduceat(is_digit.astype(np.int32), starts)
    contents[digits >= numbers.MIN_DIGITS] |= np.uint16(_LONG)
    words = np.add.reduceat((bits & _SPELT != 0).astype(np.int32), starts)
    has_signs = (words >= spelt_numbers.ENOUGH_CUES) | (words + digits >= spelt_numbers.FEWEST_SIGNS)
    is_spelt = (words >= spelt_numbers.FEWEST_CUES) & has_signs
    contents[~is_spelt] &= np.uint16(~_SPELT & 0xFFFF)
    for one in (_HOME | _HOME_NUMBER, _STREET | _STREET_NUMBER):
        contents[contents & one == one] |= np.uint16(_HOUSE)
    contents[digits == 0] &= np.uint16(~_NUMBER & 0xFFFF)
    contents[contents & _PLATE == 0] &= np.uint16(~_VEHICLE & 0xFFFF)
    return np.logical_or.reduceat(suspect, starts), contents


def _plates(
    codes: NDArray[np.uint32], classes: NDArray[np.uint8], is_digit: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Where a plate may be, and where the text must be searched for plates even without a word for a vehicle."""
    dash = codes[1:-1] == ord("-")
    between = dash | (codes[1:-1] == ord(" "))
    is_letter = classes[:-2] == _THAI
    # Letters or digits before a number: กข 1234, 82-4417, DBK 7714.
    before_number = is_digit[1:-1] | (between & is_digit[2:])
    is_last = is_letter & before_number
    may_be_plate = is_last | ((classes[:-2] == _LATIN) & before_number) | (is_digit[:-2] & between & is_digit[2:])
    # Two or three Thai consonants alone before a number, and two numbers with a dash between them.
    is_vehicle = ((codes[:-2] == ord("ร")) & (codes[1:-1] == ord("ถ"))) | (is_digit[:-2] & dash & is_digit[2:])
    is_alone = _no_thai()[classes]
    is_pair = is_letter[:-1] & is_last[1:]
    is_vehicle[1:-1] |= is_pair[1:] & is_alone[:-4]
    is_vehicle[1:-2] |= is_letter[1:-2] & is_pair[2:] & is_alone[:-5]
    return may_be_plate, is_vehicle


def _mask(text: str, contents: int) -> tuple[str, tuple[str, ...]]:
    rules = [rule for bit, rule in _RULES if contents & bit]
    text = mask_with(mask_learnt_names, text, rules)
    return text, kinds_in(text)
