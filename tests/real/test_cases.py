"""Exports made after public bug reports, in `data/cases`: of each file what is used, flagged and refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs.sources.contract_check import read
from schemas.contract_files import contracts, read_contract

RUINED = "is a number that a spreadsheet has rounded"
FAILED = "The file is an error response"
MONTH_FIRST = "its month is where the contract has the day"
TWO_DAYS = "Its submitted_at may mean two days"
# The file; its contract there, or one of the project; concerns; flags but no_place; a sentence and how often.
CASES = [
    ("02-month-first/desk.csv", "month_first", 0, {}, {MONTH_FIRST: 1, TWO_DAYS: 2}),
    ("02-month-first/us311.csv", "us_311", 0, {}, {MONTH_FIRST: 1, TWO_DAYS: 1}),
    ("03-two-calendars/two.csv", "two_calendars", 3, {}, {}),
    ("04-epoch-numbers/layer.json", "arcgis_311", 2, {}, {}),
    ("04-epoch-numbers/serial.csv", "serial_csv", 2, {}, {}),
    ("05-mojibake/your_posts_1.json", "page_download", 3, {"repaired_text": 2}, {}),
    ("05-mojibake/double.csv", "double_csv", 2, {"repaired_text": 2}, {}),
    ("06-x-archive/tweets.js", "x_archive", 2, {}, {}),
    ("07-destroyed-ids/posts.csv", "destroyed_ids", 0, {}, {RUINED: 3}),
    ("07-destroyed-ids/posts.xlsx", "destroyed_ids_xlsx", 0, {}, {RUINED: 3}),
    ("08-trailing-delimiter/rows_trail.csv", "trailing", 2, {}, {}),
    ("08-trailing-delimiter/head_trail.csv", "trailing", 2, {}, {}),
    ("08-trailing-delimiter/short_rows.csv", "trailing", 2, {}, {}),
    ("09-duplicate-headings/sections.csv", "two_sections", 3, {}, {}),
    ("11-invisible/zw_heading.csv", "invisible", 1, {}, {}),
    ("11-invisible/nbsp_heading.csv", "invisible", 1, {}, {}),
    ("11-invisible/zw_status.csv", "invisible", 2, {}, {}),
    ("12-concatenated/joined.csv", "concatenated", 2, {}, {}),
    ("12-concatenated/joined_other_order.csv", "concatenated", 2, {}, {}),
    ("14-not-xlsx/libre.ods", "not_xlsx", 2, {}, {}),
    ("14-not-xlsx/biff.xls", "not_xlsx", 0, {}, {"a workbook in the older Excel format": 1}),
    ("14-not-xlsx/report.xls", "not_xlsx", 0, {}, {"is a web page (HTML)": 1}),
    ("15-hidden/register.xlsx", "hidden", 2, {}, {}),
    ("16-end-of-day/night.csv", "end_of_day", 4, {}, {}),
    ("16-end-of-day/night.jsonl", "end_of_day_iso", 3, {}, {}),
    ("17-fixmystreet-json/requests.json", "fms_json", 2, {}, {}),
    ("17-fixmystreet-json/unwrapped.json", "fms_unwrapped", 2, {}, {}),
    ("17-fixmystreet-json/plain.json", "open311_json", 3, {}, {"It has no id of its own": 1}),
    ("18-exchange-api/get-issues.json", "exchange_api", 3, {"unknown_status": 1}, {}),
    ("18-exchange-api/failed.json", "exchange_api", 0, {}, {FAILED: 1}),
    ("18-exchange-api/2025-09-09.csv", "traffy_csv", 0, {}, {FAILED: 1}),
    ("18-exchange-api/short.json", "exchange_api", 1, {}, {"The response states 4,367 records (count) but has 1": 1}),
    ("20-jsonl-commas/commas.jsonl", "jsonl_commas", 3, {}, {}),
    ("20-jsonl-commas/array.jsonl", "jsonl_commas", 3, {}, {}),
    ("20-jsonl-commas/pretty.jsonl", "jsonl_commas", 3, {}, {}),
    ("21-date-strings/dates.csv", "date_strings", 36, {}, {"Its submitted_at": 3}),
    ("21-date-strings/dates_ad.csv", "date_strings_ad", 28, {}, {"Its submitted_at": 6}),
    ("22-sep-line/sep_tilde.csv", "sep_line", 1, {}, {}),
    ("27-mongoexport/requests.jsonl", "mongo_lines", 3, {}, {}),
    ("29-web-scrape/scraped.csv", "scraped", 2, {}, {}),
    ("31-null-dates/cases.csv", "null_dates", 15, {"bad_resolved_at": 1}, {}),
    ("31-null-dates/words.csv", "null_words", 2, {"no_text": 2}, {"It has neither text nor a label": 2}),
    ("32-space-before-quote/a.csv", "space_quote", 3, {}, {}),
    ("32-space-before-quote/utf16nobom.csv", "space_quote", 0, {}, {"The file is in UTF-16": 1}),
]


@pytest.mark.parametrize(("file", "contract", "concerns", "flags", "sentences"), CASES, ids=[one[0] for one in CASES])
def test_a_case_comes_out_as_it_should(data: Path, file, contract, concerns, flags, sentences):
    path = data / "cases" / file
    if not path.is_file():
        pytest.skip(f"no such case: {path} is not there")
    own = path.with_name(f"{contract}.yaml")
    found = read(path.read_bytes(), read_contract(own) if own.is_file() else contracts()[contract], path.name, 0)
    said = found.reasons.copy()
    if found.refusal:
        said[found.refusal] += 1
    counted = {key: sum(count for text, count in said.items() if key in text) for key in sentences}
    flagged = {name: count for name, count in found.flags.items() if name != "no_place"}
    assert (len(found.concerns), flagged, counted) == (concerns, flags, sentences)
    assert sum(said.values()) == sum(sentences.values()), "nothing else is said"


def test_the_later_of_two_exports_of_a_day_is_the_later_version(data: Path):
    from lake.archive import observed_at

    folder = data / "cases" / "19-twice-a-day"
    if not folder.is_dir():
        pytest.skip(f"no such case: {folder} is not there")
    contract = read_contract(folder / "citydata.yaml")
    times = [observed_at(path.name, contract) for path in sorted(folder.glob("*.csv"))]
    assert [f"{one:%Y-%m-%d %H:%M:%S}" for one in times if one] == ["2025-07-06 08:27:17", "2025-07-06 16:12:38"]
