"""An emulated Polar H10: heart rate each second, and an ECG in frames of 73 samples once it is asked for."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable, Sequence
from typing import Final

from devices.sim.ble import common, frames
from devices.sim.ble.beats import RateAt
from devices.sim.ble.peripheral import INDICATE, NOTIFY, READ, WRITE, Peripheral, Pushed, Readable
from devices.sim.ble.radio import Air
from kapmonitor.clock import Clock

ADDRESS: Final = "C1:00:00:00:00:06"
NAME: Final = "Polar H1"
"""As many letters as there is room for beside the service."""
SERVICE: Final = "FB005C80-02E7-F387-1CAD-8ACD2D8DF0C8"
CONTROL_POINT: Final = "FB005C81-02E7-F387-1CAD-8ACD2D8DF0C8"
DATA: Final = "FB005C82-02E7-F387-1CAD-8ACD2D8DF0C8"
HEART_RATE: Final = 0x2A37
CCCD_OFF: Final = 0xFD
FRAME_SAMPLES: Final = 73
RATE_HZ: Final = 130
POWER_ON_NS: Final = 599_616_000_000_000_000
"""The clock of a strap that was never set begins in 2019; ns since 2000."""
OFFER: Final = bytes.fromhex("f00100000000018200 01010e00".replace(" ", ""))
START: Final = bytes.fromhex("0200 0001 8200 0101 0e00".replace(" ", ""))
_READABLE: Final[Readable] = {
    SERVICE: {CONTROL_POINT: bytes([0x0F, 0x05, *bytes(15)])},
    **common.services("H10", "P-0001", 90),
}
_HEART: Final[Pushed] = {0x180D: [(HEART_RATE, NOTIFY)]}
EcgAt = Callable[[float], float]
"""The ECG in mV at a time (s)."""


def ecg_frame(microvolts: Sequence[int], device_ns: int) -> bytes:
    """An uncompressed ECG frame; `device_ns` is the time of its last sample."""
    body = b"".join(struct.pack("<i", value)[:3] for value in microvolts)
    return struct.pack("<BQB", 0, device_ns, 0) + body


class PolarStrap:
    """Worn by a patient; `dropped` frames are left out, as when the air was busy."""

    def __init__(
        self,
        air: Air,
        ecg_at: EcgAt,
        rate_at: RateAt,
        clock: Clock,
        *,
        address: str = ADDRESS,
        name: str = NAME,
        serial: str | None = None,
    ) -> None:
        pushed = [(CONTROL_POINT, READ | WRITE | INDICATE), (DATA, NOTIFY)]
        self.peripheral = Peripheral(
            air,
            address,
            name,
            SERVICE,
            pushed,
            common.with_serial(_READABLE, serial),
            written={CONTROL_POINT: self._asked},
            more=_HEART,
        )
        self.running = False
        self.dropped = 0
        self.asked: list[bytes] = []
        self._ecg_at = ecg_at
        self._rate_at = rate_at
        self._clock = clock
        self._answers: set[asyncio.Task[bool]] = set()

    async def run(self) -> None:
        """Switch on and send until cancelled."""
        await self.peripheral.switch_on()
        async with asyncio.TaskGroup() as sending:
            sending.create_task(self._send_ecg())
            sending.create_task(self._send_heart_rate())

    async def _send_heart_rate(self) -> None:
        next_ns = self._clock.now_ns()
        while True:
            next_ns += 1_000_000_000
            await asyncio.sleep(self._clock.real_delay_s(next_ns - self._clock.now_ns()))
            rate = self._rate_at(next_ns)
            said = frames.heart_rate(0, contact=False) if rate is None else frames.heart_rate(round(rate))
            await self.peripheral.push(HEART_RATE, said)

    async def _send_ecg(self) -> None:
        start_ns, number = self._clock.now_ns(), 0
        while True:
            number += 1
            t_ns = start_ns + number * FRAME_SAMPLES * 1_000_000_000 // RATE_HZ
            await asyncio.sleep(self._clock.real_delay_s(t_ns - self._clock.now_ns()))
            if not self.running:
                continue
            if self.dropped:
                self.dropped -= 1
                continue
            await self.peripheral.push(DATA, self.frame(t_ns, start_ns))

    def frame(self, t_ns: int, start_ns: int) -> bytes:
        """The frame that ends at that time."""
        times = (t_ns / 1e9 - (FRAME_SAMPLES - 1 - i) / RATE_HZ for i in range(FRAME_SAMPLES))
        return ecg_frame([round(1000 * self._ecg_at(t_s)) for t_s in times], POWER_ON_NS + t_ns - start_ns)

    def _asked(self, command: bytes) -> int | None:
        if CONTROL_POINT not in self.peripheral.subscriptions:
            return CCCD_OFF
        self.asked.append(command)
        op, kind = command[:1], command[1:2]
        match command:
            case b"\x01\x00":
                self._say(OFFER)
            case _ if command == START:
                self._say(bytes([0xF0, 2, 0, 6 if self.running else 0, 0]))
                self.running = True
            case b"\x03\x00":
                self._say(bytes([0xF0, 3, 0, 0, 0]))
                self.running = False
            case _:
                self._say(b"\xf0" + op + kind + b"\x03\x00")
        return None

    def _say(self, answer: bytes) -> None:
        task = asyncio.ensure_future(self.peripheral.push(CONTROL_POINT, answer))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)
