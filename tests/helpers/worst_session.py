"""The heaviest session we plan for as somebody reviews it: also cuffs, doses, notes, phases and music."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from worst_case import FS, SECOND, STARTED, T0_NS, slices_of

from kapmonitor import mdc
from kapmonitor.clock import ManualClock
from kapmonitor.model import Validity
from kapmonitor.record.items import NumericRow
from kapmonitor.record.writer import RecordWriter
from kapmonitor.session.alarm_events import LimitsSet
from kapmonitor.session.device_events import DeviceAdded
from kapmonitor.session.events import ChannelDescribed, DoseGiven, MusicEvent, Phase, PhaseChanged, Stamped
from kapmonitor.session.note_events import NoteAdded

WAVES = (
    (mdc.ECG_II, "ECG II", 0.001),
    (mdc.PLETH, "Pleth", 1.0),
    (mdc.ART, "Art", 0.05),
    (mdc.RESP, "Resp", 1.0),
)
VITALS = ((mdc.HEART_RATE, "HR", 78.0), (mdc.SPO2, "SpO₂", 97.0), (mdc.RESP_RATE, "Resp", 14.0))
OTHERS = tuple(f"KAP_BENCH_{number}" for number in range(17))
CUFF = ((mdc.NIBP_SYS, "Sys", 128.0), (mdc.NIBP_DIA, "Dia", 82.0), (mdc.NIBP_MEAN, "Mean", 97.0))
CUFF_EVERY_S, NOTE_EVERY_S, TRACK_S = 300, 120, 240
DOSES_S = (1800, 9000)
GAP_S, GAP_EVERY_S = 40, 3600
"""Once an hour the sensor is off for a while: no waves and no values of it."""
RULES = (
    ("hr-high", "hr", "high", "medium", 120.0, 10.0),
    ("hr-low", "hr", "low", "medium", 45.0, 10.0),
    ("spo2-low", "spo2", "low", "high", 90.0, 10.0),
    ("sys-high", "nibp-sys", "high", "medium", 160.0, 0.0),
)


def make_worst_session(path: Path, hours: float) -> None:
    """Through the writer that sessions use, as fast as it goes."""
    clock = ManualClock(T0_NS, STARTED.event.utc_ns)
    writer = RecordWriter.create(path, STARTED, clock)
    for stamped in _described():
        writer.put(stamped)
    for second in range(round(hours * 3600)):
        clock.move_to(T0_NS + second * SECOND)
        if second % GAP_EVERY_S < GAP_EVERY_S - GAP_S:
            for half in (0, 1):
                for piece in slices_of(2 * second + half, 2):
                    writer.put(piece)
            for row in numerics_of(second):
                writer.put(row)
        for stamped in happened(second):
            writer.put(stamped)
    writer.close()


def _described() -> Iterator[Stamped]:
    yield Stamped(T0_NS, DeviceAdded("monitor", "bench", "Monitor", "bench@here"))
    yield Stamped(T0_NS, LimitsSet("bench", "", RULES, example=True))
    for number, (term, label, resolution) in enumerate(WAVES, 1):
        yield _channel(number, term.ref, label, term.unit, float(FS), resolution)
    for number, (term, label, _) in enumerate((*VITALS, *CUFF), 101):
        yield _channel(number, term.ref, label, term.unit)
    for number, ref in enumerate(OTHERS, 121):
        yield _channel(number, ref, ref, "1")


def _channel(
    number: int, ref: str, label: str, unit: str, fs: float = 0.0, resolution: float = 1.0
) -> Stamped:
    return Stamped(T0_NS, ChannelDescribed(number, "monitor", ref, 0, label, unit, fs, resolution, 0.0))


def numerics_of(second: int) -> list[NumericRow]:
    """Twenty numerics once a second, and the cuff's three every five minutes."""
    t_ns = T0_NS + second * SECOND
    rows = [
        NumericRow(t_ns, 101 + i, round(usual + 4 * np.sin(second / 40 + i)), Validity.VALID)
        for i, (_, _, usual) in enumerate(VITALS)
    ]
    rows += [
        NumericRow(t_ns, 121 + i, float(60 + i + round(6 * np.sin(second / 40 + i))), Validity.VALID)
        for i in range(len(OTHERS))
    ]
    if second % CUFF_EVERY_S == 60:
        rows += [
            NumericRow(t_ns, 104 + i, round(usual + 12 * np.sin(second / 2000)), Validity.VALID)
            for i, (_, _, usual) in enumerate(CUFF)
        ]
    return rows


def happened(second: int) -> Iterator[Stamped]:
    """Doses, phases, notes and tracks of that second."""
    t_ns = T0_NS + second * SECOND
    if second in DOSES_S:
        yield Stamped(t_ns, DoseGiven("ketamine", 70.0, "im", "deltoid", "RN", dose=f"d{second}"))
        yield Stamped(t_ns, PhaseChanged((Phase.ONSET if second == DOSES_S[0] else Phase.PEAK).value, "RN"))
    if second % NOTE_EVERY_S == 30:
        yield Stamped(t_ns, NoteAdded(f"n{second}", "tag", "tearful", "KL", t_ns))
    if second % TRACK_S == 0:
        title = f"Track {second // TRACK_S + 1}"
        yield Stamped(
            t_ns, MusicEvent("started", "peak", f"{second:064x}", title, 0.0, float(TRACK_S), -20.0, "null")
        )


if __name__ == "__main__":
    import sys

    make_worst_session(Path(sys.argv[1]), float(sys.argv[2]))
