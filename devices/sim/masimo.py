"""A simulated Masimo Rad-8 set to ASCII 1: a line a second, and an empty one after it.

02/22/16 22:47:45 SN=0000056661 SPO2=098% BPM=097 PI=03.60% ... ALARM=0000 EXC=000800
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from devices.sim.fingertip import Fingertip, Found
from devices.sim.scenario import Bedside
from devices.sim.waves import Waves

DRIVER: Final = "masimo"
SECOND_NS: Final = 1_000_000_000
CLOCK_AT_START: Final = datetime(2016, 2, 22, 22, 47, 45)  # noqa: DTZ001 the device knows no time zone
SERIAL: Final = "0000056661"
SEARCH_S: Final = 6.0
"""A sensor put back on looks for the pulse this long."""

RUNNING, WEAK_SIGNAL, NO_SENSOR, LOW_PERFUSION, SEARCH, SENSOR_OFF = 0x800, 0x400, 0x001, 0x004, 0x008, 0x020
SILENCED, ALARM, PULSE_LOW, PULSE_HIGH, SPO2_LOW = 0x20, 0x10, 0x08, 0x04, 0x02
LIMITS: Final = (90, 50, 140)
"""The device's own alarm limits: SpO2 low, pulse low, pulse high."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What one line says; None is printed as dashes."""

    spo2: int | None
    pulse: int | None
    perfusion: float | None
    alarm: int = 0
    exceptions: int = RUNNING


def line(when: datetime, shown: Shown, serial: str = SERIAL) -> bytes:
    """One line with its end and the empty line after it."""
    spo2 = "---" if shown.spo2 is None else f"{shown.spo2:03d}"
    pulse = "---" if shown.pulse is None else f"{shown.pulse:03d}"
    perfusion = "--.--" if shown.perfusion is None else f"{shown.perfusion:05.2f}"
    text = (
        f"{when:%m/%d/%y %H:%M:%S} SN={serial} SPO2={spo2}% BPM={pulse} PI={perfusion}% SPCO=--.-% "
        f"SPMET=--.-% DESAT=-- PIDELTA=+-- ALARM={shown.alarm:04X} EXC={shown.exceptions:06X}"
    )
    return text.encode("ascii") + b"\r\n\r\n"


class Masimo:
    """The oximeter on one patient's finger."""

    def __init__(self, bedside: Bedside, serial: str = SERIAL) -> None:
        self._bedside, self._serial = bedside, serial
        self._finger = Fingertip(bedside, Waves(bedside.patient).rhythm, DRIVER)
        self._next: int | None = None
        self._off_s = -SEARCH_S

    def receive(self, data: bytes, t_ns: int) -> None:
        """The oximeter takes no commands."""

    def advance(self, t_ns: int) -> bytes:
        number = t_ns // SECOND_NS
        if self._next is None:
            self._next = number + 1
        out = b""
        while self._next <= number:
            when = CLOCK_AT_START + timedelta(seconds=self._next)
            out += line(when, self._shown(float(self._next)), self._serial)
            self._next += 1
        return out

    def plugged(self, t_ns: int) -> bool:
        return self._bedside.cable_in(DRIVER, t_ns)

    def _shown(self, t_s: float) -> Shown:
        found = self._finger.found(t_s)
        if found.disconnected:
            self._off_s = t_s
            return Shown(None, None, None, exceptions=NO_SENSOR)
        if found.off:
            self._off_s = t_s
            return Shown(None, None, None, exceptions=RUNNING | SENSOR_OFF)
        if t_s - self._off_s < SEARCH_S:
            return Shown(None, None, None, exceptions=RUNNING | SENSOR_OFF | SEARCH)
        if found.spo2 is None or found.rate is None:
            return Shown(None, None, None, exceptions=RUNNING | SEARCH)
        perfusion = 4.0 * self._bedside.patient.traits.perfusion
        exceptions = RUNNING | (WEAK_SIGNAL if found.lost or found.moving else 0)
        exceptions |= LOW_PERFUSION if perfusion < 0.5 else 0
        return Shown(found.spo2, found.rate, perfusion, _alarm(found), exceptions)


def _alarm(found: Found) -> int:
    spo2_low, pulse_low, pulse_high = LIMITS
    bits = SPO2_LOW if found.spo2 is not None and found.spo2 < spo2_low else 0
    if found.rate is not None:
        bits |= PULSE_LOW if found.rate < pulse_low else PULSE_HIGH if found.rate > pulse_high else 0
    return ALARM | bits if bits else 0
