"""The process that sounds alarms: started, fed and started again for as long as the session lasts.

It gets a beat a second that also says whether the screen lives, so that it can tell when the console stands
still, and it is told goodbye at the end; without that it sounds the failure tone.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kapmonitor.alarms.soundlines import (
    LONGEST_LINE,
    Beat,
    Bye,
    Message,
    MusicAt,
    RecordAt,
    message_line,
    read_report,
)
from kapmonitor.alarms.soundplan import SoundPlan
from kapmonitor.errors import ConfigError
from kapmonitor.sounding import Sounding

TURN_S: Final = 0.05
BEAT_S: Final = 1.0
SILENT_S: Final = 3.0
STARTS_S: Final = 15.0
"""How long a process may take until its first report."""
HELD_UP_S: Final = 1.0
AGAIN_S: Final = 0.1
SLOWER_S: Final = 5.0
LIVED_S: Final = 10.0
"""A process that ended sooner than this, twice in a row, is started again more slowly."""
GOODBYE_S: Final = 1.5


@dataclass(frozen=True, slots=True)
class Outputs:
    """Which outputs the annunciator is given, by name; `auto` takes what the music leaves over."""

    staff: str = ""
    room: str = ""
    music: str | None = ""
    auto: bool = False

    def arguments(self) -> tuple[str, ...]:
        """For the annunciator's command line."""
        music = ("--no-music",) if self.music is None else (f"--music={self.music}",)
        auto = ("--auto",) if self.auto else ()
        return (f"--staff={self.staff}", f"--room={self.room}", *music, *auto)


@dataclass(frozen=True, slots=True)
class Sound:
    """How a session sounds its alarms; `optional` is a demo, which may run without any speaker."""

    outputs: Outputs
    plan: SoundPlan
    optional: bool = False


def outputs_of(staff: str, room: str, music: str | None) -> Outputs:
    """The outputs of a command line; ConfigError if two of them are one."""
    for option, name, others in (
        ("--staff-output", staff, (music, room)),
        ("--room-output", room, (music,)),
    ):
        if name and name in others:
            allowed = f"another output than {name}, which is given to another purpose already"
            raise ConfigError("the command line", option, allowed)
    return Outputs(staff, room, music)


class Annunciator:
    """One task on the core thread; cancelling it ends the process in order."""

    def __init__(
        self, outputs: Outputs, desk: Sounding, record: Callable[[], Path], alive: Callable[[], bool]
    ) -> None:
        """Without a beat it sounds the failure tone: there is one while alarms are evaluated (`alive`)."""
        self._outputs = outputs
        self._record = record
        self._alive = alive
        self._desk = desk
        self._heard_s = 0.0
        self._beats = 0
        self._last_words = ""

    async def run(self) -> None:
        """Until cancelled."""
        gap_from_s, quick = time.monotonic(), 0
        while True:
            began_s = time.monotonic()
            try:
                process = await self._start()
            except OSError as error:
                self._desk.process("not-started", str(error))
                await asyncio.sleep(SLOWER_S)
                continue
            self._desk.process("started", str(process.pid), int((began_s - gap_from_s) * 1e9))
            try:
                why = await self._live(process)
            finally:
                await self._end(process)
            gap_from_s = time.monotonic()
            self._desk.process(why, self._last_words)
            quick = quick + 1 if gap_from_s - began_s < LIVED_S else 0
            await asyncio.sleep(AGAIN_S if quick < 2 else SLOWER_S)

    async def _start(self) -> asyncio.subprocess.Process:
        self._last_words = ""
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "ui.annunciator",
            *self._outputs.arguments(),
            f"--record={self._record().absolute()}",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=LONGEST_LINE,
            cwd=Path(__file__).parent.parent,
            # What the terminal sends to the console, such as Ctrl+C, must not end it first.
            start_new_session=True,
        )

    async def _live(self, process: asyncio.subprocess.Process) -> str:
        """Feed it until it ends ('ended') or does not answer ('silent')."""
        readers = [
            asyncio.create_task(self._read(process.stdout)),
            asyncio.create_task(self._read_errors(process.stderr)),
        ]
        self._heard_s = time.monotonic() + STARTS_S - SILENT_S
        looked_s = time.monotonic()
        beat_s, sent, music, record = 0.0, -1, None, self._record()
        try:
            while process.returncode is None and not readers[0].done():
                now_s = time.monotonic()
                if now_s - looked_s > HELD_UP_S:
                    self._heard_s = max(self._heard_s, now_s)
                looked_s = now_s
                if now_s - self._heard_s > SILENT_S:
                    process.kill()  # it would not hear a goodbye
                    return "silent"
                if self._desk.music is not None and self._desk.music != music:
                    music = self._desk.music
                    _say(process, MusicAt(music))
                if self._record() != record:
                    record = self._record()
                    _say(process, RecordAt(str(record.absolute())))
                want = self._desk.want()
                if want.number != sent:
                    sent = want.number
                    _say(process, want)
                if now_s - beat_s >= BEAT_S and self._alive():
                    beat_s = now_s
                    self._beats += 1
                    _say(process, Beat(self._beats, self._desk.gui.beats if self._desk.gui else None))
                await asyncio.sleep(TURN_S)
        finally:
            for reader in readers:
                reader.cancel()
        return "ended"

    async def _read(self, stream: asyncio.StreamReader | None) -> None:
        while stream is not None and (line := await _line(stream)):
            report = read_report(line)
            if report is not None:
                self._heard_s = time.monotonic()
                self._desk.heard(report)

    async def _read_errors(self, stream: asyncio.StreamReader | None) -> None:
        """Keep the last line, which says why it ended if it failed."""
        while stream is not None and (line := await _line(stream)):
            self._last_words = line.decode(errors="replace").strip()[:200] or self._last_words

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        """Say goodbye, and make sure that it is gone."""
        if process.returncode is None:
            _say(process, Bye())
            with contextlib.suppress(TimeoutError, ProcessLookupError):
                await asyncio.wait_for(process.wait(), GOODBYE_S)
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _line(stream: asyncio.StreamReader) -> bytes:
    """One line, b'' at the end; a line that is too long is the end, too."""
    try:
        return await stream.readline()
    except ValueError:
        return b""


def _say(process: asyncio.subprocess.Process, message: Message) -> None:
    if process.stdin is not None and not process.stdin.is_closing():
        process.stdin.write(message_line(message))
