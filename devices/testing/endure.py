"""What a serial driver endures: garbage without end, half frames, a device that never answers."""

from __future__ import annotations

import random
from collections.abc import Sequence

from devices.protocol import CuffControl, DriverSpec, SerialLink, WireProtocol
from devices.testing.parts import MOST_HELD_BYTES, counting_held, demand, values, wire
from kapmonitor.model import DeviceEvent

FIRST_TIME_NS = 1_000
S_NS = 1_000_000_000
PIECE = 997
BITS_PER_BYTE = 10
TORN_MOST = 40
"""Bytes of garbage behind the beginning of a frame."""

Values = set[tuple[str, float]]


def check_garbage(spec: DriverSpec, seed: int = 0, size: int = 100_000, heads: Sequence[bytes] = ()) -> int:
    """Random and tedious bytes give no value and no exception; the most bytes that were still held.

    `heads` are beginnings of frames: they come again and again, and with garbage behind them.
    """
    rng = random.Random(seed)  # noqa: S311 reproducible, not secret
    tedious = size // 10
    kinds = [
        ("random", rng.randbytes(size)),
        ("zeros", bytes(tedious)),
        ("ones", b"\xff" * tedious),
        ("one byte again and again", bytes([rng.randrange(256)]) * tedious),
        ("text", bytes(rng.choices(range(0x20, 0x7F), k=tedious))),
    ]
    most = 0
    for name, data in kinds:
        held, found = _fed(spec, data)
        demand(not found, spec, f"{name} bytes (seed {seed}) became {found}")
        demand(held < MOST_HELD_BYTES, spec, f"{name} bytes: {held} bytes are still held")
        most = max(most, held)
    for head in heads:
        for data in (head * (tedious // max(1, len(head))), _torn(head, tedious, rng)):
            held, _ = _fed(spec, data)
            demand(held < MOST_HELD_BYTES, spec, f"half frames {head.hex()}: {held} bytes are still held")
            most = max(most, held)
    return most


def _torn(head: bytes, size: int, rng: random.Random) -> bytes:
    """Frames that begin well and go on as garbage."""
    out = bytearray()
    while len(out) < size:
        out += head[: rng.randrange(1, len(head) + 1)] + rng.randbytes(rng.randrange(TORN_MOST))
    return bytes(out)


def _fed(spec: DriverSpec, data: bytes) -> tuple[int, Values]:
    """Bytes still held after the data came at the line's own pace, and values that came of it."""
    protocol = wire(spec)
    ns = S_NS * BITS_PER_BYTE / (spec.link.baud if isinstance(spec.link, SerialLink) else 9600)
    protocol.opened(0)
    protocol.receive(data[:PIECE], int(PIECE * ns))
    found: Values = set()
    with counting_held() as held_now:
        for place in range(PIECE, len(data), PIECE):
            t_ns = int((place + PIECE) * ns)
            found |= values(_due(protocol, t_ns) + protocol.receive(data[place : place + PIECE], t_ns))
            protocol.data_to_send()
        held = held_now()
    return held, found | values(protocol.closed(int(len(data) * ns)))


def _due(protocol: WireProtocol, t_ns: int) -> list[DeviceEvent]:
    due_ns = protocol.deadline_ns
    return protocol.on_deadline(t_ns) if due_ns is not None and due_ns <= t_ns else []


def check_deadlines(spec: DriverSpec, rounds: int = 500) -> None:
    """With a device that never answers, deadlines move on, and bytes are handed out once."""
    protocol = wire(spec)
    protocol.opened(FIRST_TIME_NS)
    now_ns = FIRST_TIME_NS
    for number in range(rounds):
        protocol.data_to_send()
        demand(protocol.data_to_send() == b"", spec, "data_to_send() gives bytes twice")
        deadline_ns = protocol.deadline_ns
        if deadline_ns is None:
            return
        if number == rounds // 2 and isinstance(protocol, CuffControl):
            protocol.start_cuff(now_ns)
        now_ns = max(now_ns, deadline_ns)
        found = values(protocol.on_deadline(now_ns))
        demand(not found, spec, f"silence became {found}")
        moved = protocol.deadline_ns is None or protocol.deadline_ns > now_ns
        demand(moved, spec, "a deadline that was kept is still due")
