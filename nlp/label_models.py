"""The models that label texts: topics, kinds and relevance, and the language of Thai letters. One file holds them."""

from __future__ import annotations

import hashlib
import io
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from nlp import kind, malay
from nlp.corpus import CorpusText
from nlp.kind import KindModel
from nlp.malay import MalayModel
from nlp.topics import TopicModel

FILE_SUFFIX = ".labels.npz"
"""The end of the name of a file of models; earlier releases wrote files of another content."""

MIN_TEXTS_OF_REGION = 300
"""The number of texts with labels of a region from which the trained topic model serves the region."""


@dataclass(frozen=True)
class LabelModels:
    """Models that were learnt together. Created by ``learn_seed``, ``train`` or ``from_bytes``.

    ``topics`` serves the texts of the ``regions`` that its labels come from. Labels of one region make the model worse
    for the others, so the texts of those have their topics from ``general_topics``. Where there is none, ``topics``
    serves all texts.
    """

    topics: TopicModel
    kinds: KindModel
    malay: MalayModel
    general_topics: TopicModel | None = None
    regions: tuple[str, ...] = ()

    @classmethod
    def learn_seed(cls, corpus: Sequence[CorpusText] | None = None) -> LabelModels:
        """The models from the corpus, keywords and examples only; ``nlp.seed_models`` stores those of the whole."""
        return cls(TopicModel.learn_seed(corpus), KindModel.learn(corpus), MalayModel.learn(corpus))

    @classmethod
    def train(
        cls,
        texts: Sequence[str],
        label_sets: Sequence[Collection[str]],
        kinds: Sequence[tuple[str, str]] = (),
        *,
        regions: Sequence[str] = (),
        corpus: Sequence[CorpusText] | None = None,
        seed: int = 0,
    ) -> LabelModels:
        """Models that also learn from texts with topics (``TopicModel.train``) and from texts with kinds.

        ``kinds`` are texts and their kinds, ``regions`` the regions of the texts with topics: the trained model serves
        those with enough of the texts. The order of the texts does not matter.
        """
        learnt = tuple(sorted(name for name, count in Counter(regions).items() if count >= MIN_TEXTS_OF_REGION))
        return cls(
            TopicModel.train(texts, label_sets, corpus=corpus, seed=seed),
            KindModel.learn(corpus, sorted(kinds)),
            MalayModel.learn(corpus),
            TopicModel.learn_seed(corpus) if learnt else None,
            learnt,
        )

    def is_general(self, region: str) -> bool:
        """Whether texts of a region have their topics from ``general_topics``."""
        return self.general_topics is not None and region not in self.regions

    @property
    def metadata(self) -> Mapping[str, Any]:
        """What the topic model says of its training."""
        return self.topics.metadata

    @cached_property
    def version(self) -> str:
        """``seed-`` or ``trained-`` and a hash of all parameters."""
        digest = hashlib.sha256(json.dumps([self.topics.version, self.regions]).encode())
        for array in self._arrays().values():
            digest.update(np.ascontiguousarray(array).tobytes())
        return f"{self.topics.metadata['made']}-{digest.hexdigest()[:8]}"

    def _arrays(self) -> dict[str, Any]:
        return {f"kinds_{name}": getattr(self.kinds, name) for name in kind.ARRAYS} | {
            f"malay_{name}": getattr(self.malay, name) for name in malay.ARRAYS
        }

    def to_bytes(self) -> bytes:
        """The models as one NumPy archive; the same models give the same bytes."""
        buffer = io.BytesIO()
        models = {"topics": self.topics} | ({"general_topics": self.general_topics} if self.general_topics else {})
        stored = {name: np.frombuffer(model.to_bytes(), dtype=np.uint8) for name, model in models.items()}
        np.savez_compressed(buffer, regions=np.array(self.regions, dtype=str), **stored, **self._arrays())
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> LabelModels:
        """The models that ``to_bytes`` wrote. Runs no code from the data. Raises ValueError if they are none."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in archive.files}
            return cls(
                TopicModel.from_bytes(arrays["topics"].tobytes()),
                KindModel(*(arrays[f"kinds_{name}"] for name in kind.ARRAYS)),
                MalayModel(*(arrays[f"malay_{name}"] for name in malay.ARRAYS)),
                TopicModel.from_bytes(arrays["general_topics"].tobytes()) if "general_topics" in arrays else None,
                tuple(arrays["regions"].tolist()),
            )
        except Exception as error:
            raise ValueError(f"The bytes are no models of labels ({error}): train them again.") from error
