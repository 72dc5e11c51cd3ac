"""Listening for Bluetooth devices: one scanner for the whole process, shared by all who wait for one.

Two scanners at once make BlueZ refuse connections, and some adapters cannot scan and connect at the same
time. So the scanner runs only while somebody listens, and rests while a connection is being made. It is
started and stopped by a task of its own, since a start that is cut off half-way leaves the adapter scanning.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from devices.protocol import BleLink, DriverSpec
from devices.transport.ble_errors import DEAF, link_error, within
from kapmonitor.errors import LinkError
from kapmonitor.model import LinkProblem

if TYPE_CHECKING:
    from bleak import BleakScanner
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData

    from devices.transport.ble_radio import Radio

Heard = Callable[["BLEDevice", "AdvertisementData"], None]

DEAF_AFTER_S: Final = 15.0
"""A scanner that has heard nothing for this long is started anew, which costs nothing in an empty room and
finds out that the radio is off, or was off for a moment, where nothing tells."""
HANGS_AFTER_S: Final = 120.0
"""A room without one advertisement in this long has a Bluetooth service that hangs, not no devices."""
START_LIMIT_S: Final = 10.0
STOP_LIMIT_S: Final = 10.0
REST_LIMIT_S: Final = 0.6
"""Who no longer listens does not wait longer for the radio to stop."""
ADDRESS: Final = "Bluetooth"
"""What errors of listening are about."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """One device that advertises. `drivers` are the ids of those that fit it, and may be none."""

    address: str
    name: str
    rssi: int
    services: tuple[str, ...]
    drivers: tuple[str, ...]


def fits(link: BleLink, name: str, services: Iterable[str]) -> bool:
    """Whether a device that advertises this is one of the driver's: by service, or by how its name begins."""
    return bool(set(link.services) & set(services)) or bool(name and name.startswith(link.name_prefixes))


async def scan(radio: Radio, seconds: float, drivers: Iterable[DriverSpec]) -> tuple[Found, ...]:
    """All that advertises within `seconds`, strongest first; LinkError if the radio cannot listen.

    Nothing is left out: some devices show their services only in certain modes, or after pairing.
    """
    links = [(spec.id, spec.link) for spec in drivers if isinstance(spec.link, BleLink)]
    found: dict[str, Found] = {}

    def heard(device: BLEDevice, said: AdvertisementData) -> None:
        before = found.get(device.address)
        name = said.local_name or device.name or (before.name if before else "")
        services = tuple(sorted({*said.service_uuids, *(before.services if before else ())}))
        ids = tuple(id_ for id_, link in links if fits(link, name, services))
        found[device.address] = Found(device.address, name, said.rssi, services, ids)

    async with radio.scanner.listening(heard):
        await asyncio.sleep(seconds)
    return tuple(sorted(found.values(), key=lambda device: -device.rssi))


