"""A simulated Contec oximeter: the new protocol, silent until asked, and the old one, streaming by itself.

New: `type, high bits, data` with bit 7 set in all but the type; live packets are type 01, 60 a second. The
stream stops when nobody said "I am connected" (AF) for 10 s. Old: five bytes 60 times a second, bit 7 set in
the first; F5 F5 asks for the recording of the last minute, F6 F6 F6 for the stream again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from devices.sim.fingertip import Loss, seen_s
from devices.sim.patient import Floats
from devices.sim.scenario import Bedside, IncidentKind
from devices.sim.waves import Waves

FORMATS: Final = ("new", "old")
FRAMES_PER_S: Final = 60
STRETCH_S: Final = 60
"""How much of the pulse wave is worked out at a time."""
FORGET_S: Final = 3.0
"""Numbers stay this long after the pulse was lost."""
PATIENCE_NS: Final = 10_000_000_000
"""The stream stops this long after the last sign of a host."""
COMMAND: Final = 9
NAME: Final = "CMS50D+"
USER: Final = b"user01"
FETCH, BACK = b"\xf5\xf5", b"\xf6\xf6\xf6"
RECORDED_S: Final = 60
LOW_SPO2: Final = 90

TOO_LONG_S: Final = 10.0

NO_PULSE_NEW, NO_PULSE_OLD, NO_SPO2, NO_PI = 0xFF, 0, 0x7F, 0xFFFF
DONE, UNSUPPORTED = 0, 5
BEAT, LOW, TOO_LONG, PROBE = 0x40, 0x20, 0x10, 0x80
PARKED_PLETH: Final = 0x40
DICROTIC: Final = 0.35
"""Share of the beat in which its bit is set."""


@dataclass(frozen=True, slots=True)
class Finger:
    """What the sensor finds at one moment; None where there is nothing to show. `pi` is in hundredths."""

    rate: int | None
    spo2: int | None
    pi: int | None = None
    out: bool = False
    searching: bool = False
    too_long: bool = False


class Contec:
    """The oximeter on one patient's finger."""

    def __init__(self, bedside: Bedside, form: str = "new", name: str = NAME) -> None:
        """`name` is the device id, of up to seven characters, that the new protocol tells."""
        if form not in FORMATS:
            raise ValueError(f"format is one of {', '.join(FORMATS)}, not '{form}'")
        self._bedside = bedside
        self._waves = Waves(bedside.patient)
        self._old = form == "old"
        self._name = name.encode("ascii")[:7].ljust(7, b"\0")
        self._recording = False
        self._next: int | None = None
        self._heard = b""
        self._out = b""
        self._connected_ns: int | None = None
        self._stretch: tuple[int, Floats, Floats] = (-1, np.zeros(0), np.zeros(0))
        self._loss = Loss()
        self._finger = (-1, Finger(None, None))

    def receive(self, data: bytes, t_ns: int) -> None:
        """Take nine-byte commands; anything else is passed over. The old devices know two of their own."""
        if self._old:
            self._obey_old(data, t_ns)
            return
        self._heard += data
        while (start := self._heard.find(b"\x7d")) >= 0:
            self._heard = self._heard[start:]
            if len(self._heard) < COMMAND:
                return
            packet = self._heard[:COMMAND]
            if all(b >= 0x80 for b in packet[1:]):
                self._heard = self._heard[COMMAND:]
                self._obey(packet[2] & 0x7F | (packet[1] & 1) << 7, t_ns)
            else:
                self._heard = self._heard[1:]
        self._heard = b""

    def advance(self, t_ns: int) -> bytes:
        number = t_ns * FRAMES_PER_S // 1_000_000_000
        if self._next is None:
            self._next = number + 1
        out, self._out = self._out, b""
        while self._next <= number:
            if self._streams(self._next * 1_000_000_000 // FRAMES_PER_S):
                out += self._frame(self._next)
            self._next += 1
        return out

    def plugged(self, t_ns: int) -> bool:
        return self._bedside.cable_in("contec", t_ns)

    def _obey(self, code: int, t_ns: int) -> None:
        match code:
            case 0xA1:
                self._connected_ns = t_ns
            case 0xAF:
                if self._streams(t_ns):
                    self._connected_ns = t_ns
            case 0xA2 | 0xA7:
                self._connected_ns = None
                self._out += packed(0x0C)
            case 0xAA:
                self._out += packed(0x04, *self._name)
            case 0xAB:
                self._out += packed(0x05, 0, *USER)
            case 0xAC:
                self._out += packed(0x0E, 0)
            case 0xAD:
                self._out += packed(0x10, 1)
            case 0xB1 | 0xB2:
                self._out += packed(0x0B, code, DONE)
            case _:
                self._out += packed(0x0B, code, UNSUPPORTED)

    def _obey_old(self, data: bytes, t_ns: int) -> None:
        """Commands may come in pieces and may stand among others'."""
        self._heard = (self._heard + data)[-64:]
        if BACK in self._heard:
            self._heard, self._recording = b"", False
        elif FETCH in self._heard:
            self._heard, self._recording = b"", True
            now = t_ns // 1_000_000_000
            self._out += recording([self._kept(second) for second in range(max(0, now - RECORDED_S), now)])

    def _kept(self, second: int) -> tuple[int, int]:
        """Pulse rate and saturation as they were recorded."""
        spo2 = float(self._bedside.patient.spo2(float(second)))
        return round(self._waves.rhythm.shown_rate(float(second))), round(spo2)

    def _streams(self, t_ns: int) -> bool:
        if self._old:
            return not self._recording
        return self._connected_ns is not None and t_ns <= self._connected_ns + PATIENCE_NS

    def _frame(self, number: int) -> bytes:
        finger = self._at(number)
        pleth, beat = self._wave(number, finger)
        signal = (
            0 if finger.out or finger.searching else min(8, round(6 * self._bedside.patient.traits.perfusion))
        )
        return (old_frame if self._old else new_frame)(finger, pleth, signal, beat)

    def _at(self, number: int) -> Finger:
        """What is shown in a frame, worked out anew each second as the device does."""
        second = number // FRAMES_PER_S
        if self._finger[0] != second:
            self._finger = (second, self._find(float(second)))
        return self._finger[1]

    def _find(self, t_s: float) -> Finger:
        happening = self._bedside.happening
        out = any(
            happening(kind, t_s, "contec") for kind in (IncidentKind.FINGER_OFF, IncidentKind.SENSOR_OFF)
        )
        since_s = self._loss.since(t_s, lost=out or self._bedside.finger_occluded(t_s))
        if out or (since_s is not None and t_s - since_s > FORGET_S):
            too_long = not out and since_s is not None and t_s - since_s > TOO_LONG_S
            return Finger(None, None, out=out, searching=not out, too_long=too_long)
        from_s = seen_s(t_s, since_s)
        rate = round(self._waves.rhythm.shown_rate(from_s))
        spo2 = round(float(self._bedside.patient.spo2(from_s)))
        pi = round(350 * self._bedside.patient.traits.perfusion)
        return Finger(min(max(rate, 1), 254), spo2, pi, searching=since_s is not None)

    def _wave(self, number: int, finger: Finger) -> tuple[int, bool]:
        """The pleth sample, 0 to 127, and whether it belongs to a beat."""
        if finger.out:
            return PARKED_PLETH, False
        stretch, place = divmod(number, STRETCH_S * FRAMES_PER_S)
        if self._stretch[0] != stretch:
            t_s = np.arange(STRETCH_S * FRAMES_PER_S) / FRAMES_PER_S + stretch * STRETCH_S
            self._stretch = (stretch, self._waves.pleth(t_s), self._waves.rhythm.count(t_s) % 1)
        if finger.searching:
            return 0, False
        return round(float(self._stretch[1][place]) * 127), bool(self._stretch[2][place] < DICROTIC)


def packed(kind: int, *data: int) -> bytes:
    """A packet of the new protocol: the eighth bits of the data gathered in the second byte."""
    high = 0
    for place, byte in enumerate(data):
        if byte > 127:
            high += 2**place
    return bytes([kind, 128 + high, *(128 + byte % 128 for byte in data)])


def new_frame(finger: Finger, pleth: int, signal: int, beat: bool) -> bytes:
    """A live packet of the new protocol."""
    spo2, rate = finger.spo2, finger.rate
    flags = signal + BEAT * beat + PROBE * finger.out + TOO_LONG * finger.too_long
    flags += LOW * (spo2 is not None and spo2 < LOW_SPO2)
    pi = NO_PI if finger.pi is None else finger.pi
    return packed(
        0x01,
        flags,
        pleth + 0x80 * finger.searching,
        pleth // 8 + 0x10 * (finger.pi is None),
        NO_PULSE_NEW if rate is None else rate,
        NO_SPO2 if spo2 is None else spo2,
        pi % 256,
        pi // 256,
    )


def old_frame(finger: Finger, pleth: int, signal: int, beat: bool) -> bytes:
    """A live frame of the old protocol."""
    spo2, rate = finger.spo2 or 0, NO_PULSE_OLD if finger.rate is None else finger.rate
    flags = 0x80 + min(signal, 15) + BEAT * beat + TOO_LONG * finger.too_long + LOW * (0 < spo2 < LOW_SPO2)
    bar = min(pleth // 8, 15) + 0x10 * finger.out + 0x20 * finger.searching + 0x40 * (rate > 127)
    return bytes([flags, pleth, bar, rate % 128, spo2])


def recording(seconds: Sequence[tuple[int, int]]) -> bytes:
    """The old devices' stored data: a mark thrice, the length in 3 x 7 bits, three bytes a second."""
    body = b"".join(bytes([0xF0 + (rate > 127), 0x80 + rate % 128, spo2]) for rate, spo2 in seconds)
    size = len(body)
    return b"\xf2\x80\x00" * 3 + bytes([0x80 + size // 16384, 0x80 + size // 128 % 128, size % 128]) + body
