"""Sums the slices that the course asks for, and moves volume, duck and pause without clicks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from playlists.course import GATE_FADE, RATE, VOLUME_FADE
from playlists.level import from_db
from playlists.model import Playlist
from playlists.tape import Segment, Slice
from ui.music.decoder import Stream

KNEE: Final = 0.89
"""Above this (-1 dBFS) the sum is bent instead of cut; only loud foreign tracks in a crossfade get there."""

VOLUME_RAMP_S: Final = VOLUME_FADE / RATE
GATE_RAMP_S: Final = GATE_FADE / RATE

Frames = NDArray[np.float32]


class Ramp:
    """A gain that goes to a new value in even steps."""

    def __init__(self, value: float) -> None:
        self.value = value
        self.target = value
        self._left = 0

    @property
    def left(self) -> int:
        """How many values it still moves for."""
        return self._left

    def to(self, target: float, seconds: float) -> None:
        """Go there from where it is now; asking for the same target again changes nothing."""
        if target != self.target:
            self.target = target
            self._left = max(1, round(seconds * RATE))

    def take(self, count: int) -> Frames | float:
        """The next `count` values, or one number while it stands."""
        if self._left == 0:
            return self.value
        moving = min(count, self._left)
        end = self.value + (self.target - self.value) * moving / self._left
        values = np.full(count, end, dtype=np.float32)
        values[:moving] = np.linspace(self.value, end, moving, endpoint=False, dtype=np.float32)
        self._left -= moving
        self.value = end if self._left else self.target
        return values


class Mixer:
    """Everything between decoded tracks and the output."""

    def __init__(self) -> None:
        self.volume = Ramp(1.0)
        self.duck = Ramp(1.0)
        self.gate = Ramp(0.0)

    def mix(self, segments: tuple[Segment, ...], streams: Mapping[int, Stream], playlist: Playlist) -> Frames:
        """The frames of these segments, shape (n, 2); each voice's stream is read on."""
        total = sum(segment.frames for segment in segments)
        mixed = np.zeros((total, 2), dtype=np.float32)
        start = 0
        for segment in segments:
            part = mixed[start : start + segment.frames]
            for piece in segment.slices:
                track = playlist.track(piece.place)
                gain = from_db(track.gain_db + track.level_db)
                part += streams[piece.voice].read(segment.frames) * _envelope(piece, segment.frames, gain)
            start += segment.frames
        for ramp in (self.volume, self.duck, self.gate):
            gains = ramp.take(total)
            mixed *= gains if isinstance(gains, float) else gains[:, None]
        return soften(mixed)


def _envelope(piece: Slice, count: int, gain: float) -> NDArray[np.float32] | np.float32:
    """Equal-power gain of a slice, for each frame or as one number."""
    if piece.level0 == piece.level1:
        return np.float32(gain * np.sin(piece.level0 * np.pi / 2))
    level = np.linspace(piece.level0, piece.level1, count, endpoint=False)
    return np.asarray(gain * np.sin(level * np.pi / 2), dtype=np.float32)[:, None]


def soften(frames: Frames) -> Frames:
    """The frames with nothing beyond full scale; below KNEE they are left as they are."""
    size = np.abs(frames)
    if frames.size == 0 or float(size.max()) <= KNEE:
        return frames
    bent = np.sign(frames) * (KNEE + (1 - KNEE) * np.tanh((size - KNEE) / (1 - KNEE)))
    return np.asarray(np.where(size <= KNEE, frames, bent), dtype=np.float32)
