"""What is asked of the monitor, and when again.

The displayed values are asked for first, as their answer tells the monitor's interface level and the leads of
its ECG; the rest follows once they come. After a long silence everything begins anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from typing import Final

from devices.drivers.ge_dri import requests
from devices.drivers.ge_dri.requests import AUXILIARY, DISPLAYED
from devices.drivers.ge_dri.values import PERIOD_S

S: Final = 1_000_000_000
FIRST_ANSWER_NS: Final = 8 * S
"""The first displayed values come within their interval; without them another interface level is tried."""

SILENT_NS: Final = 15 * S
"""After so long without an answer the monitor was off or unplugged, and has forgotten what was asked."""

WAVES_SILENT_NS: Final = 3 * S
"""Waves come several times a second. The monitor gives them up, and them alone, if the host holds its line
for 2 s, and starts again when asked."""

PAUSE_NS: Final = S // 4
BETWEEN_NS: Final = 2 * S
"""The auxiliary info is asked for this long after the first values came, so that the two, each of which comes
every 5 s and within 1 s of its request, take turns: something comes at least every 3 s even without waves."""

TRIES: Final = 4
"""How often auxiliary info and alarms are asked for; not every monitor has them."""

LEVELS: Final = (0, 11, 10, 9, 8, 6)
"""Interface levels to ask with; the specification's examples say 0, some monitors want a level they know."""

ALARM_LEVEL: Final = 10
"""Monitors from this level on have alarm records."""


class Stream(Enum):
    """What the monitor can be asked to send."""

    VALUES = auto()
    AUXILIARY = auto()
    WAVES = auto()
    ALARMS = auto()


class Asking:
    """Requests by time; used only while the line is open."""

    def __init__(self, wave_types: Sequence[int]) -> None:
        self._wave_types = tuple(wave_types)
        self._attempt = 0
        self.clear()

    def clear(self) -> None:
        """The line is shut: nothing is due."""
        self._due: dict[Stream, int] = {}
        self._tries: dict[Stream, int] = {}
        self._out: dict[Stream, bytes] = {}
        self._answered = False

    def begin(self, t_ns: int) -> None:
        """The line is open (again)."""
        self.clear()
        self._ask(Stream.VALUES, t_ns)

    @property
    def due_ns(self) -> int | None:
        """When due() has something to do."""
        return min(self._due.values(), default=None)

    def due(self, now_ns: int) -> None:
        """Ask for what should have come by now."""
        for stream in [s for s, due_ns in self._due.items() if now_ns >= due_ns]:
            self._ask(stream, now_ns)

    def take(self) -> bytes:
        """Requests to send now; once."""
        out, self._out = b"".join(self._out.values()), {}
        return out

    def heard(self, stream: Stream, level: int, t_ns: int) -> None:
        """A monitor of this level sends what was asked for; it has been asked only if something is due."""
        if not self._due:
            return
        self._tries[stream] = 0
        if stream is Stream.ALARMS:
            self._due.pop(stream, None)
        else:
            self._due[stream] = t_ns + (WAVES_SILENT_NS if stream is Stream.WAVES else SILENT_NS)
        if stream is Stream.VALUES and not self._answered:
            self._answered = True
            self._due[Stream.WAVES] = t_ns + PAUSE_NS
            self._due[Stream.AUXILIARY] = t_ns + BETWEEN_NS
            if level >= ALARM_LEVEL:
                self._due[Stream.ALARMS] = t_ns + 2 * PAUSE_NS

    def stop(self) -> bytes:
        """What ends all that may have been asked for."""
        level = LEVELS[self._attempt % len(LEVELS)]
        values = [requests.values(part, 0, level) for part in (DISPLAYED, AUXILIARY)]
        return b"".join([*values, requests.waves((), level), requests.alarms(level, requests.LEAVE)])

    def _ask(self, stream: Stream, now_ns: int) -> None:
        """Queue a request, and say when to ask again if nothing comes of it."""
        if stream is Stream.VALUES:
            self._due.clear()
            self._attempt += not self._answered and bool(self._tries.get(stream))
            self._answered = False
        self._tries[stream] = self._tries.get(stream, 0) + 1
        self._out[stream] = self._request(stream)
        if stream in (Stream.VALUES, Stream.WAVES) or self._tries[stream] < TRIES:
            self._due[stream] = now_ns + (FIRST_ANSWER_NS if stream is Stream.VALUES else SILENT_NS)
        else:
            self._due.pop(stream, None)

    def _request(self, stream: Stream) -> bytes:
        level = LEVELS[self._attempt % len(LEVELS)]
        match stream:
            case Stream.VALUES:
                return requests.values(DISPLAYED, PERIOD_S, level)
            case Stream.AUXILIARY:
                return requests.values(AUXILIARY, PERIOD_S, level)
            case Stream.WAVES:
                return requests.waves(self._wave_types, level)
            case Stream.ALARMS:
                return requests.alarms(level)
