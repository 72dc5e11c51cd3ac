"""A record as the dashboard sees it: trends, waves and cuffs of any span at once, and waves at full rate.

Everything here belongs to the thread that opened it. Nothing is loaded whole but the overview.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np

from kapmonitor import mdc
from kapmonitor.columns import blank, nothing
from kapmonitor.errors import RecordDamaged
from kapmonitor.model import (
    ChannelKey,
    Columns,
    CuffReading,
)
from kapmonitor.record.cuffs import determinations, failures
from kapmonitor.record.items import EventRow, NumericRow
from kapmonitor.record.levels import Items, clipped, draw, merged
from kapmonitor.record.numericpages import NumericPages
from kapmonitor.record.overview import load_overview
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.stories import NEVER_NS, Stories
from kapmonitor.record.tap import RecordTap
from kapmonitor.record.wavepages import WavePages
from kapmonitor.session.events import ChannelDescribed
from kapmonitor.view import Role

TREND_GAP_NS: Final = 5_000_000_000
LONGEST_NS: Final = 400 * 86_400_000_000_000
"""No record is longer, not even one made of another program's file; one that says so is not searched."""
SOURCES: Final = MappingProxyType(
    {
        Role.HR: (mdc.HEART_RATE.ref, mdc.PULSE_RATE.ref),
        Role.SPO2: (mdc.SPO2.ref,),
        Role.NIBP_SYS: (mdc.NIBP_SYS.ref,),
        Role.NIBP_DIA: (mdc.NIBP_DIA.ref,),
        Role.NIBP_MEAN: (mdc.NIBP_MEAN.ref,),
    }
)
"""Which metric stands for a role: the first of these that the record has."""


