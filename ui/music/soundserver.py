"""What a PulseAudio or PipeWire server itself says of its outputs: which are there, which are muted.

Qt keeps an output in its list after it was taken away unless it was the default one, and the server moves the
stream to another output meanwhile, which may be the patient's headphones. So the server is asked directly,
over its own library. Where there is none (Windows, macOS) nothing is known and nothing is judged.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

LIBRARY: Final = "libpulse.so.0"
POLL_US: Final = 100_000
ASK_S: Final = 0.5
TRY_AGAIN_S: Final = 1.0
NO_AUTOSPAWN: Final = 1
SINKS: Final = 1
READY: Final = 4
FAILED: Final = 5
NORMAL_VOLUME: Final = 0x10000
QUIETEST: Final = 0.05
"""A server's volume at or below this share is as good as muted."""
MOST_CHANNELS: Final = 32


@dataclass(frozen=True, slots=True)
class ServerOutput:
    """One output as the server has it; `volume` is 0 to 1, or more."""

    muted: bool
    volume: float

    @property
    def silent(self) -> bool:
        """Whether nothing that is played can be heard."""
        return self.muted or self.volume <= QUIETEST


class SampleSpec(ctypes.Structure):
    """pa_sample_spec."""

    _fields_ = (("format", ctypes.c_int), ("rate", ctypes.c_uint32), ("channels", ctypes.c_uint8))


class _ChannelMap(ctypes.Structure):
    _fields_ = (("channels", ctypes.c_uint8), ("map", ctypes.c_int * MOST_CHANNELS))


class _Volume(ctypes.Structure):
    _fields_ = (("channels", ctypes.c_uint8), ("values", ctypes.c_uint32 * MOST_CHANNELS))


class _SinkInfo(ctypes.Structure):
    """The beginning of pa_sink_info; the rest is not read."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("index", ctypes.c_uint32),
        ("description", ctypes.c_char_p),
        ("sample_spec", SampleSpec),
        ("channel_map", _ChannelMap),
        ("owner_module", ctypes.c_uint32),
        ("volume", _Volume),
        ("mute", ctypes.c_int),
    )


_Listed = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(_SinkInfo), ctypes.c_int, ctypes.c_void_p)
_Changed = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int, ctypes.c_uint32, ctypes.c_void_p)


class SoundServer:
    """Keeps the server's list of outputs in a thread of its own, from `start` to `close`."""

    def __init__(self) -> None:
        self._known: frozenset[str] = frozenset()
        self._outputs: Mapping[str, ServerOutput] | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kap-soundserver", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def close(self) -> None:
        """End and wait for it."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(2.0)

    def missing(self, output_id: str) -> bool:
        """Whether the server had this output (ui.music.ports.OutputChoice.id) and has it no more."""
        outputs = self._outputs
        return outputs is not None and output_id in self._known and output_id not in outputs

    def has(self, output_id: str) -> bool:
        """Whether the server has this output."""
        return output_id in (self._outputs or {})

    def silent(self, output_id: str) -> bool:
        """Whether the server plays this output muted or at no volume."""
        output = (self._outputs or {}).get(output_id)
        return output is not None and output.silent

    def _run(self) -> None:
        try:
            pulse = ctypes.CDLL(LIBRARY)
        except OSError:
            return
        while not self._stop.is_set():
            talk = _Talk(pulse, self._publish)
            talk.run(self._stop)
            self._outputs = None
            self._stop.wait(TRY_AGAIN_S)

    def _publish(self, outputs: Mapping[str, ServerOutput]) -> None:
        self._known |= frozenset(outputs)
        self._outputs = outputs


Publish = Callable[[Mapping[str, ServerOutput]], None]


class _Talk:
    """One connection, from its beginning until it fails or is stopped."""

    def __init__(self, pulse: ctypes.CDLL, publish: Publish) -> None:
        self._pulse = pulse
        self._publish = publish
        self._found: dict[str, ServerOutput] = {}
        self._ask_s = 0.0
        # ctypes does not keep what C calls back: these must live as long as the connection.
        self._on_listed = _Listed(self._listed)
        self._on_changed = _Changed(self._changed)
        for name in (
            "pa_mainloop_new",
            "pa_mainloop_get_api",
            "pa_context_new",
            "pa_context_get_sink_info_list",
            "pa_context_subscribe",
        ):
            getattr(pulse, name).restype = ctypes.c_void_p

    def run(self, stop: threading.Event) -> None:
        """Until it fails or `stop` is set."""
        pulse = self._pulse
        loop = ctypes.c_void_p(pulse.pa_mainloop_new())
        context = ctypes.c_void_p(
            pulse.pa_context_new(ctypes.c_void_p(pulse.pa_mainloop_get_api(loop)), b"kapmonitor")
        )
        pulse.pa_context_connect(context, None, NO_AUTOSPAWN, None)
        subscribed = False
        while not stop.is_set():
            if pulse.pa_mainloop_prepare(loop, POLL_US) < 0 or pulse.pa_mainloop_poll(loop) < 0:
                break
            pulse.pa_mainloop_dispatch(loop)
            state = pulse.pa_context_get_state(context)
            if state >= FAILED:
                break
            if state == READY and not subscribed:
                subscribed = True
                pulse.pa_context_set_subscribe_callback(context, self._on_changed, None)
                self._let_go(pulse.pa_context_subscribe(context, SINKS, None, None))
            if state == READY and time.monotonic() >= self._ask_s:
                self._ask_s = time.monotonic() + ASK_S
                self._found = {}
                self._let_go(pulse.pa_context_get_sink_info_list(context, self._on_listed, None))
        pulse.pa_context_disconnect(context)
        pulse.pa_context_unref(context)
        pulse.pa_mainloop_free(loop)

    def _let_go(self, operation: int | None) -> None:
        if operation:
            self._pulse.pa_operation_unref(ctypes.c_void_p(operation))

    def _listed(self, _context: object, info: ctypes._Pointer[_SinkInfo], end: int, _data: object) -> None:
        if end:
            if end > 0:
                self._publish(self._found)
            return
        sink = info.contents
        levels = sink.volume.values[: sink.volume.channels] or [0]
        volume = max(levels) / NORMAL_VOLUME
        self._found[sink.name.hex()] = ServerOutput(bool(sink.mute), volume)

    def _changed(self, _context: object, _kind: int, _index: int, _data: object) -> None:
        """Something about the outputs changed: ask at the next turn."""
        self._ask_s = 0.0
