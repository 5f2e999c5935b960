import collections
import csv
import datetime as dt
import functools
import gzip
import json
import re
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from nlp.dates import parse_timestamp
from nlp.places import resolve
from samples import copies
from samples.concerns import FEED, POSTS, REGISTER, RISES
from samples.concerns import concerns as imagine
from samples.exports import HEADINGS
from samples.generate import DUPLICATED, FAULTS, IMPOSSIBLE_DATE, UNKNOWN_STATE, generate
from samples.sentences import citizen_number, sentences

SEED = 2569
concerns = functools.cache(imagine)
FEED_PROPERTIES = [
    "ticket_id", "type", "org", "description", "address", "timestamp", "state", "problem_type_abdul", "star",
    "count_reopen", "note", "last_activity",
]  # fmt: skip


@pytest.fixture(scope="module")
def landing(tmp_path_factory):
    folder = tmp_path_factory.mktemp("landing")
    return folder, generate(folder, SEED)


@pytest.fixture(scope="module")
def features(landing):
    found = []
    for path in sorted((landing[0] / FEED).iterdir()):
        if "copy" not in path.name:
            found += json.loads(gzip.decompress(path.read_bytes()))["features"]
    return found


@pytest.fixture(scope="module")
def rows(landing):
    found = []
    for path in sorted((landing[0] / REGISTER).iterdir()):
        book = CalamineWorkbook.from_path(str(path))
        for name in book.sheet_names:
            cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            top = next(n for n, row in enumerate(cells) if row[0] == HEADINGS[0])
            assert cells[top] == list(HEADINGS)
            found += [dict(zip(HEADINGS, row, strict=True)) for row in cells[top + 1 :]]
    return found


