"""A session that goes on after its program was killed: everything that was, is; nothing is told twice."""

import random

import numpy as np
import pytest
from drivers import load
from engine_room import DIA, MEAN, PLETH, PR, SPO2, SYS, Room, S
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from past_records import write
from taken_up import taken_up
from virtual_session import VirtualSession

from devices.sim.patient import Episode as Illness
from kapmonitor.clock import later_clock
from kapmonitor.commands import (
    Acknowledge,
    AddNote,
    AmendNote,
    ChangeLimit,
    DisableRule,
    GiveDose,
    MovePhase,
)
from kapmonitor.errors import RecordDamaged
from kapmonitor.model import (
    AlertKind,
    CuffChanged,
    CuffFailed,
    CuffState,
    DeviceAlert,
    DeviceIdentified,
    LinkChanged,
    LinkState,
    NibpFailure,
    WaveformBlock,
)
from kapmonitor.opening import protocol_event
from kapmonitor.picture import CuffOutlook
from kapmonitor.protocol.shipped import example as example_protocol
from kapmonitor.record.earlier import earlier_of
from kapmonitor.rerun import Verdict, rerun
from kapmonitor.session.events import (
    ChannelDescribed,
    ClockAnchored,
    ComputerBoot,
    ConditionSensed,
    DeviceChanged,
    DoseGiven,
    NoteAdded,
    NoteAmended,
    Phase,
    SessionResumed,
    Stamped,
)
from kapmonitor.snapshot import Freshness
from kapmonitor.view import Role

ILL = tuple(Illness(t_s, 40, spo2=-13.5, systolic=60) for t_s in range(20, 700, 70))
XPOD = DeviceIdentified(0, "Nonin", "Xpod", "00413")


@pytest.fixture
def room():
    room = Room()
    for device in ("oxi", "cuff"):
        room.engine.on_link(device, LinkChanged(LinkState.LIVE, room.clock.now_ns()))
    return room


def quiet(spo2=97):
    return [("oxi", SPO2, spo2), ("oxi", PR, 70)]


def measure(room, systolic):
    for metric, value in ((SYS, systolic), (DIA, 80), (MEAN, 95)):
        room.say("cuff", metric, value)
    room.after(0.25, saying=quiet())


def test_what_people_did_is_all_there(room, tmp_path):
    room.after(3, saying=quiet())
    engine, t_ns = room.engine, room.clock.now_ns()
    engine.handle(GiveDose(t_ns, DoseGiven("ketamine", 50.0, "im", "arm", "RN")))
    engine.handle(AddNote(t_ns, NoteAdded("n1", "text", "first", "KL", t_ns)))
    engine.handle(AmendNote(NoteAmended("n1", "better", False, "KL")))
    engine.handle(MovePhase(Phase.PEAK, "KL"))
    before = room.after(1, saying=quiet()).session
    again = room.killed(tmp_path / "a.kap", 12)
    after = again.after(0.25).session
    for field in ("doses", "notes", "phases", "devices", "sources", "started", "started_t_ns"):
        assert getattr(after, field) == getattr(before, field)
    gap = after.interruptions[0]
    assert (gap.t1_ns - gap.t0_ns, gap.t0_ns) == (12 * S, room.clock.now_ns())


def test_the_record_tells_the_gap_and_nothing_twice(room, tmp_path):
    room.after(3, saying=quiet())
    again = room.killed(tmp_path / "a.kap", 7)
    again.after(2, saying=quiet())
    first = again.recorder.rows[0]
    assert isinstance(first.event, SessionResumed)
    assert first.event.gap_ns == 7 * S
    assert again.recorder.events(ChannelDescribed) == []
    numbers = {row.channel for row in room.recorder.rows if hasattr(row, "channel")}
    assert {row.channel for row in again.recorder.rows if hasattr(row, "channel")} == numbers


def pleth(room):
    """The second that ends now."""
    room.engine.on_event("oxi", WaveformBlock(PLETH, room.clock.now_ns(), np.arange(75, dtype=np.int16)))


@pytest.mark.parametrize(
    ("since_s", "lost_s"),
    [(0, 0), (0.5, 0.5), (9, 9), (11, 0)],
    ids=["to the end", "half a second", "long, but it flowed", "it had ended by itself"],
)
def test_what_is_missing_of_the_waves_is_told(room, tmp_path, since_s, lost_s):
    room.after(2, saying=quiet())
    pleth(room)
    room.after(since_s, saying=quiet())
    again = room.killed(tmp_path / "a.kap", 7)
    assert again.recorder.rows[0].event.waves_lost_ns == pytest.approx(lost_s * S, abs=S / 75)


