"""One output of alarms: a stream kept open and fed with silence, so that a dead device shows at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from kapmonitor.alarms.signals import OutputReport, OutputWord, SoundName
from kapmonitor.alarms.tones import RATE, Samples
from ui.annunciator.channel import Channel
from ui.annunciator.routing import Route
from ui.music.output import DeviceOutput
from ui.music.ports import OutputState
from ui.music.soundserver import SoundServer

BUFFER_S: Final = 0.12
SERVER_MS: Final = 60
"""How far ahead of what is heard sound is written: as little as a busy computer bears."""
STUCK_NS: Final = 900_000_000
AHEAD: Final = round(BUFFER_S * RATE)
WORDS: Final = {
    OutputState.READY: OutputWord.READY,
    OutputState.SILENT: OutputWord.FAILED,
    OutputState.NONE: OutputWord.ABSENT,
    OutputState.ABSENT: OutputWord.ABSENT,
    OutputState.LOST: OutputWord.LOST,
    OutputState.FAILED: OutputWord.FAILED,
    OutputState.RESERVED: OutputWord.FAILED,
}


class Speaker:
    """Owns one device, or none while its route leads nowhere."""

    def __init__(self, tones: Mapping[SoundName, Samples], server: SoundServer) -> None:
        self._server = server
        self.channel = Channel(tones)
        self._route = Route(OutputWord.NOT_CHOSEN)
        self._output: DeviceOutput | None = None
        self._state = OutputWord.NOT_CHOSEN

    @property
    def works(self) -> bool:
        """Whether the device took sound when it was last looked at."""
        return self._state is OutputWord.READY

    def go(self, route: Route) -> None:
        """Use this device from now on. One that went away is kept, as it may come back."""
        gone = route.word is OutputWord.ABSENT and self._route.id and self._route.name == route.name
        if route == self._route or gone:
            return
        if route.id != self._route.id:
            self.close()
        self._route = route
        if route.id and self._output is None:
            self._output = DeviceOutput(
                route.id,
                buffer_s=BUFFER_S,
                server_ms=SERVER_MS,
                stuck_ns=STUCK_NS,
                server=self._server,
            )
        self._state = OutputWord.ABSENT if route.id else route.word

    def tick(self, real_ns: int) -> None:
        """Look at the device and feed it."""
        output = self._output
        if output is None:
            return
        health = output.poll(real_ns)
        worked, self._state = self.works, WORDS[health.state]
        if self.works and self._server.silent(self._route.id):
            self._state = OutputWord.MUTED
        if not health.usable:
            return
        if self.works and not worked:
            self.channel.begin_again()
        # Some sound servers offer more room than was asked for: what is written too early is heard too late.
        count = min(output.room(), AHEAD - output.buffered())
        if count > 0:
            mono = self.channel.take(count)
            output.write(np.repeat(mono[:, None], 2, axis=1))

    def report(self) -> OutputReport:
        """How it is, and what it plays."""
        playing = self.channel.playing if self.works else ""
        return OutputReport(self._state, self._route.name, playing, self.channel.bursts)

    def close(self) -> None:
        """Let the device go."""
        if self._output is not None:
            self._output.close()
            self._output = None
