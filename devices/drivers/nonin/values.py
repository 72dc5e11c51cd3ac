"""Numbers, alerts and metrics common to Nonin's formats."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import Enum
from functools import cache

from devices import plausible
from kapmonitor.mdc import PLETH, PULSE_RATE, SPO2
from kapmonitor.model import (
    Absent,
    AlertKind,
    DeviceAlert,
    DeviceEvent,
    Measured,
    Metric,
    Observation,
    Reading,
    Validity,
)

NO_PULSE_RATE = 511
NO_SPO2 = 127

SPO2_METRIC = Metric(SPO2, "SpO2")
PULSE_METRIC = Metric(PULSE_RATE, "Pulse rate")
PLETH_8 = Metric(PLETH, "Pleth", fs=75.0)
"""DF2: the device's 0..255 as they are."""

PLETH_16 = Metric(PLETH, "Pleth", fs=75.0, offset=32768.0)
"""DF7: the device's 0..65535, shifted to fit a signed word; 0 is told as 1, as its word means "no sample"."""


def pulse_rate(msb: int, lsb: int) -> int:
    """Pulse rate of two slow bytes: two bits and seven; 511 means none."""
    return (msb & 0x03) << 7 | (lsb & 0x7F)


@cache
def pulse_reading(rate: int) -> Reading:
    """A pulse rate as the device sent it, 511 meaning none."""
    if rate == NO_PULSE_RATE:
        return Absent(Validity.NOT_AVAILABLE, float(rate))
    return plausible.within(PULSE_RATE, rate)


@cache
def spo2_reading(percent: int) -> Reading:
    """A saturation as the device sent it, 127 meaning none."""
    if percent == NO_SPO2:
        return Absent(Validity.NOT_AVAILABLE, float(percent))
    return plausible.within(SPO2, percent)


class Trust(Enum):
    """How far the numbers of a packet can be trusted."""

    NONE = "no sensor on a finger"
    LITTLE = "the pulse is lost, and what still stands is what was found before"
    PLAIN = "nothing is said against them"
    HIGH = "the device itself calls them good (SmartPoint)"


def observations(rate: Reading | None, spo2: Reading | None, t_ns: int, trust: Trust) -> list[DeviceEvent]:
    """What is known of one packet; without a sensor on a finger no number counts."""
    events: list[DeviceEvent] = []
    if spo2 is not None:
        events.append(Observation(SPO2_METRIC, t_ns, _trusted(spo2, trust)))
    if rate is not None:
        events.append(Observation(PULSE_METRIC, t_ns, _trusted(rate, trust)))
    return events


def _trusted(reading: Reading, trust: Trust) -> Reading:
    if trust is Trust.PLAIN or isinstance(reading, Absent):
        return reading
    if trust is Trust.NONE:
        return Absent(Validity.INVALID, reading.value)
    return Measured(reading.value, Validity.VALIDATED if trust is Trust.HIGH else Validity.QUESTIONABLE)


class Alerts:
    """The edges of the conditions a device reports anew with each packet.

    A condition is withdrawn once it has been missing from `hold[kind]` packets in a row (1 where not listed),
    as some bits are set only while a pulse passes.
    """

    def __init__(self) -> None:
        self._left: dict[AlertKind, int] = {}

    def update(
        self, present: Collection[AlertKind], hold: Mapping[AlertKind, int], t_ns: int
    ) -> list[DeviceEvent]:
        """Take the conditions of one packet; what was raised and withdrawn."""
        if not present and not self._left:
            return []
        now = dict.fromkeys(present)
        events: list[DeviceEvent] = [DeviceAlert(kind, True, t_ns) for kind in now if kind not in self._left]
        for kind in list(self._left):
            self._left[kind] -= 1
            if kind not in now and self._left[kind] <= 0:
                del self._left[kind]
                events.append(DeviceAlert(kind, False, t_ns))
        self._left.update((kind, hold.get(kind, 1)) for kind in now)
        return events

    def withdraw_all(self, t_ns: int) -> list[DeviceEvent]:
        """Take everything back: a line that is gone says nothing about the sensor."""
        gone, self._left = self._left, {}
        return [DeviceAlert(kind, False, t_ns) for kind in gone]
