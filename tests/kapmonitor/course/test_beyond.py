"""Time beyond a limit: only time for which a reading stands."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kapmonitor.alarms.types import Priority
from kapmonitor.course.beyond import CUFF_STANDS_NS, Beyond, beyond_by_second, beyond_of, cuff_spans, stands
from kapmonitor.levels import HIGH_SIDE, LOW_SIDE, Level
from kapmonitor.model import Absent, CuffReading, Measured, Validity

MIN = 60_000_000_000
NONE = Absent(Validity.NOT_AVAILABLE)
END_NS = 120 * MIN


def cuff(at_min, systolic=150.0, diastolic=80.0):
    sys_ = NONE if systolic is None else Measured(float(systolic))
    return CuffReading(round(at_min * MIN), "cuff", sys_, Measured(float(diastolic)), NONE, NONE)


def level(limit, t0_min=-60.0, t1_min=None):
    t1_ns = None if t1_min is None else round(t1_min * MIN)
    return Level(round(t0_min * MIN), t1_ns, limit, Priority.MEDIUM)


def above(cuffs, *levels, breaks=(), end_ns=END_NS):
    return beyond_of(
        ((stands([c.systolic for c in cuffs], cuff_spans(cuffs, end_ns, breaks)), levels),), HIGH_SIDE
    )


def test_a_reading_stands_until_the_next_one_or_a_quarter_of_an_hour():
    spans = cuff_spans((cuff(0), cuff(5), cuff(30)), 32 * MIN, ())
    assert spans == ((0, 5 * MIN), (5 * MIN, 20 * MIN), (30 * MIN, 32 * MIN))
    assert CUFF_STANDS_NS == 15 * MIN


def test_a_reading_ends_where_monitoring_does():
    assert cuff_spans((cuff(0),), END_NS, ((6 * MIN, 9 * MIN),)) == ((0, 6 * MIN),)


def test_minutes_at_or_above_the_limit_and_how_many_were_looked_at():
    found = above((cuff(0, 150), cuff(10, 160), cuff(20, 170), cuff(25, 159)), level(160.0))
    assert found == Beyond(15 * MIN, 40 * MIN, ((160.0,),))


def test_each_reading_is_held_against_the_limit_of_its_time():
    found = above((cuff(0, 150), cuff(10, 150)), level(160.0, t1_min=12), level(140.0, t0_min=12))
    assert found == Beyond(13 * MIN, 25 * MIN, ((160.0, 140.0),))


def test_without_a_limit_nothing_is_counted():
    assert above((cuff(0, 200),)) == Beyond(0, 0, ((),))


def test_a_reading_without_the_value_stands_for_nothing():
    assert above((cuff(0, 170), cuff(5, None)), level(160.0)).seen_ns == 5 * MIN


def test_systolic_and_diastolic_beyond_at_once_count_once():
    cuffs = (cuff(0, 170, 105), cuff(10, 150, 105), cuff(20, 150, 80))
    spans = cuff_spans(cuffs, 25 * MIN, ())
    parts = (
        (stands([c.systolic for c in cuffs], spans), (level(160.0),)),
        (stands([c.diastolic for c in cuffs], spans), (level(100.0),)),
    )
    assert beyond_of(parts, HIGH_SIDE) == Beyond(20 * MIN, 25 * MIN, ((160.0,), (100.0,)))


def test_seconds_of_a_continuous_value():
    values = np.array([90, 91, 92, np.nan, 91, 95], np.float32)
    times = np.arange(6, dtype=np.int64)
    found = beyond_by_second(times, (values, values), 1, (Level(0, None, 91.0, Priority.LOW),), LOW_SIDE)
    assert found == Beyond(3, 5, ((91.0,),))
    late = (Level(0, 2, 80.0, Priority.LOW), Level(2, None, 93.0, Priority.LOW))
    assert beyond_by_second(times, (values, values), 1, late, LOW_SIDE) == Beyond(2, 5, ((80.0, 93.0),))


cuffs_at = st.lists(
    st.tuples(st.integers(0, 119), st.sampled_from((120.0, 160.0, 190.0))),
    max_size=12,
    unique_by=lambda c: c[0],
)
gaps = st.lists(st.tuples(st.integers(0, 119), st.integers(1, 40)), max_size=4)


@given(cuffs_at, gaps)
def test_a_gap_never_adds_minutes(found, breaks):
    cuffs = tuple(cuff(*each) for each in sorted(found))
    lost = tuple(sorted((at * MIN, (at + long) * MIN) for at, long in breaks))
    whole, broken = above(cuffs, level(160.0)), above(cuffs, level(160.0), breaks=lost)
    assert 0 <= broken.beyond_ns <= whole.beyond_ns
    assert broken.beyond_ns <= broken.seen_ns <= whole.seen_ns


@given(cuffs_at, st.integers(0, 119))
def test_taking_a_reading_away_never_lets_another_stand_for_longer_than_it_may(found, place):
    cuffs = tuple(cuff(*each) for each in sorted(found))
    assert above(cuffs, level(160.0)).seen_ns <= len(cuffs) * CUFF_STANDS_NS
    fewer = tuple(each for each in cuffs if each.t_ns != place * MIN)
    assert above(fewer, level(160.0)).seen_ns <= above(cuffs, level(160.0)).seen_ns


@given(cuffs_at, st.integers(-(10**6), 10**6))
def test_another_day_changes_nothing(found, moved_s):
    by_ns = moved_s * 1_000_000_000
    cuffs = tuple(cuff(*each) for each in sorted(found))
    later = tuple(CuffReading(c.t_ns + by_ns, "cuff", c.systolic, c.diastolic, NONE, NONE) for c in cuffs)
    limit = (level(160.0, -60, 50), level(150.0, 50))
    moved = tuple(
        Level(
            each.t0_ns + by_ns, None if each.t1_ns is None else each.t1_ns + by_ns, each.limit, each.priority
        )
        for each in limit
    )
    assert above(later, *moved, end_ns=END_NS + by_ns) == above(cuffs, *limit)