def test_where_there_was_no_wave_none_is_missed(room, tmp_path):
    room.after(3, saying=quiet())
    again = room.killed(tmp_path / "a.kap", 7)
    assert again.recorder.rows[0].event.waves_lost_ns == 0


def test_a_metric_that_is_new_gets_a_number_of_its_own(room, tmp_path):
    room.after(3, saying=quiet())
    again = room.killed(tmp_path / "a.kap", 7)
    again.say("cuff", SYS, 120)
    described = again.recorder.events(ChannelDescribed)
    assert [(each.channel, each.ref) for each in described] == [(3, SYS.ref)]


def test_old_numbers_do_not_pass_for_new_ones(room, tmp_path):
    measure(room, 131)
    room.after(3, saying=quiet())
    again = room.killed(tmp_path / "a.kap", 4)
    shot = again.after(0.25)
    assert shot.spo2.freshness is not Freshness.FRESH
    assert shot.nibp.last.systolic.value == 131
    assert shot.t_ns - shot.nibp.last.t_ns >= 7 * S


def test_trends_go_on_with_a_gap_however_short(room, tmp_path):
    room.after(20, saying=quiet())
    last_ns = room.clock.now_ns()
    measure(room, 131)
    again = room.killed(tmp_path / "a.kap", 2)
    again.after(20, saying=quiet(93))
    view = again.engine.view
    span = last_ns - 10 * S, again.clock.now_ns()
    columns = view.trend(Role.SPO2, *span, 64)
    known = [bool(low == low) for low in columns.lo]
    assert known[0]
    assert known[-1]
    assert not all(known)
    assert [cuff.systolic.value for cuff in view.cuffs(*span)] == [131]


def test_a_device_that_was_swapped_is_still_doubted(room, tmp_path):
    room.engine.adopt("oxi", "RN", XPOD)
    room.engine.on_event("oxi", XPOD)
    room.after(2, saying=quiet())
    again = room.killed(tmp_path / "a.kap", 5)
    again.engine.on_event("oxi", DeviceIdentified(again.clock.now_ns(), "Nonin", "Xpod", "99999"))
    assert [each.device for each in again.recorder.events(DeviceChanged)] == ["oxi"]
    twice = again.killed(tmp_path / "a.kap", 5)
    shot = twice.after(1, saying=quiet(91))
    assert shot.links[0].changed
    assert shot.spo2.freshness is not Freshness.FRESH


def test_the_same_device_is_not_asked_about(room, tmp_path):
    room.engine.adopt("oxi", "RN", XPOD)
    room.engine.on_event("oxi", XPOD)
    again = room.killed(tmp_path / "a.kap", 5)
    again.engine.on_event("oxi", DeviceIdentified(again.clock.now_ns(), "Nonin", "Xpod", "00413"))
    assert again.recorder.events(DeviceChanged) == []


def test_a_device_that_was_taken_out_stays_out(room, tmp_path):
    room.engine.adopt("strap", "RN", None)
    room.engine.release("strap", "RN")
    again = room.killed(tmp_path / "a.kap", 5)
    assert "strap" not in {link.device for link in again.after(0.25).links}


def sensor_off(room):
    room.engine.on_event("oxi", DeviceAlert(AlertKind.SENSOR_OFF, True, room.clock.now_ns()))
    room.after(20)
    room.engine.handle(Acknowledge(room.clock.now_ns(), ("sensor:oxi",), "RN"))
    room.after(1)


def linked(room):
    for state in (LinkState.CONNECTING, LinkState.LIVE):
        room.after(0.5)
        room.engine.on_link("oxi", LinkChanged(state, room.clock.now_ns()))


def about_sensor(room):
    found = {alarm.condition: alarm for alarm in room.engine.snapshot.alarms}
    alarm = found.get("sensor:oxi")
    return (alarm.state, alarm.onset_t_ns) if alarm is not None else None


def test_a_sensor_that_is_still_off_is_no_new_alarm(room, tmp_path):
    sensor_off(room)
    before = about_sensor(room)
    assert before[0] == "active-ack"
    again = room.killed(tmp_path / "a.kap", 5)
    linked(again)
    again.after(1)
    again.engine.on_event("oxi", DeviceAlert(AlertKind.SENSOR_OFF, True, again.clock.now_ns()))
    again.after(2)
    assert about_sensor(again) == before
    # Half a minute after its onset, which was before the kill, it gets graver.
    again.after(3)
    assert about_sensor(again) == ("active-unack", before[1])


