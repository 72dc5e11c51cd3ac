"""An emulated Berry BM1000: a hundred packets a second, four in each message."""

from __future__ import annotations

import asyncio
from typing import Final

from devices.sim.ble import common
from devices.sim.ble.nonin import PlethAt
from devices.sim.ble.oximeter import FingerAt
from devices.sim.ble.peripheral import NOTIFY, Peripheral, Readable
from devices.sim.ble.radio import Air
from kapmonitor.clock import Clock

ADDRESS: Final = "C1:00:00:00:00:08"
NAME: Final = "BerryMed"
SERVICE: Final = "49535343-FE7D-4AE5-8FA9-9FAFD205E455"
STREAM: Final = "49535343-1E4D-4BD9-BA61-23C647249616"
PACKETS_PER_S: Final = 100
AT_ONCE: Final = 4
_READABLE: Final[Readable] = common.services("BM1000", "B-0001", 90)


def packet(
    spo2: int | None,
    pulse: int | None,
    wave: int,
    *,
    strength: int = 7,
    unplugged: bool = False,
    no_finger: bool = False,
    searching: bool = False,
) -> bytes:
    """A V1.2 packet; `wave` 1 to 100, 0 for none."""
    rate = 0xFF if pulse is None else pulse
    no_signal = spo2 is None and pulse is None
    return bytes(
        [
            0x80 | strength | no_signal << 4 | unplugged << 5,
            wave,
            wave * 15 // 100 | no_finger << 4 | searching << 5 | (rate >> 7) << 6,
            rate & 0x7F,
            0x7F if spo2 is None else spo2,
        ]
    )


class BerryClip:
    """On a patient's finger."""

    def __init__(
        self,
        air: Air,
        finger_at: FingerAt,
        pleth_at: PlethAt,
        clock: Clock,
        *,
        address: str = ADDRESS,
        name: str = NAME,
        serial: str | None = None,
    ) -> None:
        readable = common.with_serial(_READABLE, serial)
        self.peripheral = Peripheral(air, address, name, SERVICE, [(STREAM, NOTIFY)], readable)
        self._finger_at = finger_at
        self._pleth_at = pleth_at
        self._clock = clock

    async def run(self) -> None:
        """Switch on and send until cancelled."""
        await self.peripheral.switch_on()
        start_ns, number = self._clock.now_ns(), 0
        while True:
            number += AT_ONCE
            t_ns = start_ns + number * 1_000_000_000 // PACKETS_PER_S
            await asyncio.sleep(self._clock.real_delay_s(t_ns - self._clock.now_ns()))
            await self.peripheral.push(STREAM, self.message(t_ns))

    def message(self, t_ns: int) -> bytes:
        """The packets that end at that time."""
        finger = self._finger_at(t_ns)
        if not finger.worn or finger.spo2 is None or finger.pulse is None:
            out = not finger.plugged
            return packet(None, None, 0, strength=0, unplugged=out, no_finger=not out) * AT_ONCE
        spo2, pulse = round(finger.spo2), min(round(finger.pulse), 254)
        times = [t_ns / 1e9 - (AT_ONCE - 1 - i) / PACKETS_PER_S for i in range(AT_ONCE)]
        levels = [round(1 + 99 * min(max(self._pleth_at(t_s), 0.0), 1.0)) for t_s in times]
        return b"".join(packet(spo2, pulse, level) for level in levels)
