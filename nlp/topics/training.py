"""Training of the topic model.

The seed model learns all topics from the project's own texts (the corpus, and the keywords and examples of topics.yaml)
by linear support vector machines, one topic against the rest (Cortes and Vapnik 1995). The scores of texts whose writer
a fold has not seen give its confidences (Platt 1999) and the thresholds from which a topic is assigned. Topics with
enough labels from sources are then learnt from those labels by logistic regression, one against the rest, which starts
from the scores of the seed model.

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

from nlp.central import central_ids
from nlp.corpus import CorpusText
from nlp.corpus.tokens import clean_texts
from nlp.features import Ints, feature_columns, tf_idf, token_ids, vocabulary
from nlp.keywords import KeywordFinder
from nlp.normalise import normalise
from nlp.spelling import SpellingFeatures
from nlp.spelling import vocabulary as spelling_vocabulary
from nlp.tokenise import tokenise
from nlp.topics.calibration import Doubles, fit_calibration, fit_scale_and_shift, fit_thresholds
from nlp.topics.parameters import OTHER, TopicParameters, keyword_features
from schemas.topics import Topic, load_topics

# The number of texts with a label from which the topic is learnt from labels. Below it, examples and keywords are
# better.
_MIN_LABELLED = 30
# The number of texts with a word from which the word is a feature.
_MIN_USES = 2
# The number of texts of the project with a sequence of characters from which the sequence is a feature.
_MIN_USES_OF_SPELLING = 3
# The cost of an error of the seed model, chosen with the writers' folds: .3 and 1 are worse for unseen writers.
_SEED_COST = 0.7
# A finer tolerance changes no figure.
_SEED_TOLERANCE = 0.1
# The weight of a further topic of a text of the corpus, against that of its main topic.
_WEIGHT_OF_FURTHER_TOPIC = 0.5
# The weight of a text that contains a keyword of a topic without its label, as a negative example.
_WEIGHT_OF_UNLABELLED_KEYWORD = 0.2
# The weight of a text that has the label of a topic without a keyword of it, as a positive example. Sources that
# label by single words also label the places that a text mentions.
_WEIGHT_OF_LABEL_WITHOUT_KEYWORD = 0.5
# The weight of a text of the project against one with a label of a source.
_WEIGHT_OF_OWN_TEXTS = 3.0
# The cost of an error of the model from labels; 2 and .5 are worse for labels by people.
_LABEL_COST = 1.0
_FOLDS = 3
_SEED_FOLDS = 3
# The share of labelled texts in which a topic without labels may be assigned.
_FALSE_ALARMS = 0.01
# A topic without labels from sources is assigned from this confidence, if its keyword is in the text.
_THRESHOLD_WITH_KEYWORD = 0.15

_Row = tuple[str, tuple[int, ...]]


def fit(
    texts: Sequence[str], label_sets: Sequence[Collection[str]], *, corpus: Sequence[CorpusText], seed: int
) -> TopicParameters:
    """The parameters of a model from the project's own texts and labelled texts; see ``TopicModel.train``."""
    topics = [topic for topic in load_topics() if topic.topic_id != OTHER]
    number = {topic.topic_id: at for at, topic in enumerate(topics)}
    own, writers = _own_rows(corpus, number)
    rows = own + _labelled_rows(texts, label_sets, number)
    _, tokens = clean_texts(corpus)
    more = tokenise([text for text, _ in rows[len(tokens) :]])
    words_batch = central_ids(token_ids([*tokens, *more]))
    truth = np.zeros((len(rows), len(topics)), dtype=bool)
    for row, (_, labels) in enumerate(rows):
        truth[row, list(labels)] = True

    few = len(own)
    features, idf = vocabulary(words_batch.feature_hashes, len(rows), _MIN_USES)
    words = tf_idf(words_batch.feature_hashes, len(rows), feature_columns(features), idf)
    keywords = _keywords(topics)
    hits = KeywordFinder(keywords).count([text for text, _ in rows], len(topics))
    spellings, spelling_idf = spelling_vocabulary(words_batch.first(few), _MIN_USES_OF_SPELLING)
    spelling = SpellingFeatures(spellings, spelling_idf).matrix(words_batch)
    matrix = sparse.hstack([words, sparse.csr_matrix(keyword_features(hits)), spelling]).tocsr()
    without_spelling = len(features) + len(topics)

    main = np.array([labels[0] if labels else -1 for _, labels in own])
    weights, intercept, thresholds, seed_odds = _fit_seed(matrix[:few], truth[:few], main, writers)
    labelled_counts = truth[few:].sum(axis=0)
    learnt = np.flatnonzero(labelled_counts >= _MIN_LABELLED)
    thresholds = np.vstack([thresholds, np.minimum(thresholds, _THRESHOLD_WITH_KEYWORD)])
    calibration = fit_calibration(seed_odds, truth[:few], thresholds[0])
    if len(learnt):
        *from_labels, unseen = _fit_labels(
            matrix, without_spelling, truth, hits, learnt, weights, intercept, seed_odds, seed
        )
        weights[:, learnt], intercept[learnt], thresholds[:, learnt] = from_labels
        calibration = fit_calibration(unseen[few:], truth[few:, learnt], thresholds[0, learnt])
    held_back = _lower_unlabelled_topics(matrix[few:], weights, intercept, learnt)
    is_right = (seed_odds.argmax(axis=1) == main)[main >= 0]
    metadata = {
        "made": "trained" if len(learnt) else "seed",
        "seed": seed,
        "examples": few,
        "texts": len(rows) - few,
        "features": len(features),
        "held_back": round(held_back, 4),
        "examples_right_share": round(float(is_right.mean()), 4),
        "learnt": {topics[topic].topic_id: int(labelled_counts[topic]) for topic in learnt.tolist()},
    }
    of_words, of_keywords, of_spelling = np.split(weights.astype(np.float32), [len(features), without_spelling])
    return TopicParameters(
        [topic.topic_id for topic in topics], keywords, features, idf, of_words, spellings, spelling_idf, of_spelling,
        of_keywords, intercept.astype(np.float32), thresholds.astype(np.float32), calibration.astype(np.float32),
        metadata,
    )  # fmt: skip