def test_a_sensor_that_was_put_on_meanwhile_ends_its_alarm(room, tmp_path):
    sensor_off(room)
    again = room.killed(tmp_path / "a.kap", 5)
    linked(again)
    assert about_sensor(again) is not None
    again.after(10, saying=quiet())
    assert about_sensor(again) is None


def test_a_failed_cuff_is_still_failed_and_a_good_one_is_not(room, tmp_path):
    room.engine.on_event("cuff", CuffFailed(NibpFailure.MOTION, 0, room.clock.now_ns()))
    room.after(1, saying=quiet())
    again = room.killed(tmp_path / "a.kap", 5)
    assert again.engine.book.views["cuff"].cuff_failure is NibpFailure.MOTION
    measure(again, 122)
    once_more = again.killed(tmp_path / "a.kap", 5)
    assert once_more.engine.book.views["cuff"].cuff_failure is None


def test_a_cuff_that_was_inflated_is_known_to_have_been(room, tmp_path):
    room.engine.on_event("cuff", CuffChanged(CuffState.MEASURING, room.clock.now_ns()))
    again = room.killed(tmp_path / "a.kap", 5)
    assert again.engine.book.views["cuff"].cuff is CuffState.MEASURING


def test_a_cuff_that_is_due_stays_due(room, tmp_path):
    due_ns = room.clock.now_ns() + 60 * S
    room.engine.plan_cuff("cuff", CuffOutlook(due_ns, 300.0))
    room.after(1, saying=quiet())
    again = room.killed(tmp_path / "a.kap", 5)
    assert again.after(0.25).nibp.next_t_ns == due_ns
    again.after(60 + 300 + 130, saying=quiet())
    assert "overdue" in {alarm.condition for alarm in again.engine.snapshot.alarms}


def test_the_protocol_of_the_session_goes_on_with_it(room, tmp_path):
    room.engine.note(protocol_event(example_protocol()))
    again = room.killed(tmp_path / "a.kap", 5)
    assert earlier_of(tmp_path / "a.kap").protocol == example_protocol()
    assert again.after(0.25).session.care.protocol.example


def test_what_the_console_sensed_is_withdrawn_once_it_is_over(room, tmp_path):
    room.engine.senses.sense("disk", 1.0, "3 GB")
    room.after(1, saying=quiet())
    again = room.killed(tmp_path / "a.kap", 5)
    again.engine.senses.sense("disk", 1.0, "3 GB")
    assert again.recorder.events(ConditionSensed) == []
    again.engine.senses.sense("disk", 0.0)
    assert [(each.role, each.value) for each in again.recorder.events(ConditionSensed)] == [("disk", 0.0)]


def test_a_closed_session_is_not_gone_on_with(room, tmp_path):
    room.engine.close("ended")
    path = write(tmp_path / "a.kap", Stamped(1000 * S, room.engine._started), room.recorder.rows)
    with pytest.raises(RecordDamaged, match="closed"):
        earlier_of(path)


def test_a_record_of_bytes_alone_is_not_gone_on_with(room, tmp_path):
    path = write(tmp_path / "a.kap", Stamped(1000 * S, room.engine._started), [], closed=False)
    with pytest.raises(RecordDamaged, match="limits"):
        earlier_of(path)


def test_the_clock_goes_on_where_the_record_ended_also_after_the_computer_was_started_anew(monkeypatch):
    monkeypatch.setattr("time.monotonic_ns", lambda: 1_000 * S)
    monkeypatch.setattr("time.time_ns", lambda: 5_000 * S)
    assert later_clock(990 * S, 4_990 * S).now_ns() == 1_000 * S
    assert later_clock(80_000 * S, 4_880 * S).now_ns() == 80_120 * S
    assert later_clock(80_000 * S, 9_000 * S).now_ns() > 80_000 * S
    assert later_clock(990 * S, 4_000 * S).now_ns() == 1_990 * S


def test_the_clock_that_also_runs_in_sleep_tells_the_gap_wherever_the_time_of_day_was_set(monkeypatch):
    monkeypatch.setattr("time.monotonic_ns", lambda: 1_000 * S)
    monkeypatch.setattr("kapmonitor.clock.waking_ns", lambda: 7_000 * S)
    for utc_s in (5_000, 5_000 + 3600, 5_000 - 3600):
        monkeypatch.setattr("time.time_ns", lambda utc_s=utc_s: utc_s * S)
        assert later_clock(990 * S, 4_990 * S, 6_990 * S).now_ns() == 1_000 * S
        # The session's own clock was moved before, or the computer slept meanwhile.
        assert later_clock(80_000 * S, 4_990 * S, 6_990 * S).now_ns() == 80_010 * S
        assert later_clock(990 * S, 4_990 * S, 6_400 * S).now_ns() == 1_590 * S
        assert later_clock(990 * S, 4_990 * S, 7_001 * S).now_ns() > 990 * S


