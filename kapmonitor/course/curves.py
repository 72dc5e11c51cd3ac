"""The curves of a session from its first dose, thin enough to lay many over each other; pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kapmonitor.course.facts import SECOND_NS, Numbers, Read
from kapmonitor.model import CuffReading

STEP_S: Final = 10
"""Seconds of an envelope's item."""
BEFORE_NS: Final = 30 * 60 * SECOND_NS
"""So much before the dose is shown: the readings that a baseline may come from."""


@dataclass(frozen=True, slots=True, eq=False)
class Envelope:
    """Smallest and largest in each `step_s` from `t0_ns` on; NaN where there was nothing. Shape (n,)."""

    t0_ns: int
    lo: NDArray[np.float32]
    hi: NDArray[np.float32]
    step_s: int = STEP_S

    @property
    def times(self) -> NDArray[np.int64]:
        """When each item begins."""
        return self.t0_ns + np.arange(len(self.lo), dtype=np.int64) * self.step_s * SECOND_NS

    def coarser(self, items: int) -> Envelope:
        """So many items made one."""
        short = -len(self.lo) % items
        filler = np.full(short, np.nan, np.float32)
        lo, hi = (np.concatenate((side, filler)).reshape(-1, items) for side in (self.lo, self.hi))
        return Envelope(
            self.t0_ns, np.fmin.reduce(lo, axis=1), np.fmax.reduce(hi, axis=1), self.step_s * items
        )


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """`cuffs` are readings, not failures; all times are after the first dose."""

    heart_rate: Envelope
    saturation: Envelope
    cuffs: tuple[CuffReading, ...]


def curves_of(read: Read) -> Curves | None:
    """None without a dose."""
    zero_ns = read.state.dose_t_ns
    if zero_ns is None:
        return None
    cuffs = (
        replace(cuff, t_ns=cuff.t_ns - zero_ns)
        for cuff in sorted(read.cuffs, key=lambda cuff: cuff.t_ns)
        if cuff.failure is None and not cuff.stored and cuff.t_ns >= zero_ns - BEFORE_NS
    )
    return Curves(envelope(read.heart_rate, zero_ns), envelope(read.saturation, zero_ns), tuple(cuffs))


def envelope(numbers: Numbers, zero_ns: int) -> Envelope:
    """Ten seconds an item from where these begin."""
    return Envelope(numbers.t0_ns - zero_ns, numbers.lo, numbers.hi, 1).coarser(STEP_S)
