"""Times of tables: decimals, years that cannot be, midnight without a date, the hour that comes twice."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kapmonitor.errors import ConfigError, ImportRefused
from kapmonitor.foreign import fromcsv, fromtidy
from kapmonitor.foreign.mapping import Mapping, parse

S = 1_000_000_000
TRACK = '[[track]]\nname = "SpO2"\nterm = "MDC_PULS_OXIM_SAT_O2"\n'


def untold(_share):
    return None


def read(tmp_path, cells, time, before=""):
    """The times of these rows, whose values are 50, 51, 52 ..., and what was left out."""
    path = tmp_path / "t.csv"
    path.write_text("t;SpO2\n" + "".join(f"{cell};{50 + n}\n" for n, cell in enumerate(cells)), "utf-8")
    toml = f'{before}\n[csv]\ndelimiter = ";"\ndecimal = ","\n[time]\ncolumn = "t"\n{time}\n{TRACK}'
    found = fromcsv.read(path, parse(toml, "m.toml"), untold)
    (readings,) = found.readings
    return dict(zip(readings.values.tolist(), readings.times.tolist(), strict=True)), found.left_out


def ns(at):
    return round(at.timestamp()) * S


@pytest.mark.parametrize(("kind", "scale"), [("seconds", 1), ("milliseconds", 1000)])
def test_times_that_count_have_the_decimal_sign_of_the_mapping(tmp_path, kind, scale):
    cells = [str(half * scale / 2).replace(".", ",") for half in range(4)]
    found, left_out = read(tmp_path, cells, f'format = "{kind}"\nstart = "2026-01-31T09:30:00"')
    began = ns(datetime(2026, 1, 31, 9, 30, tzinfo=UTC))
    assert found == {50.0 + half: began + half * S // 2 for half in range(4)}
    assert left_out == ()


@pytest.mark.parametrize(
    "cell", ["0001-01-01T00:00:00", "1600-01-31T09:30:00", "9999-12-31T23:59:59", "0001-01-01T00:00:00+05:00"]
)
@pytest.mark.parametrize("zone", ["Europe/Berlin", "-12:00", "+14:00"])
def test_a_row_of_a_year_that_cannot_be_is_left_out_and_said(tmp_path, cell, zone):
    found, left_out = read(tmp_path, [cell, "2026-01-31T09:30:00Z"], "", f'zone = "{zone}"')
    assert found == {51.0: ns(datetime(2026, 1, 31, 9, 30, tzinfo=UTC))}
    assert left_out == ("1 rows without a time that can be read",)


def test_a_count_that_leads_out_of_all_years_is_left_out(tmp_path):
    cells = ["0", "9e9", "-9e9", "1e300"]
    found, left_out = read(tmp_path, cells, 'format = "seconds"\nstart = "2026-01-31T09:30:00"')
    assert [*found] == [50.0]
    assert left_out == ("3 rows without a time that can be read",)


@pytest.mark.parametrize("utc", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+05:00", "1600-01-01T00:00:00Z"])
def test_a_row_of_our_own_export_of_such_a_year_is_left_out_and_said(tmp_path, utc):
    path = tmp_path / "t.csv"
    path.write_text(f"{','.join(fromtidy.COLUMNS)}\n{utc},0,SpO2,150456,97,%,Vld,x,\n", "utf-8")
    assert fromcsv.read(path, Mapping(), untold).left_out == ("1 rows: a time that cannot be read",)


@pytest.mark.parametrize(
    ("time", "words"),
    [
        ('format = "%H:%M:%S"', "time.format: it has no date; add the date of the first row"),
        ('format = "%d.%m. %H:%M"', "time.format: day, month and year, or none"),
        ('format = "%Y %H:%M"', "time.format: day, month and year, or none"),
        ('format = "%d.%m.%Y %I:%M"', "time.format: with %I it needs %p"),
        ('format = "%d.%m.%Y %H:%M %Z"', "time.format: iso"),
        ('format = "%d.%m.%Y %H:%M %Q"', "time.format: iso"),
        ('format = "%d.%m.%Y %H:%H"', "time.format: iso"),
        ('format = "%d.%m.%Y %H:%M"\ndate = "2026-01-31"', "time.date: only for a format that has no date"),
        ('format = "%H:%M"\ndate = "31.1.2026"', "time.date: the date of the first row"),
        ('format = "seconds"\nstart = "9999-01-01T00:00:00"', "time.start: what the times count from"),
    ],
)
def test_a_format_that_does_not_say_the_time_is_refused_with_what_to_do(tmp_path, time, words):
    with pytest.raises(ConfigError, match=words):
        read(tmp_path, ["23:59"], time)


@pytest.mark.parametrize("date", ['"2026-10-25"', "2026-10-25"])
def test_times_without_a_date_count_on_across_midnight(tmp_path, date):
    cells = ["23:50:00", "23:59:59", "00:00:10", "23:59:58", "00:10:00", "06:00:00", "11:00:00"]
    found, _ = read(tmp_path, cells, f'format = "%H:%M:%S"\ndate = {date}', 'zone = "Europe/Oslo"')
    days = (25, 25, 26, 25, 26, 26, 26)
    assert found == {
        50.0 + n: ns(datetime.fromisoformat(f"2026-10-{day}T{cell}+01:00"))
        for n, (day, cell) in enumerate(zip(days, cells, strict=True))
    }


def test_times_without_a_date_that_go_down_are_of_the_day_before(tmp_path):
    cells = ["00:10+02:00", "23:50+02:00", "23:40+02:00"]
    found, _ = read(tmp_path, cells, 'format = "%H:%M%z"\ndate = "2026-10-25"')
    ten_past = ns(datetime(2026, 10, 24, 22, 10, tzinfo=UTC))
    assert found == {50.0: ten_past, 51.0: ten_past - 1200 * S, 52.0: ten_past - 1800 * S}


def test_a_step_without_a_date_that_may_lead_over_midnight_or_not_is_refused(tmp_path):
    with pytest.raises(ImportRefused, match="line 3: the time goes from 08:00:00 to 17:00:00; without"):
        read(tmp_path, ["08:00:00", "17:00:00"], 'format = "%H:%M:%S"\ndate = "2026-10-25"')


CHANGES = {"Europe/Berlin": (10, 25, 1), "Australia/Lord_Howe": (4, 4, 15)}  # there by half an hour


def through(folder, zone, times):
    """The times that are read from rows as a clock on the wall shows these."""
    cells = [f"{each.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}" for each in times]
    found, left_out = read(folder, cells, "", f'zone = "{zone}"')
    assert left_out == ()
    return [*found.values()]


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from([*CHANGES]),
    early_s=st.integers(1, 7200),
    steps=st.lists(st.integers(1, 1700), max_size=40),
)
def test_through_the_hour_that_comes_twice_time_goes_on_by_the_order_of_rows(
    tmp_path_factory, zone, early_s, steps
):
    times = [datetime(2026, *CHANGES[zone], tzinfo=UTC) - timedelta(seconds=early_s)]
    for step in steps:
        times.append(times[-1] + timedelta(seconds=step))
    assert through(tmp_path_factory.mktemp("t"), zone, times) == [ns(each) for each in times]


@settings(max_examples=20, deadline=None)
@given(zone=st.sampled_from([*CHANGES]), late_s=st.integers(3600, 3700), step_s=st.integers(10, 60))
def test_so_it_does_where_the_newest_row_is_the_first(tmp_path_factory, zone, late_s, step_s):
    newest = datetime(2026, *CHANGES[zone], tzinfo=UTC) + timedelta(seconds=late_s)
    times = [newest - timedelta(seconds=step_s * n) for n in range(800)]
    found = through(tmp_path_factory.mktemp("t"), zone, times)
    assert found == sorted(ns(each) for each in times)


def test_rows_that_are_a_few_seconds_out_of_order_do_not_set_the_clock_back(tmp_path):
    at = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    times = [at + timedelta(seconds=s) for s in (0, 2, 1, 1798, 1802, 1801, 1799, 1803, 5400)]
    assert through(tmp_path, "Europe/Berlin", times) == sorted(ns(each) for each in times)
