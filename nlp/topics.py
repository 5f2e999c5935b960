"""What a concern is about: one linear model over words and keywords, for many topics at once.

Features are words and pairs of words (hashed, TF-IDF, length 1) and, for each topic, whether its keywords
stand in the text. The seed learns all topics from the keywords and examples of topics.yaml by ridge
regression, whose leave-one-out scores give its confidences (Platt, 1999). Topics that sources label are then
learnt from those labels by logistic regression, one against the rest, which starts from what the seed says.

A source's labels say what a text is about, and seldom all of it: that a label is missing proves little. Where a
keyword of a topic stands in a text that does not carry its label, the text counts as a fraction of a negative
(the idea of Elkan and Noto 2008, Learning classifiers from only positive and unlabeled data). Scores of texts
that a fold has not seen give confidences, and from what confidence on a topic is said.

What stands in the way of an honest confidence is just that: texts that count as a fraction of a negative make every
topic look likelier than its labels bear out, and the surest of many topics is sure by luck too. So the confidence
that is told is once more fitted to how often the first topic of an unseen text is one of its labels (Gupta and Ramdas
2022, Top-label calibration). One scale for all topics leaves their order and what is said as they are.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.features import (
    HASH_BITS,
    Floats,
    Ints,
    TokenIds,
    feature_columns,
    token_ids,
    vocabulary,
    word_hash,
    word_matrix,
)
from nlp.keywords import KeywordFinder
from nlp.normalise import normalise
from nlp.tokenise import tokenise
from schemas.topics import Topic, load_topics

OTHER = "other"
MAX_TOPICS = 4

Doubles = NDArray[np.float64]

# A source's label is learnt from this many texts on; below, examples and keywords say more.
_ENOUGH_TEXTS = 30
# A word must stand in this many labelled texts to be a feature (words of the examples always are).
_ENOUGH_USES = 4
_KEYWORD_WEIGHT = 0.7
_RIDGE = 1.0
# A text without a topic's label in which a keyword of it stands is this much of a negative.
_DOUBTFUL = 0.2
# A text with a topic's label in which no keyword of it stands is this much of a positive: sources that label by
# single words also label the places that a text names.
_UNSUPPORTED = 0.5
_FOLDS = 3
# Examples are written to be clear and life is not: without labels to tell how much less so, log-odds count half.
_EXAMPLES_CLEARER = 0.5
# A stronger topic is told as surer, however little its strength tells; and never by more than its score is stronger.
_SCALES = (0.05, 1.0)
# The limit of a topic counts as much as the common one when so many texts carry its label.
_SHRINKAGE = 100
_LIMITS = (0.2, 0.6)
# A topic that nobody labelled may come up in this share of the texts that are labelled as something else.
_FALSE_ALARMS = 0.01
# A topic that no source labels is said from this confidence on; where its keyword stands already from the lower one.
_SURE = 0.5
_SURE_WITH_KEYWORD = 0.15


@dataclass(frozen=True, slots=True)
class TopicScore:
    """A topic, how sure that is (0 to 1), and what said so: ``source``, ``model`` or ``keywords``."""

    topic_id: str
    confidence: float
    method: str


class TopicModel:
    """Topics of texts. Made by ``seed``, ``train`` or ``from_bytes``; never changes afterwards."""

    def __init__(
        self,
        topic_ids: Sequence[str],
        keywords: Mapping[str, Sequence[int]],
        features: Ints,
        idf: Floats,
        word_weights: Floats,
        keyword_weights: Floats,
        intercept: Floats,
        limits: Floats,
        sureness: Floats,
        metadata: Mapping[str, Any],
    ) -> None:
        """``features`` are sorted hashes (V), ``word_weights`` V x T, ``keyword_weights`` T x T.

        ``limits`` (2 x T) says from what confidence on a topic is said, and from what on if a keyword stands there.
        ``sureness`` (2) is scale and shift of the log-odds of a topic that is said, to be as sure as it is often right.
        """
        self.topic_ids = tuple(topic_ids)
        self.metadata = dict(metadata)
        self._keywords = {word: tuple(topics) for word, topics in keywords.items()}
        self._features, self._idf = features, idf
        self._word_weights, self._keyword_weights, self._intercept = word_weights, keyword_weights, intercept
        self._limits, self._sureness = limits, sureness
        self._finder = KeywordFinder(self._keywords)
        self._place = feature_columns(features)
        arrays = (features, idf, word_weights, keyword_weights, intercept, limits, sureness)
        digest = hashlib.sha256(json.dumps([self.topic_ids, self._keywords], ensure_ascii=False).encode())
        for array in arrays:
            digest.update(np.ascontiguousarray(array).tobytes())
        self.version = f"{self.metadata['made']}-{digest.hexdigest()[:8]}"

    @classmethod
    def seed(cls) -> TopicModel:
        """A model of nothing but the keywords and examples of topics.yaml; always the same."""
        return _fit([], [], seed=0)

    @classmethod
    def train(cls, texts: Sequence[str], label_sets: Sequence[Collection[str]], *, seed: int = 0) -> TopicModel:
        """A model that also learns from texts whose sources say their topics.

        ``label_sets`` holds the topic ids of each text, at least one. The order of the texts plays no part.
        Raises ValueError for an unknown topic or an empty set.
        """
        return _fit(texts, label_sets, seed=seed)

    def word_counts(self, words: TokenIds) -> tuple[Ints, Ints]:
        """How many words each text has, and how many of them are none of the features."""
        hashes, rows, texts = words.apply(word_hash), words.text_indices(), len(words.lengths)
        is_one = hashes >= 0
        is_strange = is_one & (self._place[hashes & ((1 << HASH_BITS) - 1)] < 0)
        return np.bincount(rows[is_one], minlength=texts), np.bincount(rows[is_strange], minlength=texts)

    def keyword_hits(self, texts: Sequence[str]) -> NDArray[np.int32]:
        """How many keywords of each topic stand in each text (texts x topics)."""
        hits = np.zeros((len(texts), len(self.topic_ids)), dtype=np.int32)
        if found := self._finder.find(texts):
            rows, topics = zip(*found, strict=True)
            np.add.at(hits, (np.array(rows), np.array(topics)), 1)
        return hits

    def confidences(self, words_batch: TokenIds, hits: NDArray[np.int32]) -> Floats:
        """How strongly each topic shows in each text, 0 to 1 (texts x topics); ``honest`` says how sure that is."""
        words = word_matrix(words_batch, self._place, self._idf)
        scores = words @ self._word_weights + _strength(hits) @ self._keyword_weights + self._intercept
        return (1.0 / (1.0 + np.exp(-scores))).astype(np.float32)

    def predict(self, tokens_batch: Sequence[Sequence[str]], texts: Sequence[str]) -> list[list[TopicScore]]:
        """One to four topics for each normalised text and its tokens, surest first.

        ``other`` stands alone, where no topic is sure enough.
        """
        hits = self.keyword_hits(texts)
        return self.choose(self.confidences(token_ids(tokens_batch), hits), hits)

    def choose_by_keywords(self, hits: NDArray[np.int32]) -> list[list[TopicScore]]:
        """Topics from keyword hits alone, for languages that the model has not learnt."""
        # One keyword is right about as often as not; each further one halves the doubt.
        doubt = 0.5 ** np.maximum(hits, 1) + 0.01
        return self._chosen(np.where(hits > 0, 1 - doubt, 0).astype(np.float32), hits, "keywords", lambda sure: sure)

    def choose(self, confidences: Floats, hits: NDArray[np.int32]) -> list[list[TopicScore]]:
        """Topics that show strongly enough, from ``confidences`` and keyword hits (both texts x topics)."""
        return self._chosen(confidences, hits, "model", self.calibrate)

    def calibrate(self, confidences: Floats) -> Floats:
        """How often a topic that shows so strongly, and is said first, is right."""
        scale, shift = self._sureness
        likely = np.clip(confidences, 1e-6, 1 - 1e-6)
        return 1 / (1 + np.exp(-(scale * np.log(likely / (1 - likely)) + shift)))

    def _chosen(
        self, confidences: Floats, hits: NDArray[np.int32], method: str, calibrate: Callable[[Floats], Floats]
    ) -> list[list[TopicScore]]:
        """``method`` says what the sure ones come from; the others have a keyword to thank."""
        sure, sure_with_keyword = self._limits
        candidates = (confidences >= sure) | ((hits > 0) & (confidences >= sure_with_keyword))
        chosen: list[list[TopicScore]] = [[] for _ in range(len(confidences))]
        rows, topics = np.nonzero(candidates)
        values = confidences[rows, topics]
        order = np.lexsort((topics, -values, rows))
        rows, topics, values = rows[order], topics[order], values[order]
        is_sure = values >= sure[topics]
        told = zip(rows.tolist(), topics.tolist(), calibrate(values).tolist(), is_sure.tolist(), strict=True)
        for row, topic, confidence, by_method in told:
            if len(chosen[row]) < MAX_TOPICS:
                said_by = method if by_method else "keywords"
                chosen[row].append(TopicScore(self.topic_ids[topic], round(confidence, 4), said_by))
        unsure = 1 - confidences.max(axis=1, initial=0)
        for row, scores in enumerate(chosen):
            if not scores:
                scores.append(TopicScore(OTHER, round(float(unsure[row]), 4), method))
        return chosen

    def to_bytes(self) -> bytes:
        """The model as arrays and JSON in one NumPy archive; the same model gives the same bytes."""
        about = {"topic_ids": self.topic_ids, "keywords": self._keywords, "metadata": self.metadata}
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer,
            about=np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), dtype=np.uint8),
            features=self._features,
            idf=self._idf,
            word_weights=self._word_weights,
            keyword_weights=self._keyword_weights,
            intercept=self._intercept,
            limits=self._limits,
            sureness=self._sureness,
        )
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> TopicModel:
        """Read what ``to_bytes`` wrote; runs no code from it. Raises ValueError if it is no such model."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as archive:
                about = json.loads(archive["about"].tobytes())
                arrays = {name: archive[name] for name in archive.files if name != "about"}
            # Models of before their sureness was fitted are as sure as they were.
            arrays.setdefault("sureness", np.array([1.0, 0.0], np.float32))
            return cls(**about, **arrays)
        except Exception as error:
            raise ValueError(f"these bytes are no topic model ({error}): train it again") from error


