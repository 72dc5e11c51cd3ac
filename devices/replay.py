"""Recorded bytes through a driver again, at the times at which they came.

The driver is opened with the first bytes after a link began and closed where it ended. Its deadlines are
kept, and what it would send is taken from it wherever something was sent, so that it takes what follows for
the answer. A deadline was kept a little late, and the next may count from there; so one that is nearly due is
brought forward where the recording shows that something was sent. What cannot be repeated are commands that a
person or a schedule gave, such as the start of a cuff: the driver sees only what the device said of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from devices.protocol import GattProtocol, GattSender, Timed, WireProtocol
from kapmonitor.model import DeviceEvent, Direction, LinkChanged, LinkState, WireChunk

ENDS: Final = frozenset({LinkState.OFF, LinkState.CONNECTING, LinkState.WAITING})
"""States of a link in which no connection stands."""
NEAR_NS: Final = 250_000_000
"""A deadline and something sent are the same thing if no more than this lies between them."""
LEAST_WAIT_NS: Final = 5_000_000
MOST_DEADLINES: Final = 10_000
"""Deadlines kept between two things that were recorded; enough for ten minutes of a driver in haste."""

Replayed = DeviceEvent | LinkChanged | WireChunk


def replay(
    protocol: WireProtocol | GattProtocol, entries: Iterable[WireChunk | LinkChanged]
) -> Iterator[Replayed]:
    """Each entry, and behind it what the driver made of it; before it, what became due until then."""
    player = _Player(protocol)
    for entry in entries:
        yield from player.wait(entry)
        yield entry
        yield from player.take(entry)
    yield from player.end()


class _Player:
    """One driver, and where in the recording it is."""

    def __init__(self, protocol: WireProtocol | GattProtocol) -> None:
        self._protocol = protocol
        self._open = False
        self._t_ns = 0

    def wait(self, entry: WireChunk | LinkChanged) -> Iterator[DeviceEvent]:
        """What the driver does by itself until this happens."""
        if self._open:
            sent = isinstance(entry, WireChunk) and entry.direction is Direction.OUT
            yield from self._deadlines(entry.t_ns, sent=sent)
        self._t_ns = entry.t_ns

    def take(self, entry: WireChunk | LinkChanged) -> list[DeviceEvent]:
        """What the driver makes of this."""
        if isinstance(entry, LinkChanged):
            return self.end() if entry.state in ENDS else []
        if not self._open:
            self._open = True
            self._protocol.opened(entry.t_ns)
        if entry.direction is Direction.OUT:
            return self._sent(entry.t_ns)
        protocol = self._protocol
        if isinstance(protocol, WireProtocol):
            return protocol.receive(entry.data, entry.t_ns)
        return protocol.receive(entry.channel, entry.data, entry.t_ns)

    def end(self) -> list[DeviceEvent]:
        """The connection is over, if there was one."""
        was_open, self._open = self._open, False
        return self._protocol.closed(self._t_ns) if was_open else []

    def _sent(self, t_ns: int) -> list[DeviceEvent]:
        """Something was sent: the driver is made to send it, too."""
        protocol = self._protocol
        if self._send(t_ns) or not isinstance(protocol, WireProtocol | Timed):
            return []
        due_ns = protocol.deadline_ns
        if due_ns is None or not 0 <= due_ns - t_ns <= NEAR_NS:
            return []
        events = protocol.on_deadline(due_ns)
        self._send(due_ns)
        return events

    def _send(self, now_ns: int) -> bool:
        """Whether the driver had something to send; it counts as sent from now on."""
        if isinstance(self._protocol, WireProtocol):
            return bool(self._protocol.data_to_send())
        return isinstance(self._protocol, GattSender) and bool(self._protocol.steps_to_take(now_ns))

    def _deadlines(self, until_ns: int, *, sent: bool) -> Iterator[DeviceEvent]:
        protocol = self._protocol
        if not isinstance(protocol, WireProtocol | Timed):
            return
        now_ns = self._t_ns
        for _ in range(MOST_DEADLINES):
            due_ns = protocol.deadline_ns
            if due_ns is None or due_ns > until_ns or now_ns == until_ns:
                return
            now_ns = min(max(due_ns, now_ns + LEAST_WAIT_NS), until_ns)
            if sent and until_ns - now_ns <= NEAR_NS:
                now_ns = until_ns
            yield from protocol.on_deadline(now_ns)
