"""The seed models, which every lake starts with: learnt from the project's own texts alone.

python -m nlp.seed_models

Learning takes some seconds, so the models are stored in ``nlp/seed`` when the environment is set up. Where the texts,
topics or rules have changed since, the first use learns and stores them again.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from nlp.label_models import LabelModels
from nlp.seed_files import load_or_learn, stored_file
from schemas.config_folder import own_file
from schemas.topics import meaning_files
from schemas.words import FILE as WORDS


def seed_models() -> LabelModels:
    """The seed models; the same for the same texts, lexicon, topics, kinds and rules."""
    return _models(_stored_file())


@cache
def _models(path: Path) -> LabelModels:
    return load_or_learn(path, LabelModels.from_bytes, LabelModels.learn_seed)


def _stored_file() -> Path:
    """The file of the models of the present inputs: texts, topics, kinds, words, and the code that reads texts."""
    own = own_file(WORDS.name)
    return stored_file(".npz", [*meaning_files(), WORDS, *([own] if own is not None else [])])


if __name__ == "__main__":
    seed_models()