@pytest.fixture(scope="module")
def lines(landing):
    return [
        line
        for path in sorted((landing[0] / POSTS).iterdir())
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def posts_of(lines):
    for line in lines:
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            continue


def planted(fault, source):
    return sum(p.count for p in FAULTS if (p.fault, p.source_id) == (fault, source))


def bytes_of(folder: Path):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(landing, tmp_path):
    first = bytes_of(landing[0])
    generate(tmp_path / "again", SEED)
    generate(tmp_path / "other", SEED + 1)
    assert bytes_of(tmp_path / "again") == first
    other = bytes_of(tmp_path / "other")
    assert other.keys() == first.keys() and all(other[name] != first[name] for name in first)


def test_the_counts_are_those_of_the_files(landing, features, rows, lines):
    folder, counts = landing
    assert counts["files"] == len(bytes_of(folder))
    assert (counts[FEED], counts[REGISTER], counts[POSTS]) == (len(features), len(rows), len(lines))
    assert 13_000 < len(features) + len(rows) + len(lines) < 17_000


def test_a_feature_has_the_shape_of_the_feed(features):
    for feature in features:
        properties = feature["properties"]
        assert [k for k in properties] == FEED_PROPERTIES[len(FEED_PROPERTIES) - len(properties) :]
        longitude, latitude = feature["geometry"]["coordinates"]
        assert 97 < float(longitude) < 106 and 5 < float(latitude) < 21
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00", properties["timestamp"])


def test_tickets_return_changed_in_later_files_and_in_the_same_one_and_repeat_exactly(landing, features):
    seen = collections.defaultdict(list)
    for feature in features:
        seen[feature["properties"].get("ticket_id")].append(json.dumps(feature))
    several = [versions for ticket, versions in seen.items() if ticket and len(versions) > 1]
    assert sum(len(set(versions)) > 1 for versions in several) > 1000
    assert sum(len(set(versions)) < len(versions) for versions in several) > 200
    within = 0
    for path in (landing[0] / FEED).iterdir():
        tickets = [f["properties"].get("ticket_id") for f in json.loads(gzip.decompress(path.read_bytes()))["features"]]
        within += len(tickets) - len(set(tickets))
    assert within > 100


def test_every_address_of_the_feed_means_the_province_that_it_was_written_for(features):
    found = collections.Counter(resolve(address=f["properties"]["address"]).province_code for f in features)
    assert found[None] == 0 and len(found) == 77
    # The copies of the imagined concerns are not in the file, so their text leads back to them.
    expected = {c.content.text: c.province.province_code for c in concerns(SEED) if c.source == FEED}
    unique = collections.Counter(c.content.text for c in concerns(SEED) if c.source == FEED)
    for feature in features:
        text = feature["properties"]["description"]
        if unique[text] == 1:
            assert resolve(address=feature["properties"]["address"]).province_code == expected[text]


def test_every_row_of_the_register_is_dated_in_buddhist_years_and_has_a_place(rows):
    for row in rows:
        if row["วันที่รับเรื่อง"] == IMPOSSIBLE_DATE:
            with pytest.raises(ValueError, match="do not exist"):
                parse_timestamp(row["วันที่รับเรื่อง"], calendar="buddhist", zone="Asia/Bangkok")
            continue
        received, updated = (
            parse_timestamp(text, calendar="buddhist", zone="Asia/Bangkok")
            for text in (f"{row['วันที่รับเรื่อง']} {row['เวลา']}", row["ปรับปรุงเมื่อ"])
        )
        assert dt.datetime(2024, 9, 30, 17, tzinfo=dt.UTC) <= received <= updated
        place = resolve(province=row["จังหวัด"], district=row["อำเภอ"], subdistrict=row["ตำบล"])
        assert place.subdistrict_code, row


def test_cases_of_the_register_move_on_in_later_books(rows):
    states = collections.defaultdict(list)
    for row in rows:
        states[row["เลขรับ"]].append(row["สถานะ"])
    assert sum(len(set(seen)) > 1 for seen in states.values()) > 500
    assert {state for seen in states.values() for state in seen} == {
        "รับเรื่อง", "อยู่ระหว่างดำเนินการ", "ส่งต่อหน่วยงาน", "ยุติเรื่อง", "แก้ไขแล้วเสร็จ",
    }  # fmt: skip
    assert any("๒๕" in row["วันที่รับเรื่อง"] for row in rows)


def test_a_post_has_the_shape_of_the_filtered_stream(lines):
    placed = 0
    for post in posts_of(lines):
        assert post["data"].keys() >= {
            "id",
            "text",
            "created_at",
            "author_id",
            "lang",
            "edit_history_tweet_ids",
        }
        moment = parse_timestamp(post["data"]["created_at"], calendar="gregorian", zone="UTC")
        assert abs((int(post["data"]["id"]) >> 22) + 1_288_834_974_657 - moment.timestamp() * 1000) < 2
        for place in post["includes"].get("places", []):
            assert resolve(address=place["full_name"]).province_code, place
            placed += 1
    assert placed > len(lines) / 2


def test_the_planted_faults_are_in_the_files(landing, features, rows, lines):
    folder = landing[0]
    tickets = [f["properties"].get("ticket_id") for f in features]
    assert tickets.count(None) == planted("feature_without_ticket_id", FEED)
    states = [f["properties"]["state"] for f in features]
    assert states.count(UNKNOWN_STATE) == planted("unknown_state", FEED)
    copies = collections.Counter(path.read_bytes() for path in (folder / FEED).iterdir())
    assert sum(copies.values()) - len(copies) == planted("duplicate_file", FEED)
    assert (folder / FEED / f"{DUPLICATED}-copy.geojson.gz").exists()
    assert sum(r["วันที่รับเรื่อง"] == IMPOSSIBLE_DATE for r in rows) == planted("impossible_date", REGISTER)
    assert sum(r["เลขรับ"] == "" for r in rows) == planted("row_without_number", REGISTER)
    assert sum(r["รายละเอียด"] == "" for r in rows) == planted("empty_text", REGISTER)
    sound = list(posts_of(lines))
    assert len(lines) - len(sound) == planted("truncated_line", POSTS)
    assert sum(p["data"]["text"] == "" for p in sound) == planted("empty_text", POSTS)


def test_every_topic_has_sentences_and_there_are_at_least_250():
    parts = sentences()
    assert len(parts["anywhere"]) == 54 and min(map(len, parts["anywhere"].values())) >= 5
    thai = [s for part in ("anywhere", "deep_south") for group in parts[part].values() for s in group]
    assert len(set(thai)) >= 250
    spoken = {c.content.topics[0] for c in concerns(SEED)}
    assert spoken == set(parts["anywhere"])


def test_the_risen_topics_rise_and_enough_cells_hold_five():
    cells = collections.Counter(
        (c.province.province_code, c.raised_at.strftime("%Y-%m"), topic)
        for c in concerns(SEED)
        for topic in c.content.topics
    )
    for province, topic, _ in RISES:
        before, after = cells[province, "2025-10", topic], cells[province, "2025-11", topic]
        assert before >= 20 and before * 1.2 < after, (province, topic, before, after)
    assert sum(count >= 5 for count in cells.values()) > 300
    assert {cell[0] for cell in cells} == {row["province_code"] for row in provinces_csv()}


def test_some_concerns_are_sent_twice_and_a_campaign_is_copied_by_many():
    by_text = collections.defaultdict(list)
    for concern in concerns(SEED):
        by_text[concern.content.text].append(concern)
    campaign = [one for text, some in by_text.items() for one in some if copies.CAMPAIGN.text in text]
    assert len(campaign) >= copies.CAMPAIGNERS and {one.province.province_code for one in campaign} == {"21"}
    # Who sends one in another source says the same in the same place, some words more or less.
    seen = collections.defaultdict(list)
    twice = 0
    for concern in concerns(SEED):
        earlier = seen[concern.subdistrict.subdistrict_code, concern.latitude, concern.longitude]
        twice += any(one.source != concern.source and one.content.text in concern.content.text for one in earlier)
        earlier.append(concern)
    assert twice == copies.SENT_TWICE


def provinces_csv():
    path = Path(__file__).parents[2] / "schemas" / "areas" / "provinces.csv"
    return list(csv.DictReader(path.open(encoding="utf-8")))


def test_malay_is_heard_in_the_deep_south_alone():
    found = collections.defaultdict(set)
    for concern in concerns(SEED):
        found[concern.content.language].add(concern.province.province_code)
    assert found.keys() == {"th", "ms-Latn", "ms-Arab", "ms-Thai"}
    for language in ("ms-Latn", "ms-Arab", "ms-Thai"):
        assert found[language] <= {"90", "94", "95", "96"}


def test_a_citizens_number_has_a_right_check_digit_and_no_office():
    import random

    for seed in range(50):
        digits = [int(d) for d in citizen_number(random.Random(seed)) if d.isdigit()]
        assert len(digits) == 13 and digits[1:5] == [0, 0, 0, 0]
        total = sum(d * w for d, w in zip(digits, range(13, 1, -1), strict=False))
        assert digits[12] == (11 - total % 11) % 10
