"""A record that may become unreadable while it is looked at: a stick is pulled out, a share goes away.

What cannot be read then is not there: while it draws, the window could do nothing about it.
`trouble` says it, once and for all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from kapmonitor.closeup import Held, Samples, WaveLine
from kapmonitor.columns import nothing
from kapmonitor.errors import RecordDamaged
from kapmonitor.model import NO_SAMPLE, ChannelKey, Columns, CuffReading
from kapmonitor.record.closeup import RecordCloseUp
from kapmonitor.record.items import NumericRow
from kapmonitor.record.tap import RecordTap
from kapmonitor.record.view import TREND_GAP_NS, RecordView
from kapmonitor.view import Role

Found = TypeVar("Found")


class CarefulView:
    """Answers kapmonitor.view.SignalView."""

    def __init__(self, view: RecordView) -> None:
        self._view = view
        self.trouble = ""
        """Why something could not be read; empty as long as all could be."""

    def read(self, look: Callable[[], Found], otherwise: Found) -> Found:
        """What `look` finds, or the other where the record cannot be read."""
        try:
            return look()
        except RecordDamaged as why:
            self.trouble = self.trouble or why.reason
            return otherwise

    def span(self) -> tuple[int, int]:
        return self._view.span()

    def trend(self, role: Role, t0_ns: int, t1_ns: int, width: int) -> Columns:
        return self.read(lambda: self._view.trend(role, t0_ns, t1_ns, width), _empty(t0_ns, t1_ns, width))

    def wave(self, key: ChannelKey, t0_ns: int, t1_ns: int, width: int) -> Columns:
        return self.read(lambda: self._view.wave(key, t0_ns, t1_ns, width), _empty(t0_ns, t1_ns, width))

    def cuffs(self, t0_ns: int, t1_ns: int) -> tuple[CuffReading, ...]:
        return self.read(lambda: self._view.cuffs(t0_ns, t1_ns), ())

    def numeric_before(self, key: ChannelKey, t_ns: int) -> NumericRow | None:
        """The newest reading of a numeric at or before a time."""
        return self.read(lambda: self._view.numeric_before(key, t_ns), None)

    def tap(self, key: ChannelKey) -> CarefulTap | None:
        """A wave at full rate with a playhead, None if there is none of that name."""
        found = self._view.tap(key)
        return None if found is None else CarefulTap(found, self)

    def close_up(self) -> CarefulCloseUp:
        """The record for single moments."""
        return CarefulCloseUp(RecordCloseUp(self._view), self)


class CarefulTap:
    """A wave of which a part may be gone: there it has no samples."""

    def __init__(self, tap: RecordTap, view: CarefulView) -> None:
        self._tap = tap
        self._view = view
        self.fs, self.resolution, self.offset = tap.fs, tap.resolution, tap.offset

    def move_to(self, t_ns: int) -> None:
        """Put the playhead there."""
        self._tap.move_to(t_ns)

    def head(self) -> int:
        return self._tap.head()

    def read(self, start: int, stop: int) -> NDArray[np.int16]:
        none = np.full(max(0, stop - start), NO_SAMPLE, np.int16)
        return self._view.read(lambda: self._tap.read(start, stop), none)


class CarefulCloseUp:
    """Answers kapmonitor.closeup.CloseUp."""

    def __init__(self, close_up: RecordCloseUp, view: CarefulView) -> None:
        self._close_up = close_up
        self._read = view.read

    def waves(self) -> tuple[WaveLine, ...]:
        return self._close_up.waves()

    def columns(self, key: ChannelKey, t0_ns: int, t1_ns: int, width: int) -> Columns:
        found = _empty(t0_ns, t1_ns, width)
        return self._read(lambda: self._close_up.columns(key, t0_ns, t1_ns, width), found)

    def samples(self, key: ChannelKey, t0_ns: int, t1_ns: int) -> Samples:
        return self._read(lambda: self._close_up.samples(key, t0_ns, t1_ns), _no_samples())

    def readings(self, role: Role, t0_ns: int, t1_ns: int) -> Samples:
        return self._read(lambda: self._close_up.readings(role, t0_ns, t1_ns), _no_samples())

    def newest(self, role: Role, t_ns: int) -> Held | None:
        return self._read(lambda: self._close_up.newest(role, t_ns), None)

    def sample(self, key: ChannelKey, t_ns: int) -> Held | None:
        return self._read(lambda: self._close_up.sample(key, t_ns), None)

    def cuff(self, t_ns: int) -> CuffReading | None:
        return self._read(lambda: self._close_up.cuff(t_ns), None)


def _empty(t0_ns: int, t1_ns: int, width: int) -> Columns:
    return Columns(t0_ns, t1_ns, nothing(width), nothing(width))


def _no_samples() -> Samples:
    return Samples(np.empty(0, np.int64), np.empty(0, np.float32), TREND_GAP_NS)
