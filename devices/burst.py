"""Which of the readings that a device sends in one go were kept in its memory, and which is the new one.

Cuffs and thermometers send all that they have kept, mostly oldest first, and their clock may be wrong by
years. So a reading is held back until the next one, or until HOLD_S of silence, and counts as stored when its
time stamp is more than STORED_GAP_S older than the newest one of this connection. What cannot be known
without a clock that is trusted: whether that newest one is itself an old one. It is taken as live. A reading
equal to an earlier one, time stamp included, is a repetition and is dropped, also after a reconnection, since
some devices send their whole memory each time. A reading without time stamp is live and is not held back.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from devices.ieee11073 import seconds_between

HOLD_S: Final = 1.5
"""Records of one burst follow each other within a few connection intervals; a person does not notice this."""
STORED_GAP_S: Final = 60.0
"""Cuffs that average take their inflations within a minute; none measures twice in less on its own."""
REMEMBERED: Final = 1024
"""More readings than the memory of any device known to us."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """A reading that may be told now."""

    reading: T
    stored: bool


class Burst(Generic[T]):
    """Holds back at most one reading; `content` is what of a reading makes it the same as another."""

    def __init__(self, content: Callable[[T], object]) -> None:
        self.deadline_ns: int | None = None
        self._content = content
        self._seen: OrderedDict[object, None] = OrderedDict()
        self._newest: str | None = None
        self._held: tuple[T, str] | None = None

    def opened(self) -> None:
        """A new connection: what is newest has to be seen anew."""
        self._newest = None

    def take(self, reading: T, device_time: str | None, t_ns: int) -> list[Told[T]]:
        """Take a reading; what can now be told, in order."""
        if device_time is None:
            return [*self.release(), Told(reading, stored=False)]
        if self._repeated(reading):
            self._newest = max(self._newest or device_time, device_time)
            return []
        if self._newest is not None and seconds_between(device_time, self._newest) > STORED_GAP_S:
            return [Told(reading, stored=True)]
        gap_s = seconds_between(self._held[1], device_time) if self._held else 0.0
        before = self.release(stored=gap_s > STORED_GAP_S)
        self._newest = max(self._newest or device_time, device_time)
        self._held = reading, device_time
        self.deadline_ns = t_ns + int(HOLD_S * 1e9)
        return before

    def due(self, now_ns: int) -> list[Told[T]]:
        """The held reading, once nothing newer has come for HOLD_S."""
        return self.release() if self.deadline_ns is not None and now_ns >= self.deadline_ns else []

    def release(self, *, stored: bool = False) -> list[Told[T]]:
        """The held reading, now."""
        held, self._held, self.deadline_ns = self._held, None, None
        return [Told(held[0], stored)] if held else []

    def _repeated(self, reading: T) -> bool:
        content = self._content(reading)
        repeated = content in self._seen
        self._seen[content] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return repeated
