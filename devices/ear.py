"""An open line that is searched: what has arrived on it, waiting for more, and one driver's questions."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Final

from devices.candidates import Candidate
from devices.protocol import Parting, WireProtocol
from devices.recognise import Chunk
from devices.transport.link import ByteLink, Received
from kapmonitor.clock import Clock
from kapmonitor.errors import LinkError

KEPT_BYTES: Final = 12_288
"""What is kept for the drivers to read, from the first byte on: a second of the fastest line."""
LEAST_WAIT_S: Final = 0.005
"""Between two calls of a protocol whose deadline does not move on."""

_log = logging.getLogger(__name__)


class Ear:
    """Keeps what arrives; `lost` holds the error once the line has ended by itself."""

    def __init__(self, link: ByteLink) -> None:
        self._link = link
        self._arrived = asyncio.Event()
        self.lost: LinkError | None = None
        self.reader: Received | None = None
        """Called with all that arrives."""
        self.clear()

    def clear(self) -> None:
        """Forget what arrived and what was sent so far."""
        self.chunks: list[Chunk] = []
        self.kept = self.size = self._seen = 0
        self.sent = b""

    @property
    def data(self) -> bytes:
        """The bytes that are kept."""
        return b"".join(data for _, data in self.chunks)

    def write(self, data: bytes) -> None:
        """Send, and remember it."""
        self.sent = (self.sent + data)[-KEPT_BYTES:]
        self._link.write(data)

    async def wait(self, until_s: float) -> bool:
        """Whether anything arrived since the last time, or by the loop's time `until_s`.

        LinkError once the line has ended and all it brought was seen.
        """
        self._arrived.clear()
        if self.size == self._seen and self.lost is None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(until_s):
                    await self._arrived.wait()
        if self.size == self._seen and self.lost is not None:
            raise self.lost
        arrived, self._seen = self.size > self._seen, self.size
        return arrived

    def heard(self, data: bytes, t_ns: int) -> None:
        """Bytes arrived."""
        self.size += len(data)
        if self.kept < KEPT_BYTES:
            self.chunks.append((t_ns, data[: KEPT_BYTES - self.kept]))
            self.kept += len(self.chunks[-1][1])
        if self.reader is not None:
            self.reader(data, t_ns)
        self._arrived.set()

    def end(self, error: LinkError) -> None:
        """The line ended."""
        self.lost = error
        self._arrived.set()


@contextlib.asynccontextmanager
async def listening_to(link: ByteLink) -> AsyncIterator[Ear]:
    """Open the link and let go of it in any case; LinkError if it cannot be opened."""
    ear = Ear(link)
    try:
        await link.open(ear.heard, ear.end)
        yield ear
    finally:
        await link.close()


class Asker:
    """One driver's opening dialogue: sends what the driver sends by itself, and nothing anybody ordered."""

    def __init__(self, candidate: Candidate, ear: Ear, clock: Clock) -> None:
        self._candidate, self._ear, self._clock = candidate, ear, clock
        self._protocol: WireProtocol | None = None

    def begin(self) -> None:
        """Open, and send the first question."""
        self._try(self._open)

    def _open(self) -> bytes:
        protocol = self._candidate.protocol()
        protocol.opened(self._clock.now_ns())
        self._protocol, self._ear.reader = protocol, self._received
        return protocol.data_to_send()

    def end(self) -> None:
        """Nothing more is sent; a device that spoke, and would go on, is told so."""
        if self._ear.size:
            self._try(partial(_last_words, self._protocol))
        self._protocol = self._ear.reader = None

    def due_s(self, now_s: float) -> float | None:
        """When keep() is to be called, in the loop's time."""
        due_ns = self._protocol.deadline_ns if self._protocol is not None else None
        if due_ns is None:
            return None
        return now_s + max(LEAST_WAIT_S, self._clock.real_delay_s(due_ns - self._clock.now_ns()))

    def keep(self) -> None:
        """Let the driver keep its deadline, if it is due."""
        protocol, now_ns = self._protocol, self._clock.now_ns()
        if protocol is not None and protocol.deadline_ns is not None and protocol.deadline_ns <= now_ns:
            self._try(lambda: (protocol.on_deadline(now_ns), protocol.data_to_send())[1])

    def _received(self, data: bytes, t_ns: int) -> None:
        protocol = self._protocol
        if protocol is not None:
            self._try(lambda: (protocol.receive(data, t_ns), protocol.data_to_send())[1])

    def _try(self, call: Callable[[], bytes]) -> None:
        """Send what the driver wants sent; one that fails is asked for no longer."""
        try:
            data = call()
        except Exception:  # noqa: BLE001 a driver may be anybody's
            _log.info("%s: the driver failed in a search", self._candidate.id, exc_info=True)
            self._protocol = self._ear.reader = None
            return
        if data:
            self._ear.write(data)


def _last_words(protocol: object) -> bytes:
    return protocol.last_words() if isinstance(protocol, Parting) else b""
