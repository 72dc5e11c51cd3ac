"""Plays what a record says was heard, in step with a playhead, through the same mixer and output.

Everything here runs in one thread, on each `tick`; nothing waits. Where the playhead jumps the sound fades,
and what comes after is what belongs to the new place; while it stands or runs faster nothing is heard.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from playlists.course import RATE
from playlists.heard import Heard, HeardTrack, Lane
from playlists.model import Place, Playlist, Section
from playlists.tape import Segment, Slice
from ui.music import wording
from ui.music.decoder import AHEAD, Stream
from ui.music.mixer import Mixer, Ramp
from ui.music.pace import Pace
from ui.music.ports import Output, OutputHealth, OutputState
from ui.music.sources import problem, tracks_of, unknown

BLOCK: Final = RATE // 20
FADE_S: Final = 0.06
JUMP_NS: Final = 30_000_000
SOON_NS: Final = 2_000_000_000
SAME: Final = 2
"""Frames that a place may differ by: the record's times are rounded."""

NO_OUTPUT: Final = OutputHealth(OutputState.NONE)

Frames = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Head:
    """A playhead: at `t_ns` of the record when the computer's own clock showed `real_ns`.

    `runs` is whether it runs at the pace of the session: only then can music be heard.
    """

    t_ns: int = 0
    real_ns: int = 0
    runs: bool = False

    def at(self, real_ns: int) -> int:
        """Where it is at another time of the clock."""
        return self.t_ns + (real_ns - self.real_ns if self.runs else 0)


@dataclass(frozen=True, slots=True)
class HearView:
    """How the hearing stands: whether it was asked for, where it goes, and what cannot be heard and why.

    Without an `output` that is still being opened.
    """

    on: bool = False
    output: OutputHealth | None = None
    trouble: str = ""


@dataclass(slots=True)
class _Voice:
    """A stream, and which frame of its file it gives next."""

    stream: Stream
    next: int


