"""What a pump needs of a byte link; serial ports, sockets and memory all answer it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from kapmonitor.errors import LinkError

Received = Callable[[bytes, int], None]
"""Called on the loop with bytes and the time (ns) at which they were read, in order."""

Lost = Callable[[LinkError], None]
"""Called on the loop at most once, after the last bytes, when the link ends without close()."""


class ByteLink(Protocol):
    """One connection, used once: open, any number of writes, close."""

    async def open(self, received: Received, lost: Lost) -> None:
        """Connect; LinkError if that fails. May be cancelled; what was half open is then closed."""
        ...

    def write(self, data: bytes) -> None:
        """Send without waiting; a failure comes as `lost`. Does nothing once the link has ended."""
        ...

    async def close(self) -> None:
        """Let go of the port; no callback comes afterwards. Closing twice does nothing."""
        ...
