"""What emulated cuffs and thermometers share: readings are kept, and offered until a console has taken them.

Such a device is asleep but for half a minute after a measurement. It indicates all readings that were never
confirmed, oldest first, waits for each confirmation, and hangs up.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from devices.sim.ble.peripheral import Name, Peripheral
from kapmonitor.clock import Clock

MEMORY: Final = 30
ADVERTISE_S: Final = 30.0
OFFERS: Final = 2
"""So often it advertises for one reading; the second time, a link that broke is made anew."""
_LINGER_S: Final = 0.2
"""Between the last confirmation and hanging up."""


class Offering:
    """The readings of one device, indicated as `measurement`."""

    def __init__(self, peripheral: Peripheral, measurement: Name) -> None:
        self._peripheral, self._measurement = peripheral, measurement
        self.memory: deque[bytes] = deque(maxlen=MEMORY)
        self.old: tuple[bytes, ...] = ()
        """What it sends again each time before the new reading."""

    async def run(
        self,
        clock: Clock,
        interval_s: float,
        measure: Callable[[int], None],
        offer: Callable[[], Awaitable[bool]],
    ) -> None:
        """Switch on, then measure and offer the reading, again and again until cancelled."""
        await self._peripheral.switch_on(advertise=False)
        next_ns = clock.now_ns()
        while True:
            self.memory.extend(reading for reading in self.old if reading not in self.memory)
            measure(next_ns)
            for _ in range(OFFERS):
                if await offer():
                    break
            next_ns += int(interval_s * 1e9)
            await asyncio.sleep(clock.real_delay_s(next_ns - clock.now_ns()))

    async def wait_for_console(self) -> bool:
        """Advertise until a console has subscribed; False if none came."""
        await self._peripheral.advertise()
        try:
            async with asyncio.timeout(ADVERTISE_S):
                await self._peripheral.subscribed.wait()
        except TimeoutError:
            return False
        finally:
            await self._peripheral.fall_silent()
        return True

    async def hand_over(self) -> bool:
        """Indicate what is kept and hang up; True if the console took it all."""
        while self.memory and await self._peripheral.push(self._measurement, self.memory[0]):
            self.memory.popleft()
        await asyncio.sleep(_LINGER_S)
        await self._peripheral.hang_up()
        return not self.memory
