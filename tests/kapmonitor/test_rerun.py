"""Records decoded and alarmed once more: identical, or the first differences in words."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from engine_room import DIA, HR, MEAN, SPO2, SYS, Room
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from past_records import session_record, time_of, write
from taken_up import taken_up
from tampering import tamper
from virtual_session import VirtualSession
from wired_session import WiredSession

from devices.raw import with_raw
from devices.registry import Registry, load
from devices.sim.fastforward import FastForward
from devices.sim.patient import Episode as Illness
from kapmonitor.alarms.limits import example, parse
from kapmonitor.alarms.offline import replayed, replaying
from kapmonitor.alarms.stepper import changed_event
from kapmonitor.cli import main
from kapmonitor.commands import Acknowledge, ChangeLimit, DisableRule, MovePhase
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
from kapmonitor.record.database import connect
from kapmonitor.record.items import NumericRow, WaveSlice, WireRow
from kapmonitor.rerun import Verdict, rerun
from kapmonitor.rerun.compare import FIRST, Comparison, Item
from kapmonitor.session.events import (
    AlarmAcknowledged,
    AlarmChanged,
    AlertEvent,
    DeviceAdded,
    InputLate,
    LimitsSet,
    Phase,
    SessionResumed,
    Stamped,
)

S = 1_000_000_000
REGISTRY = with_raw(load())
DRIVERS = (
    "nonin",
    "suntech",
    "contec?format=new",
    "ge-dri?format=carescape",
    "intellivue",
    "masimo",
    "ble-heart-rate",
    "ble-pulse-oximeter",
)
ILL = (Illness(400, 100, spo2=-13.5), Illness(500, 300, systolic=70))


def silent(_share):
    """Nobody looks."""


def again(path, registry=REGISTRY):
    return rerun(path, registry, silent)


def outcomes(done):
    found = {(device.id, each.what): each for device, several in done.devices for each in several}
    return {**found, ("", "alarms"): done.alarms}


@pytest.fixture(scope="module")
def wired():
    """Eight devices on their bytes for twenty seconds, a cuff started by a person, alarms and all."""
    session = WiredSession(DRIVERS)
    session.run(20, cuffs=[(5, "suntech")])
    session.engine.close("ended")
    return session


def stored(tmp_path, wired, rows=None, *, closed=True):
    return write(tmp_path / "s.kap", wired.started, rows or wired.recorder.rows, closed=closed)


def test_every_device_and_the_alarms_are_the_same_again(tmp_path, wired):
    done = again(stored(tmp_path, wired))
    found = outcomes(done)
    assert done.is_identical
    assert {each.verdict for each in found.values()} == {Verdict.IDENTICAL}
    assert {device for device, what in found if what == "numbers"} == {d.partition("?")[0] for d in DRIVERS}
    assert all(each.same > 5 for (_, what), each in found.items() if what == "numbers" or "wave" in what)
    assert found["", "alarms"].same > 40


def other(row):
    """The row with something else in it."""
    if isinstance(row, NumericRow):
        return replace(row, value=(row.value or 0) + 1)
    if isinstance(row, WaveSlice):
        samples = row.samples.copy()
        samples[3] += 1
        return WaveSlice(row.t0_ns, row.channel, row.fs, samples)
    event = row.event
    if isinstance(event, AlertEvent):
        return Stamped(row.t_ns, replace(event, present=not event.present))
    return Stamped(row.t_ns, replace(event, after="latched"))


def is_alert(row):
    return isinstance(row, Stamped) and isinstance(row.event, AlertEvent)


def is_alarm(row):
    return isinstance(row, Stamped) and isinstance(row.event, AlarmChanged)


CHANGED = {
    "numbers": lambda row: isinstance(row, NumericRow),
    "wave": lambda row: isinstance(row, WaveSlice),
    "alerts": is_alert,
    "alarms": is_alarm,
}


@pytest.mark.parametrize("what", CHANGED)
@pytest.mark.parametrize("how", ["other", "gone", "twice"])
def test_what_is_not_the_same_is_told_with_its_time_and_both_sides(tmp_path, wired, what, how):
    rows = list(wired.recorder.rows)
    places = [i for i, row in enumerate(rows) if CHANGED[what](row)]
    place = places[len(places) // 2]
    rows[place : place + 1] = {"other": [other(rows[place])], "gone": [], "twice": [rows[place]] * 2}[how]
    done = again(stored(tmp_path, wired, rows))
    assert not done.is_identical
    differing = [each for (_, name), each in outcomes(done).items() if each.verdict is Verdict.DIFFERS]
    wrong = [each for each in differing if each.what.startswith(what)]
    assert len(wrong) == 1
    (first, *_) = wrong[0].first
    assert (first.then is None) == (how == "gone" and what != "wave")
    assert (first.now is None) == (how == "twice" and what != "wave")
    if what != "wave":
        row = wired.recorder.rows[place]
        assert first.t_ns == row.t_ns


def test_missing_samples_at_the_end_of_a_closed_record_are_a_difference(tmp_path, wired):
    rows = list(wired.recorder.rows)
    last = max(i for i, row in enumerate(rows) if isinstance(row, WaveSlice))
    del rows[last]
    done = again(stored(tmp_path, wired, rows))
    (wrong,) = [each for each in outcomes(done).values() if each.verdict is Verdict.DIFFERS]
    assert "more samples" in wrong.first[0].now


def test_bytes_alone_are_decoded_and_there_is_nothing_to_compare(tmp_path):
    session = WiredSession(["nonin", "ble-heart-rate"], wire_only=True)
    session.run(5)
    done = again(session_record(tmp_path / "w.kap", session))
    assert done.is_identical
    assert {each.verdict for each in outcomes(done).values()} == {Verdict.NOTHING}
    assert "they give 30 numbers, 375 samples and 0 faults" in outcomes(done)["nonin", "bytes"].why


def only(tmp_path, address, rows=()):
    """A record with one device."""
    room = Room()
    started = Stamped(1000 * S, room.engine._started)
    added = Stamped(1000 * S, DeviceAdded("d", address.partition("@")[0], "D", address))
    return write(tmp_path / "o.kap", started, [added, *rows])


def heard(data=b"abc"):
    return WireRow(1001 * S, "d", "in", data)


@pytest.mark.parametrize(
    ("address", "rows", "verdict", "words"),
    [
        ("raw@/dev/x?baud=9600", [heard()], Verdict.NOTHING, "3 bytes that were recorded without a driver"),
        ("nosuch@/dev/x", [heard()], Verdict.NOT_DONE, "nosuch"),
        ("@", [heard()], Verdict.NOT_DONE, "cannot decode"),
        ("nonin@/dev/x?format=df99", [heard()], Verdict.NOT_DONE, "address"),
        ("nonin@/dev/x", [], Verdict.NOTHING, "nothing ever came"),
    ],
)
def test_devices_that_cannot_be_decoded_are_told_in_words(tmp_path, address, rows, verdict, words):
    done = again(only(tmp_path, address, rows))
    outcome = outcomes(done)["d", "bytes"]
    assert (outcome.verdict, done.is_identical) == (verdict, verdict is Verdict.NOTHING)
    assert words in outcome.why


def test_numbers_without_bytes_say_so(tmp_path):
    session = VirtualSession(3)
    session.run(30)
    done = again(session_record(tmp_path / "n.kap", session))
    assert done.is_identical
    assert "no bytes of it were kept" in outcomes(done)["oxi", "bytes"].why


def test_a_driver_that_fails_is_told_and_does_not_end_the_rest(tmp_path, wired):
    class Failing:
        def __init__(self, options):
            self.deadline_ns = None

        def opened(self, t_ns):
            raise ZeroDivisionError("broken")

    nonin = REGISTRY.get("nonin")
    registry = Registry(tuple(replace(s, protocol=Failing) if s is nonin else s for s in REGISTRY.specs), ())
    found = outcomes(again(stored(tmp_path, wired), registry))
    assert found["nonin", "bytes"].verdict is Verdict.NOT_DONE
    assert "ZeroDivisionError: broken" in found["nonin", "bytes"].why
    assert found["masimo", "numbers"].verdict is Verdict.IDENTICAL


@pytest.mark.parametrize("share", [0.2, 0.47, 0.73, 0.95])
def test_a_record_that_ends_anywhere_is_the_same_up_to_there(tmp_path, wired, share):
    rows = wired.recorder.rows[: int(len(wired.recorder.rows) * share)]
    rows = [row for row in rows if not isinstance(row, WireRow) or not row.device.startswith("ble")]
    done = again(stored(tmp_path, wired, rows, closed=False))
    assert done.is_identical, outcomes(done)


def trouble(session, rng):
    """Acknowledgements, other limits, lost links, failed cuffs, phases."""

    def each(t_s):
        engine, now_ns = session.engine, session.clock.now_ns()
        if rng.random() < 0.03 and engine.snapshot.alarms:
            conditions = tuple(alarm.condition for alarm in engine.snapshot.alarms)
            engine.handle(Acknowledge(now_ns - rng.randrange(300_000_000), conditions, "RN"))
        if rng.random() < 0.005:
            session.lost ^= {"oxi"}
            state = LinkState.WAITING if session.lost else LinkState.LIVE
            engine.on_link("oxi", LinkChanged(state, now_ns, LinkProblem.LOST))
        if rng.random() < 0.005:
            engine.on_event("oxi", DeviceAlert(AlertKind.SENSOR_OFF, rng.random() < 0.5, now_ns))
        if rng.random() < 0.003:
            engine.on_event("cuff", CuffFailed(NibpFailure.MOTION, 1, now_ns))
        if t_s == 200:
            engine.handle(ChangeLimit("spo2-low", 93, "prescriber", "AB"))
        if t_s == 300:
            engine.handle(DisableRule("hr-low", "athlete", "prescriber", "AB", 3))

    return each


@pytest.mark.parametrize("closed", [True, False])
def test_a_troubled_session_is_rerun_to_every_transition(tmp_path, closed):
    session = VirtualSession(11, limits=example(), odd_s=0.123456789, episodes=ILL)
    session.run(900, each=trouble(session, random.Random(4)))
    path = session_record(tmp_path / "t.kap", session, closed=closed)
    done = again(path)
    kinds = {type(row.event) for row in session.recorder.rows if isinstance(row, Stamped)}
    assert {AlarmChanged, AlarmAcknowledged} <= kinds
    assert done.alarms.verdict is Verdict.IDENTICAL
    assert done.alarms.same >= 60


KILLED = """
import os, random, signal, sys
from pathlib import Path
from kapmonitor.record.writer import RecordWriter
from virtual_session import VirtualSession
from test_rerun_parts import ILL, trouble
session = VirtualSession(11, odd_s=0.123456789, episodes=ILL)
session.run(1, ticks=4)
writer = RecordWriter.create(Path(sys.argv[1]), session.started, session.clock)
for row in session.recorder.rows:
    writer.put(row)
