"""A person's own band: the two ends of what earlier sessions did, as changes from their baselines."""

import numpy as np
import pytest
from course_records import DAY_NS, UTC0, Made, made

from kapmonitor.course.band import LONGEST_MIN, Earlier, comparable, on_baseline, own_band
from kapmonitor.course.reading import session_of
from kapmonitor.resting import Baseline
from kapmonitor.session.events import BaselineSet, DoseGiven
from kapmonitor.view import Role

KETAMINE = DoseGiven("ketamine", 70.0, "im", "arm", "RN")


@pytest.fixture
def earlier(tmp_path):
    def make(number, **changes):
        session = Made(number=number, utc_ns=UTC0 + number * DAY_NS, rates=(), end_min=70.0)
        read = session_of(made(tmp_path / f"{number}.kap", session, **changes), None, lambda _share: None)
        return Earlier(read.facts, read.curves)

    return make


def at(band, minute):
    return float(band.low[minute]), float(band.high[minute])


def test_the_lowest_and_the_highest_change_near_each_minute(earlier):
    sessions = [
        earlier(1, cuffs=((10, 150, 90), (20, 165, 95), (40, 140, 85))),
        earlier(2, cuffs=((10, 140, 85), (22, 150, 95), (41, 130, 85))),
        earlier(3, cuffs=((12, 145, 85), (40, 125, 85))),
    ]
    band = own_band(Role.NIBP_SYS, sessions)
    assert band.sessions == 3
    assert at(band, 10) == (20.0, 30.0)
    assert at(band, 21) == (25.0, 45.0), "the third session's reading at T+12 is the nearest it has"
    assert at(band, 40) == (5.0, 20.0)


def test_where_fewer_than_two_sessions_have_a_reading_near_there_is_no_band(earlier):
    sessions = [earlier(1, cuffs=((10, 150, 90), (60, 120, 80))), earlier(2, cuffs=((12, 140, 85),))]
    band = own_band(Role.NIBP_SYS, sessions)
    assert len(band.low) == 21, "to ten minutes after the last one that both have near"
    assert np.isnan(band.low[:2]).all()
    assert at(band, 2) == (20.0, 30.0)


def test_one_session_is_no_band_and_none_without_a_baseline(earlier):
    one, bare = earlier(1), earlier(2, baseline=False, cuffs=((10, 150, 90),))
    assert own_band(Role.NIBP_SYS, [one]) is None
    assert own_band(Role.NIBP_SYS, [one, bare]) is None
    assert own_band(Role.NIBP_SYS, []) is None


def test_each_session_counts_from_its_own_baseline(earlier):
    other = BaselineSet(140.0, 90.0, 107.0, 80.0, 97.0, (), "RN")
    one = earlier(1, cuffs=((10, 150, 90),))
    two = earlier(2, cuffs=((10, 170, 90),), events=((-0.5, other),))
    band = own_band(Role.NIBP_SYS, [one, two])
    assert at(band, 10) == (30.0, 30.0)
    low, high = on_baseline(band, Baseline(systolic=118.0))
    assert (low[10], high[10]) == (148.0, 148.0)
    assert on_baseline(band, Baseline()) is None


def test_heart_rate_is_the_median_of_each_minute_and_a_gap_is_no_value(earlier):
    one = earlier(1, rates=((0, 10, 75, 97), (20, 30, 90, 97)))
    two = earlier(2, rates=((0, 30, 80, 97),))
    band = own_band(Role.HR, [one, two])
    assert at(band, 5) == (5.0, 10.0)
    assert np.isnan(band.low[15])
    assert at(band, 25) == (10.0, 20.0)
    assert len(band.low) == 30


def test_only_sessions_by_the_same_route_compare(earlier):
    nasal = DoseGiven("esketamine", 56.0, "in", "nose", "RN")
    sessions = (
        earlier(1),
        earlier(2, doses=((0, nasal),)),
        earlier(3, doses=((0, KETAMINE), (30, nasal))),
        earlier(4, doses=((0, KETAMINE), (30, KETAMINE))),
    )
    assert comparable(sessions, "im") == (sessions[0], sessions[3])
    assert comparable(sessions, "iv") == ()


def test_the_order_of_sessions_changes_nothing_and_readings_before_the_dose_do_not_count(earlier):
    one, two = earlier(1, cuffs=((-2, 200, 110), (3, 130, 80))), earlier(2, cuffs=((3, 128, 80),))
    there, back = own_band(Role.NIBP_SYS, [one, two]), own_band(Role.NIBP_SYS, [two, one])
    assert np.array_equal(there.low, back.low, equal_nan=True)
    assert np.array_equal(there.high, back.high, equal_nan=True)
    assert at(there, 0) == (8.0, 10.0)
    assert len(there.low) <= LONGEST_MIN + 1
