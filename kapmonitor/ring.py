"""The newest samples of one device's wave stream: one writer, readers on other threads, no lock.

The buffer is eight windows long and written from left to right; when it is full, the newest window moves to
the front. The head is published after the data, so a reader never sees a frame that is not there, and a view
handed out stays as it is for at least six more windows. Readers that copy look again afterwards whether the
writer came round meanwhile, and if so copy once more. What leaves the buffer is folded to a minimum and a
maximum per 32 frames, kept for `history_frames`, so that minutes of a wave can be shown.

Holds under the GIL, which makes each single assignment below one step for other threads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kapmonitor.columns import Floats, Times, as_floats, column_edges, extremes, join, nothing
from kapmonitor.model import NO_SAMPLE, Metric

WINDOWS: Final = 8
FOLD: Final = 32
"""Frames per folded minimum and maximum."""
COARSE_FRAMES: Final = 2 * FOLD
"""Columns at least this wide are drawn from folded frames where there are any."""
PARTS: Final = 256
"""Column bounds are reckoned in this many parts of a frame, so that a magnified wave keeps its slopes."""


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Folded frames first..stop-1: `lo` and `hi`, shape (n, channels), int16; replaced, never mutated."""

    first: int
    lo: NDArray[np.int16]
    hi: NDArray[np.int16]

    @property
    def stop(self) -> int:
        return self.first + FOLD * len(self.lo)