session.recorder.put = writer.put
session.recorder.put_durable = writer.put_durable
session.run(600, each=trouble(session, random.Random(4)))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_session_killed_in_the_middle_is_rerun_to_every_transition(tmp_path):
    path = tmp_path / "k.kap"
    here = Path(__file__).parent
    code = KILLED.replace("test_rerun_parts", "test_rerun")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(here), str(here.parent / "helpers")])}
    done = subprocess.run([sys.executable, "-c", code, str(path)], env=environment, check=False, timeout=100)
    assert done.returncode == -signal.SIGKILL
    result = again(path)
    assert not result.past.is_closed
    assert result.is_identical
    assert result.alarms.same > 20


class SecondLife(WiredSession):
    """Goes on with the record of a killed session so long after its last entry."""

    def __init__(self, path, gap_ns, drivers):
        super().__init__(drivers)
        self.clock, self.recorder, self.engine = taken_up(path, gap_ns)
        self.begun_ns = self.ticked_ns = self.clock.now_ns()

    def go_on(self, seconds):
        line = FastForward(self.joined, self, self.begun_ns)
        line.run(self.begun_ns, self.begun_ns + seconds * S, self._tick)
        self.engine.close("ended")


@pytest.mark.parametrize("gap_s", [0.1, 0.35, 0.45, 0.6, 3.0])
def test_however_soon_the_program_is_back_its_waves_are_the_same_again(tmp_path, gap_s):
    first = WiredSession(["nonin"])
    first.run(6)
    last_ns = max(row.t_ns for row in first.recorder.rows if isinstance(row, WireRow))
    rows = [row for row in first.recorder.rows if time_of(row) <= last_ns]
    path = write(tmp_path / "k.kap", first.started, rows, closed=False)
    second = SecondLife(path, round(gap_s * S), ["nonin"])
    second.go_on(6)
    write(path, first.started, second.recorder.rows)
    done = again(path)
    assert len(done.past.events) > 10
    found = outcomes(done)["nonin", "wave MDC_PULS_OXIM_PLETH"]
    assert (found.verdict, found.first) == (Verdict.IDENTICAL, ())
    assert found.same > 600


