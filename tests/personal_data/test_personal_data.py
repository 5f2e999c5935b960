"""No planted item is in what is kept or shown of its record, nor in any file that a run leaves outside bronze."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.personal_data.items import items
from tests.personal_data.parsed import read
from tests.personal_data.plant import plant
from tests.personal_data.run import run
from tests.personal_data.scan import holders

SHORT = 6
"""Bytes of a number as Parquet keeps it: they are looked for in Parquet alone."""


@pytest.mark.parametrize("seed", range(6))
def test_nothing_of_a_planted_item_is_kept_or_shown_of_its_record(tmp_path: Path, seed: int) -> None:
    planted = plant(tmp_path / "landing", tmp_path / "samples", 100, seed)
    assert len(planted) > 200
    kept: dict[str, list[bytes]] = {}
    usable: dict[str, int] = {}
    for source_id, told, is_usable in read(tmp_path / "landing"):
        kept.setdefault(source_id, []).append(told)
        usable[source_id] = usable.get(source_id, 0) + is_usable
    assert min(usable.values()) > len(planted) / len(usable) / 4
    found = [
        (one.source_id, one.field, one.item.written)
        for one in planted
        for told in kept[one.source_id]
        if any(spelling in told for spelling in one.item.spellings if _is_text(spelling))
    ]
    assert found == []


def _is_text(spelling: bytes) -> bool:
    try:
        return len(spelling.decode()) >= SHORT
    except UnicodeDecodeError:
        return False


def test_the_scan_finds_an_item_wherever_it_stands(tmp_path: Path) -> None:
    import gzip
    import struct
    import zipfile

    import pyarrow as pa
    import pyarrow.parquet as pq

    item = next(items(1))
    word = item.written.encode()
    (tmp_path / "log.json").write_bytes(b'{"max":"' + word + b'"}')
    (tmp_path / "page.gz").write_bytes(gzip.compress(word))
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/sheet.xml", word * 3)
    pq.write_table(pa.table({"text": [f"โทร {item.written}"] * 3}), tmp_path / "a.parquet", compression="zstd")
    digits = float(item.written.replace("-", ""))
    pq.write_table(pa.table({"rating": [digits]}), tmp_path / "b.parquet", compression="zstd")
    (tmp_path / "harmless").write_bytes(struct.pack("<d", digits + 1))
    found = [path.name for path in holders(item.spellings, tmp_path)]
    assert found == ["a.parquet", "b.parquet", "book.xlsx", "log.json", "page.gz"]


@pytest.mark.spark
@pytest.mark.long
def test_nothing_of_a_planted_item_is_on_disk_outside_landing_archive_and_bronze(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    leaks = run(home, tmp_path / "samples", 40)
    assert len(leaks.planted) > 200 and leaks.scanned > 300
    assert leaks.found == {}
