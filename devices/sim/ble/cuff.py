"""An emulated blood pressure cuff: asleep, except after a reading, until a console has taken it.

Like its models it advertises for half a minute, indicates all readings that were never confirmed, oldest
first, waits for each confirmation, and hangs up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from devices.sim.ble import common, frames
from devices.sim.ble.offering import Offering
from devices.sim.ble.peripheral import INDICATE, NOTIFY, READ, WRITE, Name, Peripheral, Readable, Written
from devices.sim.ble.radio import Air
from kapmonitor.clock import Clock

ADDRESS: Final = "C1:00:00:00:00:01"
NAME: Final = "KAP cuff"
SERVICE: Final = 0x1810
MEASUREMENT: Final = 0x2A35
INTERMEDIATE: Final = 0x2A36
_READABLE: Final[Readable] = {SERVICE: {0x2A49: b"\x1f\x00"}, **common.services("cuff", "C-0001", 80)}
MOVEMENT, LOOSE = 0x01, 0x02
"""Bits of the status."""
_OLD: Final = ((161, 97, 118, 88), (157, 95, 116, 84), (149, 93, 112, 90))
"""Somebody else's."""


@dataclass(frozen=True, slots=True)
class CuffValues:
    """One determination, mmHg and /min; None where the cuff found nothing."""

    systolic: float | None
    diastolic: float | None
    mean: float | None
    pulse: float | None
    status: int = 0


ReadingAt = Callable[[int], CuffValues]
"""What a cuff finds at a time (ns)."""


class Cuff:
    """Takes a reading every `interval_s` of the clock, as if someone pressed its button."""

    def __init__(
        self,
        air: Air,
        reading_at: ReadingAt,
        clock: Clock,
        interval_s: float = 300.0,
        *,
        address: str = ADDRESS,
        name: str = NAME,
        bonded: bool = False,
        serial: str | None = None,
    ) -> None:
        self._own = common.OwnClock(clock)
        pushed = [(MEASUREMENT, INDICATE), (INTERMEDIATE, NOTIFY), (common.DATE_TIME, READ | WRITE)]
        readable = common.own_clock(self._own, common.with_serial(_READABLE, serial), SERVICE)
        written: dict[Name, Written] = {common.DATE_TIME: self._own.set}
        self.peripheral = Peripheral(
            air, address, name, SERVICE, pushed, readable, written=written, bonded=bonded
        )
        self._offering = Offering(self.peripheral, MEASUREMENT)
        self.memory = self._offering.memory
        self._reading_at = reading_at
        self._clock = clock
        self._interval_s = interval_s

    async def run(self) -> None:
        """Switch on, then measure and offer the reading, again and again until cancelled."""
        await self._offering.run(self._clock, self._interval_s, self.measure, self.offer)

    def measure(self, t_ns: int, status: int = 0) -> None:
        """Take a reading into the memory."""
        found = self._reading_at(t_ns)
        pressures = (found.systolic, found.diastolic, found.mean)
        self.memory.append(
            frames.blood_pressure(
                pressures, when=self._own.now(), pulse=found.pulse, status=status | found.status
            )
        )

    def old_first(self) -> None:
        """From now on, send three old readings before each new one."""
        now = self._own.now()
        self._offering.old = tuple(
            frames.blood_pressure(taken[:3], when=now - ago, pulse=taken[3], status=0)
            for taken, ago in zip(_OLD, common.OLD, strict=True)
        )

    async def offer(self) -> bool:
        """Advertise until a console comes and takes the readings; True if it took them all."""
        if not await self._offering.wait_for_console():
            return False
        return await self._offering.hand_over()
