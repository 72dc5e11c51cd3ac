"""An emulated ear thermometer: asleep, except after a measurement, until a console has taken it.

It advertises for half a minute, shows where the temperature is going, indicates all that was never confirmed,
oldest first, and hangs up.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

from devices.sim.ble import common, frames
from devices.sim.ble.offering import Offering
from devices.sim.ble.peripheral import INDICATE, NOTIFY, READ, WRITE, Name, Peripheral, Readable, Written
from devices.sim.ble.radio import Air
from kapmonitor.clock import Clock

ADDRESS: Final = "C1:00:00:00:00:04"
NAME: Final = "KAP thermometer"
SERVICE: Final = 0x1809
MEASUREMENT: Final = 0x2A1C
INTERMEDIATE: Final = 0x2A1E
EARDRUM: Final = 9
ON_ITS_WAY: Final = (2.5, 0.9, 0.3)
"""Degrees below the end at which the intermediate temperatures are."""
_SETTLE_S: Final = 2.0
_READABLE: Final[Readable] = {
    SERVICE: {0x2A1D: bytes([EARDRUM])},
    **common.services("thermometer", "T-0001", 60),
}
_OLD: Final = (38.9, 38.4, 38.1)
"""Somebody else's."""

TemperatureAt = Callable[[int], float | None]
"""The body's temperature (degrees Celsius) at a time (ns); None where the measurement fails."""


class Thermometer:
    """Used every `interval_s` of the clock, as if someone pressed its button."""

    def __init__(
        self,
        air: Air,
        temperature_at: TemperatureAt,
        clock: Clock,
        interval_s: float = 300.0,
        *,
        address: str = ADDRESS,
        name: str = NAME,
        serial: str | None = None,
    ) -> None:
        self._own = common.OwnClock(clock)
        pushed = [(MEASUREMENT, INDICATE), (INTERMEDIATE, NOTIFY), (common.DATE_TIME, READ | WRITE)]
        readable = common.own_clock(self._own, common.with_serial(_READABLE, serial), SERVICE)
        written: dict[Name, Written] = {common.DATE_TIME: self._own.set}
        self.peripheral = Peripheral(air, address, name, SERVICE, pushed, readable, written=written)
        self._offering = Offering(self.peripheral, MEASUREMENT)
        self.memory = self._offering.memory
        self._newest: float | None = None
        self._temperature_at = temperature_at
        self._clock = clock
        self._interval_s = interval_s

    async def run(self) -> None:
        """Switch on, then measure and offer the reading, again and again until cancelled."""
        await self._offering.run(self._clock, self._interval_s, self.measure, self.offer)

    def measure(self, t_ns: int) -> None:
        """Take a reading into the memory."""
        self._newest = self._temperature_at(t_ns)
        self.memory.append(frames.temperature(self._newest, when=self._own.now(), place=EARDRUM))

    def old_first(self) -> None:
        """From now on, send three old readings before each new one."""
        now = self._own.now()
        self._offering.old = tuple(
            frames.temperature(taken, when=now - ago, place=EARDRUM)
            for taken, ago in zip(_OLD, common.OLD, strict=True)
        )

    async def offer(self) -> bool:
        """Advertise until a console comes and takes the readings; True if it took them all."""
        if not await self._offering.wait_for_console():
            return False
        await self._show_the_way()
        return await self._offering.hand_over()

    async def _show_the_way(self) -> None:
        """Intermediate temperatures, if the console wants them; it has a moment to say so."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_SETTLE_S):
                await self.peripheral.until_subscribed(INTERMEDIATE)
        if self._newest is not None:
            for below in ON_ITS_WAY:
                await self.peripheral.push(INTERMEDIATE, frames.temperature(self._newest - below))
