"""One inflation of a simulated cuff, planned whole when it begins: its pressure over time and what it finds.

The cuff is pumped at 12 mmHg/s to its target, pumped on if that was too low, bled at 4 mmHg/s until it is
below the diastolic pressure, and opened. A leak keeps it from filling; movement keeps it from finding pulses.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from devices.sim.scenario import Bedside, IncidentKind

PUMP_MMHG_S: Final = 12.0
BLEED_MMHG_S: Final = 4.0
OPEN_MMHG_S: Final = 70.0
ABOVE_MMHG: Final = 20.0
"""How far above the systolic pressure the bleeding has to begin."""
STEP_MMHG: Final = 40.0
MOST_MMHG: Final = 280.0
BELOW_MMHG: Final = 12.0
LEAK_MMHG: Final = 35.0
LEAK_S: Final = 20.0
MOTION_S: Final = 45.0

Corners = tuple[tuple[float, float], ...]
"""Seconds since the start and mmHg, joined by straight lines."""


class Outcome(Enum):
    """How an inflation ends."""

    GOOD = auto()
    LEAK = auto()
    MOTION = auto()


@dataclass(frozen=True, slots=True)
class Inflation:
    """Pressures in mmHg, `pulse` per minute; the numbers mean nothing unless the outcome is GOOD."""

    start_ns: int
    corners: Corners
    outcome: Outcome
    systolic: int
    diastolic: int
    mean: int
    pulse: int

    @property
    def end_ns(self) -> int:
        return self.start_ns + int(self.corners[-1][0] * 1e9)

    def pressure(self, t_ns: int) -> float:
        """Pressure in the cuff at a time."""
        if not self.start_ns <= t_ns < self.end_ns:
            return 0.0
        s = (t_ns - self.start_ns) / 1e9
        for (s0, p0), (s1, p1) in zip(self.corners, self.corners[1:], strict=False):
            if s < s1:
                return p0 + (p1 - p0) * (s - s0) / (s1 - s0)
        return 0.0


def pressure(running: Inflation | None, t_ns: int) -> float:
    """Pressure (mmHg) in a cuff that is inflated or not."""
    return running.pressure(t_ns) if running is not None else 0.0


def inflate(bedside: Bedside, device: str, t_ns: int, target: float = 160.0) -> Inflation:
    """Begin an inflation of `device` (a driver id) now, towards `target` mmHg."""
    start_s = t_ns / 1e9
    systolic, diastolic = bedside.patient.cuff_reading(start_s)
    corners, outcome = _curve(target, systolic, diastolic), Outcome.GOOD
    if bedside.happening(IncidentKind.CUFF_LEAK, start_s, device):
        corners, outcome = _leak(), Outcome.LEAK
    elif bedside.happening(IncidentKind.MOTION, start_s, device):
        corners, outcome = _given_up(corners, MOTION_S), Outcome.MOTION
    mean = diastolic + round((systolic - diastolic) / 3)
    pulse = round(bedside.patient.vitals(start_s).pulse)
    return Inflation(t_ns, corners, outcome, systolic, diastolic, mean, pulse)


def _curve(target: float, systolic: int, diastolic: int) -> Corners:
    corners = [(0.0, 0.0), (target / PUMP_MMHG_S, target)]
    wanted = min(systolic + ABOVE_MMHG, MOST_MMHG)
    while corners[-1][1] < wanted:
        s, top = corners[-1]
        higher = min(top + STEP_MMHG, MOST_MMHG)
        corners += [(s + 2, top - 2 * BLEED_MMHG_S)]
        corners += [(s + 2 + (higher - corners[-1][1]) / PUMP_MMHG_S, higher)]
    s, top = corners[-1]
    low = max(diastolic - BELOW_MMHG, 20.0)
    s += (top - low) / BLEED_MMHG_S
    return (*corners, (s, low), (s + low / OPEN_MMHG_S, 0.0))


def _leak() -> Corners:
    return ((0.0, 0.0), (LEAK_MMHG / PUMP_MMHG_S, LEAK_MMHG), (LEAK_S, LEAK_MMHG), (LEAK_S + 1, 0.0))


def _given_up(corners: Corners, at_s: float) -> Corners:
    """The same curve, held from its last corner before `at_s` and opened then."""
    kept = [corner for corner in corners[:-1] if corner[0] < at_s]
    return (*kept, (at_s, kept[-1][1]), (at_s + kept[-1][1] / OPEN_MMHG_S, 0.0))
