"""Bytes of the Berry PM6750: frames `55 AA, N, type, data..., check` in both directions.

N counts the bytes from itself to the check, which is the complement of the sum of all between the marks.
From the maker's manual and a public description that was checked against recordings of the device.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from devices import plausible
from devices.framing import Scan
from devices.plausible import Pressures
from kapmonitor.mdc import CUFF_PRESSURE, HEART_RATE, PULSE_RATE, SPO2, TEMP_BODY
from kapmonitor.model import Absent, AlertKind, FaultKind, Measured, NibpFailure, Reading, Validity

START: Final = b"\x55\xaa"
ECG, ECG_NUMBERS, NIBP, SATURATION, TEMPERATURE, BEAT, PULSE, PLETH, RESP = (
    0x01, 0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0xFE, 0xFF,
)  # fmt: skip

LENGTHS: Final = {
    ECG: frozenset({10}),
    ECG_NUMBERS: frozenset({5, 6, 7, 8}),
    NIBP: frozenset({8}),
    SATURATION: frozenset({6}),
    TEMPERATURE: frozenset({6, 7, 8}),
    BEAT: frozenset({3, 4}),
    PULSE: frozenset({3, 4}),
    PLETH: frozenset({4}),
    RESP: frozenset({4}),
}
"""N by type; older firmware sends fewer bytes in some."""

ANY_LENGTH: Final = range(3, 41)
"""N of types not listed, such as the version texts whose form is not published."""

NO_SPO2, NO_PULSE, MOST_BREATHS = 127, 255, 250

DATA: Final = 4
"""Where the data begins in a frame."""


def judge(buffer: bytes, pos: int) -> int | FaultKind | None:
    """What begins at `pos`, where a byte 55 stands; for devices.framing.Scan."""
    end = len(buffer)
    if end < pos + DATA:
        return None if START.startswith(buffer[pos : pos + 2]) else FaultKind.NOISE
    if buffer[pos + 1] != START[1]:
        return FaultKind.NOISE
    count = buffer[pos + 2]
    if count not in LENGTHS.get(buffer[pos + 3], ANY_LENGTH):
        return FaultKind.LENGTH
    size = count + 2
    if end < pos + size:
        return None
    return size if sum(buffer[pos + 2 : pos + size]) & 0xFF == 0xFF else FaultKind.CHECKSUM


def frames() -> Scan:
    """A buffer that cuts frames out of a byte stream."""
    return Scan(START[:1], judge)


def command(code: int, value: int) -> bytes:
    """A host command."""
    return START + bytes([4, code, value, ~(4 + code + value) & 0xFF])


class Ask(Enum):
    """What this driver sends, apart from gains, filter, patient and inflation target, which are options."""

    CUFF_START = command(0x02, 0x01)
    CUFF_STOP = command(0x02, 0x00)
    ECG_ON = command(0x01, 0x01)
    ECG_OFF = command(0x01, 0x00)
    SATURATION_ON = command(0x03, 0x01)
    TEMPERATURE_ON = command(0x04, 0x01)
    PLETH_ON = command(0xFE, 0x01)
    RESP_ON = command(0xFF, 0x01)
    RESP_OFF = command(0xFF, 0x00)


ECG_GAIN, ECG_FILTER, PATIENT, TARGET, RESP_GAIN = 0x07, 0x08, 0x09, 0x0A, 0x0F
GAINS: Final = {"0.25": 1, "0.5": 2, "1": 3, "2": 4}
FILTERS: Final = {"operation": 1, "monitor": 2, "diagnostic": 3}
PATIENTS: Final = {"adult": 1, "child": 2, "neonate": 3}
TARGETS: Final = {"adult": (40, 300), "child": (40, 210), "neonate": (40, 140)}
"""Least and most first inflation in mmHg; sent in steps of 2."""

RHYTHMS: Final = {
    0x02: "asystole",
    0x03: "ventricular fibrillation",
    0x04: "R on T",
    0x05: "ventricular ectopic beats",
    0x06: "ventricular ectopic beats",
    0x07: "ventricular ectopic beats",
    0x08: "bigeminy",
    0x09: "trigeminy",
    0x0A: "tachycardia",
    0x0B: "bradycardia",
    0x0C: "missed beat",
}
"""What the module finds in the ECG; 0 is analysing, 1 normal."""


@dataclass(frozen=True, slots=True)
class EcgNumbers:
    """Once a second; `st_mv` is None and `rhythm` empty where a short packet lacks them."""

    heart: Reading
    breaths: Reading
    st_mv: Reading | None
    rhythm: str
    weak: bool
    lead_off: bool


def ecg_numbers(data: bytes) -> EcgNumbers:
    """Read status, heart rate, breaths, ST in 1/100 mV and rhythm; without electrodes no number counts."""
    status, heart, breaths = data[0], data[1], data[2] if len(data) > 2 else 0
    lead_off = bool(status & 0x02)
    rhythm = RHYTHMS.get(data[4], "") if len(data) > 4 else ""
    return EcgNumbers(
        heart=_counted(_sent(heart, 0, plausible.within(HEART_RATE, heart)), lead_off),
        breaths=_counted(_sent(breaths, 0, _breaths(breaths)), lead_off),
        st_mv=_counted(Measured(_signed(data[3]) / 100), lead_off) if len(data) > 3 else None,
        rhythm="" if lead_off else rhythm,
        weak=bool(status & 0x01),
        lead_off=lead_off,
    )


def _sent(raw: int, none: int, reading: Reading) -> Reading:
    """`reading` unless the module sent its word for no value."""
    return Absent(Validity.NOT_AVAILABLE, float(none)) if raw == none else reading


def _breaths(raw: int) -> Reading:
    return Measured(float(raw)) if raw <= MOST_BREATHS else Absent(Validity.INVALID, float(raw))


def _signed(byte: int) -> int:
    return byte - 256 if byte > 127 else byte


def _counted(reading: Reading, off: bool) -> Reading:
    """No number counts while its sensor is off."""
    return Absent(Validity.INVALID, reading.value) if off and isinstance(reading, Measured) else reading


class CuffWord(Enum):
    """The state in a cuff packet."""

    FINISHED = 0
    MEASURING = 1
    STOPPED = 2
    OVERPRESSURE = 3
    LOOSE = 4
    TOOK_TOO_LONG = 5
    ERROR = 6
    INTERFERENCE = 7
    NO_RESULT = 8
    INITIALISING = 9
    INITIALISED = 10


FAILURES: Final = {
    CuffWord.OVERPRESSURE: NibpFailure.OVERPRESSURE,
    CuffWord.LOOSE: NibpFailure.CUFF_LOOSE,
    CuffWord.TOOK_TOO_LONG: NibpFailure.TIMEOUT,
    CuffWord.ERROR: NibpFailure.MODULE_FAULT,
    CuffWord.INTERFERENCE: NibpFailure.MOTION,
    CuffWord.NO_RESULT: NibpFailure.UNKNOWN,
}
_WORDS: Final = {word.value: word for word in CuffWord}


@dataclass(frozen=True, slots=True)
class CuffPacket:
    """What the module says of its cuff; `empty` if it holds no result."""

    word: CuffWord
    cuff: Reading
    pressures: Pressures
    empty: bool


def cuff_packet(data: bytes) -> CuffPacket | None:
    """Read status, cuff in 2 mmHg, systolic, mean, diastolic; None for a state that does not exist."""
    word = _WORDS.get(data[0] >> 2 & 0x0F)
    if word is None:
        return None
    systolic, mean, diastolic = data[2:]
    return CuffPacket(
        word,
        plausible.within(CUFF_PRESSURE, 2 * data[1]),
        plausible.pressures(systolic, diastolic, mean),
        empty=not any(data[2:]),
    )


@dataclass(frozen=True, slots=True)
class Saturation:
    """About once a second; `conditions` are what keeps the sensor from measuring."""

    spo2: Reading
    rate: Reading
    conditions: tuple[AlertKind, ...]


_SENSOR: Final = {
    1: (AlertKind.SENSOR_OFF,),
    2: (AlertKind.NO_CONTACT,),
    3: (AlertKind.NO_PULSE,),
    4: (AlertKind.NO_PULSE,),
}


def saturation(data: bytes) -> Saturation:
    """Read status, SpO2 (127: none) and pulse rate (255: none)."""
    status, percent, rate = data
    off = status in (1, 2)
    return Saturation(
        _counted(_sent(percent, NO_SPO2, plausible.within(SPO2, percent)), off),
        _counted(_sent(rate, NO_PULSE, plausible.within(PULSE_RATE, rate)), off),
        _SENSOR.get(status, ()),
    )


def temperatures(data: bytes) -> tuple[Reading, ...]:
    """Read status and one or two temperatures as whole and tenths of a degree Celsius."""
    return tuple(
        _temperature(data[place], data[place + 1], off=bool(data[0] & bit))
        for place, bit in ((1, 1), (3, 2))
        if len(data) > place + 1
    )


def _temperature(whole: int, tenths: int, *, off: bool) -> Reading:
    value = round(whole + tenths / 10, 1)
    if off:
        return Absent(Validity.NOT_AVAILABLE, value)
    return plausible.within(TEMP_BODY, value) if tenths <= 9 else Absent(Validity.INVALID, value)