def test_what_that_clock_showed_is_on_record_for_this_start_of_the_computer(room, tmp_path):
    room.after(3, saying=quiet())
    room.engine.note(ComputerBoot("this", 500 * S))
    room.after(7, saying=quiet())
    path = write(
        tmp_path / "a.kap", Stamped(1000 * S, room.engine._started), room.recorder.rows, closed=False
    )
    earlier = earlier_of(path)
    assert earlier.last_waking_ns("this") == 507 * S
    assert earlier.last_waking_ns("another") is None
    assert earlier.last_waking_ns("") is None


@pytest.mark.parametrize("step_s", [3600, -3600])
def test_a_clock_that_was_set_meanwhile_is_told_and_moves_nothing(room, tmp_path, step_s):
    room.after(3, saying=quiet())
    room.engine.handle(GiveDose(room.clock.now_ns(), DoseGiven("ketamine", 50.0, "im", "arm", "RN")))
    before = room.after(1, saying=quiet())
    again = room.killed(tmp_path / "a.kap", 12, step_s)
    after = again.after(1, saying=quiet())
    (anchored,) = again.recorder.events(ClockAnchored)
    assert anchored.step_ns == step_s * S
    assert after.t_ns - before.t_ns == 13 * S
    assert after.utc_ns - before.utc_ns == (13 + step_s) * S
    assert after.session.doses == before.session.doses
    assert "clock" in {alarm.condition for alarm in after.alarms}


# Sessions that are killed anywhere, again and again

THINGS = (
    lambda rng: MovePhase(rng.choice(list(Phase)), "KL"),
    lambda rng: ChangeLimit("spo2-low", rng.choice((88, 91, 95)), "prescriber", "AB"),
    lambda rng: DisableRule("hr-high", "why", "prescriber", "AB", rng.choice((1, 10))),
)


def trouble(session, rng):
    """Somebody acknowledges, changes limits, moves on; devices come and go."""

    def each(_t_s):
        engine = session.engine
        if rng.random() < 0.05 and engine.snapshot.alarms:
            shown = tuple(alarm.condition for alarm in engine.snapshot.alarms)
            session._do(Acknowledge(session.clock.now_ns(), shown, "RN"))
        if rng.random() < 0.02:
            session._do(rng.choice(THINGS)(rng))
        if rng.random() < 0.01:
            state = rng.choice((LinkState.WAITING, LinkState.LIVE))
            session.lost = frozenset({"oxi"}) if state is LinkState.WAITING else frozenset()
            engine.on_link("oxi", LinkChanged(state, session.clock.now_ns()))

    return each


def go_on(session, path, gap_ns):
    session.clock, session.recorder, session.engine = taken_up(path, gap_ns)
    for device in ("oxi", "cuff"):
        for state in (LinkState.CONNECTING, LinkState.LIVE):
            session.engine.on_link(device, LinkChanged(state, session.clock.now_ns()))


def lives(path, seed, lives_s, gaps_s, lost):
    """How a rerun of the record of such a session comes out."""
    rng = random.Random(seed)
    session = VirtualSession(seed, odd_s=rng.random(), episodes=ILL)
    for number, life_s in enumerate(lives_s):
        if number:
            go_on(session, path, round(gaps_s[number - 1] * S))
        session.run(life_s, each=trouble(session, rng))
        last = number == len(lives_s) - 1
        if last:
            session.engine.close("ended")
        rows = session.recorder.rows
        kept = rows if last else rows[: max(1, len(rows) - lost)]
        write(path, session.started, kept, closed=last)
    return rerun(path, load(), lambda _share: None).alarms


def test_a_rerun_goes_on_where_the_session_did(tmp_path):
    found = lives(tmp_path / "a.kap", 5, (200, 150, 200), (3.0, 20.0), 7)
    assert found.verdict is Verdict.IDENTICAL
    assert found.same > 40
    assert "interrupted" in found.why


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10**6),
    lives_s=st.lists(st.integers(5, 200), min_size=2, max_size=4),
    gaps_s=st.lists(st.floats(0.2, 45.0), min_size=3, max_size=3),
    lost=st.integers(0, 40),
)
def test_every_transition_of_a_session_killed_again_and_again_comes_again(
    tmp_path_factory, seed, lives_s, gaps_s, lost
):
    found = lives(tmp_path_factory.mktemp("lives") / "a.kap", seed, lives_s, gaps_s, lost)
    assert found.verdict is Verdict.IDENTICAL, found
