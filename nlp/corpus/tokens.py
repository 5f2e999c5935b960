"""The texts of the corpus as models learn from them: clean, and split into tokens."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from nlp.clean import clean
from nlp.corpus import CorpusText
from nlp.tokenise import tokenise


def clean_texts(corpus: Sequence[CorpusText]) -> tuple[list[str], list[list[str]]]:
    """The normalised and masked texts, and the tokens of each; all models that learn from the same texts share them."""
    return _clean_texts(tuple(text.text for text in corpus))


@lru_cache(maxsize=1)
def _clean_texts(texts: tuple[str, ...]) -> tuple[list[str], list[list[str]]]:
    safe = [text for text, _ in clean(texts)]
    return safe, tokenise(safe)
