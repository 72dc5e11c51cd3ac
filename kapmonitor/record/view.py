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
from kapmonitor.model import (
    ChannelKey,
    Columns,
    CuffReading,
    LinkState,
)
from kapmonitor.record.cuffs import determinations, failures
from kapmonitor.record.items import EventRow, NumericRow
from kapmonitor.record.levels import draw, merged
from kapmonitor.record.numericpages import NumericPages
from kapmonitor.record.overview import load_overview
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.tap import RecordTap
from kapmonitor.record.wavepages import WavePages
from kapmonitor.session.events import ChannelDescribed, LinkEvent, Stamped
from kapmonitor.view import Role

TREND_GAP_NS: Final = 5_000_000_000
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
        overview = load_overview(self.reader)
        self._span = overview.span()
        self._waves = WavePages(self.reader, overview)
        self._numerics = NumericPages(self.reader, overview)
        self._events: tuple[EventRow, ...] | None = None
        self._cuffs: tuple[CuffReading, ...] | None = None
        self._lost: dict[str, tuple[tuple[int, int], ...]] | None = None

    def close(self) -> None:
        """Let go of the file."""
        self.reader.close()

    def span(self) -> tuple[int, int]:
        return self._span

    def events(self) -> tuple[EventRow, ...]:
        """Everything that happened, in order."""
        if self._events is None:
            self._events = tuple(self.reader.events())
        return self._events

    def wave_keys(self) -> tuple[ChannelKey, ...]:
        """The waves there are, in the order in which they appeared."""
        keys = (ChannelKey(c.device, c.ref) for c in self.channels.values() if c.fs > 0)
        return tuple(dict.fromkeys(keys))

    def numeric_keys(self) -> tuple[ChannelKey, ...]:
        """The numerics there are, in the order in which they appeared."""
        keys = (ChannelKey(c.device, c.ref) for c in self.channels.values() if c.fs <= 0)
        return tuple(dict.fromkeys(keys))

    def key_of(self, role: Role) -> ChannelKey | None:
        """The numeric that stands for a role, None if the record has none."""
        for ref in SOURCES[role]:
            for key in self.numeric_keys():
                if key.ref == ref:
                    return key
        return None

    def trend(self, role: Role, t0_ns: int, t1_ns: int, width: int) -> Columns:
        key = self.key_of(role)
        if key is None:
            return Columns(t0_ns, t1_ns, nothing(width), nothing(width))
        return blank(self.numeric(key, t0_ns, t1_ns, width), self._breaks(key.device))

    def _breaks(self, device: str) -> tuple[tuple[int, int], ...]:
        """When a device's link was lost, each until it was live again."""
        if self._lost is None:
            self._lost = losses(row.stamped for row in self.events())
        return self._lost.get(device, ())

    def numeric(self, key: ChannelKey, t0_ns: int, t1_ns: int, width: int) -> Columns:
        """Minimum and maximum of any numeric in each of `width` columns."""
        parts = [
            self._numerics.items(channel.channel, t0_ns, t1_ns, width, TREND_GAP_NS)
            for channel in self._described(key)
        ]
        return draw(merged(parts), t0_ns, t1_ns, width, line=False)

    def wave(self, key: ChannelKey, t0_ns: int, t1_ns: int, width: int) -> Columns:
        channels = [channel for channel in self._described(key) if channel.fs > 0]
        parts = [self._waves.items(channel, t0_ns, t1_ns, width) for channel in channels]
        line = bool(channels) and (t1_ns - t0_ns) / width < 1e9 / channels[0].fs
        return draw(merged(parts), t0_ns, t1_ns, width, line=line)

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
            self._cuffs = tuple(sorted(found, key=lambda cuff: cuff.t_ns))
        return tuple(cuff for cuff in self._cuffs if t0_ns <= cuff.t_ns <= t1_ns)

    def tap(self, key: ChannelKey) -> RecordTap | None:
        """A wave at full rate with a playhead, None if there is none of that name."""
        channels = [channel for channel in self._described(key) if channel.fs > 0]
        return RecordTap(self._waves, channels, self._span[0]) if channels else None

    def _described(self, key: ChannelKey) -> list[ChannelDescribed]:
        """All channels of that name; a record that was taken up again may have it twice."""
        return [c for c in self.channels.values() if (c.device, c.ref) == (key.device, key.ref)]


def losses(events: Iterable[Stamped]) -> dict[str, tuple[tuple[int, int], ...]]:
    """By device, the stretches from a link's loss to its return; one that never came back has no end."""
    live, lost = LinkState.LIVE.value, LinkState.OFF.value
    since: dict[str, int] = {}
    was_live: set[str] = set()
    out: dict[str, tuple[tuple[int, int], ...]] = {}
    for stamped in events:
        event = stamped.event
        if not isinstance(event, LinkEvent) or event.state == lost:
            continue
        if event.state == live:
            was_live.add(event.device)
            if event.device in since:
                stretch = (since.pop(event.device), stamped.t_ns)
                out[event.device] = (*out.get(event.device, ()), stretch)
        elif event.device in was_live:
            since.setdefault(event.device, stamped.t_ns)
    return out
