"""The language of a text, from its scripts and a few function words.

Malay has three scripts: Jawi, Rumi and, for Patani Malay, Thai letters. The last is distinguished from Thai by a small
lexicon, which no speaker has reviewed yet (patani_malay.yaml); precision comes before recall.
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
# Parts of a text that are not words: placeholders, addresses of pages, names of people and hashtags.
_NOT_WORDS = re.compile(rf"\[(?:{'|'.join(KINDS)})\]|https?://\S+|www\.\S+|[#@]\w+")

# Frequent words of Malay in Latin script (Rumi), with their forms in Patani Malay, and words of civic life that do not
# exist in English.
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


# Thai has no spaces between words. Malay in Thai letters has them, so its runs of letters are short.
_THAI_RUN = re.compile("[ก-๎]+(?:-[ก-๎]+)*")
_MAX_RUN = 9
_MIN_WORDS, _MIN_SHARE = 2, 0.3


@cache
def _patani_malay() -> frozenset[str]:
    return frozenset(yaml.safe_load((Path(__file__).parent / "patani_malay.yaml").read_text(encoding="utf-8"))["words"])


def language(text: str) -> str:
    """The language of a normalised text.

    Returns ``th``, ``ms-Thai`` (Patani Malay in Thai letters), ``ms-Arab`` (Jawi), ``ms-Latn`` (Rumi), ``en``,
    ``mixed`` (two scripts with a large share each) or ``und`` (undetermined: no words, or no known words).
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
    """``ms-Thai`` if a text has two different words of the lexicon, and 30 % of its words are in it; else ``th``."""
    if _patani_malay().isdisjoint(text.split()):
        return "th"
    if not text.count(" ") or text.count(" ") * _MAX_RUN < len(text) - 2 * _MAX_RUN:
        return "th"
    runs = _THAI_RUN.findall(text)
    lexicon_words = [run for run in runs if run in _patani_malay()]
    is_malay = len(set(lexicon_words)) >= _MIN_WORDS and len(lexicon_words) >= _MIN_SHARE * len(runs)
    return "ms-Thai" if is_malay else "th"


def languages(texts: Sequence[str]) -> list[str]:
    """The language of each normalised text, as in ``language``. Thai letters are counted once for the batch."""
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
    # The lexicon is used only if the runs of letters are short enough for Malay.
    may_be_malay = is_thai & (spaces > 0) & (spaces * _MAX_RUN >= lengths - 2 * _MAX_RUN)
    method = np.where(may_be_malay, 1, np.where(is_thai, 0, 2)).tolist()
    return [
        "th" if how == 0 else _thai_or_malay(text) if how == 1 else language(text)
        for text, how in zip(texts, method, strict=True)
    ]
