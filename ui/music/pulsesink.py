"""A stream of a PulseAudio or PipeWire server that ends with its device and is never moved to another one.

A server carries the streams of a device that goes on to the default one, which may be the speaker that alarms
come from; Qt cannot forbid it, the server's own library can.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from typing import Final

from playlists.course import RATE
from ui.music.sinks import FRAME_BYTES
from ui.music.soundserver import FAILED, LIBRARY, NO_AUTOSPAWN, READY, SampleSpec

FLOAT32_LE: Final = 5
DONT_MOVE: Final = 0x0200
ADJUST_LATENCY: Final = 0x2000
STREAM_READY: Final = 2
STREAM_FAILED: Final = 3
RELATIVE: Final = 0
WHATEVER: Final = 0xFFFFFFFF
WAIT_S: Final = 1.0
LOOK_S: Final = 0.002
POINTERS: Final = (
    "pa_threaded_mainloop_new",
    "pa_threaded_mainloop_get_api",
    "pa_context_new",
    "pa_stream_new",
)
SIZE_ERROR: Final = ctypes.c_size_t(-1).value


class _Buffer(ctypes.Structure):
    """pa_buffer_attr."""

    _fields_ = tuple(
        (name, ctypes.c_uint32) for name in ("maxlength", "tlength", "prebuf", "minreq", "fragsize")
    )


class PulseSink:
    """Plays on the output of this name, `buffer_s` ahead; waits at most a second for the server."""

    def __init__(self, output: bytes, buffer_s: float) -> None:
        self._pulse = ctypes.CDLL(LIBRARY)
        for name in POINTERS:
            getattr(self._pulse, name).restype = ctypes.c_void_p
        self._pulse.pa_stream_writable_size.restype = ctypes.c_size_t
        self._pulse.pa_stream_get_buffer_attr.restype = ctypes.POINTER(_Buffer)
        self._size = round(buffer_s * RATE) * FRAME_BYTES
        self._written = 0
        self._loop = ctypes.c_void_p(self._pulse.pa_threaded_mainloop_new())
        api = ctypes.c_void_p(self._pulse.pa_threaded_mainloop_get_api(self._loop))
        self._context = ctypes.c_void_p(self._pulse.pa_context_new(api, b"kapmonitor"))
        self._stream: ctypes.c_void_p | None = None
        self._pulse.pa_context_connect(self._context, None, NO_AUTOSPAWN, None)
        self._pulse.pa_threaded_mainloop_start(self._loop)
        until_s = time.monotonic() + WAIT_S
        if self._wait(self._context_state, READY, FAILED, until_s):
            self._connect(output)
            self._wait(self._stream_state, STREAM_READY, STREAM_FAILED, until_s)

    def _connect(self, output: bytes) -> None:
        self._lock()
        spec = SampleSpec(FLOAT32_LE, RATE, 2)
        stream = ctypes.c_void_p(
            self._pulse.pa_stream_new(self._context, b"kapmonitor", ctypes.byref(spec), None)
        )
        # It sounds as soon as one frame is there, after a break, too: who waits for more waits for ever where
        # no more comes, as in a pause.
        buffer = _Buffer(WHATEVER, self._size, FRAME_BYTES, WHATEVER, WHATEVER)
        self._pulse.pa_stream_connect_playback(
            stream, output, ctypes.byref(buffer), DONT_MOVE | ADJUST_LATENCY, None, None
        )
        self._stream = stream
        self._unlock()

    def free(self) -> int:
        free, most = self._takes()
        return min(free, most) // FRAME_BYTES

    def buffered(self) -> int:
        """With what the device itself holds, for which the server keeps a part of the buffer back."""
        free, most = self._takes()
        return 0 if free >= most else (self._size - free) // FRAME_BYTES

    def _takes(self) -> tuple[int, int]:
        """How many bytes the server takes now, and how many when it has nothing."""
        if self._stream is None:
            return 0, 0
        self._lock()
        free = self._pulse.pa_stream_writable_size(self._stream)
        granted = self._pulse.pa_stream_get_buffer_attr(self._stream)
        most = granted.contents.tlength if granted else self._size
        self._unlock()
        return (0, most) if free == SIZE_ERROR else (free, most)

    def write(self, frames: bytes) -> None:
        if self._stream is None:
            return
        self._lock()
        done = self._pulse.pa_stream_write(
            self._stream, frames, ctypes.c_size_t(len(frames)), None, ctypes.c_int64(0), RELATIVE
        )
        self._unlock()
        if done == 0:
            self._written += len(frames) // FRAME_BYTES

    def stopped(self) -> bool:
        return self._stream_state() != STREAM_READY

    def failed(self) -> bool:
        return self._stream_state() >= STREAM_FAILED

    def played(self) -> int:
        return self._written - self.buffered()

    def end(self) -> None:
        self._lock()
        if self._stream is not None:
            self._pulse.pa_stream_disconnect(self._stream)
            self._pulse.pa_stream_unref(self._stream)
            self._stream = None
        self._pulse.pa_context_disconnect(self._context)
        self._pulse.pa_context_unref(self._context)
        self._unlock()
        self._pulse.pa_threaded_mainloop_stop(self._loop)
        self._pulse.pa_threaded_mainloop_free(self._loop)

    @staticmethod
    def _wait(state: Callable[[], int], wanted: int, worst: int, until_s: float) -> bool:
        """Whether it came to that in time."""
        while (now := state()) != wanted and now < worst and time.monotonic() < until_s:
            time.sleep(LOOK_S)
        return now == wanted

    def _context_state(self) -> int:
        self._lock()
        state = int(self._pulse.pa_context_get_state(self._context))
        self._unlock()
        return state

    def _stream_state(self) -> int:
        if self._stream is None:
            return STREAM_FAILED
        self._lock()
        state = int(self._pulse.pa_stream_get_state(self._stream))
        self._unlock()
        return state

    def _lock(self) -> None:
        self._pulse.pa_threaded_mainloop_lock(self._loop)

    def _unlock(self) -> None:
        self._pulse.pa_threaded_mainloop_unlock(self._loop)