def _strength(hits: NDArray[np.int32]) -> Floats:
    """Keyword hits as features: a second keyword adds less than the first."""
    return (_KEYWORD_WEIGHT * np.log2(1 + hits)).astype(np.float32)


def _fit(texts: Sequence[str], label_sets: Sequence[Collection[str]], *, seed: int) -> TopicModel:
    topics = [topic for topic in load_topics() if topic.topic_id != OTHER]
    number = {topic.topic_id: at for at, topic in enumerate(topics)}
    labelled = _sorted_rows(texts, label_sets, number)
    examples: list[tuple[str, tuple[int, ...]]] = []
    for topic in load_topics():
        said = () if topic.topic_id == OTHER else (number[topic.topic_id],)
        examples += [(normalise(text), said) for text in topic.examples]
    rows = examples + labelled
    words_batch = token_ids(tokenise([text for text, _ in rows]))
    truth = np.zeros((len(rows), len(topics)), dtype=bool)
    for row, (_, said) in enumerate(rows):
        truth[row, list(said)] = True

    features, idf = vocabulary(words_batch, len(examples), _ENOUGH_USES)
    place = feature_columns(features)
    keywords = _keywords(topics)
    finder = KeywordFinder(keywords)
    hits = np.zeros((len(rows), len(topics)), dtype=np.int32)
    for row, topic in finder.find([text for text, _ in rows]):
        hits[row, topic] += 1
    matrix = sparse.hstack([word_matrix(words_batch, place, idf), sparse.csr_matrix(_strength(hits))]).tocsr()

    few = len(examples)
    weights, intercept, right = _ridge(matrix[:few], truth[:few])
    labelled_counts = truth[few:].sum(axis=0)
    learnt = np.flatnonzero(labelled_counts >= _ENOUGH_TEXTS)
    limits = np.repeat([[_SURE], [_SURE_WITH_KEYWORD]], len(topics), axis=1)
    sureness = np.array([_EXAMPLES_CLEARER, 0.0])
    if len(learnt):
        *from_labels, unseen = _from_labels(matrix, truth, hits, learnt, weights, intercept, seed)
        weights[:, learnt], intercept[learnt], limits[:, learnt] = from_labels
        sureness = _sureness(unseen[few:], truth[few:, learnt], limits[0, learnt])
    unlearnt = np.setdiff1d(np.arange(len(topics)), learnt)
    held_back = 0.0
    if len(learnt) and len(unlearnt):
        # Examples are even over the topics and life is not, so they make a topic seem likelier than it is.
        loud = np.quantile(matrix[few:] @ weights[:, unlearnt] + intercept[unlearnt], 1 - _FALSE_ALARMS, axis=0)
        intercept[unlearnt] -= np.maximum(loud, 0)
        held_back = float(np.maximum(loud, 0).mean())
    metadata = {
        "made": "trained" if len(learnt) else "seed",
        "seed": seed,
        "examples": len(examples),
        "texts": len(labelled),
        "features": len(features),
        "held_back": round(held_back, 4),
        "examples_right_share": round(right, 4),
        "learnt": {topics[topic].topic_id: int(labelled_counts[topic]) for topic in learnt.tolist()},
    }
    words = len(features)
    return TopicModel(
        [topic.topic_id for topic in topics], keywords, features, idf,
        weights[:words].astype(np.float32), weights[words:].astype(np.float32),
        intercept.astype(np.float32), limits.astype(np.float32), sureness.astype(np.float32), metadata,
    )  # fmt: skip