def fold(frames: NDArray[np.int16]) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Minimum and maximum per FOLD frames, shape (n // FOLD, channels); a NO_SAMPLE does not count."""
    channels = frames.shape[1]
    high = frames.reshape(-1, FOLD * channels)
    low = (high.view(np.uint16) ^ np.uint16(0x8000)) - np.uint16(1)  # so that NO_SAMPLE sorts last
    for half in (16, 8, 4, 2, 1):
        at = half * channels
        high = np.maximum(high[:, :at], high[:, at:])
        low = np.minimum(low[:, :at], low[:, at:])
    return ((low + np.uint16(1)) ^ np.uint16(0x8000)).view(np.int16), high


class _Lap:
    """One pass through the buffer, replaced at the next: number of its first word, place of the next word."""

    __slots__ = ("base", "end")

    def __init__(self, base: int, end: int) -> None:
        self.base = base
        self.end = end


class Ring:
    """Interleaved int16 frames of `channels` waves; at least the last `window_frames` can always be read."""

    __slots__ = (
        "_history",
        "_history_frames",
        "_lap",
        "_limit",
        "_oldest",
        "_usual",
        "_window",
        "_words",
        "channels",
        "window_frames",
    )

    def __init__(self, channels: int, window_frames: int, history_frames: int = 0) -> None:
        if channels < 1 or window_frames < 1:
            raise ValueError(f"a ring of {channels} channels and {window_frames} frames holds nothing")
        self.channels = channels
        self.window_frames = window_frames
        self._window = channels * window_frames
        self._limit = WINDOWS * self._window
        self._words = np.full(self._limit, NO_SAMPLE, np.int16).data
        self._lap = _Lap(-self._window, self._window)  # the first window stands empty before frame 0
        self._oldest = 0  # number of the oldest frame that is not being overwritten
        self._usual = 0  # the length of the last write, which was whole frames
        self._history_frames = history_frames
        empty = np.empty((0, channels), np.int16)
        self._history = History(0, empty, empty)

    @property
    def head(self) -> int:
        """Frames ever written: the number of the next frame to come."""
        lap = self._lap
        return (lap.base + lap.end) // self.channels

    def write(self, frames: NDArray[np.int16]) -> None:
        """Append whole frames, a flat array. Writing is for one thread only."""
        lap = self._lap
        start = lap.end
        stop = start + self._usual
        if stop > self._limit:
            self._write_unusual(frames)
            return
        try:
            self._words[start:stop] = frames  # type: ignore[call-overload]
        except ValueError:  # another length than the last
            self._write_unusual(frames)
            return
        lap.end = stop

    def write_bytes(self, data: bytes) -> None:
        """Append whole frames as native-endian bytes."""
        self.write(np.frombuffer(data, np.int16))

    def window(self, frames: int) -> memoryview:
        """The last `frames` frames, at most a window: flat, format 'h', not copied, NO_SAMPLE before frame 0.

        It stays as it is until six more windows have been written.
        """
        end = self._lap.end
        return self._words[end - frames * self.channels : end]

    def held_from(self) -> int:
        """The oldest frame that can still be read."""
        return self._oldest

    def read(self, start: int, stop: int) -> NDArray[np.int16]:
        """Frames start..stop-1, copied, shape (stop - start, channels); NO_SAMPLE where there are none."""
        out = np.full((max(0, stop - start), self.channels), NO_SAMPLE, np.int16)
        while True:
            lap = self._lap
            first = max(start, self._oldest)
            last = min(stop, (lap.base + lap.end) // self.channels)
            if last <= first:
                return out
            words = self._words[first * self.channels - lap.base : last * self.channels - lap.base].tobytes()
            if self._lap is lap and self._oldest <= first:
                out[first - start : last - start] = np.frombuffer(words, np.int16).reshape(-1, self.channels)
                return out

    def columns(self, channel: int, start: int, stop: int, width: int) -> tuple[Floats, Floats]:
        """Minimum and maximum of one channel's frames start..stop-1 in `width` columns, NaN for nothing."""
        coarse = stop - start >= COARSE_FRAMES * width
        while True:
            oldest = self._oldest
            history = self._history
            first = max(start, history.stop if coarse else 0, oldest)
            # a few frames beside the columns, so that the line goes on beyond their edges
            fine = self.read(max(first - 1, oldest), stop + 1)[:, channel]
            if self._oldest == oldest:
                break
        edges = column_edges(start * PARTS, stop * PARTS, width)
        lo, hi = _fine_columns(fine, max(first - 1, oldest), edges)
        if start < first:
            old_lo, old_hi = _folded_columns(history, channel, edges, first)
            lo, hi = np.fmin(lo, old_lo), np.fmax(hi, old_hi)
        return lo, hi

    def _write_unusual(self, frames: NDArray[np.int16]) -> None:
        """Of another length than the last, or over the end: in parts of at most a window.

        So what readers hold is never overwritten within one write.
        """
        if len(frames) % self.channels:
            raise ValueError(f"{len(frames)} words are not whole frames of {self.channels} channels")
        self._usual = len(frames) if len(frames) <= self._window else 0
        for at in range(0, len(frames), self._window):
            part = frames[at : at + self._window]
            if self._lap.end + len(part) > self._limit:
                self._slide()
            lap = self._lap
            stop = lap.end + len(part)
            self._words[lap.end : stop] = part  # type: ignore[call-overload]
            lap.end = stop

    def _slide(self) -> None:
        """Move the newest window to the front; readers learn what goes before it is overwritten."""
        lap, head = self._lap, self.head
        self._fold_to(head)
        self._oldest = max(0, head - self.window_frames)
        self._words[: self._window] = self._words[lap.end - self._window : lap.end]
        self._lap = _Lap(lap.base + lap.end - self._window, self._window)

    def _fold_to(self, head: int) -> None:
        """Add what has been written since the last fold to the history."""
        if not self._history_frames:
            return
        old = self._history
        frames = self.read(old.stop, head - (head - old.stop) % FOLD)
        lo, hi = fold(frames)
        keep = max(0, self._history_frames // FOLD - len(lo))
        drop = max(0, len(old.lo) - keep)
        self._history = History(
            old.first + drop * FOLD, np.concatenate((old.lo[drop:], lo)), np.concatenate((old.hi[drop:], hi))
        )


def _fine_columns(words: NDArray[np.int16], first: int, edges: Times) -> tuple[Floats, Floats]:
    """Columns over single frames, number `first` and on; between two frames that touch there is a line."""
    if not len(words):
        return nothing(len(edges) - 1), nothing(len(edges) - 1)
    values = as_floats(words)
    bounds = np.clip(-(-edges // PARTS) - first, 0, len(words))
    columns = extremes(values, values, bounds)
    times = (first + np.arange(len(words))) * PARTS
    join(columns, bounds, times, values, PARTS, edges)
    return columns


def _folded_columns(history: History, channel: int, edges: Times, stop: int) -> tuple[Floats, Floats]:
    """Columns over folded frames before frame `stop`."""
    count = min(len(history.lo), -((history.first - stop) // FOLD))
    bounds = np.clip(-((history.first * PARTS - edges) // (FOLD * PARTS)), 0, max(0, count))
    part = slice(int(bounds[0]), int(bounds[-1]))
    lo, hi = as_floats(history.lo[part, channel]), as_floats(history.hi[part, channel])
    return extremes(lo, hi, bounds - bounds[0])


class RingTap:
    """One channel of a ring at full rate, for the sweep (kapmonitor.view.WaveTap)."""

    def __init__(self, ring: Ring, channel: int, metric: Metric) -> None:
        if metric.fs is None:
            raise ValueError(f"{metric.ref} is not a wave")
        self._ring = ring
        self._channel = channel
        self.fs = metric.fs
        self.resolution = metric.resolution
        self.offset = metric.offset

    def head(self) -> int:
        return self._ring.head

    def read(self, start: int, stop: int) -> NDArray[np.int16]:
        return self._ring.read(start, stop)[:, self._channel]
