"""The engine, driven without threads: values in, state, rows and snapshot out."""

import numpy as np
import pytest
from engine_room import DIA, HR, MEAN, PLETH, PR, SPO2, SYS, Room, S

from kapmonitor import mdc
from kapmonitor.commands import Acknowledge, AddNote, GiveDose, MovePhase, StartCuff
from kapmonitor.errors import CommandRefused
from kapmonitor.model import (
    Absent,
    AlertKind,
    ChannelKey,
    CuffChanged,
    CuffFailed,
    CuffState,
    DeviceAlert,
    Direction,
    Fault,
    FaultKind,
    LinkChanged,
    LinkProblem,
    LinkState,
    Measured,
    Metric,
    NibpFailure,
    Validity,
    WaveformBlock,
    WireChunk,
)
from kapmonitor.protocol.shipped import example as example_protocol
from kapmonitor.record.items import NumericRow, WaveSlice, WireRow
from kapmonitor.session.events import (
    AlarmAcknowledged,
    AlarmChanged,
    ChannelDescribed,
    ClockAnchored,
    CuffEvent,
    DoseGiven,
    FaultsCounted,
    LimitsSet,
    NoteAdded,
    Phase,
    SessionClosed,
)
from kapmonitor.snapshot import Freshness, Priority
from kapmonitor.view import Role


@pytest.fixture
def room():
    return Room()


def test_a_reading_is_shown_with_age_source_and_limits(room):
    room.say("oxi", SPO2, 97)
    snapshot = room.after(0.25)
    assert snapshot.spo2.reading == Measured(97)
    assert (snapshot.spo2.source, snapshot.spo2.low, snapshot.spo2.freshness) == (
        "Oximeter",
        91,
        Freshness.FRESH,
    )


def test_a_value_older_than_three_seconds_is_stale(room):
    room.say("oxi", SPO2, 97)
    assert room.after(3).spo2.freshness is Freshness.FRESH
    assert room.after(0.5).spo2.freshness is Freshness.STALE


def test_an_impossible_value_is_recorded_raw_and_nowhere_else(room):
    room.say("oxi", SPO2, 127)
    snapshot = room.after(1)
    assert snapshot.spo2.reading == Absent(Validity.INVALID, 127)
    row = next(row for row in room.recorder.rows if isinstance(row, NumericRow))
    assert (row.value, row.raw, row.validity) == (None, 127, Validity.INVALID)
    assert np.isnan(room.engine.view.trend(Role.SPO2, 999 * S, 1002 * S, 10).lo).all()


def test_heart_rate_comes_from_the_strap_while_it_is_alive_then_from_the_oximeter(room):
    snapshot = room.after(1, saying=[("strap", HR, 84), ("oxi", PR, 80)])
    assert (snapshot.hr.reading, snapshot.hr.source) == (Measured(84), "Heart strap")
    snapshot = room.after(5, saying=[("oxi", PR, 80)])
    assert snapshot.hr.freshness is Freshness.STALE
    snapshot = room.after(6, saying=[("oxi", PR, 80)])
    assert (snapshot.hr.reading, snapshot.hr.source) == (Measured(80), "Oximeter")


def test_a_cuff_reading_is_one_thing(room):
    room.engine.on_event("cuff", CuffChanged(CuffState.MEASURING, room.clock.now_ns()))
    assert room.after(0.25).nibp.state is CuffState.MEASURING
    room.engine.on_event("cuff", CuffChanged(CuffState.IDLE, room.clock.now_ns()))
    for metric, value in ((SYS, 141), (DIA, 88), (MEAN, 106)):
        room.say("cuff", metric, value)
    nibp = room.after(0.25).nibp
    assert (nibp.last.systolic, nibp.last.diastolic, nibp.last.mean) == (
        Measured(141),
        Measured(88),
        Measured(106),
    )
    assert len(room.engine.view.cuffs(0, 10**18)) == 1


def test_pressures_that_do_not_fit_together_are_not_shown(room):
    for metric, value in ((SYS, 100), (DIA, 96), (MEAN, 98)):
        room.say("cuff", metric, value)
    assert room.after(0.25).nibp.last is None
    assert isinstance(room.engine.view.cuffs(0, 10**18)[0].systolic, Absent)


def test_a_stored_reading_is_recorded_but_never_the_newest(room):
    for metric, value in ((SYS, 120), (DIA, 80), (MEAN, 93)):
        room.say("cuff", metric, value, stored=True)
    assert room.after(0.25).nibp.last is None
    assert room.engine.view.cuffs(0, 10**18)[0].stored


def test_a_failed_cuff_is_said_and_keeps_the_last_good_reading(room):
    for metric, value in ((SYS, 120), (DIA, 80), (MEAN, 93)):
        room.say("cuff", metric, value)
    room.after(60)
    room.engine.on_event("cuff", CuffFailed(NibpFailure.MOTION, 2, room.clock.now_ns()))
    snapshot = room.after(1)
    assert snapshot.nibp.last.systolic == Measured(120)
    assert [a.condition for a in snapshot.alarms] == ["cuff:cuff"]
    assert room.recorder.events(CuffEvent)[-1].failure == "motion"


