"""Serial ports and pyserial URLs: one blocking reader thread each, so that nothing is polled.

The reader thread owns the port: it opens, reads and closes it. Another thread, started with the first write,
sends, because a write may block as long as the far end likes. What was written before close(), such as the
order to stop a cuff, still goes out.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import queue
import threading
import time
from collections.abc import Callable
from typing import Final

import serial

from devices.protocol import SerialLink
from devices.transport.link import Lost, Received
from devices.transport.problems import lost_error, open_error
from devices.transport.serialread import PORT_ERRORS, READ_TIMEOUT_S, Port, Reader, reader_for
from kapmonitor.clock import Clock
from kapmonitor.errors import LinkError

WRITE_TIMEOUT_S: Final = 1.0
LAST_WRITE_S: Final = 0.7
"""How long what was written before closing may take; the order to stop a cuff is a few bytes."""
DRAIN_S: Final = 0.3
"""How long the port may take to send what it was given, once nobody wants it any more. Without this a system
waits half a minute in close() for a far end whose handshake line is off."""
DRAIN_STEP_S: Final = 0.01
CLOSE_WAIT_S: Final = 1.5
"""Who closes a port does not wait longer, whatever the port does."""

_numbers = itertools.count(1)


class SerialPort:
    """A ByteLink over pyserial, used once; every callback comes on the loop that called open()."""

    def __init__(self, where: str, line: SerialLink, clock: Clock) -> None:
        self._where = where
        self._line = line
        self._clock = clock
        self._name = f"kap-serial-{next(_numbers)}"
        self._closed = False  # by close(); read on the loop only
        self._stopping = threading.Event()
        self._guard = threading.Lock()
        self._port: Port | None = None
        self._reader: Reader | None = None
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._writer: threading.Thread | None = None
        self._opened: asyncio.Future[None] | None = None
        self._finished: asyncio.Future[None] | None = None

    async def open(self, received: Received, lost: Lost) -> None:
        self._loop = asyncio.get_running_loop()
        self._received, self._lost = received, lost
        self._opened, self._finished = self._loop.create_future(), self._loop.create_future()
        threading.Thread(target=self._run, name=self._name, daemon=True).start()
        try:
            await self._opened
        except asyncio.CancelledError:
            self._closed = True
            self._stop()
            raise

    def write(self, data: bytes) -> None:
        if self._stopping.is_set() or not data:
            return
        if self._writer is None:
            writer = threading.Thread(target=self._send, name=f"{self._name}-out", daemon=True)
            writer.start()
            # Only now: the reading thread may be ending, and can wait for nothing that has not begun.
            self._writer = writer
        self._outbox.put(data)

    async def close(self) -> None:
        self._closed = True
        self._stop()
        if self._opened is not None and self._opened.done() and not self._opened.cancelled():
            assert self._finished is not None  # noqa: S101 both futures are made together
            await asyncio.wait({self._finished}, timeout=CLOSE_WAIT_S)

    def _run(self) -> None:
        try:
            port = _open(self._where, self._line)
        except LinkError as error:
            self._post(self._refuse, error)
            return
        reader = reader_for(port)
        with self._guard:
            self._port, self._reader = port, reader
        self._post(self._accept)
        whole = self._read(reader)
        self._stopping.set()
        self._outbox.put(None)
        self._finish_writing(port)
        drain(port, DRAIN_S)
        with self._guard:
            self._port = self._reader = None
        reader.close()
        with contextlib.suppress(*PORT_ERRORS):
            port.close()
        self._post(self._end, None if whole else lost_error(self._where))

    def _read(self, reader: Reader) -> bool:
        """Hand over bytes until told to stop (True) or until the port fails (False)."""
        while not self._stopping.is_set():
            data, failed = reader.burst()
            if data:
                self._post(self._deliver, data, self._clock.now_ns())
            if failed:
                return False
        return True

    def _send(self) -> None:
        while (data := self._outbox.get()) is not None:
            with self._guard:
                port = self._port
            if port is None:
                return
            try:
                port.write(data)
            except PORT_ERRORS:
                self._stop()
                self._post(self._fail, lost_error(self._where))
                return

    def _finish_writing(self, port: Port) -> None:
        """Let what was written go out, but not for long."""
        if self._writer is None:
            return
        self._writer.join(LAST_WRITE_S)
        cancel = getattr(port, "cancel_write", None)
        if self._writer.is_alive() and cancel is not None:
            with contextlib.suppress(*PORT_ERRORS):
                cancel()
            self._writer.join(LAST_WRITE_S)

    def _stop(self) -> None:
        self._stopping.set()
        with self._guard:
            if self._reader is not None:
                self._reader.wake()

    def _post(self, function: Callable[..., None], *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop was closed: nobody is left to be told
            self._loop.call_soon_threadsafe(function, *arguments)

    def _accept(self) -> None:
        if self._opened is not None and not self._opened.done():
            self._opened.set_result(None)

    def _refuse(self, error: LinkError) -> None:
        if self._opened is not None and not self._opened.done():
            self._opened.set_exception(error)
        self._end(None)

    def _deliver(self, data: bytes, t_ns: int) -> None:
        if not self._closed:
            self._received(data, t_ns)

    def _fail(self, error: LinkError) -> None:
        if not self._closed:
            self._closed = True
            self._lost(error)

    def _end(self, error: LinkError | None) -> None:
        if error is not None:
            self._fail(error)
        if self._finished is not None and not self._finished.done():
            self._finished.set_result(None)


def drain(port: Port, limit_s: float) -> None:
    """Wait for what the port was given to go out, and throw away what has not by then."""
    end_s = time.monotonic() + limit_s
    with contextlib.suppress(*PORT_ERRORS, AttributeError):
        while port.out_waiting:
            if time.monotonic() >= end_s:
                port.reset_output_buffer()
                return
            time.sleep(DRAIN_STEP_S)


def _open(where: str, line: SerialLink) -> Port:
    # A pseudo-terminal has eight bits and no parity, and Linux refuses to be asked twice for anything else.
    pseudo = os.path.realpath(where).startswith("/dev/pts/")
    try:
        port: Port = serial.serial_for_url(
            where,
            baudrate=line.baud,
            bytesize=8 if pseudo else line.bytesize,
            parity="N" if pseudo else line.parity,
            stopbits=line.stopbits,
            rtscts=line.rtscts,
            timeout=READ_TIMEOUT_S,
            write_timeout=WRITE_TIMEOUT_S,
            exclusive=True,
        )
    except PORT_ERRORS as error:
        raise open_error(where, error) from error
    return port