def _sorted_rows(
    texts: Sequence[str], label_sets: Sequence[Collection[str]], number: Mapping[str, int]
) -> list[tuple[str, tuple[int, ...]]]:
    rows: list[tuple[str, tuple[int, ...]]] = []
    for text, labels in zip(texts, label_sets, strict=True):
        if not labels:
            raise ValueError("a text to train with has no topic: leave out texts that nobody labelled")
        if unknown := sorted(label for label in labels if label not in number and label != OTHER):
            raise ValueError(f"there is no topic {unknown[0]!r} in topics.yaml to train with")
        rows.append((normalise(text), tuple(sorted({number[label] for label in labels if label != OTHER}))))
    return sorted(rows)


def _keywords(topics: Sequence[Topic]) -> dict[str, list[int]]:
    """Topics (numbers) of each keyword; one that only hides shorter ones inside it has none."""
    hiding = next(topic.keywords for topic in load_topics() if topic.topic_id == OTHER)
    keywords: dict[str, list[int]] = {normalise(word).lower(): [] for word in hiding}
    for at, topic in enumerate(topics):
        for word in topic.keywords:
            keywords.setdefault(normalise(word).lower(), []).append(at)
    return dict(sorted(keywords.items()))


def _ridge(matrix: Any, truth: NDArray[np.bool_]) -> tuple[Doubles, Doubles, float]:
    """Ridge regression for all topics at once, with scores scaled to confidences.

    One scale and shift for all topics are fitted to the leave-one-out scores, which ridge regression has
    in closed form (Rifkin and Lippert, 2007). Returns weights, intercepts, and the share of examples whose
    topic comes first when the model has not seen them.
    """
    matrix = matrix.astype(np.float64)
    target = truth.astype(np.float64)
    middle = target.mean(axis=0)
    kernel = (matrix @ matrix.T).toarray()
    inverse = np.linalg.inv(kernel + _RIDGE * np.eye(len(kernel)))
    dual = inverse @ (target - middle)
    unseen = target - dual / np.diag(inverse)[:, None]
    scale, shift = _platt(unseen.ravel(), target.ravel(), np.ones(target.size))
    has_topic = truth.any(axis=1)
    first = truth[np.arange(len(truth)), unseen.argmax(axis=1)]
    return scale * (matrix.T @ dual), scale * middle + shift, float(first[has_topic].mean())


