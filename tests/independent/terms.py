"""gold.rising_terms computed once more by polars, from silver and reference."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import polars as pl

from tests.independent.compared import Read, compared
from tests.independent.trends import COUNTED

CELL = ["period_start", "province_code"]
TERM = [*CELL, "term"]
FEWEST_CONCERNS, FEWEST_TEXTS = 5, 3


def rising_terms(read: Read, as_of: date) -> list[str]:
    """In what gold.rising_terms differs."""
    labels = read("silver.concern_labels").filter(pl.col("kind").is_in(COUNTED), "is_relevant")
    concerns = (
        read("silver.concerns")
        .filter(~pl.col("is_deleted") & pl.col("province_code").is_not_null())
        .join(labels.select("concern_id", "terms"), on="concern_id")
        .select(
            "province_code",
            period_start=pl.col("submitted_date").dt.truncate("1mo"),
            words=pl.coalesce("text", "concern_id"),
            term=pl.col("terms").list.unique(),
        )
    )
    # Of 64 bits, as products of counts are taken.
    size = pl.len().cast(pl.Int64)
    totals = concerns.group_by(CELL).agg(total=size)
    counts = (
        concerns.explode("term")
        .filter(pl.col("term") != "")
        .group_by(TERM)
        .agg(concern_count=size, text_count=pl.col("words").n_unique())
    )
    enough = (pl.col("concern_count") >= FEWEST_CONCERNS) & (pl.col("text_count") >= FEWEST_TEXTS)
    mine = (
        _whole(counts.filter(enough))
        .join(totals, on=CELL)
        .join(_a_month_on(counts.drop("text_count")), on=TERM, how="left")
        .join(_a_month_on(totals), on=CELL, how="left")
        .join(read("reference.provinces").select("province_code", "province_th", "province_en"), on="province_code")
        # 0 where the month before has concerns and none of them says the term.
        .with_columns(previous_count=pl.when(pl.col("previous_total") > 0).then(pl.col("previous_count").fill_null(0)))
        .with_columns(
            share=pl.col("concern_count") / pl.col("total"),
            previous_share=pl.col("previous_count") / pl.col("previous_total"),
            rise_score=_rise(),
            is_complete=pl.col("period_start").dt.month_end() < as_of,
        )
        .drop("total", "previous_total")
    )
    return compared(read("gold.rising_terms"), mine, "gold.rising_terms", TERM)


def _a_month_on(rows: pl.DataFrame) -> pl.DataFrame:
    """The counts of each month beside the month after it, as the previous ones."""
    later = rows.with_columns(pl.col("period_start").dt.offset_by("1mo"))
    return later.rename({"concern_count": "previous_count", "total": "previous_total"}, strict=False)


def _whole(rows: pl.DataFrame) -> pl.DataFrame:
    """Without what another row of its cell begins or ends with, where that row has 90 to 100 % of its concerns.

    With more it is said by others. Every row may be the longer one, even where it is itself left out. A single letter
    is a part of nothing.
    """
    longer: defaultdict[tuple[date, str, str], set[int]] = defaultdict(set)
    for month, code, term, count in rows.select(*TERM, "concern_count").iter_rows():
        for size in range(2, len(term)):
            for part in (term[:size], term[-size:]):
                longer[month, code, part].add(count)
    is_whole = [
        not any(9 * count <= 10 * other <= 10 * count for other in longer.get((month, code, term), ()))
        for month, code, term, count in rows.select(*TERM, "concern_count").iter_rows()
    ]
    return rows.filter(pl.Series(is_whole, dtype=pl.Boolean))


def _rise() -> pl.Expr:
    """2 Σ observed · ln(observed / expected) over the two months, where expected are the same shares in both."""
    here, before = pl.col("concern_count"), pl.col("previous_count")
    total, earlier = pl.col("total"), pl.col("previous_total")
    expected = [size * (here + before) / (total + earlier) for size in (total, earlier)]
    parts = [
        # A term that does not occur adds nothing; 0 · ln 0 would be no number.
        pl.when(seen > 0).then(seen * (seen / same).log()).when(seen == 0).then(0.0)
        for seen, same in zip((here, before), expected, strict=True)
    ]
    has_fallen = here * earlier < before * total
    return 2 * (parts[0] + parts[1]) * pl.when(has_fallen).then(-1).otherwise(1)
