"""A simulated Ivy 450C monitor: one ANSAR-B frame a second with five waves and nine lines of text.

    FF, "ANSAR-B ", 200 ECG, 50 breathing, 50 pleth, 50 + 50 pressure bytes, lines each ended by CR, FE

ECG bytes are 0.02 mV from 100 up; pleth swings around 120; an unused pressure input sends 251. The monitor
measures the blood pressure on its own every five minutes and repeats the last result in every frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from devices.sim.fingertip import BEHIND_S, Fingertip
from devices.sim.patient import Floats
from devices.sim.scenario import Bedside, IncidentKind
from devices.sim.waves import Waves

DRIVER: Final = "ivy-450c"
SECOND_NS: Final = 1_000_000_000
ECG_HZ, SLOW_HZ = 200, 50
INTERVAL_S: Final = 300.0
LASTS_S: Final = 35.0
"""How often the monitor measures by itself, from its start on, and how long that takes."""

HIGHEST: Final = 250
NO_TRANSDUCER: Final = 251
HEART: Final = (
    (0.11, -0.19, 0.025),
    (-0.10, -0.03, 0.011),
    (1.15, 0.0, 0.012),
    (-0.2, 0.03, 0.012),
    (0.28, 0.3, 0.05),
)
"""P, Q, R, S and T: height in mV, place and width in beats."""


@dataclass(frozen=True, slots=True)
class Screen:
    """What the monitor shows; None is an empty field, `cuff` systolic, diastolic, mean and pulse."""

    heart_rate: int | None = None
    breaths: int | None = None
    co2: int | None = None
    spo2: int | None = None
    pulse: int | None = None
    cuff: tuple[int, int, int, int] | None = None
    pressure_1: tuple[int, int, int] | None = None
    pressure_2: tuple[int, int, int] | None = None
    label: str = "ECG-II-DIAG"
    message: str = ""


def frame(waves: bytes, screen: Screen) -> bytes:
    """One frame of 400 wave bytes and the screen's text."""
    return b"\xffANSAR-B " + waves + text(screen) + b"\xfe"


def text(screen: Screen) -> bytes:
    """The nine lines."""
    pulse = "" if screen.pulse is None else f"{screen.pulse:<3d}"
    lines = [
        _line("HR", screen.heart_rate, screen.label, screen.message),
        _line("RR", screen.breaths, "APNEA: 20 SEC"),
        _line("ETCO2", screen.co2),
        _line("SPO2", screen.spo2, f"PR={pulse}"),
        _line("NIBP", screen.cuff or (None,) * 4),
        _pressure_line("P1", screen.pressure_1),
        _pressure_line("P2", screen.pressure_2),
        _line("T1", None),
        _line("T2", None),
    ]
    return "".join(lines).encode("ascii")


def _line(name: str, values: int | tuple[int | None, ...] | None, label: str = "", message: str = "") -> str:
    values = values if isinstance(values, tuple) else (values,)
    words = ["" if value is None else str(value) for value in values]
    return f"{name}={len(values)};" + ";".join([*words, label, message]) + "\r"


def _pressure_line(name: str, values: tuple[int, int, int] | None) -> str:
    return _line(name, values or (None,) * 3, "" if values else "NO TRANSDUCER")


class Ivy450c:
    """The monitor at one patient's bedside; without pressure transducers."""

    def __init__(self, bedside: Bedside, interval_s: float = INTERVAL_S) -> None:
        self._bedside = bedside
        self._waves = Waves(bedside.patient)
        self._interval_s = interval_s
        self._next: int | None = None
        self._finger = Fingertip(bedside, self._waves.rhythm, DRIVER)
        self._cuff: tuple[int, tuple[int, int, int, int] | None] = (-1, None)

    def receive(self, data: bytes, t_ns: int) -> None:
        """The monitor takes no commands."""

    def advance(self, t_ns: int) -> bytes:
        number = t_ns // SECOND_NS
        if self._next is None:
            self._next = number + 1
        out = b""
        while self._next <= number:
            out += frame(self._wave_bytes(self._next - 1.0), self._screen(float(self._next)))
            self._next += 1
        return out

    def plugged(self, t_ns: int) -> bool:
        return self._bedside.cable_in(DRIVER, t_ns)

    def _screen(self, t_s: float) -> Screen:
        found = self._finger.found(t_s)
        return Screen(
            heart_rate=round(self._waves.rhythm.shown_rate(max(0.0, t_s - BEHIND_S))),
            breaths=round(self._bedside.patient.traits.breaths),
            spo2=found.spo2,
            pulse=found.rate,
            cuff=self._last_cuff(t_s),
        )

    def _last_cuff(self, t_s: float) -> tuple[int, int, int, int] | None:
        """The newest determination that succeeded; a leak or movement leaves the one before."""
        number = int((t_s - LASTS_S) // self._interval_s)
        while self._cuff[0] < number:
            self._cuff = (self._cuff[0] + 1, self._measure((self._cuff[0] + 1) * self._interval_s))
        return self._cuff[1]

    def _measure(self, start_s: float) -> tuple[int, int, int, int] | None:
        spoiled = (IncidentKind.CUFF_LEAK, IncidentKind.MOTION)
        if any(self._bedside.happening(kind, start_s, DRIVER) for kind in spoiled):
            return self._cuff[1]
        systolic, diastolic = self._bedside.patient.cuff_reading(start_s)
        pulse = round(self._bedside.patient.vitals(start_s).pulse)
        return systolic, diastolic, diastolic + round((systolic - diastolic) / 3), pulse

    def _wave_bytes(self, start_s: float) -> bytes:
        fast, slow = (start_s + np.arange(hz) / hz for hz in (ECG_HZ, SLOW_HZ))
        breath = self._waves.breathing(slow)
        pleth = np.zeros(SLOW_HZ) if self._finger.found(start_s).lost else self._waves.pleth(slow)
        parts = (100 + ecg(self._waves.rhythm.count(fast)) / 0.02, 110 + 80 * breath, 86 + 120 * pleth)
        return b"".join(_bytes(part) for part in parts) + bytes([NO_TRANSDUCER]) * 2 * SLOW_HZ


def ecg(beats: Floats) -> Floats:
    """The heart's potential in mV at a count of beats with its fraction; the R wave begins a beat."""
    phase = (beats + 0.5) % 1 - 0.5
    humps = (height * np.exp(-(((phase - place) / width) ** 2)) for height, place, width in HEART)
    return np.asarray(sum(humps, np.zeros_like(phase)))


def _bytes(wave: Floats) -> bytes:
    return np.clip(np.rint(wave), 0, HIGHEST).astype(np.uint8).tobytes()
