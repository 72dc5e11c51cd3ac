"""How the samples of a wave become 16-bit words: as they are, or where they are finer in even steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kapmonitor.foreign.recording import Values, Words
from kapmonitor.model import NO_SAMPLE

Samples = NDArray[Any]
MOST_WORD: Final = 32_767
FINEST, WIDEST = 1e-12, 1e12
_KEPT: Final = {"<i1": 0, "<u1": 0, "<i2": 0, "<u2": 32_768}
"""Samples that are words already, but for a shift."""


@dataclass(frozen=True, slots=True)
class Scale:
    """`gain` and `base` make a value of a sample, `step` and `offset` one of a word.

    `shift` is what samples that are words already are moved by, None for others.
    """

    gain: float
    base: float
    step: float
    offset: float
    shift: int | None

    def values(self, samples: Samples) -> Values:
        """What the samples stand for, in the file's unit."""
        with np.errstate(invalid="ignore", over="ignore"):  # what becomes no number is no value
            values: Values = samples.astype(np.float64) * self.gain + self.base
        return values

    def words(self, samples: Samples, no_value: Sequence[float]) -> Words:
        """The words; NO_SAMPLE where there is no value, or where the file has its own word for that."""
        values = self.values(samples)
        none = ~np.isfinite(values) | np.isin(values, np.asarray(no_value, np.float64))
        if self.shift is not None:
            steps = samples.astype(np.float64) - self.shift
        else:
            steps = np.round((values - self.offset) / self.step)
        steps[none] = NO_SAMPLE
        return np.clip(steps, NO_SAMPLE, MOST_WORD).astype(np.int16)


def scale_of(pieces: Sequence[Samples], dtype: str, gain: float, base: float) -> Scale | None:
    """None where the file's numbers scale nothing. Floats are values already, whatever the gain says."""
    if dtype[1] == "f":
        gain, base = 1.0, 0.0
    if not (FINEST <= abs(gain) < WIDEST and abs(base) < WIDEST):
        return None
    shift = _KEPT.get(dtype)
    if shift is not None:
        return Scale(gain, base, gain, base + shift * gain, shift)
    plain = Scale(gain, base, 1.0, 0.0, None)
    bounds = [found for samples in pieces if (found := _bounds(plain.values(samples))) is not None]
    low = min((low for low, _ in bounds), default=0.0)
    high = max((high for _, high in bounds), default=0.0)
    if not -WIDEST < low <= high < WIDEST:
        return None
    step = max((high - low) / (2 * MOST_WORD - 2), (abs(low) + abs(high)) * 1e-9, FINEST)
    return Scale(gain, base, step, (low + high) / 2, None)


def _bounds(values: Values) -> tuple[float, float] | None:
    good = values[np.isfinite(values)]
    return (float(good.min()), float(good.max())) if len(good) else None
