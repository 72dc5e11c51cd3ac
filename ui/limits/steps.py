"""What the page of limits is doing: reading, asking, making sure; a table of steps, pure.

A limit is never changed by one key: unlocking takes a held key and a word, and each change is shown with the
old and the new number and asked for once more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from kapmonitor.alarms.decide import AUTHORISED, BOUNDS, LONGEST_OFF_MIN
from kapmonitor.commands import AlarmCommand, ChangeLimit, DisableRule, EnableRule, SetBaseline
from kapmonitor.snapshot import LimitInForce
from ui import format as fmt
from ui.limits import wording

ANY_NUMBER: Final = (0.0, 1000.0)


class Step(StrEnum):
    """Where it stands."""

    READ = "read"
    ROLE = "role"
    NAME = "name"
    OPEN = "open"
    NUMBER = "number"
    NUMBER_SURE = "number-sure"
    REASON = "reason"
    MINUTES = "minutes"
    OFF_SURE = "off-sure"
    BASELINE_SURE = "baseline-sure"


class Cue(StrEnum):
    """What can happen."""

    HELD = "held"
    ENTER = "enter"
    SWITCH = "switch"
    BASELINE = "baseline"
    BACK = "back"
    IDLE = "idle"


ENTRIES: Final = frozenset({Step.ROLE, Step.NAME, Step.NUMBER, Step.REASON, Step.MINUTES})
"""Steps in which something is typed."""
SURE: Final = frozenset({Step.NUMBER_SURE, Step.OFF_SURE, Step.BASELINE_SURE})
AT_REST: Final = frozenset({Step.READ, Step.OPEN})


@dataclass(frozen=True, slots=True)
class Editing:
    """The page's own state; `role` is empty while it is locked, `limit` what the change is about."""

    step: Step = Step.READ
    by: str = ""
    role: str = ""
    limit: LimitInForce | None = None
    number: float = 0.0
    reason: str = ""
    minutes: float = 0.0
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a step looks at: the chosen limit, what was typed, why no baseline can be set ('' if one can)."""

    chosen: LimitInForce | None = None
    text: str = ""
    no_baseline: str = ""


Done = tuple[Editing, AlarmCommand | None]


def after(now: Editing, cue: Cue, facts: Facts) -> Done:
    """The next step, and what is asked of the session."""
    now = replace(now, trouble="")
    act = _TABLE.get((now.step, cue))
    if act is not None:
        return act(now, facts)
    if cue is Cue.IDLE:
        return Editing(by=now.by), None
    if cue is Cue.BACK:
        return _back(now), None
    return now, None


def _back(now: Editing) -> Editing:
    """One step back: out of a change to the list, out of the open page to the locked one."""
    if now.step in AT_REST or not now.role or now.step is Step.NAME:
        return Editing(by=now.by)
    return _rest(now)


def _rest(now: Editing) -> Editing:
    return Editing(Step.OPEN if now.role else Step.READ, now.by, now.role)


def _wrong(now: Editing, words: str) -> Done:
    return replace(now, trouble=words), None


def _ask_role(now: Editing, _facts: Facts) -> Done:
    return replace(now, step=Step.ROLE), None


def _take_role(now: Editing, facts: Facts) -> Done:
    role = facts.text.strip().lower()
    if role not in AUTHORISED:
        return _wrong(now, wording.WRONG_ROLE)
    return replace(now, role=role, step=Step.OPEN if now.by.strip() else Step.NAME), None


def _take_name(now: Editing, facts: Facts) -> Done:
    by = facts.text.strip()
    return (replace(now, by=by, step=Step.OPEN), None) if by else _wrong(now, wording.NAME_NEEDED)


def _ask_number(now: Editing, facts: Facts) -> Done:
    if facts.chosen is None:
        return now, None
    return replace(now, step=Step.NUMBER, limit=facts.chosen), None


def _take_number(now: Editing, facts: Facts) -> Done:
    limit, number = now.limit, number_of(facts.text)
    low, high = BOUNDS.get(limit.role, ANY_NUMBER) if limit is not None else ANY_NUMBER
    if limit is None or number is None or not low <= number <= high:
        return _wrong(now, wording.NUMBER_NEEDED.format(low=low, high=high))
    if number == limit.limit:
        return _wrong(now, wording.SAME_NUMBER.format(old=fmt.amount(number)))
    return replace(now, step=Step.NUMBER_SURE, number=number), None


def _change(now: Editing, _facts: Facts) -> Done:
    if now.limit is None:
        return _rest(now), None
    return _rest(now), ChangeLimit(now.limit.rule, now.number, now.role, now.by)


def _switch(now: Editing, facts: Facts) -> Done:
    """Off needs a reason, an end and an open page; on again is the safe way and needs none of these."""
    limit = facts.chosen
    if limit is None:
        return now, None
    if limit.off_until_t_ns is not None:
        if not now.by.strip():
            return _wrong(now, wording.NAME_FIRST)
        return now, EnableRule(limit.rule, now.role, now.by)
    if now.step is Step.READ:
        return _wrong(now, wording.LOCKED_FIRST)
    return replace(now, step=Step.REASON, limit=limit), None


def _take_reason(now: Editing, facts: Facts) -> Done:
    reason = facts.text.strip()
    if not reason:
        return _wrong(now, wording.REASON_NEEDED)
    return replace(now, step=Step.MINUTES, reason=reason), None


def _take_minutes(now: Editing, facts: Facts) -> Done:
    minutes = number_of(facts.text)
    if minutes is None or not 0 < minutes <= LONGEST_OFF_MIN:
        return _wrong(now, wording.MINUTES_NEEDED.format(most=LONGEST_OFF_MIN))
    return replace(now, step=Step.OFF_SURE, minutes=minutes), None


def _disable(now: Editing, _facts: Facts) -> Done:
    if now.limit is None:
        return _rest(now), None
    return _rest(now), DisableRule(now.limit.rule, now.reason, now.role, now.by, now.minutes)


def _ask_baseline(now: Editing, facts: Facts) -> Done:
    if facts.no_baseline:
        return _wrong(now, wording.NO_PROPOSAL.format(why=facts.no_baseline))
    if not now.by.strip():
        return _wrong(now, wording.NAME_FIRST)
    return replace(now, step=Step.BASELINE_SURE), None


def _set_baseline(now: Editing, _facts: Facts) -> Done:
    return _rest(now), SetBaseline(now.by)


_TABLE: Final[dict[tuple[Step, Cue], Callable[[Editing, Facts], Done]]] = {
    (Step.READ, Cue.HELD): _ask_role,
    (Step.READ, Cue.SWITCH): _switch,
    (Step.READ, Cue.BASELINE): _ask_baseline,
    (Step.ROLE, Cue.ENTER): _take_role,
    (Step.NAME, Cue.ENTER): _take_name,
    (Step.OPEN, Cue.ENTER): _ask_number,
    (Step.OPEN, Cue.SWITCH): _switch,
    (Step.OPEN, Cue.BASELINE): _ask_baseline,
    (Step.NUMBER, Cue.ENTER): _take_number,
    (Step.NUMBER_SURE, Cue.ENTER): _change,
    (Step.REASON, Cue.ENTER): _take_reason,
    (Step.MINUTES, Cue.ENTER): _take_minutes,
    (Step.OFF_SURE, Cue.ENTER): _disable,
    (Step.BASELINE_SURE, Cue.ENTER): _set_baseline,
}


def number_of(text: str) -> float | None:
    """A typed number, with a point or a comma; None for anything else."""
    plain = text.strip().replace(",", ".")
    digits = plain.replace(".", "", 1)
    return float(plain) if digits.isascii() and digits.isdecimal() else None
