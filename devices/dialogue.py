"""A question-and-answer line: one question at a time, a pause between them, a limit on silence."""

from __future__ import annotations

from typing import Generic, TypeVar

Command = TypeVar("Command")


class Dialogue(Generic[Command]):
    """What was asked and not yet answered.

    A question counts as `asked` only once data_to_send() has handed its bytes over, so that a protocol that
    merely listens (decode, replay) never takes what it hears for an answer.
    """

    def __init__(self, gap_ns: int) -> None:
        self._gap_ns = gap_ns
        self.clear()

    def clear(self) -> None:
        """Nothing is asked, nothing waits to be sent, and the line is free."""
        self.asked: Command | None = None
        self.listening = True
        """Nothing was ever handed over: a capture is being read, or nobody has asked yet."""
        self._waiting: Command | None = None
        self._bytes = b""
        self._free_ns = 0
        self._limit_ns: int | None = None

    @property
    def free_ns(self) -> int | None:
        """From when the next question may be asked; None while an answer is awaited."""
        return self._free_ns if self._limit_ns is None else None

    @property
    def limit_ns(self) -> int | None:
        """When the awaited answer is overdue."""
        return self._limit_ns

    def ask(self, command: Command, data: bytes, now_ns: int, limit_ns: int) -> None:
        """Send `data` next, in place of anything not yet handed over; the answer is due within `limit_ns`."""
        self.asked = None
        self._waiting = command
        self._bytes = data
        self._free_ns = now_ns + self._gap_ns
        self._limit_ns = now_ns + limit_ns

    def take(self) -> bytes:
        """The bytes to write now; once."""
        if self._waiting is None:
            return b""
        data, self._bytes = self._bytes, b""
        self.listening = False
        self.asked, self._waiting = self._waiting, None
        return data

    def answered(self) -> None:
        """The question has its answer."""
        self.asked = None
        self._limit_ns = None

    def overdue(self, now_ns: int) -> Command | None:
        """The question whose answer did not come in time; it is then forgotten."""
        if self._limit_ns is None or now_ns < self._limit_ns:
            return None
        command = self.asked
        self.answered()
        return command
