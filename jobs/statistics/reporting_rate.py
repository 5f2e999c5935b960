"""How readily places report: rates from further reports of incidents that were reported once.

Few reports may mean few incidents or few people who report. Once an incident is reported, it exists, and how soon
others report it too depends only on how readily people report. So the time after the first report gives the rate.

Source: Z. Liu, U. Bhandaram and N. Garg, Quantifying spatial under-reporting disparities in resident crowdsourcing,
Nature Computational Science 4, 2024 (arXiv 2204.08620). Reports of an incident are a Poisson process. The window
begins at the first report, which does not count, and ends at a stopping time: a time that is known without looking
ahead, such as the agency's first action. Then the expected number of duplicates is the rate × the days of the window.

What the rate is of, and is not:

* It is the mean over incidents that were reported at all. Incidents that nobody reported have lower rates.
* 30 / rate is the delay in days until a report of an incident with the mean rate. The mean delay is longer where
  incidents differ.
* Duplicates are reports of one incident by different people in any words, not texts that repeat another. Those that
  are not recognised lower the rate in proportion, and more so where each is taken for an incident.
* People who see that an incident is reported must report it as they would otherwise. If they do so less, or if one
  report leads to others, the rate is of what they do afterwards.
* An incident that ends unseen within its window lowers the rate. A much higher rate with a smaller ``max_days`` is a
  sign of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from jobs.statistics.gamma_poisson import Floats, Ints, fit_means

MAX_DAYS = 30.0
PER_DAYS = 30.0
LEVEL = 0.95
# Chosen with benchmarks/reporting_rate.py. Intervals hold the true rate with few duplicates, and are wide then. Higher
# limits are worse: near a limit, only cells that have many duplicates by chance get past it.
MIN_INCIDENTS = 20
MIN_DUPLICATES = 5
# Of incidents with a duplicate: one that is reported again and again says little of the others.
MIN_REPEATED = 5
# A rate per 30 days is not computed from less than 30 days.
MIN_EXPOSURE_DAYS = 30.0


class Reason(StrEnum):
    """Why a cell has a rate or none."""

    OK = "ok"
    FEW_INCIDENTS = "too_few_incidents"
    SHORT_EXPOSURE = "too_short_exposure"
    FEW_DUPLICATES = "too_few_duplicates"
    FEW_REPEATED = "too_few_repeated_incidents"


@dataclass(frozen=True, slots=True)
class Incidents:
    """One value per incident; times are in days with fractions, since any moment that is common to all.

    Attributes:
        first_report: the time of its first report. Where a source gives only days, this is the end of the day.
        first_action: when the agency first acted; NaN if it has not. A time at which a later export first showed the
            action is too late and lowers the rate.
        coverage: the index of its set of covered periods, such as its province.

    Raises ValueError where lengths differ or a first report has no time.
    """

    first_report: Floats
    first_action: Floats
    coverage: Ints

    def __post_init__(self) -> None:
        if not self.first_report.shape == self.first_action.shape == self.coverage.shape:
            raise ValueError("first_report, first_action and coverage must have one value for each incident.")
        if not np.isfinite(self.first_report).all():
            raise ValueError("A first report has no time.")


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Further reports: the index of the incident of each, and its time as in ``Incidents``."""

    incident: Ints
    time: Floats


@dataclass(frozen=True, slots=True)
class Periods:
    """Periods for which the sources have data, from ``start`` to before ``end``; those of a coverage may overlap."""

    coverage: Ints
    start: Floats
    end: Floats


@dataclass(frozen=True, slots=True)
class Windows:
    """One value per incident: the duplicates in its window, and the covered days of its window."""

    duplicates: Ints
    days: Floats


@dataclass(frozen=True, slots=True)
class Rates:
    """One value per cell; rates are reports per incident and 30 days, and NaN where ``reason`` is not ok.

    Attributes:
        rate: the mean over the reported incidents of the cell.
        lower: of the 95 % interval of ``rate``.
        upper: likewise.
        dispersion: the squared coefficient of variation of the rates of incidents; 0.0001 where no difference is found.
        incident_count: incidents with a window; those on which the agency had acted before have none.
        repeated_count: incidents with a duplicate in their window.
        duplicate_count: duplicates in all windows.
        exposure_days: covered days in all windows.
        reason: why there is a rate or none.
    """

    rate: Floats
    lower: Floats
    upper: Floats
    dispersion: Floats
    incident_count: Ints
    repeated_count: Ints
    duplicate_count: Ints
    exposure_days: Floats
    reason: list[Reason]


def windows(
    incidents: Incidents, duplicates: Duplicates, periods: Periods, data_end: float, max_days: float = MAX_DAYS
) -> Windows:
    """Duplicates and covered days in the window of each incident.

    A window begins after the first report. It ends ``max_days`` days later, when the agency first acted, or at
    ``data_end``, whichever is first; a report at that time still counts. Time that no source covers is not part of it,
    and a report in that time does not count. Whatever happens after the end has no influence.

    Args:
        incidents: reported once or more.
        duplicates: in any order. Those at the time of the first report or before do not count.
        periods: covered by the sources.
        data_end: the last time for which all data have arrived.
        max_days: chosen before looking at reports, and shorter than incidents usually last.

    Raises ValueError where lengths differ, ``max_days`` is not above 0, a period ends before it starts, or a duplicate
    has no incident or no time.
    """
    number = len(incidents.first_report)
    _raise_if(not max_days > 0, "max_days is not above 0.")
    _raise_if(not np.isfinite(data_end), "data_end is not a time.")
    _raise_if(duplicates.incident.shape != duplicates.time.shape, "Each duplicate must have one incident and one time.")
    known = (duplicates.incident >= 0) & (duplicates.incident < number) & np.isfinite(duplicates.time)
    _raise_if(not known.all(), f"A duplicate has no time, or none of the {number} incidents.")
    _raise_if(not periods.coverage.shape == periods.start.shape == periods.end.shape, "Periods differ in length.")
    _raise_if(not (periods.start <= periods.end).all(), "A period ends before it starts.")

    start = incidents.first_report
    end = np.minimum(np.fmin(start + max_days, incidents.first_action), data_end)
    of, time = duplicates.incident, duplicates.time
    is_inside = (time > start[of]) & (time <= end[of])
    days = np.zeros(number)
    for coverage in np.unique(incidents.coverage):
        here = incidents.coverage == coverage
        merged = _merge(periods, int(coverage))
        days[here] = np.maximum(_covered_until(merged, end[here]) - _covered_until(merged, start[here]), 0.0)
        reported_here = here[of]
        is_inside[reported_here] &= _is_covered(merged, time[reported_here])
    return Windows(np.bincount(of[is_inside], minlength=number).astype(np.int64), days)


