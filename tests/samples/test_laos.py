"""The synthetic list of LAOs: marked as such, read without a slip, and met by the concerns of the samples."""

from __future__ import annotations

import collections
from pathlib import Path

import pytest

from jobs.reference.laos import Laos, load_laos
from nlp.laos import LaoFinder
from samples.concerns import concerns
from samples.laos import NOTE, PROVINCES, laos, write
from schemas.area_data import subdistricts
from schemas.laos import SYNTHETIC_LIST

SEED = 2569


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Laos:
    folder = tmp_path_factory.mktemp("landing")
    assert write(folder, SEED) == len(laos(SEED))
    return load_laos(str(folder / SYNTHETIC_LIST))


def test_the_same_seed_gives_the_same_list_and_another_does_not(tmp_path: Path) -> None:
    assert laos(SEED) == laos(SEED) != laos(SEED + 1)


def test_every_row_says_that_it_is_synthetic_and_none_takes_an_official_code(known: Laos) -> None:
    listed = [lao for lao in known.laos if lao.lao_source != "built in"]
    assert len(listed) == len(laos(SEED))
    assert all(lao.note == NOTE and lao.lao_code.startswith("SYN-") for lao in listed)
    assert "synthetic" in SYNTHETIC_LIST


def test_every_tambon_of_both_provinces_is_served_and_some_by_several_or_on_other_days(known: Laos) -> None:
    served = collections.Counter(one.subdistrict_code for one in known.subdistricts)
    inside = {one.subdistrict_code for one in subdistricts() if one.province_code in PROVINCES}
    assert inside <= served.keys()
    assert any(served[code] > 1 for code in inside)
    assert any(one.valid_to for one in known.subdistricts)
    assert {lao.lao_type for lao in known.laos if lao.note} == {
        "city_municipality", "town_municipality", "subdistrict_municipality", "sao",
    }  # fmt: skip


def test_the_offices_of_the_samples_are_found_where_their_type_is_that_of_the_list(known: Laos) -> None:
    finder = LaoFinder(known.laos, known.subdistricts)
    by_code = {lao.lao_code: lao for lao in known.laos}
    found = 0
    for one in concerns(SEED):
        if one.province.province_code not in PROVINCES:
            continue
        codes = finder.find(
            one.office, province_code=one.province.province_code, district_code=one.district.district_code,
            day=one.raised_at.date(), is_agency=True,
        )  # fmt: skip
        for code in codes:
            assert by_code[code].name_th == one.subdistrict.subdistrict_th
            assert by_code[code].district_code == one.district.district_code
        found += len(codes)
    assert found > 200
