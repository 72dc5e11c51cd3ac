"""What a Contec oximeter is asked and told, and when.

What was left running is ended, the device is asked who it is and to start. A live stream is kept up by saying
every 4 s that somebody listens; one that stops is started again.
"""

from __future__ import annotations

from devices.dialogue import Dialogue
from devices.drivers.contec import packets
from devices.drivers.contec.packets import ANSWERS, Ask, Kind

MS = 1_000_000
GAP_NS = 50 * MS
"""Pause between two commands."""

ANSWER_NS = {
    Ask.STOP_STORED: 250 * MS,
    Ask.STOP: 250 * MS,
    Ask.WHO: 1_000 * MS,
    Ask.START: 1_000 * MS,
}
"""How long each answer is waited for; what was not running need not be confirmed as stopped."""

CONNECTED_NS = 4_000 * MS
"""The device wants to be told every 5 s that somebody is there."""

SILENT_NS = 2_000 * MS
"""After this long without a live frame the start is repeated."""

SETUP_NS = sum(ANSWER_NS.values())
SETUP = (Ask.STOP_STORED, Ask.STOP, Ask.WHO, Ask.START)


class Asking:
    """The host's side of one line."""

    def __init__(self) -> None:
        self._line: Dialogue[Ask] = Dialogue(GAP_NS)
        self.reset(0)

    def reset(self, t_ns: int) -> None:
        """Begin anew, with everything still to be asked."""
        self._line.clear()
        self._setup: list[Ask] = []
        self._restart_ns = t_ns
        self._connected_ns = t_ns + CONNECTED_NS
        self._live: Kind | None = None
        self._storing = False

    def take(self) -> bytes:
        """The bytes to write now; once."""
        return self._line.take()

    @property
    def last_words(self) -> bytes:
        """What ends a stream that only the new protocol needs to be told to end."""
        return b"" if self._live is Kind.LIVE_OLD else Ask.STOP.value

    @property
    def asked(self) -> Ask | None:
        """What waits for its answer."""
        return self._line.asked

    def streaming(self, kind: Kind, t_ns: int) -> None:
        """Live frames came: nothing has to be started for a while."""
        self._live = kind
        self._restart_ns = t_ns + SILENT_NS
        self._setup.clear()
        self._storing = False

    def storing(self) -> None:
        """An old device sends stored data: it has to be told to go back to live data."""
        self._storing = True

    def heard(self, packet_type: int) -> None:
        """A packet came that may be an answer."""
        if self._line.asked in ANSWERS.get(packet_type, ()):
            self._line.answered()

    def answered(self, code: int) -> Ask | None:
        """A feedback packet names this command: what was asked with it, None if nothing was."""
        asked = self._line.asked
        if asked is None or asked.value != packets.command(code):
            return None
        self._line.answered()
        return asked

    def overdue(self, now_ns: int) -> bool:
        """Whether the start was asked for in vain."""
        return self._line.overdue(now_ns) is Ask.START

    def go_on(self, now_ns: int) -> int:
        """Ask what is due if the line is free; when to look again."""
        if now_ns >= self._restart_ns:
            self._setup = [Ask.LIVE_AGAIN, *SETUP] if self._storing else [*SETUP]
            self._restart_ns = now_ns + SETUP_NS + SILENT_NS
        free_ns = self._line.free_ns
        if free_ns is not None and now_ns >= free_ns:
            self._ask_due(now_ns)
        return self._next_ns()

    def _ask_due(self, now_ns: int) -> None:
        if self._setup:
            self._ask(self._setup.pop(0), now_ns)
        elif self._live is Kind.LIVE_NEW and now_ns >= self._connected_ns:
            self._connected_ns = now_ns + CONNECTED_NS
            self._ask(Ask.CONNECTED, now_ns)

    def _ask(self, command: Ask, now_ns: int) -> None:
        self._line.ask(command, command.value, now_ns, ANSWER_NS.get(command, GAP_NS))
        if command not in ANSWER_NS:
            self._line.answered()

    def _next_ns(self) -> int:
        free_ns = self._line.free_ns
        if free_ns is None:
            return self._line.limit_ns or 0
        if self._setup:
            return free_ns
        keeps_up = self._live is Kind.LIVE_NEW
        return max(free_ns, min(self._restart_ns, self._connected_ns) if keeps_up else self._restart_ns)
