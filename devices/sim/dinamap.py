"""A simulated DINAMAP: the host port's text, or the PRO 1000's binary stream.

Text: a blank, two letters, arguments, two check characters, CR. The check characters hold twelve bits of the
sum of all characters before them, each counted from 1 for a blank. A line whose check does not fit is not
answered. NC0 starts, ND cancels, NA tells status, age in seconds and pressures of the last reading, RC the
pulse rate. Status: 0 nothing yet, 1 a reading, 2 measuring, 4 failed.

Binary: 50 blocks of 18 bytes a second, four samples of each of two waves in a block.
"""

from __future__ import annotations

from math import exp
from typing import Final

from devices.sim.inflation import Inflation, Outcome, inflate, pressure
from devices.sim.ownkey import OwnKey
from devices.sim.scenario import Bedside
from devices.sim.waves import Rhythm, Waves

FORMATS: Final = ("ascii", "pro-1000")
NOTHING, VALID, MEASURING, FAILED = 0, 1, 2, 4
OLDEST_S: Final = 9999
LONGEST_COMMAND: Final = 32
BLOCK_NS: Final = 20_000_000
SAMPLE_S: Final = 0.005
NUMBERS: Final = 200
POLYNOMIAL: Final = 0b1_1000_0101
ECG_BASE, ECG_SWING = 508, 300
ECG_HUMPS: Final = ((0.12, 0.10, 0.025), (-0.12, 0.16, 0.008), (1.0, 0.18, 0.011), (-0.22, 0.205, 0.012),
                    (0.28, 0.42, 0.05))  # fmt: skip
"""Height, middle and width in seconds after the beat begins: P, Q, R, S and T."""


def sealed(text: str) -> bytes:
    """A line as it is sent."""
    total = sum(ord(character) - 31 for character in text)
    total -= 4095 * (total > 4095)
    high, low = divmod(total, 64)
    return f"{text}{chr(32 + high)}{chr(32 + low)}\r".encode()


def crc(data: bytes) -> int:
    """The check byte of a block: polynomial division of the bits, the lowest of each byte first."""
    bits = [byte >> place & 1 for byte in data for place in range(8)] + [0] * 8
    divisor = [POLYNOMIAL >> place & 1 for place in range(8, -1, -1)]
    for start in range(len(bits) - 8):
        if bits[start]:
            for place, bit in enumerate(divisor):
                bits[start + place] ^= bit
    return sum(bit << place for place, bit in enumerate(bits[-8:]))


def block(number: int, status: int, one: list[int], two: list[int], slow: bytes) -> bytes:
    """One block of the stream."""
    body = bytes([status])
    for samples in (one, two):
        text = "".join(f"{sample:010b}" for sample in samples)
        body += bytes(int(text[place : place + 8], 2) for place in range(0, 40, 8))
    body += slow
    check = crc(body)
    return bytes([number]) + body + bytes([check, 255 - check, 255 - number])


def nibp_line(status: int, age_s: int | None, systolic: int, diastolic: int, mean: int) -> bytes:
    """The answer to NA; without a reading its age is blank."""
    age = "    " if age_s is None else f"{age_s:04d}"
    return sealed(f" NA{status}00{age}{systolic:03d}{diastolic:03d}{mean:03d}")


