"""Other sample rates to 48 kHz: a polyphase filter of windowed sincs that takes its input in pieces."""

from __future__ import annotations

from math import ceil, gcd
from typing import Final

import numpy as np
from numpy.typing import NDArray

HALF_TAPS: Final = 24
BETA: Final = 8.6
"""Kaiser window: stop band about 86 dB down."""

MOST_PHASES: Final = 1_024
"""Some rates have a filter for each of 48 000 places between two samples, a table of hundreds of megabytes.
Beyond so many they are made of the nearest two, which is the same to -110 dB."""
AT_ONCE: Final = 4_096

Frames = NDArray[np.float32]


class Resampler:
    """One stream of stereo frames from `rate` to `target` samples per second, without delay or loss.

    The pass band ends at 0.45 of the lower rate. `push` returns what can be made so far, `finish` the rest.
    `before` and `after` are what sounds right before and after the stream, silence if left out: an album's
    tracks join as if they had never been cut. `edge` says how many frames of them are used.
    """

    def __init__(self, rate: int, target: int, before: Frames | None = None) -> None:
        common = gcd(rate, target)
        self._up, self._down = target // common, rate // common
        stretch = max(1.0, rate / target)
        self._half = ceil(HALF_TAPS * stretch)
        self._kept = min(self._up, MOST_PHASES)
        self._taps = _phases(self._kept, self._half, 0.92 / stretch)
        self._held = np.zeros((self._half, 2), dtype=np.float32)
        if before is not None and len(before):
            self._held[-len(before) :] = before[-self._half :]
        self._made = 0
        self._dropped = -self._half
        self._taken = 0

    def push(self, frames: Frames) -> Frames:
        """Take input frames, shape (n, 2), and return the output frames that they complete."""
        self._held = np.concatenate((self._held, frames))
        self._taken += len(frames)
        return self._make(max(0, (self._taken - self._half) * self._up // self._down))

    def finish(self, after: Frames | None = None) -> Frames:
        """The last output frames; in all, `ceil(n * target / rate)` for n input frames."""
        end = np.zeros((self._half + 1, 2), dtype=np.float32)
        if after is not None:
            end[: min(len(after), len(end))] = after[: len(end)]
        self._held = np.concatenate((self._held, end))
        return self._make(ceil(self._taken * self._up / self._down))

    def _make(self, upto: int) -> Frames:
        made = np.zeros((max(0, upto - self._made), 2), dtype=np.float32)
        if len(made) == 0:
            return made
        # In parts: at high rates the taps of all of it at once would take a hundred megabytes.
        for start in range(0, len(made), AT_ONCE):
            part = made[start : start + AT_ONCE]
            self._fill(part, self._made + start)
        self._made += len(made)
        keep = self._made * self._down // self._up - self._half + 1 - self._dropped
        self._held = self._held[keep:]
        self._dropped += keep
        return made

    def _fill(self, made: Frames, begin: int) -> None:
        """Output frames from this number on."""
        place = np.arange(begin, begin + len(made), dtype=np.int64) * self._down
        windows = np.lib.stride_tricks.sliding_window_view(self._held, 2 * self._half, axis=0)
        sound = windows[place // self._up - self._half + 1 - self._dropped]
        np.einsum("nct,nt->nc", sound, self._filters(place % self._up), out=made)

    def _filters(self, phase: NDArray[np.int64]) -> Frames:
        """The taps for each of these places, counted in `_up` between two input samples."""
        if self._kept == self._up:
            return self._taps[phase]
        whole, rest = np.divmod(phase * self._kept, self._up)
        share = (rest / self._up).astype(np.float32)[:, None]
        return np.asarray((1 - share) * self._taps[whole] + share * self._taps[whole + 1], dtype=np.float32)


def edge(rate: int, target: int) -> int:
    """How many frames of a neighbouring stream can be heard in this one."""
    return ceil(HALF_TAPS * max(1.0, rate / target)) + 1


def _phases(up: int, half: int, cutoff: float) -> Frames:
    """Taps for `up` positions between two input samples, and at the second; shape (up + 1, 2 * half)."""
    offset = np.arange(up + 1)[:, None] / up - np.arange(-half + 1, half + 1)[None, :]
    window = np.i0(BETA * np.sqrt(np.clip(1 - (offset / half) ** 2, 0, None))) / np.i0(BETA)
    taps = cutoff * np.sinc(cutoff * offset) * window
    return np.asarray(taps / taps.sum(axis=1, keepdims=True), dtype=np.float32)
