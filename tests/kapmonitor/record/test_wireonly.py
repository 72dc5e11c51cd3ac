"""A session of which bytes alone are kept: what the engine makes of them reaches no table."""

import numpy as np
from memory_recorder import MemoryRecorder

from kapmonitor import mdc
from kapmonitor.alarms.limits import example
from kapmonitor.clock import ManualClock
from kapmonitor.commands import AddNote
from kapmonitor.engine import Engine
from kapmonitor.model import (
    AlertKind,
    DeviceAlert,
    DeviceIdentified,
    Direction,
    Fault,
    FaultKind,
    LinkChanged,
    LinkState,
    Measured,
    Metric,
    Observation,
    WaveformBlock,
    WireChunk,
)
from kapmonitor.record.items import WireRow
from kapmonitor.record.wireonly import WireOnly
from kapmonitor.session.events import (
    AlarmAcknowledged,
    AlarmChanged,
    DeviceAdded,
    NoteAdded,
    SessionStarted,
    Stamped,
)

S = 1_000_000_000
SPO2, PLETH = Metric(mdc.SPO2, "SpO2"), Metric(mdc.PLETH, "Pleth", fs=75.0)
KEPT = {"device.added", "link.changed", "device.identity", "device.faults", "note.added", "session.closed"}


def session(recorder):
    """Half a minute with a saturation alarm, a wave, an alert, faults and a note."""
    clock = ManualClock(0, 0)
    started = Stamped(0, SessionStarted("s", "Real", "t", 0, 0, ""))
    engine = Engine(clock, recorder, started, example())
    engine.add_device(DeviceAdded("oxi", "x", "Oximeter", "x@y"))
    engine.on_link("oxi", LinkChanged(LinkState.LIVE, 0))
    engine.on_event("oxi", DeviceIdentified(0, "M", "X", "1234", "1"))
    for second in range(1, 31):
        now_ns = second * S
        clock.move_to(now_ns)
        engine.on_wire("oxi", WireChunk(now_ns, Direction.IN, b"\x01"))
        engine.on_event("oxi", Observation(SPO2, now_ns, Measured(70.0)))
        engine.on_event("oxi", WaveformBlock(PLETH, now_ns, np.zeros(75, np.int16)))
        engine.on_event("oxi", DeviceAlert(AlertKind.NO_PULSE, bool(second % 2), now_ns))
        engine.on_event("oxi", Fault(FaultKind.NOISE, now_ns, 3))
        engine.tick(now_ns)
    assert engine.handle(AddNote(now_ns, NoteAdded("n", "tag", "t", "", now_ns))).result(1)
    engine.close("ended")


def test_without_it_alarms_numbers_and_waves_are_recorded():
    recorder = MemoryRecorder()
    session(recorder)
    assert recorder.events(AlarmChanged)
    assert {type(row).__name__ for row in recorder.rows} == {"Stamped", "WireRow", "NumericRow", "WaveSlice"}


def test_bytes_links_faults_identities_and_notes_are_kept_and_nothing_else():
    recorder = MemoryRecorder()
    session(WireOnly(recorder))
    assert {type(row) for row in recorder.rows} == {Stamped, WireRow}
    assert {event.TYPE for event in recorder.events()} == KEPT
    assert sum(isinstance(row, WireRow) for row in recorder.rows) == 30


def test_what_is_not_kept_counts_as_done():
    recorder = MemoryRecorder()
    wire_only = WireOnly(recorder)
    assert wire_only.put_durable(Stamped(0, AlarmAcknowledged((), ""))).result(1) == 0
    assert recorder.rows == []
    assert wire_only.status() == recorder.status()
