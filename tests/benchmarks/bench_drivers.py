"""How much faster than its line every driver decodes, on what its simulator says in a minute.

Each talk is played again as the pump does it: deadlines when they are due, reads of 32 bytes as USB adapters
give them, and what the driver wants sent is taken from it. A serial driver is compared with its line's speed.
Of the Bluetooth devices in the notes the Berry clip says most, 500 bytes a second; all are compared with
1 000. Beside it: what a driver still holds after a lot of garbage.
"""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import dataclass

from bench_table import Row
from driver_samples import samples
from drivers import load

from devices.protocol import DriverSpec, GattSender, SerialLink, Timed
from devices.testing import MOST_HELD_BYTES, GattSample, Talk, check_garbage, check_gatt_garbage
from devices.testing.parts import gatt, wire

READ_BYTES = 32
SIZE = 150_000
"""Bytes of one round at least: a short talk is played again and again."""
ROUNDS = 5
TARGET = 200
BLE_BYTES_PER_S = 1_000
GARBAGE_BYTES = 200_000


OTHER_BAUDS = {"contec old": 19_200}
"""Formats that are spoken at another speed than the driver's first."""


@dataclass(frozen=True, slots=True)
class Case:
    """A driver and a talk with its simulator."""

    spec: DriverSpec
    talk: Talk | GattSample

    @property
    def line_bytes_per_s(self) -> float:
        """What the line carries at most."""
        link = self.spec.link
        if not isinstance(link, SerialLink):
            return BLE_BYTES_PER_S
        return OTHER_BAUDS.get(" ".join(self.name.split()[:2]), link.baud) / 10

    @property
    def name(self) -> str:
        return f"{self.spec.id} {self.talk.name}"


def cases() -> list[Case]:
    """Every driver with each of its simulator's talks."""
    return [
        Case(spec, talk)
        for spec in load().specs
        for talk in samples(spec.id)
        if isinstance(talk, Talk) or (isinstance(talk, GattSample) and talk.times_ns)
    ]


def run() -> list[Row]:
    """A row for each talk, rounds of all talks interleaved, and one for each driver's memory."""
    measured: list[tuple[Case, list[float]]] = [(case, []) for case in cases()]
    for _ in range(ROUNDS):
        for case, rates in measured:
            rates.append(bytes_per_s(case))
    rows = [_row(case, statistics.median(rates)) for case, rates in measured]
    return rows + [_held(spec) for spec in load().specs]


def bytes_per_s(case: Case) -> float:
    """The speed of one round."""
    play = _play_gatt if isinstance(case.talk, GattSample) else _play_serial
    size = sum(len(data) for *_, data in case.talk.heard)
    times = max(1, SIZE // size)
    spent_s = sum(play(case) for _ in range(times))
    return size * times / spent_s


def _play_serial(case: Case) -> float:
    """Seconds of this process that the talk takes."""
    talk, protocol = case.talk, wire(case.spec, case.talk.options)
    pieces = [
        (t, data[i : i + READ_BYTES]) for t, data in talk.heard for i in range(0, len(data), READ_BYTES)
    ]
    began = time.process_time()
    protocol.opened(0)
    for t_ns, data in pieces:
        protocol.data_to_send()
        if protocol.deadline_ns is not None and protocol.deadline_ns <= t_ns:
            protocol.on_deadline(t_ns)
            protocol.data_to_send()
        protocol.receive(data, t_ns)
    protocol.closed(pieces[-1][0])
    return time.process_time() - began


def _play_gatt(case: Case) -> float:
    protocol = gatt(case.spec, case.talk.options)
    messages = case.talk.heard
    timed = protocol if isinstance(protocol, Timed) else None
    sender = protocol if isinstance(protocol, GattSender) else None
    began = time.process_time()
    protocol.opened(0)
    for t_ns, uuid, data in messages:
        if timed is not None and timed.deadline_ns is not None and timed.deadline_ns <= t_ns:
            timed.on_deadline(t_ns)
        if sender is not None:
            sender.steps_to_take(t_ns)
        protocol.receive(uuid, data, t_ns)
    protocol.closed(messages[-1][0])
    return time.process_time() - began


def ratio(case: Case) -> float:
    """How many times as fast as its line."""
    return bytes_per_s(case) / case.line_bytes_per_s


def _row(case: Case, rate: float) -> Row:
    line, times = case.line_bytes_per_s, rate / case.line_bytes_per_s
    what, measured = f"decode {case.name}", f"{rate / 1e6:.2f} MB/s"
    return Row(what, measured, f"line {line:.0f} B/s", f"{times:.0f} x", f">= {TARGET} x", times >= TARGET)


def _held(spec: DriverSpec) -> Row:
    check = check_garbage if isinstance(spec.link, SerialLink) else check_gatt_garbage
    held = check(spec, 0, GARBAGE_BYTES)
    what = f"held by {spec.id} after {GARBAGE_BYTES // 1000} kB of garbage"
    return Row(what, f"{held} B", "", "", f"< {MOST_HELD_BYTES} B", held < MOST_HELD_BYTES)


if __name__ == "__main__":
    for row in run():
        sys.stdout.write(f"{row}\n")
