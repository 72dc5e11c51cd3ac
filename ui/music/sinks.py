"""What takes sound on the way to a device: Qt's own sink, or a stream of the sound server itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol

from PySide6.QtCore import QByteArray, QIODevice
from PySide6.QtMultimedia import QAudioDevice, QAudioFormat, QAudioSink

from playlists.course import RATE

FRAME_BYTES: Final = 8
LATENCY_VARIABLE: Final = "PULSE_LATENCY_MSEC"
HARMLESS: Final = ("NoError", "UnderrunError")
"""Compared by name, as the enumeration's class differs between the versions of Qt."""


class Sink(Protocol):
    """One open device; all calls come from one thread."""

    def free(self) -> int:
        """How many frames it takes now."""
        ...

    def buffered(self) -> int:
        """How many frames it has and did not play yet."""
        ...

    def write(self, frames: bytes) -> None:
        """Stereo float32 frames, no more than it takes."""
        ...

    def stopped(self) -> bool:
        """Whether it plays no more by itself."""
        ...

    def failed(self) -> bool:
        """Whether something is wrong with it."""
        ...

    def played(self) -> int:
        """A number that grows while it plays."""
        ...

    def end(self) -> None:
        """Let the device go, with what was not played yet."""
        ...


class QtSink:
    """A QAudioSink with a buffer of `buffer_s`, and `server_ms` more where there is a sound server."""

    def __init__(self, device: QAudioDevice, buffer_s: float, server_ms: int) -> None:
        self._sink = QAudioSink(device, _format())
        self._sink.setBufferSize(round(buffer_s * RATE) * FRAME_BYTES)
        with _server_latency(server_ms):
            self._pipe: QIODevice | None = self._sink.start()

    def free(self) -> int:
        return self._sink.bytesFree() // FRAME_BYTES

    def buffered(self) -> int:
        return (self._sink.bufferSize() - self._sink.bytesFree()) // FRAME_BYTES

    def write(self, frames: bytes) -> None:
        if self._pipe is not None:
            self._pipe.write(QByteArray(frames))

    def stopped(self) -> bool:
        return self._pipe is None or self._sink.state().name == "StoppedState"

    def failed(self) -> bool:
        return self._pipe is None or self._sink.error().name not in HARMLESS

    def played(self) -> int:
        return self._sink.processedUSecs()

    def end(self) -> None:
        self._sink.reset()
        self._sink.deleteLater()


def _format() -> QAudioFormat:
    made = QAudioFormat()
    made.setSampleRate(RATE)
    made.setChannelCount(2)
    made.setSampleFormat(QAudioFormat.SampleFormat.Float)
    return made


@contextmanager
def _server_latency(milliseconds: int) -> Iterator[None]:
    """Streams begun in here get so much in a PulseAudio or PipeWire server, whatever Qt asks for.

    Qt asks for 20 ms whatever its own buffer is, which drops out on a busy computer; more than its own buffer
    would never begin. libpulse reads the variable when a stream is connected; it is put back so that nothing
    else, such as an alarm's stream, is delayed.
    """
    before = os.environ.get(LATENCY_VARIABLE)
    os.environ[LATENCY_VARIABLE] = str(milliseconds)
    try:
        yield
    finally:
        if before is None:
            del os.environ[LATENCY_VARIABLE]
        else:
            os.environ[LATENCY_VARIABLE] = before
