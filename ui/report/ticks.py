"""Where the marks of the report's axes stand. No Qt."""

from __future__ import annotations

import math
from typing import Final

MINUTE_NS: Final = 60_000_000_000
STEPS_MIN: Final = (1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440)
MOST_TICKS: Final = 14
STEPS: Final = (1.0, 2.0, 4.0, 5.0, 10.0, 20.0, 25.0, 30.0, 40.0, 50.0, 100.0, 200.0, 500.0)


def time_ticks(t0_ns: int, t1_ns: int, zero_ns: int) -> list[int]:
    """Whole minutes from the zero, as many as can be read."""
    length_min = (t1_ns - t0_ns) / MINUTE_NS
    step_min = next((step for step in STEPS_MIN if length_min / step <= MOST_TICKS), STEPS_MIN[-1])
    step_ns = step_min * MINUTE_NS
    first = math.ceil((t0_ns - zero_ns) / step_ns)
    last = (t1_ns - zero_ns) // step_ns
    return [zero_ns + number * step_ns for number in range(first, last + 1)]


def value_span(
    found: tuple[float, float], usual: tuple[float, float], count: int
) -> tuple[float, float, list[float]]:
    """An axis that holds all values and what is usual, and about `count` round marks on it."""
    low, high = min(found[0], usual[0]), max(found[1], usual[1])
    step = next((each for each in STEPS if (high - low) / each <= count), STEPS[-1])
    marks = [step * number for number in range(math.ceil(low / step), math.floor(high / step) + 1)]
    return low, high, marks
