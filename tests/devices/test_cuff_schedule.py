"""Planned cuffs: the times of a schedule, the timer, holding and releasing."""

import pytest
from cuff_desk import FIVES, ready_safety, start
from hypothesis import given
from hypothesis import strategies as st

from devices.cuff import LATE_NS, CuffSafety
from devices.cuff_schedule import Schedule
from devices.cuff_table import Happening
from devices.cuff_words import TIMER, Action, Linked, Plan, Planned, Refusal, Refuse, Request, SendStart, Tick
from kapmonitor.errors import ConfigError

S = 1_000_000_000
H = Happening


@pytest.fixture
def ready():
    return ready_safety()


def at(minutes):
    return minutes * 60 * S


def test_the_schedule_counts_from_the_dose():
    times = [at(100)]
    for _ in range(8):
        times.append(FIVES.after(at(100), times[-1]))
    assert times[1:] == [at(100 + m) for m in (5, 10, 15, 20, 30, 45, 60, 75)]
    assert [FIVES.interval_s(at(100), t) // 60 for t in times[1:]] == [5, 5, 5, 5, 10, 15, 15, 15]


def test_a_schedule_without_interval_ends():
    assert Schedule((300,)).after(0, at(5)) is None
    assert Schedule(every_s=300).after(0, at(5)) == at(10)


@pytest.mark.parametrize(
    "wrong", [((30,), None), ((300, 330), None), ((600, 300), None), ((), 59), ((0,), None)]
)
def test_a_schedule_that_would_hurt_is_refused(wrong):
    with pytest.raises(ConfigError):
        Schedule(*wrong)


@given(st.integers(0, 10**6), st.integers(0, 10**5))
def test_planned_times_follow_each_other(dose_s, after_s):
    first = FIVES.after(dose_s * S, (dose_s + after_s) * S)
    assert first > (dose_s + after_s) * S
    assert first - (dose_s + after_s) * S <= 900 * S
    assert 60 <= FIVES.interval_s(dose_s * S, first) <= 900


def test_before_the_dose_nothing_is_planned(ready):
    assert ready.on(Planned(FIVES, None), 0) == ()
    assert ready.on(Planned(FIVES, at(1)), at(1)) == (Plan(at(6), 300),)


def test_planned_cuffs_are_started_by_the_timer(ready):
    ready.on(Planned(FIVES, 0), 0)
    assert ready.deadline_ns == at(5)
    assert ready.on(Tick(), at(5) - 1) == ()
    assert ready.on(Tick(), at(5)) == (SendStart(TIMER), Plan(at(10), 300))


def test_what_is_planned_is_not_started_while_starting_is_off():
    safety = CuffSafety()
    safety.on(Linked(True), 0)
    assert safety.on(Planned(FIVES, 0), 0) == (Plan(at(5), 300),)
    assert safety.on(Tick(), at(5)) == ()
    assert safety.plan == Plan(at(5), 300)
    assert safety.on(Request(Action.TURN_ON, "nurse"), at(6)) == (Plan(at(10), 300),)


def test_a_planned_cuff_waits_for_the_end_of_the_rest(ready):
    ready.on(Planned(FIVES, 0), 0)
    ready.on(start(), at(4))
    ready.on(H.IDLE, at(5) - 10 * S)
    assert ready.on(Tick(), at(5)) == (Plan(at(5) + 20 * S, 320),)
    assert ready.on(Tick(), at(5) + 20 * S) == (SendStart(TIMER), Plan(at(10), 300))


def test_a_planned_cuff_is_skipped_while_one_is_running(ready):
    ready.on(Planned(FIVES, 0), 0)
    ready.on(start(), at(5) - S)
    refused = Refuse(Action.START, TIMER, Refusal.BUSY)
    assert ready.on(Tick(), at(5)) == (refused, Plan(at(10), 300))


def test_a_planned_cuff_that_the_link_prevented_is_not_made_up_for(ready):
    ready.on(Planned(FIVES, 0), 0)
    ready.on(Linked(False), at(4))
    refused = Refuse(Action.START, TIMER, Refusal.NO_LINK)
    assert ready.on(Tick(), at(5)) == (refused, Plan(at(10), 300))
    ready.on(Linked(True), at(6))
    assert ready.on(Tick(), at(7)) == ()


def test_planned_cuffs_that_the_computer_slept_through_are_skipped(ready):
    ready.on(Planned(FIVES, 0), 0)
    refused = Refuse(Action.START, TIMER, Refusal.MISSED)
    assert ready.on(Tick(), at(5) + LATE_NS + 1) == (refused, Plan(at(10), 300))
    assert ready.on(Tick(), at(59)) == (refused, Plan(at(60), 900))


def test_hold_puts_off_by_one_interval_and_only_once(ready):
    ready.on(Planned(FIVES, 0), 0)
    hold = Request(Action.HOLD, "Ada")
    assert ready.on(hold, at(4)) == (Plan(at(10), 600, held=True),)
    assert ready.on(hold, at(4)) == (Refuse(Action.HOLD, "Ada", Refusal.ALREADY_HELD),)
    assert ready.on(Tick(), at(5)) == ()
    assert ready.on(Tick(), at(10)) == (SendStart(TIMER), Plan(at(15), 300))


def test_hold_puts_off_by_ten_minutes_at_most(ready):
    ready.on(Planned(FIVES, 0), at(31))
    assert ready.plan.next_t_ns == at(45)
    (plan,) = ready.on(Request(Action.HOLD, "Ada"), at(40))
    assert plan.next_t_ns == at(55)
    ready.on(Tick(), at(55))
    assert ready.plan == Plan(at(60), 900)


def test_release_takes_a_hold_back(ready):
    ready.on(Planned(FIVES, 0), 0)
    release = Request(Action.RELEASE, "Ada")
    assert ready.on(release, 1) == (Refuse(Action.RELEASE, "Ada", Refusal.NOT_HELD),)
    ready.on(Request(Action.HOLD, "Ada"), at(4))
    assert ready.on(release, at(4)) == (Plan(at(5), 300),)
    ready.on(Request(Action.HOLD, "Ada"), at(4))
    assert ready.on(release, at(8)) == (Plan(at(8), 480),), "its time has passed: it is due now"
    assert ready.on(Tick(), at(8))[0] == SendStart(TIMER)


def test_hold_without_a_plan_is_refused(ready):
    assert ready.on(Request(Action.HOLD, "Ada"), 0) == (Refuse(Action.HOLD, "Ada", Refusal.NOTHING_PLANNED),)
