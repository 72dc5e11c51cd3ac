"""A record's readings and events, evaluated once more, give the transitions that were recorded."""

import random
import time

import pytest
from engine_room import S
from virtual_session import ORIGIN_NS, VirtualSession

from devices.sim.patient import Episode
from kapmonitor.alarms.limits import example, parse
from kapmonitor.alarms.offline import _seen, replayed
from kapmonitor.alarms.stepper import changed_event
from kapmonitor.alarms.types import ConditionState
from kapmonitor.commands import Acknowledge, ChangeLimit, DisableRule
from kapmonitor.model import (
    AlertKind,
    CuffFailed,
    DeviceAlert,
    LinkChanged,
    LinkProblem,
    LinkState,
    NibpFailure,
)
from kapmonitor.session.events import AlarmChanged, AlertEvent, InputLate, LimitsSet, Stamped

LOW = (Episode(900, 100, spo2=-13.5), Episode(1500, 90, spo2=-9.0), Episode(1300, 600, systolic=70))


def recorded(session):
    return [s for s in session.events if isinstance(s.event, AlarmChanged)]


def rerun(session, limits=None):
    moves = replayed(session.rows, session.events, limits or session.limits)
    return [Stamped(move.t_ns, changed_event(move)) for move in moves]


def people_and_trouble(session, rng):
    """Acknowledgements some time after an alarm, lost links, sensors, cuffs, decisions."""

    def each(t_s):
        engine, now_ns = session.engine, session.clock.now_ns()
        if rng.random() < 0.02 and engine.snapshot.alarms:
            conditions = tuple(alarm.condition for alarm in engine.snapshot.alarms)
            engine.handle(Acknowledge(now_ns - rng.randrange(300_000_000), conditions, "RN"))
        if rng.random() < 0.002:
            session.lost ^= {"oxi"}
            state = LinkState.WAITING if session.lost else LinkState.LIVE
            engine.on_link("oxi", LinkChanged(state, now_ns, LinkProblem.LOST))
        if rng.random() < 0.004:
            engine.on_event("oxi", DeviceAlert(AlertKind.SENSOR_OFF, rng.random() < 0.5, now_ns))
        if rng.random() < 0.002:
            engine.on_event("cuff", CuffFailed(NibpFailure.MOTION, 1, now_ns))
        if t_s == 1000:
            engine.handle(DisableRule("hr-low", "athlete", "prescriber", "AB", 5))
        if t_s == 1100:
            engine.handle(ChangeLimit("spo2-low", 90, "prescriber", "AB"))

    return each


@pytest.mark.parametrize("odd_s", [0.0, 0.123456789])
@pytest.mark.parametrize("ticks", [4, 1])
def test_a_rerun_gives_every_transition_bit_for_bit(odd_s, ticks):
    session = VirtualSession(11, odd_s=odd_s, episodes=LOW)
    session.run(1800, ticks=ticks, each=people_and_trouble(session, random.Random(5)))
    session.engine.close("ended")
    assert len(recorded(session)) > 60
    assert {ConditionState.DISABLED, ConditionState.ACTIVE_ACK} <= {
        ConditionState(s.event.after) for s in recorded(session)
    }
    assert rerun(session) == recorded(session)


def test_how_late_the_program_gets_round_to_it_changes_no_transition():
    runs = []
    for ticks in (4, 2, 1):
        session = VirtualSession(11, episodes=LOW)
        session.run(1800, ticks=ticks)
        runs.append(recorded(session))
    assert runs[0] == runs[1] == runs[2]


def test_what_comes_after_its_step_is_seen_at_the_same_time_in_a_rerun():
    session = VirtualSession(3, episodes=LOW)
    session.run(895)
    late = []

    def each(t_s):
        if t_s % 7 == 0:
            # A stamp of half a second ago, whose steps are over.
            now_ns = session.clock.now_ns()
            session.engine.on_event("oxi", DeviceAlert(AlertKind.SENSOR_OFF, t_s % 14 == 0, now_ns - S // 2))
            late.append(t_s)

    session.run(300, each=each)
    assert sum(isinstance(s.event, InputLate) for s in session.events) >= len(late) > 40
    assert rerun(session) == recorded(session)
    without = [s for s in session.events if not isinstance(s.event, InputLate)]
    moves = replayed(session.rows, without, session.limits)
    assert [Stamped(m.t_ns, changed_event(m)) for m in moves] != recorded(session)


def test_of_two_that_share_a_stamp_only_one_may_be_late():
    session = VirtualSession(3)
    session.run(30)
    now_ns = session.clock.now_ns()
    stamp_ns = now_ns + S // 4
    session.engine.on_event("oxi", DeviceAlert(AlertKind.SENSOR_OFF, True, stamp_ns))
    session.clock.move_to(stamp_ns)
    session.engine.tick(stamp_ns)
    session.engine.on_event("oxi", DeviceAlert(AlertKind.SENSOR_OFF, False, stamp_ns))
    late = [s.event for s in session.events if isinstance(s.event, InputLate)]
    assert [(each.what, each.t_ns) for each in late] == [("device.alert", stamp_ns)]
    places = _seen(tuple(session.events))
    alerts = [i for i, s in enumerate(session.events) if isinstance(s.event, AlertEvent)]
    assert places == {alerts[1]: late[0].seen_t_ns}


def test_the_record_keeps_the_limits_it_was_made_with():
    session = VirtualSession(11, episodes=LOW)
    session.run(1500)
    kept = next(s.event for s in session.events if isinstance(s.event, LimitsSet))
    assert rerun(session, parse(kept.toml, "record")) == recorded(session)


def test_other_limits_give_other_alarms_and_need_no_baseline():
    session = VirtualSession(11, episodes=LOW)
    session.run(1500)
    other = rerun(session, example())
    assert other != recorded(session)
    assert {s.event.condition for s in other} > {"spo2-low", "sys-high"}
    assert other[0].t_ns >= ORIGIN_NS


@pytest.mark.speed
def test_an_hour_is_evaluated_again_in_less_than_four_seconds():
    session = VirtualSession(11, episodes=LOW)
    session.run(3600)
    rows, events = session.rows, session.events
    began_s = time.perf_counter()
    moves = replayed(rows, events, session.limits)
    took_s = time.perf_counter() - began_s
    print(f"{3600 / took_s:.0f} times real time")
    assert len(moves) > 40
    assert took_s < 3.6
