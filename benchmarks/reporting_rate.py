"""Measures how often the interval of a reporting rate holds the true rate, on simulated incidents.

python -m benchmarks.reporting_rate [--seeds N ...] [--cells N]

Incidents occur at random times in two years, live for a time, and each is reported at a rate of its own, before and
after the first report; an agency acts and so ends it. From the reports that a source would have, windows and rates are
computed as in production. Each row of the table has many cells that are alike. The first part has cells to which the
method applies. The second has cells with so few duplicates that only those with more than usual have an answer. The
third shows what breaks the method.

Columns: "true" is the mean rate per 30 days of the incidents that were seen, "of all" that of all that occurred. Then,
of cells with an answer: bias of the median, share of intervals that hold the true rate, that lie below it and above it,
and their median width. Beside: the ratio of all duplicates to all days, with an interval that is robust by incident
and with that of a Poisson count; and the naive number of reports per incident, read as a rate per 30 days.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass

import numpy as np
from scipy import stats

from jobs.statistics.gamma_poisson import Floats, Ints
from jobs.statistics.reporting_rate import PER_DAYS, Duplicates, Incidents, Periods, Reason, reporting_rates, windows

# Seeds 1 to 5 were looked at while the method and its limits were chosen; these were run when they stood.
SEEDS = (2570, 2571, 2572)
CELLS = 700
DAYS = 730.0
NEVER = np.inf
AIM = (0.93, 0.97)
# Of the time that has no data, in gaps of 5 to 15 days.
GAP_SHARE = 0.3


@dataclass(frozen=True)
class Regime:
    """Cells that are alike.

    Attributes:
        name: printed.
        incidents: expected number that occur in a cell.
        rate: mean of the rates of incidents, reports per 30 days.
        shape: of the gamma distribution of rates: the smaller, the more incidents differ; infinite if they do not.
        law: how rates are distributed: gamma, lognormal or two (a fifth is reported far more), with the same spread.
        agency_days: mean time from the first report to the action, if nobody reports again.
        boost: how much each further report adds to the chance that the agency acts; infinite if it acts at once.
        life_days: mean time after which an incident ends by itself, unseen.
        dead_share: of incidents that have ended, unseen, when their first report arrives.
        detection: share of duplicates that are recognised.
        are_missed_kept: whether a duplicate that is not recognised is taken for an incident.
        has_gaps: whether sources have gaps.
        are_gaps_ignored: whether gaps are taken for time without reports.
        late_days: mean time from an action to when it becomes known, if the source does not state the time.
        max_days: of windows.
        after_first: factor by which the rate changes after the first report, as where people see that it is reported.
    """

    name: str
    incidents: int = 200
    rate: float = 1.0
    shape: float = 1.0
    law: str = "gamma"
    agency_days: float = 20.0
    boost: float = 0.0
    life_days: float = NEVER
    dead_share: float = 0.0
    detection: float = 1.0
    are_missed_kept: bool = False
    has_gaps: bool = False
    are_gaps_ignored: bool = False
    late_days: float = 0.0
    max_days: float = 30.0
    after_first: float = 1.0


APPLIES = (
    Regime("many, all alike", 300, 0.5, np.inf),
    Regime("few, all alike", 45, 1.5, np.inf),
    Regime("few, differ (shape 2)", 45, 2.0, 2),
    Regime("differ (shape 1)"),
    Regime("differ much (shape 0.5)", shape=0.5),
    Regime("many, differ much", 1000, shape=0.5),
    Regime("few, differ much", 45, 1.5, 0.5),
    Regime("few, follows reports, differ much", 45, 2.0, 0.5, boost=1.0),
    Regime("low rate", 1000, 0.1),
    Regime("few duplicates", 60, 0.5),
    Regime("few duplicates, all alike", 60, 0.5, np.inf),
    Regime("high rate", 100, 8.0),
    Regime("agency never acts", agency_days=NEVER),
    Regime("agency acts within days", 400, agency_days=3),
    Regime("agency follows reports, all alike", shape=np.inf, boost=1.0),
    Regime("agency follows reports", boost=1.0),
    Regime("agency follows reports, many", 1000, 3.0, 0.5, boost=1.0),
    Regime("agency acts at second report", boost=np.inf, agency_days=60),
    Regime("gaps in coverage", has_gaps=True),
    Regime("gaps, agency follows reports", has_gaps=True, boost=1.0),
    Regime("lognormal rates, agency follows", law="lognormal", boost=1.0),
    Regime("two sorts, agency follows", law="two", boost=1.0),
)
# Chance decides which of these cells have an answer: those with more duplicates than usual.
EDGE = (
    Regime("rate 0.8", 100, 0.8),
    Regime("rate 0.4", 100, 0.4),
    Regime("rate 0.2", 100, 0.2),
    Regime("rate 0.1", 100, 0.1),
    Regime("rate 0.05", 100, 0.05),
)
BREAKS = (
    Regime("ends unseen, mean 365 days", life_days=365),
    Regime("ends unseen, mean 90 days", life_days=90),
    Regime("ends unseen, mean 30 days", life_days=30),
    Regime("the same, windows of 10 days", life_days=30, max_days=10),
    Regime("3 of 10 over at first report", dead_share=0.3),
    Regime("6 of 10 duplicates recognised", detection=0.6),
    Regime("the same, others as incidents", detection=0.6, are_missed_kept=True),
    Regime("action known 10 days late", late_days=10),
    Regime("half report what is reported", after_first=0.5),
    Regime("gaps taken for silence", has_gaps=True, are_gaps_ignored=True),
    Regime("lognormal, spread 4, many", 1000, 3.0, 0.25, law="lognormal", boost=1.0),
)


@dataclass(frozen=True)
class World:
    """The reports and actions of simulated incidents, and the truth behind them.

    Attributes:
        cell: of each incident.
        rate: of each incident, per day.
        action: time of the agency's action, infinite if there is none.
        report_incident: of each report, the incident.
        report_time: of each report.
    """

    cell: Ints
    rate: Floats
    action: Floats
    report_incident: Ints
    report_time: Floats


def simulate(regime: Regime, cells: int, rng: np.random.Generator) -> World:
    """All incidents of all cells, with all reports until they end."""
    cell = np.repeat(np.arange(cells), rng.poisson(regime.incidents, cells))
    number = len(cell)
    rate = _rates(regime, number, rng) / PER_DAYS
    occurred = rng.uniform(0, DAYS, number)
    end = occurred + (rng.exponential(regime.life_days, number) if np.isfinite(regime.life_days) else np.inf)
    # As long as the next report comes before the end, the agency's action and the end of data, it happens.
    action, patience = np.full(number, np.inf), rng.exponential(1, number)
    incidents, times = [np.zeros(0, np.int64)], [np.zeros(0)]
    active, now, count = np.arange(number), occurred, np.zeros(number, np.int64)
    while active.size:
        speed = rate[active] * np.where(count > 0, regime.after_first, 1.0)
        later = now + rng.exponential(1 / np.maximum(speed, 1e-12))
        hazard = _hazard(regime, count)
        left = patience[active]
        acts = now + np.divide(left, hazard, out=np.full(len(now), np.inf), where=hazard > 0)
        is_acted = acts <= later
        action[active[is_acted]] = acts[is_acted]
        waited = np.where(hazard > 0, np.minimum(hazard, 1e9) * (later - now), 0.0)
        patience[active] = np.maximum(left - waited, 0.0)
        happens = ~is_acted & (later < end[active]) & (later < DAYS)
        active, now, count = active[happens], later[happens], count[happens] + 1
        incidents.append(active)
        times.append(now)
        is_dead = (count == 1) & (rng.random(len(active)) < regime.dead_share)
        end[active[is_dead]] = now[is_dead]
    return World(cell, rate, action, np.concatenate(incidents), np.concatenate(times))


def _hazard(regime: Regime, count: Ints) -> Floats:
    """The chance per day that the agency acts, after ``count`` reports."""
    if np.isinf(regime.boost):
        return np.select([count == 0, count == 1], [0.0, 1 / regime.agency_days], np.inf)
    return np.where(count > 0, 1 + regime.boost * (count - 1), 0.0) / regime.agency_days


def _rates(regime: Regime, number: int, rng: np.random.Generator) -> Floats:
    """Reports per 30 days of each incident; the squared coefficient of variation is 1 / shape."""
    spread = 1 / regime.shape
    if regime.law == "lognormal":
        variance = np.log1p(spread)
        return regime.rate * rng.lognormal(-variance / 2, np.sqrt(variance), number)
    if regime.law == "two":
        busy = rng.random(number) < 0.2
        return regime.rate * np.where(busy, 1 + 2 * np.sqrt(spread), 1 - np.sqrt(spread) / 2)
    return regime.rate * (rng.gamma(regime.shape, spread, number) if spread else np.ones(number))


def gaps(regime: Regime, rng: np.random.Generator) -> Periods:
    """The periods that sources cover."""
    start, end, now = [], [], 0.0
    while now < DAYS:
        gap = rng.uniform(5, 15) if regime.has_gaps else 0.0
        covered = gap * (1 - GAP_SHARE) / GAP_SHARE if gap else DAYS
        start.append(now)
        end.append(min(now + covered, DAYS))
        now += covered + gap
    return Periods(np.zeros(len(start), np.int64), np.array(start), np.array(end))


@dataclass(frozen=True)
class Observed:
    """What is known of the incidents that a source saw, one value each."""

    cell: Ints
    rate: Floats
    duplicates: Ints
    days: Floats


def observe(regime: Regime, world: World, rng: np.random.Generator) -> Observed:
    """The windows of the incidents that are seen, of reports that fall into covered time."""
    periods = gaps(regime, rng)
    index = np.searchsorted(periods.start, world.report_time, side="right") - 1
    is_seen = world.report_time < periods.end[index]
    incident, when = world.report_incident[is_seen], world.report_time[is_seen]
    order = np.lexsort((when, incident))
    incident, when = incident[order], when[order]
    is_first = np.append(True, incident[1:] != incident[:-1])[: len(incident)]
    is_missed = ~is_first & (rng.random(len(incident)) >= regime.detection)
    starts = is_first | (is_missed & regime.are_missed_kept)
    number_of = np.cumsum(is_first) - 1  # the place of an incident among those that were seen
    known = np.concatenate([incident[is_first], incident[starts & ~is_first]])
    first = np.concatenate([when[is_first], when[starts & ~is_first]])
    action = world.action[known] + (rng.exponential(regime.late_days, len(known)) if regime.late_days else 0.0)
    if regime.are_gaps_ignored:
        periods = Periods(np.zeros(1, np.int64), np.zeros(1), np.full(1, DAYS))
    is_duplicate = ~is_first & ~is_missed
    found = windows(
        Incidents(first, np.where(np.isfinite(action), action, np.nan), np.zeros(len(known), np.int64)),
        Duplicates(number_of[is_duplicate], when[is_duplicate]),
        periods,
        DAYS,
        regime.max_days,
    )
    return Observed(world.cell[known], world.rate[known], found.duplicates, found.days)


@dataclass(frozen=True)
class Simple:
    """Rates per 30 days of the ratio of sums, with an interval; one value per cell."""

    rate: Floats
    lower: Floats
    upper: Floats

    def coverage(self, truth: float, cells: Floats) -> float:
        """Share of ``cells`` whose interval holds the true rate."""
        return float(((self.lower <= truth) & (truth <= self.upper))[cells > 0].mean())


def ratios(seen: Observed, cells: int) -> tuple[Simple, Simple]:
    """Duplicates / days: with the interval of a Poisson count, and with one that is robust by incident."""

    def sums(values: Floats | Ints) -> Floats:
        return np.bincount(seen.cell, weights=values, minlength=cells).astype(np.float64)

    duplicates, days, units = sums(seen.duplicates), sums(seen.days), sums((seen.days > 0).astype(np.float64))
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = duplicates / days
        squares = sums((seen.duplicates - rate[seen.cell] * seen.days) ** 2)
        error = np.sqrt(squares * units / (units - 1)) / duplicates
        away = np.exp(stats.t.ppf(0.975, units - 1) * error)
        low, high = (
            stats.chi2.ppf(0.025, 2 * duplicates) / 2 / days,
            stats.chi2.ppf(0.975, 2 * duplicates + 2) / 2 / days,
        )
        poisson = Simple(rate * PER_DAYS, low * PER_DAYS, high * PER_DAYS)
        return poisson, Simple(rate * PER_DAYS, rate / away * PER_DAYS, rate * away * PER_DAYS)


def row(regime: Regime, cells: int, seed: int) -> dict[str, float]:
    """The figures of one regime and seed."""
    rng = np.random.default_rng([seed, *regime.name.encode()])
    world = simulate(regime, cells, rng)
    seen = observe(regime, world, rng)
    found = reporting_rates(seen.cell, seen.duplicates, seen.days, cells)
    # Rates of incidents, not of the reports that were taken for incidents; all cells together have the same truth.
    is_real = seen.days > 0
    truth = float(seen.rate[is_real].mean()) * PER_DAYS
    if regime.are_missed_kept:
        reported = np.unique(world.report_incident)
        truth = float(world.rate[reported].mean()) * PER_DAYS
    answered = np.array([reason == Reason.OK for reason in found.reason])
    poisson, robust = ratios(seen, cells)
    weight = answered.astype(np.float64)
    shown = Simple(found.rate, found.lower, found.upper)
    incidents = np.bincount(seen.cell, minlength=cells)
    with np.errstate(divide="ignore", invalid="ignore"):
        naive = np.bincount(seen.cell, weights=seen.duplicates + 1.0, minlength=cells) / incidents
    if not answered.any():
        return {"answered": 0.0, "true": truth}
    return {
        "answered": float(answered.mean()),
        "incidents": float(found.incident_count.mean()),
        "duplicates": float(found.duplicate_count.mean()),
        "true": truth,
        "all": float(world.rate.mean()) * PER_DAYS,
        "bias": float(np.median(found.rate[answered])) / truth - 1,
        "holds": shown.coverage(truth, weight),
        "below": float((found.upper < truth)[answered].mean()),
        "above": float((found.lower > truth)[answered].mean()),
        "width": float(np.median((found.upper / found.lower)[answered])),
        "ratio_bias": float(np.median(robust.rate[answered])) / truth - 1,
        "robust_holds": robust.coverage(truth, weight),
        "poisson_holds": poisson.coverage(truth, weight),
        "naive_bias": float(np.median(naive[answered])) / truth - 1,
    }


HEADER = (
    f"{'':34}{'inci-':>6}{'dupli-':>7}{'true':>6}{'of':>6}{'an-':>6}|{'':>5}{'holds':>7}{'too':>6}{'too':>6}{'upper/':>7}"
    f"|{'ratio':>6}{'robust':>7}{'Poisson':>8}|{'naive':>6}\n"
    f"{'':34}{'dents':>6}{'cates':>7}{'rate':>6}{'all':>6}{'swers':>6}|{'bias':>5}{'truth':>7}{'low':>6}{'high':>6}"
    f"{'lower':>7}|{'bias':>6}{'holds':>7}{'holds':>8}|{'bias':>6}"
)


def show(regime: Regime, figures: list[dict[str, float]], has_aim: bool) -> None:
    """Prints the mean of the seeds, weighted by answers."""
    answers = [one["answered"] for one in figures]
    if not any(answers):
        print(f"{regime.name:34}  no answer in any cell")
        return
    of = {
        name: float(np.average([one.get(name, 0.0) for one in figures], weights=answers))
        for name in max(figures, key=len)
    }
    mark = "" if not has_aim or AIM[0] <= of["holds"] <= AIM[1] else "  misses the aim"
    print(
        f"{regime.name:34}{of['incidents']:6.0f}{of['duplicates']:7.0f}{of['true']:6.2f}{of['all']:6.2f}"
        f"{np.mean(answers):6.0%}|{of['bias']:+5.0%}{of['holds']:7.1%}{of['below']:6.1%}{of['above']:6.1%}"
        f"{of['width']:7.2f}|{of['ratio_bias']:+6.0%}{of['robust_holds']:7.1%}{of['poisson_holds']:8.1%}"
        f"|{of['naive_bias']:+6.0%}{mark}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Coverage of the intervals of reporting rates.")
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--cells", type=int, default=CELLS)
    arguments = parser.parse_args()
    start = time.process_time()
    parts = (
        ("Where the method applies", APPLIES, True),
        ("Where chance decides which cells have an answer", EDGE, True),
        ("What breaks it", BREAKS, False),
    )
    for title, regimes, has_aim in parts:
        print(f"{title}\n{HEADER}")
        figures: list[dict[str, float]] = []
        for regime in regimes:
            of_regime = [row(regime, arguments.cells, seed) for seed in arguments.seeds]
            show(regime, of_regime, has_aim)
            sys.stdout.flush()
            figures += of_regime
        answers = [one["answered"] for one in figures]
        holds = np.average([one.get("holds", 0.0) for one in figures], weights=answers)
        print(f"all answers of these cells together hold the truth in {holds:.1%}\n")
    print(f"seeds {arguments.seeds}, {arguments.cells} cells each: {time.process_time() - start:.0f} s of CPU")
    return 0


if __name__ == "__main__":
    sys.exit(main())
