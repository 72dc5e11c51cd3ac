"""Emulated devices for other processes, and the console's way to them.

The simulator's process calls one of the serve functions. The console connects to a DEVICE such as
`ble-heart-rate@C1:00:00:00:00:02?hci=tcp:127.0.0.1:5370`: the option `hci` names the emulated radio, which
hci_place reads and open_tcp_radio opens.
"""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

from devices.sim.ble.beats import RateAt
from devices.transport.ble_radio import Radio
from kapmonitor.clock import Clock
from kapmonitor.errors import AddressError, DriverLoadError

if TYPE_CHECKING:
    from devices.sim.ble.cuff import ReadingAt
    from devices.sim.ble.peripheral import Peripheral
    from devices.sim.ble.radio import Air

HCI_OPTION: Final = "hci"
LOOPBACK: Final = "127.0.0.1"
ASK_AGAIN_S: Final = 1.0
Ready = Callable[[int], None]
"""Called with the port once consoles can connect."""


class Emulated(Protocol):
    """A device of the air."""

    @property
    def peripheral(self) -> Peripheral:
        """Its radio."""
        ...

    async def run(self) -> None:
        """Be there until cancelled."""
        ...


Make = Callable[["Air"], Emulated]
"""Puts a device into the air."""


def require_bumble() -> None:
    """DriverLoadError, with what to install, if the emulation cannot run here."""
    if importlib.util.find_spec("bumble") is None:
        raise DriverLoadError("emulated Bluetooth", "bumble is not installed; install kapmonitor[simulate]")


def hci_place(text: str) -> tuple[str, int]:
    """The host and port of an `hci` option such as `tcp:127.0.0.1:5370`; AddressError if it is none."""
    kind, _, place = text.partition(":")
    host, _, port = place.rpartition(":")
    if kind != "tcp" or not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise AddressError(text, "an emulated radio is written hci=tcp:HOST:PORT")
    return host, int(port)


def open_tcp_radio(host: str, port: int) -> Radio:
    """The radio of a simulator in another process; connects when first used, and again when that was lost."""
    require_bumble()
    from devices.sim.ble.backend import backend_over
    from devices.sim.ble.hci_tcp import ConsoleHost

    console = ConsoleHost(host, port)
    return Radio(backend_over(console.get), release=console.close)


async def serve_strap(
    port: int, rate_at: RateAt, clock: Clock, *, host: str = LOOPBACK, ready: Ready | None = None
) -> None:
    """A strap on a TCP port, until cancelled."""
    await _serve((_strap(rate_at, clock),), host, port, ready)


async def serve_device(port: int, make: Make, *, host: str = LOOPBACK, ready: Ready | None = None) -> None:
    """Any emulated device on a TCP port, until cancelled."""
    await _serve((make,), host, port, ready)


async def serve_both(
    port: int,
    rate_at: RateAt,
    reading_at: ReadingAt,
    clock: Clock,
    interval_s: float,
    *,
    host: str = LOOPBACK,
    ready: Ready | None = None,
) -> None:
    """A strap and a cuff in one room, on one TCP port, until cancelled."""
    await _serve((_strap(rate_at, clock), _cuff(reading_at, clock, interval_s)), host, port, ready)


def _strap(rate_at: RateAt, clock: Clock) -> Make:
    def make(air: Air) -> Emulated:
        from devices.sim.ble.strap import Strap

        return Strap(air, rate_at, clock)

    return make


def _cuff(reading_at: ReadingAt, clock: Clock, interval_s: float) -> Make:
    def make(air: Air) -> Emulated:
        from devices.sim.ble.cuff import Cuff

        return Cuff(air, reading_at, clock, interval_s)

    return make


async def end(*tasks: asyncio.Task[Any]) -> list[BaseException | None]:
    """Cancel tasks and wait until they have ended, with what each ended by.

    Again and again, since bumble waits with wait_for(), and that of Python 3.11 may lose a cancellation.
    """
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=ASK_AGAIN_S)
    return [None if task.cancelled() else task.exception() for task in tasks]


async def _serve(makes: Sequence[Make], host: str, port: int, ready: Ready | None) -> None:
    require_bumble()
    from devices.sim.ble.hci_tcp import listen
    from devices.sim.ble.radio import Air

    air = Air()
    devices = [make(air) for make in makes]
    server = await listen(air, host, port)
    async with server, asyncio.TaskGroup() as running:
        for device in devices:
            running.create_task(device.run())
        if ready is not None:
            ready(server.sockets[0].getsockname()[1])
