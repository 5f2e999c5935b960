"""A few mutations of every source's sample; `python -m tests.mutations.run --each 200` reads many more."""

from __future__ import annotations

import pytest

from schemas.contract_files import contracts
from tests.mutations.run import mutated, said, table

EACH = 8


@pytest.mark.mutations
def test_damaged_samples_are_accounted_for_without_a_crash_or_a_hang():
    outcomes = mutated(EACH)
    print(f"\n{table(outcomes)}")
    assert len(outcomes) == EACH * len(contracts())
    assert [said(one) for one in outcomes if one.problems] == []
    assert sum(one.usable for one in outcomes) > 0 < sum(one.refused + one.faults for one in outcomes)
