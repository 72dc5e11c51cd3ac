"""An emulated Nonin 3150: a packet of numbers each second, the pulse wave in three packets a second."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable, Sequence
from typing import Final

from devices.sim.ble import common
from devices.sim.ble.beats import Beats
from devices.sim.ble.oximeter import Finger, FingerAt
from devices.sim.ble.peripheral import NOTIFY, Peripheral, Readable
from devices.sim.ble.radio import Air
from kapmonitor.clock import Clock

ADDRESS: Final = "C1:00:00:00:00:05"
NAME: Final = "Nonin315"
"""As many letters as there is room for beside the service."""
SERVICE: Final = "46A970E0-0D5F-11E2-8B5E-0002A5D5C51B"
NUMBERS: Final = "0AAD7EA0-0D60-11E2-8E3C-0002A5D5C51B"
PULSES: Final = "34E27863-76FF-4F8E-96F1-9E3993AA6199"
WAVE: Final = "EC0A883A-4D24-11E7-B114-B2F933D5FE66"
STATE: Final = "EC0A9302-4D24-11E7-B114-B2F933D5FE66"
ENCRYPTED, FINGER, SEARCHING, SMART_POINT, WEAK = 0x40, 0x10, 0x08, 0x04, 0x02
NO_SPO2, NO_PULSE = 127, 511
SAMPLES: Final = 25
WEAK_PERCENT: Final = 0.5
_PERIOD_NS: Final = 1_000_000_000 // 3
NO_SENSOR: Final = 1
BATTERY: Final = 80
PULSES_MOST: Final = 6
_READABLE: Final[Readable] = common.services("3150", "N-0001", BATTERY)
PlethAt = Callable[[float], float]
"""The pulse wave, 0 to 1, at a time (s)."""


def numbers(
    status: int, spo2: int | None, pulse: int | None, amplitude: float, counter: int, volts: float = 3.0
) -> bytes:
    """A DF19 packet; amplitude in percent."""
    shown = (NO_SPO2 if spo2 is None else spo2, NO_PULSE if pulse is None else pulse)
    head = (10, status, round(volts * 10), round(amplitude * 100), counter & 0xFFFF)
    return struct.pack(">3B2HBH", *head, *shown)


def wave(samples: Sequence[int], counter: int) -> bytes:
    """A DF22 packet of 25 samples, 0 to 65535."""
    return struct.pack(f">B{SAMPLES}HH", 3 + 2 * SAMPLES, *samples, counter & 0xFFFF)


def intervals(pulses: Sequence[tuple[bool, int, float]], counter: int, status: int = 0) -> bytes:
    """A DF20 packet; each pulse is (bad, amplitude, interval in ms)."""
    body = b"".join(
        struct.pack(">HH", bad << 15 | amplitude & 0xFFF, round(ms * 10)) for bad, amplitude, ms in pulses
    )
    return struct.pack(">BHB", 4 + len(body), counter & 0xFFFF, status) + body


def state(error: int, percent: int, counter: int, volts: float = 3.0) -> bytes:
    """A DF23 packet."""
    return struct.pack(">5BH", 7, 1, error, round(volts * 10), percent, counter & 0xFFFF)


class NoninOximeter:
    """On a patient's finger; talks to bonded consoles only, unless told otherwise."""

    def __init__(
        self,
        air: Air,
        finger_at: FingerAt,
        pleth_at: PlethAt,
        clock: Clock,
        *,
        address: str = ADDRESS,
        name: str = NAME,
        bonded: bool = True,
        serial: str | None = None,
    ) -> None:
        pushed = [(NUMBERS, NOTIFY), (WAVE, NOTIFY), (PULSES, NOTIFY), (STATE, NOTIFY)]
        readable = common.with_serial(_READABLE, serial)
        self.peripheral = Peripheral(air, address, name, SERVICE, pushed, readable, bonded=bonded)
        self._beats = Beats(lambda t_ns: _pulse(finger_at(t_ns)), clock.now_ns())
        self._finger_at = finger_at
        self._pleth_at = pleth_at
        self._clock = clock

    async def run(self) -> None:
        """Switch on and send until cancelled."""
        await self.peripheral.switch_on()
        start_ns, number = self._clock.now_ns(), 0
        while True:
            number += 1
            t_ns = start_ns + number * _PERIOD_NS
            await asyncio.sleep(self._clock.real_delay_s(t_ns - self._clock.now_ns()))
            await self.peripheral.push(WAVE, self.wave(t_ns, number))
            if number % 3 == 0:
                await self.peripheral.push(NUMBERS, self.numbers(t_ns, number // 3))
                await self.peripheral.push(PULSES, self.pulses(t_ns, number // 3))
                await self.peripheral.push(STATE, self.state(t_ns, number // 3))

    def numbers(self, t_ns: int, counter: int) -> bytes:
        """The DF19 packet of that time."""
        finger = self._finger_at(t_ns)
        if not finger.worn or finger.spo2 is None or finger.pulse is None:
            return numbers(ENCRYPTED | SEARCHING | FINGER * finger.worn, None, None, 0.0, counter)
        amplitude = finger.perfusion or 0.0
        quality = WEAK if amplitude < WEAK_PERCENT else 0 if finger.moving else SMART_POINT
        shown = (round(finger.spo2), min(round(finger.pulse), 321))
        return numbers(ENCRYPTED | FINGER | quality, *shown, amplitude, counter)

    def pulses(self, t_ns: int, counter: int) -> bytes:
        """The DF20 packet of that time: the pulses since the last one."""
        finger = self._finger_at(t_ns)
        found = [(finger.moving, 300, rr * 1000 / 1024) for rr in self._beats.until(t_ns)]
        return intervals(found[-PULSES_MOST:], counter, status=0 if finger.worn else 1)

    def state(self, t_ns: int, counter: int) -> bytes:
        """The DF23 packet of that time."""
        return state(0 if self._finger_at(t_ns).plugged else NO_SENSOR, BATTERY, counter)

    def wave(self, t_ns: int, counter: int) -> bytes:
        """The DF22 packet that ends at that time."""
        times = [t_ns / 1e9 - (SAMPLES - 1 - i) / 75 for i in range(SAMPLES)]
        return wave([round(65535 * min(max(self._pleth_at(t_s), 0.0), 1.0)) for t_s in times], counter)


def _pulse(finger: Finger) -> float | None:
    return finger.pulse if finger.worn else None
