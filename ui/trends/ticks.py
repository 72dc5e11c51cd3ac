"""Where the time axis is marked and what stands there: T+ after the first dose, the clock before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ui.trends.window import MINUTE_NS, Span

STEPS_MIN: Final = (1, 2, 5, 10, 15, 20, 30, 60, 120, 240, 480, 1440)
DAY_MIN: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Tick:
    """One mark on the time axis."""

    t_ns: int
    text: str


@dataclass(frozen=True, slots=True)
class Origin:
    """What times are counted from: the first dose, or the wall clock while there has been none.

    `clock_ns` is the local wall clock (UTC plus its offset) at session time 0, in nanoseconds.
    """

    dose_t_ns: int | None
    clock_ns: int

    def text(self, t_ns: int) -> str:
        """A time to the minute, as the axis shows it: T−10, T+0, or 14:05."""
        if self.dose_t_ns is None:
            minutes = (t_ns + self.clock_ns) // MINUTE_NS % DAY_MIN
            return f"{minutes // 60:02}:{minutes % 60:02}"
        minutes = round((t_ns - self.dose_t_ns) / MINUTE_NS)
        return f"T−{-minutes}" if minutes < 0 else f"T+{minutes}"

    @property
    def zero_ns(self) -> int:
        """A session time at which a tick falls, whichever the step."""
        return self.dose_t_ns if self.dose_t_ns is not None else -self.clock_ns


def step_min(span: Span, room: int) -> int:
    """The smallest step that puts at most `room` ticks into the span."""
    length_min = (span.t1_ns - span.t0_ns) / MINUTE_NS
    for step in STEPS_MIN:
        if length_min / step <= max(1, room):
            return step
    return STEPS_MIN[-1]


def time_ticks(span: Span, origin: Origin, room: int) -> tuple[Tick, ...]:
    """Ticks at whole steps from the origin, oldest first; at most `room` and one."""
    step_ns = step_min(span, room) * MINUTE_NS
    first = -(-(span.t0_ns - origin.zero_ns) // step_ns)
    last = (span.t1_ns - origin.zero_ns) // step_ns
    times = (origin.zero_ns + n * step_ns for n in range(first, last + 1))
    return tuple(Tick(t_ns, origin.text(t_ns)) for t_ns in times)
