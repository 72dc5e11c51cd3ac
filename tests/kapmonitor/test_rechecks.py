"""A blood pressure taken again: what asks for it, for whom, when, and that a restart does not forget it."""

import itertools

import pytest
from cuff_room import T0, Desk, S, measured

from devices.cuff_schedule import CuffOptions, Schedule
from devices.cuff_words import Again, Plan, Recalled
from kapmonitor.alarms.limits import baseline_example
from kapmonitor.commands import HoldCuff
from kapmonitor.model import CuffFailed, NibpFailure
from kapmonitor.rechecks import MAY_PASS, after_failed, after_high, planned_before
from kapmonitor.session.events import CuffPlan, Stamped
from kapmonitor.snapshot import ActiveAlarm, Priority

NOTHING = CuffOptions()
PROTOCOL = CuffOptions(repeat_s=300, failed_s=90)


def alarm(priority=Priority.MEDIUM, direction="high", role="nibp-sys", state="active-unack", **more):
    return ActiveAlarm("x", role, priority, state, 170, 160, direction, 0, reading_t_ns=50 * S, **more)


def test_only_a_pressure_above_a_limit_that_calls_somebody_is_high():
    roles = ("nibp-sys", "nibp-dia", "nibp-mean", "hr", "spo2")
    for priority, direction, role, state in itertools.product(
        Priority, ("high", "low", "flag"), roles, ("active-unack", "active-ack", "latched")
    ):
        asked = after_high([alarm(priority, direction, role, state)], NOTHING, PROTOCOL, 0)
        high = priority is not Priority.LOW and direction == "high" and state != "latched"
        assert (asked is not None) == (high and role.startswith("nibp")), (priority, direction, role, state)
        if asked is not None:
            assert asked.again == Again(350 * S, why="high")


def test_a_reading_is_answered_once():
    assert after_high([alarm()], NOTHING, PROTOCOL, 50 * S) is None
    assert after_high([alarm()], NOTHING, PROTOCOL, 49 * S).reading_ns == 50 * S


@pytest.mark.parametrize(
    ("own_s", "wanted_s", "from_s", "expected_s"),
    [
        (60, None, 120, 170),
        (60, None, 30, 110),
        (None, 300, 120, 350),
        (60, 300, 0, 110),
        (None, None, 120, None),
    ],
)
def test_a_limit_that_wants_a_second_reading_has_it_at_its_own_time(own_s, wanted_s, from_s, expected_s):
    confirming = alarm(repeat_wanted=True, repeat_from_s=from_s)
    asked = after_high([alarm(), confirming], CuffOptions(repeat_s=own_s), CuffOptions(repeat_s=wanted_s), 0)
    assert (None if asked is None else asked.again.t_ns) == (expected_s and expected_s * S)


def test_a_failed_reading_asks_again_by_itself_once_and_of_a_person_each_time():
    for failure, nth, by_itself in itertools.product(NibpFailure, (1, 2, 3), (True, False)):
        again = after_failed(failure, nth, NOTHING, PROTOCOL, 10 * S, by_itself=by_itself)
        if by_itself:
            assert (again is not None) == (nth == 1 and failure in MAY_PASS)
        else:
            assert (again is not None) == (failure is not NibpFailure.CANCELLED)
        assert again in (None, Again(100 * S, why="failed"))
        assert after_failed(failure, nth, NOTHING, NOTHING, 10 * S, by_itself=by_itself) is None


def by_hand(schedule=None):
    room = Desk(on=False, by_hand=True, limits=baseline_example())
    room.engine.adopt("cuff", "RN", None)
    room.desk.follow(CuffOptions(schedule=schedule, repeat_s=300, failed_s=90))
    room.desk.measure_from(T0, T0)
    return room


def test_whoever_measures_by_hand_is_reminded_after_a_high_reading_until_it_is_taken():
    room = by_hand()
    measured(room, 10, 190)
    room.now(600)
    room.engine.tick(room.now(601))
    tile = room.engine.snapshot.nibp
    assert (tile.next_t_ns, tile.again) == (T0 + 310 * S, "high")
    measured(room, 620, 120)
    room.engine.tick(room.now(621))
    assert room.engine.snapshot.nibp.next_t_ns is None
    assert room.engine.snapshot.session.cuffs_again == (T0 + 310 * S,)


def test_whoever_measures_by_hand_is_reminded_after_each_failed_reading():
    room = by_hand()
    for nth in (1, 2):
        room.both(CuffFailed(NibpFailure.CUFF_LOOSE, 0, room.now(100 * nth)))
        assert room.recorder.events(CuffPlan)[-1].again == "failed"
        room.engine.tick(room.now(100 * nth + 1))
        assert room.engine.snapshot.nibp.next_t_ns == T0 + (100 * nth + 90) * S


def plan(next_s, *, held=False, again="", device="cuff"):
    return Stamped(0, CuffPlan(device, next_s * S, 300, held, again))


@pytest.mark.parametrize(
    ("events", "due_s"),
    [
        ([plan(300)], 300),
        ([plan(300), plan(600, held=True)], 300),
        ([plan(300), plan(600, held=True), plan(400)], 300),
        ([plan(300), plan(600, held=True), plan(900)], 300),
        ([plan(300), plan(500, again="high")], 500),
        ([plan(300), plan(500, again="high"), plan(800, held=True, again="high")], 500),
        ([plan(300), plan(99, device="other")], 300),
        ([plan(300), plan(0)], None),
        ([], None),
    ],
)
def test_a_record_tells_what_is_planned_and_since_when_it_is_due(events, due_s):
    found = planned_before(events, "cuff")
    assert (None if found is None else found.due_ns) == (due_s and due_s * S)
    if found is not None:
        last = next(e.event for e in reversed(events) if e.event.device == "cuff")
        assert found.plan == Plan(last.next_t_ns, 300, last.held, last.again)


@pytest.mark.parametrize("held", [False, True])
def test_after_a_restart_the_repeat_is_due_when_it_was_and_cannot_be_put_off_anew(held):
    room = by_hand(Schedule((1800,), most_held_s=240))
    measured(room, 10, 190)
    if held:
        room.desk.ask(HoldCuff("KL"), room.now(20))
    events = [row for row in room.recorder.rows if isinstance(row, Stamped)]
    again = by_hand(Schedule((1800,), most_held_s=240))
    known = planned_before(events, "cuff")
    again.desk.recall("cuff", again.now(60), measuring=False, last_ns=T0 + 10 * S, planned=known)
    again.engine.tick(again.now(61))
    tile = again.engine.snapshot.nibp
    due_s = 550 if held else 310
    assert (tile.next_t_ns, tile.again, tile.held) == (T0 + due_s * S, "high", held)
    assert known == Recalled(T0 + 310 * S, known.plan)
    assert again.pump.sent == []
