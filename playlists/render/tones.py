"""The four kinds of sound the example music is made of: pads, bells, drones and moving air.

Everything is tuned in whole-number ratios over one D, so that any piece may cross into any other without
beating. Signals are float64 arrays of shape (2, n), left and right, at 48 kHz.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE: Final = 48_000
TONIC_HZ: Final = 73.4
TABLE: Final = 1 << 19
SIDE: Final = 0.35
"""How much of a pad differs between left and right; small enough that the mono sum loses nothing."""

Sound = NDArray[np.float64]

RATIOS: Final = {
    "D": 1.0,
    "E": 9 / 8,
    "F#": 5 / 4,
    "G": 4 / 3,
    "A": 3 / 2,
    "B": 5 / 3,
    "C#": 15 / 8,
}


@dataclass(frozen=True, slots=True)
class Timbre:
    """A pad's colour: partial k has amplitude k**-tilt; each is spread over `cents` and ends at `top_hz`.

    `core` is the amplitude of the one steady voice among the many, without which low tones would throb.
    """

    tilt: float
    cents: float
    top_hz: float
    core: float


WARM: Final = Timbre(tilt=1.6, cents=22.0, top_hz=2_400.0, core=1.0)
OPEN: Final = Timbre(tilt=0.95, cents=28.0, top_hz=6_500.0, core=0.7)
DEEP: Final = Timbre(tilt=1.5, cents=12.0, top_hz=900.0, core=2.5)


def pitch_hz(note: str) -> float:
    """The frequency of a note such as 'F#3'; D2 is 73.4 Hz and octaves change at D."""
    return float(TONIC_HZ * RATIOS[note[:-1]] * 2.0 ** (int(note[-1]) - 2))


@cache
def pad_table(note: str, timbre: Timbre, seed: int) -> Sound:
    """Ten seconds of a steady ensemble tone that loops without a seam, shape (2, TABLE).

    Each partial is a narrow band of noise with random phases, made by one inverse transform: what many
    players slightly out of tune with each other sound like.
    """
    rng = np.random.default_rng([seed, round(pitch_hz(note) * 100)])
    bins = np.fft.rfftfreq(TABLE, 1 / RATE)
    spectrum = np.zeros(bins.size)
    fundamental = pitch_hz(note)
    spread = 2.0 ** (timbre.cents / 1200) - 1
    for k in range(1, int(timbre.top_hz / fundamental) + 1):
        centre, width = fundamental * k, max(0.25, fundamental * k**0.8 * spread)
        lo, hi = np.searchsorted(bins, (centre - 5 * width, centre + 5 * width))
        roll_off = 1 / (1 + (centre / timbre.top_hz * 1.6) ** 4)
        profile = np.exp(-(((bins[lo:hi] - centre) / width) ** 2))
        level = k**-timbre.tilt * roll_off
        spectrum[lo:hi] += level * profile / np.sqrt(width)
        spectrum[round(centre * TABLE / RATE)] += level * timbre.core * np.sqrt(1.25 * TABLE / RATE)
    mid, side = (_from_spectrum(spectrum, rng) for _ in range(2))
    return np.stack((mid + SIDE * side, mid - SIDE * side))


def _from_spectrum(spectrum: Sound, rng: np.random.Generator) -> Sound:
    phases = rng.uniform(0, 2 * np.pi, spectrum.size)
    wave = np.fft.irfft(spectrum * np.exp(1j * phases), TABLE)
    return np.asarray(wave / np.sqrt(np.mean(wave**2)))


def swell(n: int, attack_s: float, release_s: float) -> Sound:
    """An envelope of n samples that rises and falls along raised cosines."""
    envelope = np.ones(n)
    rise, fall = min(n, int(attack_s * RATE)), min(n, int(release_s * RATE))
    envelope[:rise] *= 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, rise))
    envelope[n - fall :] *= 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, fall))
    return envelope


def drift(n: int, rng: np.random.Generator, period_s: float, depth_db: float) -> Sound:
    """A gain of n samples that wanders by up to depth_db around 1, with two slow unequal periods."""
    t = np.arange(n) / RATE
    first, second = rng.uniform(0, 2 * np.pi, 2)
    wave = np.sin(2 * np.pi * t / period_s + first) + 0.6 * np.sin(
        2 * np.pi * t / (period_s * 1.618) + second
    )
    return np.asarray(10 ** (depth_db * wave / 1.6 / 20))


def pad(note: str, seconds: float, bright: Sound, rng: np.random.Generator, seed: int) -> Sound:
    """One pad note; `bright` (0 to 1, one value per sample) moves it from warm to open. Shape (2, n)."""
    n = int(seconds * RATE)
    index = (np.arange(n) + rng.integers(TABLE)) % TABLE
    warm, open_ = (pad_table(note, timbre, seed)[:, index] for timbre in (WARM, OPEN))
    tone = warm * np.cos(bright[:n] * np.pi / 2) + 0.8 * open_ * np.sin(bright[:n] * np.pi / 2)
    level = min(1.0, (220.0 / pitch_hz(note)) ** 0.35)
    return np.asarray(tone * level * swell(n, 5.0, 6.5) * drift(n, rng, 11.0, 1.5))


def drone(note: str, seconds: float, rng: np.random.Generator, seed: int) -> Sound:
    """A low tone that is there all the time and breathes slowly. Shape (2, n)."""
    n = int(seconds * RATE)
    index = (np.arange(n) + rng.integers(TABLE)) % TABLE
    return np.asarray(pad_table(note, DEEP, seed)[:, index] * drift(n, rng, 23.0, 2.0))


def bell(note: str, rng: np.random.Generator, decay_s: float, attack_s: float) -> Sound:
    """A struck tone without a stroke: the attack is rounded, high partials fade first. Shape (2, n)."""
    n = int(decay_s * 2.2 * RATE)
    t = np.arange(n) / RATE
    tone = np.zeros(n)
    for ratio, level, life in ((1, 1.0, 1.0), (2, 0.42, 0.7), (3.01, 0.16, 0.45), (4.17, 0.06, 0.3)):
        beat = rng.uniform(-0.12, 0.12)
        tone += (
            level
            * np.sin(2 * np.pi * (pitch_hz(note) * ratio + beat) * t + rng.uniform(0, 2 * np.pi))
            * np.exp(-t / (decay_s * life * 0.45))
        )
    tone *= swell(n, attack_s, 0.5)
    angle = np.pi / 4 + rng.uniform(-0.35, 0.35)
    placed = np.stack((np.cos(angle) * tone, np.sin(angle) * tone))
    return np.asarray(placed * min(1.0, (440.0 / pitch_hz(note)) ** 0.5))


def air(n: int, low_hz: float, high_hz: float, rng: np.random.Generator) -> Sound:
    """Soft noise between two frequencies, falling off above like wind or far water. Shape (2, n)."""
    bins = np.maximum(np.fft.rfftfreq(n, 1 / RATE), 1.0)
    shape = bins**-0.5 / (1 + (low_hz / bins) ** 4) / (1 + (bins / high_hz) ** 3)
    both = np.stack([np.fft.irfft(np.fft.rfft(rng.standard_normal(n)) * shape, n) for _ in range(2)])
    blend = np.stack((both[0] + 0.5 * both[1], both[1] + 0.5 * both[0]))
    return np.asarray(blend / np.sqrt(np.mean(blend**2)))


def tide(n: int, period_s: float, rng: np.random.Generator, *, even: bool) -> Sound:
    """A gain from 0 to 1 that comes and goes, evenly like breath or unevenly like waves on a shore."""
    t = np.arange(n) / RATE
    phase = 2 * np.pi * t / period_s
    if not even:
        phase += 0.9 * np.sin(2 * np.pi * t / (period_s * 3.3) + rng.uniform(0, 2 * np.pi))
    return np.asarray((0.5 - 0.5 * np.cos(phase)) ** 1.7)
