"""Making small records for tests, through the real writer."""

from pathlib import Path

import numpy as np

from kapmonitor.clock import ManualClock
from kapmonitor.model import Direction, Validity
from kapmonitor.record.items import NumericRow, WaveSlice, WireRow
from kapmonitor.record.writer import RecordWriter
from kapmonitor.session.events import (
    ChannelDescribed,
    NoteAdded,
    SessionStarted,
    Stamped,
)
from kapmonitor.vault.home import Vault

SECOND = 1_000_000_000
T0_NS = 1_000 * SECOND
UTC0_NS = 1_700_000_000 * SECOND
STARTED = SessionStarted("s1", "Demo", "kapmonitor 0.1", UTC0_NS, 60, "Europe/Berlin")
WAVES = (1, 2)
NUMERICS = (11, 12, 13)


def described(channel, ref, label, fs, device="dev", resolution=1.0, offset=0.0):
    return ChannelDescribed(channel, device, ref, 0, label, "1", fs, resolution, offset)


CHANNELS = (
    described(1, "MDC_PULS_OXIM_PLETH", "Pleth", 75.0),
    described(2, "MDC_ECG_ELEC_POTL_II", "ECG II", 500.0, resolution=0.01, offset=0.5),
    described(11, "MDC_PULS_OXIM_SAT_O2", "SpO2", 0.0),
    described(12, "MDC_PULS_OXIM_PULS_RATE", "Pulse", 0.0),
    described(13, "MDC_PRESS_BLD_NONINV_SYS", "NIBP", 0.0, device="cuff"),
)


def begin(
    path: Path,
    started: SessionStarted = STARTED,
    vault: Vault | None = None,
    spare: Path | None = None,
) -> tuple[RecordWriter, ManualClock]:
    """A record that begins at T0_NS, with its channels described; encrypted if there is a vault."""
    clock = ManualClock(T0_NS, UTC0_NS)
    writer = RecordWriter.create(path, Stamped(T0_NS, started), clock, vault, spare)
    for channel in CHANNELS:
        writer.put(Stamped(T0_NS, channel))
    return writer, clock


def wave_of(channel: int, first: int, n: int) -> np.ndarray:
    """Samples `first` and on: every one tells roughly where it is."""
    at = np.arange(first, first + n)
    return (1000 * np.sin(at / (20.0 + channel)) + at % 97).astype(np.int16)


def put_second(writer: RecordWriter, clock: ManualClock, second: int) -> None:
    """One second of everything: waves in half-second slices, numerics, wire, now and then a note."""
    t_ns = T0_NS + second * SECOND
    clock.move_to(t_ns)
    for channel, fs in ((1, 75.0), (2, 500.0)):
        first = round(second * fs)
        half = int(fs) // 2
        for start, stop in ((first, first + half), (first + half, round((second + 1) * fs))):
            slice_t0_ns = T0_NS + round(start * 1e9 / fs)
            writer.put(WaveSlice(slice_t0_ns, channel, fs, wave_of(channel, start, stop - start)))
    writer.put(NumericRow(t_ns, 11, 97.0 - second % 3, Validity.VALID))
    writer.put(
        NumericRow(t_ns, 12, None if second % 7 == 3 else 60.0 + second % 5, Validity.VALID, raw=255.0)
    )
    writer.put(WireRow(t_ns, "dev", Direction.IN, bytes([second % 256, 1, 2])))
    if second % 20 == 5:
        writer.put(
            NumericRow(t_ns, 13, 120.0 + second % 9, Validity.VALID, None, "2026-01-01T00:00:00", True)
        )
        writer.put(Stamped(t_ns, NoteAdded(f"n{second}", "text", f"note at {second}", "AB", t_ns)))


def make_record(path: Path, seconds: int, started: SessionStarted = STARTED) -> Path:
    """A closed record of that length."""
    writer, clock = begin(path, started)
    for second in range(seconds):
        put_second(writer, clock, second)
    clock.move_to(T0_NS + seconds * SECOND)
    writer.close("ended")
    return path
