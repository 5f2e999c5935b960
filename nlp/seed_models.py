"""The seed models, which every lake starts with: learnt from the project's own texts alone.

python -m nlp.seed_models

Learning takes some seconds, so the models are stored in ``nlp/seed`` when the environment is set up. Where the texts,
topics or rules have changed since, the first use learns and stores them again.
"""

from __future__ import annotations

import hashlib
import logging
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile

from nlp.corpus import FOLDER as CORPUS
from nlp.label_models import LabelModels
from schemas.config_folder import own_file
from schemas.topics import meaning_files
from schemas.words import FILE as WORDS

log = logging.getLogger(__name__)

_CODE = Path(__file__).parent
_FOLDER = _CODE / "seed"


def seed_models() -> LabelModels:
    """The seed models; the same for the same texts, lexicon, topics, kinds and rules."""
    return _models(_stored_file())


@cache
def _models(path: Path) -> LabelModels:
    if path.exists():
        return LabelModels.from_bytes(path.read_bytes())
    models = LabelModels.learn_seed()
    _store(path, models.to_bytes())
    return models


def _stored_file() -> Path:
    """The file of the models of the present inputs: texts, topics, kinds, words, and the code that reads texts."""
    digest = hashlib.sha256()
    own = [own_file(WORDS.name)]
    data = [*CORPUS.glob("*.jsonl"), *meaning_files(), WORDS, *(path for path in own if path is not None)]
    for path in sorted([*data, *_CODE.rglob("*.py"), *_CODE.rglob("*.yaml"), *_CODE.rglob("*.csv")]):
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return _FOLDER / f"{digest.hexdigest()[:16]}.npz"


def _store(path: Path, content: bytes) -> None:
    """Writes the models atomically, for the processes that come after this one."""
    try:
        path.parent.mkdir(exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, delete=False) as draft:
            draft.write(content)
        Path(draft.name).chmod(0o644)
        Path(draft.name).replace(path)
    except OSError as error:
        log.warning(f"the seed models cannot be stored in {path.parent} ({error.strerror}): every process learns them")


if __name__ == "__main__":
    seed_models()
