"""Which of the readings that a device sends in one go were kept in its memory, and which is the new one.

Cuffs, thermometers and spot-check oximeters send all that they have kept, mostly oldest first, and their
clock may be wrong by years. So a reading is held back for HOLD_S. It counts as stored when, by the device's
stamps, a newer one has come on this connection; readings that follow each other within STORED_GAP_S count as
one with the newest, as cuffs that average take several. Whether the newest itself is an old one,
devices.gatt_clock tells. A reading without time stamp is live and is not held back.

A reading equal to an earlier one, time stamp included, is a repetition and is dropped, also after a
reconnection, since some devices send their whole memory each time.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from devices.ieee11073 import seconds_between

HOLD_S: Final = 1.5
"""Records of one burst follow each other within a few connection intervals; a person does not notice this."""
STORED_GAP_S: Final = 60.0
"""Cuffs that average wait no longer between two inflations."""
REMEMBERED: Final = 512
"""More readings than the memory of any device known to us."""
HELD_MOST: Final = 64

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """A reading that may be told now."""

    reading: T
    stored: bool


@dataclass(frozen=True, slots=True)
class _Held(Generic[T]):
    reading: T
    device_time: str
    t_ns: int


class Burst(Generic[T]):
    """Holds readings back. `content` is what of a reading makes it the same as another.

    `is_old` judges a time stamp and when it came by the device's clock, as far as that is known by then.
    """

    def __init__(
        self,
        content: Callable[[T], Hashable],
        is_old: Callable[[str, int], bool] = lambda _device_time, _t_ns: False,
    ) -> None:
        self._content = content
        self._is_old = is_old
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._times: list[tuple[str, int]] = []
        self._held: list[_Held[T]] = []

    @property
    def deadline_ns(self) -> int | None:
        """When due() next has something to tell."""
        return self._held[0].t_ns + int(HOLD_S * 1e9) if self._held else None

    def opened(self) -> None:
        """A new connection: what is newest has to be seen anew."""
        self._times.clear()

    def take(self, reading: T, device_time: str | None, t_ns: int) -> list[Told[T]]:
        """Take a reading; what can now be told, in order."""
        if device_time is None:
            return [*self.release(), Told(reading, stored=False)]
        self._note(device_time, t_ns)
        if not self._repeated(reading):
            self._held.append(_Held(reading, device_time, t_ns))
        since = self._newest_since()
        old = [held for held in self._held if held.device_time < since or self._judged_old(held)]
        return [*self._tell(old, stored=True), *self._tell(self._held[:-HELD_MOST])]

    def take_stored(self, reading: T, device_time: str | None) -> list[Told[T]]:
        """Take a reading that the device calls a stored one; nothing if it is a repetition."""
        if device_time is not None and self._repeated(reading):
            return []
        return [Told(reading, stored=True)]

    def due(self, now_ns: int) -> list[Told[T]]:
        """The readings that have waited long enough."""
        return self._tell([held for held in self._held if held.t_ns + int(HOLD_S * 1e9) <= now_ns])

    def release(self) -> list[Told[T]]:
        """All that is held, now."""
        return self._tell(self._held[:])

    def _judged_old(self, held: _Held[T]) -> bool:
        return self._is_old(held.device_time, held.t_ns)

    def _tell(self, ready: Iterable[_Held[T]], *, stored: bool = False) -> list[Told[T]]:
        told = []
        for held in ready:
            self._held.remove(held)
            told.append(Told(held.reading, stored or self._judged_old(held)))
        return told

    def _note(self, device_time: str, t_ns: int) -> None:
        place = bisect_left(self._times, (device_time, 0))
        if self._times[place : place + 1] and self._times[place][0] == device_time:
            return
        self._times.insert(place, (device_time, t_ns))
        del self._times[:-REMEMBERED]

    def _newest_since(self) -> str:
        """The earliest stamp that is linked to the newest by gaps of at most STORED_GAP_S.

        Stamps that are old by the device's clock do not count: those from before it was set back would lie
        in the future.
        """
        since = ""
        for time, t_ns in reversed(self._times):
            if self._is_old(time, t_ns):
                continue
            if since and seconds_between(time, since) > STORED_GAP_S:
                break
            since = time
        return since

    def _repeated(self, reading: T) -> bool:
        content = hash(self._content(reading))
        repeated = content in self._seen
        self._seen[content] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return repeated
