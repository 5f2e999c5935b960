import contextlib
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.dates import _ENGLISH_MONTHS, _THAI_MONTHS, DayOrderError, day_order, parse_date, parse_timestamp

BANGKOK = "Asia/Bangkok"
LOCAL = dt.timezone(dt.timedelta(hours=7))
THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
SHORT = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")

days = st.dates(dt.date(1970, 1, 2), dt.date(2099, 12, 31))
moments = st.datetimes(dt.datetime(1970, 1, 2), dt.datetime(2099, 12, 31)).map(lambda m: m.replace(tzinfo=LOCAL))


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "calendar", "expected"),
    [
        ("2022-06-07 10:10:54.569672+00", "gregorian", utc(2022, 6, 7, 10, 10, 54, 569672)),
        ("2022-06-07T10:10:54Z", "gregorian", utc(2022, 6, 7, 10, 10, 54)),
        ("2024-10-03T04:11:00.000Z", "gregorian", utc(2024, 10, 3, 4, 11)),
        ("2022-06-07 10:10:54+07", "gregorian", utc(2022, 6, 7, 3, 10, 54)),
        ("2022-06-07 10:10:54+0730", "gregorian", utc(2022, 6, 7, 2, 40, 54)),
        ("2022-06-07 10:10:54 UTC", "gregorian", utc(2022, 6, 7, 10, 10, 54)),
        ("2022-06-07 10:10", "gregorian", utc(2022, 6, 7, 3, 10)),
        ("2022-06-07", "gregorian", utc(2022, 6, 6, 17)),
        ("7/6/2565 10:10", "buddhist", utc(2022, 6, 7, 3, 10)),
        ("07/06/65", "buddhist", utc(2022, 6, 6, 17)),
        ("3 ม.ค. 2566", "buddhist", utc(2023, 1, 2, 17)),
        ("3 มกราคม พ.ศ. 2566 เวลา 14.30 น.", "buddhist", utc(2023, 1, 3, 7, 30)),
        ("๓ มกราคม ๒๕๖๖ เวลา ๑๔.๓๐ น.", "buddhist", utc(2023, 1, 3, 7, 30)),
        ("วันจันทร์ที่ 3 มกราคม 2565", "buddhist", utc(2022, 1, 2, 17)),
        ("วันที่ 3 เดือน มกราคม พ.ศ. 2566", "gregorian", utc(2023, 1, 2, 17)),
        ("3 ม.ค. ค.ศ. 2023", "buddhist", utc(2023, 1, 2, 17)),
        ("3ม.ค.66 14.30น.", "buddhist", utc(2023, 1, 3, 7, 30)),
        ("3 Jan 2023", "gregorian", utc(2023, 1, 2, 17)),
        ("29/02/2567", "buddhist", utc(2024, 2, 28, 17)),
        ("3 ม.ค. 2023", "buddhist", utc(2023, 1, 2, 17)),
        ("2566-01-03", "gregorian", utc(2023, 1, 2, 17)),
        ("3-ม.ค.-66 9:03", "buddhist", utc(2023, 1, 3, 2, 3)),
        ("25660103", "buddhist", utc(2023, 1, 2, 17)),
        ("ม.ค. 3, 2566 08:28 ก่อนเที่ยง", "buddhist", utc(2023, 1, 3, 1, 28)),
        ("3 มกราคม 2566 12:15 หลังเที่ยง", "buddhist", utc(2023, 1, 3, 5, 15)),
        ("อังคาร 3 มกราคม พุทธศักราช ๒๕๖๖", "gregorian", utc(2023, 1, 2, 17)),
        ("3 ม.ค. 2566 - 13:13 น.", "buddhist", utc(2023, 1, 3, 6, 13)),
        ("3 ม.ค. 2566 เวลา 1313 น.", "buddhist", utc(2023, 1, 3, 6, 13)),
        ("3 ม.ค. 2566 13:13 GMT+7", "buddhist", utc(2023, 1, 3, 6, 13)),
        ("3/1/2566 24.00 น.", "buddhist", utc(2023, 1, 3, 17)),
        ("31/12/2567 24:00", "buddhist", utc(2024, 12, 31, 17)),
        ("2023-01-03T24:00:00Z", "gregorian", utc(2023, 1, 4)),
        ("2023/1/3 12:05 AM", "gregorian", utc(2023, 1, 2, 17, 5)),
        ("January 3, 2023 at 9:03 PM", "gregorian", utc(2023, 1, 3, 14, 3)),
        ("Tue Jan 03 02:03:12 +0000 2023", "gregorian", utc(2023, 1, 3, 2, 3, 12)),
        ("Tue Jan  3 09:03:12 2023", "gregorian", utc(2023, 1, 3, 2, 3, 12)),
        ("Tue, 03 Jan 2023 02:03:12 GMT", "gregorian", utc(2023, 1, 3, 2, 3, 12)),
        ("Tue Jan 03 2023 09:03:12 GMT+0700 (Indochina Time)", "gregorian", utc(2023, 1, 3, 2, 3, 12)),
        ("20230103T090312Z", "gregorian", utc(2023, 1, 3, 9, 3, 12)),
        ("/Date(1672731000000)/", "gregorian", utc(2023, 1, 3, 7, 30)),
        ('{"$date": {"$numberLong": "1672731000000"}}', "gregorian", utc(2023, 1, 3, 7, 30)),
        ("1672731000", "buddhist", utc(2023, 1, 3, 7, 30)),
        ("44929", "gregorian", utc(2023, 1, 2, 17)),
    ],
)
def test_the_formats_of_agencies_are_parsed(text, calendar, expected):
    assert parse_timestamp(text, calendar=calendar, zone=BANGKOK) == expected


