"""What the page is asking for: an answer's name, a reason, who says go; a table of steps, pure.

Nothing is gone on without, and no session opened, by one key: a reason and a name are asked for first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from kapmonitor.commands import Chart, CheckTone, Command, ConfirmBedside, MovePhase, SetBaseline, ToneHeard
from kapmonitor.errors import CommandRefused
from kapmonitor.preflight import Check, Own, Standing, opened
from kapmonitor.session.care_events import CheckAnswered, CheckOverridden
from kapmonitor.session.events import Phase
from ui.before import wording
from ui.before.checklines import OF_SOUND, Kind, Line

ROLES: Final = ("nurse", "therapist", "prescriber", "supervisor")


class Step(StrEnum):
    """Where it stands."""

    REST = "rest"
    NAME = "name"
    REASON = "reason"
    REASON_NAME = "reason-name"
    GO_NAME = "go-name"
    GO_ROLE = "go-role"
    GO_SURE = "go-sure"
    LEAVE_SURE = "leave-sure"


class Cue(StrEnum):
    """What can happen."""

    YES = "yes"
    HEARD = "heard"
    NO = "no"
    WITHOUT = "without"
    TAKE_BACK = "take-back"
    GO = "go"
    ENTER = "enter"
    BACK = "back"


class Way(StrEnum):
    """Where somebody is to be led, as nothing is answered here."""

    PERSON = "person"
    CARD = "card"
    DEVICES = "devices"
    SOUND_CHECK = "sound-check"
    FIRST_LEFT = "first-left"
    LEAVE = "leave"


ENTRIES: Final = frozenset({Step.NAME, Step.REASON, Step.REASON_NAME, Step.GO_NAME, Step.GO_ROLE})
"""Steps in which something is typed."""


@dataclass(frozen=True, slots=True)
class Asking:
    """The page's own state. `played` is the check whose tone was played and waits for an answer."""

    step: Step = Step.REST
    by: str = ""
    role: str = ""
    check: str = ""
    text: str = ""
    waiting: Cue | None = None
    reason: str = ""
    played: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a step looks at: the chosen line, what was typed, all checks, whether it was opened already.

    `phase` is the session's, `no_baseline` why none can be set, `plays` the outputs of alarms that work.
    """

    line: Line | None = None
    text: str = ""
    found: tuple[Check, ...] = ()
    now_ns: int = 0
    opened: bool = False
    phase: Phase = Phase.PREPARATION
    no_baseline: str = ""
    plays: frozenset[str] = frozenset()


Done = tuple[Asking, tuple[Command | Way, ...]]


def after(now: Asking, cue: Cue, facts: Facts) -> Done:
    """The next step, and what is asked of the session or where to go."""
    now = replace(now, trouble="")
    if facts.opened:
        return _rest(now), (Way.LEAVE,) if cue is Cue.BACK else ()
    act = _TABLE.get((now.step, cue))
    if act is not None:
        return act(now, facts)
    return (_rest(now), ()) if cue is Cue.BACK else (now, ())


def _rest(now: Asking) -> Asking:
    return Asking(by=now.by, role=now.role, played=now.played)


def _wrong(now: Asking, words: str) -> Done:
    return replace(now, trouble=words), ()


def _answering(cue: Cue) -> Callable[[Asking, Facts], Done]:
    """What a key does with the chosen check, as its kind allows; a name is asked for where one is needed."""

    def act(now: Asking, facts: Facts) -> Done:
        if facts.line is None:
            return now, ()
        answer = _ANSWERS.get((facts.line.kind, cue))
        if answer is None:
            return _wrong(now, wording.NOT_HERE) if cue is Cue.YES else (now, ())
        return answer(now, facts, facts.line)

    return act


def _named(cue: Cue, make: Callable[[Asking, Facts, Line], Done]) -> Callable[[Asking, Facts, Line], Done]:
    """Somebody without a name is asked for it first; the answer waits meanwhile."""

    def act(now: Asking, facts: Facts, line: Line) -> Done:
        if now.by.strip():
            return make(now, facts, line)
        return replace(now, step=Step.NAME, check=line.check.id, waiting=cue), ()

    return act


def _charted(answer: str) -> Callable[[Asking, Facts, Line], Done]:
    def make(now: Asking, facts: Facts, line: Line) -> Done:
        return now, (Chart(facts.now_ns, CheckAnswered(line.check.id, answer, "", now.by)),)

    return make


def _confirm(now: Asking, _facts: Facts, _line: Line) -> Done:
    return now, (ConfirmBedside(now.by),)


def _set_baseline(now: Asking, facts: Facts, line: Line) -> Done:
    if line.check.standing is Standing.DONE:
        return _wrong(now, wording.DONE_ALREADY)
    if facts.no_baseline:
        return _wrong(now, wording.NO_BASELINE.format(why=facts.no_baseline))
    return now, (SetBaseline(now.by),)


def _play(now: Asking, facts: Facts, line: Line) -> Done:
    output = OF_SOUND[Own(line.check.id)]
    if output not in facts.plays:
        return _wrong(now, wording.NO_TONE)
    return replace(now, played=line.check.id), (CheckTone(output),)


def _tone(heard: bool) -> Callable[[Asking, Facts, Line], Done]:
    """Only about a tone that was played."""

    def make(now: Asking, _facts: Facts, line: Line) -> Done:
        if now.played != line.check.id:
            return _wrong(now, wording.PLAY_FIRST)
        return replace(now, played=""), (ToneHeard(OF_SOUND[Own(line.check.id)], heard, now.by),)

    return make


def _lead(way: Way) -> Callable[[Asking, Facts, Line], Done]:
    return lambda now, _facts, _line: (now, (way,))


def _how(words: str) -> Callable[[Asking, Facts, Line], Done]:
    return lambda now, _facts, _line: _wrong(now, words)


_ANSWERS: Final[dict[tuple[Kind, Cue], Callable[[Asking, Facts, Line], Done]]] = {
    (Kind.QUESTION, Cue.YES): _named(Cue.YES, _charted("yes")),
    (Kind.QUESTION, Cue.NO): _named(Cue.NO, _charted("no")),
    (Kind.TONE, Cue.YES): _play,
    (Kind.TONE, Cue.HEARD): _named(Cue.HEARD, _tone(heard=True)),
    (Kind.TONE, Cue.NO): _named(Cue.NO, _tone(heard=False)),
    (Kind.BEDSIDE, Cue.YES): _named(Cue.YES, _confirm),
    (Kind.BASELINE, Cue.YES): _named(Cue.YES, _set_baseline),
    (Kind.PERSON, Cue.YES): _lead(Way.PERSON),
    (Kind.DEVICES, Cue.YES): _lead(Way.DEVICES),
    (Kind.VALUE, Cue.YES): _lead(Way.CARD),
    (Kind.MUSIC, Cue.YES): _lead(Way.SOUND_CHECK),
    (Kind.CUFF, Cue.YES): _how(wording.CUFF_HOW),
}


def _take_name(now: Asking, facts: Facts) -> Done:
    by, cue = facts.text.strip(), now.waiting
    if not by:
        return _wrong(now, wording.NAME_NEEDED)
    rest = replace(_rest(now), by=by)
    if cue is None or facts.line is None or facts.line.check.id != now.check:
        return rest, ()
    return _answering(cue)(rest, facts)


def _ask_reason(now: Asking, facts: Facts) -> Done:
    line = facts.line
    if line is None:
        return now, ()
    if line.check.standing is Standing.DONE:
        return _wrong(now, wording.DONE_ALREADY)
    if line.kind is Kind.PERSON:
        return _wrong(now, wording.BOTH_NEEDED)
    return replace(now, step=Step.REASON, check=line.check.id, text=line.text), ()


def _take_reason(now: Asking, facts: Facts) -> Done:
    reason = facts.text.strip()
    if not reason:
        return _wrong(now, wording.REASON_NEEDED)
    return replace(now, step=Step.REASON_NAME, reason=reason), ()


def _override(now: Asking, facts: Facts) -> Done:
    by = facts.text.strip()
    if not by:
        return _wrong(now, wording.NAME_NEEDED)
    event = CheckOverridden(now.check, now.reason, by)
    return replace(_rest(now), by=by), (Chart(facts.now_ns, event),)


def _take_back(now: Asking, facts: Facts) -> Done:
    """An override first, then an answer."""
    line = facts.line
    if line is None:
        return now, ()
    check = line.check
    if check.standing is Standing.OVERRIDDEN:
        return now, (Chart(facts.now_ns, CheckOverridden(check.id, "", now.by)),)
    if line.kind is Kind.QUESTION and check.standing is not Standing.LEFT:
        return now, (Chart(facts.now_ns, CheckAnswered(check.id, "", "", now.by)),)
    return now, ()


def _ask_go(now: Asking, facts: Facts) -> Done:
    if any(check.holds_up for check in facts.found):
        return now, (Way.FIRST_LEFT,)
    return replace(_rest(now), step=Step.GO_NAME), ()


def _take_go_name(now: Asking, facts: Facts) -> Done:
    by = facts.text.strip()
    return (replace(now, by=by, step=Step.GO_ROLE), ()) if by else _wrong(now, wording.NAME_NEEDED)


def _take_role(now: Asking, facts: Facts) -> Done:
    typed = facts.text.strip().lower()
    role = next((role for role in ROLES if typed and role.startswith(typed)), "")
    return (replace(now, role=role, step=Step.GO_SURE), ()) if role else _wrong(now, wording.WRONG_ROLE)


def _go(now: Asking, facts: Facts) -> Done:
    """Checks may have changed while it was asked."""
    try:
        event = opened(facts.found, now.by, now.role)
    except CommandRefused:
        return _rest(now), (Way.FIRST_LEFT,)
    said: tuple[Command, ...] = (Chart(facts.now_ns, event),)
    if facts.phase is Phase.PREPARATION:
        said = (*said, MovePhase(Phase.BASELINE, now.by))
    return _rest(now), said


_TABLE: Final[dict[tuple[Step, Cue], Callable[[Asking, Facts], Done]]] = {
    (Step.REST, Cue.YES): _answering(Cue.YES),
    (Step.REST, Cue.HEARD): _answering(Cue.HEARD),
    (Step.REST, Cue.NO): _answering(Cue.NO),
    (Step.REST, Cue.WITHOUT): _ask_reason,
    (Step.REST, Cue.TAKE_BACK): _take_back,
    (Step.REST, Cue.GO): _ask_go,
    (Step.REST, Cue.BACK): lambda now, _facts: (replace(_rest(now), step=Step.LEAVE_SURE), ()),
    (Step.LEAVE_SURE, Cue.ENTER): lambda now, _facts: (now, (Way.LEAVE,)),
    (Step.NAME, Cue.ENTER): _take_name,
    (Step.REASON, Cue.ENTER): _take_reason,
    (Step.REASON_NAME, Cue.ENTER): _override,
    (Step.GO_NAME, Cue.ENTER): _take_go_name,
    (Step.GO_ROLE, Cue.ENTER): _take_role,
    (Step.GO_SURE, Cue.ENTER): _go,
}