def _platt(scores: Doubles, target: Doubles, importance: Doubles) -> tuple[float, float]:
    """Scale and shift that make scores the log-odds of ``target``, by Newton's method.

    Targets are drawn in a little, as Platt does, so that scores that part the two wholly give no certainty.
    """
    true, false = importance @ target, importance @ (1 - target)
    target = np.where(target > 0, (true + 1) / (true + 2), 1 / (false + 2))
    design = np.column_stack([scores, np.ones_like(scores)])

    def loss(weight: Doubles) -> float:
        odds = design @ weight
        return float(importance @ (np.logaddexp(0, odds) - target * odds))

    weight: Doubles = np.array(
        [0.0, float(np.log((true + 1) / (false + 1)))]
    )  # as Lin, Lin and Weng (2007) start, and damp
    for _ in range(50):
        guess = np.exp(-np.logaddexp(0, -design @ weight))
        curve = design.T @ (design * (importance * guess * (1 - guess))[:, None]) + 1e-6 * np.eye(2)
        step = np.linalg.solve(curve, design.T @ (importance * (guess - target)))
        before = loss(weight)
        while loss(np.asarray(weight - step, np.float64)) > before and np.abs(step).max() > 1e-9:
            step /= 2
        weight -= step
        if np.abs(step).max() < 1e-9:
            break
    return float(weight[0]), float(weight[1])


