"""Who is told when: conditions, outputs, presence and a time go in; the wanted signals come out. Pure.

Stages count from the moment a condition was first unacknowledged. The gravest unacknowledged condition gives
the sound; how far it goes is the furthest of all of them, so that nothing new makes a room quieter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from kapmonitor.alarms.audio import SILENT, AudioState
from kapmonitor.alarms.signals import LOUD, SOFT, Chime, Stage, Tone, Wanted
from kapmonitor.alarms.soundplan import PriorityPlan, SoundPlan
from kapmonitor.alarms.types import Priority

S_NS: Final = 1_000_000_000
ABSENT_SHARE: Final = 0.5
"""With nobody at the screen, all waiting is cut to this."""


@dataclass(frozen=True, slots=True)
class Signalled:
    """An active condition; `acknowledged_ns` is None until somebody acknowledged it.

    One that `waits` is not brought to the room sooner because the staff output is gone: it says just that.
    """

    condition: str
    priority: Priority
    acknowledged_ns: int | None = None
    bypassed: bool = False
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """What is remembered of a condition: since when it is unacknowledged, how many reminders it had."""

    condition: str
    since_ns: int
    acknowledged_ns: int | None = None
    reminders: int = 0


@dataclass(frozen=True, slots=True)
class Escalation:
    """The machine: every active condition, the chimes so far, whether the last sound may end its burst."""

    heard: tuple[Heard, ...] = ()
    chime: Chime | None = None
    finish: bool = False


@dataclass(frozen=True, slots=True)
class SoundFacts:
    """What else decides: the sound's state, whether the staff output works, whether somebody is there."""

    audio: AudioState = AudioState.ON
    staff_works: bool = True
    present: bool = True


def step(
    plan: SoundPlan,
    before: Escalation,
    conditions: Iterable[Signalled],
    facts: SoundFacts,
    now_ns: int,
) -> tuple[Escalation, Wanted]:
    """The machine and what is wanted at `now_ns`."""
    active = tuple(conditions)
    known = {heard.condition: heard for heard in before.heard}
    heard = tuple(_remember(known.get(one.condition), one, now_ns) for one in active)
    after = replace(before, heard=heard)
    if facts.audio not in SILENT:
        after = _remind(plan, after, active, now_ns)
    unheard = [(one, mine) for one, mine in zip(active, heard, strict=True) if one.acknowledged_ns is None]
    if not unheard:
        after = replace(after, finish=_passed(before, active, facts))
        return after, Wanted(finish=after.finish, chime=after.chime, duck_over_s=plan.unduck_s)
    gravest = max((one.priority for one, _ in unheard), key=lambda priority: priority.rank)
    stages = [stage_of(plan, one, mine.since_ns, facts, now_ns) for one, mine in unheard]
    stage = max(stages, key=lambda stage: stage.rank)
    return replace(after, finish=False), _wanted(plan, gravest, stage, after.chime, facts)


def stage_of(plan: SoundPlan, one: Signalled, since_ns: int, facts: SoundFacts, now_ns: int) -> Stage:
    """How far one unacknowledged condition has gone."""
    share = 1.0 if facts.present else ABSENT_SHARE
    waited_s = (now_ns - since_ns) / S_NS
    reached = Stage.VISUAL
    for stage, after_s in waits(plan, one, staff_works=facts.staff_works):
        if waited_s >= after_s * share:
            reached = stage
    return reached


def waits(plan: SoundPlan, one: Signalled, *, staff_works: bool) -> tuple[tuple[Stage, float], ...]:
    """(stage, seconds) in their order; stages that this condition never reaches are left out."""
    mine = plan.of(one.priority)
    room_s, full_s = mine.room_after_s, mine.full_after_s
    if one.bypassed and one.priority is Priority.HIGH:
        room_s, full_s = 0.0, plan.bypass_full_after_s
    if not staff_works and room_s is not None and not one.waits:
        room_s = 0.0
    listed = (
        (Stage.STAFF, mine.staff_after_s),
        (Stage.LOUDER, mine.louder_after_s),
        (Stage.ROOM, room_s),
        (Stage.FULL, full_s),
    )
    return tuple((stage, after_s) for stage, after_s in listed if after_s is not None)


