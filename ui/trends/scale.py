"""From time and value to pixels: the two straight lines every lane is drawn with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TimeScale:
    """Session time across `width` pixels that begin at `left`; `t1_ns` is after `t0_ns`."""

    t0_ns: int
    t1_ns: int
    left: float
    width: float

    @property
    def right(self) -> float:
        return self.left + self.width

    def x(self, t_ns: float) -> float:
        """Pixels from the lane's own left edge; outside the lane for times outside the span."""
        return self.left + (t_ns - self.t0_ns) * self.width / (self.t1_ns - self.t0_ns)

    def t_ns(self, x: float) -> int:
        """The time at a pixel, clipped to the span."""
        share = min(1.0, max(0.0, (x - self.left) / self.width))
        return self.t0_ns + round(share * (self.t1_ns - self.t0_ns))

    def holds(self, t_ns: int) -> bool:
        return self.t0_ns <= t_ns <= self.t1_ns


@dataclass(frozen=True, slots=True)
class ValueScale:
    """Values from `low` at pixel `bottom` up to `high` at pixel `top`."""

    low: float
    high: float
    top: float
    bottom: float

    def y(self, value: float) -> float:
        return self.bottom - (value - self.low) * (self.bottom - self.top) / (self.high - self.low)

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


def value_range(
    usual: tuple[float, float], seen: tuple[float, float] | None, step: float, room: float
) -> tuple[float, float]:
    """`usual`, widened in whole steps so that what was seen keeps `room` from the edges.

    Whole steps, so that a lane's scale changes rarely and visibly, never with each beat.
    """
    low, high = usual
    if seen is not None:
        while seen[0] - room < low:
            low -= step
        while seen[1] + room > high:
            high += step
    return low, high