def _merge(periods: Periods, coverage: int) -> tuple[Floats, Floats]:
    """Starts and ends of the periods of a coverage in order, with those that overlap or touch joined."""
    here = np.flatnonzero(periods.coverage == coverage)
    order = here[np.argsort(periods.start[here], kind="stable")]
    start, reached = periods.start[order], np.maximum.accumulate(periods.end[order])
    if not start.size:
        return start, reached
    begins = np.concatenate([[True], start[1:] > reached[:-1]])
    return start[begins], reached[np.append(np.flatnonzero(begins)[1:] - 1, len(start) - 1)]


def _covered_until(merged: tuple[Floats, Floats], time: Floats) -> Floats:
    """Covered days before each time."""
    start, end = merged
    if not start.size:
        return np.zeros(len(time))
    before = np.concatenate([[0.0], np.cumsum(end - start)])
    index = np.searchsorted(start, time, side="right")
    # Of the period that began last, what lies after the time is not covered yet.
    ahead = np.maximum(end[np.maximum(index - 1, 0)] - time, 0.0)
    return before[index] - np.where(index > 0, ahead, 0.0)


def _is_covered(merged: tuple[Floats, Floats], time: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    start, end = merged
    if not start.size:
        return np.zeros(len(time), np.bool_)
    index = np.searchsorted(start, time, side="right")
    return (index > 0) & (time < end[np.maximum(index - 1, 0)])


def reporting_rates(cell: Ints, duplicates: Ints, days: Floats, cells: int) -> Rates:
    """The reporting rate of each cell, with its 95 % interval.

    Rates of incidents of a cell vary as a gamma distribution (see ``jobs.statistics.gamma_poisson``). The ratio of
    all duplicates to all days is not used: where the agency acts sooner on what is reported more, it gives the busiest
    incidents the least weight, and is lower than the mean over incidents.

    Args:
        cell: of each incident, 0 to ``cells`` - 1.
        duplicates: in its window; see ``windows``.
        days: covered days of its window.
        cells: the number of cells, such as provinces × topic groups.

    Raises ValueError where lengths differ, a cell is out of range, a value is below 0 or not finite, or an incident has
    duplicates but no window.
    """
    _raise_if(not cell.shape == duplicates.shape == days.shape, "cell, duplicates and days differ in length.")
    _raise_if(((cell < 0) | (cell >= cells)).any(), f"A cell is not among the {cells} cells.")
    _raise_if(not (np.isfinite(days) & (days >= 0)).all() or (duplicates < 0).any(), "A value is not 0 or more.")
    _raise_if((duplicates[days == 0] > 0).any(), "An incident has duplicates, and its window has no days.")

    has_window = days > 0
    cell, duplicates, days = cell[has_window], duplicates[has_window], days[has_window]
    incident_count = np.bincount(cell, minlength=cells)
    repeated_count = np.bincount(cell[duplicates > 0], minlength=cells)
    duplicate_count = np.bincount(cell, weights=duplicates, minlength=cells).astype(np.int64)
    exposure_days = np.bincount(cell, weights=days, minlength=cells).astype(np.float64)
    # The first condition that holds gives the reason.
    conditions = (
        (incident_count < MIN_INCIDENTS, Reason.FEW_INCIDENTS),
        (exposure_days < MIN_EXPOSURE_DAYS, Reason.SHORT_EXPOSURE),
        (duplicate_count < MIN_DUPLICATES, Reason.FEW_DUPLICATES),
        (repeated_count < MIN_REPEATED, Reason.FEW_REPEATED),
    )
    code = np.select([holds for holds, _ in conditions], list(range(len(conditions))), len(conditions))
    reasons = [*(reason for _, reason in conditions), Reason.OK]

    is_known = code == len(conditions)
    position = np.cumsum(is_known) - 1
    used = is_known[cell]
    fitted = fit_means(position[cell[used]], duplicates[used], days[used], int(is_known.sum()), LEVEL)

    def of_cells(values: Floats, scale: float = PER_DAYS) -> Floats:
        figures = np.full(cells, np.nan)
        figures[is_known] = values * scale
        return figures

    return Rates(
        rate=of_cells(fitted.mean),
        lower=of_cells(fitted.lower),
        upper=of_cells(fitted.upper),
        dispersion=of_cells(fitted.dispersion, 1.0),
        incident_count=incident_count,
        repeated_count=repeated_count,
        duplicate_count=duplicate_count,
        exposure_days=exposure_days,
        reason=[reasons[number] for number in code],
    )


def _raise_if(is_wrong: bool | np.bool_, message: str) -> None:
    if is_wrong:
        raise ValueError(message)
