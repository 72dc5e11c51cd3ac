"""Whether this computer's time of day is held by the network, as the kernel knows it; Linux alone tells."""

from __future__ import annotations

import ctypes
import sys
from dataclasses import dataclass
from typing import Final

FAR_OFF_NS: Final = 1_000_000_000
"""An unheld clock that may be wrong by more than this is said to be."""
UNSYNCHRONISED: Final = 0x0040
NANOSECONDS: Final = 0x2000
CLOCK_ERROR: Final = 5


@dataclass(frozen=True, slots=True)
class NetworkClock:
    """`offset_ns` is what the kernel still corrects, `error_ns` how far off the time may be at most."""

    synchronised: bool
    offset_ns: int
    error_ns: int

    @property
    def may_be_far_off(self) -> bool:
        """Whether nothing holds it and it may be wrong by more than a second."""
        return not self.synchronised and max(abs(self.offset_ns), self.error_ns) > FAR_OFF_NS


class _Timex(ctypes.Structure):
    """`struct timex` of adjtimex(2), with room for all that a kernel may write."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * 256),
    )


def network_clock() -> NetworkClock | None:
    """As it is now; None where the system does not tell."""
    if not sys.platform.startswith("linux"):
        return None
    asked = _Timex()
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(asked))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else read(state, asked.status, asked.offset, asked.maxerror)


def read(state: int, status: int, offset: int, maxerror_us: int) -> NetworkClock:
    """What the numbers of adjtimex(2) mean."""
    unit_ns = 1 if status & NANOSECONDS else 1000
    held = state != CLOCK_ERROR and not status & UNSYNCHRONISED
    return NetworkClock(held, offset * unit_ns, maxerror_us * 1000)
