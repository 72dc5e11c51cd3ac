"""When the cuff is to measure by itself: times after the dose, then an interval."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from kapmonitor.errors import ConfigError

LEAST_INTERVAL_S = 60
"""Closer together, veins stay congested and readings drift; short series also hurt."""

MOST_HELD_S = 600
"""A planned cuff can be put off by this much at most."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Offsets from the dose, ascending, then every `every_s`; None ends it after the last offset."""

    offsets_s: tuple[int, ...] = ()
    every_s: int | None = None
    most_held_s: int = MOST_HELD_S

    def __post_init__(self) -> None:
        steps = [b - a for a, b in zip((0, *self.offsets_s), self.offsets_s, strict=False)]
        steps += [] if self.every_s is None else [self.every_s]
        if any(step < LEAST_INTERVAL_S for step in steps):
            raise ConfigError("cuff schedule", "offsets_s, every_s", f"{LEAST_INTERVAL_S} s apart or more")

    def after(self, dose_ns: int, t_ns: int) -> int | None:
        """The first planned time later than `t_ns`; None if there is none."""
        after_ns = t_ns - dose_ns
        later = bisect_right(self.offsets_s, after_ns, key=_ns)
        if later < len(self.offsets_s):
            return dose_ns + _ns(self.offsets_s[later])
        if self.every_s is None:
            return None
        last_ns = _ns(self.offsets_s[-1]) if self.offsets_s else 0
        periods = max(0, after_ns - last_ns) // _ns(self.every_s) + 1
        return dose_ns + last_ns + periods * _ns(self.every_s)

    def interval_s(self, dose_ns: int, t_ns: int) -> int:
        """How long after the planned time before it, or the dose, the one at `t_ns` is."""
        past = [offset for offset in self.offsets_s if dose_ns + _ns(offset) < t_ns]
        last_ns = dose_ns + (_ns(past[-1]) if past else 0)
        since_s = (t_ns - last_ns) // 1_000_000_000
        return min(since_s, self.every_s) if self.every_s and len(past) == len(self.offsets_s) else since_s


@dataclass(frozen=True, slots=True)
class CuffOptions:
    """Whether a person turned on starting the cuff from here, and how often it is to measure by itself.

    `repeat_s` is how long after a reading that has to be confirmed it measures once more, `failed_s` how long
    after a first one that failed; None for not at all.
    """

    on: bool = False
    schedule: Schedule | None = None
    repeat_s: int | None = None
    failed_s: int | None = None


def _ns(seconds: int) -> int:
    return seconds * 1_000_000_000


def postponed(schedule: Schedule, dose_ns: int, planned_ns: int) -> int:
    """The time of a planned cuff that is put off by one interval, and by no more than the schedule allows."""
    following_ns = schedule.after(dose_ns, planned_ns)
    latest_ns = held_until(schedule, planned_ns)
    return latest_ns if following_ns is None else min(following_ns, latest_ns)


def held_until(schedule: Schedule | None, due_ns: int) -> int:
    """The latest time to which what is due can be put off: the schedule's, ten minutes without one."""
    most_s = MOST_HELD_S if schedule is None else min(schedule.most_held_s, MOST_HELD_S)
    return due_ns + _ns(most_s)
