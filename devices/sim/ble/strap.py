"""An emulated heart rate strap: one message a second with the beats since the last one."""

from __future__ import annotations

import asyncio
from typing import Final

from devices.sim.ble import common, frames
from devices.sim.ble.beats import Beats, RateAt
from devices.sim.ble.peripheral import NOTIFY, Peripheral, Readable
from devices.sim.ble.radio import Air
from kapmonitor.clock import Clock

ADDRESS: Final = "C1:00:00:00:00:02"
NAME: Final = "KAP strap"
SERVICE: Final = 0x180D
MEASUREMENT: Final = 0x2A37
MAX_INTERVALS: Final = 9
"""As many as fit a message of 20 bytes; a burst of more loses the oldest, as on a real strap."""
_PERIOD_NS: Final = 1_000_000_000
_READABLE: Final[Readable] = {SERVICE: {0x2A38: b"\x01"}, **common.services("strap", "S-0001", 90)}


class Strap:
    """Worn by a patient whose heart rate is `rate_at`; no rate: it lies on the table."""

    def __init__(
        self,
        air: Air,
        rate_at: RateAt,
        clock: Clock,
        *,
        address: str = ADDRESS,
        name: str = NAME,
        serial: str | None = None,
    ) -> None:
        readable = common.with_serial(_READABLE, serial)
        self.peripheral = Peripheral(air, address, name, SERVICE, [(MEASUREMENT, NOTIFY)], readable)
        self._rate_at = rate_at
        self._clock = clock
        self._beats = Beats(rate_at, clock.now_ns())

    async def run(self) -> None:
        """Switch on and send until cancelled."""
        await self.peripheral.switch_on()
        next_ns = self._clock.now_ns()
        while True:
            next_ns += _PERIOD_NS
            await asyncio.sleep(self._clock.real_delay_s(next_ns - self._clock.now_ns()))
            await self.peripheral.push(MEASUREMENT, self.message(next_ns))

    def message(self, t_ns: int) -> bytes:
        """What the strap says at `t_ns`: the rate, and the beats since it was last asked."""
        rate = self._rate_at(t_ns)
        beats = self._beats.until(t_ns)[-MAX_INTERVALS:]
        if rate is None:
            return frames.heart_rate(0, contact=False)
        return frames.heart_rate(round(rate), rr=beats)
