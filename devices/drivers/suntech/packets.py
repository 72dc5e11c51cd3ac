"""Bytes of the SunTech Advantage OEM modules: host commands and module packets.

A module packet is `3E, total length, ..., check`, a host command `3A, ..., check`; all bytes of either sum to
0 modulo 256. Numbers are little-endian. Facts from two independent public drivers and their unit tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from devices import plausible
from devices.checksum import complement8, sum8
from devices.framing import Scan, length_frames
from devices.plausible import Pressures
from kapmonitor.mdc import CUFF_PRESSURE, NIBP_PULSE
from kapmonitor.model import Absent, Measured, NibpFailure, Reading, Validity

START = 0x3E
ACK, WORD, RETURN_CODE, BP_DATA, TEXTS = 0x04, 0x05, 0x06, 0x18, 0x43
LENGTHS = frozenset({ACK, WORD, RETURN_CODE, BP_DATA, TEXTS})


def frames() -> Scan:
    """A buffer that cuts module packets out of a byte stream."""
    return length_frames(START, LENGTHS, lambda packet: sum8(packet) == 0)


def command(*body: int) -> bytes:
    """A host command with its check byte."""
    data = bytes([0x3A, *body])
    return data + bytes([complement8(data)])


class Ask(Enum):
    """Everything this driver can send to the module, apart from the initial inflation with its number."""

    START_ADULT = command(0x20)
    START_CHILD = command(0x87)
    START_NEONATE = command(0x28)
    ABORT = command(0x79, 0x01, 0x00)
    PRESSURE = command(0x79, 0x05, 0x00)
    RESULT = command(0x79, 0x03, 0x00)
    PREPARE_TEXTS = command(0x00)
    TEXTS = command(0x79, 0x02, 0x40)
    SELF_TEST_LX = command(0x79, 0x10, 0x03)
    SELF_TEST_A = command(0x79, 0x11, 0x00)
    INFLATION = b""
    """Initial inflation target; its bytes come from initial_inflation()."""


STARTS = {"adult": Ask.START_ADULT, "child": Ask.START_CHILD, "neonate": Ask.START_NEONATE}
SELF_TESTS = frozenset({Ask.SELF_TEST_LX, Ask.SELF_TEST_A})


def initial_inflation(mmhg: int) -> bytes:
    """The command that sets the first inflation target of the following determinations."""
    return command(0x17, mmhg & 0xFF, mmhg >> 8)


class Ack(StrEnum):
    """The letter of an ack packet."""

    STARTED = "O"
    DONE = "K"
    ABORTED = "A"
    BUSY = "B"
    ERROR = "E"
    UNDEFINED = "N"
    UNREADABLE = "D"
    ASLEEP = "S"
    TIMED_OUT = "T"


REFUSALS = frozenset({Ack.ERROR, Ack.UNDEFINED, Ack.UNREADABLE, Ack.TIMED_OUT})
ACKS = {ord(ack.value): ack for ack in Ack}

FAILURES: dict[int, NibpFailure] = {
    1: NibpFailure.WEAK_SIGNAL,
    2: NibpFailure.MOTION,
    3: NibpFailure.OUT_OF_RANGE,
    4: NibpFailure.TIMEOUT,
    85: NibpFailure.BLOCKAGE,
    86: NibpFailure.CANCELLED,
    87: NibpFailure.CUFF_LOOSE,
    88: NibpFailure.TIMEOUT,
    89: NibpFailure.OVERPRESSURE,
    90: NibpFailure.MODULE_FAULT,
    91: NibpFailure.MODULE_FAULT,
    97: NibpFailure.MODULE_FAULT,
    99: NibpFailure.MODULE_FAULT,
}
"""Error codes of BP data and self-test, decimal as in the maker's list."""


def failure(code: int) -> NibpFailure:
    """What an error code means; UNKNOWN for codes outside the list."""
    return FAILURES.get(code, NibpFailure.UNKNOWN)


def cuff_pressure(packet: bytes) -> Reading:
    """Cuff pressure of a 5-byte packet, mmHg, signed; -1 means not valid."""
    value = int.from_bytes(packet[2:4], "little", signed=True)
    if value == -1:
        return Absent(Validity.NOT_AVAILABLE, -1.0)
    return plausible.within(CUFF_PRESSURE, value)


@dataclass(frozen=True, slots=True)
class Result:
    """BP data of the last determination; `error` 0 means the module reports none."""

    pressures: Pressures
    pulse: Reading
    error: int

    @property
    def empty(self) -> bool:
        """Whether it holds no pressure anybody could use."""
        return not isinstance(self.pressures.systolic, Measured)


def result(packet: bytes) -> Result:
    """Read a 24-byte BP data packet. Status 0 (byte 7) and any error code mean that no number counts."""
    systolic, diastolic = int.from_bytes(packet[2:4], "little"), int.from_bytes(packet[4:6], "little")
    mean, rate, error = int.from_bytes(packet[18:20], "little"), packet[16], packet[20]
    if packet[7] == 0 or error:
        none = plausible.no_pressures(systolic, diastolic, mean, Validity.NOT_AVAILABLE)
        return Result(none, Absent(Validity.NOT_AVAILABLE, float(rate)), error)
    judged = plausible.pressures(systolic, diastolic, mean)
    return Result(judged, plausible.within(NIBP_PULSE, rate), error)


@dataclass(frozen=True, slots=True)
class Texts:
    """What the module says it is."""

    model: str
    firmware: str
    serial: str


def texts(packet: bytes) -> Texts:
    """Read a module data packet: BP firmware 8, safety firmware 8, lot 16, serial 16, cycles 14, 2 unused."""
    firmware = _text(packet[2:10])
    model = {"LX": "Advantage LX", "SB": "Advantage A+"}.get(firmware[:2], "Advantage")
    return Texts(model, firmware, _text(packet[34:50]))


def _text(field: bytes) -> str:
    return "".join(chr(b) for b in field if 0x20 <= b < 0x7F).strip()
