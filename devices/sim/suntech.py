"""A simulated SunTech Advantage cuff module: commands, acknowledgements, a real pressure curve, results.

Host packets are 3A, command, data, checksum; module packets 3E, length of the whole, data, checksum. The
bytes of a packet add up to 0 modulo 256. Acknowledgements: O started, K done, A aborted, B busy,
N unknown command, D bad checksum, S asleep.

A determination pumps 12 mmHg/s to its target, pumps again if that was too low, lets 4 mmHg/s out until it is
below the diastolic pressure, and opens the valves.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from devices.sim.scenario import Bedside, IncidentKind

PUMP_MMHG_S: Final = 12.0
BLEED_MMHG_S: Final = 4.0
DUMP_MMHG_S: Final = 60.0
MARGIN_MMHG: Final = 22.0
"""The cuff has to be this far above the systolic pressure; if it is not, the module pumps on."""
STEP_MMHG: Final = 45.0
MOST_MMHG: Final = 280.0
BELOW_MMHG: Final = 14.0
LEAK_MMHG: Final = 38.0
"""A leaking cuff does not get beyond this."""
LEAK_GIVEN_UP_S: Final = 22.0
MOTION_GIVEN_UP_S: Final = 48.0
HALF_COMMAND_NS: Final = 500_000_000
"""A command that does not go on for this long is forgotten."""

NO_ERROR, ARTEFACT, STOPPED, LEAK = 0, 2, 86, 87

OWN_KEY_FIRST_NS: Final = 1_000_000_000

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
IDENTITY: Final = (
    b"LX-1.07 " + b"SFT-1.02" + b"LOT0000000000042" + b"SIM0000000000001" + b"00000000000123" + b"\0\0"
)


Corners = tuple[tuple[float, float], ...]
"""Seconds since the start and mmHg, joined by straight lines."""

LEAKING: Final[Corners] = (
    (0.0, 0.0),
    (LEAK_MMHG / PUMP_MMHG_S, LEAK_MMHG),
    (LEAK_GIVEN_UP_S, LEAK_MMHG),
    (LEAK_GIVEN_UP_S + 1, 0.0),
)


@dataclass(frozen=True, slots=True)
class Determination:
    """One cuff measurement, planned whole when it starts: corners of the pressure curve and how it ends."""

    start_ns: int
    corners: Corners
    systolic: int
    diastolic: int
    pulse: int
    error: int

    @property
    def end_ns(self) -> int:
        return self.start_ns + int(self.corners[-1][0] * 1e9)

    def pressure(self, t_ns: int) -> float:
        """Cuff pressure in mmHg at a time."""
        s = (t_ns - self.start_ns) / 1e9
        for (s0, p0), (s1, p1) in zip(self.corners, self.corners[1:], strict=False):
            if s < s1:
                return p0 + (p1 - p0) * (s - s0) / (s1 - s0)
        return 0.0

    def packet(self) -> bytes:
        """The 24-byte blood pressure packet."""
        if self.error:
            return bp_packet(0, 0, 0, 0, 0, 0, self.error)
        mean = self.diastolic + round((self.systolic - self.diastolic) / 3)
        beats = max(8, self.pulse // 3)
        return bp_packet(self.systolic, self.diastolic, mean, self.pulse, beats, 1, NO_ERROR)


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


class SunTech:
    """The module on one patient's arm; with `own_key_s` somebody presses its own start key that often."""

    def __init__(self, bedside: Bedside, own_key_s: float | None = None) -> None:
        self._bedside = bedside
        self._own_key_ns = None if own_key_s is None else int(own_key_s * 1e9)
        self._pressed_ns: int | None = None
        self._heard = b""
        self._heard_ns = 0
        self._out = b""
        self._target: int | None = None
        self._running: Determination | None = None
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
        self._press_own_key(t_ns)
        self._bedside.cuff_mmhg = self._pressure(t_ns)
        out, self._out = self._out, b""
        return out

    def plugged(self, t_ns: int) -> bool:
        return self._bedside.happening(IncidentKind.CABLE_OUT, t_ns / 1e9, "suntech") is None

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
                return sealed(b"\x3e\x43" + IDENTITY)
            case 0x02, 0x03:
                return sealed(b"\x3e\x06\x00" + bytes([0, self._return_code]))
            case (0x10, 0x03) | (0x11, 0x00):
                return sealed(b"\x3e\x05\x00\x00")
            case _:
                return ack("N")

    def _press_own_key(self, t_ns: int) -> None:
        """The first press comes a moment after power-on; while it measures, the key does nothing."""
        if self._own_key_ns is None:
            return
        if self._pressed_ns is None:
            self._pressed_ns = t_ns + OWN_KEY_FIRST_NS
        elif t_ns >= self._pressed_ns:
            self._pressed_ns += self._own_key_ns
            if self._running is None:
                self._running = self._plan(self._target or STARTS[0x20], t_ns)

    def _plan(self, target: int, t_ns: int) -> Determination:
        start_s = t_ns / 1e9
        systolic, diastolic = self._bedside.patient.cuff_reading(start_s)
        pulse = round(self._bedside.patient.vitals(start_s).pulse)
        if self._bedside.happening(IncidentKind.CUFF_LEAK, start_s, "suntech"):
            return Determination(t_ns, LEAKING, 0, 0, 0, LEAK)
        moving = self._bedside.happening(IncidentKind.MOTION, start_s, "suntech") is not None
        corners = _curve(float(target), systolic, diastolic)
        if moving:
            corners = _cut(corners, MOTION_GIVEN_UP_S)
        return Determination(t_ns, corners, systolic, diastolic, pulse, ARTEFACT if moving else NO_ERROR)

    def _pressure(self, t_ns: int) -> float:
        return self._running.pressure(t_ns) if self._running is not None else 0.0

    def _finish(self, t_ns: int) -> None:
        if self._running is not None and t_ns >= self._running.end_ns:
            self._result = self._running.packet()
            self._running = None
            self._say(ack("K"))

    def _abort(self) -> None:
        if self._running is not None:
            self._running = None
            self._result = bp_packet(0, 0, 0, 0, 0, 0, STOPPED)

    def _say(self, packet: bytes) -> None:
        self._out += packet


def _curve(target: float, systolic: int, diastolic: int) -> Corners:
    """A determination that succeeds."""
    corners = [(0.0, 0.0)]
    top = 0.0
    while True:
        top = min(max(target, top + STEP_MMHG if top else target), MOST_MMHG)
        corners.append((corners[-1][0] + (top - corners[-1][1]) / PUMP_MMHG_S, top))
        if top >= min(systolic + MARGIN_MMHG, MOST_MMHG):
            break
        corners.append((corners[-1][0] + 3.0, top - 3 * BLEED_MMHG_S))
    low = max(diastolic - BELOW_MMHG, 20.0)
    corners.append((corners[-1][0] + (top - low) / BLEED_MMHG_S, low))
    corners.append((corners[-1][0] + low / DUMP_MMHG_S, 0.0))
    return tuple(corners)


def _cut(corners: Corners, at_s: float) -> Corners:
    """The same curve held and given up at `at_s`, as when movement keeps the module from finding pulses."""
    kept = [corner for corner in corners[:-1] if corner[0] < at_s - 2]
    return (*kept, (at_s, kept[-1][1]), (at_s + kept[-1][1] / DUMP_MMHG_S, 0.0))
