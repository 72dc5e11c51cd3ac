"""The music of a record as its review's panel shows it, and whether it is heard."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from kapmonitor.session.events import MusicAction, MusicEvent
from kapmonitor.snapshot import Snapshot
from playlists.course import Mode
from playlists.heard import Heard, HeardTrack, Lane, what_happened
from ui import format as fmt
from ui.music import wording
from ui.music.face import ROWS, KeyFace, MusicFace, RowFace, clock, segments
from ui.music.hearer import Hearer
from ui.music.ports import OutputState
from ui.music.rehearing import HearView
from ui.ports import ReplayPort

LATELY_NS: Final = 10_000_000_000
FULL_SPEED: Final = 1.0
ASKS_S: Final = 1.0
"""While it is heard, whether it may be is asked so often: whoever answers looks into a folder."""


class Past:
    """What a panel needs of a record's music; `speed` is how fast the port's playhead runs.

    `barred` says why nothing may be heard in this room now; empty where it may.
    """

    def __init__(
        self,
        lane: Lane,
        hearer: Hearer,
        port: ReplayPort,
        speed: Callable[[], float],
        barred: Callable[[], str] = lambda: "",
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lane = lane
        self._hearer = hearer
        self._port = port
        self._speed = speed
        self._barred = barred
        self._now_s = now_s
        self._refused = ""
        self._asked_s = -ASKS_S

    def toggle(self) -> None:
        """Hear the music, or no longer."""
        if not self._lane.events:
            return
        self._refused = "" if self._hearer.view().on else self._barred()
        if not self._refused:
            self._hearer.toggle()

    def face(self, snapshot: Snapshot) -> MusicFace:
        """The panel at this instant; also tells what plays the music where the playhead is."""
        playing, speed = self._port.playing(), self._speed()
        self._see_whether_it_may()
        self._hearer.follow(self._port.now_ns(), runs=playing and speed == FULL_SPEED)
        state, silent_why = snapshot.session, why(playing, speed)
        zero_ns = state.dose_t_ns if state.dose_t_ns is not None else state.started_t_ns
        face = past_face(self._lane, snapshot.t_ns, zero_ns, self._hearer.view(), silent_why)
        return replace(face, trouble=self._refused) if self._refused else face

    def _see_whether_it_may(self) -> None:
        now_s = self._now_s()
        if not self._hearer.view().on or now_s - self._asked_s < ASKS_S:
            return
        self._asked_s = now_s
        if barred := self._barred():
            self._hearer.toggle()
            self._refused = barred

    def rest(self) -> None:
        """Nobody sees this record now: nothing of it sounds."""
        self._hearer.follow(self._port.now_ns(), runs=False)

    def close(self) -> None:
        """Be quiet."""
        self._hearer.close()


def why(playing: bool, speed: float) -> str:
    """Why nothing can be heard of a playhead; empty where it can."""
    if not playing:
        return wording.SILENT_STANDING
    return "" if speed == FULL_SPEED else wording.SILENT_SPEED.format(speed=fmt.amount(speed))


def past_face(lane: Lane, t_ns: int, zero_ns: int, hearing: HearView, silent_why: str = "") -> MusicFace:
    """A record's music at `t_ns`; the rows are what came next, or what had been, from `zero_ns` on."""
    heard = lane.heard(t_ns)
    track = heard.tracks[-1] if heard.tracks and heard.mode is not Mode.STOPPED else None
    begun = [(at_ns, event) for at_ns, event in lane.events if event.action == MusicAction.STARTED.value]
    later = [row for row in begun if row[0] > t_ns][:ROWS]
    before = [row for row in reversed(begun) if row[0] <= t_ns][0 if track is None else 1 :][:ROWS]
    rows = tuple(
        RowFace(event.section, event.title, fmt.offset(at_ns, zero_ns)) for at_ns, event in later or before
    )
    right, amber = _right(lane, hearing, silent_why)
    return MusicFace(
        right=right,
        amber=amber,
        title=track.event.title if track else wording.NOT_PLAYING,
        quiet=not heard.sounds,
        line=_line(heard, track),
        times=_times(track),
        progress=_progress(track),
        keys=_keys(hearing) if lane.events else (),
        caption=(wording.LATER if later else wording.EARLIER) if rows else "",
        lately=_lately(lane, t_ns),
        rows=rows,
        trouble=_trouble(hearing),
        segments=segments(heard.volume_db) if heard.tracks else None,
        footer=_footer(heard),
    )


