"""Whether an open link is alive, decided from what arrives and when; pure, for any transport.

    state            an event   only faults      neither          an answer    silent too long
    CONNECTING       LIVE       -                -                LIVE         STALE
    LIVE             LIVE       -                stays alive      -            STALE
    STALE            LIVE       STALE, GARBLED   STALE, GARBLED   -            STALE, SILENT

A link becomes STALE as SILENT when not a byte came for too long, as GARBLED when bytes came that meant
nothing. "Neither" are bytes that the driver took without fault and without value, such as acknowledgements.
"An answer" is a device doing what it was asked for, which it also does while its sensor says nothing.

What is too long depends on the device. A stream that pauses is stale within 3 s, and its connection is given
up later, if it stays silent; a device that speaks when it has something may have other limits, or none.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

from kapmonitor.model import LinkChanged, LinkProblem, LinkState

STALE_AFTER_S: Final = 3.0
"""A stream that says nothing for this long is stale: what is on screen would be taken for now."""

DEGRADED: Final = "degraded"
"""The detail of a LIVE link that often damages bytes."""

DEGRADED_WINDOW_NS: Final = 5_000_000_000
DEGRADED_FROM: Final = 10
"""Faults within the window (two per second) from which a link counts as degraded: far above what a good cable
does in a day, far below what makes values scarce."""
DEGRADED_UNTIL: Final = 3
"""Fewer than this many within the window end it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a link may say nothing (ns): until it is stale, and until it is given up; None: for ever."""

    stale_ns: int | None = None
    over_ns: int | None = None


def limits(stale_s: float, over_s: float, least_s: float) -> Limits:
    """Limits that are no shorter than `least_s`, and that far apart.

    A computer under load needs some time to notice what has long arrived.
    """
    stale_s = max(stale_s, least_s)
    return Limits(int(stale_s * 1e9), int(max(over_s, stale_s + least_s) * 1e9))


class LinkWatch:
    """The state of one open link; methods that give a LinkChanged give the change to report, or None.

    `stream` are the limits of a link that has been alive, `rest` those until then, and for as long as
    `streaming` is False.
    """

    def __init__(self, stream: Limits, rest: Limits) -> None:
        self.streaming = True
        self._stream, self._rest = stream, rest
        self._faults: deque[int] = deque(maxlen=DEGRADED_FROM)
        self._now: tuple[LinkState, LinkProblem, str] = (LinkState.OFF, LinkProblem.NONE, "")
        self._byte_ns = self._sign_ns = 0
        self._doubted = False

    @property
    def state(self) -> LinkState:
        return self._now[0]

    @property
    def problem(self) -> LinkProblem:
        return self._now[1]

    @property
    def _limits(self) -> Limits:
        return self._limits_of(alive=self.state in {LinkState.LIVE, LinkState.STALE})

    def _limits_of(self, *, alive: bool) -> Limits:
        return self._stream if self.streaming and alive else self._rest

    @property
    def due_ns(self) -> int | None:
        """When check() or given_up() next has something to find unless more arrives first, if ever."""
        if self.problem is LinkProblem.SILENT:
            return self._after(self._byte_ns, self._over_ns)
        since_ns = self._byte_ns if self.state is LinkState.STALE else self._sign_ns
        return self._after(since_ns, self._limits.stale_ns)

    def given_up(self, t_ns: int) -> bool:
        """Whether the link has been silent for so long that it is better connected anew."""
        over_ns = self._after(self._byte_ns, self._over_ns)
        return self.problem is LinkProblem.SILENT and over_ns is not None and t_ns >= over_ns

    def opened(self, t_ns: int) -> LinkChanged | None:
        """The link is open; one that was STALE stays so until it says something."""
        self._byte_ns = self._sign_ns = t_ns
        self._doubted = False
        self._faults.clear()
        return None if self.state is LinkState.STALE else self._become(LinkState.CONNECTING, t_ns)

    def lost(self) -> None:
        """The link is gone; what follows is the pump's to report."""
        self._now = (LinkState.OFF, LinkProblem.NONE, "")

    def answered(self, t_ns: int) -> LinkChanged | None:
        """The device did what it was asked for."""
        if self.state is not LinkState.CONNECTING:
            return None
        self._byte_ns = self._sign_ns = t_ns
        return self._become(LinkState.LIVE, t_ns)

    def heard(self, t_ns: int, events: int, faults: int) -> LinkChanged | None:
        """Bytes came, of which the driver made so many events and so many faults."""
        self._byte_ns = t_ns
        self._doubted = False
        self._faults.extend([t_ns] * min(faults, DEGRADED_FROM))
        if events or (not faults and self.state is LinkState.LIVE):
            self._sign_ns = t_ns
            return self._become(LinkState.LIVE, t_ns)
        if self.problem is LinkProblem.SILENT:
            return self._become(LinkState.STALE, t_ns, LinkProblem.GARBLED)
        return None

    def woke(self, t_ns: int) -> LinkChanged | None:
        """The computer was asleep: the link counts as silent, and is soon given up, unless it speaks."""
        if self.state not in {LinkState.LIVE, LinkState.STALE}:
            return None
        self._byte_ns = self._sign_ns = t_ns
        self._doubted = True
        return self._become(LinkState.STALE, t_ns, LinkProblem.SILENT)

    def check(self, t_ns: int) -> LinkChanged | None:
        """Called at or after `due_ns`."""
        stale_ns = self._limits.stale_ns
        if stale_ns is None or t_ns - self._sign_ns < stale_ns:
            return self._become(self.state, t_ns) if self.state is LinkState.LIVE else None
        silent_ns = self._limits_of(alive=True).stale_ns or stale_ns
        silent = self.problem is LinkProblem.SILENT or t_ns - self._byte_ns >= silent_ns
        return self._become(LinkState.STALE, t_ns, LinkProblem.SILENT if silent else LinkProblem.GARBLED)

    @property
    def _over_ns(self) -> int | None:
        return self._limits.stale_ns if self._doubted else self._limits.over_ns

    def _after(self, since_ns: int, limit_ns: int | None) -> int | None:
        return None if limit_ns is None else since_ns + limit_ns

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