class RecordView:
    """Answers kapmonitor.view.SignalView from a record, closed or interrupted.

    RecordDamaged, on opening or later, if it cannot be read; RecordTooNew if it needs a newer program.
    """

    def __init__(self, path: Path) -> None:
        self.reader = RecordReader(path)
        self.channels = self.reader.channels()
        self._wave_keys = _keys(c for c in self.channels.values() if c.fs > 0)
        self._numeric_keys = _keys(c for c in self.channels.values() if c.fs <= 0)
        overview = load_overview(self.reader)
        self._span = overview.span()
        try:
            check_length(path, *self._span)
        except RecordDamaged:
            self.reader.close()
            raise
        self._waves = WavePages(self.reader, overview)
        self._numerics = NumericPages(self.reader, overview)
        self._events: tuple[EventRow, ...] | None = None
        self._cuffs: tuple[CuffReading, ...] | None = None
        self._stories: Stories | None = None

    def close(self) -> None:
        """Let go of the file."""
        self.reader.close()

    def span(self) -> tuple[int, int]:
        return self._span

    def reread(self) -> None:
        """Read the events again when they are asked for: there are more."""
        self._events = None

    def events(self) -> tuple[EventRow, ...]:
        """Everything that happened, in order."""
        if self._events is None:
            self._events = tuple(self.reader.events())
        return self._events

    @property
    def stories(self) -> Stories:
        """What became of each device."""
        if self._stories is None:
            self._stories = Stories(row.stamped for row in self.events())
        return self._stories

    def wave_keys(self) -> tuple[ChannelKey, ...]:
        """The waves there are, in the order in which they appeared."""
        return self._wave_keys

    def numeric_keys(self) -> tuple[ChannelKey, ...]:
        """The numerics there are, in the order in which they appeared."""
        return self._numeric_keys

    def key_of(self, role: Role) -> ChannelKey | None:
        """The numeric that stands for a role, None if the record has none."""
        for ref in SOURCES[role]:
            for key in self.numeric_keys():
                if key.ref == ref:
                    return key
        return None

    def trend(self, role: Role, t0_ns: int, t1_ns: int, width: int) -> Columns:
        """Of the device that the dashboard showed at each time; of the only one where nothing was chosen."""
        parts: list[Items] = []
        breaks: list[tuple[int, int]] = []
        for begin_ns, end_ns, key in self.shown(role, t0_ns, t1_ns):
            parts += [clipped(items, begin_ns, end_ns) for items in self._items(key, t0_ns, t1_ns, width)]
            losses = self.stories.losses(key.device)
            breaks += [(max(lost_ns, begin_ns), min(back_ns, end_ns)) for lost_ns, back_ns in losses]
        if not parts:
            return Columns(t0_ns, t1_ns, nothing(width), nothing(width))
        return blank(draw(merged(parts), t0_ns, t1_ns, width, line=False), breaks)

    def shown(self, role: Role, t0_ns: int, t1_ns: int) -> tuple[tuple[int, int, ChannelKey], ...]:
        """From when until when the dashboard showed which numeric for a role, as far as it touches a span."""
        stretches = self.stories.shown(role)
        if not stretches and (key := self.key_of(role)) is not None:
            return ((-NEVER_NS, NEVER_NS, key),)
        return tuple(each for each in stretches if each[0] <= t1_ns and t0_ns <= each[1])

    def numeric(self, key: ChannelKey, t0_ns: int, t1_ns: int, width: int) -> Columns:
        """Minimum and maximum of any numeric in each of `width` columns."""
        return draw(merged(self._items(key, t0_ns, t1_ns, width)), t0_ns, t1_ns, width, line=False)

    def _items(self, key: ChannelKey, t0_ns: int, t1_ns: int, width: int) -> list[Items]:
        return [
            self._numerics.items(channel.channel, t0_ns, t1_ns, width, TREND_GAP_NS)
            for channel in self._described(key)
        ]

    def wave(self, key: ChannelKey, t0_ns: int, t1_ns: int, width: int) -> Columns:
        channels = [channel for channel in self._described(key) if channel.fs > 0]
        parts = [self._waves.items(channel, t0_ns, t1_ns, width) for channel in channels]
        line = bool(channels) and (t1_ns - t0_ns) / width < 1e9 / channels[0].fs
        return draw(merged(parts), t0_ns, t1_ns, width, line=line)

    def wave_samples(self, key: ChannelKey, t0_ns: int, t1_ns: int) -> Items:
        """A wave's single samples in a span and one beyond each end, in its unit; NaN where there is none."""
        channels = [channel for channel in self._described(key) if channel.fs > 0]
        return merged([self._waves.samples(channel, t0_ns, t1_ns) for channel in channels])

    def numeric_rows(self, key: ChannelKey, t0_ns: int, t1_ns: int) -> list[NumericRow]:
        """Readings of a numeric as they were put, within t0_ns..t1_ns, oldest first."""
        channels = frozenset(channel.channel for channel in self._described(key))
        return self._numerics.rows(channels, t0_ns, t1_ns)

    def numeric_before(self, key: ChannelKey, t_ns: int) -> NumericRow | None:
        """The newest reading of a numeric at or before a time, None if there is none yet."""
        channels = frozenset(channel.channel for channel in self._described(key))
        items = merged([self._numerics.overview(channel) for channel in channels])
        at = int(np.searchsorted(items.times, t_ns, side="right"))
        while at:
            at -= 1
            rows = self._numerics.rows(channels, int(items.times[at]), t_ns)
            if rows:
                return rows[-1]
        return None

    def cuffs(self, t0_ns: int, t1_ns: int) -> tuple[CuffReading, ...]:
        if self._cuffs is None:
            found = [*determinations(self._numerics, self.channels), *failures(self.events())]
            own = (cuff for cuff in found if not self.stories.doubted(cuff.device, cuff.t_ns))
            self._cuffs = tuple(sorted(own, key=lambda cuff: cuff.t_ns))
        return tuple(cuff for cuff in self._cuffs if t0_ns <= cuff.t_ns <= t1_ns)

    def tap(self, key: ChannelKey) -> RecordTap | None:
        """A wave at full rate with a playhead, None if there is none of that name."""
        channels = [channel for channel in self._described(key) if channel.fs > 0]
        return RecordTap(self._waves, channels, self._span[0]) if channels else None

    def _described(self, key: ChannelKey) -> list[ChannelDescribed]:
        """All channels of that name; a record that was taken up again may have it twice."""
        return [c for c in self.channels.values() if (c.device, c.ref) == (key.device, key.ref)]


def check_length(path: Path, first_ns: int, last_ns: int) -> None:
    """RecordDamaged for what no record lasts."""
    if last_ns - first_ns > LONGEST_NS:
        raise RecordDamaged(str(path), "says that it lasted for years, which is damage")


def _keys(channels: Iterable[ChannelDescribed]) -> tuple[ChannelKey, ...]:
    """Each name once, in the order in which they appeared."""
    return tuple(dict.fromkeys(ChannelKey(channel.device, channel.ref) for channel in channels))