def _keys(hearing: HearView) -> tuple[KeyFace, ...]:
    return (KeyFace("M", wording.MUTE if hearing.on else wording.HEAR, lit=hearing.on),)


def _right(lane: Lane, hearing: HearView, silent_why: str) -> tuple[str, bool]:
    """Whether the music of the record is heard, and from where."""
    if not lane.events:
        return wording.RECORDED, False
    if not hearing.on:
        return wording.RECORDED_MUTED, False
    if silent_why:
        return silent_why, False
    if hearing.output is None:
        return wording.OPENING, False
    if hearing.trouble and hearing.output.usable:
        return wording.NOT_HEARD_NOW, True
    if hearing.output.state is OutputState.READY:
        return wording.HEARD_FROM.format(name=hearing.output.name), False
    return wording.OUTPUTS[hearing.output.state].format(name=hearing.output.name), not hearing.output.usable


def _trouble(hearing: HearView) -> str:
    if not hearing.on or hearing.output is None:
        return ""
    output = wording.HEARING_TROUBLES[hearing.output.state]
    return output.format(name=hearing.output.name) or hearing.trouble


def _line(heard: Heard, track: HeardTrack | None) -> str:
    if track is None:
        return ""
    said = [track.event.section]
    if heard.lost:
        said.append(wording.OUTPUTS[OutputState.LOST].format(name=heard.output))
    elif heard.mode is Mode.PAUSED:
        said.append(wording.PAUSED)
    if heard.held:
        said.append(wording.HELD)
    if heard.crossing and heard.sounds:
        said.append(wording.COMES_AFTER.format(title=heard.tracks[-2].event.title))
    return " · ".join(part for part in said if part)


def _footer(heard: Heard) -> str:
    """The volume that a person had chosen, and how much lower an alarm had made it."""
    volume = f"{_db(heard.volume_db)} dB"
    ducked = wording.LOWERED_BY.format(change=_db(heard.duck_db)) if heard.duck_db < 0 else ""
    return " · ".join(part for part in (volume, ducked) if part)


def _db(level_db: float) -> str:
    return f"{fmt.MINUS if level_db < 0 else ''}{abs(level_db):.0f}"


def _times(track: HeardTrack | None) -> str:
    if track is None:
        return ""
    place = fmt.duration(int(max(0.0, track.position_s) * 1e9))
    return f"{place} / {clock(track.event.duration_s)}" if track.event.duration_s > 0 else place


def _progress(track: HeardTrack | None) -> float | None:
    if track is None or track.event.duration_s <= 0:
        return None
    return min(1.0, max(0.0, track.position_s / track.event.duration_s))


def _lately(lane: Lane, t_ns: int) -> str:
    """What last happened to the music, for a while after it did."""
    found = what_happened(lane, t_ns, LATELY_NS)
    if found is None:
        return ""
    at_ns, event = found
    seconds = (t_ns - at_ns) // 1_000_000_000
    return (wording.AGO if seconds >= 2 else wording.JUST_NOW).format(what=_said(event), length=seconds)


def _said(event: MusicEvent) -> str:
    action = MusicAction(event.action)
    if action is MusicAction.DUCKED and event.duck_db == 0.0:
        return wording.LET_UP
    words = wording.HAPPENED[action]
    return words.format(title=event.title, output=event.output, volume=_db(event.volume_db))
