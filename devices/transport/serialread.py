"""Reading what a serial port has, as soon as it has something.

Every system call lets other Python threads in, and beside a busy one each return costs a switch interval.
Where the port is a file descriptor, two calls are enough for a burst: wait, and read all there is. pyserial's
own read() takes six, because it has to be asked for an exact number of bytes.
"""

from __future__ import annotations

import contextlib
import os
import select
import sys
from typing import Final, Protocol

if sys.platform == "win32":
    PORT_ERRORS: Final = (OSError, ValueError, ImportError)
else:
    import termios

    PORT_ERRORS: Final = (OSError, ValueError, ImportError, termios.error)
"""All that pyserial is seen to raise about ports; its SerialException is an OSError."""

READ_TIMEOUT_S: Final = 0.1
"""How soon stopping is noticed on ports whose read cannot be cancelled."""
BURST_BYTES: Final = 4096
"""Bytes handed over together at most, so that a flood reaches the loop in pieces."""

_DESCRIPTOR_MODULES: Final = ("serial.serialposix", "serial.urlhandler.protocol_socket")


class Port(Protocol):
    """What is used of pyserial's objects."""

    in_waiting: int
    out_waiting: int

    def read(self, size: int) -> bytes: ...
    def write(self, data: bytes) -> int | None: ...
    def close(self) -> None: ...
    def fileno(self) -> int: ...
    def reset_output_buffer(self) -> None: ...


class Reader(Protocol):
    """Used on the reader's thread, but for wake()."""

    def burst(self) -> tuple[bytes, bool]:
        """What has come, empty after wake() or a timeout, and whether the port has failed behind it."""
        ...

    def wake(self) -> None:
        """Make burst() return; from any thread."""
        ...

    def close(self) -> None:
        """Let go of what the reader itself holds; wake() does nothing from then on."""
        ...


def reader_for(port: Port) -> Reader:
    """The better of the two ways for this kind of port."""
    if os.name == "posix" and type(port).__module__ in _DESCRIPTOR_MODULES:
        return _DescriptorReader(port.fileno())
    return _PortReader(port)


class _DescriptorReader:
    """Waits on the port's own descriptor and on a pipe by which it is woken."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._woken, self._waker = os.pipe()
        os.set_blocking(self._waker, False)

    def burst(self) -> tuple[bytes, bool]:
        try:
            ready, _, _ = select.select([self._descriptor, self._woken], [], [])
            if self._descriptor not in ready:
                return b"", False
            data = os.read(self._descriptor, BURST_BYTES)
        except BlockingIOError:
            return b"", False
        except (OSError, ValueError):
            return b"", True
        return data, not data

    def wake(self) -> None:
        with contextlib.suppress(OSError):
            os.write(self._waker, b"x")

    def close(self) -> None:
        os.close(self._woken)
        os.close(self._waker)


class _PortReader:
    """Goes through pyserial; some ports tell only that something waits, so it reads until nothing does."""

    def __init__(self, port: Port) -> None:
        self._port = port

    def burst(self) -> tuple[bytes, bool]:
        data = b""
        try:
            data = self._port.read(self._port.in_waiting or 1)
            while data and len(data) < BURST_BYTES and (waiting := self._port.in_waiting):
                data += self._port.read(waiting)
        except PORT_ERRORS:
            return data, True
        return data, False

    def wake(self) -> None:
        cancel = getattr(self._port, "cancel_read", None)
        if cancel is not None:
            with contextlib.suppress(*PORT_ERRORS):
                cancel()

    def close(self) -> None:
        """Holds nothing."""