def test_alarm_comes_is_acknowledged_and_ends(room):
    room.after(2, saying=[("oxi", SPO2, 97)])
    snapshot = room.after(16, saying=[("oxi", SPO2, 90)])
    alarm = snapshot.alarms[0]
    assert (alarm.condition, alarm.priority, alarm.state, alarm.value) == (
        "spo2-low",
        Priority.MEDIUM,
        "active-unack",
        90,
    )
    assert snapshot.spo2.alarm is Priority.MEDIUM
    room.engine.handle(Acknowledge(room.clock.now_ns(), ("spo2-low",), "RN"))
    snapshot = room.after(0.25, saying=[("oxi", SPO2, 90)])
    assert snapshot.alarms[0].state == "active-ack"
    snapshot = room.after(7, saying=[("oxi", SPO2, 97)])
    assert snapshot.alarms == ()
    assert [c.after for c in room.recorder.events(AlarmChanged) if c.condition == "spo2-low"] == [
        "normal",
        "pending",
        "active-unack",
        "active-ack",
        "normal",
    ]
    span = snapshot.session.alarms[0]
    assert span.t1_ns is not None
    assert span.acknowledged_by == "RN"
    assert room.recorder.events(AlarmAcknowledged)[0].by == "RN"


def test_a_lost_link_alarms_and_a_device_that_never_came_does_not(room):
    room.engine.on_link("oxi", LinkChanged(LinkState.LIVE, room.clock.now_ns()))
    room.after(1)
    lost = LinkChanged(LinkState.WAITING, room.clock.now_ns(), LinkProblem.LOST, "cable out", 0.5)
    room.engine.on_link("oxi", lost)
    room.engine.on_link("strap", LinkChanged(LinkState.WAITING, 1, LinkProblem.NOT_FOUND, "", 0.5))
    snapshot = room.after(6)
    assert [a.condition for a in snapshot.alarms] == ["link:oxi"]
    assert snapshot.links[0].problem is LinkProblem.LOST


def test_a_short_loss_of_the_link_is_a_gap_in_the_trend(room):
    room.engine.on_link("oxi", LinkChanged(LinkState.LIVE, room.clock.now_ns()))
    room.after(5, saying=[("oxi", SPO2, 97)])
    lost_ns = room.clock.now_ns()
    room.engine.on_link("oxi", LinkChanged(LinkState.WAITING, lost_ns, LinkProblem.LOST, "", 0.5))
    room.after(2)
    room.engine.on_link("oxi", LinkChanged(LinkState.LIVE, room.clock.now_ns()))
    room.after(5, saying=[("oxi", SPO2, 97)])
    columns = room.engine.view.trend(Role.SPO2, lost_ns - 4 * S, lost_ns + 6 * S, 100)
    nothing = np.flatnonzero(np.isnan(columns.lo))
    assert 15 <= len(nothing) <= 25
    assert nothing[0] >= 40
    assert nothing[-1] <= 65


def test_sensor_off_is_an_alert_of_the_device_then_an_alarm_of_ours(room):
    room.engine.on_event("oxi", DeviceAlert(AlertKind.SENSOR_OFF, True, room.clock.now_ns()))
    room.say("oxi", SPO2, Absent(Validity.NOT_AVAILABLE, 127))
    snapshot = room.after(11)
    assert snapshot.spo2.alerts == (AlertKind.SENSOR_OFF,)
    assert "sensor:oxi" in [a.condition for a in snapshot.alarms]


def test_record_trouble_is_a_high_alarm(room):
    room.recorder.problem = "disk full"
    alarm = room.after(0.5).alarms[0]
    assert (alarm.condition, alarm.priority, alarm.text) == ("record", Priority.HIGH, "disk full")


def test_waves_reach_the_record_in_slices_and_the_tap_at_once(room):
    for i in range(10):
        t_ns = room.clock.now_ns() + i * S // 3
        room.engine.on_event("oxi", WaveformBlock(PLETH, t_ns, np.arange(25, dtype=np.int16) + 25 * i))
    tap = room.engine.tap(ChannelKey("oxi", mdc.PLETH.ref))
    assert tap.head() == 250
    assert list(tap.read(240, 250)) == list(range(240, 250))
    room.engine.close("ended")
    slices = [row for row in room.recorder.rows if isinstance(row, WaveSlice)]
    assert sum(len(s.samples) for s in slices) == 250
    assert all(len(s.samples) <= 75 for s in slices)


