"""Confidence intervals of rates and shares, and of counts by a model that makes errors; all vectorised."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

Floats = NDArray[np.float64]

LEVEL = 0.95
PER = 100_000


@dataclass(frozen=True, slots=True)
class Interval:
    """Estimates with their bounds, as arrays of one shape."""

    point: Floats
    lower: Floats
    upper: Floats


def rate_interval(count: ArrayLike, population: ArrayLike, level: float = LEVEL) -> Interval:
    """Reports per 100,000 people.

    Args:
        count: whole numbers from 0.
        population: above 0.
        level: the interval contains the true rate with at least this probability.

    Source: F. Garwood, Fiducial limits for the Poisson distribution, 1936 (exact, by chi-square).
    """
    events, people = _floats(count), _floats(population)
    _raise_if((events < 0).any(), "A count is below 0.")
    _raise_if((people <= 0).any(), "A population is not above 0.")
    tail = (1 - level) / 2
    lower = np.where(events > 0, stats.chi2.ppf(tail, 2 * np.maximum(events, 1)) / 2, 0.0)
    upper = stats.chi2.ppf(1 - tail, 2 * (events + 1)) / 2
    per = PER / people
    return Interval(events * per, lower * per, upper * per)


def rate_ratio_interval(
    count: ArrayLike, population: ArrayLike, other_count: ArrayLike, other_population: ArrayLike, level: float = LEVEL
) -> Interval:
    """The ratio of a rate to another rate; infinite where the other count is 0, NaN where both counts are 0.

    Source: given the sum of two Poisson counts, the first is binomial; its exact interval (C. Clopper, E. Pearson,
    1934) is converted to one of the ratio.
    """
    first, second = _floats(count), _floats(other_count)
    people, others = _floats(population), _floats(other_population)
    _raise_if((first < 0).any() or (second < 0).any(), "A count is below 0.")
    _raise_if((people <= 0).any() or (others <= 0).any(), "A population is not above 0.")
    first, second, people, others = np.broadcast_arrays(first, second, people, others)
    tail = (1 - level) / 2
    low = np.where(first > 0, special.betaincinv(np.maximum(first, 1), second + 1, tail), 0.0)
    high = np.where(second > 0, special.betaincinv(first + 1, np.maximum(second, 1), 1 - tail), 1.0)
    scale = others / people
    with np.errstate(divide="ignore", invalid="ignore"):
        point, lower, upper = first / second * scale, low / (1 - low) * scale, high / (1 - high) * scale
    return Interval(point, lower, upper)


def share_interval(count: ArrayLike, total: ArrayLike, level: float = LEVEL) -> Interval:
    """A share of a total; where the total is 0, the share is NaN and its interval is 0 to 1.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927.
    """
    part, whole = np.broadcast_arrays(_floats(count), _floats(total))
    _raise_if((part < 0).any() or (part > whole).any(), "A count is below 0 or above its total.")
    z2 = stats.norm.ppf((1 + level) / 2) ** 2
    size = np.maximum(whole, 1)
    share = part / size
    middle = (part + z2 / 2) / (size + z2)
    half = np.sqrt(z2 * (share * (1 - share) * size + z2 / 4)) / (size + z2)
    # Rounding must not put a share of exactly 0 or 1 outside its interval.
    lower = np.where(part == 0, 0.0, np.minimum(middle - half, share))
    upper = np.where(part == whole, 1.0, np.maximum(middle + half, share))
    return Interval(np.where(whole > 0, share, np.nan), lower, upper)


@dataclass(frozen=True, slots=True)
class MeasuredShare:
    """A share that was measured on a sample of ``sample_count`` texts that people labelled."""

    share: ArrayLike
    sample_count: ArrayLike


def misclassification_interval(
    observed_count: ArrayLike,
    total: ArrayLike,
    recall: MeasuredShare,
    false_positive_rate: MeasuredShare,
    level: float = LEVEL,
) -> Interval:
    """The true count of a topic, where a model with errors gives it to ``observed_count`` of ``total`` texts.

    NaN where the model is no better than chance (recall at most its rate of false positives).

    Args:
        observed_count: texts that the model labels with the topic.
        total: all texts.
        recall: share of texts of the topic that the model labels with it, on a sample.
        false_positive_rate: share of texts of other topics that the model labels with it, on a sample.
        level: confidence level.

    Source: W. Rogan and B. Gladen, Estimating prevalence from the results of a screening test, 1978. The interval
    includes the error of both sampled shares: Zs. Lang and J. Reiczigel, Confidence limits for prevalence of disease
    adjusted for estimated sensitivity and specificity, Preventive Veterinary Medicine 113, 2014. It is clipped to
    0 to ``total``, and extended to the point estimate where that lies outside.
    """
    part, whole = np.broadcast_arrays(_floats(observed_count), _floats(total))
    _raise_if((part < 0).any() or (part > whole).any(), "A count is below 0 or above its total.")
    recalled, recall_size = _checked_share(recall, "recall")
    false, false_size = _checked_share(false_positive_rate, "false_positive_rate")
    z = float(stats.norm.ppf((1 + level) / 2))
    size = np.maximum(whole, 1)

    with np.errstate(divide="ignore", invalid="ignore"):
        point = np.clip((part / size - false) / (recalled - false), 0, 1)
        # The adjusted shares of the source: each with pseudo-counts.
        observed = (part + z**2 / 2) / (size + z**2)
        hit, hit_size = (recall_size * recalled + 1) / (recall_size + 2), recall_size + 2
        miss, miss_size = (false_size * false + 1) / (false_size + 2), false_size + 2
        middle = (observed - miss) / (hit - miss)
        hit_variance, miss_variance = hit * (1 - hit) / hit_size, miss * (1 - miss) / miss_size
        shift = 2 * z**2 * (middle * hit_variance - (1 - middle) * miss_variance)
        variance = (
            observed * (1 - observed) / (size + z**2) + middle**2 * hit_variance + (1 - middle) ** 2 * miss_variance
        )
        half = z * np.sqrt(variance) / (hit - miss)
        lower = np.minimum(np.clip(middle + shift - half, 0, 1), point)
        upper = np.maximum(np.clip(middle + shift + half, 0, 1), point)
    is_informative = (recalled > false) & (hit > miss)
    return Interval(*(np.where(is_informative, share * whole, np.nan) for share in (point, lower, upper)))


def misclassification_interval_by_precision(
    observed_count: ArrayLike, recall: MeasuredShare, precision: MeasuredShare, level: float = LEVEL
) -> Interval:
    """As ``misclassification_interval``, from a measured precision: observed × precision / recall.

    Precision is valid only where the topic is about as frequent as in the sample; where it is rarer, more labels are
    wrong. Prefer the false positive rate where it was measured. The count is treated as a Poisson variable, so the
    interval is of the expected count. NaN where recall is 0.

    Source: G. Y. Zou and A. Donner, Construction of confidence limits about effect measures, Statistics in Medicine
    27, 2008: the squared distances from point to bounds of each factor, on the log scale, are added (MOVER).
    """
    observed = _floats(observed_count)
    recalled, recall_size = _checked_share(recall, "recall")
    precise, precision_size = _checked_share(precision, "precision")
    counts = rate_interval(observed, PER, level)
    recalls = share_interval(recalled * recall_size, recall_size, level)
    precisions = share_interval(precise * precision_size, precision_size, level)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        point = observed * precise / recalled
        down = np.log(counts.point / counts.lower) ** 2 + np.log(precisions.point / precisions.lower) ** 2
        up = np.log(counts.upper / counts.point) ** 2 + np.log(precisions.upper / precisions.point) ** 2
        lower = point * np.exp(-np.sqrt(down + np.log(recalls.upper / recalls.point) ** 2))
        upper = point * np.exp(np.sqrt(up + np.log(recalls.point / recalls.lower) ** 2))
        # The log scale has no distances from 0; then the bounds of all factors are combined.
        widest = counts.upper * precisions.upper / recalls.lower
    lower = np.where(point > 0, lower, 0.0)
    upper = np.where(point > 0, upper, widest)
    return Interval(*(np.where(recalled > 0, bound, np.nan) for bound in (point, lower, upper)))


def _checked_share(measured: MeasuredShare, name: str) -> tuple[Floats, Floats]:
    share, number = _floats(measured.share), _floats(measured.sample_count)
    _raise_if((share < 0).any() or (share > 1).any(), f"{name} is not between 0 and 1.")
    _raise_if((number < 1).any(), f"{name} has no sample.")
    return share, number


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, np.float64)


def _raise_if(is_wrong: bool | np.bool_, message: str) -> None:
    if is_wrong:
        raise ValueError(message)
