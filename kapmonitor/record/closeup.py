"""A record close up (kapmonitor.closeup.CloseUp): single samples, and what was known at one moment."""

from __future__ import annotations

from typing import Final

import numpy as np

from kapmonitor.closeup import Held, Samples, WaveLine
from kapmonitor.model import Absent, ChannelKey, Columns, CuffReading, Measured, Validity
from kapmonitor.record.cuffs import reading_of
from kapmonitor.record.view import TREND_GAP_NS, RecordView
from kapmonitor.view import Role

LOOK_BACK_NS: Final = 10_000_000_000
"""A reading of a second ago stands for now; one from before this is of another time."""


class RecordCloseUp:
    """Belongs to the thread that opened the view."""

    def __init__(self, view: RecordView) -> None:
        self._view = view

    def waves(self) -> tuple[WaveLine, ...]:
        lines: dict[ChannelKey, WaveLine] = {}
        for channel in self._view.channels.values():
            key = ChannelKey(channel.device, channel.ref)
            if channel.fs > 0 and key not in lines:
                lines[key] = WaveLine(key, channel.label, channel.unit, channel.fs, abs(channel.resolution))
        return tuple(lines.values())

    def columns(self, key: ChannelKey, t0_ns: int, t1_ns: int, width: int) -> Columns:
        return self._view.wave(key, t0_ns, t1_ns, width)

    def samples(self, key: ChannelKey, t0_ns: int, t1_ns: int) -> Samples:
        items = self._view.wave_samples(key, t0_ns, t1_ns)
        return Samples(items.times, items.lo, items.gap_ns)

    def readings(self, role: Role, t0_ns: int, t1_ns: int) -> Samples:
        rows = [
            row
            for begin_ns, end_ns, key in self._view.shown(role, t0_ns, t1_ns)
            for row in self._view.numeric_rows(key, max(begin_ns, t0_ns), min(end_ns, t1_ns))
            if not row.stored
        ]
        values = [np.nan if row.value is None else row.value for row in rows]
        return Samples(
            np.array([row.t_ns for row in rows], np.int64), np.array(values, np.float32), TREND_GAP_NS
        )

    def newest(self, role: Role, t_ns: int) -> Held | None:
        for begin_ns, end_ns, key in self._view.shown(role, t_ns, t_ns):
            losses = [loss for loss in self._view.stories.losses(key.device) if loss[0] <= t_ns]
            back_ns = max((back_ns for _, back_ns in losses), default=begin_ns)
            if not begin_ns <= t_ns < end_ns or t_ns < back_ns:
                continue
            first_ns = max(begin_ns, back_ns, t_ns - LOOK_BACK_NS)
            fresh = [row for row in self._view.numeric_rows(key, first_ns, t_ns) if not row.stored]
            if fresh:
                return Held(fresh[-1].t_ns, reading_of(fresh[-1]))
        return None

    def sample(self, key: ChannelKey, t_ns: int) -> Held | None:
        items = self._view.wave_samples(key, t_ns, t_ns)
        place = int(np.searchsorted(items.times, t_ns, side="right")) - 1
        if place < 0 or t_ns - int(items.times[place]) > items.gap_ns:
            return None
        value = float(items.lo[place])
        reading = Absent(Validity.NOT_AVAILABLE) if np.isnan(value) else Measured(value)
        return Held(int(items.times[place]), reading)

    def cuff(self, t_ns: int) -> CuffReading | None:
        for cuff in reversed(self._view.cuffs(self._view.span()[0], t_ns)):
            measured = isinstance(cuff.systolic, Measured) or isinstance(cuff.mean, Measured)
            if measured and cuff.failure is None and not cuff.stored:
                return cuff
        return None
