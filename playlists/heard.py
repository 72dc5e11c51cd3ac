"""What was heard at any time, from the record of a session alone. Pure.

`Lane` is the music of a whole record, made once; `Lane.heard(t_ns)` is one instant of it. A sound server may
hold back what an output was given for a moment longer, which no record can know.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from kapmonitor.session.events import MusicAction, MusicEvent, SessionResumed
from playlists.course import RATE, Mode
from playlists.level import to_db
from playlists.sounding import Course, after

MusicRow = tuple[int, MusicEvent | SessionResumed]
"""(t_ns of the record, what happened)."""


@dataclass(frozen=True, slots=True)
class HeardTrack:
    """One track sounding at `gain`, its own and the fade's, without what all tracks have in common.

    `begun` tells the times apart that a track began; `event` is what the record said when it did.
    """

    begun: int
    event: MusicEvent
    position_s: float
    gain: float
    level: float

    @property
    def gain_db(self) -> float:
        return to_db(self.gain)


@dataclass(frozen=True, slots=True)
class Heard:
    """One instant: the tracks, newest last, and `master`, the gain of volume, duck and pause together.

    While the music is paused or its output lost the tracks are those that it would go on with.
    """

    t_ns: int
    tracks: tuple[HeardTrack, ...] = ()
    master: float = 0.0
    mode: Mode = Mode.STOPPED
    held: bool = False
    lost: bool = False
    output: str = ""
    volume_db: float = 0.0
    duck_db: float = 0.0

    @property
    def sounds(self) -> bool:
        """Whether anything could be heard."""
        return self.master > 0.0 and any(track.gain > 0.0 for track in self.tracks)

    @property
    def crossing(self) -> bool:
        """Whether more than one track sounds."""
        return sum(track.gain > 0.0 for track in self.tracks) > 1


@dataclass(frozen=True, slots=True)
class Lane:
    """The music of a record: from each of `times_ns` on, its course until the next.

    `events` are all that happened to it, each when it was heard, or would have been.
    """

    times_ns: tuple[int, ...] = ()
    courses: tuple[Course, ...] = ()
    events: tuple[tuple[int, MusicEvent], ...] = ()

    def heard(self, t_ns: int) -> Heard:
        """What was heard at a time of the record."""
        index = bisect_right(self.times_ns, t_ns) - 1
        if index < 0:
            return Heard(t_ns)
        course = self.courses[index]
        clock = course.later(_frames(t_ns - self.times_ns[index]))
        tracks = tuple(
            HeardTrack(
                part.serial, part.event, part.position_s(clock), part.gain(clock), part.level.at(clock)
            )
            for part in course.sounding(clock)
        )
        return Heard(
            t_ns,
            tracks,
            course.master(clock),
            course.mode,
            course.held,
            course.lost,
            course.output,
            course.volume_db,
            course.duck_db,
        )

    def next_change_ns(self, t_ns: int) -> int | None:
        """When the next thing happened to the music; None where nothing did."""
        index = bisect_right(self.times_ns, t_ns)
        return self.times_ns[index] if index < len(self.times_ns) else None


def lane(rows: Iterable[MusicRow]) -> Lane:
    """The music of a record, from its music's events and takings-up in their order."""
    times: list[int] = []
    courses: list[Course] = []
    events: list[tuple[int, MusicEvent]] = []
    for t_ns, event in rows:
        if isinstance(event, SessionResumed):
            serial = courses[-1].serial if courses else 0
            at_ns, course = t_ns - event.gap_ns, Course(serial=serial)
        else:
            before = courses[-1] if courses else Course()
            at_ns = t_ns + round(event.heard_after_s * 1e9)
            course = after(before, _frames(at_ns - times[-1]) if times else 0, event)
            events.append((at_ns, event))
        while times and times[-1] >= at_ns:
            # What was written ahead and then taken back was never heard.
            times.pop()
            courses.pop()
        times.append(at_ns)
        courses.append(course)
    return Lane(tuple(times), tuple(courses), tuple(events))


def what_happened(lane_: Lane, t_ns: int, within_ns: int) -> tuple[int, MusicEvent] | None:
    """The newest thing that happened to the music in the time before `t_ns`; what only corrects is none."""
    for at_ns, event in reversed(lane_.events):
        if at_ns <= t_ns and event.action != MusicAction.AT.value:
            return (at_ns, event) if t_ns - at_ns <= within_ns else None
    return None


def _frames(ns: int) -> int:
    return round(ns * RATE / 1_000_000_000)
