"""A wave of a record at full rate, for the sweep."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kapmonitor.model import NO_SAMPLE
from kapmonitor.record.wavepages import SEAM_NS, WavePages
from kapmonitor.session.events import ChannelDescribed


class RecordTap:
    """A wave of a record at full rate (kapmonitor.view.WaveTap); whoever plays it sets the playhead."""

    def __init__(self, waves: WavePages, channels: list[ChannelDescribed], start_ns: int) -> None:
        self._waves = waves
        self._channels = channels
        self._start_ns = start_ns
        self._t_ns = start_ns
        self.fs = channels[0].fs
        self.resolution = channels[0].resolution
        self.offset = channels[0].offset

    def move_to(self, t_ns: int) -> None:
        """Set the playhead; it may go back."""
        self._t_ns = t_ns

    def head(self) -> int:
        return self._number(self._t_ns)

    def read(self, start: int, stop: int) -> NDArray[np.int16]:
        out = np.full(max(0, stop - start), NO_SAMPLE, np.int16)
        t0_ns, t1_ns = self._time(start), self._time(stop)
        for channel in self._channels:
            self._fill(out, start, channel.channel, t0_ns, t1_ns)
        return out

    def _fill(self, out: NDArray[np.int16], start: int, channel: int, t0_ns: int, t1_ns: int) -> None:
        """Put what is stored to its places; a seam of a few samples shows the one before it."""
        seam = 2 + int(SEAM_NS * self.fs / 1e9)
        end: int | None = None
        last = NO_SAMPLE
        for chunk_t0_ns, _, words in self._waves.stretches(channel, t0_ns, t1_ns):
            at = self._number(chunk_t0_ns) - start
            if end is not None and end < at <= end + seam:
                out[max(0, end) : max(0, at)] = last
            first, stop = max(0, -at), min(len(words), len(out) - at)
            if first < stop:
                out[at + first : at + stop] = words[first:stop]
            end, last = at + len(words), int(words[-1])

    def _number(self, t_ns: int) -> int:
        return round((t_ns - self._start_ns) * self.fs / 1e9)

    def _time(self, number: int) -> int:
        return self._start_ns + round(number * 1e9 / self.fs)
