"""Listening for Bluetooth devices: one scanner for the whole process, shared by all who wait for one.

Two scanners at once make BlueZ refuse connections, and some adapters cannot scan and connect at the same
time. So the scanner runs only while somebody listens, and rests while a connection is being made.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import time
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from devices.protocol import BleLink, DriverSpec
from devices.transport.ble_errors import tried, within

if TYPE_CHECKING:
    from bleak import BleakScanner
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData

    from devices.transport.ble_radio import Radio

Heard = Callable[["BLEDevice", "AdvertisementData"], None]

DEAF_AFTER_S: Final = 60.0
"""A room without one advertisement in this long has a Bluetooth service that hangs, not no devices."""
STOP_LIMIT_S: Final = 10.0
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
    """The scanner of one radio; runs while anybody listens and nobody has paused it."""

    def __init__(self, make: Callable[[Heard], BleakScanner]) -> None:
        self._make = make
        self._listeners: dict[object, Heard] = {}
        self._scanner: BleakScanner | None = None
        self._pauses = 0
        self._lock = asyncio.Lock()
        self._heard_s = 0.0

    @contextlib.asynccontextmanager
    async def listening(self, heard: Heard) -> AsyncIterator[None]:
        """Call `heard` for every advertisement; LinkError if the radio cannot listen."""
        token = object()
        self._listeners[token] = heard
        try:
            await self.refresh()
            yield
        finally:
            del self._listeners[token]
            await self._settle_quietly()

    @contextlib.asynccontextmanager
    async def paused(self) -> AsyncIterator[None]:
        """Rest, for as long as a connection is being made."""
        self._pauses += 1
        try:
            await self._settle_quietly()
            yield
        finally:
            self._pauses -= 1
            await self._settle_quietly()

    def doubt(self) -> None:
        """A link broke, perhaps with the Bluetooth service: refresh() starts anew unless more is heard."""
        self._heard_s = -math.inf

    async def refresh(self) -> None:
        """Start anew if the scanner does not run or has gone deaf; LinkError if that fails."""
        async with self._lock:
            if self._scanner is not None and time.monotonic() - self._heard_s > DEAF_AFTER_S:
                await self._stop()
        await tried(ADDRESS, self._settle())

    async def _settle(self) -> None:
        async with self._lock:
            wanted = bool(self._listeners) and not self._pauses
            if wanted and self._scanner is None:
                await self._start()
            elif not wanted and self._scanner is not None:
                await self._stop()

    async def _settle_quietly(self) -> None:
        """For those who do not listen themselves; listeners find out by refresh()."""
        try:
            await self._settle()
        except Exception as error:  # noqa: BLE001 - any platform's Bluetooth stack may throw anything
            _log.debug("scanner did not start: %r", error)

    async def _start(self) -> None:
        scanner = self._make(self._on_advertisement)
        await scanner.start()
        self._scanner = scanner
        self._heard_s = time.monotonic()

    async def _stop(self) -> None:
        scanner, self._scanner = self._scanner, None
        try:
            if scanner is not None:
                await within(STOP_LIMIT_S, scanner.stop())
        except Exception as error:  # noqa: BLE001 - an adapter that was pulled out cannot be stopped
            _log.debug("scanner did not stop: %r", error)

    def _on_advertisement(self, device: BLEDevice, said: AdvertisementData) -> None:
        self._heard_s = time.monotonic()
        for heard in list(self._listeners.values()):
            heard(device, said)