def _from_labels(
    matrix: Any,
    truth: NDArray[np.bool_],
    hits: NDArray[np.int32],
    learnt: Ints,
    seed_weights: Doubles,
    seed_intercept: Doubles,
    seed: int,
) -> tuple[Doubles, Doubles, Doubles, Doubles]:
    """Weights (features x topics), intercepts and limits of the topics ``learnt`` from labels, and log-odds of texts
    that a fold has not seen (texts x topics).

    The seed's score of a topic is one more feature, so that labels move what the seed says and do not start from
    nothing; as it is linear in the others, it is folded into their weights.
    """
    # Only training needs scikit-learn, whose import takes longer than reading a model.
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold

    weights, intercepts, log_odds, importance = [], [], [], []
    for topic in learnt.tolist():
        actual = truth[:, topic]
        stands = hits[:, topic] > 0
        doubt = np.where(stands == actual, 1.0, np.where(actual, _UNSUPPORTED, _DOUBTFUL))
        said = matrix @ seed_weights[:, topic] + seed_intercept[topic]
        features = sparse.hstack([matrix, sparse.csr_matrix(said[:, None])]).tocsr()
        model: Any = LogisticRegression(C=2.0, solver="liblinear", max_iter=200, random_state=seed, tol=1e-2)
        unseen = np.zeros(len(actual))
        # Texts are sorted and folds not shuffled: those that begin alike are held back together, and the copies that an
        # analyst's label has. With shuffled folds copies make limits that suit later texts less (-.009 micro-F1 of the
        # feed), though confidences come .015 nearer to what is right.
        for part, rest in StratifiedKFold(_FOLDS).split(features, actual):
            model.fit(features[part], actual[part], sample_weight=doubt[part])
            unseen[rest] = model.decision_function(features[rest])
        scale, shift = _platt(unseen, actual.astype(float), doubt)
        model.fit(features, actual, sample_weight=doubt)
        of_seed = model.coef_[0, -1]
        weights.append(scale * (model.coef_[0, :-1] + of_seed * seed_weights[:, topic]))
        intercepts.append(scale * (model.intercept_[0] + of_seed * seed_intercept[topic]) + shift)
        log_odds.append(scale * unseen + shift)
        importance.append(doubt)
    limits = _limits(1 / (1 + np.exp(-np.array(log_odds))), truth[:, learnt].T, np.array(importance))
    return np.column_stack(weights), np.array(intercepts), np.repeat(limits[None], 2, axis=0), np.array(log_odds).T


def _sureness(log_odds: Doubles, truth: NDArray[np.bool_], limits: Doubles) -> Doubles:
    """Scale and shift that make the log-odds of the first topic said those of its being a label of the text.

    ``log_odds`` are of texts that carry labels and that the model had not seen (texts x topics, like ``truth``);
    ``limits`` (topics) says from what confidence on a topic is said. Where none is said of any text, it is as without
    labels.
    """
    from scipy.optimize import minimize  # which only training needs

    said = np.where(log_odds >= np.log(limits / (1 - limits)), log_odds, -np.inf)
    first, rows = said.argmax(axis=1), np.arange(len(said))
    is_said = np.isfinite(said[rows, first])
    if not is_said.any():
        return np.array([_EXAMPLES_CLEARER, 0.0])
    odds, right = said[rows, first][is_said], truth[rows, first][is_said]
    # Where all are right, or none, that is no proof of certainty: targets are drawn in, as Platt does.
    target = np.where(right, (right.sum() + 1) / (right.sum() + 2), 1 / ((~right).sum() + 2))

    def loss(weight: Doubles) -> float:
        told = weight[0] * odds + weight[1]
        return float((np.logaddexp(0, told) - target * told).mean())

    return minimize(loss, (1.0, 0.0), method="L-BFGS-B", bounds=(_SCALES, (None, None))).x


def _limits(confidences: Doubles, truth: NDArray[np.bool_], importance: Doubles) -> Doubles:
    """From what confidence on each topic is said (all arguments topics x texts): where its F1 is best.

    The limit of a topic with few labels is drawn towards the one that is best for all topics together.
    """
    steps = np.arange(*_LIMITS, 0.02)
    right, said = (
        np.array([(weight * (confidences >= step)).sum(axis=1) for step in steps])
        for weight in (truth * importance, importance)
    )
    labelled = (truth * importance).sum(axis=1)
    common = steps[np.argmax(2 * right.sum(axis=1) / (said.sum(axis=1) + labelled.sum()))]
    own = steps[np.argmax(2 * right / np.maximum(said + labelled, 1), axis=0)]
    trust = labelled / (labelled + _SHRINKAGE)
    return trust * own + (1 - trust) * common
