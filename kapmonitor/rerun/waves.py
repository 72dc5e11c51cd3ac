"""The waves of one device, sample by sample: what was recorded beside what is decoded now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from kapmonitor.record.items import WaveSlice
from kapmonitor.rerun.compare import FIRST, Difference, Outcome, Verdict

Samples = NDArray[np.int16]


def together(ref: str, parts: Iterable[Outcome]) -> Outcome:
    """The outcomes of a wave's stretches, one after the other, as one."""
    found = tuple(parts)
    differing = sum(part.differing for part in found)
    first = tuple(difference for part in found for difference in part.first)[:FIRST]
    verdict = Verdict.DIFFERS if differing else Verdict.IDENTICAL
    same = sum(part.same for part in found)
    return Outcome(f"wave {ref}", verdict, same, differing=differing, first=first)


class WaveCheck:
    """One wave; takes what is decoded in order, reads what was recorded as far as is needed."""

    def __init__(self, ref: str, recorded: Iterator[WaveSlice]) -> None:
        self.ref = ref
        self._recorded = recorded
        self._left: Samples = np.empty(0, np.int16)
        self._t_ns = 0
        self._same = 0
        self._first: Difference | None = None
        self._differing = 0
        self._over: list[int] = []

    def now(self, samples: Samples, t_ns: int) -> None:
        """These samples came now, the last of them at about `t_ns`."""
        if self._first is not None:
            return
        mine = samples
        while len(mine):
            if not len(self._left) and not self._more():
                self._over.append(len(mine))
                self._t_ns = self._t_ns or t_ns
                return
            n = min(len(mine), len(self._left))
            unequal = np.flatnonzero(mine[:n] != self._left[:n])
            if len(unequal):
                at = int(unequal[0])
                self._same += at
                self._differ(f"{self._left[at]}", f"{mine[at]}")
                return
            self._same += n
            mine, self._left = mine[n:], self._left[n:]

    def end(self, allowed: int) -> Outcome:
        """How it came out; so many samples of now alone, at the end, were perhaps not on disk yet."""
        if self._first is None:
            missing = len(self._left) + sum(len(piece.samples) for piece in self._recorded)
            more = sum(self._over)
            if missing:
                self._differ(f"{missing} more samples", None)
            elif more > allowed:
                self._differ(None, f"{more} more samples")
        verdict = Verdict.DIFFERS if self._first is not None else Verdict.IDENTICAL
        first = () if self._first is None else (self._first,)
        return Outcome(f"wave {self.ref}", verdict, self._same, differing=self._differing, first=first)

    def _more(self) -> bool:
        piece = next(self._recorded, None)
        if piece is None:
            return False
        self._left, self._t_ns = piece.samples, piece.t0_ns
        return True

    def _differ(self, then: str | None, now: str | None) -> None:
        self._differing += 1
        self._first = Difference(self._t_ns, self.ref, then, now)
