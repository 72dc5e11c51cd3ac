"""A simulated SunTech Advantage cuff module: commands, acknowledgements, a real pressure curve, results.

Host packets are 3A, command, data, checksum; module packets 3E, length of the whole, data, checksum. The
bytes of a packet add up to 0 modulo 256. Acknowledgements: O started, K done, A aborted, B busy,
N unknown command, D bad checksum, S asleep.
"""

from __future__ import annotations

import struct
from typing import Final

from devices.sim.inflation import Inflation, Outcome, inflate, pressure
from devices.sim.ownkey import OwnKey
from devices.sim.scenario import Bedside

HALF_COMMAND_NS: Final = 500_000_000
"""A command that does not go on for this long is forgotten."""

NO_ERROR, ARTEFACT, STOPPED, LEAK = 0, 2, 86, 87
ERRORS: Final = {Outcome.GOOD: NO_ERROR, Outcome.MOTION: ARTEFACT, Outcome.LEAK: LEAK}

STARTS: Final = {0x20: 160, 0x87: 120, 0x28: 90}
"""Start commands of adult, child and neonate with their usual first targets in mmHg."""
DATA_BYTES: Final = {
    **dict.fromkeys(STARTS, 0),
    0x79: 2,
    0x17: 2,
    0x00: 0,
    0x81: 4,
    0x0C: 3,
    0x04: 1,
    0x86: 3,
    0x8A: 0,
}
STOP_WORD: Final = b"STOP"
SERIAL: Final = "SIM0000000000001"


def sealed(body: bytes) -> bytes:
    """A packet with the byte that makes its sum 0."""
    return body + bytes([-sum(body) & 0xFF])


def ack(letter: str) -> bytes:
    """A four-byte acknowledgement."""
    return sealed(b"\x3e\x04" + letter.encode())


def bp_packet(
    systolic: int, diastolic: int, mean: int, pulse: int, beats: int, status: int, error: int
) -> bytes:
    """The answer to "read BP data"."""
    body = struct.pack("<BBHHBB8xBxHB2x", 0x3E, 0x18, systolic, diastolic, beats, status, pulse, mean, error)
    return sealed(body)


def identity(serial: str) -> bytes:
    """The answer to "fetch module data": two firmwares of 8, lot and serial of 16, cycles of 14 letters."""
    text = f"LX-1.07 SFT-1.02LOT0000000000042{serial[:16]:<16}00000000000123"
    return sealed(b"\x3e\x43" + text.encode("ascii", "replace") + bytes(2))


def result_of(inflation: Inflation) -> bytes:
    """The 24-byte blood pressure packet of a determination that ended."""
    error = ERRORS[inflation.outcome]
    if error != NO_ERROR:
        return bp_packet(0, 0, 0, 0, 0, 0, error)
    beats = 10 + inflation.pulse % 20
    pressures = (inflation.systolic, inflation.diastolic, inflation.mean)
    return bp_packet(*pressures, inflation.pulse, beats, 1, NO_ERROR)


class SunTech:
    """The module on one patient's arm; with `own_key_s` somebody presses its own start key that often."""

    def __init__(self, bedside: Bedside, own_key_s: float | None = None, serial: str = SERIAL) -> None:
        self._bedside = bedside
        self._identity = identity(serial)
        self._own_key = OwnKey(own_key_s)
        self._heard = b""
        self._heard_ns = 0
        self._out = b""
        self._target: int | None = None
        self._running: Inflation | None = None
        self._result = bp_packet(0, 0, 0, 0, 0, 0, NO_ERROR)
        self._return_code = 0

    def receive(self, data: bytes, t_ns: int) -> None:
        self._finish(t_ns)
        if t_ns - self._heard_ns > HALF_COMMAND_NS:
            self._heard = b""
        self._heard += data
        self._heard_ns = t_ns
        while self._take_command(t_ns):
            pass

    def advance(self, t_ns: int) -> bytes:
        self._finish(t_ns)
        if self._own_key.pressed(t_ns) and self._running is None:
            self._running = self._plan(self._target or STARTS[0x20], t_ns)
        self._bedside.cuff_mmhg = self._pressure(t_ns)
        out, self._out = self._out, b""
        return out

    def plugged(self, t_ns: int) -> bool:
        return self._bedside.cable_in("suntech", t_ns)

    def _take_command(self, t_ns: int) -> bool:
        """Handle the first whole command of what was heard; False if there is none."""
        start = self._heard.find(b"\x3a")
        self._heard = self._heard[start:] if start >= 0 else b""
        if len(self._heard) < 2:
            return False
        command = self._heard[1]
        if command not in DATA_BYTES:
            self._say(ack("N"))
            self._heard = self._heard[2:]
            return True
        size = 3 + DATA_BYTES[command]
        if len(self._heard) < size:
            return False
        packet, self._heard = self._heard[:size], self._heard[size:]
        self._say(ack("D") if sum(packet) & 0xFF else self._answer(command, packet[2:-1], t_ns))
        return True

    def _answer(self, command: int, data: bytes, t_ns: int) -> bytes:
        if command == 0x79:
            return self._answer_system(data, t_ns)
        if self._running is not None:
            return ack("B")
        if command in STARTS:
            self._running = self._plan(self._target or STARTS[command], t_ns)
            return ack("O")
        if command == 0x17:
            self._target = struct.unpack("<H", data)[0]
        self._return_code = 0
        return ack("S" if data == STOP_WORD else "K")

    def _answer_system(self, data: bytes, t_ns: int) -> bytes:
        match data[0], data[1]:
            case 0x01, 0x00:
                self._abort()
                return ack("A") + ack("K")
            case 0x05, 0x00:
                return sealed(b"\x3e\x05" + struct.pack("<h", round(self._pressure(t_ns))))
            case 0x03, 0x00:
                return self._result
            case 0x02, 0x40:
                return self._identity
            case 0x02, 0x03:
                return sealed(b"\x3e\x06\x00" + bytes([0, self._return_code]))
            case (0x10, 0x03) | (0x11, 0x00):
                return sealed(b"\x3e\x05\x00\x00")
            case _:
                return ack("N")

    def _plan(self, target: int, t_ns: int) -> Inflation:
        return inflate(self._bedside, "suntech", t_ns, float(target))

    def _pressure(self, t_ns: int) -> float:
        return pressure(self._running, t_ns)

    def _finish(self, t_ns: int) -> None:
        if self._running is not None and t_ns >= self._running.end_ns:
            self._result = result_of(self._running)
            self._running = None
            self._say(ack("K"))

    def _abort(self) -> None:
        if self._running is not None:
            self._running = None
            self._result = bp_packet(0, 0, 0, 0, 0, 0, STOPPED)

    def _say(self, packet: bytes) -> None:
        self._out += packet
