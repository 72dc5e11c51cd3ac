"""One Bluetooth radio as all links see it: one scanner, one connection attempt at a time.

bleak is imported when it is first needed, since a console with serial monitors alone never does.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from devices.transport.ble_agent import PairingAgent
from devices.transport.ble_errors import tried, within
from devices.transport.ble_scan import Heard, SharedScanner

if TYPE_CHECKING:
    from bleak import BleakClient, BleakScanner
    from bleak.backends.client import BaseBleakClient
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import BaseBleakScanner

CONNECT_LIMIT_S: Final = 20.0
DISCONNECT_LIMIT_S: Final = 10.0
_MARGIN_S: Final = 5.0
"""For backends that keep to the limit themselves, and clean up better than a cancellation can."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Backend:
    """The bleak classes to use in place of the platform's own."""

    scanner: type[BaseBleakScanner]
    client: type[BaseBleakClient]


class Radio:
    """Made once per process and radio, and shared by its links. `backend` None: the computer's own Bluetooth.

    `release` is awaited by close(), for whoever keeps something open behind a backend.
    """

    def __init__(
        self, backend: Backend | None = None, release: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        self._backend = backend
        self._release = release
        self._connecting = asyncio.Lock()
        self._agent = PairingAgent() if backend is None and sys.platform.startswith("linux") else None
        self.scanner = SharedScanner(self._make_scanner)

    @contextlib.asynccontextmanager
    async def connecting(self, address: str) -> AsyncIterator[None]:
        """Hold the radio for one connection attempt; others wait, the scanner rests, pairing is answered."""
        async with self._connecting, self.scanner.paused():
            if self._agent is not None:
                await self._agent.allow(address)
            yield

    def client(self, device: BLEDevice, on_lost: Callable[[], None]) -> BleakClient:
        """A new client; one is used for one connection only."""
        from bleak import BleakClient

        return BleakClient(
            device,
            disconnected_callback=lambda _client: on_lost(),
            timeout=CONNECT_LIMIT_S,
            backend=self._backend.client if self._backend else None,
        )

    async def connect(self, client: BleakClient) -> None:
        """Connect within CONNECT_LIMIT_S; LinkError if not."""
        await tried(client.address, within(CONNECT_LIMIT_S + _MARGIN_S, client.connect()))

    async def disconnect(self, client: BleakClient) -> None:
        """Let go of a client, connected or not; never raises.

        Needed even after the device has gone: BlueZ otherwise delivers everything twice after a reconnection.
        """
        try:
            await within(DISCONNECT_LIMIT_S, client.disconnect())
        except Exception as error:  # noqa: BLE001 - any platform's Bluetooth stack may throw anything
            _log.debug("%s did not disconnect: %r", client.address, error)

    async def free(self, address: str, services: tuple[str, ...]) -> None:
        """Let go of a device that a program which crashed has left connected, as it advertises to nobody."""
        if self._backend is not None:
            return
        try:
            from bleak import BleakAdapter

            adapter = await BleakAdapter.get()
            for device in await adapter.get_connected_devices(list(services)):
                if device.address.upper() == address.upper():
                    client = self.client(device, on_lost=lambda: None)
                    await self.connect(client)
                    await self.disconnect(client)
        except Exception as error:  # noqa: BLE001 - an attempt to help; what is wrong shows when listening
            _log.debug("could not look for a connected %s: %r", address, error)

    async def close(self) -> None:
        """Give back what the radio holds; its links have ended before."""
        if self._agent is not None:
            await self._agent.close()
        if self._release is not None:
            await self._release()

    def _make_scanner(self, heard: Heard) -> BleakScanner:
        from bleak import BleakScanner

        return BleakScanner(heard, backend=self._backend.scanner if self._backend else None)
