"""The two pipes to the core, each with a thread, so that a core that stands still holds up nothing."""

from __future__ import annotations

import threading
from queue import Empty, Full, Queue, SimpleQueue
from typing import IO, Final

from kapmonitor.alarms.soundlines import LONGEST_LINE

WAITING: Final = 50
"""Reports that wait for a core that does not read; more are dropped."""


class Lines:
    """What the core says, and a way to answer it."""

    def __init__(self, source: IO[bytes], target: IO[bytes]) -> None:
        self._source = source
        self._target = target
        self._in: SimpleQueue[bytes] = SimpleQueue()
        self._out: Queue[bytes] = Queue(WAITING)
        self.ended = False
        """The core's end is closed, and everything it said has been taken."""
        self._closed = threading.Event()

    def start(self) -> None:
        """Begin to read and write; both threads end with the process."""
        threading.Thread(target=self._read, name="kap-lines-in", daemon=True).start()
        threading.Thread(target=self._write, name="kap-lines-out", daemon=True).start()

    def take(self) -> list[bytes]:
        """Everything said since the last time."""
        closed = self._closed.is_set()
        taken: list[bytes] = []
        try:
            while True:
                taken.append(self._in.get_nowait())
        except Empty:
            self.ended = closed
            return taken

    def say(self, line: bytes) -> None:
        """Answer, unless too much waits already."""
        try:
            self._out.put_nowait(line)
        except Full:
            return

    def _read(self) -> None:
        while line := self._source.readline(LONGEST_LINE):
            self._in.put(line)
        self._closed.set()

    def _write(self) -> None:
        try:
            while True:
                self._target.write(self._out.get())
                self._target.flush()
        except (OSError, ValueError):  # the core is gone; that is noticed where it is read from
            return
