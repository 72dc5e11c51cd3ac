"""The annunciator's one loop: what the core wants, what the outputs can, what is heard."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from kapmonitor.alarms.signals import LOUD, SOFT, OutputRole, Report, SoundName, Tone
from kapmonitor.alarms.soundlines import (
    Beat,
    Bye,
    Dismissed,
    Message,
    MusicAt,
    RecordAt,
    Want,
    read_message,
    report_line,
)
from kapmonitor.alarms.tones import all_tones
from ui.annunciator import heart as heart_module
from ui.annunciator.goingon import GoingOn
from ui.annunciator.heart import Health, Heart
from ui.annunciator.lines import Lines
from ui.annunciator.routing import Names, music_id, routes
from ui.annunciator.speaker import Speaker
from ui.annunciator.window import StoppedWindow
from ui.music.output import default_output_id, listed_outputs
from ui.music.ports import OutputChoice
from ui.music.soundserver import SoundServer

TICK_MS: Final = 20
LIST_NS: Final = 250_000_000
REPORT_NS: Final = 500_000_000
FAILURE_IN_ROOM_NS: Final = 10_000_000_000
FAILURE: Final = Tone(SoundName.FAILURE, -9.0, 0.2)
LOUDER_DB: Final = 6.0
IN_THE_ROOM: Final = {SOFT[priority]: LOUD[priority] for priority in SOFT}


class Program:
    """Owns the speakers, the heart and the window; `tick` is called some fifty times a second."""

    def __init__(
        self,
        names: Names,
        music: str | None,
        lines: Lines,
        end: Callable[[], None],
        going_on: GoingOn,
    ) -> None:
        self._going_on = going_on
        self._names = names
        self._music = music
        self._lines = lines
        self._end = end
        tones = all_tones()
        self._server = SoundServer()
        self._server.start()
        self._staff = Speaker(tones, self._server)
        self._room = Speaker(tones, self._server)
        self._heart = Heart(time.monotonic_ns())
        self._want = Want(0)
        self._chimed = 0
        self._outputs: tuple[OutputChoice, ...] = ()
        self._listed_ns = self._looked_ns = 0
        self._reported: tuple[Report, int] = (Report(), 0)
        self.window = StoppedWindow(self.dismiss)

    def dismiss(self) -> None:
        """Somebody knows that the console stopped."""
        self._heart = heart_module.seen(self._heart)

    def tick(self) -> None:
        """One turn."""
        now_ns = time.monotonic_ns()
        for line in self._lines.take():
            message = read_message(line)
            if message is not None:
                self._on_message(message, now_ns)
        if self._lines.ended and not self._heart.gone:
            self._heart = heart_module.gone(self._heart)
        self._heart = heart_module.look(self._heart, now_ns)
        if now_ns - self._listed_ns >= LIST_NS:
            self._listed_ns = now_ns
            self._route()
        self._play(now_ns)
        self._show(now_ns)
        self._report(now_ns)
        if self._heart.over(now_ns) or self._is_replaced(now_ns):
            self._end()

    def _is_replaced(self, now_ns: int) -> bool:
        """Whether the console is gone and another one has taken up its session, with its own annunciator."""
        if not self._heart.gone or now_ns - self._looked_ns < LIST_NS:
            return False
        self._looked_ns = now_ns
        return self._going_on.look()

    def close(self) -> None:
        """Let the outputs go."""
        self._staff.close()
        self._room.close()
        self._server.close()

    def _on_message(self, message: Message, now_ns: int) -> None:
        match message:
            case Want():
                self._want = message
                self._chime()
            case Beat(_, gui):
                self._heart = heart_module.beat(self._heart, gui, now_ns)
            case MusicAt(output):
                self._music = output
                self._route()
            case RecordAt(path):
                self._going_on.follow(path)
            case Dismissed():
                self.dismiss()
            case Bye():
                self._end()

    def _chime(self) -> None:
        chime = self._want.chime
        if chime is None or chime.number == self._chimed:
            return
        self._chimed = chime.number
        staff = chime.output is OutputRole.STAFF
        # A check that is heard from another output than the one that is asked about would be a lie.
        instead = staff and not self._staff.works and chime.sound is not SoundName.CHECK
        speaker = self._staff if staff and not instead else self._room
        speaker.channel.once(chime.sound, chime.level_db)

    def _route(self) -> None:
        self._outputs = tuple(o for o in listed_outputs() if not self._server.missing(o.id))
        music = music_id(self._outputs, self._music, default_output_id())
        staff, room = routes(self._outputs, self._names, music)
        self._staff.go(staff)
        self._room.go(room)

    def _play(self, now_ns: int) -> None:
        if self._heart.health is not Health.WELL:
            sounds = self._heart.sounds(now_ns)
            late = now_ns - self._heart.since_ns >= FAILURE_IN_ROOM_NS
            staff = FAILURE if sounds else None
            room = FAILURE if sounds and (late or not self._staff.works) else None
            finish = False
        else:
            staff, room = self._fall_back(self._want.staff, self._want.room)
            finish = self._want.finish
        for speaker, tone in ((self._staff, staff), (self._room, room)):
            speaker.channel.want(tone, finish=finish)
            speaker.tick(now_ns)

    def _fall_back(self, staff: Tone | None, room: Tone | None) -> tuple[Tone | None, Tone | None]:
        """What is wanted of an output that does not work is heard from the other one."""
        if staff is not None and room is None and not self._staff.works and self._room.works:
            return None, replace(staff, sound=IN_THE_ROOM.get(staff.sound, staff.sound))
        if staff is not None and room is not None and not self._room.works:
            return replace(staff, level_db=min(0.0, staff.level_db + LOUDER_DB)), None
        return staff, room

    def _show(self, now_ns: int) -> None:
        if self._heart.health is Health.STOPPED:
            self.window.appear(self._heart.silent_ns(now_ns) / 1e9)
        elif self.window.isVisible():
            self.window.hide()

    def _report(self, now_ns: int) -> None:
        report = Report(
            answered=self._want.number,
            staff=self._staff.report(),
            room=self._room.report(),
            outputs=tuple(output.name for output in self._outputs),
            failing=self._heart.health is not Health.WELL,
            silent_s=round(self._heart.silent_ns(now_ns) / 1e9, 1),
        )
        before, told_ns = self._reported
        if replace(report, silent_s=before.silent_s) != before or now_ns - told_ns >= REPORT_NS:
            self._reported = report, now_ns
            self._lines.say(report_line(report))
