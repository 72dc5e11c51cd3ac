"""When a cuff was due, and what became of it: a reading, a reason, or nothing yet; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from kapmonitor.model import CuffReading
from kapmonitor.protocol.pressure import DEFAULT
from kapmonitor.protocol.read import Protocol
from kapmonitor.session.events import Route
from kapmonitor.session.state import SessionState

MINUTE_NS: Final = 60_000_000_000
EARLY_NS: Final = 2 * MINUTE_NS
"""A reading so little before its time is that one's, as the cuff's safety layer has it."""
NEVER_NS: Final = 2**62


class Became(StrEnum):
    """What became of a cuff that was due."""

    TAKEN = "taken"
    WAITING = "waiting"
    """It may still be taken: it is the newest, and not later than it may be put off."""
    FAILED = "failed"
    HELD = "held"
    NOT_RUNNING = "not-running"
    EXPLAINED = "explained"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class PastDue:
    """A time at which a cuff was due; `reason` and `by` are what somebody said why it was not taken."""

    t_ns: int
    became: Became
    reason: str = ""
    by: str = ""


def past_dues(
    protocol: Protocol | None, state: SessionState, cuffs: Sequence[CuffReading], now_ns: int
) -> tuple[PastDue, ...]:
    """What was due up to now, oldest first: the protocol's times after each dose, and repeats.

    A reading belongs to the newest time at which one was due, or to the next one if that was nearly so.
    """
    until_ns = now_ns if state.closed_t_ns is None else min(now_ns, state.closed_t_ns)
    times = sorted({*_planned(protocol, state, until_ns), *_again(state, until_ns)})
    found = []
    for before, due, after in zip([0, *times], times, [*times[1:], NEVER_NS], strict=False):
        from_ns, to_ns = due - _early(before, due), after - _early(due, after)
        own = [cuff for cuff in cuffs if not cuff.stored and from_ns <= cuff.t_ns < to_ns]
        is_newest = after == NEVER_NS
        found.append(_became(state, protocol, due, own, is_newest=is_newest, now_ns=until_ns))
    return tuple(found)


def unexplained(dues: Sequence[PastDue]) -> tuple[PastDue, ...]:
    """Those of which nobody knows why there is no reading."""
    return tuple(due for due in dues if due.became is Became.MISSED)


def _early(before_ns: int, due_ns: int) -> int:
    return min(EARLY_NS, (due_ns - before_ns) // 2)


def _planned(protocol: Protocol | None, state: SessionState, until_ns: int) -> list[int]:
    if protocol is None:
        return []
    times = []
    ends = [*(dose.t_ns for dose in state.doses), NEVER_NS]
    for dose, (_, next_ns) in zip(state.doses, pairwise(ends), strict=True):
        route = Route(dose.route) if dose.route in set(Route) else None
        if route is None:
            continue
        last_ns = min(next_ns - 1, until_ns)
        minutes = protocol.pressure_for(route).due.until((last_ns - dose.t_ns) / MINUTE_NS)
        times += [dose.t_ns + round(each * MINUTE_NS) for each in minutes]
    return times


def _again(state: SessionState, until_ns: int) -> list[int]:
    """Repeats that have come due; the planned one too once its time has passed."""
    plan = state.cuff_plan
    now = [plan.next_t_ns] if plan is not None and plan.again and plan.next_t_ns else []
    return [t_ns for t_ns in (*state.cuffs_again, *now) if t_ns <= until_ns]


def _became(
    state: SessionState,
    protocol: Protocol | None,
    due_ns: int,
    own: Sequence[CuffReading],
    *,
    is_newest: bool,
    now_ns: int,
) -> PastDue:
    said = next((each for each in state.cuffs_explained if each.due_t_ns == due_ns), None)
    if any(cuff.failure is None for cuff in own):
        return PastDue(due_ns, Became.TAKEN)
    if said is not None:
        return PastDue(due_ns, Became.EXPLAINED, said.reason, said.by)
    if own:
        return PastDue(due_ns, Became.FAILED)
    if any(gap.t0_ns <= due_ns < gap.t1_ns for gap in state.interruptions):
        return PastDue(due_ns, Became.NOT_RUNNING)
    waits = is_newest and state.closed_t_ns is None and now_ns - due_ns <= _most_held_ns(protocol, state)
    if waits:
        return PastDue(due_ns, Became.WAITING)
    return PastDue(due_ns, Became.HELD if due_ns in state.cuffs_held else Became.MISSED)


def _most_held_ns(protocol: Protocol | None, state: SessionState) -> float:
    newest = state.doses[-1].route if state.doses else ""
    route = Route(newest) if newest in set(Route) else None
    plan = DEFAULT if protocol is None else protocol.pressure_for(route)
    return plan.hold_at_most_min * MINUTE_NS
