"""The heaviest session we plan for: four waves at 500 Hz and twenty numerics a second."""

from pathlib import Path

import numpy as np

from kapmonitor.clock import ManualClock
from kapmonitor.model import Validity
from kapmonitor.record.items import NumericRow, WaveSlice
from kapmonitor.record.writer import RecordWriter
from kapmonitor.session.events import ChannelDescribed, SessionStarted, Stamped

SECOND = 1_000_000_000
T0_NS = 5 * SECOND
FS = 500
WAVES = range(1, 5)
NUMERICS = range(101, 121)
BATCHES_PER_S = 4
STARTED = Stamped(T0_NS, SessionStarted("worst", "Demo", "bench", 1_700_000_000 * SECOND, 0, "UTC"))


def waves_of(seconds: int) -> np.ndarray:
    """ECG, pleth, pressure and breathing with noise of a few steps, shape (4, n); repeats after `seconds`."""
    rng = np.random.default_rng(42)
    t = np.arange(seconds * FS) / FS
    beat = (t * 1.1) % 1.0
    ecg = 900 * np.exp(-(((beat - 0.3) / 0.012) ** 2)) + 160 * np.exp(-(((beat - 0.55) / 0.05) ** 2))
    pulse = 1400 * np.exp(-(((beat - 0.4) / 0.12) ** 2)) + 500 * np.exp(-(((beat - 0.65) / 0.1) ** 2))
    breath = 1000 * np.sin(2 * np.pi * 0.25 * t)
    clean = np.stack((ecg, pulse, 1.2 * pulse + 800, breath))
    return np.round(clean + rng.normal(0, 5, clean.shape)).astype(np.int16)


SAMPLES = waves_of(60)


def slices_of(number: int, per_s: int) -> list[WaveSlice]:
    """The number-th slice of each wave, `per_s` of them a second."""
    n = FS // per_s
    at = number * n % SAMPLES.shape[1]
    t0_ns = T0_NS + number * SECOND // per_s
    return [WaveSlice(t0_ns, ch, float(FS), SAMPLES[i, at : at + n]) for i, ch in enumerate(WAVES)]


def numerics_of(second: int) -> list[NumericRow]:
    """One reading of each numeric, wandering slowly."""
    t_ns = T0_NS + second * SECOND
    return [
        NumericRow(t_ns + 1000 * ch, ch, float(60 + ch + round(6 * np.sin(second / 40 + ch))), Validity.VALID)
        for ch in NUMERICS
    ]


def items_of(batch: int) -> list[tuple[int, object]]:
    """A quarter of a second of everything, with its time of arrival."""
    items = [*slices_of(batch, BATCHES_PER_S), *numerics_of(batch // BATCHES_PER_S)[batch % 4 * 5 :][:5]]
    return [(T0_NS + (batch + 1) * SECOND // BATCHES_PER_S, item) for item in items]


def make_worst_case(path: Path, hours: float) -> None:
    """Through the writer that sessions use, as fast as it goes."""
    clock = ManualClock(T0_NS)
    writer = RecordWriter.create(path, STARTED, clock)
    for number in (*WAVES, *NUMERICS):
        fs = float(FS) if number in WAVES else 0.0
        writer.put(
            Stamped(
                T0_NS,
                ChannelDescribed(number, "monitor", f"REF_{number}", 0, f"C{number}", "1", fs, 1.0, 0.0),
            )
        )
    for second in range(round(hours * 3600)):
        clock.move_to(T0_NS + second * SECOND)
        for half in (0, 1):
            for piece in slices_of(2 * second + half, 2):
                writer.put(piece)
        for reading in numerics_of(second):
            writer.put(reading)
    writer.close()


def quantile(values: list[float], part: float) -> float:
    """The value that `part` of them do not exceed."""
    return float(np.quantile(values, part))
