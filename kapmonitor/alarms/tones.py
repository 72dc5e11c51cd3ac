"""The tones of alarms, rendered once: 48 kHz, 16 bit, raised-cosine edges, peak at full scale. Pure.

Onsets, pulse lengths and harmonics are this project's own, inside the bands of IEC 60601-1-8 for bursts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kapmonitor.alarms.signals import SoundName

RATE: Final = 48_000
PEAK: Final = 32_000
Samples = NDArray[np.int16]

HIGH_ONSETS: Final = (0.0, 0.2, 0.4, 0.8, 1.0, 1.72, 1.92, 2.12, 2.52, 2.72)
BRIGHT: Final = (1.0, 0.7, 0.5, 0.4, 0.35, 0.3)
FULL: Final = (1.0, 0.8, 0.6, 0.5, 0.4, 0.3)
MELLOW: Final = (1.0, 0.5, 0.35, 0.25, 0.2)


@dataclass(frozen=True, slots=True)
class Burst:
    """Pulses: when each begins, how high each is, how long all last and rise, their harmonics' amplitudes."""

    onsets_s: tuple[float, ...]
    pitches_hz: tuple[float, ...]
    pulse_s: float
    edge_s: float
    harmonics: tuple[float, ...]

    @property
    def length_s(self) -> float:
        return self.onsets_s[-1] + self.pulse_s


def _even(onsets_s: tuple[float, ...], hz: float, pulse_s: float, edge_s: float, *more: float) -> Burst:
    return Burst(onsets_s, (hz,) * len(onsets_s), pulse_s, edge_s, more)


BURSTS: Final = {
    SoundName.HIGH: _even(HIGH_ONSETS, 523.0, 0.12, 0.02, *BRIGHT),
    SoundName.MEDIUM: _even((0.0, 0.4, 0.8), 440.0, 0.2, 0.04, *FULL),
    SoundName.LOW: _even((0.0, 0.4), 440.0, 0.2, 0.05, *FULL),
    SoundName.SOFT_HIGH: _even(HIGH_ONSETS, 523.0, 0.12, 0.045, *MELLOW),
    SoundName.SOFT_MEDIUM: Burst((0.0, 0.4), (440.0, 349.0), 0.22, 0.08, MELLOW),
    SoundName.SOFT_LOW: _even((0.0,), 440.0, 0.24, 0.09, *MELLOW),
    # Nothing of the console sounds like this: two heights in turn, evenly, without a pause between bursts.
    SoundName.FAILURE: Burst((0.0, 0.5, 1.0, 1.5), (660.0, 495.0, 660.0, 495.0), 0.3, 0.03, FULL),
    SoundName.CHECK: Burst((0.0, 0.25, 0.5), (392.0, 523.0, 659.0), 0.2, 0.06, MELLOW),
}


def render(name: SoundName) -> Samples:
    """One burst, shape (n,)."""
    burst = BURSTS[name]
    out = np.zeros(round(burst.length_s * RATE), dtype=np.float64)
    for onset_s, hz in zip(burst.onsets_s, burst.pitches_hz, strict=True):
        pulse = _pulse(hz, burst)
        start = round(onset_s * RATE)
        out[start : start + len(pulse)] += pulse[: len(out) - start]
    return np.asarray(np.round(out / np.abs(out).max() * PEAK), dtype=np.int16)


def _pulse(hz: float, burst: Burst) -> NDArray[np.float64]:
    t = np.arange(round(burst.pulse_s * RATE)) / RATE
    wave = np.zeros_like(t)
    for number, amplitude in enumerate(burst.harmonics, start=1):
        wave += amplitude * np.sin(2 * np.pi * hz * number * t)
    edge = round(burst.edge_s * RATE)
    rise = 0.5 - 0.5 * np.cos(np.pi * np.arange(edge) / edge)
    wave[:edge] *= rise
    wave[-edge:] *= rise[::-1]
    return wave


def all_tones() -> dict[SoundName, Samples]:
    """Every tone, by name."""
    return {name: render(name) for name in SoundName}