def test_what_differs_after_a_session_was_taken_up_again_is_told(tmp_path):
    session = VirtualSession(11, limits=example(), episodes=ILL)
    session.run(450)
    resumed = Stamped(session.clock.now_ns() + 30 * S, SessionResumed(0, 30 * S))
    stray = Stamped(resumed.t_ns + S, AlarmChanged("x", "low", "normal", "pending", "violation", 1.0, 2.0, 0))
    path = write(tmp_path / "r.kap", session.started, [*session.recorder.rows, resumed, stray])
    done = again(path)
    assert done.alarms.verdict is Verdict.DIFFERS
    assert (stray.t_ns, "x", None) in {(each.t_ns, each.name, each.now) for each in done.alarms.first}
    assert "interrupted" in done.alarms.why


def test_limits_that_were_not_kept_or_are_no_longer_accepted_are_told(tmp_path):
    session = VirtualSession(3, limits=example())
    session.run(20)
    rows = session.recorder.rows

    def with_toml(name, toml):
        changed = [
            Stamped(row.t_ns, replace(row.event, toml=toml))
            if isinstance(row, Stamped) and isinstance(row.event, LimitsSet)
            else row
            for row in rows
        ]
        return again(write(tmp_path / name, session.started, changed)).alarms

    old, bad = with_toml("old.kap", ""), with_toml("bad.kap", "name = 1")
    assert (old.verdict, bad.verdict) == (Verdict.NOTHING, Verdict.NOT_DONE)
    assert "before limits were kept" in old.why
    assert "limit" in bad.why


