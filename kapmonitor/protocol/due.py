"""When something is due: at minutes from the first dose, then at an interval."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from math import floor
from typing import Final

from kapmonitor.tables import Table

LONGEST_MIN: Final = 1440.0
LEAST_APART_MIN: Final = 1.0
"""The cuff's safety layer refuses what is closer together; nobody answers a scale sooner either."""


@dataclass(frozen=True, slots=True)
class DueTimes:
    """Minutes from the first dose, ascending; after the last of them every `every_min`, None for never."""

    at_min: tuple[float, ...] = ()
    every_min: float | None = None

    def after(self, minutes: float) -> float | None:
        """The first due time later than this; None if there is none."""
        later = bisect_right(self.at_min, minutes)
        if later < len(self.at_min):
            return self.at_min[later]
        if self.every_min is None:
            return None
        last = self.at_min[-1] if self.at_min else 0.0
        return last + self.every_min * (floor(max(0.0, minutes - last) / self.every_min) + 1)

    def until(self, minutes: float) -> tuple[float, ...]:
        """All due times after the dose up to this, that one included."""
        found: list[float] = []
        due = self.after(0.0)
        while due is not None and due <= minutes:
            found.append(due)
            due = self.after(due)
        return tuple(found)


NEVER: Final = DueTimes()


def due_times(table: Table) -> DueTimes:
    """The keys `at_min` and `every_min` of a table."""
    at_min = table.rising("at_min", LEAST_APART_MIN, LONGEST_MIN, LEAST_APART_MIN)
    return DueTimes(at_min, table.number("every_min", LEAST_APART_MIN, LONGEST_MIN))
