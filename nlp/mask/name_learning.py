"""Learns the model of names from the names that are marked in the corpus."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.corpus import CorpusText, load_corpus
from nlp.mask.name_features import DISTANCES, HASH_BITS, joint_features, word_features
from nlp.mask.name_gate import parts_of
from nlp.mask.name_model import UNIT, NameModel
from nlp.mask.name_places import is_foreign, scored_words
from nlp.mask.name_tokens import words_of
from nlp.normalise import normalise

_COST = 1.0
_TOLERANCE = 0.01
_MIN_USES = 3
Marked = tuple[str, list[tuple[int, int]]]
"""A text and the positions of the names in it."""


def learn_names(corpus: Sequence[CorpusText] | None = None) -> NameModel:
    """The model from the texts of the corpus; the same for the same texts."""
    from sklearn.linear_model import LogisticRegression  # imported here because only training needs it

    texts = [_marked(text) for text in corpus or load_corpus()]
    matrix, is_name = _rows([*texts, *_half_masked(texts)])
    used = np.flatnonzero(np.asarray(matrix.sum(axis=0)).ravel() >= _MIN_USES)
    model: Any = LogisticRegression(C=_COST, solver="liblinear", dual=True, tol=_TOLERANCE, random_state=0)
    model.fit(matrix[:, used], is_name)
    weights = np.clip(np.rint(model.coef_[0] * UNIT), -32_000, 32_000).astype(np.int16)
    kept = weights != 0
    intercept = np.rint(model.intercept_ * UNIT).astype(np.int32)
    return NameModel(used[kept].astype(np.int32), weights[kept], intercept)


def _marked(text: CorpusText) -> Marked:
    """The text with placeholders for all personal data but names, as the rules leave it."""
    pieces: list[str] = []
    names: list[tuple[int, int]] = []
    length = done = 0
    for span in text.spans:
        before, own = normalise_part(text.text[done : span.start]), text.text[span.start : span.end]
        shown = normalise_part(own) if span.kind == "NAME" else f"[{span.kind}]"
        start = length + len(before)
        length = start + len(shown)
        if span.kind == "NAME":
            names.append((start, length))
        pieces += [before, shown]
        done = span.end
    return "".join([*pieces, normalise_part(text.text[done:])]), names


def normalise_part(part: str) -> str:
    """A part of a text, normalised; the spaces at its ends are kept."""
    inner = part.strip(" \n")
    if not inner:
        return part
    start = part.index(inner)
    return part[:start] + normalise(inner) + part[start + len(inner) :]


def _half_masked(texts: Sequence[Marked]) -> Iterator[Marked]:
    """Texts in which the first word of each name is masked already, as the rules often leave them."""
    for text, names in texts:
        if not names:
            continue
        pieces: list[str] = []
        rest: list[tuple[int, int]] = []
        length = done = 0
        for start, end in names:
            first = text[start:end].partition(" ")[0]
            pieces += [text[done:start], "[NAME]"]
            length += start - done + len("[NAME]")
            done = start + len(first)
            if done < end:
                rest.append((length, length + end - done))
        yield "".join([*pieces, text[done:]]), rest


def _rows(texts: Sequence[Marked]) -> tuple[Any, NDArray[np.bool_]]:
    """Features of the words that may be names (words x hashes, sparse), and whether each is one."""
    ids: dict[tuple[str, int], int] = {}
    single: list[list[int]] = []
    joint: list[tuple[int, ...]] = []
    is_name: list[bool] = []
    for text, names in texts:
        foreign = is_foreign(text)
        for tokens, begin in parts_of(text):
            words = words_of(tokens, begin)
            for at in scored_words(words, is_foreign=foreign):
                start = words.starts[at]
                end = start + len(words.words[at])
                is_name.append(any(start < last and end > first for first, last in names))
                around = ((words.words[at + distance], distance) for distance in DISTANCES)
                single.append([ids.setdefault(one, len(ids)) for one in around])
                joint.append(joint_features(words, at))
    of_words = _binary([word_features(*one) for one in ids], 1 << HASH_BITS)
    return (_binary(single, len(ids)) @ of_words + _binary(joint, 1 << HASH_BITS)).tocsr(), np.array(is_name)


def _binary(rows: Sequence[Sequence[int]], width: int) -> Any:
    """A sparse matrix with a one at each listed column of each row."""
    ends = np.cumsum([0, *map(len, rows)])
    columns = np.fromiter(chain.from_iterable(rows), dtype=np.int32, count=int(ends[-1]))
    return sparse.csr_matrix((np.ones(len(columns), dtype=np.float32), columns, ends), shape=(len(rows), width))
