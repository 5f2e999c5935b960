"""Which language a text is in, from its scripts and a few function words.

Malay comes in three scripts: Jawi, Rumi and, in Patani speech, Thai letters. The last is told from Thai by a small
lexicon that no speaker has reviewed (patani_malay.yaml), precision first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import yaml

from nlp.mask import KINDS

THAI = re.compile("[ก-ฺเ-๎]")
ARABIC = re.compile("[\u0620-\u065f\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]")
_LATIN = re.compile("[A-Za-zÀ-ɏ]")
_WORD = re.compile("[a-z']{2,}")
# What is no word of the text: placeholders, addresses of pages and people.
_NOT_WORDS = re.compile(rf"\[(?:{'|'.join(KINDS)})\]|https?://\S+|www\.\S+|[#@]\w+")

# Frequent words of Malay in Latin script (Rumi), with the shapes that Patani Malay gives them, and words
# of civic life that English does not share.
_MALAY = frozenset(
    str.split("""
    yang dan di ke dari untuk dengan tidak tak tiada ini itu ada akan sudah belum kami kita saya awak dia
    mereka orang kampung jalan rosak sungai rumah sekolah banjir lampu tolong minta sila bila mana kenapa apa
    boleh mahu nak kalau kerana sebab pada oleh juga lagi banyak sangat sekali hari malam pagi masjid surau
    anak budak ibu ayah bantuan duit kerajaan pejabat masalah baiki cepat terima kasih demo ambo kito gapo
    guano takdok tok dok tubik hok kawe mek pok air bekalan paip longkang sampah jambatan penduduk setiap
    sejak sampai masih semua telah lama baru besar kecil depan belakang tepi atas bawah dalam tempat kereta
    hujan kotor bau busuk anjing lembu liar elektrik padam putus tanah kubur ubat hospital klinik bayar
    harga getah nelayan kerja susah miskin tua sakit bising bahaya""")
)
_ENGLISH = frozenset(
    str.split("""
    the of and to in is are was were be been it this that these for on with at by from not no have has had
    do does did you your we our they their he she his her i my me please can could would should will there
    here what when where why how who all any very so but or if as an a road street water light broken fix
    thank thanks help since""")
)


# Thai puts no spaces between words; Malay in Thai letters does, so that its runs of letters are short.
_THAI_RUN = re.compile("[ก-๎]+(?:-[ก-๎]+)*")
_LONGEST_RUN = 9
_LEAST_WORDS, _LEAST_SHARE = 2, 0.3


@cache
def _patani_malay() -> frozenset[str]:
    return frozenset(yaml.safe_load((Path(__file__).parent / "patani_malay.yaml").read_text(encoding="utf-8"))["words"])


def language(text: str) -> str:
    """Name the language of a normalised text.

    Returns ``th``, ``ms-Thai`` (Patani Malay in Thai letters), ``ms-Arab`` (Jawi), ``ms-Latn`` (Rumi), ``en``,
    ``mixed`` (two scripts of which neither is a mere insertion) or ``und`` (no words, or none that tell).
    """
    thai = len(THAI.findall(text))
    if thai and thai * 2 > len(text):
        return _thai_or_malay(text)
    text = _NOT_WORDS.sub(" ", text)
    arabic, latin = len(ARABIC.findall(text)), len(_LATIN.findall(text))
    total = thai + arabic + latin
    if not total:
        return "und"
    if thai >= 0.6 * total and arabic < 0.2 * total:
        return _thai_or_malay(text)
    if arabic >= 0.7 * total:
        return "ms-Arab"
    if latin < 0.7 * total:
        return "mixed"
    words = _WORD.findall(text.lower())
    malay, english = sum(word in _MALAY for word in words), sum(word in _ENGLISH for word in words)
    if malay > english and (malay >= 2 or malay * 2 >= len(words)):
        return "ms-Latn"
    if english:
        return "en"
    return "en" if len(words) >= 3 and not malay else "und"


def _thai_or_malay(text: str) -> str:
    """``ms-Thai`` where two different words of the lexicon, and three of ten runs of letters, are Patani Malay."""
    if _patani_malay().isdisjoint(text.split()):
        return "th"
    if not text.count(" ") or text.count(" ") * _LONGEST_RUN < len(text) - 2 * _LONGEST_RUN:
        return "th"
    runs = _THAI_RUN.findall(text)
    known = [run for run in runs if run in _patani_malay()]
    is_malay = len(set(known)) >= _LEAST_WORDS and len(known) >= _LEAST_SHARE * len(runs)
    return "ms-Thai" if is_malay else "th"


def languages(texts: Sequence[str]) -> list[str]:
    """The language of each normalised text, as ``language`` names it; the scripts are counted for all at once."""
    if not texts:
        return []
    joined = "\0".join(text.replace("\0", " ") for text in texts)
    codes = np.frombuffer(f"\0{joined}".encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    starts = np.flatnonzero(codes == 0)
    letters = (codes - ord("ก") <= ord("๎") - ord("ก")) & (codes != ord("฿"))
    counts = np.add.reduceat(letters.astype(np.int32), starts) * 2
    spaces = np.add.reduceat((codes == ord(" ")).astype(np.int32), starts)
    lengths = np.diff(np.append(starts, len(codes))) - 1
    is_thai = counts > lengths
    # Where two words or more are short enough to be Malay, the lexicon is asked.
    may_be_malay = is_thai & (spaces > 0) & (spaces * _LONGEST_RUN >= lengths - 2 * _LONGEST_RUN)
    named = np.where(may_be_malay, 1, np.where(is_thai, 0, 2)).tolist()
    return [
        "th" if how == 0 else _thai_or_malay(text) if how == 1 else language(text)
        for text, how in zip(texts, named, strict=True)
    ]
