"""Between a console's radio and an emulated controller in another process: HCI packets over loopback TCP.

Each console that connects gets a controller of its own in the same air. When its line drops, the controller
leaves, and the devices it was connected to notice.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import Final

from bumble.device import Device
from bumble.transport.common import StreamPacketSink, StreamPacketSource

from devices.sim.ble.radio import Air, EmulatedController, host_on

_BOOT_LIMIT_S: Final = 5.0


class _HciStream(StreamPacketSource):  # type: ignore[misc]
    """One TCP line that carries HCI packets; tells when it opens and when it ends."""

    def __init__(
        self, opened: Callable[[_HciStream, asyncio.Transport], None] | None, ended: Callable[[], None]
    ) -> None:
        super().__init__()
        self._opened = opened
        self._ended = ended

    def connection_made(self, transport: asyncio.Transport) -> None:
        if self._opened is not None:
            self._opened(self, transport)

    def connection_lost(self, _error: Exception | None) -> None:
        self.on_transport_lost()
        self._ended()


class _ControllerLine:
    """The emulated end of one line."""

    def __init__(self, air: Air) -> None:
        self._air = air
        self._controller: EmulatedController | None = None

    def opened(self, source: _HciStream, transport: asyncio.Transport) -> None:
        self._controller = EmulatedController(
            "console",
            host_source=source,
            host_sink=StreamPacketSink(transport),
            link=self._air,
            public_address=_new_address(),
        )

    def ended(self) -> None:
        if self._controller is not None:
            self._controller.leave()


def _new_address() -> str:
    """A random static address, as several consoles may be in one room."""
    return ":".join(["F0", *(f"{byte:02X}" for byte in secrets.token_bytes(5))])


async def listen(air: Air, host: str, port: int) -> asyncio.Server:
    """Offer controllers in this air on a TCP port; 0 takes any free one."""

    def line() -> _HciStream:
        end = _ControllerLine(air)
        return _HciStream(end.opened, end.ended)

    return await asyncio.get_running_loop().create_server(line, host, port)


class ConsoleHost:
    """The console's end: opened when first needed, and anew after the line was lost."""

    def __init__(self, host: str, port: int) -> None:
        self._where = (host, port)
        self._device: Device | None = None
        self._transport: asyncio.Transport | None = None
        self._lock = asyncio.Lock()

    async def get(self) -> Device:
        """The powered-on bumble host; OSError if nobody listens there."""
        async with self._lock:
            if self._device is None:
                self._device = await self._open()
            return self._device

    async def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()
            await asyncio.sleep(0)

    async def _open(self) -> Device:
        host, port = self._where
        loop = asyncio.get_running_loop()
        transport, source = await loop.create_connection(lambda: _HciStream(None, self._lost), host, port)
        self._transport = transport
        device = host_on(source, StreamPacketSink(transport), _new_address(), "console")
        try:
            async with asyncio.timeout(_BOOT_LIMIT_S):
                await device.power_on()
        except TimeoutError as error:
            transport.close()
            raise ConnectionError(f"{host}:{port} does not answer like a Bluetooth controller") from error
        return device

    def _lost(self) -> None:
        if self._device is not None:
            self._device.scanning = False  # or stopping the scanner would wait for an answer for ever
        self._device = self._transport = None
