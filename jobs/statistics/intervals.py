"""Intervals of rates and shares, all vectorised: what chance alone may have made of a count."""

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
    """A figure with its bounds, as arrays of one shape."""

    point: Floats
    lower: Floats
    upper: Floats


def rate_interval(count: ArrayLike, population: ArrayLike, level: float = LEVEL) -> Interval:
    """Reports per 100,000 people.

    Args:
        count: whole numbers from 0.
        population: above 0.
        level: chance that the interval holds the true rate, at least.

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
    """How many times as large a rate is as another; the ratio is infinite where the other count is 0, NaN where
    both are.

    Source: given the sum of two Poisson counts the first is binomial; its exact interval (C. Clopper, E. Pearson,
    1934) is turned into one of the ratio.
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
    """A share of a total; of nothing the share is NaN and its interval all from 0 to 1.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927.
    """
    part, whole = np.broadcast_arrays(_floats(count), _floats(total))
    _raise_if((part < 0).any() or (part > whole).any(), "A count is below 0 or above its total.")
    z2 = stats.norm.ppf((1 + level) / 2) ** 2
    known = np.maximum(whole, 1)
    share = part / known
    middle = (part + z2 / 2) / (known + z2)
    half = np.sqrt(z2 * (share * (1 - share) * known + z2 / 4)) / (known + z2)
    # Rounding must not put a share of exactly 0 or 1 outside its interval.
    lower = np.where(part == 0, 0.0, np.minimum(middle - half, share))
    upper = np.where(part == whole, 1.0, np.maximum(middle + half, share))
    return Interval(np.where(whole > 0, share, np.nan), lower, upper)


@dataclass(frozen=True, slots=True)
class MeasuredShare:
    """A share that was measured on a sample of so many texts, which people labelled."""

    share: ArrayLike
    sample_count: ArrayLike


def misclassification_interval(
    observed_count: ArrayLike,
    total: ArrayLike,
    recall: MeasuredShare,
    false_positive_rate: MeasuredShare,
    level: float = LEVEL,
) -> Interval:
    """How many are truly of a topic, where a model that errs says it of ``observed_count`` out of ``total``.

    NaN where the model is no better than chance (recall at most its rate of false positives).

    Args:
        recall: share that the model finds, of a sample of texts that are of the topic.
        false_positive_rate: share that it says it of, of a sample of texts that are not.

    Source: W. Rogan and B. Gladen, Estimating prevalence from the results of a screening test, 1978; the interval,
    which takes in that both shares were measured on samples, is of Zs. Lang and J. Reiczigel, Confidence limits for
    prevalence of disease adjusted for estimated sensitivity and specificity, Preventive Veterinary Medicine 113,
    2014. Cut to what is possible, and widened to its point where that lies outside.
    """
    part, whole = np.broadcast_arrays(_floats(observed_count), _floats(total))
    _raise_if((part < 0).any() or (part > whole).any(), "A count is below 0 or above its total.")
    found, found_of = _checked_share(recall, "recall")
    wrong, wrong_of = _checked_share(false_positive_rate, "false_positive_rate")
    z = float(stats.norm.ppf((1 + level) / 2))
    size = np.maximum(whole, 1)

    with np.errstate(divide="ignore", invalid="ignore"):
        point = np.clip((part / size - wrong) / (found - wrong), 0, 1)
        said = (part + z**2 / 2) / (size + z**2)
        hit, hit_of = (found_of * found + 1) / (found_of + 2), found_of + 2
        miss, miss_of = (wrong_of * wrong + 1) / (wrong_of + 2), wrong_of + 2
        middle = (said - miss) / (hit - miss)
        of_hit, of_miss = hit * (1 - hit) / hit_of, miss * (1 - miss) / miss_of
        shift = 2 * z**2 * (middle * of_hit - (1 - middle) * of_miss)
        variance = said * (1 - said) / (size + z**2) + middle**2 * of_hit + (1 - middle) ** 2 * of_miss
        half = z * np.sqrt(variance) / (hit - miss)
        lower = np.minimum(np.clip(middle + shift - half, 0, 1), point)
        upper = np.maximum(np.clip(middle + shift + half, 0, 1), point)
    tells = (found > wrong) & (hit > miss)
    return Interval(*(np.where(tells, one * whole, np.nan) for one in (point, lower, upper)))


def misclassification_interval_by_precision(
    observed_count: ArrayLike, recall: MeasuredShare, precision: MeasuredShare, level: float = LEVEL
) -> Interval:
    """As ``misclassified_interval``, where precision is what was measured: observed × precision / recall.

    Precision holds only where the topic is about as frequent as in the sample; where it is rarer, more of what is
    said is wrong. Prefer the rate of false positives where there is one. The count is taken for one of many that
    could have been (Poisson), so the interval is of what was to be expected there. NaN where recall is 0.

    Source: G. Y. Zou and A. Donner, Construction of confidence limits about effect measures, Statistics in Medicine
    27, 2008: distances from point to bounds of each factor, on the logarithm, are added in squares (MOVER).
    """
    observed = _floats(observed_count)
    found, found_of = _checked_share(recall, "recall")
    right, right_of = _checked_share(precision, "precision")
    counts = rate_interval(observed, PER, level)
    hits = share_interval(found * found_of, found_of, level)
    rights = share_interval(right * right_of, right_of, level)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        point = observed * right / found
        down = np.log(counts.point / counts.lower) ** 2 + np.log(rights.point / rights.lower) ** 2
        up = np.log(counts.upper / counts.point) ** 2 + np.log(rights.upper / rights.point) ** 2
        lower = point * np.exp(-np.sqrt(down + np.log(hits.upper / hits.point) ** 2))
        upper = point * np.exp(np.sqrt(up + np.log(hits.point / hits.lower) ** 2))
        # A logarithm of 0 has no distances; then the bounds of the factors are taken all at once.
        widest = counts.upper * rights.upper / hits.lower
    lower = np.where(point > 0, lower, 0.0)
    upper = np.where(point > 0, upper, widest)
    return Interval(*(np.where(found > 0, one, np.nan) for one in (point, lower, upper)))


def _checked_share(measured: MeasuredShare, name: str) -> tuple[Floats, Floats]:
    share, number = _floats(measured.share), _floats(measured.sample_count)
    _raise_if((share < 0).any() or (share > 1).any(), f"{name} is not between 0 and 1.")
    _raise_if((number < 1).any(), f"{name} has no sample.")
    return share, number


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, np.float64)


def _raise_if(is_wrong: bool | np.bool_, sentence: str) -> None:
    if is_wrong:
        raise ValueError(sentence)