class Dinamap:
    """The monitor in its text mode, on one patient's arm; `own_key_s`: its own key is pressed that often."""

    def __init__(self, bedside: Bedside, own_key_s: float | None = None) -> None:
        self._bedside = bedside
        self._own_key = OwnKey(own_key_s)
        self._heard = b""
        self._out = b""
        self._running: Inflation | None = None
        self._status = NOTHING
        self._reading: Inflation | None = None

    def receive(self, data: bytes, t_ns: int) -> None:
        self._move_on(t_ns)
        *commands, rest = (self._heard + data).split(b"\r")
        self._heard = rest[-LONGEST_COMMAND:]
        for command in commands:
            self._out += self._answer(command[-LONGEST_COMMAND:], t_ns)

    def advance(self, t_ns: int) -> bytes:
        self._move_on(t_ns)
        if self._own_key.pressed(t_ns) and self._running is None:
            self._running = inflate(self._bedside, "dinamap", t_ns)
        self._bedside.cuff_mmhg = pressure(self._running, t_ns)
        out, self._out = self._out, b""
        return out

    def plugged(self, t_ns: int) -> bool:
        return self._bedside.cable_in("dinamap", t_ns)

    def _answer(self, heard: bytes, t_ns: int) -> bytes:
        text = heard[heard.find(b" ") :].decode("latin-1")
        if len(text) < 5 or sealed(text[:-2]) != text.encode("latin-1") + b"\r":
            return b""
        match text[1:-2]:
            case "NC0":
                if self._running is None:
                    self._running = inflate(self._bedside, "dinamap", t_ns)
                return sealed(" NC0")
            case "ND":
                self._running = None
                return sealed(" ND")
            case "NA":
                return self._state(t_ns)
            case "RC":
                pulse = self._reading.pulse if self._reading is not None else 0
                return sealed(f" RC{VALID if pulse else NOTHING}{pulse:03d}")
            case _:
                return b""

    def _state(self, t_ns: int) -> bytes:
        status = MEASURING if self._running is not None else self._status
        last = self._reading
        if last is None:
            return nibp_line(status, None, 0, 0, 0)
        age_s = min((t_ns - last.end_ns) // 1_000_000_000, OLDEST_S)
        if status == FAILED:
            return nibp_line(status, age_s, 0, 0, 0)
        return nibp_line(status, age_s, last.systolic, last.diastolic, last.mean)

    def _move_on(self, t_ns: int) -> None:
        ended = self._running
        if ended is None or t_ns < ended.end_ns:
            return
        self._running = None
        self._status = VALID if ended.outcome is Outcome.GOOD else FAILED
        if ended.outcome is Outcome.GOOD:
            self._reading = ended


class Pro1000:
    """The monitor in its binary mode, with its electrodes on the patient."""

    def __init__(self, bedside: Bedside) -> None:
        self._bedside = bedside
        self._waves = Waves(bedside.patient)
        self._next: int | None = None

    def receive(self, data: bytes, t_ns: int) -> None:
        """It takes no commands."""

    def advance(self, t_ns: int) -> bytes:
        number = t_ns // BLOCK_NS
        first = number + 1 if self._next is None else self._next
        self._next = max(first, number + 1)
        return b"".join(self._block(n) for n in range(first, number + 1))

    def plugged(self, t_ns: int) -> bool:
        return self._bedside.cable_in("dinamap", t_ns)

    def _block(self, number: int) -> bytes:
        """What is sent at `number` block times after the start, about the time before."""
        end_s = number * BLOCK_NS / 1e9
        times = [end_s + SAMPLE_S * (place - 4) for place in range(4)]
        ecg = [ECG_BASE + round(ECG_SWING * ecg_at(self._waves.rhythm, t_s)) for t_s in times]
        pleth = [round(float(value) * 1023) for value in self._waves.pleth(times)]
        beats = int(self._waves.rhythm.count(end_s))
        slow = bytes([int(end_s) & 0xFF, 0, 0]) if number % NUMBERS == 0 else bytes(3)
        return block(number % NUMBERS, beats % 4 << 1, pleth, ecg, slow)


def make(bedside: Bedside, own_key_s: float | None, form: str) -> Dinamap | Pro1000:
    """The monitor in one of FORMATS, the first if `form` is empty."""
    return Pro1000(bedside) if form == FORMATS[1] else Dinamap(bedside, own_key_s)


def ecg_at(rhythm: Rhythm, t_s: float) -> float:
    """The ECG in units of its R wave; the beat that is going on and its seconds decide."""
    beats = float(rhythm.count(t_s))
    half_a_second_ago = float(rhythm.count(t_s - 0.5))
    since_s = beats % 1 / max(2 * (beats - half_a_second_ago), 0.3)
    return sum(height * exp(-(((since_s - middle) / width) ** 2)) for height, middle, width in ECG_HUMPS)
