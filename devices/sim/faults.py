"""Faults by name, for `kapmonitor simulate --fault NAME`: on the line, in the device, at the bedside.

Faults of the line wrap a device and spoil its bytes; which ones is decided by the seed alone. Faults of the
bedside are incidents that come back once a minute, most of them from ten seconds after the start; a device
that freezes does so then and for good.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from devices.sim.device import SimDevice
from devices.sim.earlier import with_earlier
from devices.sim.scenario import Bedside, Incident, IncidentKind
from kapmonitor.errors import ConfigError

FIRST_S: Final = 10.0
EVERY_S: Final = 60.0
LASTS_S: Final = 20.0
MOVES_S: Final = 40.0

BITFLIP_SHARE: Final = 1 / 300
GAP_SHARE: Final = 0.04
GAP_BYTES: Final = 17
DUPLICATE_SHARE: Final = 0.1
TRUNCATE_SHARE: Final = 0.1
SKEW: Final = 0.98
"""A slow clock loses a fiftieth: one minute in fifty."""

Spoil = Callable[[bytes, random.Random], bytes]


@dataclass(frozen=True, slots=True)
class FaultInfo:
    """What a fault does, in a line, and for which simulated drivers it makes sense (empty: all)."""

    name: str
    help: str
    drivers: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    """Drivers, or formats of drivers, on which it has no effect."""


LEAKING: Final = (
    "suntech",
    "berry-pm6750",
    "dinamap",
    "par-nibp2020",
    "maibobo",
    "ivy-450c",
    "ge-dri",
    "intellivue",
)
OXIMETERS: Final = (
    "nonin",
    "contec",
    "berry-pm6750",
    "masimo",
    "nellcor",
    "ivy-450c",
    "ge-dri",
    "intellivue",
)

STORING: Final = (*(driver for driver in LEAKING if driver != "suntech"), "contec")
"""Devices that can still tell a reading from before the line was opened; the SunTech is not asked for its."""

CUFFLESS: Final = ("dinamap?format=pro-1000",)
DO_NOT_TELL: Final = ("contec", "nonin?format=ascii", *CUFFLESS)
"""These send the same whether their patient moves or not."""

FAULTS: Final = {
    info.name: info
    for info in (
        FaultInfo("bitflip", "now and then a bit arrives wrong"),
        FaultInfo("gap", "now and then a few bytes are missing"),
        FaultInfo("duplicate", "now and then a burst arrives twice"),
        FaultInfo("truncate", "now and then a burst breaks off"),
        FaultInfo("stall", "the device says nothing for 20 s in each minute"),
        FaultInfo("wrong-speed", "the device sends twice as fast as it is listened to"),
        FaultInfo("disconnect", "the cable is out for 20 s in each minute"),
        FaultInfo("clock-skew", "the device's own clock runs 2 % slow"),
        FaultInfo("sensor-off", "the sensor is unplugged for 20 s in each minute", OXIMETERS),
        FaultInfo("no-finger", "no finger is in the sensor for 20 s in each minute", OXIMETERS),
        FaultInfo("stuck-value", "the device freezes: numbers and waves stand still for good", OXIMETERS),
        FaultInfo("leak", "the cuff leaks", LEAKING, CUFFLESS),
        FaultInfo(
            "motion",
            "the patient moves for 40 s of each minute",
            without=DO_NOT_TELL,
        ),
        FaultInfo("stored-readings-first", "the device first tells what it stored before", STORING, CUFFLESS),
    )
}

_INCIDENTS: Final = {
    "disconnect": (IncidentKind.CABLE_OUT, FIRST_S, LASTS_S),
    "sensor-off": (IncidentKind.SENSOR_OFF, FIRST_S, LASTS_S),
    "no-finger": (IncidentKind.FINGER_OFF, FIRST_S, LASTS_S),
    "leak": (IncidentKind.CUFF_LEAK, 0.0, EVERY_S),
    "motion": (IncidentKind.MOTION, 0.0, MOVES_S),
}
"""When after the start, and for how long in each minute; a cuff is started right after the start."""


def faults_of(driver: str) -> list[str]:
    """The faults that make sense for a driver, which may be named with a format."""
    plain = driver.partition("?")[0]
    return [
        info.name
        for info in FAULTS.values()
        if (not info.drivers or plain in info.drivers) and not {plain, driver} & {*info.without}
    ]


def check_fault(name: str, driver: str) -> None:
    """ConfigError if there is no such fault for that driver."""
    allowed = faults_of(driver)
    if name not in allowed:
        raise ConfigError("--fault", name, f"allowed for {driver} are {', '.join(allowed)}")


def afflict(room: Bedside, name: str, from_s: float) -> None:
    """Let the fault happen at that bedside, on the session's time; those of the line change nothing there."""
    room.incidents = (*room.incidents, *fault_incidents(name, from_s))
    if name == "stuck-value":
        room.patient.hold(from_s + FIRST_S)