class SharedScanner:
    """The scanner of one radio; runs while anybody listens and nobody has paused it.

    `prepare` is awaited for each one who begins to listen; it never raises.
    """

    def __init__(self, make: Callable[[Heard], BleakScanner], prepare: Callable[[], Awaitable[None]]) -> None:
        self._make = make
        self._prepare = prepare
        self._listeners: dict[object, Heard] = {}
        self._scanner: BleakScanner | None = None
        self._pauses = 0
        self._doubted = False
        self._anew = False
        self._settling: asyncio.Task[Exception | None] | None = None
        self._heard_s = 0.0  # when it last heard something, or started
        self._deaf_s = 0.0  # how long earlier scanners have heard nothing

    @contextlib.asynccontextmanager
    async def listening(self, heard: Heard) -> AsyncIterator[None]:
        """Call `heard` for every advertisement; LinkError if the radio cannot listen."""
        await self._prepare()
        token = object()
        self._listeners[token] = heard
        try:
            await self.refresh()
            yield
        finally:
            del self._listeners[token]
            await self._settled(REST_LIMIT_S)

    @contextlib.asynccontextmanager
    async def paused(self) -> AsyncIterator[None]:
        """Rest, for as long as a connection is being made."""
        self._pauses += 1
        try:
            await self._settled(STOP_LIMIT_S)
            yield
        finally:
            self._pauses -= 1
            self._begin()

    def pause_while(self, attempt: asyncio.Task[None]) -> None:
        """Rest until the attempt has ended, though whoever made it may have gone before."""
        self._pauses += 1
        attempt.add_done_callback(self._resume)

    def _resume(self, _ended: asyncio.Task[None]) -> None:
        self._pauses -= 1
        self._begin()

    def doubt(self) -> None:
        """A link broke, perhaps with the Bluetooth service: refresh() starts anew unless more is heard."""
        self._doubted = True

    def restart(self) -> None:
        """The radio was switched off or on: what runs, if anything, hears nothing any more."""
        self._anew = True
        self._begin()

    @property
    def hangs(self) -> bool:
        """Whether it has heard nothing for so long that the Bluetooth service must hang."""
        return self._deaf_s + self._silent_s() >= HANGS_AFTER_S

    async def refresh(self) -> None:
        """Start anew if the scanner does not run or has gone deaf; LinkError if that fails."""
        if self._doubted or self._silent_s() > DEAF_AFTER_S:
            self._anew = True
        settling = self._settle()
        await asyncio.wait((settling,))
        error = ConnectionError("called off") if settling.cancelled() else settling.result()
        if error is not None:
            raise link_error(ADDRESS, error) from error

    async def rest(self) -> None:
        """Wait until what has begun is done; for the end of the radio, when nobody listens any more."""
        await self._settled(STOP_LIMIT_S)

    async def _settled(self, limit_s: float) -> None:
        await asyncio.wait((self._settle(),), timeout=limit_s)

    def _begin(self) -> None:
        """Bring the scanner to what is wanted; the task is shared by all who want anything."""
        if self._settling is None or self._settling.done():
            self._settling = asyncio.create_task(self._work())

    def _settle(self) -> asyncio.Task[Exception | None]:
        """The same, for one who waits for it."""
        self._begin()
        assert self._settling is not None  # noqa: S101 it has just begun
        return self._settling

    async def _work(self) -> Exception | None:
        """Until the scanner is as it is wanted; what kept it from starting, if anything did."""
        while True:
            wanted = bool(self._listeners) and not self._pauses
            if self._scanner is not None and (self._anew or not wanted):
                await self._stop(self._scanner)
            elif self._scanner is None and wanted:
                try:
                    await self._start()
                except Exception as error:  # noqa: BLE001 - any platform's Bluetooth stack may throw anything
                    _log.debug("scanner did not start: %r", error)
                    return error
            else:
                return None

    async def _start(self) -> None:
        self._anew = self._doubted = False
        scanner = self._make(self._on_advertisement)
        try:
            await within(START_LIMIT_S, scanner.start())
        except TimeoutError:
            raise LinkError(ADDRESS, LinkProblem.NO_RADIO, DEAF) from None
        self._scanner = scanner
        self._heard_s = time.monotonic()

    async def _stop(self, scanner: BleakScanner) -> None:
        self._deaf_s += self._silent_s()
        self._scanner = None
        try:
            await within(STOP_LIMIT_S, scanner.stop())
        except Exception as error:  # noqa: BLE001 - an adapter that was pulled out cannot be stopped
            _log.debug("scanner did not stop: %r", error)

    def _silent_s(self) -> float:
        """For how long what runs has heard nothing."""
        return 0.0 if self._scanner is None else time.monotonic() - self._heard_s

    def _on_advertisement(self, device: BLEDevice, said: AdvertisementData) -> None:
        self._heard_s = time.monotonic()
        self._deaf_s = 0.0
        self._doubted = False
        for heard in list(self._listeners.values()):
            heard(device, said)
