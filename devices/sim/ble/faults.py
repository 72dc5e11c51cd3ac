"""Faults of emulated Bluetooth devices by name, for `kapmonitor simulate ble-... --fault NAME`.

They have the names of the serial ones in devices.sim.faults and come as often. What is spoiled on the way are
messages as wholes, since a radio neither loses nor repeats a part of one; which ones, the seed alone decides.
Devices that sleep between readings lose their link while they hand them over.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from devices.sim.faults import EVERY_S, FIRST_S, LASTS_S, SKEW
from devices.sim.scenario import Bedside, IncidentKind
from kapmonitor.clock import Clock
from kapmonitor.errors import ConfigError

if TYPE_CHECKING:
    from devices.sim.ble.peripheral import Name, Peripheral
    from devices.sim.ble.serve import Emulated

SPOILED_SHARE: Final = 0.2
"""Of the messages of a device with a spoiled line."""
LOOK_S: Final = 0.2
BACK_S: Final = 3.0
"""After this long, a sleeping device whose link broke can be found again."""
BREAKS_EVERY: Final = 3
"""Of the messages of a sleeping device, one in so many is the last before the link breaks."""

CUFF, THERMOMETER, PLX = "ble-blood-pressure", "ble-thermometer", "ble-pulse-oximeter"
STRAPS: Final = ("ble-heart-rate", "ble-polar-ecg")
OXIMETERS: Final = (PLX, "ble-nonin", "ble-viatom", "ble-berry")
SLEEPERS: Final = (CUFF, THERMOMETER)
ALL: Final = (*SLEEPERS, *STRAPS, *OXIMETERS)

FAULTS: Final[dict[str, tuple[str, ...]]] = {
    "bitflip": ALL,
    "gap": ALL,
    "duplicate": ALL,
    "truncate": ALL,
    "stall": ALL,
    "disconnect": ALL,
    "clock-skew": ALL,
    "sensor-off": (*STRAPS, *OXIMETERS),
    "no-finger": OXIMETERS,
    "stuck-value": (*STRAPS, *OXIMETERS),
    "leak": (CUFF,),
    "motion": (CUFF, PLX, "ble-nonin"),
    "stored-readings-first": (CUFF, THERMOMETER, PLX),
}
"""For which drivers each makes sense."""

Spoil = Callable[[bytes, random.Random], Sequence[bytes]]


@runtime_checkable
class Rememberer(Protocol):
    """A device that can be told to send old readings before each new one."""

    def old_first(self) -> None:
        """From now on."""
        ...


def check_fault(name: str, driver: str) -> None:
    """ConfigError if there is no such fault for that driver."""
    allowed = [fault for fault, drivers in FAULTS.items() if driver in drivers]
    if name not in allowed:
        raise ConfigError("--fault", name, f"allowed for {driver} are {', '.join(allowed)}")


def skewed(clock: Clock) -> Clock:
    """A clock that loses time."""
    return _Skewed(clock, clock.now_ns(), clock.utc_ns())


def with_fault(device: Emulated, driver: str, name: str, room: Bedside, clock: Clock, seed: int) -> Emulated:
    """The device with a fault; itself where the fault is of its clock or of the bedside."""
    peripheral = device.peripheral
    if name in _SPOILS:
        peripheral.through = _Spoiled(_SPOILS[name], random.Random(f"{seed} {name}"))
    elif name == "stall":
        peripheral.through = _Stalled(clock)
    elif name == "stored-readings-first" and isinstance(device, Rememberer):
        device.old_first()
    elif name == "disconnect" and driver in SLEEPERS:
        peripheral.through = _BreakingOff(peripheral)
    elif name == "disconnect":
        return _Leaving(device, room, clock)
    return device


def _bitflip(data: bytes, rng: random.Random) -> Sequence[bytes]:
    flipped = bytearray(data)
    flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
    return (bytes(flipped),)


_SPOILS: Final[dict[str, Spoil]] = {
    "bitflip": _bitflip,
    "gap": lambda _data, _rng: (),
    "duplicate": lambda data, _rng: (data, data),
    "truncate": lambda data, rng: (data[: rng.randrange(len(data))],),
}


class _Spoiled:
    """Some messages are spoiled."""

    def __init__(self, spoil: Spoil, rng: random.Random) -> None:
        self._spoil, self._rng = spoil, rng

    def __call__(self, _uuid: Name, data: bytes) -> Sequence[bytes]:
        return self._spoil(data, self._rng) if self._rng.random() < SPOILED_SHARE else (data,)


class _Stalled:
    """Nothing is sent for a while in each minute."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._first_ns = clock, clock.now_ns()

    def __call__(self, _uuid: Name, data: bytes) -> Sequence[bytes]:
        since_s = (self._clock.now_ns() - self._first_ns) / 1e9 - FIRST_S
        return () if since_s >= 0 and since_s % EVERY_S < LASTS_S else (data,)


class _BreakingOff:
    """The link breaks with a message on its way, again and again."""

    def __init__(self, peripheral: Peripheral) -> None:
        self._peripheral, self._count = peripheral, 0

    def __call__(self, _uuid: Name, data: bytes) -> Sequence[bytes]:
        self._count += 1
        if self._count % BREAKS_EVERY == 0:
            loop = asyncio.get_running_loop()
            loop.call_soon(self._peripheral.vanish)
            loop.call_later(BACK_S, self._peripheral.controller.reappear)
        return (data,)


class _Leaving:
    """A device that is out of reach while its cable, had it one, would be out."""

    def __init__(self, device: Emulated, room: Bedside, clock: Clock) -> None:
        self.peripheral = device.peripheral
        self._device, self._room, self._clock = device, room, clock

    async def run(self) -> None:
        """Be there, except at times."""
        async with asyncio.TaskGroup() as running:
            running.create_task(self._device.run())
            running.create_task(self._come_and_go())

    async def _come_and_go(self) -> None:
        gone = False
        while True:
            await asyncio.sleep(LOOK_S)
            t_s = self._clock.now_ns() / 1e9
            if (self._room.happening(IncidentKind.CABLE_OUT, t_s) is not None) == gone:
                continue
            gone = not gone
            if gone:
                self.peripheral.vanish()
            else:
                await self.peripheral.reappear()


@dataclass(frozen=True, slots=True)
class _Skewed:
    clock: Clock
    first_ns: int
    first_utc_ns: int

    def now_ns(self) -> int:
        return self.first_ns + int((self.clock.now_ns() - self.first_ns) * SKEW)

    def utc_ns(self) -> int:
        return self.first_utc_ns + int((self.clock.utc_ns() - self.first_utc_ns) * SKEW)

    def real_delay_s(self, delay_ns: int) -> float:
        return self.clock.real_delay_s(int(delay_ns / SKEW))
