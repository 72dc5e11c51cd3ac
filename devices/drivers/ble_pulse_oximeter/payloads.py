"""The payloads of the Bluetooth Pulse Oximeter Service, little-endian.

Spot-check 0x2A5E and continuous 0x2A5F; the sizes are in bytes, the conditions are bits of the flags:

| field                     | size       | spot-check | continuous |
|---------------------------|------------|------------|------------|
| flags                     | 1          | always     | always     |
| SpO2 %, pulse /min        | 2 SFLOAT   | always     | always     |
| the same, fast averaging  | 2 SFLOAT   |            | bit 0      |
| the same, slow averaging  | 2 SFLOAT   |            | bit 1      |
| time stamp                | 7          | bit 0      |            |
| measurement status        | 2          | bit 1      | bit 2      |
| device and sensor status  | 3          | bit 2      | bit 3      |
| pulse amplitude index %   | SFLOAT     | bit 3      | bit 4      |

Bit 4 of a spot-check says that the device's clock was never set. Features 0x2A60: a word, then the word of
the measurement states it may report if bit 0, then the 3 bytes of the device states if bit 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from devices.ieee11073 import DATE_TIME_SIZE, SFLOAT_SIZE, Fields, date_time, sfloat
from kapmonitor.model import Reading

STORES_SPOT_CHECKS: Final = 0x0004
"""The bit of the features that says so."""
_HAS_MEASUREMENT_MASK, _HAS_SENSOR_MASK = 0x0001, 0x0002
_SENSOR_STATUS_SIZE: Final = 3


@dataclass(frozen=True, slots=True)
class Pair:
    """Saturation in percent and pulse per minute."""

    spo2: Reading
    pulse: Reading


@dataclass(frozen=True, slots=True)
class Measurement:
    """One spot-check or continuous payload; a status is None where the payload has none."""

    normal: Pair
    fast: Pair | None = None
    slow: Pair | None = None
    device_time: str | None = None
    status: int | None = None
    sensor: int | None = None
    amplitude: Reading | None = None


@dataclass(frozen=True, slots=True)
class Features:
    """What an oximeter can do; the masks are None where it does not tell."""

    flags: int
    measurement_mask: int | None = None
    sensor_mask: int | None = None


def spot_check(data: bytes) -> Measurement | None:
    """A 0x2A5E payload, or None if its length is not what its flags say."""
    fields = Fields(data)
    flags = fields.take(1)[0]
    normal = _pair(fields)
    when = date_time(fields.take(DATE_TIME_SIZE)) if flags & 0x01 else None
    status = fields.word() if flags & 0x02 else None
    sensor = fields.word(_SENSOR_STATUS_SIZE) if flags & 0x04 else None
    amplitude = sfloat(fields.take(SFLOAT_SIZE)) if flags & 0x08 else None
    if not fields.complete:
        return None
    clock_unset = bool(flags & 0x10)
    return Measurement(normal, None, None, None if clock_unset else when, status, sensor, amplitude)


def continuous(data: bytes) -> Measurement | None:
    """A 0x2A5F payload, or None if its length is not what its flags say."""
    fields = Fields(data)
    flags = fields.take(1)[0]
    normal = _pair(fields)
    fast = _pair(fields) if flags & 0x01 else None
    slow = _pair(fields) if flags & 0x02 else None
    status = fields.word() if flags & 0x04 else None
    sensor = fields.word(_SENSOR_STATUS_SIZE) if flags & 0x08 else None
    amplitude = sfloat(fields.take(SFLOAT_SIZE)) if flags & 0x10 else None
    return Measurement(normal, fast, slow, None, status, sensor, amplitude) if fields.complete else None


def features(data: bytes) -> Features | None:
    """A 0x2A60 payload, or None if its length is not what its flags say."""
    fields = Fields(data)
    flags = fields.word()
    measurement = fields.word() if flags & _HAS_MEASUREMENT_MASK else None
    sensor = fields.word(_SENSOR_STATUS_SIZE) if flags & _HAS_SENSOR_MASK else None
    return Features(flags, measurement, sensor) if fields.complete else None


def _pair(fields: Fields) -> Pair:
    return Pair(sfloat(fields.take(SFLOAT_SIZE)), sfloat(fields.take(SFLOAT_SIZE)))
