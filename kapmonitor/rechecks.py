"""When a blood pressure is to be taken again: after a high one, and after one that failed; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from devices.cuff_schedule import CuffOptions
from devices.cuff_words import FAILED, HIGH, Again, Plan, Recalled
from kapmonitor.alarms.types import Priority, Side
from kapmonitor.model import NibpFailure
from kapmonitor.session.events import CuffPlan, Stamped
from kapmonitor.snapshot import ActiveAlarm
from kapmonitor.view import Role

MAY_PASS: Final = frozenset({NibpFailure.MOTION, NibpFailure.WEAK_SIGNAL, NibpFailure.OUT_OF_RANGE})
"""Failures after which a second try may succeed without anybody's help."""
CUFF_ROLES: Final = frozenset({Role.NIBP_SYS.value, Role.NIBP_DIA.value, Role.NIBP_MEAN.value})
OVER: Final = "latched"


@dataclass(frozen=True, slots=True)
class Asked:
    """A reading to be taken again, and the time of the one that asks for it."""

    again: Again
    reading_ns: int


def after_high(
    alarms: Iterable[ActiveAlarm], own: CuffOptions, wanted: CuffOptions, newer_than_ns: int
) -> Asked | None:
    """What a reading above a limit that calls somebody asks for; None once its reading has been answered.

    A limit that wants a second reading is answered at its own time, every other one as the protocol says.
    """
    new = [each for each in alarms if each.reading_t_ns > newer_than_ns and each.role in CUFF_ROLES]
    confirming = [each for each in new if each.repeat_wanted]
    high = [each for each in new if _is_high(each)]
    if confirming:
        seconds = own.repeat_s or wanted.repeat_s
        return None if seconds is None else _after(confirming[0], max(seconds, confirming[0].repeat_from_s))
    return None if not high or wanted.repeat_s is None else _after(high[0], wanted.repeat_s)


def _is_high(alarm: ActiveAlarm) -> bool:
    calls = alarm.priority.rank >= Priority.MEDIUM.rank
    return calls and alarm.direction == Side.HIGH.value and alarm.state != OVER


def _after(alarm: ActiveAlarm, seconds: float) -> Asked:
    return Asked(Again(alarm.reading_t_ns + round(seconds * 1e9), why=HIGH), alarm.reading_t_ns)


def after_failed(
    failure: NibpFailure, nth: int, own: CuffOptions, wanted: CuffOptions, now_ns: int, *, by_itself: bool
) -> Again | None:
    """What the nth failure in a row asks for.

    A cuff that starts by itself tries once, and only what may pass; after that somebody has to look at the
    person. Whoever measures by hand is reminded each time, but not of what a person ended.
    """
    seconds = own.failed_s or wanted.failed_s
    helps = nth == 1 and failure in MAY_PASS if by_itself else failure is not NibpFailure.CANCELLED
    return None if seconds is None or not helps else Again(now_ns + round(seconds * 1e9), why=FAILED)


def planned_before(events: Iterable[Stamped], device: str) -> Recalled | None:
    """What a record says is planned for a device, and since when that is due; None if nothing is."""
    last: CuffPlan | None = None
    due_ns = 0
    for stamped in events:
        event = stamped.event
        if not isinstance(event, CuffPlan) or event.device != device:
            continue
        if not _is_the_same(last, event):
            due_ns = event.next_t_ns
        last = event
    if last is None or not last.next_t_ns:
        return None
    return Recalled(due_ns, Plan(last.next_t_ns, last.interval_s, last.held, last.again))


def _is_the_same(before: CuffPlan | None, now: CuffPlan) -> bool:
    """Whether a plan is the one before, put off or let go."""
    return before is not None and before.again == now.again and (now.held or before.held)