# Random sessions through the real engine

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(1, 3_000_000_000) | st.integers(1, 20_000_000_000)),
        st.tuples(st.just("spo2"), st.integers(70, 100)),
        st.tuples(st.just("hr"), st.integers(30, 170)),
        st.tuples(st.just("gone"), st.sampled_from(["oxi", "strap"])),
        st.tuples(st.just("back"), st.sampled_from(["oxi", "strap"])),
        st.tuples(st.just("cuff"), st.integers(60, 220)),
        st.tuples(st.just("off"), st.booleans()),
        st.tuples(st.just("absent"), st.just(0)),
        st.tuples(st.just("acknowledge"), st.integers(0, 400_000_000)),
        st.tuples(st.just("limit"), st.integers(82, 95)),
        st.tuples(st.just("disable"), st.sampled_from(["hr-low", "spo2-low"])),
        st.tuples(st.just("phase"), st.sampled_from(list(Phase))),
        st.tuples(st.just("late"), st.integers(1, 2_000_000_000)),
    ),
    min_size=5,
    max_size=60,
)


def wait(room, length_ns):
    room.clock.move_to(room.clock.now_ns() + length_ns)
    room.engine.tick(room.clock.now_ns())


def press(room, pressure):
    for metric, value in ((SYS, pressure), (DIA, pressure * 0.6), (MEAN, pressure * 0.75)):
        room.say("cuff", metric, value)


def link(room, device, state):
    room.engine.on_link(device, LinkChanged(state, room.clock.now_ns(), LinkProblem.LOST))


def alert(room, device, kind, present, ago_ns=0):
    room.engine.on_event(device, DeviceAlert(kind, present, max(room.clock.now_ns() - ago_ns, 1000 * S)))


def acknowledge(room, ago_ns):
    shown = tuple(alarm.condition for alarm in room.engine.snapshot.alarms)
    room.engine.handle(Acknowledge(max(room.clock.now_ns() - ago_ns, 1000 * S), shown, "RN"))


