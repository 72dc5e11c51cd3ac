"""The music itself: takes what people ask, lets the course run, mixes, and tells the record and the panel.

Everything here runs in one thread, on each `tick`; nothing waits. It knows an output only by its port, so
that the whole of it runs without a sound device.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kapmonitor.commands import ReportMusic
from kapmonitor.session.events import MusicAction, MusicEvent, Phase
from playlists.check import Checked
from playlists.course import RATE, Ask, Cue, CueState, Mode, Said
from playlists.cues import initial, step
from playlists.level import from_db
from playlists.model import Place
from playlists.tape import advance
from ui.music.decoder import Stream
from ui.music.looking import looked_at
from ui.music.mixer import GATE_RAMP_S, VOLUME_RAMP_S, Mixer, Ramp
from ui.music.pace import Pace
from ui.music.picture import picture
from ui.music.ports import MusicView, Output, OutputHealth, OutputState
from ui.music.shelf import Shelf
from ui.music.teller import Report, Teller

BLOCK: Final = RATE // 20
STALLED_NS: Final = 5_000_000_000
TROUBLE_NS: Final = 60_000_000_000
BREAKS_OFF: Final = RATE // 5
"""A file shorter than its header says by more than this is damaged; less is how some formats count."""

log = logging.getLogger(__name__)


class Engine:
    """Plays one playlist on one output. `report` is called from the thread that calls `tick`."""

    def __init__(self, checked: Checked, output: Output, report: Report, phase: Phase) -> None:
        self.playlist = checked.playlist
        self.state: CueState = initial(self.playlist, phase, checked.missing)
        self._output = output
        self._shelf = Shelf(self.playlist)
        self._teller = Teller(report, self._shelf.fingerprint)
        self._mixer = Mixer()
        self._mixer.volume = Ramp(from_db(self.state.volume_db))
        self._duck_db = 0.0
        self._health = OutputHealth(OutputState.NONE)
        self._real_ns = 0
        self._moved_ns = 0
        self._fault = ""
        self._pace = Pace()
        self._chosen = False
        self._trouble = ""
        self._trouble_until_ns = 0

    def announce(self, checked: Checked, real_ns: int, t_ns: int) -> None:
        """Say which tracks were found unplayable, before anything sounds."""
        for item in checked.unplayable:
            self._tell((Said(MusicAction.MISSING, item.place, 0),), t_ns)
            self._say_trouble(item.place, item.reason, real_ns)

    def ask(self, cue: Cue, t_ns: int) -> None:
        """Something was asked for, or happened, at `t_ns` of the session."""
        self.state, said = step(self.playlist, self.state, cue)
        self._mixer.volume.to(from_db(self.state.volume_db), VOLUME_RAMP_S)
        self._tell(said, t_ns)

    def toggle(self, t_ns: int) -> None:
        """Play or pause; to begin with tracks left out is to look for them again."""
        if self.state.mode is Mode.STOPPED and self.state.missing:
            self._look_again(t_ns)
        self.ask(Cue(Ask.PAUSE if self.state.mode is Mode.PLAYING else Ask.PLAY), t_ns)

    def toggle_hold(self, t_ns: int) -> None:
        """Hold or release."""
        self.ask(Cue(Ask.RELEASE if self.state.held else Ask.HOLD), t_ns)

    def toggle_ground(self, t_ns: int) -> None:
        """To the grounding section, or back."""
        self.ask(Cue(Ask.RETURN if self.state.grounded else Ask.GROUND), t_ns)

    def follow(self, phase: Phase, t_ns: int) -> None:
        """The session's phase; the same one again is no news."""
        if phase is not self.state.phase:
            self.ask(Cue(Ask.PHASE, phase=phase), t_ns)

    def choose_output(self, output_id: str) -> None:
        """Use another output."""
        self._output.choose(output_id)
        self._chosen = True

    def duck(self, depth_db: float, over_s: float, t_ns: int) -> None:
        """Lower the music for a while without touching its volume."""
        before, self._duck_db = self._duck_db, min(0.0, -abs(depth_db))
        self._mixer.duck.to(from_db(self._duck_db), over_s)
        if self._duck_db != before:
            fade = round(over_s * RATE)
            self._tell((Said(MusicAction.DUCKED, self.state.place, self.state.at, fade),), t_ns)

    def ahead_ns(self) -> int:
        """How far ahead of what is heard sound has been written: any change is heard so much later."""
        return int(self._output.buffered() / RATE * 1e9) if self._playing else 0

    def tick(self, real_ns: int, t_ns: int) -> MusicView:
        """Fill the output and say how things are; `real_ns` is real time, `t_ns` the session's."""
        self._real_ns = real_ns
        self._moved_ns = self._moved_ns or real_ns
        self._poll(real_ns, t_ns)
        self._follow_pace(t_ns)
        self._open()
        self._drop_broken(real_ns, t_ns)
        if self._health.usable:
            self._fill(real_ns, t_ns)
        self._teller.pass_on(real_ns)
        trouble = self._trouble if real_ns < self._trouble_until_ns else ""
        return picture(self.playlist, self.state, self._health, self._duck_db, trouble)

    def stop(self, t_ns: int) -> float:
        """Stop, and say so; returns for how many seconds ticks must go on until the fade has been heard."""
        heard = self._playing and self._health.state is OutputState.READY
        self.ask(Cue(Ask.STOP), t_ns)
        return GATE_RAMP_S + self._output.buffered() / RATE if heard else 0.0

    def close(self) -> None:
        """Let files and output go; what was not told yet is told."""
        self._teller.close()
        self._shelf.close()
        self._output.close()

    def join(self, timeout_s: float) -> None:
        """Wait for the reading threads after `close()`."""
        self._shelf.join(timeout_s)

    def _look_again(self, t_ns: int) -> None:
        """What came back may be played again; what went away meanwhile is left out as at any other time."""
        checked = looked_at(self.playlist)
        self.playlist = checked.playlist
        self._shelf.use(self.playlist)
        if not checked.missing:
            self._trouble = ""
        self.state = replace(self.state, missing=self.state.missing & checked.missing)
        for item in checked.unplayable:
            if item.place not in self.state.missing:
                self._drop(item.place, item.reason, self._real_ns, t_ns)
        if self.state.place is None:
            fresh = initial(self.playlist, self.state.phase, self.state.missing)
            self.state = replace(self.state, place=fresh.place)

    def _open(self) -> None:
        """Open what may sound soon; what fails in that must not end what sounds."""
        try:
            self._shelf.tidy(self.state)
        except Exception as why:
            # It is tried again with every tick, and is left out once the music has stood still for it.
            if self._fault != repr(why):
                log.exception("a track could not be opened")
            self._fault = repr(why)

    @property
    def _playing(self) -> bool:
        return self.state.mode is Mode.PLAYING and self.state.output

    def _poll(self, real_ns: int, t_ns: int) -> None:
        before, self._health = self._health, self._output.poll(real_ns)
        self._pace.look(t_ns, self._output.buffered())
        if not self._health.usable:
            if self.state.output:
                self._mixer.gate = Ramp(0.0)
                self.ask(Cue(Ask.OUTPUT_LOST), t_ns)
            return
        if self._chosen or (before.name and before.name != self._health.name):
            self._chosen = False
            self._tell((Said(MusicAction.OUTPUT_CHANGED, self.state.place, self.state.at),), t_ns)
        self.ask(Cue(Ask.OUTPUT_BACK), t_ns)

    def _fill(self, real_ns: int, t_ns: int) -> None:
        room = self._output.room()
        if room < BLOCK or not self._playing:
            self._moved_ns = real_ns
        while room >= BLOCK:
            made = self._block(min(room, 2 * BLOCK), t_ns)
            if len(made) == 0:
                break
            self._output.write(made)
            self._pace.wrote(len(made))
            self._moved_ns = real_ns
            room -= len(made)
        if room >= BLOCK and self._output.buffered() < BLOCK:
            self._output.write(np.zeros((BLOCK, 2), dtype=np.float32))
            self._pace.waited(BLOCK)

    def _follow_pace(self, t_ns: int) -> None:
        """Say where the track is if it is not where the record would have it."""
        if self._playing and self.state.voices and self._pace.is_off(t_ns):
            newest = self.state.voices[-1]
            self._tell((Said(MusicAction.AT, newest.place, newest.at),), t_ns)

    def _block(self, count: int, t_ns: int) -> NDArray[np.float32]:
        """At most `count` frames; silence where nothing is meant to sound, none where a track is late."""
        self._mixer.gate.to(1.0 if self._playing else 0.0, GATE_RAMP_S)
        if not self._playing and not self.state.voices:
            # Paused as a track ended: what the gate would have closed on is over.
            self._mixer.gate = Ramp(0.0)
        if not self._playing and self._mixer.gate.value == 0.0:
            return np.zeros((count, 2), dtype=np.float32)
        if not self._playing:
            count = min(count, self._mixer.gate.left)
        voices = self._shelf.voices
        late = [voices[v.id].available for v in self.state.voices if not voices[v.id].ended]
        moved = advance(self.playlist, self.state, min([count, *late]), self._shelf.ready())
        self.state = moved.state
        for segment in moved.segments:
            for piece in segment.slices:
                self._shelf.begin(piece.voice, piece.place)
        for voice in moved.state.voices:
            self._shelf.begin(voice.id, voice.place)
        self._tell(moved.said, t_ns)
        return self._mixer.mix(moved.segments, voices, self.playlist)

    def _drop_broken(self, real_ns: int, t_ns: int) -> None:
        """Give up tracks that cannot be read, break off early, or come too slowly."""
        for place, stream in tuple(self._shelf.waiting.items()):
            if stream.problem or _is_over(stream):
                name = self.playlist.track(place).path.name
                self._drop(place, stream.problem or f"{name} cannot be read", real_ns, t_ns)
        for voice in self.state.voices:
            stream, track = self._shelf.voices[voice.id], self.playlist.track(voice.place)
            left = (track.duration_s - track.start_s) * RATE - voice.at
            if stream.ended and stream.available == 0 and left > BREAKS_OFF:
                reason = stream.problem or f"{track.path.name} breaks off early"
                self._drop(voice.place, reason, real_ns, t_ns)
        stalled = self._playing and self._health.usable and real_ns - self._moved_ns > STALLED_NS
        late = self._late() if stalled else None
        if late is not None:
            name = self.playlist.track(late).path.name
            self._drop(late, f"{name} comes too slowly from its disk", real_ns, t_ns)
            self._moved_ns = real_ns

    def _late(self) -> Place | None:
        """The track that the music stands still for: one that sounds, else the one that is to begin."""
        voices = self._shelf.voices
        for voice in self.state.voices:
            if not voices[voice.id].ended and voices[voice.id].available == 0:
                return voice.place
        return self.state.place if self.state.pending is None else self.state.pending.place

    def _drop(self, place: Place, reason: str, real_ns: int, t_ns: int) -> None:
        self._say_trouble(place, reason, real_ns)
        self._shelf.drop(place)
        self.ask(Cue(Ask.MISSING, place=place), t_ns)

    def _say_trouble(self, place: Place, reason: str, real_ns: int) -> None:
        self._trouble = f"{self.playlist.track(place).title} left out: {reason}"
        self._trouble_until_ns = real_ns + TROUBLE_NS

    def _tell(self, said: tuple[Said, ...], t_ns: int) -> None:
        for one in said:
            event = self._event(one, self._pace.heard_after_s(t_ns, one.after))
            self._teller.tell(ReportMusic(t_ns, event), one.place)
            self._pace.told()

    def _event(self, said: Said, heard_after_s: float) -> MusicEvent:
        track = None if said.place is None else self.playlist.track(said.place)
        section = "" if said.place is None else self.playlist.section(said.place).name
        return MusicEvent(
            action=said.action.value,
            section=section,
            track=track.id if track else "",
            title=track.title if track else "",
            position_s=round(said.at / RATE + (track.start_s if track else 0.0), 6),
            duration_s=round(track.duration_s, 3) if track else 0.0,
            volume_db=self.state.volume_db,
            output=self._health.name or self._health.state.value,
            duck_db=self._duck_db,
            gain_db=round(track.gain_db + track.level_db, 2) if track else 0.0,
            heard_after_s=heard_after_s,
            fade_s=round(said.fade / RATE, 6),
            end_s=round(track.start_s + track.played_s, 6) if track else 0.0,
            file=str(track.path) if track else "",
        )


def _is_over(stream: Stream) -> bool:
    """Whether a track that was to begin will never come: its thread ended and left nothing, and no word why.

    Of a track that is to begin elsewhere than at its beginning, the rest may still be good.
    """
    return stream.ended and stream.available == 0 and stream.at == 0