def _own_rows(corpus: Sequence[CorpusText], number: Mapping[str, int]) -> tuple[list[_Row], NDArray[np.int64]]:
    """The project's own texts, clean, with the numbers of their topics (the main one first), and of their writers."""
    rows: list[_Row] = []
    writers: list[str] = []
    for text, about in zip(clean_texts(corpus)[0], corpus, strict=True):
        rows.append((text, tuple(number[topic] for topic in about.topics if topic != OTHER)))
        writers.append(about.writer)
    for topic in load_topics():
        labels = () if topic.topic_id == OTHER else (number[topic.topic_id],)
        rows += [(normalise(text), labels) for text in topic.examples]
        # Examples have one writer for all topics, and belong to no fold: every model has learnt from them.
        writers += [""] * len(topic.examples)
    return rows, np.unique(writers, return_inverse=True)[1]


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


def _fit_seed(
    matrix: Any, truth: NDArray[np.bool_], main: Ints, writers: Ints
) -> tuple[Doubles, Doubles, Doubles, Doubles]:
    """Weights (features x topics), intercepts and thresholds of all topics, and log-odds (texts x topics).

    The log-odds of each text come from a model that has not learnt from its writer; those of the examples, whose
    writer has the number 0, from a model that has. One scale and shift for all topics turn scores into log-odds.
    """
    from sklearn.model_selection import GroupKFold

    importance = np.where(truth, _WEIGHT_OF_FURTHER_TOPIC, 1.0)
    importance[np.flatnonzero(main >= 0), main[main >= 0]] = 1.0
    weights, intercepts = _support_vectors(matrix, truth, importance)
    unseen = matrix @ weights + intercepts
    written = np.flatnonzero(writers > 0)
    for part, rest in GroupKFold(min(_SEED_FOLDS, len(np.unique(writers[written])))).split(
        written, groups=writers[written]
    ):
        learnt = np.concatenate([written[part], np.flatnonzero(writers == 0)])
        fold_weights, fold_intercepts = _support_vectors(matrix[learnt], truth[learnt], importance[learnt])
        unseen[written[rest]] = matrix[written[rest]] @ fold_weights + fold_intercepts
    target = truth[written].astype(float)
    scale, shift = fit_scale_and_shift(unseen[written].ravel(), target.ravel(), importance[written].ravel())
    log_odds = scale * unseen + shift
    confidences = 1 / (1 + np.exp(-log_odds[written]))
    thresholds = fit_thresholds(confidences.T, truth[written].T, importance[written].T)
    return scale * weights, scale * intercepts + shift, thresholds, log_odds


