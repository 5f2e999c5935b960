"""What a reader of all versions of the public tables can conclude about what they do not show.

He knows every rule and takes for granted what serves him most: that every concern is placed in a subdistrict, that
LAOs without overlap cover their province, that nothing came late between two tables, and, where ``truth`` is given,
which of the figures that are not shown are under 5. Topics overlap, so a group holds at most what its topics hold
together.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa

from jobs.disclosure import small_areas
from jobs.gold import periods
from schemas.topics import Topic
from tests.attack.bounds import ENDLESS, Bounds

Cell = tuple[str, str, date, str, str]
"""Kind of area (province, district, lao), its code, first day of the period (``year`` in the kind for fiscal years of
provinces), level and id of the topic."""
SMALL = 4


@dataclass(frozen=True)
class Geography:
    """What lies in what: districts of a province, and LAOs that part a province or a district without overlap."""

    districts: Mapping[str, Sequence[str]]
    laos_of_province: Mapping[str, Sequence[str]] = field(default_factory=dict)
    laos_of_district: Mapping[str, Sequence[str]] = field(default_factory=dict)
    other_laos: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """LAOs of a province that overlap others."""


@dataclass(frozen=True)
class Report:
    """What the attack found."""

    versions: int
    shown: Counter[str]
    """Figures that are shown, by kind of area."""
    hidden: int
    small: int
    inequalities: int
    exact: int
    """Figures whose bounds were computed under all inequalities at once."""
    recovered: list[Cell]
    narrowed: Counter[str]
    """Of small hidden counts: how many answers are left, and for how many of them."""
    late_differences: list[Cell]
    """Figures whose difference between two versions is 1 to 4 for sure."""
    sensitive_totals: list[Cell]
    """Totals that leave something over for sensitive topics."""

    @property
    def is_clean(self) -> bool:
        return not (self.recovered or self.late_differences or self.sensitive_totals)

    def lines(self) -> Iterator[str]:
        yield (
            f"{self.versions} versions, {self.hidden} figures hidden ({self.small} known to be 1 to 4), "
            f"{self.inequalities} inequalities, {self.exact} figures computed under all of them at once"
        )
        yield "shown: " + ", ".join(f"{kind} {count}" for kind, count in sorted(self.shown.items()))
        late = len(self.late_differences)
        yield f"recovered: {len(self.recovered)} counts, {late} differences between versions of 1 to 4"
        yield f"totals that leave something over for sensitive topics: {len(self.sensitive_totals)}"
        if self.narrowed:
            left = ", ".join(f"{name}: {count}" for name, count in sorted(self.narrowed.items()))
            yield f"answers left of hidden counts of 1 to 4: {left}"


class Reader:
    """Reads versions one after the other, then subtracts."""

    def __init__(self, topics: Sequence[Topic], geography: Geography, truth: Mapping[Cell, int] | None = None) -> None:
        self.topics, self.geography, self.truth = topics, geography, truth
        self.bounds = Bounds()
        self.published: dict[Cell, tuple[int, int | None]] = {}  # how often the figure changed, and its present value
        self.hidden: dict[int, Cell] = {}
        self.late: dict[int, Cell] = {}
        self.beyond: dict[int, Cell] = {}
        self.versions = 0
        sensitive_groups = {topic.group_id for topic in topics if topic.is_sensitive}
        self.sensitive = [topic.topic_id for topic in topics if topic.is_sensitive]
        self.ungrouped = [
            topic.topic_id for topic in topics if topic.group_id in sensitive_groups and not topic.is_sensitive
        ]
        self.members: dict[str, list[str]] = {}
        for topic in topics:
            if topic.group_id not in sensitive_groups:
                self.members.setdefault(topic.group_id, []).append(topic.topic_id)

    def read(self, public: Mapping[str, pa.Table]) -> None:
        """Takes in a version: what each row says, what each missing row says, and what adds up to what."""
        self.versions += 1
        self._read_provinces(public["province_trends"].to_pylist())
        quarters = self._read_small(public["district_trends"], "district", self.geography.districts)
        every_lao = {
            province: [*self.geography.laos_of_province.get(province, []), *self.geography.other_laos.get(province, [])]
            for province in {*self.geography.laos_of_province, *self.geography.other_laos}
        }
        years = self._read_small(public["lao_trends"], "lao", every_lao)
        self._add_up(quarters, years)

    def read_part(self, rows: pa.Table, part: pa.ChunkedArray) -> None:
        """Takes in, in place of the counts of provinces, a part of each, which is at most the count.

        A part of which ``truth`` says that it is over 4 may be hidden on account of the other part: it may be
        anything.
        """
        self.versions += 1
        others = {"previous_count": None, "last_year_count": None, "share": None}
        counts = rows["concern_count"].to_pylist()
        read = [
            {**row, **others, "concern_count": value}
            for row, value in zip(rows.to_pylist(), part.to_pylist(), strict=True)
        ]
        self._read_provinces(read, suppressed_from=0)
        for row, count in zip(read, counts, strict=True):
            at = self._at(("province", row["province_code"], row["period_start"], row["topic_level"], row["topic_id"]))
            if count is not None and at is not None:
                self.bounds.limit(at, 0, count)

    def _say(self, cell: Cell, shown: int | None, low: float, high: float) -> int:
        """The number behind a figure. One that says something else than before is another number, not smaller."""
        times, before = self.published.get(cell, (0, shown))
        if cell in self.published and before != shown:
            then = self.bounds.place[cell, times]
            times += 1
            now = self.bounds.number((cell, times), low, high)
            late = self.bounds.number((cell, times, "late"))
            self.bounds.equal([now], [then, late])
            self.late[late] = cell
        self.published[cell] = (times, shown)
        at = self.bounds.number((cell, times), low, high)
        if shown is None:
            self.hidden[at] = cell
        return at

    def _behind(self, cell: Cell, lowest: int, suppressed_from: int = SMALL + 1) -> tuple[float, float]:
        """What a figure that is not shown may be."""
        if self.truth is None:
            return lowest, ENDLESS
        return (lowest, SMALL) if lowest <= self.truth.get(cell, 0) <= SMALL else (suppressed_from, ENDLESS)

    def _at(self, cell: Cell) -> int | None:
        return self.bounds.place[cell, self.published[cell][0]] if cell in self.published else None

    def _read_provinces(self, listed: Sequence[Mapping[str, Any]], suppressed_from: int = SMALL + 1) -> None:
        places: dict[tuple[str, date], dict[tuple[str, str], int]] = {}
        for row in listed:
            kind = "province" if row["period_type"] == "month" else "province year"
            cell = (kind, row["province_code"], row["period_start"], row["topic_level"], row["topic_id"])
            count = row["concern_count"]
            low, high = (count, count) if count is not None else self._behind(cell, 1, suppressed_from)
            at = self._say(cell, count, low, high)
            if kind == "province":
                places.setdefault((row["province_code"], row["period_start"]), {})[cell[3], cell[4]] = at
        for row in listed:
            self._read_comparisons(row)
        for (province, month), counts in places.items():
            self._overlaps(province, month, counts)

    def _read_comparisons(self, row: Mapping[str, Any]) -> None:
        """Earlier counts, and the total that a share gives."""
        start, kind = row["period_start"], "province" if row["period_type"] == "month" else "province year"
        assert isinstance(start, date)
        step = 1 if kind == "province" else 12
        for name, back in (("previous_count", step), ("last_year_count", 12)):
            earlier = (
                kind,
                row["province_code"],
                periods.add_months(start, -back),
                row["topic_level"],
                row["topic_id"],
            )
            at = self._at(earlier)
            value = row[name]
            if at is not None and value is not None:
                number = float(str(value))
                if self.published[earlier][1] != number:
                    # Another figure than the one that is shown: the count as it is now.
                    late = self.bounds.number((earlier, value, "late"))
                    now = self.bounds.number((earlier, value), number, number)
                    self.bounds.equal([now], [at, late])
                    self.late[late] = earlier
        share, count = row["share"], row["concern_count"]
        if share and count is not None:
            total = self._at((kind, row["province_code"], start, "all", "all"))
            part = float(str(share))
            if total is not None and kind == "province":
                low, high = float(str(count)) / (part + 5e-5), float(str(count)) / max(part - 5e-5, 1e-9)
                self.bounds.limit(total, math.ceil(low), math.floor(high))

    def _overlaps(self, province: str, month: date, counts: Mapping[tuple[str, str], int]) -> None:
        """A whole is at least each of its parts and at most their sum; of the total, sensitive topics are a part."""
        total = counts.get(("all", "all"))
        parts: list[int] = [counts["topic", topic] for topic in self.ungrouped if ("topic", topic) in counts]
        for group, members in self.members.items():
            whole = counts.get(("group", group))
            inside = [counts["topic", topic] for topic in members if ("topic", topic) in counts]
            if whole is None:  # then a total is not the sum of what is there
                total = None
                continue
            parts.append(whole)
            self.bounds.at_most([whole], inside)
            for part in inside:
                self.bounds.at_most([part], [whole])
        if total is not None:
            unseen = self.bounds.number(("sensitive", province, month))
            self.beyond[unseen] = ("province", province, month, "all", "all")
            self.bounds.at_most([total], [*parts, unseen])
            for part in parts:
                self.bounds.at_most([part], [total])

    def _read_small(
        self, rows: pa.Table, kind: str, areas: Mapping[str, Sequence[str]]
    ) -> set[tuple[str, date, str, str]]:
        """Returns province, start of the period, level and id where any row of the table is shown."""
        code = f"{kind}_code"
        rounded_counts: dict[tuple[str, date, str, str], dict[str, int]] = {}
        for row in rows.to_pylist():
            topic = (row["province_code"], row["period_start"], row["topic_level"], row["topic_id"])
            rounded_counts.setdefault(topic, {})[row[code]] = row["rounded_count"]
        for (province, start, level, topic_id), shown in rounded_counts.items():
            for area in areas.get(province, shown):
                cell = (kind, area, start, level, topic_id)
                count = shown.get(area)
                if count is None:
                    self._say(cell, None, *self._behind(cell, 0))
                else:
                    slack = small_areas.ROUNDING_BASE // 2
                    self._say(cell, count, max(count - slack, SMALL + 1), count + slack)
        for province, start in {(province, start) for province, start, *_ in rounded_counts}:
            for area in areas.get(province, []):
                self._total(kind, area, start, province)
        return set(rounded_counts)

    def _total(self, kind: str, area: str, start: date, province: str) -> None:
        """A total is at most its groups, the topics beside sensitive ones in the whole province, and sensitive ones."""
        total = self._at((kind, area, start, "all", "all"))
        if total is None or self.published[kind, area, start, "all", "all"][1] is None:
            return
        groups: list[int] = []
        for group in self.members:
            cell = (kind, area, start, "group", group)
            at = self._at(cell)
            # Of a topic that shows no row in the province he knows as much as of one that does.
            groups.append(at if at is not None else self.bounds.number((cell, "none"), *self._behind(cell, 0)))
        sensitive = self.bounds.number(("sensitive", kind, area, start))
        self.beyond[sensitive] = (kind, area, start, "all", "all")
        self.bounds.at_most([total], [*groups, sensitive])

    def _add_up(self, quarters: set[tuple[str, date, str, str]], years: set[tuple[str, date, str, str]]) -> None:
        for province, start, level, topic_id in quarters:
            self._same("district", self.geography.districts[province], province, start, 3, level, topic_id)
        for province, start, level, topic_id in years:
            laos = self.geography.laos_of_province.get(province, [])
            self._same("lao", laos, province, start, 12, level, topic_id)
            for district in self.geography.districts[province]:
                inside = [self._at(("lao", lao, start, level, topic_id))
                          for lao in self.geography.laos_of_district.get(district, [])]  # fmt: skip
                of_year = [
                    self._at(("district", district, periods.add_months(start, later), level, topic_id))
                    for later in (0, 3, 6, 9)
                ]
                if inside and None not in inside and None not in of_year:
                    self.bounds.equal(inside, of_year)

    def _same(
        self, kind: str, areas: Sequence[str], province: str, start: date, months: int, level: str, topic_id: str
    ) -> None:
        """The areas hold together what the months of the province hold together."""
        parts = [self._at((kind, area, start, level, topic_id)) for area in areas]
        of_months = [
            self._month(province, periods.add_months(start, later), level, topic_id) for later in range(months)
        ]
        if parts and None not in parts and None not in of_months:
            self.bounds.equal(parts, of_months)

    def _month(self, province: str, month: date, level: str, topic_id: str) -> int | None:
        """The count of a month, also of one that has no row because its total is hidden."""
        cell, total = ("province", province, month, level, topic_id), ("province", province, month, "all", "all")
        if cell not in self.published and total in self.published and self.published[total][1] is None:
            at = self.bounds.number((cell, "none"), *self._behind(cell, 0))
            self.hidden[at] = cell
            return at
        return self._at(cell)

    def report(self, exact: int = 0) -> Report:
        """Subtracts, and says what came out.

        ``exact``: of how many hidden figures the bounds are then computed under all inequalities at once, the most
        narrowed first.
        """
        before = {at: self.bounds.high[at] - self.bounds.low[at] + 1 for at in self.hidden}
        self.bounds.narrow()
        low, high = self.bounds.low, self.bounds.high
        truth = self.truth
        is_small = {at for at, cell in self.hidden.items() if truth is not None and 0 < truth.get(cell, 0) <= SMALL}
        asked = [at for at in (is_small or self.hidden) if self.hidden[at][0] in ("district", "lao")]
        # One seed for all, so that the same tables give the same report.
        asked += random.Random(1).sample(sorted(is_small or self.hidden), min(exact, len(is_small or self.hidden)))
        left = {at: high[at] - low[at] + 1 for at in asked}
        asked.sort(key=lambda at: 0 if math.isinf(left[at]) else left[at] - before[at])
        for at, (least, most) in self.bounds.exact(dict.fromkeys(asked[:exact])).items():
            low[at], high[at] = max(low[at], least), min(high[at], most)
        recovered = [
            cell
            for at, cell in self.hidden.items()
            if low[at] == high[at] and 0 < low[at] <= SMALL and (truth is None or truth.get(cell, 0) == low[at])
        ]
        narrowed: Counter[str] = Counter()
        for at in is_small:
            narrowed[f"{high[at] - low[at] + 1:.0f} of {before[at]:.0f}"] += 1
        return Report(
            versions=self.versions,
            shown=Counter(cell[0] for cell, (_, count) in self.published.items() if count is not None),
            exact=len(dict.fromkeys(asked[:exact])),
            hidden=len(self.hidden),
            small=len(is_small),
            inequalities=self.bounds.inequalities,
            recovered=recovered,
            narrowed=narrowed,
            late_differences=[cell for at, cell in self.late.items() if low[at] == high[at] and 0 < low[at] <= SMALL],
            sensitive_totals=[cell for at, cell in self.beyond.items() if low[at] > 0],
        )
