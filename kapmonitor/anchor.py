"""What time of day it is in a session, and whether the computer's clock was changed; pure."""

from __future__ import annotations

from typing import Final

from kapmonitor.alarms.world import CLOCK_STEP_NS
from kapmonitor.clock import Clock
from kapmonitor.session.events import ClockAnchored

EVERY_NS: Final = 60_000_000_000


class Anchor:
    """Owned by the engine: the difference between the time of day and the session's own time."""

    def __init__(self, t_ns: int, utc_ns: int) -> None:
        self.utc_minus_t_ns = utc_ns - t_ns
        self._looked_t_ns = t_ns

    def look(self, clock: Clock, now_ns: int) -> ClockAnchored | None:
        """Once a minute, and at once when it was moved: the time of day, and how far that was."""
        utc_ns = clock.utc_ns()
        step_ns = utc_ns - now_ns - self.utc_minus_t_ns
        # What comes after a step would be shown at a wrong time of day until the next anchor.
        if abs(step_ns) <= CLOCK_STEP_NS and now_ns - self._looked_t_ns < EVERY_NS:
            return None
        self.utc_minus_t_ns += step_ns
        self._looked_t_ns = now_ns
        return ClockAnchored(utc_ns, step_ns)
