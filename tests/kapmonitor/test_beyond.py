"""Which readings of a session were beyond the limits that held when they were taken."""

from itertools import pairwise

import numpy as np
import pytest

from kapmonitor.alarms.types import Companion, Priority, Rule, Side
from kapmonitor.beyond import held, readings_beyond
from kapmonitor.model import Absent, Columns, CuffReading, Measured, Validity
from kapmonitor.reviewframes import Frame
from kapmonitor.session.events import Phase
from kapmonitor.session.state import SessionState
from kapmonitor.view import Role

S = 1_000_000_000
HIGH = Rule("sys", "nibp-sys", Side.HIGH, Priority.MEDIUM, 160.0)
LOW = Rule("spo2", "spo2", Side.LOW, Priority.MEDIUM, 90.0)


class View:
    """Saturation second by second, and cuffs."""

    def __init__(self, spo2=(), cuffs=()):
        self.values = np.array(spo2, np.float32)
        self._cuffs = tuple(cuffs)

    def span(self):
        return 0, max(0, len(self.values) - 1) * S

    def trend(self, role, t0_ns, t1_ns, width):
        assert role is Role.SPO2
        edges = [t0_ns + i * (t1_ns - t0_ns) // width for i in range(width + 1)]
        cells = [self.values[-(-a // S) : -(-b // S)] for a, b in pairwise(edges)]
        lo, hi = ([f(c) if len(c) else np.nan for c in cells] for f in (np.nanmin, np.nanmax))
        return Columns(t0_ns, t1_ns, np.array(lo, np.float32), np.array(hi, np.float32))

    def cuffs(self, t0_ns, t1_ns):
        return tuple(cuff for cuff in self._cuffs if t0_ns <= cuff.t_ns <= t1_ns)


def cuff(second, systolic, diastolic=80.0, *, stored=False):
    return CuffReading(
        second * S,
        "c",
        Measured(systolic),
        Measured(diastolic),
        Measured(100.0),
        Measured(70.0),
        None,
        stored,
    )


def frame(*rules, off=(), phase=Phase.PEAK):
    return Frame(session=SessionState(phase=phase), rules=rules, off_until=off)


def found(view, *frames, end=10_000):
    return [(b.t_ns // S, b.value) for b in readings_beyond(view, held(frames, end * S))]


def test_a_cuff_is_judged_by_the_limit_of_its_time():
    view = View(cuffs=[cuff(10, 150), cuff(20, 150), cuff(30, 160)])
    lower = Rule("sys", "nibp-sys", Side.HIGH, Priority.MEDIUM, 145.0)
    assert found(view, (0, frame(lower)), (15 * S, frame(HIGH))) == [(10, 150.0), (30, 160.0)]


def test_one_cuff_is_one_reading_and_names_the_first_of_its_values_outside():
    dia = Rule("dia", "nibp-dia", Side.HIGH, Priority.MEDIUM, 90.0)
    view = View(cuffs=[cuff(10, 170, 99), cuff(20, 120, 99)])
    beyond = readings_beyond(view, held([(0, frame(HIGH, dia))], 100 * S))
    assert [(each.role, each.limit, each.high) for each in beyond] == [
        (Role.NIBP_SYS, 160.0, True),
        (Role.NIBP_DIA, 90.0, True),
    ]


def test_what_a_device_had_stored_and_what_was_not_measured_is_no_reading():
    gone = Absent(Validity.INVALID)
    failed = CuffReading(20 * S, "c", gone, gone, gone, gone)
    assert found(View(cuffs=[cuff(10, 200, stored=True), failed]), (0, frame(HIGH))) == []


@pytest.mark.parametrize(
    "rule",
    [
        Rule("sys", "nibp-sys", Side.HIGH, Priority.MEDIUM, 160.0, phases=("preparation",)),
        Rule("sys", "nibp-sys", Side.HIGH, Priority.MEDIUM, 160.0, companion=Companion("hr", above=100.0)),
    ],
)
def test_a_limit_of_another_phase_or_with_a_condition_does_not_count(rule):
    assert found(View(cuffs=[cuff(10, 200)]), (0, frame(rule))) == []


def test_a_limit_that_was_switched_off_counts_again_when_it_comes_back():
    view = View(cuffs=[cuff(10, 200), cuff(30, 200)])
    assert found(view, (0, frame(HIGH, off=(("sys", 20 * S),)))) == [(30, 200.0)]


def test_a_saturation_goes_outside_at_its_first_second_and_counts_once_while_it_stays():
    values = [97.0] * 400
    values[123:160] = [88.0] * 37
    values[170:175] = [89.0] * 5
    values[300] = 90.0
    assert found(View(values), (0, frame(LOW))) == [(123, 88.0), (300, 90.0)]


def test_a_saturation_that_stays_outside_while_a_limit_changes_counts_once():
    values = [97.0] * 100 + [85.0] * 100
    stricter = Rule("spo2", "spo2", Side.LOW, Priority.MEDIUM, 92.0)
    assert found(View(values), (0, frame(LOW)), (150 * S, frame(stricter))) == [(100, 85.0)]


def test_without_limits_nothing_is_beyond_them():
    assert found(View([50.0] * 30, [cuff(10, 250)]), (0, frame())) == []
    assert held([], 5) == ()
