"""One Bluetooth radio as all links see it: one scanner, one attempt at a time, one way of letting go.

bleak is imported when it is first needed, since a console with serial monitors alone never does.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from devices.transport.ble_agent import PairingAgent
from devices.transport.ble_errors import tried, within
from devices.transport.ble_scan import Heard, SharedScanner
from devices.transport.ble_watch import BluezWatch, RadioNews, RadioWatch, Tell

if TYPE_CHECKING:
    from bleak import BleakClient, BleakScanner
    from bleak.backends.client import BaseBleakClient
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import BaseBleakScanner

CONNECT_LIMIT_S: Final = 20.0
DISCONNECT_LIMIT_S: Final = 10.0
LET_GO_S: Final = 0.6
"""How long whoever lets go of a device is kept waiting for it. BlueZ takes two seconds and more to hang up;
the next connection waits for that, the one who ended does not."""
CALL_OFF_AFTER_S: Final = 1.2
"""An attempt that nobody wants any more is given this long to come about, and then ended like any connection.
One that is called off in the moment in which it succeeds leaves the device connected to the kernel, unseen by
BlueZ, and hidden from everyone until the adapter is switched off."""
LOOK_LIMIT_S: Final = 5.0
CLOSE_LIMIT_S: Final = 3.0
_MARGIN_S: Final = 5.0
"""For backends that keep to the limit themselves, and clean up better than a cancellation can."""
_log = logging.getLogger(__name__)

Told = Callable[[RadioNews], None]


@dataclass(frozen=True, slots=True)
class Backend:
    """The bleak classes to use in place of the platform's own."""

    scanner: type[BaseBleakScanner]
    client: type[BaseBleakClient]


