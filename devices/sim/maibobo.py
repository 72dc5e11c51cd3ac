"""A simulated Maibobo arm-in station: echoes commands, tells the cuff pressure, then a result or an error.

Packets: AA 80 (from the host CC 80), 03, length of what follows, 01, kind, data, and the exclusive or of all
bytes after the first two. Kinds: 1 connect, 2 start, 3 stop, 5 pressure, 6 result, 7 error.
"""

from __future__ import annotations

import struct
from typing import Final

from devices.sim.inflation import Inflation, Outcome, inflate, pressure
from devices.sim.ownkey import OwnKey
from devices.sim.scenario import Bedside

PRESSURE_NS: Final = 250_000_000
CONNECT, START, STOP = 1, 2, 3
ERRORS: Final = {Outcome.LEAK: 2, Outcome.MOTION: 6}
Stamp = tuple[int, int, int, int, int, int]


def packet(kind: int, data: bytes) -> bytes:
    """A packet as the station sends it."""
    rest = bytes([0x03, 2 + len(data), 0x01, kind]) + data
    check = 0
    for byte in rest:
        check ^= byte
    return b"\xaa\x80" + rest + bytes([check])


def result_packet(stamp: Stamp, systolic: int, diastolic: int, pulse: int) -> bytes:
    """The result of user 0; `stamp` is year, month, day, hour, minute, second."""
    year, *others = stamp
    return packet(6, struct.pack(">7B3H", 0, year - 2000, *others, systolic, diastolic, pulse))


class Maibobo:
    """The station with one patient's arm in it; `own_key_s`: its own key is pressed that often."""

    def __init__(self, bedside: Bedside, own_key_s: float | None = None) -> None:
        self._bedside = bedside
        self._own_key = OwnKey(own_key_s)
        self._heard = b""
        self._out = b""
        self._running: Inflation | None = None
        self._told = 0

    def receive(self, data: bytes, t_ns: int) -> None:
        self._move_on(t_ns)
        self._heard += data
        while (start := self._heard.find(b"\xcc\x80\x03\x03\x01")) >= 0 and len(self._heard) >= start + 8:
            command, self._heard = self._heard[start : start + 8], self._heard[start + 8 :]
            self._command(command, t_ns)
        self._heard = self._heard[-16:]

    def advance(self, t_ns: int) -> bytes:
        self._move_on(t_ns)
        if self._own_key.pressed(t_ns):
            self._start(t_ns)
        self._bedside.cuff_mmhg = pressure(self._running, t_ns)
        out, self._out = self._out, b""
        return out

    def plugged(self, t_ns: int) -> bool:
        return self._bedside.cable_in("maibobo", t_ns)

    def _command(self, command: bytes, t_ns: int) -> None:
        kind = command[5]
        if 0x03 ^ 0x03 ^ 0x01 ^ kind ^ command[6] != command[7] or kind not in (CONNECT, START, STOP):
            return
        if kind == STOP:
            self._running = None
        elif kind == START:
            self._start(t_ns)
        self._out += packet(kind, b"\0")

    def _start(self, t_ns: int) -> None:
        if self._running is None:
            self._running = inflate(self._bedside, "maibobo", t_ns)
            self._told = 0

    def _move_on(self, t_ns: int) -> None:
        running = self._running
        if running is None:
            return
        while (due_ns := running.start_ns + (self._told + 1) * PRESSURE_NS) <= min(t_ns, running.end_ns):
            self._told += 1
            self._out += packet(5, struct.pack(">H", round(running.pressure(due_ns))))
        if t_ns < running.end_ns:
            return
        self._running = None
        if running.outcome is Outcome.GOOD:
            minutes, second = divmod(running.end_ns // 1_000_000_000, 60)
            stamp = (2026, 1, 1 + minutes // 1440 % 28, minutes // 60 % 24, minutes % 60, second)
            self._out += result_packet(stamp, running.systolic, running.diastolic, running.pulse)
        else:
            self._out += packet(7, bytes([ERRORS[running.outcome]]))
