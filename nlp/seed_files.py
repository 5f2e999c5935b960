"""Files of what is learnt from the project's own texts, in ``nlp/seed``; their names tell what it was learnt from."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Protocol, TypeVar

log = logging.getLogger(__name__)

_CODE = Path(__file__).parent
_FOLDER = _CODE / "seed"


class _Storable(Protocol):
    def to_bytes(self) -> bytes: ...


Model = TypeVar("Model", bound=_Storable)


def stored_file(suffix: str, more: Iterable[Path] = ()) -> Path:
    """The file of a model of the present inputs: the corpus, the code and lists of ``nlp``, and more files."""
    digest = hashlib.sha256()
    patterns = ("*.py", "*.yaml", "*.csv", "corpus/*.jsonl")
    for path in sorted([*more, *(path for pattern in patterns for path in _CODE.rglob(pattern))]):
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return _FOLDER / f"{digest.hexdigest()[:16]}{suffix}"


def load_or_learn(path: Path, load: Callable[[bytes], Model], learn: Callable[[], Model]) -> Model:
    """The model that a file holds; where there is none, the model that is learnt, and then stored in it."""
    if path.exists():
        return load(path.read_bytes())
    model = learn()
    _store(path, model.to_bytes())
    return model


def _store(path: Path, content: bytes) -> None:
    """Writes a model atomically, for the processes that come after this one."""
    try:
        path.parent.mkdir(exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, delete=False) as draft:
            draft.write(content)
        Path(draft.name).chmod(0o644)
        Path(draft.name).replace(path)
    except OSError as error:
        log.warning(f"the seed models cannot be stored in {path.parent} ({error.strerror}): every process learns them")
