"""A device's clock against the time of day."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kapmonitor.drift import DriftMeter

S = 1_000_000_000
NOON_UTC = datetime(2026, 11, 28, 12, 0, 0, tzinfo=UTC)
NOON = NOON_UTC.replace(tzinfo=None)
NOON_UTC_NS = int(NOON_UTC.timestamp()) * S


def told(ahead_s=0.0, ppm=0.0, minutes=20, offset_min=0, every_s=1, at_s=lambda n: n):
    meter = DriftMeter(offset_min)
    for n in range(0, minutes * 60, every_s):
        own_s = n * (1 + ppm / 1e6) + ahead_s
        said = NOON + timedelta(minutes=offset_min, seconds=int(own_s))
        meter.add(said.isoformat(), 5 * S + int(at_s(n) * S), NOON_UTC_NS + int(at_s(n) * S))
    return meter.report()


def test_too_few_readings_say_nothing():
    assert DriftMeter(0).report() is None
    assert told(minutes=20, every_s=601) is None


@pytest.mark.parametrize("ahead_s", [0, -3, 61, -7200, 86400 * 400])
@pytest.mark.parametrize("offset_min", [0, 60, -300, 345])
def test_the_offset_is_that_from_local_time(ahead_s, offset_min):
    assert told(ahead_s, offset_min=offset_min).ahead_s == pytest.approx(ahead_s, abs=1.0)


def test_drift_is_told_once_five_minutes_have_passed():
    assert told(minutes=4).drift_ppm is None
    assert told(ppm=-20_000, minutes=20).drift_ppm == pytest.approx(-20_000, rel=0.1)
    assert abs(told(minutes=60).drift_ppm) < 1000


def test_one_late_reading_moves_nothing():
    late = told(ahead_s=-3, at_s=lambda n: n + (50 if n == 600 else 0))
    assert late.ahead_s == pytest.approx(-3, abs=1.0)


def test_a_clock_that_was_set_begins_anew():
    meter = DriftMeter(0)
    for n in range(40):
        meter.add((NOON + timedelta(seconds=n)).isoformat(), n * S, NOON_UTC_NS + n * S)
    meter.restart()
    assert meter.report() is None


@given(st.text(max_size=30))
def test_no_text_that_is_no_time_is_taken_for_one(text):
    meter = DriftMeter(0)
    for n in range(5):
        meter.add(text, n * S, NOON_UTC_NS)
    assert meter.report() is None
