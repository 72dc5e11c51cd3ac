"""A room with emulated Bluetooth devices, and a sink that remembers, for the Bluetooth tests."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from devices.protocol import DriverSpec
from devices.sim.ble.backend import radio_in
from devices.sim.ble.cuff import Cuff, CuffValues
from devices.sim.ble.radio import Air
from devices.sim.ble.serve import end
from devices.sim.ble.strap import Strap
from devices.transport.ble import BlePump
from devices.transport.ble_radio import Radio
from kapmonitor.clock import SystemClock
from kapmonitor.identity import Bound
from kapmonitor.model import (
    DeviceEvent,
    DeviceIdentified,
    LinkChanged,
    LinkState,
    Measured,
    Observation,
    WireChunk,
)

PATIENCE_S = 20.0
"""For things that take well under a second on an idle machine."""
PRESSURES = CuffValues(120, 80, 93, 70)


@dataclass
class Ledger:
    """A DeviceSink that keeps everything, in order."""

    entries: list[DeviceEvent | LinkChanged | WireChunk] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def on_event(self, device: str, event: DeviceEvent) -> None:
        self._add(event)

    def on_link(self, device: str, change: LinkChanged) -> None:
        self._add(change)

    def on_wire(self, device: str, chunk: WireChunk) -> None:
        self._add(chunk)

    def _add(self, entry) -> None:
        self.entries.append(entry)
        self.news.set()

    def of(self, kind: type) -> list:
        return [entry for entry in self.entries if isinstance(entry, kind)]

    def readings(self, ref: str) -> list[tuple[float, bool]]:
        """The measured values of one metric, and whether each is a stored one."""
        return [
            (event.reading.value, event.stored)
            for event in self.of(Observation)
            if event.metric.ref == ref and isinstance(event.reading, Measured)
        ]

    def values(self, ref: str) -> list[float]:
        """The measured values of one metric."""
        return [value for value, _ in self.readings(ref)]

    def identity(self) -> DeviceIdentified | None:
        """Who it said to be, in one piece or several: values may come in between."""
        bound = Bound()
        for said in self.of(DeviceIdentified):
            bound = bound.heard(said)
        assert bound.waiting is None
        return bound.known

    def links(self) -> list[tuple[str, str]]:
        return [(change.state.value, change.problem.value) for change in self.of(LinkChanged)]

    async def until(self, happened: Callable[[], object]) -> None:
        """Wait until it has happened; TimeoutError names what there is instead."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not happened():
                    self.news.clear()
                    await self.news.wait()
        except TimeoutError:
            raise AssertionError(f"never happened; there is {self.entries[-8:]}") from None

    async def live(self, times: int = 1) -> None:
        """Wait until the link has gone live that often."""
        await self.until(lambda: [c.state for c in self.of(LinkChanged)].count(LinkState.LIVE) >= times)


class Room:
    """The air, its devices and the tasks that drive them; everything ends with the room."""

    def __init__(self) -> None:
        self.air = Air()
        self.clock = SystemClock()
        self.radio = radio_in(self.air)
        self._tasks: list[asyncio.Task] = []

    def strap(self, rate_at=lambda _t_ns: 72.0, **named) -> Strap:
        return Strap(self.air, rate_at, self.clock, **named)

    def cuff(self, reading_at=lambda _t_ns: PRESSURES, **named) -> Cuff:
        return Cuff(self.air, reading_at, self.clock, 3600.0, **named)

    def pump(
        self,
        spec: DriverSpec,
        address: str,
        radio: Radio | None = None,
        options=None,
        device="d",
        ledger=None,
    ):
        """A running pump: its ledger and its task. No jitter, so that waits are the shortest."""
        ledger = ledger or Ledger()
        pump = BlePump(
            device, spec, address, options or {}, self.clock, ledger, radio or self.radio, jitter=lambda: 0.0
        )
        return ledger, self.start(pump.run())

    def start(self, running) -> asyncio.Task:
        task = asyncio.ensure_future(running)
        self._tasks.append(task)
        return task

    async def clear(self) -> None:
        for error in await end(*self._tasks):
            if error is not None:
                raise error


@contextlib.asynccontextmanager
async def room() -> AsyncIterator[Room]:
    made = Room()
    try:
        yield made
    finally:
        await made.clear()


def in_room(test) -> None:
    """Run an async test in a room of its own."""

    async def whole() -> None:
        async with room() as made:
            await asyncio.wait_for(test(made), 4 * PATIENCE_S)

    asyncio.run(whole())
