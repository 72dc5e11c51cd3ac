"""The scripted cases of ALARMS 1.12: T1 to T10, through the engine."""

import pytest
from engine_room import DIA, MEAN, PR, SPO2, SYS, Room, S

from kapmonitor.alarms.audio import Audio, AudioCue, AudioState
from kapmonitor.alarms.limits import baseline_example
from kapmonitor.alarms.types import Priority
from kapmonitor.commands import Acknowledge, ChangeLimit, DisableRule, EnableRule, MovePhase
from kapmonitor.engine import Engine
from kapmonitor.errors import CommandRefused
from kapmonitor.model import (
    Absent,
    AlertKind,
    CuffFailed,
    DeviceAlert,
    LinkChanged,
    LinkProblem,
    LinkState,
    NibpFailure,
    Validity,
)
from kapmonitor.session.events import (
    AlarmChanged,
    BaselineSet,
    ClockAnchored,
    DeviceAdded,
    LimitsChanged,
    Phase,
    Stamped,
)


@pytest.fixture
def room():
    room = Room()
    for device in ("oxi", "cuff"):
        room.engine.on_link(device, LinkChanged(LinkState.LIVE, room.clock.now_ns()))
    room.after(4, saying=[("oxi", SPO2, 97), ("oxi", PR, 70)])
    return room


def low(value):
    return [("oxi", SPO2, value), ("oxi", PR, 70)]


def changes(room, condition):
    found = [r for r in room.recorder.rows if isinstance(r, Stamped) and isinstance(r.event, AlarmChanged)]
    return [r for r in found if r.event.condition == condition]


def states(room):
    return {alarm.condition: (alarm.state, alarm.priority) for alarm in room.engine.snapshot.alarms}


def measure(room, systolic, diastolic=80):
    mean = diastolic + (systolic - diastolic) // 3
    for metric, value in ((SYS, systolic), (DIA, diastolic), (MEAN, mean)):
        room.say("cuff", metric, value)
    return room.after(0.25, saying=low(97))


def test_t1_an_alarm_comes_fifteen_seconds_after_its_onset(room):
    room.after(20, saying=low(91))
    pending, active = changes(room, "spo2-low")[-2:]
    assert pending.event.after == "pending"
    assert active.event.after == "active-unack"
    assert 14.8 <= (active.t_ns - pending.t_ns) / S <= 15.2


def test_t2_a_dip_of_less_than_the_delay_is_a_near_miss_on_record(room):
    room.after(14.75, saying=low(91))
    room.after(1, saying=low(97))
    last = changes(room, "spo2-low")[-1].event
    assert (last.before, last.after, last.cause, last.value) == ("pending", "normal", "near-miss", 91)
    assert not room.engine.snapshot.alarms


def test_t3_a_deep_dip_does_not_wait(room):
    began_ns = room.clock.now_ns()
    room.after(1, saying=low(77))
    active = next(c for c in changes(room, "spo2-very-low") if c.event.after == "active-unack")
    assert active.event.cause == "bypass"
    assert active.t_ns - began_ns < S
    assert next(a for a in room.engine.snapshot.alarms if a.condition == "spo2-very-low").bypassed


def test_t4_acknowledging_medium_does_not_cover_the_high_that_follows(room):
    room.after(16, saying=low(90))
    room.engine.handle(Acknowledge(room.clock.now_ns(), ("spo2-low",), "RN"))
    room.after(1, saying=low(90))
    assert states(room)["spo2-low"][0] == "active-ack"
    room.after(1, saying=low(79))
    assert states(room)["spo2-very-low"] == ("active-unack", Priority.HIGH)
    assert states(room)["spo2-low"][0] == "active-ack"


def test_t4_a_key_that_went_down_before_it_got_worse_does_not_cover_that(room):
    limits = baseline_example()
    room.engine = Engine(
        room.clock, room.recorder, Stamped(room.clock.now_ns(), room.engine._started), limits
    )
    room.engine.add_device(DeviceAdded("cuff", "x", "Cuff", "x@y"))
    measure(room, 185)
    assert states(room)["sys-very-high"] == ("active-unack", Priority.MEDIUM)
    room.after(150, saying=low(97))
    measure(room, 186)
    assert states(room)["sys-very-high"] == ("active-unack", Priority.HIGH)
    down_ns = room.clock.now_ns() - S // 1000
    room.engine.handle(Acknowledge(down_ns, ("sys-very-high", "sys-high"), "RN"))
    room.after(0.5, saying=low(97))
    assert (states(room)["sys-very-high"][0], states(room)["sys-high"][0]) == ("active-unack", "active-ack")
    room.engine.handle(Acknowledge(room.clock.now_ns(), ("sys-very-high",), "RN"))
    room.after(0.5, saying=low(97))
    assert states(room)["sys-very-high"][0] == "active-ack"


