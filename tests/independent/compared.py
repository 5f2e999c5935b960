"""Rows of gold beside those that polars makes, column by column."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

Read = Callable[[str], pl.DataFrame]
NEAR = 1e-9


def compared(gold: pl.DataFrame, mine: pl.DataFrame, table: str, key: Sequence[str]) -> list[str]:
    """In what the columns of ``mine`` differ in ``gold``, a sentence each; empty where in nothing.

    Figures with decimals are the same where they are to within a thousand-millionth of their size.
    """
    types = {name: gold.schema[name] for name in mine.columns}
    # Which of the two a row comes from is asked of a column of its own: a key may be null.
    both = gold.select(mine.columns).with_columns(_gold=pl.lit(True)).join(
        mine.cast(types).with_columns(_mine=pl.lit(True)),  # type: ignore[arg-type]
        on=list(key), how="full", suffix="_mine", coalesce=True, nulls_equal=True,
    )  # fmt: skip
    lone = both.filter(pl.col("_gold").is_null() | pl.col("_mine").is_null())
    problems = []
    if lone.height or gold.height != mine.height:
        sample = lone.select(*key, "_gold", "_mine").row(0) if lone.height else "none"
        problems.append(f"{table}: {gold.height} rows, by polars {mine.height}; {lone.height} alone, such as {sample}")
    shared = both.filter(pl.col("_gold") & pl.col("_mine"))
    for name in mine.columns:
        if name in key:
            continue
        one, other = pl.col(name), pl.col(f"{name}_mine")
        is_same = one.eq_missing(other)
        if types[name].is_float():
            is_same |= ((one - other).abs() <= NEAR * pl.max_horizontal(other.abs(), 1)).fill_null(False)
        wrong = shared.filter(~is_same)
        if wrong.height:
            sample = wrong.select(*key, name, f"{name}_mine").row(0)
            problems.append(f"{table}: {name} differs in {wrong.height} of {shared.height} rows, such as {sample}")
    return problems
