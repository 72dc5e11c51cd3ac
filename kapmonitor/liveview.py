"""Trends, waves and cuffs of the running session, written by the core thread and read by the dashboard."""

from __future__ import annotations

from typing import Final

from kapmonitor.columns import blank, nothing
from kapmonitor.model import (
    NO_SAMPLE,
    ChannelKey,
    Columns,
    CuffReading,
    Metric,
    WaveformBlock,
)
from kapmonitor.record.earlier import Earlier
from kapmonitor.record.items import WaveSlice
from kapmonitor.ring import Ring, RingTap
from kapmonitor.trend import TrendSeries
from kapmonitor.view import Role
from kapmonitor.waveline import WaveLine

RING_S: Final = 600
HISTORY_S: Final = 8 * 3600
"""Seconds of each wave kept sample by sample, and as minima and maxima; the record holds everything."""

SLICE_S: Final = 0.3
"""Longest stretch of wave not yet on its way to the record; with the commit, under a second is at risk."""

TREND_GAP_NS: Final = 5_000_000_000


class LiveWave:
    """One wave channel: its ring, its place in time, and what the record has not had yet."""

    def __init__(self, metric: Metric, fs: float, channel: int, jitter_ns: int) -> None:
        self.metric = metric
        self.fs = fs
        self.channel = channel
        self.ring = Ring(1, int(fs * RING_S), int(fs * HISTORY_S))
        self.end_ns = 0
        self._line = WaveLine(fs, jitter_ns)
        self._slice_t0_ns = 0
        self._sent = 0

    def write(self, block: WaveformBlock) -> tuple[WaveSlice, ...]:
        """Take a block; returns the slices that it completed."""
        import numpy as np

        placed = self._line.place(len(block.samples), block.t_ns)
        out: tuple[WaveSlice, ...] = ()
        if placed.missing:
            out = self.flush()
            gap = min(placed.missing, int(self.fs * RING_S))
            self.ring.write(np.full(gap, NO_SAMPLE, np.int16))
            self._sent = self.ring.head
        if self.ring.head == self._sent:
            self._slice_t0_ns = placed.t0_ns
        self.ring.write(block.samples)
        self.end_ns = placed.t0_ns + round(len(block.samples) * 1e9 / self.fs)
        if self.ring.head - self._sent >= self.fs * SLICE_S:
            out = (*out, *self.flush())
        return out

    def flush(self) -> tuple[WaveSlice, ...]:
        """What the record has not had yet, in slices of at most a second."""
        head, longest = self.ring.head, max(1, int(self.fs))
        out: list[WaveSlice] = []
        start = self._sent
        while start < head:
            stop = min(start + longest, head)
            t0_ns = self._slice_t0_ns + round((start - self._sent) * 1e9 / self.fs)
            out.append(WaveSlice(t0_ns, self.channel, self.fs, self.ring.read(start, stop)[:, 0].copy()))
            start = stop
        self._sent = head
        return tuple(out)

    def tap(self) -> RingTap:
        """The wave at full rate."""
        return RingTap(self.ring, 0, self.metric)

    def columns(self, t0_ns: int, t1_ns: int, width: int) -> Columns:
        """Minima and maxima in the metric's unit; what the ring no longer holds comes from its pyramid."""
        start, stop = (round(self.ring.head + (t - self.end_ns) * self.fs / 1e9) for t in (t0_ns, t1_ns))
        lo, hi = self.ring.columns(0, start, max(stop, start + 1), width)
        scale, offset = self.metric.resolution, self.metric.offset
        return Columns(t0_ns, t1_ns, lo * scale + offset, hi * scale + offset)


class LiveView:
    """Answers kapmonitor.view.SignalView from memory. Containers are replaced, never mutated."""

    def __init__(self) -> None:
        self._trends = {role: TrendSeries(TREND_GAP_NS) for role in (Role.HR, Role.SPO2)}
        self._waves: dict[ChannelKey, LiveWave] = {}
        self._cuffs: tuple[CuffReading, ...] = ()
        self._span = (0, 0)
        self._breaks: dict[Role, tuple[tuple[int, int], ...]] = {}
        self._broken: dict[Role, int] = {}

    def recall(self, earlier: Earlier) -> None:
        """Trends and cuffs of a record that is taken up again; where it was interrupted, they are too."""
        for role, values in earlier.trends.items():
            for t_ns, value in values:
                self.add_trend(role, t_ns, value)
            if values:
                self.break_trend(role, values[-1][0])
        for reading in earlier.cuffs:
            self.add_cuff(reading)

    def add_trend(self, role: Role, t_ns: int, value: float) -> None:
        """One more value of a continuous role."""
        self._trends[role].append(t_ns, value)
        since_ns = self._broken.pop(role, None)
        if since_ns is not None:
            self._breaks = {**self._breaks, role: (*self._breaks.get(role, ()), (since_ns, t_ns))}
        self._reach(t_ns)

    def break_trend(self, role: Role, t_ns: int) -> None:
        """The source of a role is lost: until its next value there is a gap, however short."""
        self._broken.setdefault(role, t_ns)

    def add_cuff(self, reading: CuffReading) -> None:
        """One more determination or failure."""
        self._cuffs = (*self._cuffs, reading)
        self._reach(reading.t_ns)

    def add_wave(self, key: ChannelKey, wave: LiveWave) -> None:
        """A wave channel that the dashboard may draw from now on."""
        self._waves = {**self._waves, key: wave}

    def live_wave(self, key: ChannelKey) -> LiveWave | None:
        """The channel, or None while nothing has come from it."""
        return self._waves.get(key)

    def waves(self) -> tuple[LiveWave, ...]:
        """All wave channels."""
        return tuple(self._waves.values())

    def wave_keys(self) -> tuple[ChannelKey, ...]:
        """The names of all wave channels."""
        return tuple(self._waves)

    def _reach(self, t_ns: int) -> None:
        first, last = self._span
        self._span = (t_ns if first == 0 else min(first, t_ns), max(last, t_ns))

    def span(self) -> tuple[int, int]:
        return self._span

    def trend(self, role: Role, t0_ns: int, t1_ns: int, width: int) -> Columns:
        series = self._trends.get(role)
        if series is None:
            return no_columns(t0_ns, t1_ns, width)
        return blank(series.columns(t0_ns, t1_ns, width), self._breaks.get(role, ()))

    def wave(self, key: ChannelKey, t0_ns: int, t1_ns: int, width: int) -> Columns:
        wave = self._waves.get(key)
        if wave is None:
            return no_columns(t0_ns, t1_ns, width)
        return wave.columns(t0_ns, t1_ns, width)

    def cuffs(self, t0_ns: int, t1_ns: int) -> tuple[CuffReading, ...]:
        return tuple(reading for reading in self._cuffs if t0_ns <= reading.t_ns <= t1_ns)


def no_columns(t0_ns: int, t1_ns: int, width: int) -> Columns:
    """The columns of something that was never measured."""
    return Columns(t0_ns, t1_ns, nothing(width), nothing(width))
