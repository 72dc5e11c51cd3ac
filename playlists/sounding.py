"""What sounds, as the record tells it: tracks and gains that move by the music's own clock. Pure.

The clock counts frames of 48 kHz and stands while nothing can sound; each event sets it right again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import pi, sin
from typing import Final

from kapmonitor.session.events import MusicAction, MusicEvent
from playlists.course import FIRST_VOLUME_DB, GATE_FADE, RATE, VOLUME_FADE, Mode
from playlists.level import from_db

BEGINS: Final = frozenset({MusicAction.STARTED, MusicAction.SOUGHT})
ENDS: Final = frozenset({MusicAction.PAUSED, MusicAction.STOPPED})
MODES: Final = {
    MusicAction.STARTED: Mode.PLAYING,
    MusicAction.SOUGHT: Mode.PLAYING,
    MusicAction.RESUMED: Mode.PLAYING,
    MusicAction.PAUSED: Mode.PAUSED,
    MusicAction.STOPPED: Mode.STOPPED,
}
LOST: Final = {
    MusicAction.OUTPUT_LOST: True,
    MusicAction.OUTPUT_BACK: False,
    MusicAction.OUTPUT_CHANGED: False,
    MusicAction.RESUMED: False,
    MusicAction.STARTED: False,
    MusicAction.SOUGHT: False,
}


@dataclass(frozen=True, slots=True)
class Line:
    """A value that goes evenly from one to another in `frames` of the clock, from `start` on."""

    start: int
    frames: int
    begin: float
    end: float

    def at(self, clock: int) -> float:
        """The value at a time of the clock."""
        if self.frames == 0 or clock >= self.start + self.frames:
            return self.end
        return self.begin + (self.end - self.begin) * max(0, clock - self.start) / self.frames

    def to(self, end: float, frames: int, clock: int) -> Line:
        """Go on to another value; to be asked for the same one again changes nothing."""
        return self if end == self.end else Line(clock, max(1, frames), self.at(clock), end)


def steady(value: float) -> Line:
    """A value that stands."""
    return Line(0, 0, value, value)


SHUT: Final = steady(0.0)
OPEN: Final = steady(1.0)
FIRST_VOLUME: Final = steady(from_db(FIRST_VOLUME_DB))


@dataclass(frozen=True, slots=True)
class Part:
    """A track that sounds: `begun` seconds into its file at `since` of the clock. `serial` counts parts."""

    serial: int
    event: MusicEvent
    since: int
    level: Line

    def position_s(self, clock: int) -> float:
        """Where in its file it is."""
        return self.event.position_s + (clock - self.since) / RATE

    def gain(self, clock: int) -> float:
        """Its own gain; two parts that cross over keep one power."""
        return from_db(self.event.gain_db) * sin(self.level.at(clock) * pi / 2)

    def is_over(self, clock: int) -> bool:
        """Whether it has faded out or come to its end."""
        over_at = self.over_at()
        return over_at is not None and clock >= over_at

    def over_at(self) -> int | None:
        """When it is over, as far as that is decided."""
        ends = [] if self.level.end > 0.0 else [self.level.start + self.level.frames]
        if self.event.end_s > 0.0:
            ends.append(self.since + round((self.event.end_s - self.event.position_s) * RATE))
        return min(ends, default=None)

    def is_of(self, event: MusicEvent) -> bool:
        """Whether an event speaks of this track."""
        own = self.event
        return (own.track, own.title, own.section) == (event.track, event.title, event.section)


@dataclass(frozen=True, slots=True)
class Course:
    """The music between two events of the record, the first of them heard when the clock shows `clock`."""

    clock: int = 0
    parts: tuple[Part, ...] = ()
    volume: Line = FIRST_VOLUME
    duck: Line = OPEN
    gate: Line = SHUT
    mode: Mode = Mode.STOPPED
    held: bool = False
    lost: bool = False
    output: str = ""
    volume_db: float = FIRST_VOLUME_DB
    duck_db: float = 0.0
    serial: int = 0
    began: bool = False

    def later(self, frames: int) -> int:
        """The clock so many frames on: it stands where the music has fallen silent or come to its end."""
        clock = self.clock + max(0, frames)
        ends = [part.over_at() for part in self.parts]
        decided = [end for end in ends if end is not None]
        if len(decided) == len(ends):
            clock = min(clock, max(decided, default=self.clock))
        if self.gate.end == 0.0:
            clock = min(clock, self.gate.start + self.gate.frames)
        return max(clock, self.clock)

    def sounding(self, clock: int) -> tuple[Part, ...]:
        """The parts that are not over."""
        return tuple(part for part in self.parts if not part.is_over(clock))

    def master(self, clock: int) -> float:
        """The gain that all parts have in common."""
        return self.volume.at(clock) * self.duck.at(clock) * self.gate.at(clock)


def after(course: Course, frames: int, event: MusicEvent) -> Course:
    """The course once an event is heard, `frames` after the one before."""
    action = MusicAction(event.action)
    clock = course.later(frames)
    course = replace(course, clock=clock, parts=course.sounding(clock))
    if action is MusicAction.MISSING:
        return replace(course, parts=tuple(part for part in course.parts if not part.is_of(event)))
    course = _gains(_in_place(course, event), action, event)
    match action:
        case MusicAction.STARTED | MusicAction.SOUGHT:
            course = _begun(course, event, _fade(event))
        case MusicAction.RESUMED if not course.parts or not course.parts[-1].is_of(event):
            course = _begun(course, event, 0)
        case MusicAction.FADING if course.parts:
            *others, newest = course.parts
            course = replace(course, parts=(*others, _to_silence(newest, _fade(event), course.clock)))
        case MusicAction.STOPPED if event.fade_s == 0.0:
            course = replace(course, parts=())
        case MusicAction.HELD | MusicAction.RELEASED:
            course = replace(course, held=action is MusicAction.HELD)
        case _:
            pass
    return replace(course, mode=MODES.get(action, course.mode), lost=LOST.get(action, course.lost))


def _fade(event: MusicEvent) -> int:
    return round(event.fade_s * RATE)


def _in_place(course: Course, event: MusicEvent) -> Course:
    """The clock set so that the newest track is where the event has it."""
    newest = course.parts[-1] if course.parts else None
    if newest is None or MusicAction(event.action) in BEGINS or not newest.is_of(event):
        return course
    off = round((event.position_s - newest.position_s(course.clock)) * RATE)
    return replace(course, clock=course.clock + off)


def _gains(course: Course, action: MusicAction, event: MusicEvent) -> Course:
    """Volume, duck and gate after an event; the first one says what volume the music began with."""
    clock, gate, fade = course.clock, course.gate, _fade(event)
    volume, duck = course.volume, course.duck
    if not course.began and action is not MusicAction.VOLUME:
        volume = steady(from_db(event.volume_db))
    volume = volume.to(from_db(event.volume_db), VOLUME_FADE, clock)
    duck = duck.to(from_db(event.duck_db), fade if action is MusicAction.DUCKED else 0, clock)
    if action in BEGINS or action is MusicAction.RESUMED:
        gate = gate.to(1.0, GATE_FADE, clock)
    elif action in ENDS:
        gate = gate.to(0.0, fade, clock)
    elif action is MusicAction.OUTPUT_LOST:
        gate = SHUT
    return replace(
        course,
        began=True,
        volume=volume,
        duck=duck,
        gate=gate,
        output=event.output,
        volume_db=event.volume_db,
        duck_db=event.duck_db,
    )


def _begun(course: Course, event: MusicEvent, fade: int) -> Course:
    """One more track; the others go to silence while it comes."""
    clock, serial = course.clock, course.serial + 1
    level = Line(clock, fade, 0.0, 1.0) if fade else OPEN
    others = tuple(_to_silence(part, fade, clock) for part in course.parts) if fade else ()
    return replace(course, parts=(*others, Part(serial, event, clock, level)), serial=serial)


def _to_silence(part: Part, fade: int, clock: int) -> Part:
    """On its way to silence in `fade` frames, or sooner where it is already, or ends."""
    over_at = part.over_at()
    fade = max(1, fade if over_at is None else min(fade, over_at - clock))
    if part.level.end == 0.0 and part.level.start + part.level.frames - clock <= fade:
        return part
    return replace(part, level=Line(clock, fade, part.level.at(clock), 0.0))
