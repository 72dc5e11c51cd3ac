"""Beats and waves that follow the patient's numbers: they are made from the integral of the pulse rate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from devices.sim.patient import Floats, Patient

GRID_HZ: Final = 20
STRETCH_S: Final = 600.0
"""How much of the beat count is worked out at a time."""
SHOWN_BEATS: Final = 6
"""Beats over which an oximeter averages the rate it shows."""
PULSE_TRAVEL_S: Final = 0.22
"""From the heart's beat to its pulse in the finger."""
TEMPLATE_POINTS: Final = 1024


HUMPS: Final = ((1.0, 0.19, 0.085), (0.62, 0.31, 0.13), (0.40, 0.53, 0.095), (0.24, 0.70, 0.15))
"""Height, place and width, in beats, of what makes a finger's pulse: systolic peak, its shoulder, the wave
after the dicrotic notch, and the run-off."""


def _pulse_template() -> Floats:
    """One pulse of the finger's volume, 0 to 1; humps that reach beyond the beat go on in the next."""
    phase = np.arange(TEMPLATE_POINTS) / TEMPLATE_POINTS
    pulse = np.zeros(TEMPLATE_POINTS)
    for height, place, width in HUMPS:
        for beat in (-1, 0, 1):
            pulse += height * np.exp(-(((phase - place - beat) / width) ** 2))
    pulse -= pulse.min()
    return np.asarray(pulse / pulse.max())


PULSE: Final = _pulse_template()


class Rhythm:
    """The count of heart beats as a function of time, on a grid that grows as later times are asked for.

    `moment` says which time is shown at a time.
    """

    def __init__(
        self, rate: Callable[[Floats], Floats], moment: Callable[[ArrayLike], Floats] = np.asarray
    ) -> None:
        self._rate, self._moment = rate, moment
        self._count = np.zeros(1)

    def count(self, t_s: ArrayLike) -> Floats:
        """Beats since time 0, with the fraction of the beat that is going on; times before 0 count as 0."""
        place = np.maximum(np.asarray(self._moment(t_s), float), 0) * GRID_HZ
        self._reach(float(place.max()) if place.size else 0.0)
        index = place.astype(np.int64)
        part = place - index
        return np.asarray(self._count[index] * (1 - part) + self._count[index + 1] * part)

    def beats(self, t0_s: float, t1_s: float) -> Floats:
        """Times of the beats in [t0, t1)."""
        first, last = self.count(np.array([t0_s, t1_s]))
        numbers = np.arange(np.ceil(first), np.ceil(last))
        grid = np.arange(self._count.size) / GRID_HZ
        lo, hi = max(0, int(t0_s * GRID_HZ)), int(t1_s * GRID_HZ) + 2
        return np.interp(numbers, self._count[lo:hi], grid[lo:hi])

    def shown_rate(self, t_s: float) -> float:
        """Beats per minute over the last few beats, as a monitor shows it."""
        t_s = float(self._moment(t_s))
        window_s = SHOWN_BEATS * 60 / float(self._rate(np.asarray(t_s)))
        start_s = max(0.0, t_s - window_s)
        if t_s - start_s < 1:
            return float(self._rate(np.asarray(t_s)))
        first, last = self.count(np.array([start_s, t_s]))
        return float(60 * (last - first) / (t_s - start_s))

    def _reach(self, place: float) -> None:
        while self._count.size < place + 2:
            start_s = (self._count.size - 1) / GRID_HZ
            middles = start_s + (np.arange(int(STRETCH_S * GRID_HZ)) + 0.5) / GRID_HZ
            steps = self._rate(middles) / 60 / GRID_HZ
            self._count = np.concatenate([self._count, self._count[-1] + np.cumsum(steps)])


class Waves:
    """The patient's continuous signals at any times."""

    def __init__(self, patient: Patient) -> None:
        self.rhythm = Rhythm(patient.pulse, patient.moment)
        self._moment = patient.moment
        self._breaths_hz = patient.traits.breaths / 60
        self._perfusion = patient.traits.perfusion
        self._noise = np.random.default_rng((patient.seed, 4)).normal(0, 0.006, size=4096)

    def pleth(self, t_s: ArrayLike) -> Floats:
        """The finger's pulse wave, about 0 to 1: size by perfusion, breathing in its size and its base."""
        t = self._moment(t_s)
        beats = self.rhythm.count(t - PULSE_TRAVEL_S)
        pulse = PULSE[((beats % 1) * TEMPLATE_POINTS).astype(np.int64)]
        breath = self.breathing(t)
        noise = self._noise[(t * 75).astype(np.int64) % self._noise.size]
        size = 0.62 * min(self._perfusion, 1.3) * (1 + 0.07 * breath)
        return np.clip(0.12 + 0.03 * breath + size * pulse + noise, 0, 1)

    def breathing(self, t_s: ArrayLike) -> Floats:
        """How far the chest is out, -1 to 1."""
        return np.asarray(np.sin(2 * np.pi * self._breaths_hz * self._moment(t_s)))
