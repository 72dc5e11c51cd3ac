"""Tracks read ahead: each in a thread of its own, so that one slow disk cannot stop the others."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from playlists.check import fingerprint
from playlists.course import RATE
from playlists.formats import NotMusic, unplayable
from playlists.model import Track
from playlists.opened import next_frames, opened
from playlists.sound import Frames, stereo
from ui.music.resample import Resampler, edge

if TYPE_CHECKING:
    from soundfile import SoundFile

AHEAD: Final = 4 * RATE
CHUNK: Final = RATE // 2
READY: Final = RATE
"""A track may begin once this much of it is there."""


class Ring:
    """Stereo frames between one writing and one reading thread; positions are published after the data."""

    def __init__(self, frames: int) -> None:
        self._data = np.zeros((frames, 2), dtype=np.float32)
        self._written = 0
        self._read = 0

    @property
    def available(self) -> int:
        return self._written - self._read

    @property
    def room(self) -> int:
        return len(self._data) - self.available

    def write(self, frames: Frames) -> None:
        """Append frames, at most `room` of them."""
        index = (self._written + np.arange(len(frames))) % len(self._data)
        self._data[index] = frames
        self._written += len(frames)

    def read(self, count: int) -> Frames:
        """Take the oldest frames, at most `available`; the result is the caller's own."""
        index = (self._read + np.arange(min(count, self.available))) % len(self._data)
        taken = self._data[index]
        self._read += len(taken)
        return taken


@dataclass(frozen=True, slots=True)
class Joined:
    """The files of an album that sound right before and after a track; None where there is none."""

    before: Path | None = None
    after: Path | None = None


APART: Final = Joined()


def neighbour(path: Path | None, rate: int, *, last: bool) -> Frames | None:
    """The last or first few frames of a file of the same rate; None where there are none."""
    if path is None:
        return None
    try:
        with opened(path) as file:
            if file.samplerate != rate:
                return None
            count = edge(rate, RATE)
            if last:
                file.seek(max(0, file.frames - count))
            return stereo(file.read(count, dtype="float32", always_2d=True))
    except NotMusic:
        return None


class Stream:
    """One track as stereo float32 at 48 kHz, from `at` frames after its start, decoded ahead in a thread.

    `problem` says in words why it cannot be played, or not to its end. `sha256` is its file's, None while
    that is being read, '' where it cannot be. `joined` names the files that sound right before and after it.
    """

    def __init__(self, track: Track, at: int = 0, joined: Joined = APART) -> None:
        self.track = track
        self.at = at
        self._joined = joined
        self.sha256: str | None = None
        self.problem = ""
        self.ended = False
        self._ring = Ring(AHEAD + 2 * CHUNK)
        self._closed = threading.Event()
        self._wanted = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"music {track.path.name}", daemon=True)
        self._thread.start()
        # A thread of its own: a large file on a slow disk must not keep the sound waiting.
        self._reader: threading.Thread | None = None
        if not track.sha256:
            self._reader = threading.Thread(target=self._identify, name="music file", daemon=True)
            self._reader.start()

    @property
    def available(self) -> int:
        return self._ring.available

    @property
    def ready(self) -> bool:
        return not self.problem and (self.available >= READY or (self.ended and self.available > 0))

    def read(self, count: int) -> Frames:
        """Exactly `count` frames; what is not there, at a track's end, is silence."""
        frames = self._ring.read(count)
        self._wanted.set()
        if len(frames) == count:
            return frames
        return np.concatenate((frames, np.zeros((count - len(frames), 2), dtype=np.float32)))

    def close(self) -> None:
        """Let the file go; returns at once, the thread ends by itself."""
        self._closed.set()
        self._wanted.set()

    def join(self, timeout_s: float) -> None:
        """Wait for the thread after `close()`."""
        self._thread.join(timeout_s)
        if self._reader is not None:
            self._reader.join(timeout_s)

    def _identify(self) -> None:
        try:
            self.sha256 = fingerprint(self.track.path)
        except OSError:
            self.sha256 = ""

    def _run(self) -> None:
        name = self.track.path.name
        try:
            if not self.track.path.is_file():
                self.problem = f"{name} is not there"
                return
            if self.track.sha256:
                self.sha256 = fingerprint(self.track.path)
                if self.sha256 != self.track.sha256:
                    self.problem = f"{name} is not the file that the playlist names"
                    return
            with opened(self.track.path) as file:
                self._decode(file)
        except NotMusic as why:
            self.problem = str(why)
        except OSError:
            self.problem = unplayable(self.track.path)
        finally:
            self.ended = True
            if self.track.sha256 and self.sha256 is None:
                self.sha256 = ""

    def _decode(self, file: SoundFile) -> None:
        resampler = None
        if file.samplerate != RATE:
            resampler = Resampler(
                file.samplerate, RATE, neighbour(self._joined.before, file.samplerate, last=True)
            )
        start = round((self.track.start_s + self.at / RATE) * file.samplerate)
        if start:
            file.seek(min(start, file.frames))
        size = max(1, CHUNK * file.samplerate // RATE)
        while self._wait_for_room():
            frames = stereo(next_frames(file, size, self.track.duration_s))
            if len(frames) == 0:
                break
            self._ring.write(frames if resampler is None else resampler.push(frames))
        if resampler is not None and not self._closed.is_set():
            self._ring.write(resampler.finish(neighbour(self._joined.after, file.samplerate, last=False)))

    def _wait_for_room(self) -> bool:
        """Wait until a chunk fits; False once closed."""
        while not self._closed.is_set():
            self._wanted.clear()
            if self._ring.room >= 2 * CHUNK:
                return True
            self._wanted.wait(1.0)
        return False
