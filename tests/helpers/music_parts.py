"""Tracks made of noise, an output that keeps what it is given, and a way to run an engine to a condition."""

import time
from dataclasses import dataclass, field

import numpy as np
import soundfile

from kapmonitor.session.events import Phase
from playlists.check import check
from playlists.course import RATE
from playlists.model import Playlist, Section, Track
from ui.music.engine import Engine
from ui.music.ports import OutputChoice, OutputHealth, OutputState

ROOM = (OutputChoice("room", "Room"), OutputChoice("staff", "Staff"))


def noise(path, seconds, *, seed=1, rate=RATE, channels=2, level=0.1):
    """A FLAC file of steady noise whose RMS is `level`."""
    samples = np.random.default_rng(seed).normal(0, level, (round(seconds * rate), channels))
    soundfile.write(path, np.clip(samples, -1, 1), rate)
    return Track(path, path.stem)


def playlist(folder, seconds=4.0, **more):
    """Peak with two tracks, Return and Ground with one each; crossfades of one second."""
    names = iter(("k1", "k2", "r1", "g1"))
    k1, k2, r1, g1 = (noise(folder / f"{n}.flac", seconds, seed=i) for i, n in enumerate(names))
    sections = (
        Section("Peak", (k1, k2), (Phase.PEAK,)),
        Section("Return", (r1,), (Phase.RETURN,)),
        Section("Ground", (g1,), grounding=True),
    )
    return Playlist(
        "test", sections, **{"crossfade_s": 1.0, "quick_fade_s": 0.5, "phase_wait_s": 1.0, **more}
    )


@dataclass
class ArrayOutput:
    """Takes all it is given, in an endless buffer."""

    health: OutputHealth = OutputHealth(OutputState.READY, "Room", ROOM)  # noqa: RUF009
    parts: list = field(default_factory=list)
    limit: int = RATE // 5
    chosen: list = field(default_factory=list)
    closed: bool = False
    kept: int = RATE // 2

    def poll(self, t_ns):
        return self.health

    def room(self):
        return self.limit

    def buffered(self):
        return self.kept

    def write(self, frames):
        assert frames.dtype == np.float32
        assert frames.shape[1] == 2
        self.parts.append(frames)

    def choose(self, output_id):
        self.chosen.append(output_id)

    def close(self):
        self.closed = True

    def heard(self):
        """Everything so far, shape (n, 2)."""
        return np.concatenate(self.parts) if self.parts else np.zeros((0, 2), np.float32)

    def seconds(self):
        return sum(len(part) for part in self.parts) / RATE


class Rig:
    """An engine with its output and what it reported; times are made up and pass 40 ms a tick."""

    def __init__(self, playlist_, phase=Phase.PEAK):
        self.output = ArrayOutput()
        self.reports, self.reported_at = [], []
        self.now_ns = 1_000_000_000
        checked = check(playlist_)
        self.engine = Engine(checked, self.output, self._report, phase)
        self.engine.announce(checked, self.now_ns, self.now_ns)

    def _report(self, report):
        self.reports.append(report)
        self.reported_at.append(sum(len(part) for part in self.output.parts))

    def tick(self, step_ns=40_000_000):
        self.now_ns += step_ns
        self.view = self.engine.tick(self.now_ns, self.now_ns)
        return self.view

    def until(self, condition, limit_s=30.0):
        """Tick until the condition holds; as ticks are faster than real time, tracks are waited for."""
        end = time.monotonic() + limit_s
        while not condition():
            self.tick()
            while not self.decoded():
                assert time.monotonic() < end, (self.actions(), self.engine.state)
                time.sleep(0.002)
            assert time.monotonic() < end, (self.actions(), self.engine.state)

    def decoded(self):
        shelf = self.engine._shelf
        streams = (*shelf.waiting.values(), *shelf.voices.values())
        return (
            all(s.ready or s.problem for s in shelf.waiting.values())
            and all(s.ended or s.available >= RATE for s in shelf.voices.values())
            and all(s.sha256 is not None for s in streams)
        )

    def play(self, seconds):
        """Let this much more sound come."""
        target = self.output.seconds() + seconds
        self.until(lambda: self.output.seconds() >= target)

    def actions(self):
        return [(r.music.action, r.music.title) for r in self.reports]

    def close(self):
        self.engine.stop(self.now_ns)
        self.engine.close()
        self.engine.join(5.0)