ACTS = {
    "wait": wait,
    "spo2": lambda room, value: room.say("oxi", SPO2, value),
    "hr": lambda room, value: room.say("strap", HR, value),
    "absent": lambda room, _: room.say("oxi", SPO2, Absent(Validity.INVALID)),
    "gone": lambda room, device: link(room, device, LinkState.WAITING),
    "back": lambda room, device: link(room, device, LinkState.LIVE),
    "cuff": press,
    "off": lambda room, present: alert(room, "oxi", AlertKind.SENSOR_OFF, present),
    "late": lambda room, ago_ns: alert(room, "strap", AlertKind.NO_CONTACT, ago_ns % 2 == 0, ago_ns),
    "acknowledge": acknowledge,
    "limit": lambda room, value: room.engine.handle(ChangeLimit("spo2-low", value, "prescriber", "AB")),
    "disable": lambda room, rule: room.engine.handle(DisableRule(rule, "why", "prescriber", "AB", 1)),
    "phase": lambda room, phase: room.engine.handle(MovePhase(phase, "KL")),
}


def spread(rows, from_ns, width_ns, until_ns):
    """Rows in spans of any width."""
    spans, t0 = [], -(2**62)
    t1 = from_ns + width_ns
    while t0 <= until_ns:
        spans.append((t1, [row for row in rows if t0 <= row.t_ns < t1]))
        t0, t1 = t1, t1 + width_ns
    return spans


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS, st.integers(1, 20), st.booleans())
def test_any_session_is_rerun_to_the_transitions_it_recorded(steps, width_s, closed):
    room = Room()
    started = Stamped(1000 * S, room.engine._started)
    for what, value in steps:
        ACTS[what](room, value)
    if closed:
        room.engine.close("ended")
    rows = [row for row in room.recorder.rows if isinstance(row, NumericRow)]
    events = [started, *(row for row in room.recorder.rows if isinstance(row, Stamped))]
    recorded = [each for each in events if isinstance(each.event, AlarmChanged)]
    kept = next(each.event for each in events if isinstance(each.event, LimitsSet))
    limits = parse(kept.toml, "record")
    at_once = [Stamped(m.t_ns, changed_event(m)) for m in replayed(rows, events, limits)]
    last_ns = max(each.t_ns for each in events)
    spans = spread(rows, 1000 * S, width_s * S, last_ns)
    piecewise = [Stamped(m.t_ns, changed_event(m)) for m in replaying(spans, events, limits)]
    assert piecewise == at_once
    made_until_ns = recorded[-1].t_ns if recorded and not closed else 0
    if closed:
        assert at_once == recorded
    else:
        # The rerun goes on to the last event's time, the session only to its last tick.
        assert at_once[: len(recorded)] == recorded
        assert all(each.t_ns >= made_until_ns for each in at_once[len(recorded) :])


def test_of_events_with_one_time_only_the_late_one_is_late():
    room = Room()
    started = Stamped(1000 * S, room.engine._started)
    room.after(2)
    t_ns = room.clock.now_ns() - 100_000_000
    for device, on_time in (("oxi", True), ("strap", False)):
        stamp = room.clock.now_ns() + 50_000_000 if on_time else t_ns + 150_000_000
        if not on_time:
            room.after(1)
        room.engine.on_event(device, DeviceAlert(AlertKind.SENSOR_OFF, True, stamp))
    room.after(40)
    room.engine.close("ended")
    events = [started, *(row for row in room.recorder.rows if isinstance(row, Stamped))]
    late = [e.event for e in events if isinstance(e.event, InputLate) and e.event.what == AlertEvent.TYPE]
    same = [each for each in events if isinstance(each.event, AlertEvent)]
    assert len(late) == 1
    assert len({each.t_ns for each in same}) == 1
    moves = [Stamped(m.t_ns, changed_event(m)) for m in replayed([], events, example())]
    recorded = [each for each in events if isinstance(each.event, AlarmChanged)]
    assert moves == recorded
    onsets = {m.event.condition: m.event.onset_t_ns for m in recorded if m.event.after == "pending"}
    assert onsets["sensor:oxi"] != onsets["sensor:strap"]


@pytest.mark.speed
def test_an_hour_of_alarms_takes_less_than_four_seconds():
    session = VirtualSession(11, odd_s=0.123, episodes=ILL)
    session.run(3600)
    begun_s = time.perf_counter()
    replayed(session.rows, session.events, session.limits)
    took_s = time.perf_counter() - begun_s
    print(f"one hour in {took_s:.2f} s, {3600 / took_s:.0f} times real time")
    assert 3600 / took_s >= 1000


