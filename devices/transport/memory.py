"""A byte link inside the process, for tests."""

from __future__ import annotations

from collections.abc import Callable

from devices.transport.link import Lost, Received
from kapmonitor.errors import LinkError


class MemoryLink:
    """A link whose far end is a few method calls: deliver(), lose() and what was `written`.

    With `refuse`, open() fails with it. `on_write` is called with each write, so that a simulated device can
    answer at once.
    """

    def __init__(
        self, refuse: LinkError | None = None, on_write: Callable[[bytes], None] | None = None
    ) -> None:
        self.written: list[bytes] = []
        self.is_open = False
        self._refuse = refuse
        self._on_write = on_write
        self._received: Received | None = None
        self._lost: Lost | None = None

    async def open(self, received: Received, lost: Lost) -> None:
        if self._refuse is not None:
            raise self._refuse
        self._received, self._lost = received, lost
        self.is_open = True

    def write(self, data: bytes) -> None:
        if not self.is_open:
            return
        self.written.append(data)
        if self._on_write is not None:
            self._on_write(data)

    async def close(self) -> None:
        self.is_open = False

    def deliver(self, data: bytes, t_ns: int) -> None:
        """Bytes arrive from the far end."""
        if self.is_open and self._received is not None:
            self._received(data, t_ns)

    def lose(self, error: LinkError) -> None:
        """The far end goes away."""
        if self.is_open and self._lost is not None:
            self.is_open = False
            self._lost(error)
