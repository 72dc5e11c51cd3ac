"""Where the time axis is marked and what stands there: T+ after the first dose, the clock before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ui import format as fmt
from ui.trends.window import MINUTE_NS, Span

SECOND_NS: Final = 1_000_000_000
STEPS_MS: Final = (200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000)
"""Steps below a minute; their words are longer, so that only half as many have room."""

STEPS_MIN: Final = (1, 2, 5, 10, 15, 20, 30, 60, 120, 240, 480, 1440)
STEPS_NS: Final = (*(ms * 1_000_000 for ms in STEPS_MS), *(step * MINUTE_NS for step in STEPS_MIN))
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

    def fine_text(self, t_ns: int, decimals: int) -> str:
        """A time to the second or finer: T+19:44, T−00:10.5, or 14:24:44."""
        return fmt.exact(t_ns, self.dose_t_ns, self.clock_ns, decimals)

    @property
    def zero_ns(self) -> int:
        """A session time at which a tick falls, whichever the step."""
        return self.dose_t_ns if self.dose_t_ns is not None else -self.clock_ns


def step_ns(span: Span, room: int) -> int:
    """The smallest step that puts at most `room` ticks into the span, half as many below a minute."""
    length_ns = span.t1_ns - span.t0_ns
    for step in STEPS_NS:
        if length_ns / step <= max(1, room if step >= MINUTE_NS else room // 2):
            return step
    return STEPS_NS[-1]


def time_ticks(span: Span, origin: Origin, room: int) -> tuple[Tick, ...]:
    """Ticks at whole steps from the origin, oldest first; at most `room` and one."""
    step = step_ns(span, room)
    first = -(-(span.t0_ns - origin.zero_ns) // step)
    last = (span.t1_ns - origin.zero_ns) // step
    times = (origin.zero_ns + n * step for n in range(first, last + 1))
    return tuple(Tick(t_ns, _text(origin, t_ns, step)) for t_ns in times)


def _text(origin: Origin, t_ns: int, step: int) -> str:
    if step >= MINUTE_NS:
        return origin.text(t_ns)
    return origin.fine_text(t_ns, 0 if step >= SECOND_NS else 1)