class Rehearing:
    """Fills an output with the music of a record; it is open only while somebody wants to hear that."""

    def __init__(self, lane: Lane, output: Output) -> None:
        self._lane = lane
        self._output = output
        self._tracks = tracks_of(lane)
        self._playlist = Playlist("", (Section("", tuple(self._tracks.values())),))
        self._places = {serial: Place(0, number) for number, serial in enumerate(self._tracks)}
        self._voices: dict[int, _Voice] = {}
        self._closing: list[Stream] = []
        self._why: dict[int, str] = {}
        self._mixer = Mixer()
        self._pace = Pace()
        self._head = Head()
        self._on = False
        self._jumped = True
        self._cursor_ns = 0
        self._health = NO_OUTPUT

    def hear(self, *, on: bool) -> None:
        """Be heard from now on, or no longer."""
        self._on = on

    def follow(self, head: Head) -> None:
        """The playhead is there."""
        strayed = abs(head.at(head.real_ns) - self._head.at(head.real_ns)) > JUMP_NS
        self._jumped = self._jumped or strayed or head.runs is not self._head.runs
        self._head = head

    def tick(self, real_ns: int) -> HearView:
        """Fill the output; `real_ns` is the computer's own clock."""
        if not self._on and self._is_quiet:
            self._rest()
            return HearView()
        self._health = self._output.poll(real_ns)
        self._pace.look(real_ns, self._output.buffered())
        if self._health.usable:
            self._fill(real_ns)
        else:
            self._mixer.gate, self._jumped = Ramp(0.0), True
        return HearView(self._on, self._health, self._trouble(self._head.at(real_ns)))

    def stop(self) -> float:
        """Be quiet; returns for how many seconds ticks must go on until that has been heard."""
        heard = self._health.usable and not self._is_quiet
        self._on = False
        return FADE_S + self._output.buffered() / RATE if heard else 0.0

    def close(self) -> None:
        """Let files and output go."""
        self._rest()

    def join(self, timeout_s: float) -> None:
        """Wait for the reading threads after `close()`."""
        for stream in self._closing:
            stream.join(timeout_s)

    @property
    def _is_quiet(self) -> bool:
        return self._mixer.gate.value == self._mixer.gate.target == 0.0

    def _rest(self) -> None:
        for serial in tuple(self._voices):
            self._drop(serial)
        self._why.clear()
        self._jumped = True
        self._health = NO_OUTPUT
        self._output.close()

    def _drop(self, serial: int) -> None:
        stream = self._voices.pop(serial).stream
        stream.close()
        self._closing = [other for other in self._closing if not other.ended]
        self._closing.append(stream)

    def _fill(self, real_ns: int) -> None:
        wanted = self._on and self._head.runs
        if self._is_quiet:
            self._align(real_ns)
            self._keep()
            wanted = wanted and self._is_ready()
        else:
            self._jumped = self._jumped or self._pace.is_off(real_ns)
            self._keep()
        self._mixer.gate.to(1.0 if wanted and not self._jumped else 0.0, FADE_S)
        room = self._output.room()
        while room >= BLOCK:
            made = self._block(BLOCK)
            self._output.write(made)
            self._pace.wrote(len(made))
            room -= len(made)

    def _align(self, real_ns: int) -> None:
        """Go on from where the playhead will be when what is written next is heard."""
        self._cursor_ns = self._head.at(real_ns) + self._pace.ahead_ns(real_ns)
        self._mixer.volume = Ramp(self._lane.heard(self._cursor_ns).master)
        self._jumped = False
        self._pace.told()

    def _is_ready(self) -> bool:
        """Whether every track that sounds can be heard at once, or never."""
        for track in self._lane.heard(self._cursor_ns).tracks:
            voice = self._voices.get(track.begun)
            if voice is not None and not voice.stream.problem and not self._reaches(voice, track, 2 * BLOCK):
                return False
        return True

    @staticmethod
    def _reaches(voice: _Voice, track: HeardTrack, count: int) -> bool:
        late = _frame(track) - voice.next
        return late >= -SAME and (voice.stream.ended or voice.stream.available >= late + count)

    def _block(self, count: int) -> Frames:
        """The next frames, at most `count`; silence where none are wanted."""
        gate = self._mixer.gate
        if gate.value == 0.0 and gate.target == 0.0:
            return np.zeros((count, 2), dtype=np.float32)
        if gate.target == 0.0:
            count = min(count, gate.left)
        change_ns = self._lane.next_change_ns(self._cursor_ns)
        if change_ns is not None:
            count = max(1, min(count, (change_ns - self._cursor_ns) * RATE // 1_000_000_000))
        end_ns = self._cursor_ns + count * 1_000_000_000 // RATE
        now, then = self._lane.heard(self._cursor_ns), self._lane.heard(end_ns - 1_000_000_000 // RATE)
        self._mixer.volume.to(then.master, count / RATE)
        segment = Segment(count, self._slices(now, then, count))
        streams = {piece.voice: self._voices[piece.voice].stream for piece in segment.slices}
        mixed = self._mixer.mix((segment,), streams, self._playlist)
        for piece in segment.slices:
            self._voices[piece.voice].next += count
        self._cursor_ns = end_ns
        return mixed

    def _slices(self, now: Heard, then: Heard, count: int) -> tuple[Slice, ...]:
        """What sounds of each track; one that is not there yet is left out until it is."""
        if now.master == then.master == 0.0:
            return ()
        ends = {track.begun: track.level for track in then.tracks}
        made = []
        for track in now.tracks:
            if self._catches_up(track, count):
                level1 = ends.get(track.begun, 0.0)
                made.append(Slice(track.begun, self._places[track.begun], 0, track.level, level1))
        return tuple(made)

    def _catches_up(self, track: HeardTrack, count: int) -> bool:
        """Bring a stream to where its track is; whether it can give the next frames from there."""
        voice = self._voices.get(track.begun)
        if voice is None or voice.stream.problem or not self._reaches(voice, track, count):
            return False
        late = _frame(track) - voice.next
        if late > SAME:
            voice.stream.read(late)
            voice.next += late
        return True

    def _keep(self) -> None:
        """Have those tracks open that sound, and those that soon will."""
        now, soon = self._lane.heard(self._cursor_ns), self._lane.heard(self._cursor_ns + SOON_NS)
        sounding = {track.begun: _frame(track) for track in now.tracks}
        coming = {track.begun: round(track.event.position_s * RATE) for track in soon.tracks}
        wanted = coming | sounding
        self._why |= {
            serial: problem(self._tracks[serial], voice.stream)
            for serial, voice in self._voices.items()
            if voice.stream.problem
        }
        for serial in tuple(self._voices):
            if serial not in wanted:
                self._drop(serial)
        for serial, at in wanted.items():
            voice = self._voices.get(serial)
            if voice is not None and not -SAME <= at - voice.next <= AHEAD:
                self._drop(serial)
                voice = None
            if voice is None and serial not in self._why and not unknown(self._tracks[serial]):
                self._voices[serial] = _Voice(Stream(self._tracks[serial], at), at)

    def _trouble(self, t_ns: int) -> str:
        """Why something cannot be heard of what was; one sentence, else empty."""
        for track in self._lane.heard(t_ns).tracks:
            known = self._tracks[track.begun]
            why = unknown(known) or self._why.get(track.begun, "")
            if why:
                return wording.NOT_HEARD.format(title=known.title, why=why)
        return ""


def _frame(track: HeardTrack) -> int:
    return max(0, round(track.position_s * RATE))
