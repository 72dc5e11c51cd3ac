"""The Bluetooth Heart Rate Service 0x180D, version 1.0, as straps of every maker have it.

Heart Rate Measurement 0x2A37, notified about once a second, little-endian:

| field           | bytes  | when                                                     |
|-----------------|--------|----------------------------------------------------------|
| flags           | 1      | always                                                   |
| heart rate /min | 1 or 2 | always; 2 with flag bit 0                                |
| energy, kJ      | 2      | flag bit 3; stays at 65535 when full                     |
| RR intervals    | 2 each | flag bit 4; unit 1/1024 s, oldest first, to the end      |

Flag bits 2..1: 0 and 1 the strap does not sense contact, 2 no contact, 3 contact. Bits 5..7 are reserved and
ignored. Any number of RR intervals may come, none included; an odd byte at the end is a packet cut short.

A rate of 0, or any rate without contact, is a placeholder and never a value. One outside 20 to 250 /min is
what the strap said, marked questionable; the engine's gate keeps it from the screen and the alarms.
NO_CONTACT is raised where the strap says so, and where a strap that cannot sense contact reports 0; a strap
in contact that reports 0 is still searching. RR intervals that fit no such rate are kept as questionable,
since artefacts in them are the business of whoever analyses them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from devices import gatt
from devices.protocol import GattAction, GattStep
from kapmonitor import mdc
from kapmonitor.model import (
    Absent,
    AlertKind,
    DeviceEvent,
    FaultKind,
    Measured,
    Metric,
    Observation,
    Reading,
    Validity,
)

SERVICE: Final = gatt.uuid16(0x180D)
MEASUREMENT: Final = gatt.uuid16(0x2A37)
BODY_LOCATION: Final = gatt.uuid16(0x2A38)

HEART_RATE: Final = Metric(mdc.HEART_RATE, "HR")
RR_INTERVAL: Final = Metric(mdc.RR_INTERVAL, "RR")
ENERGY: Final = Metric(mdc.ENERGY_EXPENDED, "Energy")

WITHOUT: Final = "this device does not offer a heart rate; a watch or band may have to be told to share it"
LOCATIONS: Final = ("other", "chest", "wrist", "finger", "hand", "ear lobe", "foot")
RATE_MIN: Final = 20
RATE_MAX: Final = 250
_ENERGY_FULL: Final = 0xFFFF
METRICS: Final = (HEART_RATE, RR_INTERVAL, ENERGY)


@dataclass(frozen=True, slots=True)
class HeartRate:
    """One 0x2A37 payload. `contact` None: the strap cannot sense it; `left_over`: bytes that had no use."""

    rate: int
    contact: bool | None
    energy_kj: int | None
    rr_ms: tuple[float, ...]
    left_over: int


def decode(data: bytes) -> HeartRate | None:
    """A 0x2A37 payload, or None if it is too short for its own flags."""
    if not 2 <= len(data) <= gatt.ATT_MAX_SIZE:
        return None
    flags = data[0]
    end = 3 if flags & 0x01 else 2
    rate = data[1:end]
    energy = data[end : end + 2] if flags & 0x08 else b""
    body = data[end + len(energy) :] if flags & 0x10 else b""
    if len(data) < end or len(energy) != (2 if flags & 0x08 else 0):
        return None
    pairs = len(body) // 2
    words = (int.from_bytes(body[2 * i : 2 * i + 2], "little") for i in range(pairs))
    return HeartRate(
        rate=int.from_bytes(rate, "little"),
        contact=bool(flags & 0x02) if flags & 0x04 else None,
        energy_kj=int.from_bytes(energy, "little") if energy else None,
        rr_ms=tuple(word * 1000 / 1024 for word in words),
        left_over=len(data) - end - len(energy) - 2 * pairs,
    )


class HeartRateService:
    """What a strap says of its wearer; where it is worn goes into the identity that `common` collects."""

    def __init__(self, common: gatt.CommonServices) -> None:
        self._common = common
        self._alerts = gatt.Alerts()

    def steps(self, *, optional: bool = False) -> tuple[GattStep, ...]:
        """What to subscribe and read."""
        return (
            GattStep(GattAction.SUBSCRIBE, MEASUREMENT, optional=optional, without=WITHOUT),
            GattStep(GattAction.READ, BODY_LOCATION, optional=True),
        )

    def receive(self, uuid: str, data: bytes, t_ns: int) -> list[DeviceEvent]:
        """Take a value of this service; any other UUID says nothing here."""
        if uuid == BODY_LOCATION:
            return self._location(data, t_ns)
        return self._measurement(data, t_ns) if uuid == MEASUREMENT else []

    def closed(self, t_ns: int) -> list[DeviceEvent]:
        """The connection ended."""
        return [*self._alerts.withdraw_all(t_ns)]

    def _location(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        if len(data) != 1:
            return [gatt.fault(FaultKind.LENGTH, data, t_ns)]
        if data[0] >= len(LOCATIONS):
            return [gatt.fault(FaultKind.CONTENT, data, t_ns)]
        self._common.worn_at(LOCATIONS[data[0]], t_ns)
        return []

    def _measurement(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        heard = decode(data)
        if heard is None:
            return [gatt.fault(FaultKind.LENGTH, data, t_ns)]
        off = heard.contact is False or (heard.contact is None and heard.rate == 0)
        events: list[DeviceEvent] = [
            *self._alerts.set(AlertKind.NO_CONTACT, off, t_ns),
            Observation(HEART_RATE, t_ns, _rate(heard)),
            *(Observation(RR_INTERVAL, t_ns, _rr(ms, heard.contact)) for ms in heard.rr_ms),
        ]
        if heard.energy_kj is not None:
            full = heard.energy_kj == _ENERGY_FULL
            validity = Validity.QUESTIONABLE if full else Validity.VALID
            events.append(Observation(ENERGY, t_ns, Measured(float(heard.energy_kj), validity)))
        if heard.left_over:
            events.append(gatt.fault(FaultKind.LENGTH, data, t_ns, size=heard.left_over))
        return events


def _rate(heard: HeartRate) -> Reading:
    if heard.contact is False or heard.rate == 0:
        return Absent(Validity.NOT_AVAILABLE, float(heard.rate))
    if not RATE_MIN <= heard.rate <= RATE_MAX:
        return Measured(float(heard.rate), Validity.QUESTIONABLE)
    return Measured(float(heard.rate))


def _rr(ms: float, contact: bool | None) -> Reading:
    if contact is False or ms == 0:
        return Absent(Validity.NOT_AVAILABLE, ms)
    plausible = 60_000 / RATE_MAX <= ms <= 60_000 / RATE_MIN
    return Measured(ms, Validity.VALID if plausible else Validity.QUESTIONABLE)
