"""An emulated oximeter with the Pulse Oximeter Service: a value each second, and a memory of spot-checks.

The memory is read through the Record Access Control Point as its service prescribes: one procedure at a time,
each record indicated and confirmed, the answer after the last one.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from devices.sim.ble import common, frames
from devices.sim.ble.peripheral import INDICATE, NOTIFY, READ, WRITE, Name, Peripheral, Readable, Written
from devices.sim.ble.radio import Air
from kapmonitor.clock import Clock

ADDRESS: Final = "C1:00:00:00:00:03"
NAME: Final = "KAP oximeter"
SERVICE: Final = 0x1822
SPOT_CHECK: Final = 0x2A5E
CONTINUOUS: Final = 0x2A5F
FEATURES: Final = 0x2A60
CONTROL_POINT: Final = 0x2A52
MEMORY: Final = 100
BUSY: Final = 0xFE
"""ATT error: a procedure is already in progress."""
CCCD_OFF: Final = 0xFD
"""ATT error: nobody listens to the answer."""

ONGOING, QUALIFIED, FROM_MEMORY, UNAVAILABLE = 0x0020, 0x0180, 0x0200, 0x2000
LOW_PERFUSION, NO_FINGER, UNPLUGGED = 1 << 5, 1 << 11, 1 << 15
MOVING: Final = 1 << 6 | 1 << 8
"""An erratic signal, and a pulse in doubt."""
WEAK: Final = 0.5
"""Perfusion in percent below which the oximeter says that it is low."""
_PERIOD_NS: Final = 1_000_000_000
_READABLE: Final[Readable] = {
    SERVICE: {FEATURES: bytes.fromhex("4f00a001300800")},
    **common.services("oximeter", "O-0001", 75),
}
_OLD: Final = ((88, 104), (87, 108), (86, 111))
"""Somebody else's."""


@dataclass(frozen=True, slots=True)
class Finger:
    """What the sensor finds: percent, /min, percent; `worn` False: nothing is in it, or it is unplugged."""

    spo2: float | None
    pulse: float | None
    perfusion: float | None = None
    worn: bool = True
    plugged: bool = True
    moving: bool = False


FingerAt = Callable[[int], Finger]
"""What is found at a time (ns)."""


class Oximeter:
    """On the finger of a patient; `remember` puts what it finds into its memory."""

    def __init__(
        self,
        air: Air,
        finger_at: FingerAt,
        clock: Clock,
        *,
        address: str = ADDRESS,
        name: str = NAME,
        serial: str | None = None,
    ) -> None:
        self._own = common.OwnClock(clock)
        pushed = [
            (CONTINUOUS, NOTIFY),
            (SPOT_CHECK, INDICATE),
            (FEATURES, READ),
            (CONTROL_POINT, INDICATE | WRITE),
            (common.DATE_TIME, READ | WRITE),
        ]
        readable = common.own_clock(self._own, common.with_serial(_READABLE, serial), SERVICE)
        written: dict[Name, Written] = {CONTROL_POINT: self._asked, common.DATE_TIME: self._own.set}
        self.peripheral = Peripheral(air, address, name, SERVICE, pushed, readable, written=written)
        self.memory: deque[bytes] = deque(maxlen=MEMORY)
        self.old: tuple[bytes, ...] = ()
        """What it sends again to each console before a new spot-check."""
        self.silent = False
        """Take requests and never answer."""
        self._finger_at = finger_at
        self._clock = clock
        self._last: datetime | None = None
        self._procedure: asyncio.Task[None] | None = None
        self._busy = False

    async def run(self) -> None:
        """Switch on and send until cancelled."""
        await self.peripheral.switch_on()
        next_ns = self._clock.now_ns()
        try:
            async with asyncio.TaskGroup() as sending:
                sending.create_task(self._send_old())
                while True:
                    next_ns += _PERIOD_NS
                    await asyncio.sleep(self._clock.real_delay_s(next_ns - self._clock.now_ns()))
                    await self.peripheral.push(CONTINUOUS, self.message(next_ns))
        finally:
            await self._stop()

    async def _send_old(self) -> None:
        """To each console once, before a new spot-check, unless there is nothing old to send."""
        while self.old:
            await self.peripheral.until_subscribed(SPOT_CHECK)
            for record in (*self.old, self.spot_check(self._clock.now_ns())):
                await self.peripheral.push(SPOT_CHECK, record)
            await self.peripheral.free.wait()

    def message(self, t_ns: int) -> bytes:
        """What the oximeter says at `t_ns`."""
        finger = self._finger_at(t_ns)
        if not finger.worn:
            sensor = NO_FINGER if finger.plugged else UNPLUGGED
            return frames.oxygen_now((None, None), status=ONGOING | UNAVAILABLE, sensor=sensor)
        weak = finger.perfusion is not None and finger.perfusion < WEAK
        return frames.oxygen_now(
            (_whole(finger.spo2), _whole(finger.pulse)),
            status=ONGOING,
            sensor=LOW_PERFUSION * weak | MOVING * finger.moving,
            amplitude=finger.perfusion,
        )

    def remember(self, t_ns: int) -> None:
        """Keep a spot-check."""
        self.memory.append(self.spot_check(t_ns, FROM_MEMORY))

    def spot_check(self, t_ns: int, status: int = 0) -> bytes:
        """A spot-check taken at that time."""
        finger = self._finger_at(t_ns)
        # Nobody takes two in one second.
        when = max(self._own.now(), self._last + timedelta(seconds=1)) if self._last else self._own.now()
        self._last = when
        return frames.oxygen_spot_check(
            (_whole(finger.spo2), _whole(finger.pulse)),
            when=when,
            status=QUALIFIED | status,
            sensor=0,
            amplitude=finger.perfusion,
        )

    def old_first(self) -> None:
        """From now on, send three old spot-checks to each console, before a new one."""
        now = self._own.now()
        self.old = tuple(
            frames.oxygen_spot_check(taken, when=now - ago, status=QUALIFIED)
            for taken, ago in zip(_OLD, common.OLD, strict=True)
        )

    def _asked(self, request: bytes) -> int | None:
        if CONTROL_POINT not in self.peripheral.subscriptions:
            return CCCD_OFF
        if request == b"\x03\x00":
            self._procedure = asyncio.ensure_future(self._abort(self._procedure))
            return None
        if self._busy:
            return BUSY
        self._busy = True
        self._procedure = asyncio.ensure_future(self._perform(request))
        return None

    async def _perform(self, request: bytes) -> None:
        if self.silent:
            self._busy = False
            return
        match request:
            case b"\x04\x01":
                answer = b"\x05\x00" + len(self.memory).to_bytes(2, "little")
            case b"\x01\x01" if self.memory:
                for record in list(self.memory):
                    await self.peripheral.push(SPOT_CHECK, record)
                answer = b"\x06\x00\x01\x01"
            case b"\x01\x01":
                answer = b"\x06\x00\x01\x06"
            case _:
                answer = b"\x06\x00" + request[:1] + b"\x02"
        # A central may ask for more with the very confirmation of the answer.
        self._busy = False
        await self.peripheral.push(CONTROL_POINT, answer)

    async def _abort(self, running: asyncio.Task[None] | None) -> None:
        if running is not None:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        self._busy = False
        await self.peripheral.push(CONTROL_POINT, b"\x06\x00\x03\x01")

    async def _stop(self) -> None:
        if self._procedure is not None:
            self._procedure.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._procedure


def _whole(value: float | None) -> float | None:
    return None if value is None else float(round(value))
