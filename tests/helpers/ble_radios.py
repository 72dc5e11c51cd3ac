"""Radios for tests: one that keeps a diary of what its links do to it, and one that can be switched off."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason

from devices.sim.ble.backend import backend_over
from devices.sim.ble.radio import CONNECTION_TIMEOUT, Air, EmulatedController, host_on
from devices.transport.ble_radio import Backend, Radio
from devices.transport.ble_watch import RadioNews

ADDRESS = "F0:00:00:00:00:02"


class Host:
    """The console's own bumble host, powered on when it is first asked for."""

    def __init__(self, air: Air) -> None:
        self._air = air
        self.controller: EmulatedController | None = None
        self.device = None

    async def __call__(self):
        if self.device is None:
            self.controller = EmulatedController("console", link=self._air, public_address=ADDRESS)
            self.device = host_on(self.controller, self.controller, ADDRESS, "console")
            await self.device.power_on()
        return self.device


@dataclass
class Diary:
    """What was done to a radio, checked while it happens.

    `wrong` says what must never be: two scanners, a scan or a second attempt during one, a connection before
    all earlier clients were told to disconnect.
    """

    entries: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    scanning: int = 0
    connecting: int = 0
    held: list[object] = field(default_factory=list)
    hang_up_s: float = 0.0
    connect_s: float = 0.0
    call_off_s: float = 0.0

    def note(self, what: str) -> None:
        self.entries.append(what)

    def demand(self, right: bool, what: str) -> None:
        if not right:
            self.wrong.append(what)

    def radio(self, air: Air) -> Radio:
        """A radio that keeps this diary."""
        diary, plain = self, backend_over(Host(air))

        class Scanner(plain.scanner):
            async def start(self):
                diary.demand(diary.scanning == 0, "a second scanner was started")
                diary.demand(diary.connecting == 0, "a scanner was started during an attempt")
                diary.scanning += 1
                diary.note("scan")
                await super().start()

            async def stop(self):
                await super().stop()
                diary.scanning -= 1
                diary.note("rest")

        class Client(plain.client):
            async def connect(self, pair, **named):
                diary.demand(not diary.held, "connected before an earlier client had disconnected")
                diary.demand(diary.connecting == 0, "two attempts at once")
                diary.demand(diary.scanning == 0, "an attempt during a scan")
                diary.held.append(self)
                diary.connecting += 1
                diary.note("connect")
                try:
                    await asyncio.sleep(diary.connect_s)
                    await super().connect(pair, **named)
                except asyncio.CancelledError:
                    diary.note("called off")
                    await asyncio.sleep(diary.call_off_s)
                    raise
                finally:
                    diary.connecting -= 1

            async def disconnect(self):
                diary.note("disconnect")
                await asyncio.sleep(diary.hang_up_s)
                await super().disconnect()
                if self in diary.held:
                    diary.held.remove(self)

        return Radio(Backend(Scanner, Client))


class Switch:
    """A radio with a switch. `tells`: the platform says when it is switched, as BlueZ does.

    While it is off, whatever is asked for is refused, and a scan or an attempt that was going on is forgotten
    without a word. So BlueZ does; it loses the connections first and then says why, and a scan does not go on
    by itself afterwards.
    """

    def __init__(self, air: Air, *, tells: bool = True) -> None:
        self._host = Host(air)
        self._on = True
        self._tell = None
        self.radio = Radio(backend_over(self._powered), watch=self._watch if tells else None)

    def off(self) -> None:
        self._on = False
        device, controller = self._host.device, self._host.controller
        controller.vanish()
        for connection in list(controller.le_connections.values()):
            controller.on_le_disconnected(connection, CONNECTION_TIMEOUT)
        device.remove_all_listeners("advertisement")
        self._news = asyncio.get_running_loop().call_later(0.03, self.say, RadioNews.OFF)

    def on(self) -> None:
        self._on = True
        self._news.cancel()
        self._host.controller.reappear()
        self.say(RadioNews.ON)

    def say(self, news: RadioNews, address: str = "") -> None:
        if self._tell is not None:
            self._tell(news, address)

    async def _powered(self):
        if not self._on:
            raise BleakBluetoothNotAvailableError("off", BleakBluetoothNotAvailableReason.POWERED_OFF)
        return await self._host()

    def _watch(self, tell):
        switch = self

        class Watch:
            async def start(self):
                switch._tell = tell

            async def close(self):
                switch._tell = None

        return Watch()
