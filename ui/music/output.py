"""Sound outputs: the named device of this computer, and one that is silent on purpose.

The device is let go the moment it leaves the list of outputs: a sound server would carry the music on to
whatever is left, which may be the staff's own speaker. It comes back only to the same device, or by choice.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtMultimedia import QAudioDevice, QMediaDevices

from playlists.course import RATE
from ui.music.ports import OutputChoice, OutputHealth, OutputState
from ui.music.pulsesink import PulseSink
from ui.music.sinks import QtSink, Sink
from ui.music.soundserver import SoundServer
from ui.music.watch import STUCK_NS, Seen, Watch, judge

BUFFER_S: Final = 0.5
SERVER_MS: Final = 200
RETRY_NS: Final = 3_000_000_000
LIST_NS: Final = 100_000_000


def _id(device: QAudioDevice) -> str:
    return bytes(device.id().data()).hex()


class DeviceOutput:
    """One device of this computer, by its id or its name; '' takes the default one once and stays with it.

    Make and use it in one thread that runs an event loop. The buffer's `buffer_s` and the sound server's
    `server_ms` say how far ahead of what is heard sound is written; `stuck_ns` how long a device that takes
    nothing is believed in. `server` knows better than Qt which devices are there. The devices in `avoid`, ids
    or names, are never opened, whoever asks: alarms are heard from them.
    """

    def __init__(
        self,
        wanted: str = "",
        *,
        buffer_s: float = BUFFER_S,
        server_ms: int = SERVER_MS,
        stuck_ns: int = STUCK_NS,
        server: SoundServer | None = None,
        avoid: frozenset[str] = frozenset(),
    ) -> None:
        self._wanted = wanted
        self._buffer_s = buffer_s
        self._server_ms = server_ms
        self._stuck_ns = stuck_ns
        self._server = server
        self._avoid = avoid
        self._devices = QMediaDevices()
        self._devices.audioOutputsChanged.connect(self._outputs_changed)
        self._listed: dict[str, QAudioDevice] = {}
        self._listed_ns = 0
        self._choices: tuple[OutputChoice, ...] = ()
        self._name = ""
        self._id = ""
        self._sink: Sink | None = None
        self._watch = Watch(0)
        self._state = OutputState.NONE
        self._retry_ns = 0

    def poll(self, t_ns: int) -> OutputHealth:
        if t_ns - self._listed_ns >= LIST_NS:
            self._listed_ns = t_ns
            self._list()
            if self._sink is not None:
                self._check(self._sink, t_ns)
            if self._sink is None:
                self._look(t_ns)
        return OutputHealth(self._state, self._name, self._choices, self._id)

    def room(self) -> int:
        return self._sink.free() if self._sink is not None else 0

    def buffered(self) -> int:
        return self._sink.buffered() if self._sink is not None else 0

    def write(self, frames: NDArray[np.float32]) -> None:
        if self._sink is not None and len(frames):
            self._sink.write(np.ascontiguousarray(frames, dtype="<f4").tobytes())

    def choose(self, output_id: str) -> None:
        self._give_up()
        self._wanted, self._id, self._name = output_id, "", ""
        self._state, self._retry_ns, self._listed_ns = OutputState.ABSENT, 0, 0

    def close(self) -> None:
        self._give_up()

    def _outputs_changed(self) -> None:
        """Let a device that went away go before the sound server has moved its stream elsewhere."""
        self._list()
        if self._sink is not None and self._id not in self._listed:
            self._give_up()
            self._state = OutputState.LOST

    def _list(self) -> None:
        listed = {_id(device): device for device in QMediaDevices.audioOutputs()}
        self._listed = {key: device for key, device in listed.items() if not self._missing(key)}
        self._choices = tuple(
            OutputChoice(key, device.description())
            for key, device in self._listed.items()
            if not self._is_reserved(device)
        )

    def _is_reserved(self, device: QAudioDevice) -> bool:
        return bool(self._avoid & {_id(device), device.description()})

    def _missing(self, output_id: str) -> bool:
        return self._server is not None and self._server.missing(output_id)

    def _check(self, sink: Sink, t_ns: int) -> None:
        seen = Seen(
            t_ns,
            listed=self._id in self._listed,
            stopped=sink.stopped(),
            failed=sink.failed(),
            played=sink.played(),
        )
        self._watch, problem = judge(self._watch, seen, self._stuck_ns)
        if problem:
            self._give_up()
            self._state = OutputState.LOST
            self._retry_ns = 0 if problem == "removed" else t_ns + RETRY_NS

    def _look(self, t_ns: int) -> None:
        """Open the wanted device if it is there; say why not otherwise."""
        device = self._find()
        if device is None:
            if self._state is not OutputState.LOST:
                self._state = OutputState.ABSENT if self._wanted else OutputState.NONE
                self._name = self._name or self._wanted
        elif self._is_reserved(device):
            self._state, self._name = OutputState.RESERVED, device.description()
        elif t_ns >= self._retry_ns:
            self._open(device, t_ns)

    def _find(self) -> QAudioDevice | None:
        if self._id:
            return self._listed.get(self._id)
        if not self._wanted:
            default = QMediaDevices.defaultAudioOutput()
            return None if default.isNull() else self._listed.get(_id(default))
        named = (device for device in self._listed.values() if device.description() == self._wanted)
        return self._listed.get(self._wanted) or next(named, None)

    def _open(self, device: QAudioDevice, t_ns: int) -> None:
        sink = self._sink_for(device)
        self._id, self._name = _id(device), device.description()
        if sink.failed():
            sink.end()
            self._state, self._retry_ns = OutputState.FAILED, t_ns + RETRY_NS
            return
        self._sink, self._watch = sink, Watch(t_ns)
        self._state = OutputState.READY

    def _sink_for(self, device: QAudioDevice) -> Sink:
        """The server's own stream where there is one: it is never carried on to another device."""
        if self._server is not None and self._server.has(_id(device)):
            return PulseSink(bytes(device.id().data()), self._buffer_s + self._server_ms / 1000)
        return QtSink(device, self._buffer_s, self._server_ms)

    def _give_up(self) -> None:
        sink, self._sink = self._sink, None
        if sink is not None:
            sink.end()


class SilentOutput:
    """Takes sound at the pace of a real device and plays none: a demonstration without a speaker."""

    def __init__(self) -> None:
        self._size = round(BUFFER_S * RATE)
        self._held = 0.0
        self._t_ns = 0

    def poll(self, t_ns: int) -> OutputHealth:
        passed = (t_ns - self._t_ns) / 1e9 * RATE if self._t_ns else 0.0
        self._held = max(0.0, self._held - passed)
        self._t_ns = t_ns
        return OutputHealth(OutputState.SILENT)

    def room(self) -> int:
        return self._size - round(self._held)

    def buffered(self) -> int:
        return round(self._held)

    def write(self, frames: NDArray[np.float32]) -> None:
        self._held += len(frames)

    def choose(self, output_id: str) -> None:
        """There is nothing to choose from."""

    def close(self) -> None:
        """There is nothing to let go."""


def has_outputs() -> bool:
    """Whether this computer has any sound output; needs a running Qt application."""
    return bool(QMediaDevices.audioOutputs())


def listed_outputs() -> tuple[OutputChoice, ...]:
    """Every sound output of this computer now; needs a running Qt application."""
    return tuple(OutputChoice(_id(device), device.description()) for device in QMediaDevices.audioOutputs())


def default_output_id() -> str:
    """The output that this computer uses for what chooses none, '' if there is none."""
    default = QMediaDevices.defaultAudioOutput()
    return "" if default.isNull() else _id(default)
