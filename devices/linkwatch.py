"""Whether an open link is alive, decided from what arrives and when; pure, for any transport.

    state            an event   only faults      neither          silence limit passed
    CONNECTING       LIVE       -                -                STALE
    LIVE             LIVE       -                stays alive      STALE
    STALE            LIVE       STALE, GARBLED   STALE, GARBLED   STALE, SILENT

A link becomes STALE as SILENT when not a byte came for the limit, as GARBLED when bytes came that meant
nothing. "Neither" are bytes that the driver took without fault and without value, such as acknowledgements.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from kapmonitor.model import LinkChanged, LinkProblem, LinkState

DEGRADED: Final = "degraded"
"""The detail of a LIVE link that often damages bytes."""

DEGRADED_WINDOW_NS: Final = 5_000_000_000
DEGRADED_FROM: Final = 10
"""Faults within the window (two per second) from which a link counts as degraded: far above what a good cable
does in a day, far below what makes values scarce."""
DEGRADED_UNTIL: Final = 3
"""Fewer than this many within the window end it."""


class LinkWatch:
    """The state of one open link; every method returns the change to report, or None."""

    def __init__(self, silence_ns: int) -> None:
        self._silence_ns = silence_ns
        self._faults: deque[int] = deque(maxlen=DEGRADED_FROM)
        self._now: tuple[LinkState, LinkProblem, str] = (LinkState.OFF, LinkProblem.NONE, "")
        self._byte_ns = self._sign_ns = 0

    @property
    def state(self) -> LinkState:
        return self._now[0]

    @property
    def problem(self) -> LinkProblem:
        return self._now[1]

    @property
    def due_ns(self) -> int | None:
        """When check() next has something to find unless more arrives first; None if only bytes change it."""
        if self.problem is LinkProblem.SILENT:
            return None
        since_ns = self._byte_ns if self.state is LinkState.STALE else self._sign_ns
        return since_ns + self._silence_ns

    def opened(self, t_ns: int) -> LinkChanged | None:
        """The port is open; a link that was STALE stays so until it says something."""
        self._byte_ns = self._sign_ns = t_ns
        self._faults.clear()
        return None if self.state is LinkState.STALE else self._become(LinkState.CONNECTING, t_ns)

    def lost(self) -> None:
        """The port is gone; what follows is the pump's to report."""
        self._now = (LinkState.OFF, LinkProblem.NONE, "")

    def heard(self, t_ns: int, events: int, faults: int) -> LinkChanged | None:
        """Bytes came, of which the driver made so many events and so many faults."""
        self._byte_ns = t_ns
        self._faults.extend([t_ns] * min(faults, DEGRADED_FROM))
        if events or (not faults and self.state is LinkState.LIVE):
            self._sign_ns = t_ns
            return self._become(LinkState.LIVE, t_ns)
        if self.problem is LinkProblem.SILENT:
            return self._become(LinkState.STALE, t_ns, LinkProblem.GARBLED)
        return None

    def check(self, t_ns: int) -> LinkChanged | None:
        """Called at or after `due_ns`."""
        if t_ns - self._sign_ns < self._silence_ns:
            return self._become(self.state, t_ns) if self.state is LinkState.LIVE else None
        silent = t_ns - self._byte_ns >= self._silence_ns
        return self._become(LinkState.STALE, t_ns, LinkProblem.SILENT if silent else LinkProblem.GARBLED)

    def _become(
        self, state: LinkState, t_ns: int, problem: LinkProblem = LinkProblem.NONE
    ) -> LinkChanged | None:
        detail = DEGRADED if state is LinkState.LIVE and self._degraded(t_ns) else ""
        if self._now == (state, problem, detail):
            return None
        self._now = (state, problem, detail)
        return LinkChanged(state, t_ns, problem, detail)

    def _degraded(self, t_ns: int) -> bool:
        recent = sum(t_ns - fault_ns <= DEGRADED_WINDOW_NS for fault_ns in self._faults)
        return recent >= (DEGRADED_UNTIL if self._now[2] == DEGRADED else DEGRADED_FROM)
