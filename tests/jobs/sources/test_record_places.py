"""Where a record says that it is: address, coordinates and words as values and flags of a concern."""

import json

import pytest

from jobs.sources import boundaries, record_parser
from lake.settings import Settings
from schemas.contract_files import contracts
from schemas.errors import UserError

FEED = contracts()["traffy_feed"]
RING = [[100, 6], [101, 6], [101, 7], [100, 7], [100, 6]]


@pytest.fixture
def yala(tmp_path):
    """Boundaries that know one square province, Yala."""
    polygon = {"type": "Polygon", "coordinates": [RING]}
    feature = {"type": "Feature", "properties": {"code": "TH95"}, "geometry": polygon}
    path = tmp_path / "yala.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    return boundaries.load((str(path),))


def values(address="", latitude="6.5", longitude="100.5", text="ไฟดับ", known=None):
    properties = {
        "ticket_id": "2022-AAAAAA", "timestamp": "2022-06-07 10:00:00+00", "description": text, "type": "{ถนน}",
        "state": "รอรับเรื่อง", "address": address,
    }  # fmt: skip
    content = {"properties": properties, "geometry": {"coordinates": [longitude, latitude]}}
    parsed = record_parser.parse(json.dumps(content), None, FEED, None, 0, "f", known)
    assert parsed.reasons == []
    return parsed.values


def test_coordinates_place_a_record_only_where_boundaries_are_given(yala):
    found = values(known=yala)
    assert (found["province_code"], found["location_method"]) == ("95", "coordinates")
    assert "quality_flags" not in found
    assert values()["quality_flags"] == ["no_place"]


def test_coordinates_outside_thailand_place_nothing_and_contradict_nothing(yala):
    found = values(address="จ.ยะลา", latitude="48.1", longitude="11.5", known=yala)
    assert (found["province_code"], found["quality_flags"]) == ("95", ["coordinates_outside_thailand"])


def test_what_is_doubtful_about_a_place_stands_among_the_flags(yala):
    assert values(address="จ.ภูเก็ต", known=yala)["quality_flags"] == ["coordinates_elsewhere"]
    assert values(address="อ.เมือง")["quality_flags"] == ["ambiguous_place", "no_place"]


def test_the_words_of_a_record_place_it_at_last(yala):
    found = values(text="ไฟดับที่อำเภอเบตง จังหวัดยะลา")
    assert (found["district_code"], found["location_method"]) == ("9502", "text")
    assert values(text="ไฟดับที่ จ.ภูเก็ต", known=yala)["province_code"] == "95"


def test_the_village_of_an_address_is_kept():
    assert values(address="12 หมู่ที่ ๓ ต.สะเตง อ.เมือง จ.ยะลา")["village_no"] == "3"
    assert "village_no" not in values(address="หมู่บ้านร่มเย็น จ.ยะลา")


def test_a_village_of_its_own_field_wins():
    register = contracts()["damrongdhama_register"]
    assert "village_no" in register.fields
    parsed = record_parser.Parsed(values={"village_no": "7"})
    record_parser._read_place(parsed, {"address": "หมู่ 3 ต.สะเตง อ.เมือง จ.ยะลา"}, register, None)
    assert parsed.values["village_no"] == "7"


def test_no_setting_means_no_boundaries_and_a_wrong_one_is_a_fault(tmp_path, monkeypatch):
    assert boundaries.load(Settings(boundaries="").boundary_files) is None
    monkeypatch.setenv("SIANG_BOUNDARIES", f" {tmp_path}/a.json , {tmp_path}/b.json,")
    files = Settings().boundary_files
    assert files == (f"{tmp_path}/a.json", f"{tmp_path}/b.json")
    with pytest.raises(UserError, match=r"a\.json cannot be read: check the path in SIANG_BOUNDARIES\.$"):
        boundaries.load(files)
