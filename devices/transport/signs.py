"""What a serial port itself knows of its line: errors it counted, and the handshake wire of the far end.

Linux only, and only of real ports; asked for through a second descriptor while the port is open, which
changes nothing about it.
"""

from __future__ import annotations

import os
import struct
import sys
from dataclasses import dataclass
from typing import Final

GET_COUNTS: Final = 0x545D
"""TIOCGICOUNT; `struct serial_icounter_struct` of linux/serial.h: eleven counters in use, nine reserved."""
COUNTS: Final = struct.Struct("20i")
FRAMING, PARITY = 6, 8
"""Places of the counters of bytes without a stop bit and of bytes with the wrong parity."""


@dataclass(frozen=True, slots=True)
class Signs:
    """Errors since the computer was started, and whether the device raises CTS."""

    framing: int
    parity: int
    clear_to_send: bool


def read_signs(port: str) -> Signs | None:
    """The signs of an open port; None where there are none to be had."""
    if not sys.platform.startswith("linux") or "://" in port:
        return None
    import fcntl
    import termios

    try:
        descriptor = os.open(port, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        counts = COUNTS.unpack(fcntl.ioctl(descriptor, GET_COUNTS, bytes(COUNTS.size)))
        (wires,) = struct.unpack("I", fcntl.ioctl(descriptor, termios.TIOCMGET, bytes(4)))
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return Signs(counts[FRAMING], counts[PARITY], bool(wires & termios.TIOCM_CTS))
