"""Training of the topic model.

The seed model learns all topics from the keywords and examples of topics.yaml by ridge regression, whose
leave-one-out scores give its confidences (Platt, 1999). Topics with enough labels from sources are then learnt from
those labels by logistic regression, one against the rest, which starts from the scores of the seed model.

The labels of a source describe what a text is about, but often not completely, so a missing label is weak evidence. If
a text contains a keyword of a topic without the label of that topic, it is a negative example with a reduced weight
(the idea of Elkan and Noto 2008, Learning classifiers from only positive and unlabeled data). The scores of texts
that a fold has not seen give the confidences, and the threshold from which a topic is assigned.

Two effects make these confidences too high: the negative examples with a reduced weight, and the choice of the best of
many topics. So the confidence of the first topic is calibrated with how often the first topic of an unseen text is one
of its labels (Gupta and Ramdas 2022, Top-label calibration). All topics have the same scale, so their order and the
choice of topics do not change.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.features import Floats, Ints, TokenIds, feature_columns, token_ids, vocabulary, word_matrix
from nlp.keywords import KeywordFinder
from nlp.normalise import normalise
from nlp.tokenise import tokenise
from nlp.topics.calibration import DEFAULT_CALIBRATION, Doubles, fit_calibration, fit_scale_and_shift, fit_thresholds
from nlp.topics.parameters import OTHER, TopicParameters, keyword_features
from schemas.topics import Topic, load_topics

# The number of texts with a label from which the topic is learnt from labels. Below it, examples and keywords are
# better.
_MIN_LABELLED = 30
# The number of labelled texts with a word from which the word is a feature. Words of the examples always are.
_MIN_USES = 4
_RIDGE = 1.0
# The weight of a text that contains a keyword of a topic without its label, as a negative example.
_WEIGHT_OF_UNLABELLED_KEYWORD = 0.2
# The weight of a text that has the label of a topic without a keyword of it, as a positive example. Sources that
# label by single words also label the places that a text mentions.
_WEIGHT_OF_LABEL_WITHOUT_KEYWORD = 0.5
_FOLDS = 3
# The share of labelled texts in which a topic without labels may be assigned.
_FALSE_ALARMS = 0.01
# A topic without labels is assigned from this confidence, or from the lower one if its keyword is in the text.
_THRESHOLD = 0.5
_THRESHOLD_WITH_KEYWORD = 0.15

_Row = tuple[str, tuple[int, ...]]


def fit(texts: Sequence[str], label_sets: Sequence[Collection[str]], *, seed: int) -> TopicParameters:
    """The parameters of a model from topics.yaml and from labelled texts; see ``TopicModel.train``."""
    topics = [topic for topic in load_topics() if topic.topic_id != OTHER]
    number = {topic.topic_id: at for at, topic in enumerate(topics)}
    labelled = _labelled_rows(texts, label_sets, number)
    examples = _example_rows(number)
    rows = examples + labelled
    words_batch = token_ids(tokenise([text for text, _ in rows]))
    truth = np.zeros((len(rows), len(topics)), dtype=bool)
    for row, (_, labels) in enumerate(rows):
        truth[row, list(labels)] = True

    features, idf = vocabulary(words_batch, len(examples), _MIN_USES)
    keywords = _keywords(topics)
    hits = KeywordFinder(keywords).count([text for text, _ in rows], len(topics))
    matrix = _feature_matrix(words_batch, features, idf, hits)

    few = len(examples)
    weights, intercept, correct_share = _fit_ridge(matrix[:few], truth[:few])
    labelled_counts = truth[few:].sum(axis=0)
    learnt = np.flatnonzero(labelled_counts >= _MIN_LABELLED)
    thresholds = np.repeat([[_THRESHOLD], [_THRESHOLD_WITH_KEYWORD]], len(topics), axis=1)
    calibration = DEFAULT_CALIBRATION
    if len(learnt):
        *from_labels, unseen = _fit_labels(matrix, truth, hits, learnt, weights, intercept, seed)
        weights[:, learnt], intercept[learnt], thresholds[:, learnt] = from_labels
        calibration = fit_calibration(unseen[few:], truth[few:, learnt], thresholds[0, learnt])
    held_back = _lower_unlabelled_topics(matrix[few:], weights, intercept, learnt)
    metadata = {
        "made": "trained" if len(learnt) else "seed",
        "seed": seed,
        "examples": len(examples),
        "texts": len(labelled),
        "features": len(features),
        "held_back": round(held_back, 4),
        "examples_right_share": round(correct_share, 4),
        "learnt": {topics[topic].topic_id: int(labelled_counts[topic]) for topic in learnt.tolist()},
    }
    words = len(features)
    return TopicParameters(
        [topic.topic_id for topic in topics], keywords, features, idf,
        weights[:words].astype(np.float32), weights[words:].astype(np.float32),
        intercept.astype(np.float32), thresholds.astype(np.float32), calibration.astype(np.float32), metadata,
    )  # fmt: skip


def _example_rows(number: Mapping[str, int]) -> list[_Row]:
    """The examples of topics.yaml, normalised, with the number of their topic."""
    rows: list[_Row] = []
    for topic in load_topics():
        labels = () if topic.topic_id == OTHER else (number[topic.topic_id],)
        rows += [(normalise(text), labels) for text in topic.examples]
    return rows


def _labelled_rows(
    texts: Sequence[str], label_sets: Sequence[Collection[str]], number: Mapping[str, int]
) -> list[_Row]:
    """Labelled texts, normalised and sorted, with the numbers of their topics."""
    rows: list[_Row] = []
    for text, labels in zip(texts, label_sets, strict=True):
        if not labels:
            raise ValueError("A training text has no topic: leave out texts without labels.")
        if unknown := sorted(label for label in labels if label not in number and label != OTHER):
            raise ValueError(f"The topic {unknown[0]!r} of a training text is not in topics.yaml.")
        rows.append((normalise(text), tuple(sorted({number[label] for label in labels if label != OTHER}))))
    return sorted(rows)


def _keywords(topics: Sequence[Topic]) -> dict[str, list[int]]:
    """The numbers of the topics of each keyword; the keywords of ``other`` have none and hide shorter keywords."""
    hiding = next(topic.keywords for topic in load_topics() if topic.topic_id == OTHER)
    keywords: dict[str, list[int]] = {normalise(word).lower(): [] for word in hiding}
    for at, topic in enumerate(topics):
        for word in topic.keywords:
            keywords.setdefault(normalise(word).lower(), []).append(at)
    return dict(sorted(keywords.items()))


def _feature_matrix(words_batch: TokenIds, features: Ints, idf: Floats, hits: NDArray[np.int32]) -> Any:
    """Words and keywords as one sparse matrix (texts x features and topics)."""
    words = word_matrix(words_batch, feature_columns(features), idf)
    return sparse.hstack([words, sparse.csr_matrix(keyword_features(hits))]).tocsr()


def _lower_unlabelled_topics(labelled: Any, weights: Doubles, intercept: Doubles, learnt: Ints) -> float:
    """Lowers the intercepts (in place) of topics that were not learnt from labels; returns the mean change.

    Each topic has about the same number of examples, which is not so in practice, so they make a topic seem too
    likely. ``labelled`` are the features of the labelled texts.
    """
    unlearnt = np.setdiff1d(np.arange(len(intercept)), learnt)
    if not len(learnt) or not len(unlearnt):
        return 0.0
    scores = labelled @ weights[:, unlearnt] + intercept[unlearnt]
    change = np.maximum(np.quantile(scores, 1 - _FALSE_ALARMS, axis=0), 0)
    intercept[unlearnt] -= change
    return float(change.mean())


def _fit_ridge(matrix: Any, truth: NDArray[np.bool_]) -> tuple[Doubles, Doubles, float]:
    """Ridge regression for all topics at once, with scores scaled to log-odds.

    One scale and shift for all topics are fitted to the leave-one-out scores, which ridge regression has in closed
    form (Rifkin and Lippert, 2007). Returns weights, intercepts, and the share of examples whose topic has the highest
    score when the model has not seen them.
    """
    matrix = matrix.astype(np.float64)
    target = truth.astype(np.float64)
    mean = target.mean(axis=0)
    kernel = (matrix @ matrix.T).toarray()
    inverse = np.linalg.inv(kernel + _RIDGE * np.eye(len(kernel)))
    dual = inverse @ (target - mean)
    unseen = target - dual / np.diag(inverse)[:, None]
    scale, shift = fit_scale_and_shift(unseen.ravel(), target.ravel(), np.ones(target.size))
    has_topic = truth.any(axis=1)
    is_correct = truth[np.arange(len(truth)), unseen.argmax(axis=1)]
    return scale * (matrix.T @ dual), scale * mean + shift, float(is_correct[has_topic].mean())


def _fit_labels(
    matrix: Any,
    truth: NDArray[np.bool_],
    hits: NDArray[np.int32],
    learnt: Ints,
    seed_weights: Doubles,
    seed_intercept: Doubles,
    seed: int,
) -> tuple[Doubles, Doubles, Doubles, Doubles]:
    """Weights (features x topics), intercepts and thresholds of the topics ``learnt`` from labels, and log-odds.

    The log-odds (texts x topics) of each text come from the fold that was not trained on it.

    The seed model's score of a topic is one more feature, so that labels correct the seed model instead of replacing
    it. As that score is linear in the other features, it is merged into their weights.
    """
    # Only training needs scikit-learn, whose import takes longer than reading a model.
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold

    weights, intercepts, log_odds, importance = [], [], [], []
    for topic in learnt.tolist():
        actual = truth[:, topic]
        has_keyword = hits[:, topic] > 0
        unsure_weight = np.where(actual, _WEIGHT_OF_LABEL_WITHOUT_KEYWORD, _WEIGHT_OF_UNLABELLED_KEYWORD)
        weight = np.where(has_keyword == actual, 1.0, unsure_weight)
        seed_scores = matrix @ seed_weights[:, topic] + seed_intercept[topic]
        features = sparse.hstack([matrix, sparse.csr_matrix(seed_scores[:, None])]).tocsr()
        model: Any = LogisticRegression(C=2.0, solver="liblinear", max_iter=200, random_state=seed, tol=1e-2)
        unseen = np.zeros(len(actual))
        # Texts are sorted and folds are not shuffled, so that texts with the same beginning, and the copies of a text
        # with an analyst's label, are in the same fold. Shuffled folds give thresholds that are worse for later texts
        # (-.009 micro-F1 on the feed), although confidences would be .015 closer to the share of correct topics.
        for part, rest in StratifiedKFold(_FOLDS).split(features, actual):
            model.fit(features[part], actual[part], sample_weight=weight[part])
            unseen[rest] = model.decision_function(features[rest])
        scale, shift = fit_scale_and_shift(unseen, actual.astype(float), weight)
        model.fit(features, actual, sample_weight=weight)
        seed_weight = model.coef_[0, -1]
        weights.append(scale * (model.coef_[0, :-1] + seed_weight * seed_weights[:, topic]))
        intercepts.append(scale * (model.intercept_[0] + seed_weight * seed_intercept[topic]) + shift)
        log_odds.append(scale * unseen + shift)
        importance.append(weight)
    thresholds = fit_thresholds(1 / (1 + np.exp(-np.array(log_odds))), truth[:, learnt].T, np.array(importance))
    return np.column_stack(weights), np.array(intercepts), np.repeat(thresholds[None], 2, axis=0), np.array(log_odds).T