def test_a_break_in_a_wave_is_a_gap(room):
    first, second = np.ones(25, np.int16), np.full(25, 2, np.int16)
    t_ns = room.clock.now_ns()
    room.engine.on_event("oxi", WaveformBlock(PLETH, t_ns, first))
    room.engine.on_event("oxi", WaveformBlock(PLETH, t_ns + 10 * S, second))
    tap = room.engine.tap(ChannelKey("oxi", mdc.PLETH.ref))
    samples = tap.read(0, tap.head())
    assert tap.head() == pytest.approx(25 + 725 + 25, abs=2)
    assert set(samples[30:700]) == {-32768}
    room.engine.close("ended")
    slices = [row for row in room.recorder.rows if isinstance(row, WaveSlice)]
    assert [len(s.samples) for s in slices] == [25, 25]
    assert slices[1].t0_ns - slices[0].t0_ns == pytest.approx(10 * S, abs=S // 75)


def test_faults_are_counted_not_listed(room):
    for _ in range(100):
        room.engine.on_event("oxi", Fault(FaultKind.CHECKSUM, room.clock.now_ns(), 5, "00"))
    room.after(6)
    counted = room.recorder.events(FaultsCounted)
    assert [(c.faults, c.size) for c in counted] == [(100, 500)]


def test_what_people_do_is_durable_and_folded(room):
    note = NoteAdded("n1", "tag", "tearful", "KL", room.clock.now_ns())
    assert room.engine.handle(AddNote(room.clock.now_ns(), note)).result(0) > 0
    room.engine.handle(MovePhase(Phase.PEAK, "KL"))
    room.engine.handle(GiveDose(999 * S, DoseGiven("ketamine", 70, "im", "left deltoid", "RN")))
    session = room.after(0.25).session
    assert session.notes[0].text == "tearful"
    assert session.phase is Phase.PEAK
    assert session.dose_t_ns == 999 * S


def test_a_cuff_is_not_the_engines_to_start(room):
    with pytest.raises(CommandRefused):
        room.engine.handle(StartCuff("RN"))


def test_channels_are_described_before_they_are_used(room):
    room.say("oxi", SPO2, 97)
    room.say("oxi", SPO2, 98)
    described = room.recorder.events(ChannelDescribed)
    assert [(d.channel, d.ref, d.code) for d in described] == [(1, mdc.SPO2.ref, 150456)]
    kinds = [type(getattr(row, "event", row)) for row in room.recorder.rows]
    assert kinds.index(ChannelDescribed) < kinds.index(NumericRow)


def test_wire_and_close(room):
    room.engine.on_wire("oxi", WireChunk(5, Direction.IN, b"\x01"))
    room.engine.close("ended")
    assert WireRow(5, "oxi", Direction.IN, b"\x01") in room.recorder.rows
    assert isinstance(room.recorder.events()[-1], SessionClosed)
    assert room.recorder.events(LimitsSet)[0].name == "Example limits, absolute"


def test_another_scale_in_mid_stream_is_another_channel(room):
    wide = Metric(mdc.PLETH, "pleth", fs=75.0, offset=32768.0)
    t_ns = room.clock.now_ns()
    room.engine.on_event("oxi", WaveformBlock(PLETH, t_ns, np.ones(25, np.int16)))
    room.engine.on_event("oxi", WaveformBlock(wide, t_ns + S // 3, np.ones(25, np.int16)))
    room.engine.close("ended")
    assert [d.offset for d in room.recorder.events(ChannelDescribed)] == [0.0, 32768.0]
    assert [row.channel for row in room.recorder.rows if isinstance(row, WaveSlice)] == [1, 2]


@pytest.mark.parametrize("step_s", [3600, -3600])
def test_a_step_of_the_wall_clock_is_on_record_and_followed_at_once(room, step_s):
    before = room.after(10)
    room.clock._utc_minus_t_ns += step_s * S
    after = room.after(0.25)
    (anchored,) = room.recorder.events(ClockAnchored)
    assert anchored.step_ns == step_s * S
    assert after.utc_ns - before.utc_ns == step_s * S + S // 4
    assert after.t_ns - before.t_ns == S // 4
    room.after(60)
    assert [event.step_ns for event in room.recorder.events(ClockAnchored)] == [step_s * S, 0]


def test_a_clock_that_is_slewed_is_anchored_once_a_minute(room):
    for _ in range(119):
        room.clock._utc_minus_t_ns += S // 100
        room.after(1)
    (anchored,) = room.recorder.events(ClockAnchored)
    assert anchored.step_ns == 60 * S // 100


def test_the_next_phase_is_suggested_by_the_minutes_since_the_first_dose_and_nobody_is_moved(room):
    room.engine.phases = example_protocol().phases
    room.engine.handle(MovePhase(Phase.ONSET, "KL"))
    assert room.after(0.25).next_phase is None
    room.engine.handle(GiveDose(room.clock.now_ns(), DoseGiven("ketamine", 50.0, "im", "arm", "RN")))
    assert room.after(60).next_phase is None
    room.clock.move_to(room.clock.now_ns() + 60 * 60 * S)
    shot = room.after(0.25)
    assert (shot.next_phase, shot.session.phase) == (Phase.PEAK, Phase.ONSET)
