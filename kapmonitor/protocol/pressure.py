"""When the cuff is to measure: before the dose, after it, and again after a high or a failed reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kapmonitor.protocol.due import LEAST_APART_MIN, NEVER, DueTimes, due_times
from kapmonitor.tables import Table

MOST_HELD_MIN: Final = 10.0
"""No protocol may let a therapist put a planned reading off by more: a rise would go unseen."""
MOST_BEFORE: Final = 5
LONGEST_AGAIN_MIN: Final = 15.0


@dataclass(frozen=True, slots=True)
class PressurePlan:
    """`before` readings are wanted before the dose; None is no reading again by itself.

    Pressure is back when it is no more than `back_within_mmhg` above the baseline.
    """

    before: int = 2
    due: DueTimes = NEVER
    hold_at_most_min: float = MOST_HELD_MIN
    again_after_high_min: float | None = None
    again_after_failed_min: float | None = None
    back_within_mmhg: float = 10.0


DEFAULT: Final = PressurePlan()


def pressure_plan(table: Table) -> PressurePlan:
    """The plan of a [pressure] table."""
    table.only(
        "before",
        "at_min",
        "every_min",
        "hold_at_most_min",
        "again_after_high_min",
        "again_after_failed_min",
        "back_within_mmhg",
    )
    before = table.whole("before", 0, MOST_BEFORE)
    held = table.number("hold_at_most_min", 0.0, MOST_HELD_MIN)
    back = table.number("back_within_mmhg", 0.0, 100.0)
    return PressurePlan(
        before=DEFAULT.before if before is None else before,
        due=due_times(table),
        hold_at_most_min=DEFAULT.hold_at_most_min if held is None else held,
        again_after_high_min=table.number("again_after_high_min", LEAST_APART_MIN, LONGEST_AGAIN_MIN),
        again_after_failed_min=table.number("again_after_failed_min", LEAST_APART_MIN, LONGEST_AGAIN_MIN),
        back_within_mmhg=DEFAULT.back_within_mmhg if back is None else back,
    )