class Radio:
    """Made once per process and radio, and shared by its links. `backend` None: the computer's own Bluetooth.

    `release` is awaited by close(), for whoever keeps something open behind a backend. `watch` makes what
    tells news of the radio; without it, the platform's own is used if there is one.
    """

    def __init__(
        self,
        backend: Backend | None = None,
        release: Callable[[], Awaitable[None]] | None = None,
        watch: Callable[[Tell], RadioWatch] | None = None,
    ) -> None:
        linux = backend is None and sys.platform.startswith("linux")
        watch = watch or (BluezWatch if linux else None)
        self._backend = backend
        self._release = release
        self._agent = PairingAgent() if linux else None
        self._watch = watch(self._tell) if watch is not None else None
        self._connecting = asyncio.Lock()
        self._attempts: dict[BleakClient, asyncio.Task[None]] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._held: set[str] = set()
        self._links: dict[object, tuple[str, Told]] = {}
        self._unused = asyncio.Event()
        self._unused.set()
        self.scanner = SharedScanner(self._make_scanner, self._prepare)

    @contextlib.contextmanager
    def used(self, address: str, told: Told) -> Iterator[None]:
        """For as long as a link uses the radio: it is told what happens to the radio and to its device."""
        token = object()
        self._links[token] = (address.upper(), told)
        self._unused.clear()
        try:
            yield
        finally:
            del self._links[token]
            if not self._links:
                self._unused.set()

    async def _prepare(self) -> None:
        """Watch the radio from now on, and again if what told of it was lost."""
        if self._watch is not None:
            await self._watch.start()

    def _tell(self, news: RadioNews, address: str) -> None:
        if news is not RadioNews.TABLE:
            self.scanner.restart()
        for mine, told in list(self._links.values()):
            if address in {"", mine}:
                told(news)

    @contextlib.asynccontextmanager
    async def connecting(self, address: str) -> AsyncIterator[None]:
        """Hold the radio for one connection attempt; others wait, the scanner rests, pairing is answered.

        It begins once all that was let go of has gone: BlueZ otherwise delivers everything twice.
        """
        async with self._connecting:
            await self._all_gone(2 * DISCONNECT_LIMIT_S)
            async with self.scanner.paused():
                if self._agent is not None:
                    await self._agent.allow(address)
                yield

    def client(self, device: BLEDevice, on_lost: Callable[[], None]) -> BleakClient:
        """A new client; one is used for one connection only, and given to disconnect() however that ends."""
        from bleak import BleakClient

        return BleakClient(
            device,
            disconnected_callback=lambda _client: on_lost(),
            timeout=CONNECT_LIMIT_S,
            backend=self._backend.client if self._backend else None,
        )

    async def connect(self, client: BleakClient) -> None:
        """Connect within CONNECT_LIMIT_S; LinkError if not."""
        attempt = asyncio.create_task(client.connect())
        attempt.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        self.scanner.pause_while(attempt)
        self._attempts[client] = attempt
        await tried(client.address, within(CONNECT_LIMIT_S + _MARGIN_S, _outcome(attempt)))
        self._held.add(client.address.upper())

    async def disconnect(self, client: BleakClient) -> None:
        """Let go of a client, connected, connecting or not; never raises, and does not take long.

        Needed even after the device has gone.
        """
        leaving = asyncio.create_task(self._let_go(client))
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)
        await asyncio.wait((leaving,), timeout=LET_GO_S)

    async def _let_go(self, client: BleakClient) -> None:
        attempt = self._attempts.pop(client, None)
        if attempt is not None and not (await asyncio.wait((attempt,), timeout=CALL_OFF_AFTER_S))[0]:
            attempt.cancel()
            await asyncio.wait((attempt,), timeout=DISCONNECT_LIMIT_S)
        try:
            await within(DISCONNECT_LIMIT_S, client.disconnect())
        except Exception as error:  # noqa: BLE001 - any platform's Bluetooth stack may throw anything
            _log.debug("%s did not disconnect: %r", client.address, error)
        finally:
            self._held.discard(client.address.upper())

    async def _all_gone(self, limit_s: float) -> None:
        if self._leaving:
            await asyncio.wait(set(self._leaving), timeout=limit_s)

    async def free(self, address: str, services: tuple[str, ...]) -> None:
        """Let go of a device that a program which crashed has left connected, as it advertises to nobody."""
        if self._backend is not None or address.upper() in self._held:
            return
        try:
            for device in await within(LOOK_LIMIT_S, _connected(services)):
                if device.address.upper() == address.upper():
                    await self._free(device)
        except Exception as error:  # noqa: BLE001 - an attempt to help; what is wrong shows when listening
            _log.debug("could not look for a connected %s: %r", address, error)

    async def _free(self, device: BLEDevice) -> None:
        client = self.client(device, on_lost=lambda: None)
        try:
            async with self.connecting(device.address):
                await self.connect(client)
        finally:
            await self.disconnect(client)

    async def close(self) -> None:
        """Give back what the radio holds, once its links have ended."""
        with contextlib.suppress(TimeoutError):
            await within(CLOSE_LIMIT_S, self._calm())
        if self._watch is not None:
            await self._watch.close()
        if self._agent is not None:
            await self._agent.close()
        if self._release is not None:
            await self._release()

    async def _calm(self) -> None:
        """Wait until nobody uses the radio, nothing scans, and all devices are let go."""
        await self._unused.wait()
        await self.scanner.rest()
        await self._all_gone(DISCONNECT_LIMIT_S)

    def _make_scanner(self, heard: Heard) -> BleakScanner:
        from bleak import BleakScanner

        return BleakScanner(heard, backend=self._backend.scanner if self._backend else None)


async def _outcome(attempt: asyncio.Task[None]) -> None:
    """Wait for a task that goes on if the one who waits is cancelled; being called off is an error."""
    await asyncio.wait((attempt,))
    if attempt.cancelled():
        raise ConnectionError("the attempt was called off")
    attempt.result()


async def _connected(services: tuple[str, ...]) -> list[BLEDevice]:
    from bleak import BleakAdapter

    adapter = await BleakAdapter.get()
    return await adapter.get_connected_devices(list(services))
