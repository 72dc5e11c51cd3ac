"""Where a simulated device can be reached: a pseudo-terminal behind a stable name, or a TCP port.

A real cable can be pulled: shut() makes the port vanish for whoever has it open, open() brings it back under
the same name. Bytes that nobody takes are dropped, as on a real line.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from kapmonitor.errors import ConfigError

Heard = Callable[[bytes], None]
READ_BYTES: Final = 4096
MOST_ALIKE: Final = 99
LOOPBACK: Final = "127.0.0.1"


class Endpoint(Protocol):
    """One end of a serial line, held by a simulator. Used on one asyncio loop."""

    address: str
    """What stands behind the @ of a DEVICE text."""

    def open(self, heard: Heard) -> None:
        """Put the cable in; bytes from the host go to `heard`."""
        ...

    def write(self, data: bytes) -> None:
        """Send to whoever listens; never waits."""
        ...

    def shut(self) -> None:
        """Pull the cable out."""
        ...

    def close(self) -> None:
        """Leave nothing behind."""
        ...


def make_endpoint(port: str, driver: str) -> Endpoint:
    """`pty`, `pty:PATH` or `tcp:PORT` (0 picks a free one); ConfigError for anything else."""
    kind, _, where = port.partition(":")
    if kind == "tcp" and where.isascii() and where.isdigit() and int(where) < 65536:
        return TcpEndpoint(int(where))
    if kind == "pty" and sys.platform == "win32":
        raise ConfigError("--port", port, "this system has no pty; use tcp:0")
    if kind == "pty":
        return PtyEndpoint(Path(where) if where else None, driver)
    raise ConfigError("--port", port, "allowed are pty, pty:PATH and tcp:PORT, for example tcp:5331")


class TcpEndpoint:
    """A server for one client at a time on this computer."""

    def __init__(self, port: int) -> None:
        self._listener: socket.socket | None = None
        self._client: socket.socket | None = None
        try:
            listener = self._listen(port)
        except OSError as error:
            raise ConfigError("--port", f"tcp:{port}", f"choose another port; {error.strerror}") from error
        self._port = int(listener.getsockname()[1])
        listener.close()
        self.address = f"socket://{LOOPBACK}:{self._port}"

    def _listen(self, port: int) -> socket.socket:
        return socket.create_server((LOOPBACK, port))

    def open(self, heard: Heard) -> None:
        self._heard = heard
        self._listener = self._listen(self._port)
        self._listener.setblocking(False)
        asyncio.get_running_loop().add_reader(self._listener, self._accept)

    def write(self, data: bytes) -> None:
        if self._client is not None:
            try:
                self._client.send(data)
            except BlockingIOError:
                return
            except OSError:
                self._hang_up()

    def shut(self) -> None:
        self._hang_up()
        if self._listener is not None:
            asyncio.get_running_loop().remove_reader(self._listener)
            self._listener.close()
            self._listener = None

    def close(self) -> None:
        self.shut()

    def _accept(self) -> None:
        if self._listener is None:
            return
        with contextlib.suppress(OSError):
            client, _ = self._listener.accept()
            if self._client is not None:
                client.close()
                return
            client.setblocking(False)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._client = client
            asyncio.get_running_loop().add_reader(client, self._read)

    def _read(self) -> None:
        if self._client is None:
            return
        try:
            data = self._client.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._heard(data)
        else:
            self._hang_up()

    def _hang_up(self) -> None:
        if self._client is not None:
            asyncio.get_running_loop().remove_reader(self._client)
            self._client.close()
            self._client = None


class PtyEndpoint:
    """A pseudo-terminal behind a symbolic link whose name stays the same from run to run.

    A lock on a file beside the link tells whether another simulator is using the name; the system lets go of
    it even if that simulator is killed. Without a path, the next free of kapmonitor-DRIVER, -2, -3 is taken.
    """

    def __init__(self, path: Path | None, driver: str) -> None:
        self._link, self._lock = _claim(path, driver)
        self.address = str(self._link)
        self._ends: tuple[int, int] | None = None

    def open(self, heard: Heard) -> None:
        import pty
        import tty

        self._heard = heard
        near, far = pty.openpty()
        tty.setraw(far)
        os.set_blocking(near, False)
        self._ends = near, far
        fresh = self._link.with_name(f"{self._link.name}.{os.getpid()}")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(far))
        fresh.replace(self._link)
        asyncio.get_running_loop().add_reader(near, self._read)

    def write(self, data: bytes) -> None:
        if self._ends is None:
            return
        import termios

        near, far = self._ends
        try:
            os.write(near, data)
        except BlockingIOError:  # nobody reads; a host that opens the port now is to find nothing old
            termios.tcflush(far, termios.TCIFLUSH)
        except OSError:
            return

    def shut(self) -> None:
        if self._ends is not None:
            asyncio.get_running_loop().remove_reader(self._ends[0])
            # The name goes first: its number may soon be another program's, which a host must not open.
            self._link.unlink(missing_ok=True)
            for end in self._ends:
                os.close(end)
            self._ends = None

    def close(self) -> None:
        self.shut()
        os.close(self._lock)

    def _read(self) -> None:
        if self._ends is not None:
            with contextlib.suppress(OSError):
                self._heard(os.read(self._ends[0], READ_BYTES))


def _claim(path: Path | None, driver: str) -> tuple[Path, int]:
    """A name that no other running simulator uses, and the lock that says so."""
    if path is not None:
        lock = _locked(path)
        if lock is None:
            raise ConfigError(
                "--port", f"pty:{path}", "cannot be used: another simulator has it, or no right"
            )
        return path, lock
    first = Path(tempfile.gettempdir()) / f"kapmonitor-{driver}"
    for number in range(1, MOST_ALIKE):
        name = first if number == 1 else first.with_name(f"{first.name}-{number}")
        lock = _locked(name)
        if lock is not None:
            return name, lock
    raise ConfigError(
        "--port", "pty", f"all of {first} to {first}-{MOST_ALIKE} are in use; name one as pty:PATH"
    )


def _locked(link: Path) -> int | None:
    import fcntl

    if link.exists() and not link.is_symlink():
        return None
    try:
        lock = os.open(link.with_name(f"{link.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return None
    return lock
