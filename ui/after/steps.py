"""What the page is asking for: an answer, a reason, a name, who signs; a table of steps, pure.

Nothing is left out and nothing signed by one key: a reason, or a name and what is said by it, come first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from kapmonitor import formfill
from kapmonitor.commands import Chart
from kapmonitor.errors import CommandRefused
from kapmonitor.leaving import Check, Way, left
from kapmonitor.people.user import About, Meaning
from kapmonitor.preflight import Standing
from kapmonitor.protocol.form import FieldKind
from kapmonitor.session.care_events import (
    CheckAnswered,
    CheckOverridden,
    FieldLeftOut,
    FormFilled,
    PersonLeft,
)
from kapmonitor.signoff import SignOff
from ui import format as fmt
from ui.after import wording
from ui.after.rows import Kind, Row, Tab
from ui.after.signers import matching, meaning_of, role_of

YES, NO = "yes", "no"


class Step(StrEnum):
    """Where it stands."""

    REST = "rest"
    NAME = "name"
    WRITE = "write"
    REASON = "reason"
    LEAVE_SURE = "leave-sure"
    WHO = "who"
    ROLE = "role"
    MEANING = "meaning"
    PIN = "pin"
    SURE = "sure"
    WAITING = "waiting"


class Cue(StrEnum):
    """What can happen."""

    ENTER = "enter"
    YES = "yes"
    NO = "no"
    REASON = "reason"
    TAKE_BACK = "take-back"
    BACK = "back"
    REFUSED = "refused"


ENTRIES: Final = frozenset({Step.NAME, Step.WRITE, Step.REASON, Step.WHO, Step.ROLE, Step.MEANING, Step.PIN})
"""Steps in which something is typed."""


@dataclass(frozen=True, slots=True)
class Sign:
    """Sign the session off, and close it."""

    off: SignOff
    pin: str


NOBODY: Final = SignOff("", "", Meaning.AUTHOR)


@dataclass(frozen=True, slots=True)
class Asking:
    """The page's own state. `waiting` is the key that waits for a name, `off` who is about to sign."""

    step: Step = Step.REST
    by: str = ""
    row: str = ""
    waiting: Cue | None = None
    off: SignOff = NOBODY
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a step looks at: the chosen row, what was typed, who is at the keys, all checks, who may sign."""

    row: Row | None = None
    text: str = ""
    author: str = ""
    checks: tuple[Check, ...] = ()
    people: tuple[About, ...] = ()
    now_ns: int = 0


Said = CheckAnswered | CheckOverridden | FieldLeftOut | FormFilled | PersonLeft
Effect = Chart | Tab | Sign
Done = tuple[Asking, tuple[Effect, ...]]
Act = Callable[[Asking, Facts], Done]


def after(now: Asking, cue: Cue, facts: Facts) -> Done:
    """The next step, and what is asked of the session or where to go."""
    now = replace(now, trouble="")
    act = _TABLE.get((now.step, cue))
    if act is not None:
        return act(now, facts)
    if cue is Cue.BACK and now.step is not Step.WAITING:
        return _rest(now), ()
    return now, ()


def _rest(now: Asking) -> Asking:
    return Asking(by=now.by)


def _wrong(now: Asking, words: str) -> Done:
    return replace(now, trouble=words), ()


def _name(now: Asking, facts: Facts) -> str:
    return (now.by or facts.author).strip()


def _chart(now: Asking, facts: Facts, event: Said) -> Done:
    """Nothing goes on record without a name."""
    if not event.by:
        return _wrong(now, wording.NAME_NEEDED)
    return _rest(now), (Chart(facts.now_ns, event),)


def _row(cue: Cue) -> Act:
    """What a key does with the chosen row; somebody without a name is asked for it first."""

    def act(now: Asking, facts: Facts) -> Done:
        row = facts.row
        make = _ROWS.get((row.kind, cue)) if row is not None else None
        if make is None or row is None:
            return now, ()
        led = row.kind in (Kind.TO_LEAVING, Kind.TO_FORM, Kind.SIGN)
        if led or _name(now, facts):
            return make(now, facts, row)
        return replace(now, step=Step.NAME, row=row.id, waiting=cue), ()

    return act


def _take_name(now: Asking, facts: Facts) -> Done:
    by, cue = facts.text.strip(), now.waiting
    if not by:
        return _wrong(now, wording.NAME_NEEDED)
    rest = replace(_rest(now), by=by)
    if cue is None or facts.row is None or facts.row.id != now.row:
        return rest, ()
    return _row(cue)(rest, facts)


# Checks before leaving


def _answer(answer: str) -> Callable[[Asking, Facts, Row], Done]:
    def make(now: Asking, facts: Facts, row: Row) -> Done:
        check = row.check
        if check is None or check.way in (Way.TIME, Way.FOUND):
            return _wrong(now, wording.NOT_HERE)
        if check.way is Way.VALUE and answer == YES:
            return replace(now, step=Step.WRITE, row=row.id), ()
        return _chart(now, facts, CheckAnswered(row.id, answer, "", _name(now, facts)))

    return make


def _enter_check(now: Asking, facts: Facts, row: Row) -> Done:
    """Enter writes a value; a yes is a key of its own, so that no list is nodded through."""
    if row.check is not None and row.check.way is Way.VALUE:
        return _answer(YES)(now, facts, row)
    return _wrong(now, wording.ANSWER if row.check and row.check.way is Way.ASKED else wording.NOT_HERE)


def _take_back_check(now: Asking, facts: Facts, row: Row) -> Done:
    check, by = row.check, _name(now, facts)
    if check is None:
        return now, ()
    if check.standing is Standing.OVERRIDDEN:
        return _chart(now, facts, CheckOverridden(row.id, "", by))
    if check.way in (Way.ASKED, Way.VALUE) and check.standing is not Standing.LEFT:
        return _chart(now, facts, CheckAnswered(row.id, "", "", by))
    return now, ()


# Leaving


def _leave(now: Asking, facts: Facts, row: Row) -> Done:
    if row.standing is Standing.DONE:
        return _wrong(now, wording.DONE_ALREADY)
    if not row.ready:
        return _wrong(now, wording.FIRST.format(what=row.said))
    return replace(now, step=Step.LEAVE_SURE, row=row.id), ()


def _left(now: Asking, facts: Facts) -> Done:
    """Checks may have changed while it was asked."""
    try:
        event = left(facts.checks, _name(now, facts))
    except CommandRefused:
        return _rest(now), ()
    rest, done = _chart(now, facts, event)
    return rest, (*done, Tab.FORM) if done else ()


def _stayed(now: Asking, facts: Facts, row: Row) -> Done:
    if row.standing is not Standing.DONE:
        return now, ()
    return _chart(now, facts, PersonLeft(left=False, without=(), by=_name(now, facts)))


# Fields of the form


def _fill(answer: str) -> Callable[[Asking, Facts, Row], Done]:
    def make(now: Asking, facts: Facts, row: Row) -> Done:
        field = row.field.field if row.field is not None else None
        if field is None or field.kind in formfill.OF_RECORD:
            return _wrong(now, wording.OF_RECORD)
        if field.kind is not FieldKind.YES_NO:
            return replace(now, step=Step.WRITE, row=row.id), ()
        if answer == YES and field.detail:
            return replace(now, step=Step.WRITE, row=row.id), ()
        return _chart(now, facts, FormFilled(row.id, answer, (), _name(now, facts)))

    return make


def _enter_field(now: Asking, facts: Facts, row: Row) -> Done:
    if row.field is not None and row.field.field.kind is FieldKind.YES_NO:
        return _wrong(now, wording.ANSWER)
    return _fill(YES)(now, facts, row)


def _take_back_field(now: Asking, facts: Facts, row: Row) -> Done:
    stand, by = row.field.stand if row.field is not None else None, _name(now, facts)
    if stand is formfill.Stand.SAID:
        return _chart(now, facts, FormFilled(row.id, "", (), by))
    if stand is formfill.Stand.LEFT_OUT:
        return _chart(now, facts, FieldLeftOut(row.id, "", by))
    return now, ()


# What is written


def _ask_reason(now: Asking, _facts: Facts, row: Row) -> Done:
    if row.standing is Standing.DONE:
        return _wrong(now, wording.DONE_ALREADY)
    return replace(now, step=Step.REASON, row=row.id), ()


def _take_reason(now: Asking, facts: Facts) -> Done:
    row, reason = facts.row, facts.text.strip()
    if not reason:
        return _wrong(now, wording.REASON_NEEDED)
    if row is None or row.id != now.row:
        return _rest(now), ()
    make = CheckOverridden if row.kind is Kind.CHECK else FieldLeftOut
    return _chart(now, facts, make(row.id, reason, _name(now, facts)))


def _take_text(now: Asking, facts: Facts) -> Done:
    row, text, by = facts.row, " ".join(facts.text.split()), _name(now, facts)
    if not text:
        return _wrong(now, wording.TEXT_NEEDED)
    if row is None or row.id != now.row:
        return _rest(now), ()
    if row.check is not None and row.check.way is Way.VALUE:
        return _chart(now, facts, CheckAnswered(row.id, YES, text, by))
    if row.field is None or row.field.field.kind in formfill.OF_RECORD:
        return _rest(now), ()
    field = row.field.field
    if field.kind is FieldKind.NUMBER:
        number = formfill.number(field, text)
        if number is None:
            ends = field.low is not None and field.high is not None
            within = wording.WITHIN.format(low=fmt.limit(field.low), high=fmt.limit(field.high)) * ends
            return _wrong(now, wording.WRONG_NUMBER.format(within=within))
        text = fmt.amount(number)
    if field.kind is FieldKind.YES_NO:
        text = f"{YES}{formfill.DETAIL}{text}"
    return _chart(now, facts, FormFilled(row.id, text, (), by))


# Signing


def _ask_who(now: Asking, _facts: Facts, row: Row) -> Done:
    return (replace(now, step=Step.WHO, row=row.id), ()) if row.ready else (now, ())


def _take_who(now: Asking, facts: Facts) -> Done:
    name = " ".join(facts.text.split())
    if not name:
        return _wrong(now, wording.NAME_NEEDED)
    by = _name(now, facts)
    if not facts.people:
        return replace(now, step=Step.ROLE, off=replace(now.off, name=name, by=by or name)), ()
    about = matching(name, facts.people)
    if about is None:
        return _wrong(now, wording.NOBODY.format(people=", ".join(each.name for each in facts.people)))
    off = replace(now.off, name=about.name, role=about.role.value, user=about.id, by=by or about.initials)
    return replace(now, step=Step.MEANING, off=off), ()


def _take_role(now: Asking, facts: Facts) -> Done:
    role = role_of(facts.text)
    if not role:
        return _wrong(now, wording.WRONG_ROLE)
    return replace(now, step=Step.MEANING, off=replace(now.off, role=role)), ()


def _take_meaning(now: Asking, facts: Facts) -> Done:
    meaning = meaning_of(facts.text)
    if meaning is None:
        return _wrong(now, wording.WRONG_MEANING)
    step = Step.PIN if now.off.user else Step.SURE
    return replace(now, step=step, off=replace(now.off, meaning=meaning)), ()


def _sign(now: Asking, facts: Facts) -> Done:
    if now.off.user and not facts.text:
        return _wrong(now, wording.PIN_NEEDED)
    pin = facts.text if now.off.user else ""
    return replace(now, step=Step.WAITING), (Sign(now.off, pin),)


def _refused(now: Asking, facts: Facts) -> Done:
    """Back to the PIN; the words are why."""
    step = Step.PIN if now.off.user else Step.SURE
    return replace(now, step=step, trouble=wording.REFUSED.format(why=facts.text)), ()


def _to(tab: Tab) -> Callable[[Asking, Facts, Row], Done]:
    return lambda now, _facts, _row: (now, (tab,))


_ROWS: Final[dict[tuple[Kind, Cue], Callable[[Asking, Facts, Row], Done]]] = {
    (Kind.CHECK, Cue.ENTER): _enter_check,
    (Kind.CHECK, Cue.YES): _answer(YES),
    (Kind.CHECK, Cue.NO): _answer(NO),
    (Kind.CHECK, Cue.REASON): _ask_reason,
    (Kind.CHECK, Cue.TAKE_BACK): _take_back_check,
    (Kind.LEAVE, Cue.ENTER): _leave,
    (Kind.LEAVE, Cue.TAKE_BACK): _stayed,
    (Kind.FIELD, Cue.ENTER): _enter_field,
    (Kind.FIELD, Cue.YES): _fill(YES),
    (Kind.FIELD, Cue.NO): _fill(NO),
    (Kind.FIELD, Cue.REASON): _ask_reason,
    (Kind.FIELD, Cue.TAKE_BACK): _take_back_field,
    (Kind.TO_LEAVING, Cue.ENTER): _to(Tab.LEAVE),
    (Kind.TO_FORM, Cue.ENTER): _to(Tab.FORM),
    (Kind.SIGN, Cue.ENTER): _ask_who,
}
_TABLE: Final[dict[tuple[Step, Cue], Act]] = {
    **{(Step.REST, cue): _row(cue) for cue in (Cue.ENTER, Cue.YES, Cue.NO, Cue.REASON, Cue.TAKE_BACK)},
    (Step.NAME, Cue.ENTER): _take_name,
    (Step.WRITE, Cue.ENTER): _take_text,
    (Step.REASON, Cue.ENTER): _take_reason,
    (Step.LEAVE_SURE, Cue.ENTER): _left,
    (Step.WHO, Cue.ENTER): _take_who,
    (Step.ROLE, Cue.ENTER): _take_role,
    (Step.MEANING, Cue.ENTER): _take_meaning,
    (Step.PIN, Cue.ENTER): _sign,
    (Step.SURE, Cue.ENTER): _sign,
    (Step.WAITING, Cue.REFUSED): _refused,
}
