"""A test that is the dialogue of a manual: what goes out, what comes in, and what the driver tells of it.

    check_dialogue(DRIVER, [
        Sent(b"?\r"),
        Heard(b"SPO2=97\r"),
        Tells({"kind": "numeric", "metric": "MDC_PULS_OXIM_SAT_O2", "value": 97.0}),
        Waits(1.0),
        Sent(b"?\r"),
    ])

The line is open from the start. Everything the driver sends must be in the dialogue at its place, and
everything it tells must be told by the next Tells; what is left over on either side fails.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from devices.protocol import CuffControl, DriverSpec, GattAction, Options, SerialLink
from devices.testing.parts import ConformanceError, fits, gatt, lines, wire
from devices.testing.play import GattPlayer, Player

Expected = Mapping[str, object]
"""Part of a line as `kapmonitor decode` prints it."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The driver sends these bytes; with Bluetooth, it writes them to `uuid`."""

    data: bytes
    uuid: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """The device says these bytes; with Bluetooth, they are notified by or read from `uuid`."""

    data: bytes
    uuid: str = ""


@dataclass(frozen=True, slots=True)
class Waits:
    """Time passes."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Starts:
    """A person starts the cuff."""


@dataclass(frozen=True, slots=True)
class Stops:
    """A person stops the cuff."""


class Tells:
    """What the driver has told since the last Tells: these, in this order, and nothing else."""

    __slots__ = ("expected",)

    def __init__(self, *expected: Expected) -> None:
        self.expected = expected

    def __repr__(self) -> str:
        return f"Tells{self.expected}"


Step = Sent | Heard | Waits | Tells | Starts | Stops


def check_dialogue(spec: DriverSpec, steps: Sequence[Step], options: Options | None = None) -> None:
    """ConformanceError names the first step that the driver does not follow, and what it did instead."""
    ends = _Serial(spec, options) if isinstance(spec.link, SerialLink) else _Bluetooth(spec, options)
    told = 0
    for number, step in enumerate(steps, 1):
        where = f"{spec.id}: step {number} of {len(steps)}, {step}"
        match step:
            case Sent(data, uuid):
                _expect(ends.take(data, uuid), where, f"the driver sent {ends.left() or 'nothing'}")
            case Tells(expected=expected):
                found = lines(ends.player.events[told:])
                told = len(ends.player.events)
                _expect(_matches(found, expected), where, f"the driver told {found or 'nothing'}")
            case _:
                _expect(not ends.left(), where, f"before that the driver sent {ends.left()}")
                untold = lines(ends.player.events[told:])
                _expect(not untold, where, f"before that the driver told {untold}")
                _act(ends, step)
    over = f"{spec.id}: the dialogue is over"
    _expect(not ends.left(), over, f"but the driver sent {ends.left()}")
    untold = lines(ends.player.events[told:])
    _expect(not untold, over, f"but the driver told {untold}")


class _Serial:
    """A serial driver and how much of what it sent was expected."""

    def __init__(self, spec: DriverSpec, options: Options | None) -> None:
        self.player = Player(wire(spec, options))
        self._taken = 0

    def left(self) -> str:
        return self._left().hex(" ")

    def take(self, data: bytes, _uuid: str) -> bool:
        fits_here = bool(data) and self._left().startswith(data)
        self._taken += len(data) * fits_here
        return fits_here

    def _left(self) -> bytes:
        return b"".join(self.player.sent)[self._taken :]

    def hear(self, heard: Heard) -> None:
        self.player.hear(heard.data, self.player.now_ns)


class _Bluetooth:
    """The same for a Bluetooth driver, of whose steps only what it writes counts."""

    def __init__(self, spec: DriverSpec, options: Options | None) -> None:
        self.player = GattPlayer(gatt(spec, options))
        self._taken = 0

    def left(self) -> str:
        return ", ".join(f"{data.hex(' ')} to {uuid}" for uuid, data in self._written()[self._taken :])

    def take(self, data: bytes, uuid: str) -> bool:
        fits = self._written()[self._taken : self._taken + 1] == [(uuid, data)]
        self._taken += fits
        return fits

    def hear(self, heard: Heard) -> None:
        self.player.hear(heard.uuid, heard.data, self.player.now_ns)

    def _written(self) -> list[tuple[str, bytes]]:
        return [(step.uuid, step.data) for step in self.player.taken if step.action is GattAction.WRITE]


def _act(ends: _Serial | _Bluetooth, step: Heard | Waits | Starts | Stops) -> None:
    match step:
        case Heard():
            ends.hear(step)
        case Waits(seconds):
            ends.player.wait(ends.player.now_ns + round(seconds * 1e9))
        case Starts() | Stops():
            player, protocol = ends.player, ends.player.protocol
            if not isinstance(player, Player) or not isinstance(protocol, CuffControl):
                raise ConformanceError(f"{step}: this driver starts no cuff")
            if isinstance(step, Starts):
                player.start_cuff()
            else:
                player.stop_cuff()


def _expect(holds: object, where: str, instead: str) -> None:
    if not holds:
        raise ConformanceError(f"{where}: {instead}")


def _matches(found: Sequence[Expected], expected: Sequence[Expected]) -> bool:
    return len(found) == len(expected) and all(map(fits, found, expected))
