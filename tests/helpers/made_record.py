"""A short session put through the engine into a real record."""

import numpy as np

from kapmonitor import mdc
from kapmonitor.alarms.limits import example
from kapmonitor.clock import ManualClock
from kapmonitor.commands import AddNote, GiveDose, MovePhase
from kapmonitor.engine import Engine
from kapmonitor.model import LinkChanged, LinkProblem, LinkState, Measured, Metric, Observation, WaveformBlock
from kapmonitor.record.writer import RecordWriter
from kapmonitor.session.events import DeviceAdded, DoseGiven, NoteAdded, Phase, SessionStarted, Stamped

S = 1_000_000_000
T0 = 5000 * S
UTC0 = 1_790_000_000 * S
SPO2, HR = Metric(mdc.SPO2, "SpO2"), Metric(mdc.HEART_RATE, "HR")
SYS, DIA, MEAN = (Metric(t, t.ref) for t in (mdc.NIBP_SYS, mdc.NIBP_DIA, mdc.NIBP_MEAN))
PLETH = Metric(mdc.PLETH, "Pleth", fs=75.0)
DOSE_S, ALARM_S, NOTE_S, LOST_S, END_S = 60, 120, 90, 180, 240


def make_record(path):
    """Four minutes: a dose, a note, a saturation alarm, a strap that is lost; returns the path."""
    clock = ManualClock(T0, UTC0)
    started = Stamped(T0, SessionStarted("s", "Real", "t", UTC0, 60, "CET", "4471", "M.K.", 3, 6))
    writer = RecordWriter.create(path, started, clock)
    engine = Engine(clock, writer, started, example())
    for device, label in (("oxi", "Oximeter"), ("cuff", "Cuff"), ("strap", "Heart strap")):
        engine.add_device(DeviceAdded(device, "x", label, "x@y"))
        engine.on_link(device, LinkChanged(LinkState.LIVE, T0))
    for second in range(1, END_S + 1):
        now_ns = T0 + second * S
        clock.move_to(now_ns)
        low = ALARM_S <= second < ALARM_S + 30
        engine.on_event("oxi", Observation(SPO2, now_ns, Measured(88.0 if low else 97.0)))
        if second < LOST_S:
            engine.on_event("strap", Observation(HR, now_ns, Measured(60.0 + second / 10)))
        if second == LOST_S:
            engine.on_link("strap", LinkChanged(LinkState.WAITING, now_ns, LinkProblem.LOST, "", 1.0))
        wave = (1000 * np.sin(np.arange(75) / 75 * 2 * np.pi)).astype(np.int16)
        engine.on_event("oxi", WaveformBlock(PLETH, now_ns, wave))
        _do(engine, second, now_ns)
        engine.tick(now_ns)
    engine.close("ended")
    writer.close("ended")
    return path


def _do(engine, second, now_ns):
    if second == 30:
        for metric, value in ((SYS, 128.0), (DIA, 82.0), (MEAN, 97.0)):
            engine.on_event("cuff", Observation(metric, now_ns, Measured(value)))
    if second == DOSE_S:
        engine.handle(GiveDose(now_ns, DoseGiven("ketamine", 70, "im", "left deltoid", "RN")))
        engine.handle(MovePhase(Phase.ONSET, "KL"))
    if second == NOTE_S:
        engine.handle(AddNote(now_ns, NoteAdded("n", "tag", "tearful", "KL", now_ns)))
