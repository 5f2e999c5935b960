"""Calibration of topic scores: from scores to confidences, and thresholds from which a topic is assigned."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]

# Examples are clearer than real texts. Without labels it is unknown by how much, so their log-odds are halved.
_SCALE_WITHOUT_LABELS = 0.5
DEFAULT_CALIBRATION = np.array([_SCALE_WITHOUT_LABELS, 0.0])
# The scale of the calibration is positive, so that a higher score always gives a higher confidence, and at most 1.
_SCALES = (0.05, 1.0)
# The threshold of a topic and the common threshold have the same weight if so many texts have the label of the topic.
_SHRINKAGE = 100
_THRESHOLDS = (0.2, 0.6)


def fit_scale_and_shift(scores: Doubles, target: Doubles, importance: Doubles) -> tuple[float, float]:
    """Scale and shift that turn scores into the log-odds of ``target`` (Platt 1999), by Newton's method.

    As in Platt's method, targets are moved slightly towards the middle, so that the result is finite even if the scores
    separate the two classes completely.
    """
    true, false = importance @ target, importance @ (1 - target)
    target = np.where(target > 0, (true + 1) / (true + 2), 1 / (false + 2))
    design = np.column_stack([scores, np.ones_like(scores)])

    def loss(weight: Doubles) -> float:
        odds = design @ weight
        return float(importance @ (np.logaddexp(0, odds) - target * odds))

    weight: Doubles = np.array(
        [0.0, float(np.log((true + 1) / (false + 1)))]
    )  # start and damping as in Lin, Lin and Weng (2007)
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


def fit_calibration(log_odds: Doubles, truth: NDArray[np.bool_], thresholds: Doubles) -> Doubles:
    """Scale and shift that turn the log-odds of the first topic into those of being a label of the text.

    ``log_odds`` are of texts that have labels and that the model has not seen (texts x topics, like ``truth``);
    ``thresholds`` (topics) are the confidences from which a topic is assigned. If no text gets a topic, the result is
    DEFAULT_CALIBRATION.
    """
    from scipy.optimize import minimize  # imported here because only training needs it

    assigned = np.where(log_odds >= np.log(thresholds / (1 - thresholds)), log_odds, -np.inf)
    first, rows = assigned.argmax(axis=1), np.arange(len(assigned))
    has_topic = np.isfinite(assigned[rows, first])
    if not has_topic.any():
        return DEFAULT_CALIBRATION
    odds, correct = assigned[rows, first][has_topic], truth[rows, first][has_topic]
    # Even if all or none are correct, the result must be finite: targets are moved as in Platt's method.
    target = np.where(correct, (correct.sum() + 1) / (correct.sum() + 2), 1 / ((~correct).sum() + 2))

    def loss(weight: Doubles) -> float:
        calibrated = weight[0] * odds + weight[1]
        return float((np.logaddexp(0, calibrated) - target * calibrated).mean())

    return minimize(loss, (1.0, 0.0), method="L-BFGS-B", bounds=(_SCALES, (None, None))).x


def fit_thresholds(confidences: Doubles, truth: NDArray[np.bool_], importance: Doubles) -> Doubles:
    """The confidence from which each topic is assigned, at which its F1 is highest (all arguments topics x texts).

    The threshold of a topic with few labels is shrunk towards the one that is best for all topics together.
    """
    steps = np.arange(*_THRESHOLDS, 0.02)
    correct, assigned = (
        np.array([(weight * (confidences >= step)).sum(axis=1) for step in steps])
        for weight in (truth * importance, importance)
    )
    labelled = (truth * importance).sum(axis=1)
    common = steps[np.argmax(2 * correct.sum(axis=1) / (assigned.sum(axis=1) + labelled.sum()))]
    own = steps[np.argmax(2 * correct / np.maximum(assigned + labelled, 1), axis=0)]
    trust = labelled / (labelled + _SHRINKAGE)
    return trust * own + (1 - trust) * common