def fault_incidents(name: str, from_s: float) -> tuple[Incident, ...]:
    """What a fault makes happen at the bedside, on the session's time; empty for faults of the line."""
    if name not in _INCIDENTS:
        return ()
    kind, first_s, lasts_s = _INCIDENTS[name]
    return (Incident(kind, from_s + first_s, lasts_s, every_s=EVERY_S),)


def with_fault(device: SimDevice, name: str, seed: int, driver: str, room: Bedside) -> SimDevice:
    """The device with a fault of the line, its clock or its memory; itself if the fault is none of these."""
    match name:
        case "stored-readings-first":
            return with_earlier(device, driver, room)
        case "stall":
            return _Stalling(device)
        case "clock-skew":
            return _Skewed(device)
        case _ if name in _SPOILS:
            return _Spoiled(device, _SPOILS[name], random.Random(f"{seed} {name}"))
        case _:
            return device


def _bitflip(data: bytes, rng: random.Random) -> bytes:
    flipped = bytearray(data)
    for place in range(len(flipped)):
        if rng.random() < BITFLIP_SHARE:
            flipped[place] ^= 1 << rng.randrange(8)
    return bytes(flipped)


def _gap(data: bytes, rng: random.Random) -> bytes:
    if rng.random() >= GAP_SHARE:
        return data
    start = rng.randrange(len(data))
    return data[:start] + data[start + rng.randint(1, GAP_BYTES) :]


def _duplicate(data: bytes, rng: random.Random) -> bytes:
    return data * 2 if rng.random() < DUPLICATE_SHARE else data


def _truncate(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))] if rng.random() < TRUNCATE_SHARE else data


def _wrong_speed(data: bytes, rng: random.Random) -> bytes:
    """What a receiver at half the sender's speed makes of it: half as many bytes, none of them right."""
    return bytes(((a << 4 | b & 0x0F) ^ rng.choice((0x00, 0x80, 0xF8))) & 0xFF for a, b in _pairs(data))


def _pairs(data: bytes) -> list[tuple[int, int]]:
    return list(zip(data[::2], data[1::2], strict=False))


_SPOILS: Final[dict[str, Spoil]] = {
    "bitflip": _bitflip,
    "gap": _gap,
    "duplicate": _duplicate,
    "truncate": _truncate,
    "wrong-speed": _wrong_speed,
}


class _Spoiled:
    """A device whose bytes are spoiled on their way."""

    def __init__(self, device: SimDevice, spoil: Spoil, rng: random.Random) -> None:
        self._device, self._spoil, self._rng = device, spoil, rng

    def receive(self, data: bytes, t_ns: int) -> None:
        self._device.receive(data, t_ns)

    def advance(self, t_ns: int) -> bytes:
        data = self._device.advance(t_ns)
        return self._spoil(data, self._rng) if data else data

    def plugged(self, t_ns: int) -> bool:
        return self._device.plugged(t_ns)


class _Stalling:
    """A device that is silent for a while in each minute; what it would have said is lost."""

    def __init__(self, device: SimDevice) -> None:
        self._device = device
        self._first_ns: int | None = None

    def receive(self, data: bytes, t_ns: int) -> None:
        self._device.receive(data, t_ns)

    def advance(self, t_ns: int) -> bytes:
        if self._first_ns is None:
            self._first_ns = t_ns
        data = self._device.advance(t_ns)
        since_s = (t_ns - self._first_ns) / 1e9 - FIRST_S
        return b"" if since_s >= 0 and since_s % EVERY_S < LASTS_S else data

    def plugged(self, t_ns: int) -> bool:
        return self._device.plugged(t_ns)


class _Skewed:
    """A device whose clock loses time."""

    def __init__(self, device: SimDevice) -> None:
        self._device = device
        self._first_ns: int | None = None

    def receive(self, data: bytes, t_ns: int) -> None:
        self._device.receive(data, self._own_ns(t_ns))

    def advance(self, t_ns: int) -> bytes:
        return self._device.advance(self._own_ns(t_ns))

    def plugged(self, t_ns: int) -> bool:
        return self._device.plugged(t_ns)

    def _own_ns(self, t_ns: int) -> int:
        if self._first_ns is None:
            self._first_ns = t_ns
        return self._first_ns + int((t_ns - self._first_ns) * SKEW)
