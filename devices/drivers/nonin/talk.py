"""What is asked of an oximeter whose format was chosen: the format, its serial number, its clock.

The format is asked for every 5 s until frames of it come. An oximeter whose format is fixed may say no to
both forms of the question; it is then left alone. What it says of itself is asked for three times at most.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from devices.dialogue import Dialogue
from devices.drivers.nonin import commands
from devices.drivers.nonin.commands import ACK, NAK, Ask
from devices.drivers.nonin.search import Format
from devices.gatt import Alerts
from kapmonitor.model import AlertKind, DeviceEvent, DeviceIdentified, Observation

MS: Final = 1_000_000
GAP_NS: Final = 100 * MS
ANSWER_NS: Final = 2_000 * MS
"""Pause between two questions, and how long an answer is waited for."""

AGAIN_NS: Final = 5_000 * MS
CLOCK_EVERY_NS: Final = 60_000 * MS
"""The clock is read again and again, so that its drift can be told."""

TRIES: Final = 3
FORMS: Final = 2
"""A format can be asked for with options and without; not every device knows both."""


class Talk:
    """The host's side of the line."""

    def __init__(self, wanted: Format | None, set_clock: datetime | None, *, bluetooth: bool) -> None:
        """`set_clock` is the time of day when the line is first opened; None leaves the clock as it is."""
        self._wanted, self._bluetooth = wanted, bluetooth
        self._line: Dialogue[Ask] = Dialogue(GAP_NS)
        self._commands: dict[Ask, Callable[[int], bytes]] = {Ask.SERIAL: lambda _: commands.GET_SERIAL}
        if wanted is not None:
            self._commands[Ask.FORMAT] = lambda _: self._format_command(wanted)
        if set_clock is not None:
            self._commands[Ask.SET_CLOCK] = lambda now_ns: self._clock_command(set_clock, now_ns)
        self._commands[Ask.CLOCK] = lambda _: commands.GET_CLOCK
        self._first_ns: int | None = None
        self._reset(0)

    def _reset(self, t_ns: int) -> None:
        self._line.clear()
        self._alerts = Alerts()
        self._reading: Format | None = None
        self._short = False
        self._asked = self._refused = 0
        self._format_ns = self._clock_ns = t_ns
        self._left = {ask: TRIES for ask in self._commands if ask is not Ask.FORMAT}
        self._told: str | None = None

    def opened(self, t_ns: int) -> None:
        """Begin anew."""
        self._first_ns = t_ns if self._first_ns is None else self._first_ns
        self._reset(t_ns)
        self.go_on(t_ns)

    def closed(self, t_ns: int) -> Sequence[DeviceEvent]:
        """The line is gone."""
        withdrawn = self._alerts.withdraw_all(t_ns)
        self._reset(t_ns)
        return withdrawn

    def take(self) -> bytes:
        """The bytes to write now; once."""
        return self._line.take()

    def find(self, begun: bytes) -> bytes | None:
        """The answer that `begun` begins with, as commands.answer tells it; None while nothing is asked."""
        asked = self._line.asked
        return None if asked is None else commands.answer(begun, asked)

    def hear(self, told: bytes, t_ns: int) -> Sequence[DeviceEvent]:
        """Take a whole answer."""
        asked = self._line.asked
        self._line.answered()
        match asked:
            case Ask.FORMAT if told == NAK:
                return self._refuse(t_ns)
            case Ask.SERIAL if serial := commands.serial_number(told):
                self._left[Ask.SERIAL] = 0
                return [DeviceIdentified(t_ns, manufacturer="Nonin", serial=serial)]
            case Ask.SET_CLOCK if told != NAK:
                self._left[Ask.SET_CLOCK] = 0
            case Ask.CLOCK if told not in (ACK, NAK):
                self._told = commands.clock_time(told)
                self._left[Ask.CLOCK], self._clock_ns = TRIES, t_ns + CLOCK_EVERY_NS
        return []

    def _refuse(self, t_ns: int) -> Sequence[DeviceEvent]:
        self._refused += 1
        self._short, self._format_ns = not self._short, t_ns
        return self._say(f"does not take the format {self._wanted}", t_ns) if self._refused == FORMS else []

    def stamp(self, events: list[DeviceEvent], start: int) -> None:
        """Give the clock's answer to the readings that come first after it, among events[start:]."""
        numbers = [i for i in range(start, len(events)) if isinstance(events[i], Observation)]
        if self._told is None or not numbers:
            return
        stamped: set[str] = set()
        for i in numbers:
            event = events[i]
            # Of several packets in one piece only the first one's readings.
            if isinstance(event, Observation) and event.metric.ref not in stamped:
                stamped.add(event.metric.ref)
                events[i] = replace(event, device_time=self._told)
        self._told = None

    def reads(self, fmt: Format, t_ns: int) -> Sequence[DeviceEvent]:
        """Frames of this format come."""
        self._reading = fmt
        if fmt is not self._wanted:
            return []
        self._asked = self._refused = 0
        if self._line.asked is Ask.FORMAT:
            self._line.answered()
        return self._alerts.set(AlertKind.DEVICE_MESSAGE, False, t_ns)

    def go_on(self, now_ns: int) -> Sequence[DeviceEvent]:
        """Ask what is due, if the line is free."""
        if self._line.overdue(now_ns) is Ask.FORMAT:
            self._short = not self._short
        free_ns = self._line.free_ns
        if free_ns is None or now_ns < free_ns:
            return []
        due = [ask for ask, from_ns in self._due() if from_ns <= now_ns]
        return self._ask(due[0], now_ns) if due else []

    @property
    def deadline_ns(self) -> int | None:
        """When go_on() has something to do next."""
        free_ns, due = self._line.free_ns, self._due()
        if free_ns is None:
            return self._line.limit_ns
        return max(free_ns, min(from_ns for _, from_ns in due)) if due else None

    def _due(self) -> list[tuple[Ask, int]]:
        """What is still to be asked, the most urgent first, each with the time from which on."""
        due: list[tuple[Ask, int]] = []
        if self._wanted not in (None, self._reading) and self._refused < FORMS:
            due.append((Ask.FORMAT, self._format_ns))
        for ask, left in self._left.items():
            if left:
                due.append((ask, self._clock_ns if ask is Ask.CLOCK else 0))
        return due

    def _ask(self, ask: Ask, now_ns: int) -> Sequence[DeviceEvent]:
        self._line.ask(ask, self._commands[ask](now_ns), now_ns, ANSWER_NS)
        if ask is not Ask.FORMAT:
            self._left[ask] -= 1
            return []
        self._format_ns = now_ns + AGAIN_NS
        self._asked += 1
        if self._asked <= FORMS or self._reading is None:
            return []
        return self._say(f"goes on sending {self._reading} instead of {self._wanted}", now_ns)

    def _format_command(self, wanted: Format) -> bytes:
        if self._short:
            return commands.set_format_short(wanted)
        return commands.set_format(wanted, bluetooth=self._bluetooth)

    def _clock_command(self, at_first: datetime, now_ns: int) -> bytes:
        since_s = (now_ns - (self._first_ns or 0)) // 1_000_000_000
        return commands.set_clock(at_first + timedelta(seconds=since_s))

    def _say(self, what: str, t_ns: int) -> Sequence[DeviceEvent]:
        return self._alerts.set(AlertKind.DEVICE_MESSAGE, True, t_ns, what)
