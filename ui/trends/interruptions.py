"""Stretches in which the program did not run, and what is left beside them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kapmonitor.session.state import Interruption
from ui.trends.traces import Gap


def outside(t0_ns: int, t1_ns: int, interruptions: Sequence[Interruption]) -> Iterator[Gap]:
    """What is left of a stretch when these, oldest first, are cut out of it."""
    for gap in interruptions:
        if t0_ns < gap.t0_ns < t1_ns:
            yield Gap(t0_ns, gap.t0_ns)
        if gap.t0_ns < t1_ns:
            t0_ns = max(t0_ns, gap.t1_ns)
    if t0_ns < t1_ns:
        yield Gap(t0_ns, t1_ns)


def holds(interruptions: Sequence[Interruption], t_ns: int) -> bool:
    """Whether nothing was monitored at a time."""
    return any(gap.t0_ns <= t_ns < gap.t1_ns for gap in interruptions)