def test_t5_a_sensor_that_goes_off_during_an_alarm_inherits_its_priority(room):
    room.after(12, saying=low(86))
    assert states(room)["spo2-very-low"] == ("active-unack", Priority.HIGH)
    room.engine.on_event("oxi", DeviceAlert(AlertKind.SENSOR_OFF, True, room.clock.now_ns()))
    gone = Absent(Validity.NOT_AVAILABLE)
    room.after(0.25, saying=[("oxi", SPO2, gone), ("oxi", PR, gone)])
    assert states(room)["spo2-very-low"][0] == "latched"
    assert states(room)["signal:spo2"] == ("active-unack", Priority.HIGH)
    assert changes(room, "signal:spo2")[-1].event.cause == "inherit"
    room.engine.on_event("oxi", DeviceAlert(AlertKind.SENSOR_OFF, False, room.clock.now_ns()))
    room.after(1, saying=low(97))
    assert "signal:spo2" not in states(room)


def test_t6_an_output_that_goes_during_a_pause_ends_the_pause_in_a_fault(room):
    """The sound's own part is tested with it; here the condition that it senses."""
    from kapmonitor.alarms.audio import AudioFacts, move

    facts = AudioFacts(works=True)
    paused = move(Audio(AudioState.ON), AudioCue.PAUSE, facts, room.clock.now_ns())
    assert paused.state is AudioState.PAUSED
    room.engine.senses.sense("audio", 2.0, "No alarm sound: the speaker went away")
    room.after(0.25, saying=low(97))
    assert states(room)["audio"] == ("active-unack", Priority.HIGH)


def test_t7_a_step_of_the_wall_clock_changes_no_delay(room):
    room.after(50, saying=low(97))
    room.after(2, saying=low(91))
    pending = changes(room, "spo2-low")[-1]
    room.clock._utc_minus_t_ns += 3600 * S
    room.after(15, saying=low(91))
    active = changes(room, "spo2-low")[-1]
    assert active.event.after == "active-unack"
    assert active.t_ns - pending.t_ns == 15 * S
    anchored = next(r for r in room.recorder.rows if isinstance(getattr(r, "event", None), ClockAnchored))
    assert pending.t_ns < anchored.t_ns < active.t_ns
    assert anchored.event.step_ns > 3000 * S
    assert states(room)["clock"] == ("active-unack", Priority.LOW)


def test_t8_after_a_crash_an_acknowledged_alarm_is_still_acknowledged_and_reminds_in_time(room, tmp_path):
    room.after(16, saying=low(90))
    room.engine.handle(Acknowledge(room.clock.now_ns(), ("spo2-low",), "RN"))
    before = room.after(1, saying=low(90)).alarms
    again = room.killed(tmp_path / "a.kap", 20)
    after = again.after(3).alarms
    kept = [(a.condition, a.state, a.priority, a.onset_t_ns, a.value, a.remind_t_ns) for a in after]
    assert kept == [(a.condition, a.state, a.priority, a.onset_t_ns, a.value, a.remind_t_ns) for a in before]
    again.after(5, saying=low(90))
    assert states(again)["spo2-low"][0] == "active-ack"
    again.after(160, saying=low(90))
    assert [c.event.cause for c in changes(again, "spo2-low")][-1] == "remind"


def test_t8_a_signal_that_does_not_come_back_after_a_crash_is_lost_after_half_a_minute(room, tmp_path):
    room.after(12, saying=low(86))
    again = room.killed(tmp_path / "a.kap", 10)
    again.after(29)
    assert states(again)["spo2-very-low"][0] == "active-unack"
    again.after(2)
    assert states(again)["spo2-very-low"][0] == "latched"


