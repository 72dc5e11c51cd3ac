"""Whether a device repeats its last value: numbers and pulse wave that do not move at all; pure.

A living pulse moves: heart rate and saturation that are the same for 20 s happen, together with a pulse wave
without any movement they do not. A device without a wave is not judged by this.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Final

STUCK_NS: Final = 20_000_000_000
ALIVE_NS: Final = 3_000_000_000
"""What has been silent for longer is lost, not stuck."""
EPSILON: Final = 1
"""Steps of the wave's own scale between its lowest and highest value that are no movement."""


class StuckWatch:
    """One device's oximeter; times are arrival times, in order."""

    def __init__(self) -> None:
        self._values: dict[str, float] = {}
        self._since_ns: int | None = None
        self._heard_ns = 0
        self._wave_since_ns = 0
        self._wave: deque[tuple[int, int, int]] = deque()

    def number(self, ref: str, value: float | None, t_ns: int) -> None:
        """A heart rate or saturation; None where there is no valid one."""
        if value is None or self._values.get(ref) != value:
            self._since_ns = t_ns if value is not None else None
        elif self._since_ns is None or t_ns - self._heard_ns > ALIVE_NS:
            self._since_ns = t_ns
        if value is None:
            self._values.pop(ref, None)
        else:
            self._values[ref] = value
        self._heard_ns = t_ns

    def wave(self, samples: Iterable[int], t_ns: int) -> None:
        """A block of the pulse wave, gaps left out."""
        found = tuple(samples)
        if found:
            if not self._wave or t_ns - self._wave[-1][0] > ALIVE_NS:
                self._wave_since_ns = t_ns
            self._wave.append((t_ns, min(found), max(found)))
        while self._wave and t_ns - self._wave[0][0] > STUCK_NS:
            self._wave.popleft()

    def stuck(self, now_ns: int) -> bool:
        """Whether numbers and wave came all the time, and none of them moved."""
        if len(self._values) < 2 or self._since_ns is None or now_ns - self._since_ns < STUCK_NS:
            return False
        if not self._wave or now_ns - self._wave_since_ns < STUCK_NS:
            return False
        if now_ns - min(self._heard_ns, self._wave[-1][0]) > ALIVE_NS:
            return False
        recent = [block for block in self._wave if now_ns - block[0] <= STUCK_NS]
        lowest, highest = min(block[1] for block in recent), max(block[2] for block in recent)
        return highest - lowest <= EPSILON
