"""Which engine cuts Thai best and fastest: word-F1 on a gold standard, and rows per second against newmm.

python -m benchmarks.tokenisers
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from pythainlp.tokenize import newmm, nlpo3

from nlp.normalise import normalise
from nlp.tokenise import tokenise

DATA = Path(__file__).parents[2] / "shared" / "data"
Engine = Callable[[str], list[str]]


def spans(tokens: list[str]) -> set[tuple[int, int]]:
    """Start and end of each token that is not a space."""
    found: set[tuple[int, int]] = set()
    at = 0
    for token in tokens:
        if not token.isspace():
            found.add((at, at + len(token)))
        at += len(token)
    return found


def word_f1(engine: Engine, gold: list[list[str]]) -> float:
    """Harmonic mean of precision and recall of words, over all texts together."""
    right = said = true = 0
    for tokens in gold:
        ours, theirs = spans(engine("".join(tokens))), spans(tokens)
        right, said, true = right + len(ours & theirs), said + len(ours), true + len(theirs)
    return 2 * right / (said + true)


def rate(engine: Engine, texts: list[str]) -> tuple[float, float]:
    """Rows per second, and the share of texts whose tokens do not join to them."""
    start = time.perf_counter()
    tokens = [engine(text) for text in texts]
    seconds = time.perf_counter() - start
    lost = sum("".join(found) != text for found, text in zip(tokens, texts, strict=True))
    return len(texts) / seconds, lost / len(texts)


def engines() -> dict[str, Engine]:
    found: dict[str, Engine] = {
        "newmm": newmm.segment,
        "nlpo3": nlpo3.segment,
        "nlpo3, safe": lambda text: nlpo3.segment(text, safe_mode=True),
        "ours": lambda text: tokenise([text])[0],
    }
    try:
        from icu4py.breakers import WordBreaker
    except ImportError:
        return found  # not one of the project's own packages
    return {**found, "icu": lambda text: list(WordBreaker(text, "th"))}


def main() -> int:
    if not DATA.is_dir():
        print("tokenisers: there is no ../shared/data on this machine, so nothing to measure with")
        return 0
    lines = (DATA / "segmentation" / "gold_words.txt").read_text(encoding="utf-8").splitlines()
    gold = [[token for token in line.split("|") if token] for line in lines if line]
    messages = (DATA / "social" / "messages.txt").read_text(encoding="utf-8").splitlines()[::10]
    texts = [text for text in map(normalise, messages) if text]
    worst = "ด้านหน้า" * 1000
    base = 0.0
    print(f"{'engine':14} {'word-F1':>8} {'rows/s':>8} {'of newmm':>9} {'not joined':>11} {'worst, ms':>10}")
    for name, engine in engines().items():
        engine("ก")  # loads its dictionary
        speed, lost = rate(engine, texts)
        base = base or speed
        slowest, _ = rate(engine, [worst])
        f1 = word_f1(engine, gold)
        print(f"{name:14} {f1:8.3f} {speed:8.0f} {speed / base:8.1f}x {lost:11.1%} {1000 / slowest:10.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
