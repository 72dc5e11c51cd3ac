"""A session worth going through: notes in several scripts, some amended, alarms, phases, cuffs too high."""

import numpy as np

from kapmonitor import mdc
from kapmonitor.alarms.limits import example
from kapmonitor.clock import ManualClock
from kapmonitor.commands import AddNote, AmendNote, GiveDose, MovePhase
from kapmonitor.engine import Engine
from kapmonitor.model import LinkChanged, LinkState, Measured, Metric, Observation, WaveformBlock
from kapmonitor.record.writer import RecordWriter
from kapmonitor.session.events import (
    DeviceAdded,
    DoseGiven,
    NoteAdded,
    NoteAmended,
    Phase,
    SessionStarted,
    Stamped,
)

S = 1_000_000_000
T0 = 5000 * S
UTC0 = 1_790_000_000 * S
SPO2, HR = Metric(mdc.SPO2, "SpO2"), Metric(mdc.HEART_RATE, "HR")
SYS, DIA, MEAN = (Metric(t, t.ref) for t in (mdc.NIBP_SYS, mdc.NIBP_DIA, mdc.NIBP_MEAN))
PLETH = Metric(mdc.PLETH, "Pleth", fs=75.0)
NOTES = (
    (0.17, "tag", "eyeshades", "eyeshades", "KL"),
    (0.30, "tag", "tearful", "tearful", "KL"),
    (0.36, "text", "hand held — agreed beforehand", "", "RN"),
    (0.42, "text", "spricht über die Großmutter", "", "KL"),
    (0.48, "text", "pide agua, está más tranquila", "", "RN"),
    (0.55, "text", "мне страшно, потом легче", "", "KL"),
    (0.60, "text", "φως και ησυχία", "", "KL"),
    (0.66, "tag", "nausea", "nausea", "RN"),
    (0.74, "text", "泣いている、静かに", "", "KL"),
    (0.80, "tag", "tearful", "tearful", "KL"),
    (0.90, "text", "sits up, drinks", "", "RN"),
)
"""Share of the session, kind, text, tag, and by whom."""
PHASES = ((0.1, Phase.BASELINE), (0.2, Phase.ONSET), (0.33, Phase.PEAK), (0.6, Phase.RETURN))
CUFFS = ((0.05, 121, 78), (0.15, 124, 80), (0.28, 171, 99), (0.4, 158, 96), (0.55, 168, 97), (0.85, 126, 80))


def make_reviewed(path, seconds=1200, *, number=3, person="4471", initials="M.K.", day=0, waves=True):
    """Through the engine into a real record, closed; returns the path."""
    utc_ns = UTC0 + day * 86_400 * S
    clock = ManualClock(T0, utc_ns)
    begun = SessionStarted(
        f"s-{person}-{number}", "Real", "t", utc_ns, 60, "CET", person, initials, number, 6
    )
    started = Stamped(T0, begun)
    writer = RecordWriter.create(path, started, clock)
    engine = Engine(clock, writer, started, example())
    for device, label in (("oxi", "Oximeter"), ("cuff", "Cuff"), ("strap", "Heart strap")):
        engine.add_device(DeviceAdded(device, "x", label, "x@y"))
        engine.on_link(device, LinkChanged(LinkState.LIVE, T0))
    due = _due(seconds)
    for second in range(1, seconds + 1):
        now_ns = T0 + second * S
        clock.move_to(now_ns)
        share = second / seconds
        low = 0.45 <= share < 0.5
        engine.on_event("oxi", Observation(SPO2, now_ns, Measured(86.0 if low else 97.0 - second % 2)))
        engine.on_event("strap", Observation(HR, now_ns, Measured(round(74 + 9 * np.sin(share * 9)))))
        if waves:
            wave = (1000 * np.sin(np.arange(75) / 75 * 2 * np.pi)).astype(np.int16)
            engine.on_event("oxi", WaveformBlock(PLETH, now_ns, wave))
        for act in due.get(second, ()):
            act(engine, now_ns)
        engine.tick(now_ns)
    engine.close("ended")
    writer.close("ended")
    return path


def _due(seconds):
    due = {}

    def at(share, act):
        due.setdefault(round(share * seconds), []).append(act)

    for number, (share, kind, text, tag, by) in enumerate(NOTES):
        at(share, _note(f"n{number}", kind, text, tag, by))
    at(0.43, _amend("n2", "hand held, as agreed"))
    at(0.2, lambda e, t: e.handle(GiveDose(t, DoseGiven("ketamine", 70, "im", "left deltoid", "RN"))))
    for share, phase in PHASES:
        at(share, lambda e, t, phase=phase: e.handle(MovePhase(phase, "KL")))
    for share, systolic, diastolic in CUFFS:
        at(share, _cuff(float(systolic), float(diastolic)))
    return due


def _note(note, kind, text, tag, by):
    return lambda e, t: e.handle(AddNote(t, NoteAdded(note, kind, text, by, t, tag=tag)))


def _amend(note, text):
    return lambda e, t: e.handle(AmendNote(NoteAmended(note, text, withdrawn=False, by="RN")))


def _cuff(systolic, diastolic):
    def act(engine, now_ns):
        mean = round((systolic + 2 * diastolic) / 3)
        for metric, value in ((SYS, systolic), (DIA, diastolic), (MEAN, mean)):
            engine.on_event("cuff", Observation(metric, now_ns, Measured(float(value))))

    return act
