"""Every file once, by its content; what was cut off while it was written is never taken for a file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from jobs.pipeline import land
from lake import archive, files, lock
from lake.settings import settings
from schemas.contract_files import contracts
from schemas.errors import UserError

POSTS = contracts()["social_posts"]


@pytest.fixture(autouse=True)
def roots(tmp_path, monkeypatch):
    monkeypatch.setenv("SIANG_HOME", str(tmp_path))
    settings.cache_clear()
    yield
    settings.cache_clear()


def landed(name: str, content: bytes) -> files.FileFacts:
    path = Path(settings().landing) / "social_posts" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    source = Path(settings().landing) / "social_posts"
    return next(one for one in files.list_files(str(source)) if one.path == name)


def test_a_content_is_kept_once_under_all_the_names_it_came_under():
    first = archive.store(landed("2025-01-31.jsonl", b"a"), POSTS)
    again = archive.store(landed("b/2025-01-30.jsonl", b"a"), POSTS)
    assert first[0] == again[0]
    assert (first[1], again[1]) == (True, False)
    seen = archive.observations("social_posts")
    assert {one.observed_at for one in seen} == {datetime(2025, 1, 30, tzinfo=UTC), datetime(2025, 1, 31, tzinfo=UTC)}
    assert archive.observed_paths(seen) == ["2025-01-31.jsonl", "b/2025-01-30.jsonl"]


def test_what_a_killed_writer_left_is_no_sighting():
    archive.store(landed("2025-01-31.jsonl", b"a"), POSTS)
    folder = Path(settings().archive) / "social_posts" / "seen"
    Path(files.draft_path(str(folder / "x_y_undated.json"))).write_bytes(b"{")
    assert len(archive.observations("social_posts")) == 1


def test_a_file_that_changes_while_it_is_read_is_left_for_later(monkeypatch):
    facts = landed("2025-01-31.jsonl", b"half")
    monkeypatch.setattr(archive, "_file_sha256", lambda address: "0" * 64)
    with pytest.raises(archive.ChangedWhileReadError):
        archive.store(facts, POSTS)
    assert archive.observations("social_posts") == []
    assert list(files.list_files(f"{settings().archive}/social_posts")) == []


def test_a_forgotten_content_is_not_kept_again():
    sha, _ = archive.store(landed("2025-01-31.jsonl", b"a"), POSTS)
    archive.erase("social_posts", sha)
    assert archive.store(landed("2025-02-01.jsonl", b"a"), POSTS) == (sha, False)
    assert not files.exists(archive.data_address("social_posts", sha))


def test_a_name_tells_the_day_of_observation_in_the_calendar_of_the_source():
    thai = POSTS.model_copy(update={"calendar": "buddhist", "time_zone": "Asia/Bangkok"})
    assert archive.observed_at("x/2568-01-31.jsonl", thai) == datetime(2025, 1, 30, 17, tzinfo=UTC)
    assert archive.observed_at("x/2025-02-30.jsonl", POSTS) is None
    assert archive.observed_at("x/undated.jsonl", POSTS) is None
    assert archive.observed_at("x/2025-01-31.jsonl", thai) is None, "a Gregorian year in a Buddhist source"
    assert archive.undated_reason("x/2025-01-31.jsonl", thai) == (
        "has 2025-01-31, which is not a date of the buddhist calendar in the contract"
    )
    assert archive.undated_reason("x/undated.jsonl", POSTS).startswith("has no date that matches the pattern (?P<date>")


def test_the_restricted_root_is_its_owners_alone():
    archive.store(landed("2025-01-31.jsonl", b"a"), POSTS)
    assert Path(settings().restricted).stat().st_mode & 0o777 == 0o700


def test_a_landing_folder_that_was_set_and_is_not_there_is_a_fault(monkeypatch, tmp_path):
    monkeypatch.setenv("SIANG_LANDING", str(tmp_path / "nowhere"))
    settings.cache_clear()
    with pytest.raises(UserError, match="there is no landing folder"):
        land.run()
    (tmp_path / "nowhere").mkdir()
    assert land.run()["files"] == 0


def test_a_folder_that_others_could_read_is_closed_and_keeps_what_its_owner_took_away(tmp_path):
    folder = tmp_path / "lake"
    for before, rights, after in (
        (0o777, files.GROUP, 0o750),
        (0o755, files.OWNER, 0o700),
        (0o2775, files.GROUP, 0o2750),
        (0o500, files.GROUP, 0o500),
    ):
        folder.mkdir(exist_ok=True)
        folder.chmod(before)
        files.make_folder(folder, rights)
        assert folder.stat().st_mode & 0o7777 == after


def test_the_folder_of_locks_is_the_owners_and_the_lake_above_it_the_groups(tmp_path):
    assert not lock.is_held(tmp_path / "lake" / ".run" / "server.lock")
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("lake", "lake/.run")] == [0o750, 0o700]


NIGHT, AFTERNOON = datetime(2025, 7, 5, 17, tzinfo=UTC), datetime(2025, 7, 6, 8, 27, tzinfo=UTC)
DAY = r"(?P<date>\d{4}-?\d{2}-?\d{2})"
TIMED = r"(?P<date>\d{4}-?\d{2}-?\d{2}[ T_-]?\d{2}[-.:]?\d{2}(?:[-.:]?\d{2})?)"


@pytest.mark.parametrize("pattern", [DAY, TIMED])
@pytest.mark.parametrize(
    ("name", "second"),
    [
        ("desk 2568-07-06 15-27-17.csv", 17), ("desk_25680706T152717.csv", 17), ("2568-07-06_15.27.csv", 0),
        ("2568-07-06 15:27.csv", 0), ("25680706_152717.csv", 17), ("2568-07-06T15-27-17.jsonl", 17),
    ],
)  # fmt: skip
def test_the_time_of_a_name_is_read_in_the_zone_and_calendar_of_the_contract(name, second, pattern):
    order = POSTS.version_order.model_copy(update={"pattern": pattern})
    desk = POSTS.model_copy(update={"calendar": "buddhist", "time_zone": "Asia/Bangkok", "version_order": order})
    assert archive.observed_at(name, desk) == AFTERNOON.replace(second=second)


def test_a_word_for_time_may_stand_before_it():
    desk = POSTS.model_copy(update={"time_zone": "Asia/Bangkok"})
    assert archive.observed_at("2025-07-06 เวลา 15.27 น.csv", desk) == AFTERNOON


@pytest.mark.parametrize(
    "name",
    ["2025-07-06.csv", "2025-07-06_1.csv", "2025-07-06_0012.csv", "2025-07-06 25-61.csv", "2025-07-06 12.csv",
     "2025-07-06-2025-07-12.csv", "2025-07-06 (2).csv", "2025-07-06_1234567.csv"],
)  # fmt: skip
def test_other_digits_after_the_day_are_no_time(name):
    desk = POSTS.model_copy(update={"time_zone": "Asia/Bangkok"})
    assert archive.observed_at(name, desk) == NIGHT


def test_four_digits_are_a_time_where_the_pattern_of_the_contract_holds_them():
    order = POSTS.version_order.model_copy(update={"pattern": r"(?P<date>\d{12})"})
    assert archive.observed_at("202507061527.csv", POSTS.model_copy(update={"version_order": order})) == datetime(
        2025, 7, 6, 15, 27, tzinfo=UTC
    )


def test_a_month_has_no_time_of_day():
    order = POSTS.version_order.model_copy(update={"pattern": r"(?P<date>\d{4}-\d{2})"})
    desk = POSTS.model_copy(update={"version_order": order})
    assert archive.observed_at("2025-07-06 15-27.csv", desk) == datetime(2025, 7, 1, tzinfo=UTC)
    compact = order.model_copy(update={"pattern": r"(?P<date>\d{6})"})
    assert archive.observed_at("202507.csv", desk.model_copy(update={"version_order": compact})) == datetime(
        2025, 7, 1, tzinfo=UTC
    )
