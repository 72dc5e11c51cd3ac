"""A simulated PAR NIBP2020 module: a status at power-on, cuff pressures five times a second, `999`, results.

Module texts stand between STX and ETX with a CR behind; commands are two digits, `;;`, the sum of these
characters as two hex digits. A command whose sum is wrong is not taken. X aborts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from devices.sim.inflation import Inflation, Outcome, inflate, pressure
from devices.sim.ownkey import OwnKey
from devices.sim.scenario import Bedside

STRING_NS: Final = 200_000_000
HALF_COMMAND_NS: Final = 500_000_000
TARGETS: Final = {19: 100, 20: 120, 21: 140, 22: 160, 23: 180}
START, MANUAL, STATUS, ADULT, NEONATE = 1, 3, 18, 24, 25
MESSAGES: Final = {Outcome.GOOD: 0, Outcome.LEAK: 7, Outcome.MOTION: 11}
POWER_ON, READY, MEASURING = 1, 0, 3


def text(inner: str) -> bytes:
    """A text as the module sends it."""
    return b"\x02" + inner.encode() + b"\x03\r"


@dataclass(frozen=True, slots=True)
class Result:
    """What the status tells of the last determination; None for what it does not have."""

    message: int = 0
    pressures: tuple[int, int, int] | None = None
    pulse: int | None = None


def status_text(state: int, neonate: bool, result: Result, used: int) -> bytes:
    """The answer to command 18; `used` fills the four digits of the time."""
    pressures = "---------" if result.pressures is None else "".join(f"{p:03d}" for p in result.pressures)
    pulse = "---" if result.pulse is None else f"{result.pulse:03d}"
    body = f"S{state};A{int(neonate)};C00;M{result.message:02d};P{pressures};R{pulse};T{used:04d};;"
    return text(f"{body}{sum(body.encode()) % 256:02X}")


class ParNibp2020:
    """The module on one patient's arm; `own_key_s`: somebody starts it at the bedside that often."""

    def __init__(self, bedside: Bedside, own_key_s: float | None = None) -> None:
        self._bedside = bedside
        self._own_key = OwnKey(own_key_s)
        self._heard = b""
        self._heard_ns = 0
        self._out = b""
        self._on = False
        self._neonate = False
        self._target = 140
        self._state = POWER_ON
        self._running: Inflation | None = None
        self._strings = 0
        self._result = Result()
        self._used_s = 0

    def receive(self, data: bytes, t_ns: int) -> None:
        self._move_on(t_ns)
        if t_ns - self._heard_ns > HALF_COMMAND_NS:
            self._heard = b""
        self._heard_ns = t_ns
        for byte in data:
            if byte == ord("X") and not self._heard:
                self._abort()
            elif byte == 0x02:
                self._heard = b"\x02"
            elif byte == 0x03 and self._heard:
                self._command(self._heard[1:], t_ns)
                self._heard = b""
            elif self._heard:
                self._heard = (self._heard + bytes([byte]))[:8]

    def advance(self, t_ns: int) -> bytes:
        if not self._on:
            self._on = True
            self._out += status_text(POWER_ON, self._neonate, self._result, 0)
        self._move_on(t_ns)
        if self._own_key.pressed(t_ns):
            self._start(t_ns)
        self._bedside.cuff_mmhg = pressure(self._running, t_ns)
        out, self._out = self._out, b""
        return out

    def plugged(self, t_ns: int) -> bool:
        return self._bedside.cable_in("par-nibp2020", t_ns)

    def _command(self, heard: bytes, t_ns: int) -> None:
        digits, sum_text = heard[:2], heard[4:]
        if heard[2:4] != b";;" or not digits.isdigit() or sum_text != b"%02X" % (sum(heard[:4]) % 256):
            return
        number = int(digits)
        if number == STATUS:
            state = MEASURING if self._running is not None else self._state
            self._out += status_text(state, self._neonate, self._result, self._used_s)
        elif number == START:
            self._start(t_ns)
        elif number in TARGETS:
            self._target = TARGETS[number]
        elif number in (ADULT, NEONATE):
            self._neonate = number == NEONATE

    def _start(self, t_ns: int) -> None:
        if self._running is None:
            self._running = inflate(self._bedside, "par-nibp2020", t_ns, self._target)
            self._strings = 0
            self._state = READY
            self._result = Result()

    def _abort(self) -> None:
        self._running = None
        self._state = READY
        self._result = Result()
        self._out += text("999")

    def _move_on(self, t_ns: int) -> None:
        """Send the pressures that are due, and the end."""
        running = self._running
        if running is None:
            return
        while (due_ns := running.start_ns + (self._strings + 1) * STRING_NS) <= min(t_ns, running.end_ns):
            self._strings += 1
            self._out += text(f"{round(running.pressure(due_ns)):03d}C0S3")
        if t_ns < running.end_ns:
            return
        self._running = None
        self._used_s = min(9999, (running.end_ns - running.start_ns) // 1_000_000_000)
        good = running.outcome is Outcome.GOOD
        numbers = (running.systolic, running.diastolic, running.mean)
        self._result = Result(
            MESSAGES[running.outcome], numbers if good else None, running.pulse if good else None
        )
        self._out += text("999")