@pytest.mark.parametrize(
    ("value", "calendar"),
    [
        ("29/02/2566", "buddhist"),
        ("31 ก.พ. 2568", "buddhist"),
        ("29/02/2023", "gregorian"),
        ("3 ม.ค. พ.ศ. 2023", "gregorian"),
        ("พ.ศ. 2023-01-03", "gregorian"),
        ("0567-11-05", "buddhist"),
        ("2250-01-03", "gregorian"),
        ("03/01/66", "gregorian"),
        ("5/11/2567 24:01", "buddhist"),
        ("5 พ.ย. 2567 13:13 PM", "buddhist"),
        ("5 พ.ย. 2567 เวลา 13.13-14.00 น.", "buddhist"),
        ("0812345678", "buddhist"),
        ("812345678", "buddhist"),
        ("2024-W45-2", "gregorian"),
        ("2024-11", "gregorian"),
        ("1/13/2566", "buddhist"),
        ("3 มะกราคม 2566", "buddhist"),
        ("2022-06-07 25:00", "gregorian"),
        ("2022-06-07 10:10+99", "gregorian"),
        ("", "gregorian"),
        ("โทร 0812345678", "gregorian"),
        (True, "gregorian"),
        (float("nan"), "gregorian"),
        (2566, "buddhist"),
        (10200, "gregorian"),
    ],
)
def test_the_error_for_an_invalid_date_is_a_sentence_without_the_value(value, calendar):
    with pytest.raises(ValueError, match=r"^The .+: .+\.$|^The .+\.$") as error:
        parse_timestamp(value, calendar=calendar, zone=BANGKOK)
    assert not isinstance(value, str) or not value or value not in str(error.value)


def test_the_error_for_an_unknown_zone_is_a_sentence():
    for zone in ("Mars/Olympus", "", "../etc"):
        with pytest.raises(ValueError, match="time zone"):
            parse_timestamp("2022-06-07", calendar="gregorian", zone=zone)


