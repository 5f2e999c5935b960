"""Normalise and mask a whole batch: one pass with numpy says which texts need either, most need neither."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from nlp.characters import code_points, trigram_hashes
from nlp.mask import MAX_ROUNDS as MASK_ROUNDS
from nlp.mask import contacts, kinds_in, names, numbers
from nlp.normalise import MAX_ROUNDS, TRANSLATION, normalise_once

# What a character is: pairs of these tell what normalising would change.
_PLAIN, _STRANGE, _SPACE, _LINE, _END, _LEAD, _VOWEL, _TONE, _SILENT, _AFTER, _COLON, _THAI, _DIGIT, _LATIN = range(14)
_CLASSES = 14
# Scripts and signs of which most texts are; a character of any other is looked at by ``normalise`` itself.
_USUAL = (range(0x21, 0x7F), range(0xA1, 0x300), range(0xE01, 0xE5C), range(0x620, 0x6D4), range(0x2010, 0x2C00),
          range(0x3001, 0x3100), range(0x4E00, 0xA000), range(0x1F000, 0x1FB00))  # fmt: skip
# What a text may hold, as bits.
_CONTACT, _HOUSE, _NAME, _HAS_DIGIT, _BRACKET, _LONG, _VEHICLE, _PLATE = (1 << bit for bit in range(8))
_NUMBER = _HOUSE | _LONG | _VEHICLE
_TABLE_BITS = 16


@cache
def _classes() -> NDArray[np.uint8]:
    """The class of every character."""
    table = np.full(0x110000, _STRANGE, dtype=np.uint8)
    for codes in _USUAL:
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
def _suspicious() -> NDArray[np.bool_]:
    """Pairs of classes that normalising may change; too many rather than too few."""
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
def _cues() -> NDArray[np.uint8]:
    """What a text may hold, by the hash of three letters of it."""
    table = np.zeros(1 << _TABLE_BITS, dtype=np.uint8)
    for cues, bit in (
        (contacts.CUES, _CONTACT), (numbers.HOUSE_CUES, _HOUSE), (numbers.VEHICLE_CUES, _VEHICLE), (names.CUES, _NAME),
    ):  # fmt: skip
        for cue in cues:
            for spelt in {cue, cue.upper(), cue.title()} if bit == _CONTACT else {cue}:
                table[trigram_hashes(code_points(spelt), _TABLE_BITS)] |= bit
    return table


@cache
def _letters() -> NDArray[np.uint8]:
    """What a text may hold, by a single character of it."""
    table = np.zeros(0x110000, dtype=np.uint8)
    table[[ord(digit) for digit in "0123456789"]] = _HAS_DIGIT
    table[ord("@")] = _CONTACT
    table[ord("[")] = _BRACKET
    table[[ord("°"), ord("+")]] = _LONG
    return table


def clean(texts: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Each text normalised and masked, and the kinds that stand in it masked: ``mask(normalise(text))`` of each.

    Never raises. Batches of some thousands are quickest.
    """
    # NUL parts the texts of a batch; normalising removes it anyway.
    normal = [text.replace("\0", "") if "\0" in text else text for text in texts]
    holds = np.zeros(len(normal), dtype=np.uint8)
    rows = np.arange(len(normal))
    for _ in range(MAX_ROUNDS + 1):
        if not len(rows):
            break
        is_odd, holds[rows] = _signs([normal[row] for row in rows.tolist()])
        rows = rows[is_odd]
        changed: list[bool] = []
        for row in rows.tolist():
            before, normal[row] = normal[row], normalise_once(normal[row])
            changed.append(before != normal[row])
        rows = rows[np.array(changed, dtype=bool)]
    return list(map(_masked, normal, holds.tolist()))


def _signs(texts: Sequence[str]) -> tuple[NDArray[np.bool_], NDArray[np.uint8]]:
    """Whether each text may have to be normalised, and what it may hold."""
    codes = code_points("\0".join(["", *texts, "\0"]))
    starts = np.flatnonzero(codes == 0)[:-2]
    classes = _classes()[codes]
    odd = _suspicious()[classes[:-1] * np.uint8(_CLASSES) + classes[1:]]
    # Runs of a letter, and vowels that are typed twice with or without a space between.
    same, vowel = codes[:-1] == codes[1:], (classes >= _LEAD) & (classes <= _AFTER)
    odd |= same & vowel[:-1]
    triple = same[:-1] & same[1:]
    odd[:-1] |= triple & (classes[:-2] == _THAI)
    odd[:-2] |= triple[:-1] & same[2:] & (codes[:-3] > ord(" ")) & (classes[:-3] != _DIGIT)
    odd[:-1] |= (codes[:-2] == codes[2:]) & (classes[1:-1] == _SPACE) & vowel[:-2]
    letters = _letters()[codes]
    signs = letters[:-2] | _cues()[trigram_hashes(codes, _TABLE_BITS)]
    signs[(classes[:-2] == _LATIN) & ((codes[1:-1] == ord("/")) | (codes[1:-1] == ord("?")))] |= _CONTACT
    signs[(codes[:-2] == ord("ร")) & (codes[1:-1] == ord("ถ"))] |= _VEHICLE
    between = (codes[1:-1] == ord(" ")) | (codes[1:-1] == ord("-"))
    is_digit = letters == _HAS_DIGIT
    signs[(classes[:-2] == _THAI) & (is_digit[1:-1] | (between & is_digit[2:]))] |= _PLATE
    signs[is_digit[:-2] & between & is_digit[2:]] |= _PLATE
    holds = np.bitwise_or.reduceat(signs, starts)
    digits = np.add.reduceat(is_digit.astype(np.int32), starts)
    holds[digits == 0] &= np.uint8(255 - _NUMBER)
    holds[digits >= numbers.MIN_DIGITS] |= np.uint8(_LONG)
    holds[holds & _PLATE == 0] &= np.uint8(255 - _VEHICLE)
    return np.logical_or.reduceat(odd, starts), holds


def _masked(text: str, holds: int) -> tuple[str, tuple[str, ...]]:
    if not holds & (_CONTACT | _NUMBER | _NAME):
        return text, kinds_in(text) if holds & _BRACKET else ()
    for _ in range(MASK_ROUNDS):
        before = text
        if holds & _CONTACT:
            text = contacts.mask_contacts(text)
        if holds & _LONG:
            text = numbers.mask_long_numbers(text)
        if holds & _HOUSE:
            text = numbers.mask_houses(text)
        if holds & _VEHICLE:
            text = numbers.mask_vehicles(text)
        if holds & _NAME:
            text = names.mask_names(text)
        if text == before:
            break
    return text, kinds_in(text)
