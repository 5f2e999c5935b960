"""The model of names that is in use: learnt from the corpus, and stored in ``nlp/seed`` at the first use."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from nlp.seed_files import load_or_learn, stored_file

if TYPE_CHECKING:
    from nlp.mask.name_model import NameModel


@cache
def name_model() -> NameModel:
    """The model; the same for the same texts, lists and rules."""
    # Imported here, because the corpus and the tokens are not needed to mask by rules, and the corpus imports masking.
    from nlp.mask.name_model import NameModel

    return load_or_learn(stored_file(".names.npz"), NameModel.from_bytes, _learn)


def _learn() -> NameModel:
    from nlp.mask.name_learning import learn_names

    return learn_names()


def mask_learnt_names(text: str) -> str:
    """The text with ``[NAME]`` in the place of each name that the model finds."""
    return name_model().mask(text)
