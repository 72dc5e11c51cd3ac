"""An emulated Viatom O2 ring: answers what it is asked, in pieces of 20 bytes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Final

from devices.sim.ble.oximeter import FingerAt
from devices.sim.ble.peripheral import NOTIFY, WRITE, Peripheral
from devices.sim.ble.radio import Air
from kapmonitor.clock import Clock

ADDRESS: Final = "C1:00:00:00:00:07"
NAME: Final = "O2Ring 1"
SERVICE: Final = "14839AC4-7D7E-415C-9A42-167340CF2339"
REPLIES: Final = "0734594A-A8E7-4B1A-A6B1-CD5243059A57"
REQUESTS: Final = "8B00ACE7-EB0B-49B0-BBE9-9AEE0A26E1A3"
INFO, NUMBERS, WAVE = 0x14, 0x17, 0x1B
PIECE: Final = 20
SAMPLES_PER_S: Final = 125
BEAT: Final = 156
BATTERY: Final = 97
MISSING: Final = 0xFF
_IDENTITY: Final = {"Region": "CE", "Model": "1652", "SN": "0000000000", "SoftwareVer": "2.5.0"}
"""Its device information; a real ring has no service for it, nor for its battery."""

PlethAt = Callable[[float], float]
"""The pulse wave, 0 to 1, at a time (s)."""


def crc8(data: bytes) -> int:
    """The check of every frame: the remainder of a division by x^8 + x^2 + x + 1."""
    remainder = int.from_bytes(data + b"\0", "big")
    for bit in range(8 * len(data) - 1, -1, -1):
        if remainder >> (bit + 8) & 1:
            remainder ^= 0x107 << bit
    return remainder


def reply(payload: bytes = b"", status: int = 0) -> bytes:
    """A whole reply."""
    body = bytes([0x55, status, status ^ 0xFF, 0, 0]) + len(payload).to_bytes(2, "little") + payload
    return body + bytes([crc8(body)])


def numbers(
    spo2: int | None, pulse: int | None, *, perfusion: float = 0.0, worn: bool = True, charging: int = 0
) -> bytes:
    """The payload that answers 0x17."""
    shown = [MISSING if value is None else value for value in (spo2, pulse)]
    tenths = min(round(perfusion * 10), 255)
    return bytes([*shown, 0, 0, 0, 0, 0, BATTERY, charging, 0, tenths, worn, 0])


def numbers_and_wave(spo2: int | None, pulse: int | None, wave: bytes, *, worn: bool = True) -> bytes:
    """The payload that answers 0x1B."""
    shown = (MISSING if spo2 is None else spo2, MISSING if pulse is None else pulse)
    head = bytes([shown[0], *shown[1].to_bytes(2, "little"), BATTERY, 0, 0, worn, 0, 0, 0])
    return head + len(wave).to_bytes(2, "little") + wave


class ViatomRing:
    """Worn by a patient; an older one (`waves` False) refuses to tell the wave."""

    def __init__(
        self,
        air: Air,
        finger_at: FingerAt,
        pleth_at: PlethAt,
        clock: Clock,
        *,
        address: str = ADDRESS,
        name: str = NAME,
        waves: bool = True,
        serial: str | None = None,
    ) -> None:
        self._identity = {**_IDENTITY, "SN": serial} if serial is not None else _IDENTITY
        pushed = [(REPLIES, NOTIFY), (REQUESTS, WRITE)]
        self.peripheral = Peripheral(air, address, name, SERVICE, pushed, {}, written={REQUESTS: self._asked})
        self.deaf = False
        """Take requests and never answer."""
        self.asked: list[int] = []
        self._finger_at = finger_at
        self._pleth_at = pleth_at
        self._clock = clock
        self._waves = waves
        self._told_ns = clock.now_ns()
        self._buffer = b""
        self._answers: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Switch on and answer until cancelled."""
        await self.peripheral.switch_on()
        await asyncio.Event().wait()

    def answer(self, command: int, t_ns: int) -> bytes:
        """The reply to a command at that time."""
        if command == INFO:
            return reply(json.dumps(self._identity).encode())
        if command == NUMBERS or (command == WAVE and self._waves):
            return reply(self._live(t_ns, wave=command == WAVE))
        return reply(status=1)

    def _live(self, t_ns: int, *, wave: bool) -> bytes:
        finger = self._finger_at(t_ns)
        spo2 = round(finger.spo2) if finger.worn and finger.spo2 is not None else None
        pulse = round(finger.pulse) if finger.worn and finger.pulse is not None else None
        if not wave:
            return numbers(spo2, pulse, perfusion=finger.perfusion or 0.0, worn=finger.worn)
        return numbers_and_wave(spo2, pulse, self._samples(t_ns), worn=finger.worn)

    def _samples(self, t_ns: int) -> bytes:
        """The wave since it was last told, downwards, as far as a ring remembers it."""
        count = min(round((t_ns - self._told_ns) * SAMPLES_PER_S / 1e9), 2 * SAMPLES_PER_S)
        self._told_ns = t_ns
        times = (t_ns / 1e9 - (count - 1 - i) / SAMPLES_PER_S for i in range(count))
        levels = (round(200 * (1 - min(max(self._pleth_at(t_s), 0.0), 1.0))) for t_s in times)
        return bytes(level + 1 if level == BEAT else level for level in levels)

    def _asked(self, data: bytes) -> None:
        self._buffer += data
        if len(self._buffer) < 8:
            return
        size = 8 + int.from_bytes(self._buffer[5:7], "little")
        request, self._buffer = self._buffer[:size], b""
        if len(request) < size or crc8(request) or self.deaf:
            return
        self.asked.append(request[1])
        task = asyncio.ensure_future(self._say(self.answer(request[1], self._clock.now_ns())))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def _say(self, whole: bytes) -> None:
        for at in range(0, len(whole), PIECE):
            await self.peripheral.push(REPLIES, whole[at : at + PIECE])
