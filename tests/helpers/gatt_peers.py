"""The emulated Bluetooth devices as far ends of a talk in virtual time: their encoders, without a radio."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator

from bumble.att import ATT_Error
from bumble.gatt import Characteristic

from devices.decode import full_uuid
from devices.sim.ble import berry, cuff, nonin, oximeter, polar, strap, thermometer
from devices.sim.ble.build import maker
from devices.sim.ble.frames import heart_rate, temperature
from devices.sim.ble.radio import Air
from devices.sim.scenario import Bedside
from devices.testing import GattPeer

S = 1_000_000_000
UTC_NS = 1_790_000_000 * S
Said = tuple[int | str, bytes]

TALKS: dict[str, tuple[tuple[float, dict[str, str | int | float | bool]], ...]] = {
    "ble-heart-rate": ((6, {}),),
    "ble-blood-pressure": ((4, {}),),
    "ble-pulse-oximeter": ((5, {}), (5, {"stored": True})),
    "ble-thermometer": ((4, {}),),
    "ble-nonin": ((4, {}),),
    "ble-polar-ecg": ((4, {}),),
    "ble-viatom": ((6, {}), (6, {"wave": False})),
    "ble-berry": ((3, {}),),
}
"""Seconds of each talk, and the driver's options in it."""


PIECES = {"ble-viatom"}
"""Drivers whose payloads are pieces of frames with a check."""
UNCHECKED = {"ble-berry": "a stream of packets told apart by bit 7 alone"}
"""Drivers whose payloads are pieces of a stream without one."""


class VirtualClock:
    """Time as the talk has it."""

    def __init__(self) -> None:
        self.t_ns = 0

    def now_ns(self) -> int:
        return self.t_ns

    def utc_ns(self) -> int:
        return UTC_NS + self.t_ns

    def real_delay_s(self, delay_ns: int) -> float:
        return max(0.0, delay_ns / 1e9)


class Tape:
    """Stands where an emulated device has its radio, and keeps what it pushes."""

    def __init__(self) -> None:
        self.pushed: list[Said] = []
        self.subscriptions = Everything()

    async def push(self, uuid: int | str, data: bytes) -> bool:
        self.pushed.append((uuid, data))
        return True


class Everything:
    """A set that holds all things: every characteristic is subscribed to."""

    def __contains__(self, _: object) -> bool:
        return True


class Emulated:
    """One emulated device; `due` gives the times at which it speaks by itself, with what it says then.

    It is read and written through the attributes of its real GATT server.
    """

    def __init__(self, make: Callable, due: Callable) -> None:
        self._clock = VirtualClock()
        self._tape = Tape()
        self._device = asyncio.run(self._made(make))
        self._due = due
        self._coming: Iterator | None = None
        self._next: tuple[int, list[Said]] | None = None

    async def _made(self, make: Callable) -> object:
        device = make(self._clock)(Air())
        attributes = device.peripheral._device.gatt_server.attributes
        self._values = {
            uuid_text(a.uuid.to_hex_str("-").lower()): a for a in attributes if isinstance(a, Characteristic)
        }
        device.peripheral = self._tape
        return device

    def read(self, uuid: str) -> bytes | None:
        found = self._values.get(uuid)
        return None if found is None else bytes(found.value.read(None)) or None

    def write(self, uuid: str, data: bytes, t_ns: int) -> None:
        self._clock.t_ns = t_ns
        if uuid in self._values:
            asyncio.run(self._written(uuid, data))

    async def _written(self, uuid: str, data: bytes) -> None:
        with contextlib.suppress(ATT_Error):
            self._values[uuid].value.write(None, data)
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.gather(*others)

    def advance(self, t_ns: int) -> list[tuple[str, bytes]]:
        self._clock.t_ns = t_ns
        if self._coming is None:
            self._coming = self._due(self._device, t_ns)
            self._next = next(self._coming)
        while self._next is not None and self._next[0] <= t_ns:
            self._tape.pushed += self._next[1]
            self._next = next(self._coming, None)
        said, self._tape.pushed = self._tape.pushed, []
        return [(uuid_text(uuid), data) for uuid, data in said]


def uuid_text(uuid: int | str) -> str:
    """128 bits, small letters."""
    text = full_uuid(f"{uuid:04x}" if isinstance(uuid, int) else uuid)
    assert text is not None
    return text


def each_second(uuid: int) -> Callable:
    def due(device, t0_ns):
        for number in range(1, 1000):
            yield t0_ns + number * S, [(uuid, device.message(t0_ns + number * S))]

    return due


def strap_due(device, t0_ns):
    yield from each_second(strap.MEASUREMENT)(device, t0_ns)
    yield t0_ns + 1000 * S, [(strap.MEASUREMENT, heart_rate(0, contact=False))]


def cuff_due(device, t0_ns):
    device.measure(t0_ns + S)
    device.measure(t0_ns + 2 * S)
    yield t0_ns + 2 * S, [(cuff.MEASUREMENT, data) for data in device.memory]


def thermometer_due(device, t0_ns):
    device.measure(t0_ns + S)
    way = [36.0 - below for below in thermometer.ON_ITS_WAY]
    yield t0_ns + S, [(thermometer.INTERMEDIATE, temperature(value)) for value in way]
    yield t0_ns + 2 * S, [(thermometer.MEASUREMENT, data) for data in device.memory]


def oximeter_due(device, t0_ns):
    device.remember(t0_ns)
    device.remember(t0_ns + S)
    yield from each_second(oximeter.CONTINUOUS)(device, t0_ns)


def nonin_due(device, t0_ns):
    for number in range(1, 1000):
        t_ns = t0_ns + number * S // 3
        said = [(nonin.WAVE, device.wave(t_ns, number))]
        if number % 3 == 0:
            said.append((nonin.NUMBERS, device.numbers(t_ns, number // 3)))
            said.append((nonin.STATE, device.state(t_ns, number)))
        yield t_ns, said


def polar_due(device, t0_ns):
    for number in range(1, 1000):
        t_ns = t0_ns + number * polar.FRAME_SAMPLES * S // polar.RATE_HZ
        said = [(polar.DATA, device.frame(t_ns, t0_ns))]
        if number % 2 == 0:
            said.append((polar.HEART_RATE, heart_rate(72, rr=[833])))
        yield t_ns, said if device.running else []


def berry_due(device, t0_ns):
    for number in range(1, 10_000):
        t_ns = t0_ns + number * berry.AT_ONCE * S // berry.PACKETS_PER_S
        yield t_ns, [(berry.STREAM, device.message(t_ns))]


def viatom_due(device, t0_ns):
    yield t0_ns + 1000 * S, []


DUE = {
    "ble-heart-rate": strap_due,
    "ble-blood-pressure": cuff_due,
    "ble-pulse-oximeter": oximeter_due,
    "ble-thermometer": thermometer_due,
    "ble-nonin": nonin_due,
    "ble-polar-ecg": polar_due,
    "ble-viatom": viatom_due,
    "ble-berry": berry_due,
}


def peer(driver: str, room: Bedside) -> GattPeer:
    """A fresh far end of that driver on the patient of a room."""
    return Emulated(lambda clock: maker(driver, room, clock), DUE[driver])