def _support_vectors(matrix: Any, truth: NDArray[np.bool_], importance: Doubles) -> tuple[Doubles, Doubles]:
    """Weights (features x topics) and intercepts of support vector machines, one topic against the rest."""
    from sklearn.svm import LinearSVC

    weights, intercepts = np.zeros((matrix.shape[1], truth.shape[1])), np.zeros(truth.shape[1])
    for topic in range(truth.shape[1]):
        model: Any = LinearSVC(C=_SEED_COST, random_state=0, tol=_SEED_TOLERANCE)
        model.fit(matrix, truth[:, topic], sample_weight=importance[:, topic])
        weights[:, topic], intercepts[topic] = model.coef_[0], model.intercept_[0]
    return weights, intercepts


def _fit_labels(
    matrix: Any,
    without_spelling: int,
    truth: NDArray[np.bool_],
    hits: NDArray[np.int32],
    learnt: Ints,
    seed_weights: Doubles,
    seed_intercept: Doubles,
    seed_odds: Doubles,
    seed: int,
) -> tuple[Doubles, Doubles, Doubles, Doubles]:
    """Weights (features x topics), intercepts and thresholds of the topics ``learnt`` from labels, and log-odds.

    The log-odds (texts x topics) of each text come from the fold that was not trained on it.

    The seed model's score of a topic is one more feature, so that labels correct the seed model instead of replacing
    it. As that score is linear in the other features, it is merged into their weights. Spelling counts through that
    score alone: labels are learnt from the first columns of ``matrix``, those ``without_spelling``.
    """
    # Only training needs scikit-learn, whose import takes longer than reading a model.
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold

    weights, intercepts, log_odds, importance = [], [], [], []
    first_columns = matrix[:, :without_spelling]
    for topic in learnt.tolist():
        actual = truth[:, topic]
        has_keyword = hits[:, topic] > 0
        unsure_weight = np.where(actual, _WEIGHT_OF_LABEL_WITHOUT_KEYWORD, _WEIGHT_OF_UNLABELLED_KEYWORD)
        weight = np.where(has_keyword == actual, 1.0, unsure_weight)
        weight[: len(seed_odds)] *= _WEIGHT_OF_OWN_TEXTS
        seed_scores = matrix @ seed_weights[:, topic] + seed_intercept[topic]
        # The seed model has learnt from the project's own texts, and its scores of them would seem too reliable.
        seed_scores[: len(seed_odds)] = seed_odds[:, topic]
        features = sparse.hstack([first_columns, sparse.csr_matrix(seed_scores[:, None])]).tocsr()
        model: Any = LogisticRegression(C=_LABEL_COST, solver="liblinear", max_iter=200, random_state=seed, tol=1e-2)
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
        merged = seed_weight * seed_weights[:, topic]
        merged[:without_spelling] += model.coef_[0, :-1]
        weights.append(scale * merged)
        intercepts.append(scale * (model.intercept_[0] + seed_weight * seed_intercept[topic]) + shift)
        log_odds.append(scale * unseen + shift)
        importance.append(weight)
    thresholds = fit_thresholds(1 / (1 + np.exp(-np.array(log_odds))), truth[:, learnt].T, np.array(importance))
    return np.column_stack(weights), np.array(intercepts), np.repeat(thresholds[None], 2, axis=0), np.array(log_odds).T
