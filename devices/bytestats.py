"""What bytes alone tell of a line that is set otherwise than its sender.

A receiver that is k times too fast sees each bit k times, so no run of equal bits that has both its ends
within a byte is shorter than k. The start bit, always 0, counts as one of the bits. At the right speed, runs
of a single bit are everywhere; too slow a receiver makes noise of everything.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

LEAST_RUNS: Final = 12
"""So many runs must be seen before their shortest means anything."""
LEAST_BYTES: Final = 24
STRAY: Final = 0.02
"""Share of bytes that may be noise."""
ALL_ZERO: Final = 9
"""The answer for bytes that are all 0: nine times too fast or more, or a wire that is held down."""
TEXT_SHARE: Final = 0.95
RATES: Final = (300, 600, 1200, 2400, 4800, 9600, 14400, 19200, 28800, 38400, 57600, 115200, 230400)

_TEXT: Final = frozenset({9, 10, 13, *range(0x20, 0x7F)})


def _shortest_run(byte: int) -> int:
    """The shortest run of equal bits with both ends within start bit and data bits; 0 if there is none."""
    bits = [0, *(byte >> place & 1 for place in range(8))]
    edges = [0, *(place for place in range(1, 9) if bits[place] != bits[place - 1])]
    return min((b - a for a, b in pairwise(edges)), default=0)


_RUNS: Final = tuple(_shortest_run(byte) for byte in range(256))


def too_fast(data: bytes) -> int | None:
    """How many times too fast these bytes were received, at most ALL_ZERO; None if not, or if unsure."""
    if len(data) >= LEAST_BYTES and data.count(0) >= (1 - STRAY) * len(data):
        return ALL_ZERO
    runs = sorted(run for run in map(_RUNS.__getitem__, data) if run)
    if len(runs) < LEAST_RUNS:
        return None
    shortest = runs[int(STRAY * len(runs))]
    return shortest if shortest > 1 else None


def sender_rate(baud: int, data: bytes) -> int | None:
    """The usual speed at which these bytes, received at `baud`, were sent; None if they do not tell."""
    times = too_fast(data)
    if times is None or times >= ALL_ZERO:
        return None
    # Sampling makes k of anything from k - 1/2 to k + 1/2 times.
    fitting = [rate for rate in RATES if times - 0.5 < baud / rate < times + 0.5]
    return min(fitting, key=lambda rate: abs(baud / rate - times), default=None)


def is_text(data: bytes) -> bool:
    """Whether these bytes are readable, so that speed and parity must be right."""
    return len(data) >= LEAST_BYTES and sum(byte in _TEXT for byte in data) >= TEXT_SHARE * len(data)


def text_parity(data: bytes) -> str | None:
    """E, O or M if these are seven-bit text with that parity in the eighth bit; None if they are not."""
    if not is_text(bytes(byte & 0x7F for byte in data)) or max(data) < 0x80:
        return None
    if min(data) >= 0x80:
        return "M"
    odd = sum(byte.bit_count() & 1 for byte in data) / len(data)
    return "E" if odd <= STRAY else "O" if odd >= 1 - STRAY else None
