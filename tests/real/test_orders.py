"""All of the feed, in three orders of arrival: the same concerns, events and gold, every record accounted for."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from .conftest import Lake

DELIVERIES = 3


def deliver_in(lake: Lake, files: list[tuple[Path, str]]) -> None:
    """Files arrive in a few deliveries, each run through the whole pipeline, as days go by."""
    size = -(-len(files) // DELIVERIES)
    for start in range(0, len(files), size):
        for path, name in files[start : start + size]:
            shutil.copyfile(path, lake.landing / name)
        lake.siang("run")


def under_own_names(feed: list[Path]) -> list[tuple[Path, str]]:
    return [(path, path.name) for path in feed]


def shuffled_with_repeats(feed: list[Path]) -> list[tuple[Path, str]]:
    """Every third file comes twice, once under a name that gives it a later day."""
    twice = [(path, f"2023-05-01-again-{path.name[:10]}.geojson.gz") for path in feed[::3]]
    arrivals = [*under_own_names(feed), *twice]
    random.Random(2565).shuffle(arrivals)
    return arrivals


@pytest.fixture(scope="module")
def fingerprints(feed, tmp_path_factory):
    orders = {
        "by date": under_own_names(feed),
        "in reverse": under_own_names(feed)[::-1],
        "shuffled, every third twice": shuffled_with_repeats(feed),
    }
    found = {}
    for name, files in orders.items():
        lake = Lake(tmp_path_factory.mktemp("lake"))
        try:
            deliver_in(lake, files)
            proof = lake.siang("reconcile")
            assert "exact: every byte" in proof
            found[name] = lake.fingerprint()
            if len(found) == 1:
                lake.check_figures()
            print(f"\n{name}:\n{proof}\n{found[name]}")
        finally:
            lake.stop()
            shutil.rmtree(lake.home)
    return found


def test_three_orders_of_arrival_give_the_same_tables(fingerprints):
    first = fingerprints["by date"]
    assert all(one == first for one in fingerprints.values())


def test_every_ticket_of_the_feed_is_a_concern(fingerprints):
    assert fingerprints["by date"]["silver.concerns"].startswith("35849,")
