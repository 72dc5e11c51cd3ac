"""A simulated Nellcor N-395: a row of text every two seconds, headings before the first and each 25 rows.

    N-395 VERSION 2.0.0.0   CRC: 51A7   SpO2 Limit: 85-100%   PR Limit: 40-170BPM
    31-JAN-24 12:34:56    88*   118     20  SL

A star marks a number outside the device's own limits, dashes stand for no number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from devices.sim.fingertip import Fingertip, Found
from devices.sim.scenario import Bedside
from devices.sim.waves import Waves

DRIVER: Final = "nellcor"
PERIOD_NS: Final = 2_000_000_000
ROWS: Final = 25
CLOCK_AT_START: Final = datetime(2024, 1, 31, 12, 0, 0)  # noqa: DTZ001 the device knows no time zone
MONTHS: Final = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"
SPO2_LIMITS: Final = (85, 100)
PULSE_LIMITS: Final = (40, 170)
MODEL: Final = "N-395"
STOP, GO = 0x13, 0x11
HEADING: Final = (
    MODEL.encode() + b" VERSION 2.0.0.0   CRC: 51A7   SpO2 Limit: 85-100%   PR Limit: 40-170BPM\r\n"
    b"                 ADULT 0SAT-S  SPO2 RESP MODE: NORMAL\r\n"
    b"TIME               %SPO2   BPM   PA   Status\r\n"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What one row says; None is printed as dashes. `alarmed` are the numbers with a star."""

    spo2: int | None
    pulse: int | None
    amplitude: int | None
    codes: tuple[str, ...] = ()
    spo2_outside: bool = False
    pulse_outside: bool = False


def row(when: datetime, shown: Shown) -> bytes:
    """One row with its end."""
    month = MONTHS[3 * when.month - 3 : 3 * when.month]
    stamp = f"{when.day:02d}-{month}-{when.year % 100:02d} {when:%H:%M:%S}"
    numbers = (
        _cell(shown.spo2, 5, shown.spo2_outside),
        _cell(shown.pulse, 6, shown.pulse_outside),
        _cell(shown.amplitude, 4, False),
    )
    return (f"{stamp} {' '.join(numbers)}  {'  '.join(shown.codes)}".rstrip() + "\r\n").encode("ascii")


def _cell(value: int | None, width: int, outside: bool) -> str:
    word = "---" if value is None else str(value)
    return f"{word:>{width}}{'*' if outside and value is not None else ' '}"


class Nellcor:
    """The oximeter on one patient's finger."""

    def __init__(self, bedside: Bedside, model: str = MODEL) -> None:
        self._bedside = bedside
        self._heading = HEADING.replace(MODEL.encode(), model.encode("ascii"))
        self._stopped = False
        self._finger = Fingertip(bedside, Waves(bedside.patient).rhythm, DRIVER)
        self._next: int | None = None
        self._rows = 0

    def receive(self, data: bytes, t_ns: int) -> None:
        """Heeds XON and XOFF; its menu is not simulated."""
        for byte in data:
            if byte in (STOP, GO):
                self._stopped = byte == STOP

    def advance(self, t_ns: int) -> bytes:
        number = t_ns // PERIOD_NS
        if self._next is None:
            self._next = number + 1
        out = b""
        while self._next <= number:
            t_s = self._next * PERIOD_NS / 1e9
            out += b"" if self._rows % ROWS else self._heading
            out += row(CLOCK_AT_START + timedelta(seconds=t_s), self._shown(t_s))
            self._rows += 1
            self._next += 1
        return b"" if self._stopped else out

    def plugged(self, t_ns: int) -> bool:
        return self._bedside.cable_in(DRIVER, t_ns)

    def _shown(self, t_s: float) -> Shown:
        found = self._finger.found(t_s)
        if found.disconnected or found.off:
            return Shown(None, None, None, ("SD",) if found.disconnected else ("SO",))
        if found.spo2 is None or found.rate is None:
            return Shown(None, None, None, ("PS",))
        codes = [*_limit_codes(found)]
        if found.lost:
            codes.append("LP")
        elif found.moving:
            codes.append("MO")
        amplitude = min(254, round(60 * self._bedside.patient.traits.perfusion))
        spo2_out, pulse_out = (any(code[0] == letter for code in codes[:2]) for letter in "SP")
        return Shown(found.spo2, found.rate, amplitude, tuple(codes), spo2_out, pulse_out)


def _limit_codes(found: Found) -> list[str]:
    codes: list[str] = []
    for letter, value, (low, high) in (("S", found.spo2, SPO2_LIMITS), ("P", found.rate, PULSE_LIMITS)):
        if value is not None and value < low:
            codes.append(letter + "L")
        elif value is not None and value > high:
            codes.append(letter + "H")
    return codes
