"""What every simulated serial device can do. None of them does I/O or reads a clock.

Times are nanoseconds since the session's start on the patient's clock.
"""

from __future__ import annotations

from typing import Protocol


class SimDevice(Protocol):
    """A device at the far end of a serial line."""

    def receive(self, data: bytes, t_ns: int) -> None:
        """Bytes from the host."""
        ...

    def advance(self, t_ns: int) -> bytes:
        """All that the device sends from the last call up to `t_ns`; the first call sends nothing older."""
        ...

    def plugged(self, t_ns: int) -> bool:
        """Whether its cable is in."""
        ...