def test_a_number_is_read_as_spreadsheet_days_or_seconds_or_milliseconds():
    expected = utc(2023, 1, 3, 7, 30)
    days_of_sheet = 44929 + 14.5 / 24
    for value in (days_of_sheet, 1672731000, 1672731000000):
        assert parse_timestamp(value, calendar="gregorian", zone=BANGKOK) == expected
        assert parse_timestamp(value, calendar="buddhist", zone=BANGKOK) == expected


def test_a_spreadsheet_day_with_a_buddhist_year_is_543_years_earlier():
    typed = (dt.date(2566, 1, 3) - dt.date(1899, 12, 30)).days
    assert parse_date(typed, calendar="buddhist", zone=BANGKOK) == dt.date(2023, 1, 3)
    assert parse_date(str(typed), calendar="gregorian", zone=BANGKOK) == dt.date(2023, 1, 3)


def test_the_contract_decides_the_day_order_and_an_impossible_date_is_reported():
    for order, day in (("day_first", dt.date(2024, 7, 6)), ("month_first", dt.date(2024, 6, 7))):
        assert parse_date("06/07/2567", calendar="buddhist", zone=BANGKOK, day_order=order) == day
    assert parse_date("06/17/2567", calendar="buddhist", zone=BANGKOK, day_order="month_first") == dt.date(2024, 6, 17)
    for text, order in (("06/17/2567", "day_first"), ("17/06/2567", "month_first")):
        with pytest.raises(DayOrderError, match="day_order"):
            parse_date(text, calendar="buddhist", zone=BANGKOK, day_order=order)


ENGLISH = [name.title() for name in _ENGLISH_MONTHS]
FORMS = (
    lambda m: f"{m.day}-{SHORT[m.month - 1]}-{m.year + 543} {m:%H:%M:%S}",
    lambda m: f"{m.year + 543}/{m.month}/{m.day} {m:%H.%M.%S} น.",
    lambda m: f"{SHORT[m.month - 1]} {m.day}, {m.year + 543} {m:%I:%M:%S} {'ก่อน' if m.hour < 12 else 'หลัง'}เที่ยง",
    lambda m: f"{m.day} {_THAI_MONTHS[m.month - 1][0]} พุทธศักราช {m.year + 543} เวลา {m:%H:%M:%S} นาฬิกา",
    lambda m: f"{ENGLISH[m.month - 1]} {m.day}, {m.year}, {m:%I:%M:%S} {'AM' if m.hour < 12 else 'PM'}",
    lambda m: f"{m:%d}-{ENGLISH[m.month - 1][:3].upper()}-{m.year} {m:%H.%M.%S}.000000",
    lambda m: f"Mon {ENGLISH[m.month - 1][:3]} {m.day:2d} {m:%H:%M:%S} {m.year}",
    lambda m: f"Mon {ENGLISH[m.month - 1][:3]} {m:%d} {m.year} {m:%H:%M:%S} GMT+0700 (ICT)",
    lambda m: f"Mon, {m:%d} {ENGLISH[m.month - 1][:3]} {m.year} {m:%H:%M:%S} +0700",
    lambda m: f"{m.day}/{m.month}/{m.year} {m.hour}:{m:%M:%S} ICT",
    lambda m: f"{m:%Y%m%dT%H%M%S}+07:00",
    lambda m: f"{m:%Y%m%d%H%M%S}",
)


@given(moments, st.sampled_from(FORMS), st.sampled_from(["buddhist", "gregorian"]), st.booleans())
def test_a_time_in_any_format_is_parsed(moment, form, calendar, thai_digits):
    text = form(moment.replace(microsecond=0))
    text = text.translate(THAI) if thai_digits else text
    assert parse_timestamp(text, calendar=calendar, zone=BANGKOK) == moment.replace(microsecond=0)


def test_the_day_is_the_day_in_the_zone():
    assert parse_date("2022-06-07 20:00+00", calendar="gregorian", zone=BANGKOK) == dt.date(2022, 6, 8)


