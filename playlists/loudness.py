"""How loud a piece of music is, by EBU R128 (ITU-R BS.1770-4), measured in pieces of any length. Pure.

The K weighting is a filter of a few thousand taps, applied by Fourier transform: in numpy that is faster than
sample by sample, and the file need not be in memory as a whole.
"""

from __future__ import annotations

from functools import cache
from math import log10
from typing import Final

import numpy as np
from numpy.typing import NDArray

from playlists.model import Loudness

GATE_LUFS: Final = -70.0
BELOW_DB: Final = 10.0
OFFSET: Final = -0.691
STEPS: Final = 4
"""A block of 0.4 s is four steps of 0.1 s."""
TAIL_S: Final = 0.15
"""After so long the high pass, the slower of both filters, rings by less than -100 dB."""
QUIETEST: Final = 1e-10

Frames = NDArray[np.float32]
Doubles = NDArray[np.float64]


class Meter:
    """Takes a piece from its beginning to its end, frames of shape (n, channels) at `rate`."""

    def __init__(self, rate: int, channels: int) -> None:
        self._step = max(1, round(rate / 10))
        self._length = 1 << (max(2, rate) - 1).bit_length()
        self._filter, self._taps = _weighting(rate, self._length)
        self._new = (self._length - self._taps + 1) // self._step * self._step
        self._held = np.zeros((self._taps - 1, channels), dtype=np.float32)
        self._waiting: list[Frames] = []
        self._count = 0
        self._steps: list[Doubles] = []
        self._peak = 0.0

    def push(self, frames: Frames) -> None:
        """The next frames; what is not a number counts as silence."""
        frames = np.nan_to_num(frames, nan=0.0, posinf=0.0, neginf=0.0)
        if len(frames):
            self._peak = max(self._peak, float(np.abs(frames).max()))
        self._waiting.append(frames)
        self._count += len(frames)
        if self._count < self._new:
            return
        waiting = np.concatenate(self._waiting)
        for start in range(0, len(waiting) - self._new + 1, self._new):
            self._measure(waiting[start : start + self._new])
        rest = waiting[len(waiting) // self._new * self._new :]
        self._waiting, self._count = [rest], len(rest)

    def finish(self) -> Loudness | None:
        """The loudness of all of it; None for silence, which has none."""
        if self._count:
            rest = np.concatenate(self._waiting)
            self._measure(rest)
        power = np.concatenate(self._steps) if self._steps else np.zeros(0)
        lufs = _gated(power)
        if lufs is None or self._peak < QUIETEST:
            return None
        return Loudness(round(lufs, 2), round(20 * log10(self._peak), 2))

    def _measure(self, frames: Frames) -> None:
        """The power of each whole step of these frames, all channels together."""
        joined = np.concatenate((self._held, frames))
        self._held = joined[len(joined) - self._taps + 1 :]
        spectrum = np.fft.rfft(joined, self._length, axis=0) * self._filter[:, None]
        heard = np.fft.irfft(spectrum, self._length, axis=0)[self._taps - 1 : len(joined)]
        whole = len(heard) // self._step
        blocks = heard[: whole * self._step].reshape(whole, self._step, heard.shape[1])
        self._steps.append(np.einsum("nsc,nsc->n", blocks, blocks) / self._step)


def _gated(steps: Doubles) -> float | None:
    """The mean power of what is neither silent nor far below the rest, in LUFS."""
    if len(steps) < STEPS:
        power = steps[:0] if len(steps) == 0 else np.array([steps.mean()])
    else:
        sums = np.concatenate(([0.0], np.cumsum(steps)))
        power = (sums[STEPS:] - sums[:-STEPS]) / STEPS
    power = power[power > 10 ** ((GATE_LUFS - OFFSET) / 10)]
    if power.size == 0:
        return None
    power = power[power > power.mean() * 10 ** (-BELOW_DB / 10)]
    return OFFSET + 10 * log10(float(power.mean()))


@cache
def _weighting(rate: int, length: int) -> tuple[NDArray[np.complex64], int]:
    """The spectrum of the K weighting's response, cut off where it has died away, and how long that is."""
    frequency = np.arange(length // 2 + 1) * (rate / length)
    z = np.exp(2j * np.pi * frequency / rate)
    response = np.fft.irfft(_shelf(rate, z) * _high_pass(rate, z), length)
    taps = min(round(TAIL_S * rate), length // 2)
    response[taps:] = 0.0
    return np.fft.rfft(response).astype(np.complex64), taps


def _shelf(rate: int, z: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """BS.1770's first stage, the head: its analogue form, brought to any rate."""
    gain, q, centre = 3.999843853973347, 0.7071752369554196, 1681.974450955533
    k = np.tan(np.pi * min(centre / rate, 0.49))
    high, band = 10 ** (gain / 20), 10 ** (gain / 20 * 0.4996667741545416)
    a = (1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k)
    b = (high + band * k / q + k * k, 2 * (k * k - high), high - band * k / q + k * k)
    return _ratio(b, a, z)


def _high_pass(rate: int, z: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """BS.1770's second stage."""
    q, centre = 0.5003270373238773, 38.13547087602444
    k = np.tan(np.pi * centre / rate)
    scale = 1 + k / q + k * k
    return _ratio((scale, -2 * scale, scale), (scale, 2 * (k * k - 1), 1 - k / q + k * k), z)


def _ratio(
    b: tuple[float, float, float], a: tuple[float, float, float], z: NDArray[np.complex128]
) -> NDArray[np.complex128]:
    return np.asarray((b[0] + b[1] / z + b[2] / z**2) / (a[0] + a[1] / z + a[2] / z**2))
