"""Whether the person is ready to leave: time since the dose, and the checks of the protocol; pure.

What is not known is left to do, never done. Answers, scores and readings count only from the last dose on:
what was so before it says nothing about now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from kapmonitor.errors import CommandRefused
from kapmonitor.leavingfacts import MINUTE_NS, Facts, Known
from kapmonitor.preflight import Standing
from kapmonitor.protocol.auto import Auto
from kapmonitor.protocol.checklist import CheckItem, CheckKind
from kapmonitor.session.care import Care
from kapmonitor.session.care_events import PersonLeft
from kapmonitor.session.state import SessionState

LEAST: Final = "least.observation"
"""The check that the protocol's least observation is over; no id of a protocol has a full stop."""
SINCE: Final = "minutes-since"
DOSE: Final = "minutes-since-dose"


class Way(StrEnum):
    """How a check is answered."""

    TIME = "time"
    FOUND = "found"
    ASKED = "asked"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Observation:
    """The observation clock; minutes are None before a dose, `left_min` is 0 once the least is over."""

    since_first_min: float | None
    since_last_min: float | None
    least_min: float
    left_min: float | None


@dataclass(frozen=True, slots=True)
class Check:
    """One line. `since_t_ns` is since when it has been done, `value` the number it is about.

    `readings` are the times of what it was found from; `reason` is what was said to it.
    """

    id: str
    text: str
    way: Way
    standing: Standing
    since_t_ns: int | None = None
    value: float | None = None
    readings: tuple[int, ...] = ()
    by: str = ""
    reason: str = ""
    required: bool = True
    unit: str = ""
    auto: Auto | None = None

    @property
    def holds_up(self) -> bool:
        """Whether the person does not leave before somebody has done something about it."""
        return self.required and self.standing in (Standing.LEFT, Standing.WRONG)


def observation(state: SessionState, least_min: float, now_ns: int) -> Observation:
    """How long it has been; it stops when the person leaves."""
    if not state.doses:
        return Observation(None, None, least_min, None)
    doses, until_ns = sorted(dose.t_ns for dose in state.doses), state.care.left_t_ns or now_ns
    first, last = ((until_ns - t_ns) / MINUTE_NS for t_ns in (doses[0], doses[-1]))
    return Observation(first, last, least_min, max(0.0, least_min - first))


def checks(items: Sequence[CheckItem], least_min: float, facts: Facts) -> tuple[Check, ...]:
    """All of them, the least observation first; none where no dose was given."""
    state = facts.snapshot.session
    if not state.doses:
        return ()
    found = [_check(item, facts) for item in items]
    if least_min > 0 and not any(_is_least(item, least_min) for item in items):
        auto = Auto(DOSE, ">=", least_min)
        found.insert(0, _found(Check(LEAST, "", Way.TIME, Standing.LEFT, auto=auto), facts))
    return tuple(_overridden(check, state.care, facts.last_dose_ns) for check in found)


def ready_since(found: Iterable[Check]) -> int | None:
    """When all was met but the times to wait; None while it is not, or where that is not known.

    What was gone on without was not met.
    """
    asked = [check for check in found if check.required and check.way is not Way.TIME]
    since = [check.since_t_ns for check in asked if check.standing is Standing.DONE]
    known = [t_ns for t_ns in since if t_ns is not None]
    return max(known) if known and len(known) == len(asked) else None


def left(found: Iterable[Check], by: str) -> PersonLeft:
    """The event that says that they went; CommandRefused while anything holds them up."""
    listed = tuple(found)
    if any(check.holds_up for check in listed):
        raise CommandRefused("leave", "checks-left")
    if not by:
        raise CommandRefused("leave", "nobody")
    without = tuple(check.id for check in listed if check.standing is Standing.OVERRIDDEN)
    return PersonLeft(left=True, without=without, by=by)


def _is_least(item: CheckItem, least_min: float) -> bool:
    """Whether the protocol has a line of its own for it."""
    auto = item.auto
    return auto is not None and item.required and (auto.fact, auto.number) == (DOSE, least_min)


def _check(item: CheckItem, facts: Facts) -> Check:
    check = Check(item.id, item.text, _way(item), Standing.LEFT, required=item.required, unit=item.unit)
    if item.kind is CheckKind.AUTO:
        return _found(replace(check, auto=item.auto), facts)
    said = facts.snapshot.session.care.answer(item.id)
    if said is None or said.t_ns < facts.last_dose_ns:
        return check
    standing = Standing.DONE if said.text == "yes" else Standing.WRONG
    since = said.t_ns if standing is Standing.DONE else None
    return replace(check, standing=standing, since_t_ns=since, by=said.by, reason=said.because)


def _way(item: CheckItem) -> Way:
    if item.auto is not None and item.auto.fact.startswith(SINCE):
        return Way.TIME
    return {CheckKind.AUTO: Way.FOUND, CheckKind.VALUE: Way.VALUE, CheckKind.YES_NO: Way.ASKED}[item.kind]


def _found(check: Check, facts: Facts) -> Check:
    """What the console finds out by itself; a condition that cannot be read is not known."""
    auto = check.auto
    if auto is None:
        return check
    known: Known = facts.known(auto)
    met = auto.met({} if known.value is None else {auto.fact: known.value})
    number = known.value if isinstance(known.value, float) else None
    since = known.since_t_ns if met else None
    return replace(
        check, standing=_standing(check.way, met), since_t_ns=since, value=number, readings=known.readings
    )


def _standing(way: Way, met: bool | None) -> Standing:
    """Time that is not over yet is not wrong."""
    if met:
        return Standing.DONE
    return Standing.LEFT if met is None or way is Way.TIME else Standing.WRONG


def _overridden(check: Check, care: Care, from_ns: int) -> Check:
    said = care.override(check.id)
    if said is None or said.t_ns < from_ns or check.standing is Standing.DONE:
        return check
    answer = care.answer(check.id)
    if check.standing is Standing.WRONG and answer is not None and answer.t_ns > said.t_ns:
        return check
    return replace(check, standing=Standing.OVERRIDDEN, by=said.by, reason=said.because, since_t_ns=said.t_ns)
