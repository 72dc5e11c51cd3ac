"""A simulated patient: vital signs over a session as functions of seed, traits, doses and time.

Times are seconds since the session's start. Nothing is random but what the seed decides, so any second can be
asked for in any order and again.

The response to a dose rises like a gamma curve to its peak and then falls exponentially. Peaks and
half-times by route follow published measurements for intravenous ketamine (+16 systolic, +11 diastolic at
40 min in 2 342 infusions) and nasal esketamine; the amplitudes of the other routes are assumptions on
published kinetics.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kapmonitor.session.events import Route

Floats = NDArray[np.float64]

OUTLIERS: Final = 0.02
"""Share of sessions in which the systolic pressure passes 180."""
OUTLIER_SYSTOLIC: Final = (185.0, 205.0)
CALMING_S: Final = 480.0
"""Time constant with which the unease before the dose settles."""
CUFF_NOISE: Final = (2.5, 4.0)
"""Standard deviation and largest error of a cuff reading, mmHg."""
DIP_SPACING_S: Final = 1500.0
DIP_SHARE: Final = 0.3
DIP_WIDTH_S: Final = 25.0
LEAST_PULSE_PRESSURE: Final = 22.0


@dataclass(frozen=True, slots=True)
class Response:
    """How one route acts: mean and SD of the rises, minutes to the peak, half-time of the fall."""

    systolic: tuple[float, float]
    diastolic: tuple[float, float]
    pulse: tuple[float, float]
    peak_min: tuple[float, float]
    half_min: float


RESPONSES: Final[dict[Route, Response]] = {
    Route.IV: Response((15, 11), (10, 8), (4, 7), (40, 40), 25),
    Route.IN: Response((9, 12), (6, 8), (3, 6), (40, 40), 60),
    Route.IM: Response((18, 12), (12, 8), (8, 9), (15, 25), 30),
    Route.SL: Response((10, 8), (7, 6), (4, 6), (40, 50), 40),
}


@dataclass(frozen=True, slots=True)
class Traits:
    """Who the patient is; pressures in mmHg, rates per minute, SpO2 in percent.

    `amplitude` multiplies the drawn rises (age, hypertension); `rises` (systolic, diastolic, pulse) replaces
    them.
    """

    systolic: float = 118.0
    diastolic: float = 74.0
    pulse: float = 66.0
    spo2: float = 97.6
    breaths: float = 14.0
    anxiety: float = 1.0
    amplitude: float = 1.0
    perfusion: float = 1.0
    rises: tuple[float, float, float] | None = None
    dips: bool = True


@dataclass(frozen=True, slots=True)
class Dose:
    """A dose at a time; `strength` 1 is the usual amount of its route."""

    t_s: float
    route: Route = Route.IV
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class Episode:
    """Something the body does by itself: `spo2` percent and `systolic` mmHg added around a middle time."""

    t_s: float
    duration_s: float
    spo2: float = 0.0
    systolic: float = 0.0


@dataclass(frozen=True, slots=True)
class Vitals:
    """What is true at one moment, before any instrument reads it."""

    pulse: float
    spo2: float
    systolic: float
    diastolic: float
    breaths: float

    @property
    def mean(self) -> float:
        """Mean arterial pressure by the usual third."""
        return self.diastolic + (self.systolic - self.diastolic) / 3


def draw_traits(seed: int) -> Traits:
    """A person as they come: most are healthy, one in six has hypertension."""
    rng = np.random.default_rng((seed, 1))
    age, hypertension = rng.uniform(22, 68), rng.random() < 0.16
    return Traits(
        systolic=float(rng.normal(119 + 0.25 * (age - 45) + 12 * hypertension, 8)),
        diastolic=float(rng.normal(75 + 7 * hypertension, 5)),
        pulse=float(rng.normal(68, 7)),
        spo2=float(rng.uniform(96.5, 98.4)),
        breaths=float(rng.uniform(11, 17)),
        anxiety=float(rng.uniform(0.6, 1.4)),
        amplitude=float((1 + 0.006 * (age - 45)) * (1.3 if hypertension else 1.0)),
        perfusion=float(rng.uniform(0.6, 1.2)),
    )


def curve(minutes: ArrayLike, peak_min: float, half_min: float) -> Floats:
    """The course of a response, 0 before the dose, 1 at the peak."""
    x = np.maximum(np.asarray(minutes, float), 0) / peak_min
    rise = (x * np.exp(1 - x)) ** 2
    fall = np.exp2(-(np.maximum(x, 1) - 1) * peak_min / half_min)
    return np.asarray(np.where(x < 1, rise, fall))


class Patient:
    """One patient in one session."""

    def __init__(
        self,
        seed: int,
        traits: Traits | None = None,
        doses: tuple[Dose, ...] = (),
        episodes: tuple[Episode, ...] = (),
    ) -> None:
        self.seed = abs(seed)
        self.traits = traits or draw_traits(self.seed)
        self.doses = doses
        self._episodes = episodes
        rng = np.random.default_rng((self.seed, 2))
        self.rises = self.traits.rises or self._drawn_rises(rng)
        self._peak = float(rng.uniform(0, 1))
        self._slow = [_Ripple(rng, count=3, periods=(25, 260)) for _ in range(3)]
        self._dips = self._drawn_dips(rng) if self.traits.dips else []
        self._held_s = np.inf

    def _drawn_rises(self, rng: np.random.Generator) -> tuple[float, float, float]:
        response = RESPONSES[self.doses[0].route] if self.doses else RESPONSES[Route.IV]
        shared, own_dia, own_pulse = rng.normal(size=3)
        size = self.traits.amplitude
        systolic = size * (response.systolic[0] + response.systolic[1] * shared)
        diastolic = size * (response.diastolic[0] + response.diastolic[1] * (0.8 * shared + 0.6 * own_dia))
        pulse = response.pulse[0] + response.pulse[1] * (0.3 * shared + 0.954 * own_pulse)
        if rng.random() < OUTLIERS:
            systolic = rng.uniform(*OUTLIER_SYSTOLIC) - self.traits.systolic
            diastolic = 0.55 * systolic
        return float(systolic), float(diastolic), float(pulse)

    def _drawn_dips(self, rng: np.random.Generator) -> list[Episode]:
        times = np.arange(12) * DIP_SPACING_S + rng.uniform(300, DIP_SPACING_S, size=12)
        deep = rng.uniform(90, 93.5, size=12) - self.traits.spo2
        wanted = rng.random(12) < DIP_SHARE
        dips = zip(times, deep, wanted, strict=True)
        return [Episode(float(t), DIP_WIDTH_S, spo2=float(d)) for t, d, yes in dips if yes]

    def hold(self, t_s: float) -> None:
        """From then on instruments go on showing that moment, as a device does that has frozen."""
        self._held_s = t_s

    def moment(self, t_s: ArrayLike) -> Floats:
        """The moment that is shown at a time."""
        return np.asarray(np.minimum(np.asarray(t_s, float), self._held_s))

    def response(self, t_s: ArrayLike) -> Floats:
        """What all doses together do at a time, as a share of one usual dose's peak."""
        t = self.moment(t_s)
        total = np.zeros_like(t)
        for dose in self.doses:
            kind = RESPONSES[dose.route]
            low, high = kind.peak_min
            peak_min = low + (high - low) * self._peak
            total = total + dose.strength * curve((t - dose.t_s) / 60, peak_min, kind.half_min)
        return total

    def pulse(self, t_s: ArrayLike) -> Floats:
        """Beats per minute at each moment, with breathing and slow waves in it."""
        t = self.moment(t_s)
        calm = 8 * self.traits.anxiety * self._unease(t)
        breath = 2.2 * np.sin(2 * np.pi * self.traits.breaths / 60 * t)
        rate = self.traits.pulse + calm + self.rises[2] * self.response(t) + 1.6 * self._slow[0](t) + breath
        return np.clip(rate, 38, 190)

    def spo2(self, t_s: ArrayLike) -> Floats:
        """Oxygen saturation in percent."""
        t = self.moment(t_s)
        value = self.traits.spo2 - 0.6 * np.clip(self.response(t), 0, 1.5) + 0.35 * self._slow[1](t)
        for episode in (*self._dips, *self._episodes):
            value = value + episode.spo2 * _hump(t, episode)
        return np.clip(value, 60, 100)

    def pressures(self, t_s: ArrayLike) -> tuple[Floats, Floats]:
        """Systolic and diastolic pressure in mmHg."""
        t = self.moment(t_s)
        extra = 7.5 * self.traits.anxiety * self._unease(t) + 2.0 * self._slow[2](t)
        for episode in self._episodes:
            extra = extra + episode.systolic * _hump(t, episode)
        response = self.response(t)
        systolic = np.clip(self.traits.systolic + self.rises[0] * response + extra, 70, 260)
        diastolic = np.clip(self.traits.diastolic + self.rises[1] * response + 0.6 * extra, 35, 160)
        return systolic, np.minimum(diastolic, systolic - LEAST_PULSE_PRESSURE)

    def vitals(self, t_s: float) -> Vitals:
        """Everything at one moment."""
        systolic, diastolic = self.pressures(t_s)
        pulse, spo2 = float(self.pulse(t_s)), float(self.spo2(t_s))
        return Vitals(pulse, spo2, float(systolic), float(diastolic), self.traits.breaths)

    def cuff_reading(self, t_s: float) -> tuple[int, int]:
        """Systolic and diastolic as a cuff finds them at that time, with its usual error, in whole mmHg."""
        spread, most = CUFF_NOISE
        rng = np.random.default_rng((self.seed, 3, max(0, int(float(self.moment(t_s)) * 1000))))
        errors = np.clip(rng.normal(0, spread, size=2), -most, most)
        systolic, diastolic = self.pressures(t_s)
        return round(float(systolic) + errors[0]), round(float(diastolic) + errors[1])

    def _unease(self, t: Floats) -> Floats:
        return np.exp(-np.maximum(t, 0) / CALMING_S)


class _Ripple:
    """A sum of slow sines with drawn periods and phases, of about unit size."""

    def __init__(self, rng: np.random.Generator, count: int, periods: tuple[float, float]) -> None:
        self._omega = 2 * np.pi / np.geomspace(*periods, count) * rng.uniform(0.8, 1.25, size=count)
        self._phase = rng.uniform(0, 2 * np.pi, size=count)
        self._size = rng.uniform(0.4, 0.9, size=count)

    def __call__(self, t: Floats) -> Floats:
        waves = self._size * np.sin(t[..., None] * self._omega + self._phase)
        return np.asarray(waves.sum(axis=-1))


def _hump(t: Floats, episode: Episode) -> Floats:
    """1 through the middle of an episode, with soft edges; about 0 outside its duration."""
    return np.exp(-(((t - episode.t_s) / (0.5 * episode.duration_s)) ** 4) * 3)