def _wanted(
    plan: SoundPlan, priority: Priority, stage: Stage, chime: Chime | None, facts: SoundFacts
) -> Wanted:
    mine = plan.of(priority)
    if facts.audio in SILENT:
        return Wanted(stage, priority, chime=chime, duck_over_s=plan.unduck_s)
    full, room = stage is Stage.FULL, stage.rank >= Stage.ROOM.rank
    duck_db = (mine.full_duck_db if full else mine.duck_db) if room else 0.0
    return Wanted(
        stage=stage,
        priority=priority,
        staff=_staff_tone(plan, mine, priority, stage),
        room=_room_tone(plan, mine, priority, full=full) if room else None,
        chime=chime,
        duck_db=duck_db,
        duck_over_s=mine.duck_over_s if room else plan.unduck_s,
        to_front=full,
    )


def _staff_tone(plan: SoundPlan, mine: PriorityPlan, priority: Priority, stage: Stage) -> Tone | None:
    if stage.rank < Stage.STAFF.rank or mine.staff_after_s is None:
        return None
    louder_db = mine.louder_db if stage.rank >= Stage.LOUDER.rank else 0.0
    return Tone(SOFT[priority], plan.staff_level_db(mine.staff_dba + louder_db), mine.staff_repeat_s)


def _room_tone(plan: SoundPlan, mine: PriorityPlan, priority: Priority, *, full: bool) -> Tone:
    dba = mine.full_dba if full else mine.room_dba
    return Tone(LOUD[priority], plan.room_level_db(dba), mine.full_repeat_s if full else mine.room_repeat_s)


def _remember(known: Heard | None, one: Signalled, now_ns: int) -> Heard:
    if known is None or (known.acknowledged_ns is not None and one.acknowledged_ns is None):
        return Heard(one.condition, now_ns, one.acknowledged_ns)
    if known.acknowledged_ns != one.acknowledged_ns:
        return replace(known, acknowledged_ns=one.acknowledged_ns, reminders=0)
    return known


def _remind(plan: SoundPlan, state: Escalation, active: tuple[Signalled, ...], now_ns: int) -> Escalation:
    """One chime for all that are due, in the tone of the gravest."""
    due: list[Priority] = []
    heard: list[Heard] = []
    for one, mine in zip(active, state.heard, strict=True):
        from_ns = mine.since_ns if mine.acknowledged_ns is None else mine.acknowledged_ns
        every_s = _every_s(plan.of(one.priority), mine)
        passed = int((now_ns - from_ns) / S_NS // every_s) if every_s is not None else 0
        if passed > mine.reminders:
            due.append(one.priority)
        heard.append(replace(mine, reminders=max(passed, mine.reminders)))
    state = replace(state, heard=tuple(heard))
    if not due:
        return state
    gravest = max(due, key=lambda priority: priority.rank)
    number = state.chime.number + 1 if state.chime is not None else 1
    level_db = plan.staff_level_db(plan.of(gravest).staff_dba)
    return replace(state, chime=Chime(number, SOFT[gravest], level_db))


def _every_s(plan: PriorityPlan, heard: Heard) -> float | None:
    return plan.chime_after_s if heard.acknowledged_ns is None else plan.reminder_s


def _passed(before: Escalation, active: tuple[Signalled, ...], facts: SoundFacts) -> bool:
    """Whether what sounded has ended by itself: then its burst is heard to the end."""
    if facts.audio in SILENT:
        return False
    sounded = {heard.condition for heard in before.heard if heard.acknowledged_ns is None}
    if not sounded:
        return before.finish
    return not any(one.condition in sounded for one in active)
