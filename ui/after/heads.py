"""What stands above the rows: the steps with what is left in each, and the observation clock; pure."""

from __future__ import annotations

from dataclasses import dataclass

from kapmonitor.leavingfacts import MINUTE_NS
from ui import format as fmt
from ui.after import wording
from ui.after.checkwords import hours
from ui.after.look import Look
from ui.after.rows import Tab


@dataclass(frozen=True, slots=True)
class StepFace:
    """One of the steps."""

    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Head:
    """The title and the steps."""

    title: str
    steps: tuple[StepFace, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One time of the clock; `waits` while the least observation is not over, `over` once it is."""

    value: str
    label: str
    waits: bool = False
    over: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """The observation clock; `note` stands after it, or instead."""

    parts: tuple[Part, ...]
    note: str = ""


def head(look: Look, tab: Tab) -> Head:
    """The steps; a number says how much is left."""
    names = {Tab.LEAVE: wording.LEAVING, Tab.FORM: wording.FORM, Tab.SIGN: wording.SIGN}
    left = {Tab.LEAVE: look.open_checks, Tab.FORM: look.open_fields, Tab.SIGN: 0}
    steps = []
    for each, name in names.items():
        more = f" · {wording.LEFT_OF.format(count=left[each])}" if left[each] else ""
        steps.append(StepFace(name + more, each is tab))
    return Head(wording.TITLE, tuple(steps))


def clock(look: Look) -> Clock:
    """Since the first and, where there are more, the last dose; then the least observation."""
    seen = look.observation
    if seen.since_first_min is None or seen.since_last_min is None:
        return Clock((), wording.NO_DOSE)
    many = len(look.session.doses) > 1
    first = wording.SINCE_FIRST_OF_MANY if many else wording.SINCE_FIRST
    if look.session.care.left_t_ns is not None:
        first = wording.UNTIL_LEFT
    parts = [Part(_past(seen.since_first_min), first)]
    if many:
        parts.append(Part(_past(seen.since_last_min), wording.SINCE_LAST))
    if not seen.least_min:
        return Clock(tuple(parts), wording.NO_LEAST)
    least = fmt.length(round(seen.least_min * MINUTE_NS))
    if seen.left_min:
        parts.append(Part(hours(seen.left_min), wording.LEAST_LEFT.format(least=least), waits=True))
        return Clock(tuple(parts))
    parts.append(Part(hours(seen.least_min), wording.LEAST_OVER, over=True))
    return Clock(tuple(parts))


def _past(minutes: float) -> str:
    """`1:42`, whole minutes that have passed."""
    whole = int(max(0.0, minutes))
    return f"{whole // 60}:{whole % 60:02d}"