# Comparing

ITEMS = st.lists(
    st.builds(Item, st.integers(0, 20), st.sampled_from("ab"), st.sampled_from("xy")), max_size=12
)


@given(ITEMS, st.randoms())
def test_the_same_things_in_any_order_are_identical(items, rng):
    comparison = Comparison("c")
    sides = [*((comparison.then, item) for item in items), *((comparison.now, item) for item in items)]
    rng.shuffle(sides)
    for take, item in sides:
        take(item)
    comparison.settle(100)
    outcome = comparison.outcome()
    assert (outcome.verdict, outcome.same, outcome.first) == (Verdict.IDENTICAL, len(items), ())


@given(ITEMS, ITEMS)
def test_every_item_is_counted_once(then, now):
    comparison = Comparison("c")
    for item in then:
        comparison.then(item)
    for item in now:
        comparison.now(item)
    comparison.settle(100)
    outcome = comparison.outcome()
    assert max(len(then), len(now)) <= outcome.same + outcome.differing <= len(then) + len(now)
    assert len(outcome.first) == min(FIRST, outcome.differing)
    assert (outcome.verdict is Verdict.IDENTICAL) == (sorted(then, key=repr) == sorted(now, key=repr))


def test_a_little_later_is_the_same_and_much_later_is_not():
    for apart, verdict in ((10, Verdict.IDENTICAL), (11, Verdict.DIFFERS)):
        comparison = Comparison("c", 10)
        comparison.then(Item(0, "a", "x"))
        comparison.now(Item(apart, "a", "x"))
        comparison.settle(100)
        assert comparison.outcome().verdict is verdict


# The command


def test_the_command_says_identical_or_the_first_differences(tmp_path, wired, capsys):
    path = stored(tmp_path, wired)
    assert main(["rerun", str(path)]) == 0
    assert capsys.readouterr().out.startswith(f"{path}: identical\n")
    rows = [other(row) if is_alarm(row) else row for row in wired.recorder.rows]
    changed = write(tmp_path / "x.kap", wired.started, rows)
    assert main(["rerun", str(changed)]) == 1
    said = capsys.readouterr().out
    assert said.startswith(f"{changed}: differs\n")
    assert "to latched" in said
    assert " more\n" in said
    assert main(["rerun", str(changed), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["alarms"]["verdict"] == "differs"
    assert len(told["alarms"]["first"]) == FIRST


def test_of_a_damaged_record_it_is_said_that_it_is(tmp_path, wired, capsys):
    record = stored(tmp_path, wired)
    (seq,) = read_one(record, "SELECT max(seq) FROM event WHERE type = 'device.identity'")
    assert tamper(record, "UPDATE event SET body = '{' WHERE seq = ?", (seq,)) == 1
    assert main(["rerun", str(record)]) == 1
    said = capsys.readouterr().out
    assert said.startswith(f"{record}: damaged; ")
    assert f"first bad entry: entry {seq} " in said
    assert main(["rerun", str(record), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["identical"], told["damaged"]) == (False, True)
    assert told["first_bad"].startswith(f"entry {seq} ")


def read_one(path, statement):
    with closing(connect(path, "ro")) as connection:
        return connection.execute(statement).fetchone()


def test_what_is_no_record_ends_with_status_2(tmp_path, capsys):
    bad = tmp_path / "bad.kap"
    bad.write_bytes(np.arange(500, dtype=np.uint8).tobytes())
    for path in (bad, tmp_path / "absent.kap"):
        assert main(["rerun", str(path)]) == 2
        assert str(path) in capsys.readouterr().err


def test_a_time_of_years_ends_in_words_and_not_in_years(tmp_path, capsys):
    room = Room()
    started = Stamped(1000 * S, room.engine._started)
    far = Stamped(2**60, AlarmChanged("x", "low", "normal", "pending", "violation", 1.0, 2.0, 0))
    path = write(tmp_path / "far.kap", started, [*room.recorder.rows, far])
    assert main(["rerun", str(path)]) == 2
    assert "times" in capsys.readouterr().err
