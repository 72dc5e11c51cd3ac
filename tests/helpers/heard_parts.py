"""A room in which music plays by a script: what was rendered for each frame, beside what its record says."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile
from music_parts import ROOM

from kapmonitor.session.codec import decode, encode
from kapmonitor.session.events import Phase, SessionResumed
from playlists.check import check
from playlists.course import RATE, Ask, Cue
from playlists.model import After, Place, Playlist, Section, Track
from ui.music.engine import Engine
from ui.music.ports import OutputHealth, OutputState

TICK = RATE // 25
BUFFER = RATE // 2
READY = OutputHealth(OutputState.READY, "Room", ROOM)
LOST = OutputHealth(OutputState.LOST, "Room", ROOM)
OTHER = OutputHealth(OutputState.READY, "Other room", ROOM)


EVENTFUL = (
    (0, 0, ("volume", 9.0)),
    (5, 0, ("toggle",)),
    (85, 100, ("next",)),
    (8, 1900, ("next",)),
    (30, 7, ("hold",)),
    (10, 900, ("seek", 2.0)),
    (4, 0, ("toggle",)),
    (40, 3, ("volume", -6.0)),
    (3, 0, ("toggle",)),
    (40, 1000, ("duck", -12.0, 0.5)),
    (30, 0, ("lose",)),
    (50, 0, ("back",)),
)
"""Ticks to wait, how many frames after the last one, and what: a skip in a crossfade, a pause in another."""


def slow_wave(path, seconds, number):
    """A file in which each second and each track sounds differently, and a frame hardly from the next."""
    n = np.arange(round(seconds * RATE)) / RATE
    left = 0.15 * np.sin(2 * np.pi * (2 + number) * n) + 0.03 * n
    right = 0.05 * (number + 1) + 0.1 * np.cos(2 * np.pi * (1 + 0.3 * number) * n)
    soundfile.write(path, np.column_stack((left, right)).astype(np.float32), RATE, subtype="FLOAT")
    return path


def programme(folder):
    """Sections with crossfades, with tracks joined without one, with trims, and one that ends."""
    paths = [slow_wave(folder / f"{n}.wav", 4.0 + 0.5 * n, n) for n in range(6)]
    plain = [Track(path, path.stem) for path in paths]
    peak = (replace(plain[0], gain_db=-3.0), replace(plain[1], start_s=0.5, end_s=4.0), plain[2])
    album = (replace(plain[3], fade_s=0.0), replace(plain[4], gain_db=-6.0))
    sections = (
        Section("Peak", peak, (Phase.PEAK,)),
        Section("Return", album, (Phase.RETURN,)),
        Section("End", (replace(plain[5], end_s=5.0),), (Phase.INTEGRATION,), After.STOP),
        Section("Ground", (plain[2],), grounding=True),
    )
    return Playlist("t", sections, crossfade_s=1.0, quick_fade_s=0.5, phase_wait_s=1.0)


class Speaker:
    """Takes sound as a device does and keeps what was heard in each frame of the session."""

    def __init__(self, frames):
        self.sound = np.zeros((frames, 2), np.float32)
        self.health = READY
        self.now = self.end = 0

    def poll(self, t_ns):
        self.now = frame(t_ns)
        self.end = max(self.end, self.now)
        return self.health

    def drop(self, now):
        """What is not heard yet never is."""
        self.sound[now:] = 0.0
        self.now = self.end = now

    def room(self):
        return BUFFER - self.buffered()

    def buffered(self):
        return self.end - self.now

    def write(self, frames):
        self.sound[self.end : self.end + len(frames)] = frames
        self.end += len(frames)

    def choose(self, output_id):
        self.health = OTHER if output_id == "other" else READY

    def close(self):
        pass


def frame(t_ns):
    return round(t_ns * RATE / 1_000_000_000)


def ns(frames):
    return round(frames * 1_000_000_000 / RATE)


class Scripted:
    """An engine in its room; `rows` is what its record holds of the music, `places` where its voices were."""

    def __init__(self, playlist, seconds=90):
        self.playlist = playlist
        self.speaker = Speaker(seconds * RATE)
        self.now = RATE
        self.rows = []
        self.places = []
        self._begin()

    def _begin(self):
        checked = check(self.playlist)
        self.engine = Engine(checked, self.speaker, self._told, Phase.PEAK)
        self.checked = checked.playlist

    def _told(self, report):
        music = report.music
        self.rows.append((report.t_ns, decode(music.TYPE, music.VERSION, encode(music))))

    def tick(self, frames=TICK):
        self.now += frames
        self.engine.tick(ns(self.now), ns(self.now))
        self._wait()
        state = self.engine.state
        if self.speaker.health.usable and self.engine._playing:
            at = [
                (self.checked.track(voice.place).title, voice.at / RATE + self.start_s(voice.place))
                for voice in state.voices
            ]
            self.places.append((ns(self.now + self.speaker.buffered()), at))

    def start_s(self, place: Place):
        return self.checked.track(place).start_s

    def _wait(self):
        shelf, end = self.engine._shelf, time.monotonic() + 20
        streams = (*shelf.waiting.values(), *shelf.voices.values())
        while not (
            all(s.ready or s.problem for s in shelf.waiting.values())
            and all(s.ended or s.available >= RATE for s in shelf.voices.values())
            and all(s.sha256 is not None for s in streams)
        ):
            assert time.monotonic() < end
            time.sleep(0.0005)

    def play(self, script, end=40):
        """Each line: so many ticks, then an act so many frames after the last of them; `end` ticks follow."""
        for wait, late, act in script:
            for _ in range(wait):
                self.tick()
            self.act(act, late)
        for _ in range(end):
            self.tick()

    def act(self, what, late=0):
        """One line of a script."""
        t_ns = ns(self.now + late)
        name, *values = what
        acts = {
            "toggle": lambda: self.engine.toggle(t_ns),
            "hold": lambda: self.engine.toggle_hold(t_ns),
            "ground": lambda: self.engine.toggle_ground(t_ns),
            "duck": lambda depth_db, over_s: self.engine.duck(depth_db, over_s, t_ns),
            "phase": lambda phase: self.engine.follow(phase, t_ns),
            "seek": lambda at_s: self.engine.ask(Cue(Ask.SEEK, at_s=at_s), t_ns),
            "volume": lambda db: self.engine.ask(Cue(Ask.VOLUME, change_db=db), t_ns),
            "break": lambda place: self.engine.ask(Cue(Ask.MISSING, place=place), t_ns),
            "lose": self._lose,
            "back": self._back,
            "change": self._change,
            "kill": lambda: self.kill(gap=3 * RATE),
        }
        acts.get(name, lambda: self.engine.ask(Cue(Ask(name)), t_ns))(*values)

    def _lose(self):
        if self.speaker.health.usable:
            self._drop()
            self.speaker.health = LOST

    def _back(self):
        self.speaker.health = READY

    def _change(self, output_id):
        if self.speaker.health.usable:
            self._drop()
            self.engine.choose_output(output_id)

    def _drop(self):
        """The device lets go now, and the engine sees it at the same instant."""
        self.now += TICK
        self.speaker.drop(self.now)
        self.places = [place for place in self.places if place[0] <= ns(self.now)]
        self.now -= TICK

    def kill(self, gap):
        """The program ends in the middle of a word and is taken up again."""
        self.speaker.drop(self.now)
        self.places = [place for place in self.places if place[0] <= ns(self.now)]
        self.close()
        self.now += gap
        self.speaker.now = self.speaker.end = self.now
        self.speaker.health = READY
        self.rows.append((ns(self.now), SessionResumed(0, ns(gap))))
        self._begin()

    def close(self):
        self.engine.close()
        self.engine.join(5.0)


def rendered(heard):
    """What a review says was heard, from the files alone."""
    mixed = np.zeros(2)
    for track in heard.tracks:
        data = read(Path(track.event.file))
        at = round(track.position_s * RATE)
        if 0 <= at < len(data):
            mixed = mixed + track.gain * data[at]
    return mixed * heard.master


FILES: dict[Path, np.ndarray] = {}


def read(path):
    if path not in FILES:
        FILES[path] = soundfile.read(path, dtype="float64")[0]
    return FILES[path]
