"""What `siang source check` tells of an export before a source goes live."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from jobs.sources.contract_check import report
from schemas.errors import UserError

CONTRACT = """
source_id: desk
title_th: โต๊ะ
title_en: Desk
channel: hotline
origin: phone
files: "*.csv"
format: csv
delivery: changes
calendar: buddhist
identity: {id_namespace: desk, fields: [no.]}
version_order: {by: file_name, pattern: '(?P<date>\\d{4}-\\d{2}-\\d{2})'}
fields:
  submitted_at: {from: received, required: true}
  text: detail
  labels: kind
  province: town
  status: state
  rating: stars
statuses: {new: open}
"""
HEADINGS = "no.,received,detail,kind,town,state,caller\n"


@pytest.fixture
def shown(tmp_path: Path):
    (tmp_path / "desk.yaml").write_text(CONTRACT, encoding="utf-8")

    def show(rows: str, name: str = "2568-01-31.csv") -> str:
        (tmp_path / name).write_text(HEADINGS + rows, encoding="utf-8")
        console = Console(file=io.StringIO(), width=400)
        console.print(report(tmp_path / "desk.yaml", tmp_path / name, 3))
        return console.file.getvalue()  # type: ignore[attr-defined]

    return show


def test_a_record_stands_beside_what_became_of_it_with_its_personal_data_masked(shown):
    output = shown("1,31/1/2568 9:00,โทร 081-234-5678 ไฟดับ,ไฟฟ้า,ยะลา,new,x\n")
    line = next(line for line in output.splitlines() if "2025-01-31" in line)
    assert [cell in line for cell in ("2025-01-31 02:00:00+00:00", "open", "95", "[PHONE] ไฟดับ")] == [True] * 4
    assert "081" not in output


def test_a_refused_record_is_shown_with_its_number_and_why(shown):
    output = shown("1,31/1/2568,a,ไฟฟ้า,ยะลา,new,x\n2,31/2/2568,b,ไฟฟ้า,ยะลา,new,x\n")
    assert '"detail": "b"' in output and "Its submitted_at «31/2/2568» is not a date" in output
    row = next(line for line in output.splitlines() if '"detail": "b"' in line and "submitted_at" in line)
    assert row.split()[1] == "2", "the heading row is record 0"


def test_a_file_that_is_written_month_first_is_reported_as_that(shown):
    output = shown("1,01/17/2568,a,ไฟฟ้า,ยะลา,new,x\n2,01/07/2568,b,ไฟฟ้า,ยะลา,new,x\n")
    assert "1 dates have a month where the contract has the day" in output
    assert "check the whole file and day_order in the contract" in output
    assert "1 may mean two days" in output and "1 would" not in output
    assert '"detail": "b"' in output and "2025-06-30" not in output, "the day that may be two is not read"
    assert "where the contract has the day" not in shown("1,17/1/2568,a,ไฟฟ้า,ยะลา,new,x\n")


def test_one_slip_among_days_that_fit_the_contract_holds_nothing_back(shown):
    slip = "1,01/17/2568,a,ไฟฟ้า,ยะลา,new,x\n2,01/07/2568,b,ไฟฟ้า,ยะลา,new,x\n"
    output = shown(slip + "3,17/1/2568,a,ไฟฟ้า,ยะลา,new,x\n")
    assert "0 may mean two days" in output and "2025-06-30" in output


def test_what_is_wrong_with_the_file_as_a_whole_is_reported(shown):
    output = shown(
        "1,31/1/2568,a,ไฟฟ้า,ที่ไหนสักแห่ง,new,x\n1,31/1/2568,b,เรื่องใหม่,ยะลา,new,x\n2,1/5/2568,c,ไฟฟ้า,ยะลา,new,x\n"
    )
    assert "1 usable records are later versions of a concern that the file already contains" in output
    assert "1 records are submitted after the date of the file" in output
    assert "The file has no column stars, which the contract names." in output
    assert "The contract does not read these columns: caller." in output
    assert "usable, but without a place" in output and "no_place" in output
    assert "have a label that labels.yaml does not contain" in output and "เรื่องใหม่" in output


def test_what_stands_in_the_place_of_headings_is_masked_and_not_shown_where_nothing_is_read(shown, tmp_path: Path):
    (tmp_path / "2568-01-31.csv").write_text("โทร 081-234-5678,ไฟดับที่บ้านป้า\nx,y\n", encoding="utf-8")
    with pytest.raises(UserError, match="has none of the columns that the contract names") as fault:
        report(tmp_path / "desk.yaml", tmp_path / "2568-01-31.csv", 3)
    assert "081" not in str(fault.value) and "ป้า" not in str(fault.value)
    (tmp_path / "2568-01-31.csv").write_text(f"โทร 081-234-5678,{HEADINGS}", encoding="utf-8")
    console = Console(file=io.StringIO(), width=400)
    console.print(report(tmp_path / "desk.yaml", tmp_path / "2568-01-31.csv", 3))
    output = console.file.getvalue()  # type: ignore[attr-defined]
    assert "[PHONE]" in output and "081" not in output


def test_a_contract_is_known_by_its_source_too_and_comes_first(tmp_path: Path):
    (tmp_path / "2025-01-31.csv").write_text("a,b\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"none of the columns .*ticket_id"):
        report(Path("traffy_csv"), tmp_path / "2025-01-31.csv", 3)
    with pytest.raises(UserError, match="is not a contract"):
        report(tmp_path / "2025-01-31.csv", tmp_path / "2568-01-31.csv", 3)
    with pytest.raises(UserError, match="is a folder"):
        report(Path("traffy_csv"), tmp_path, 3)


def test_a_long_cell_is_marked_where_it_is_cut(shown):
    output = shown(f"1,31/1/2568,{'ไฟดับทั้งซอย ' * 40},ไฟฟ้า,ยะลา,new,x\n")
    assert "…" in output and output.count("ไฟดับ") < 60


def test_a_year_of_the_other_calendar_in_the_files_name_is_reported_as_that(shown):
    with pytest.raises(UserError, match="has 2025-01-31, which is not a date of the buddhist calendar"):
        shown("1,31/1/2568,a,ไฟฟ้า,ยะลา,new,x\n", "2025-01-31.csv")


def test_a_name_without_a_date_and_a_file_that_is_not_there(shown, tmp_path: Path):
    with pytest.raises(UserError, match="has no date that matches the pattern"):
        shown("", "january.csv")
    with pytest.raises(UserError, match="there is no file"):
        report(tmp_path / "none.yaml", tmp_path / "none.csv", 3)


def test_a_file_that_would_not_be_landed_is_reported(shown):
    row = "1,31/1/2568,a,ไฟฟ้า,ยะลา,new,x\n"
    sentence = "The contract does not land a file of this name: 2568-01-31.txt does not match *.csv"
    assert sentence in shown(row, "2568-01-31.txt") and "does not land" not in shown(row)


def test_statuses_that_the_contract_does_not_know_are_reported_by_their_labels(shown):
    output = shown("1,31/1/2568,a,ไฟฟ้า,ยะลา,รอตรวจรับ,x\n2,31/1/2568,b,ไฟฟ้า,ยะลา,new,x\n")
    assert "have a status that the contract does not contain" in output
    assert any("รอตรวจรับ" in line and " 1 " in line for line in output.splitlines())
    assert any("unknown_status" in line for line in output.splitlines())


def test_records_of_one_id_that_share_neither_words_nor_time_are_reported(shown):
    rows = "1,31/1/2568 9:00,{},ไฟฟ้า,ยะลา,new,x\n1,31/1/2568 {},{},ไฟฟ้า,ยะลา,new,x\n"
    sentence = "1 concerns have versions that share neither words nor time"
    assert sentence in shown(rows.format("ถนนหน้าโรงเรียนเป็นหลุม", "10:00", "รถขยะไม่มาเก็บ"))
    assert sentence not in shown(rows.format("ถนนหน้าโรงเรียนเป็นหลุม", "10:00", "ถนนหน้าโรงเรียนเป็นหลุม อีกแล้ว"))