def test_t8_what_people_decided_still_holds_after_a_crash(room, tmp_path):
    engine = room.engine
    engine.note(BaselineSet(118.0, 74.0, 88.0, 66.0, 98.0, (1, 2), "RN"))
    engine.handle(ChangeLimit("spo2-low", 90, "prescriber", "AB"))
    engine.handle(ChangeLimit("spo2-low", 89, "prescriber", "AB"))
    for rule, minutes in (("hr-high", 1), ("hr-low", 20), ("sys-low", 20)):
        engine.handle(DisableRule(rule, "why", "prescriber", "AB", minutes))
    engine.handle(EnableRule("sys-low", "nurse", "RN"))
    engine.handle(MovePhase(Phase.PEAK, "KL"))
    room.after(0.5)
    again = room.killed(tmp_path / "a.kap", 120)
    limits = {each.rule: each for each in again.after(0.5).limits}
    assert (limits["spo2-low"].limit, limits["hr-low"].off_until_t_ns is not None) == (89, True)
    assert (limits["hr-high"].off_until_t_ns, limits["sys-low"].off_until_t_ns) == (None, None)
    assert again.engine.snapshot.baseline.baseline.systolic == 118
    assert again.engine.snapshot.session.phase is Phase.PEAK


def test_t9_a_limit_moved_onto_the_present_value_alarms_and_both_numbers_are_on_record(room):
    room.engine.handle(ChangeLimit("spo2-low", 97, "prescriber", "AB"))
    room.after(15.5, saying=low(97))
    assert states(room)["spo2-low"][0] == "active-unack"
    assert room.recorder.events(LimitsChanged) == [LimitsChanged("spo2-low", 91, 97, "prescriber", "AB")]
    causes = [(c.event.cause, c.event.limit) for c in changes(room, "spo2-low")]
    assert causes[-1] == ("delay-over", 97)
    room.engine.handle(ChangeLimit("spo2-low", 90, "prescriber", "AB"))
    room.after(6, saying=low(97))
    assert [c.event.cause for c in changes(room, "spo2-low")][-2:] == ["limit-changed", "clear-over"]
    assert states(room)["spo2-low"][0] == "latched"


@pytest.mark.parametrize(
    ("limit", "role", "by"),
    [(97, "nurse", "AB"), (97, "prescriber", " "), (20, "prescriber", "AB"), (70, "prescriber", "AB")],
)
def test_t9_a_limit_is_not_changed_by_accident(room, limit, role, by):
    with pytest.raises(CommandRefused):
        room.engine.handle(ChangeLimit("spo2-very-low", limit, role, by))
    room.after(1, saying=low(97))
    assert not room.recorder.events(LimitsChanged)


@pytest.mark.parametrize(
    ("rule", "limit"), [("hr-high", 50), ("hr-high", 45), ("hr-low", 120), ("hr-low", 130)]
)
def test_t9_a_limit_that_leaves_no_value_without_an_alarm_is_refused(room, rule, limit):
    with pytest.raises(CommandRefused, match="every value"):
        room.engine.handle(ChangeLimit(rule, limit, "prescriber", "AB"))


def test_t10_the_second_failed_cuff_in_a_row_is_medium(room):
    def fail(failure=NibpFailure.MOTION):
        room.engine.on_event("cuff", CuffFailed(failure, 2, room.clock.now_ns()))
        room.after(0.5, saying=low(97))

    fail()
    assert states(room)["cuff:cuff"] == ("active-unack", Priority.LOW)
    fail()
    assert states(room)["cuff:cuff"] == ("active-unack", Priority.MEDIUM)
    measure(room, 120)
    assert "cuff:cuff" not in states(room)
    fail(NibpFailure.OVERPRESSURE)
    assert states(room)["cuff:cuff"] == ("active-unack", Priority.MEDIUM)


def test_t10_a_failed_cuff_after_a_pressure_outside_its_limit_is_medium_at_once(room):
    measure(room, 165)
    assert states(room)["sys-high"][0] == "active-unack"
    room.engine.on_event("cuff", CuffFailed(NibpFailure.MOTION, 2, room.clock.now_ns()))
    room.after(0.5, saying=low(97))
    assert states(room)["cuff:cuff"] == ("active-unack", Priority.MEDIUM)


def test_a_lost_link_alone_is_said_once(room):
    lost = LinkChanged(LinkState.WAITING, room.clock.now_ns(), LinkProblem.LOST)
    room.engine.on_link("oxi", lost)
    room.after(60)
    assert set(states(room)) == {"link:oxi"}