@given(moments)
def test_an_iso_moment_survives_the_round_trip(moment):
    moment = moment.astimezone(dt.UTC)
    for text in (
        str(moment),
        moment.isoformat(),
        moment.isoformat().replace("+00:00", "Z"),
        str(moment)[:-3],
    ):
        assert parse_timestamp(text, calendar="gregorian", zone=BANGKOK) == moment


@given(moments)
def test_a_time_without_offset_is_in_the_zone_of_the_contract(moment):
    text = moment.strftime("%Y-%m-%d %H:%M:%S.%f")
    assert parse_timestamp(text, calendar="gregorian", zone=BANGKOK) == moment


@given(moments, st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_a_thai_date_survives_the_round_trip(moment, short, thai_digits, era, time):
    name = SHORT[moment.month - 1] if short else _THAI_MONTHS[moment.month - 1][0]
    text = f"{moment.day} {name} {'พ.ศ. ' if era else ''}{moment.year + 543}"
    text += f" เวลา {moment:%H.%M} น." if time else ""
    if thai_digits:
        text = text.translate(THAI)
    expected = moment.replace(second=0, microsecond=0)
    expected = expected if time else expected.replace(hour=0, minute=0)
    assert parse_timestamp(text, calendar="buddhist", zone=BANGKOK) == expected


@given(days, st.sampled_from("/-."), st.sampled_from(["buddhist", "gregorian"]))
def test_a_date_in_digits_survives_the_round_trip(day, mark, calendar):
    year = day.year + (543 if calendar == "buddhist" else 0)
    for text in (f"{day:%d}{mark}{day:%m}{mark}{year}", f"{day.day}{mark}{day.month}{mark}{year}"):
        assert parse_date(text, calendar=calendar, zone=BANGKOK) == day


@given(st.dates(dt.date(1970, 1, 1), dt.date(2056, 12, 31)))
def test_a_buddhist_year_of_two_digits_is_in_the_26th_century(day):
    text = f"{day.day} {SHORT[day.month - 1]} {(day.year + 543) % 100:02d}"
    assert parse_date(text, calendar="buddhist", zone=BANGKOK) == day


@given(st.text() | st.integers() | st.floats(), st.sampled_from(["buddhist", "gregorian"]))
def test_nothing_but_a_value_error_is_ever_raised(value, calendar):
    with contextlib.suppress(ValueError):
        assert parse_timestamp(value, calendar=calendar, zone=BANGKOK).tzinfo is dt.UTC


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("17/06/2567 18:56", "day_first"), ("06/17/2567", "month_first"), ("๐๖-๑๗-๒๕๖๗", "month_first"),
        ("06/07/2567", "open"), ("6.7.67", "open"), (" 1/2/2568", "open"),
        ("07/07/2567", None), ("2567-06-07", None), ("2567/06/07", None), ("6 ก.ค. 2567", None), ("20240607", None),
        ("31/13/2567", None), ("", None), ("45601", None),
    ],
)  # fmt: skip
def test_day_order_is_read_from_a_date_unless_it_is_ambiguous(text, order):
    assert day_order(text) == order


@given(st.dates(min_value=dt.date(1971, 1, 1), max_value=dt.date(2099, 12, 31)), st.sampled_from("/.-"))
def test_a_date_with_a_clear_order_is_rejected_by_the_other_order_and_an_ambiguous_date_has_two_meanings(day, mark):
    text = f"{day.day:02}{mark}{day.month:02}{mark}{day.year + 543}"
    hide_words = day_order(text)
    first = parse_date(text, calendar="buddhist", zone=BANGKOK)
    assert first == day
    if hide_words == "day_first":
        with pytest.raises(DayOrderError):
            parse_date(text, calendar="buddhist", zone=BANGKOK, day_order="month_first")
    else:
        second = parse_date(text, calendar="buddhist", zone=BANGKOK, day_order="month_first")
        assert (second != first) is (hide_words == "open")
