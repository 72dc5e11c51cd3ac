"""What would have alarmed in a record under other limits, beside what did; knows no clock, makes no sound.

The limits of the file stand as they are: what people changed by hand during the session belonged to others.
What they switched off, acknowledged or set as a baseline holds where the file has a limit of the same id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from kapmonitor.alarms.episodes import Episode, episodes, told
from kapmonitor.alarms.limits import LimitSet, baseline_example, example, parse
from kapmonitor.alarms.offline import replaying
from kapmonitor.alarms.signals import Stage
from kapmonitor.alarms.soundplan import SoundPlan
from kapmonitor.alarms.stepper import NEAR_MISS, changed_event
from kapmonitor.alarms.types import Priority, Rule, Side
from kapmonitor.errors import RecordDamaged
from kapmonitor.record.past import Past, Tell, past_of, spans_of
from kapmonitor.record.reader import RecordReader
from kapmonitor.session.events import AlarmChanged, BaselineSet, LimitsChanged, LimitsSet, Stamped
from kapmonitor.textfile import read_text

HOUR_NS: Final = 3_600_000_000_000
SHIPPED: Final = {"example": example, "baseline-example": baseline_example}
"""Limit sets that ship with the program, by the name they are asked for."""


class Kind(StrEnum):
    """How an alarm of the rehearsal stands to those of the session."""

    SAME = "same"
    NEW = "new"
    MISSED = "missed"
    """It alarmed then, and nothing of the same kind would have."""
    LOWER = "lower"
    """It alarmed then, and would have with a lower priority only."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One alarm. `other` is the priority on the other side, None where there is none.

    `told` says when each stage was reached with the acknowledgements of the record, `told_unheeded` without.
    """

    kind: Kind
    episode: Episode
    other: Priority | None
    told: Mapping[Stage, int]
    told_unheeded: Mapping[Stage, int]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One record under other limits; `alarms` are in order of time, those that would be missed among them.

    `did` are those of the session. `past` has lost its events, so that many of these may be kept.
    `by_hand` counts limits that were changed during the session; `baseline_wanted` says that limits follow a
    baseline and the record has none; `near_misses` are violations that ended before their delay.
    """

    path: str
    past: Past
    limits: LimitSet
    alarms: tuple[Listed, ...]
    did: tuple[Episode, ...]
    near_misses: int
    by_hand: int
    baseline_wanted: bool


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over records. `per_hour` counts the alarms that would begin in each hour of a session."""

    records: int
    length_ns: int
    would: Mapping[Priority, int]
    did: Mapping[Priority, int]
    kinds: Mapping[Kind, int]
    per_hour: tuple[Mapping[Priority, int], ...]
    staff: int
    room: int
    staff_unheeded: int
    room_unheeded: int

    def rate(self, priority: Priority) -> float:
        """Alarms of a priority per hour."""
        return self.would[priority] / max(self.length_ns, 1) * HOUR_NS


def read_limits(name: str) -> LimitSet:
    """A limits file, or one of SHIPPED; ConfigError names path, key and what is allowed."""
    if name in SHIPPED:
        return SHIPPED[name]()
    return parse(read_text(Path(name), f", or one of {', '.join(SHIPPED)}"), name)


def rehearse(path: Path, limits: LimitSet, plan: SoundPlan, tell: Tell) -> Rehearsal:
    """Run the record's alarms under `limits`. RecordError if it cannot be read or holds no numbers."""
    with RecordReader(path) as reader:
        past = past_of(reader)
        if not past.has_numbers:
            raise RecordDamaged(str(path), "holds no numbers, only bytes; there is nothing to rehearse")
        events = [each for each in past.events if not isinstance(each.event, LimitsChanged)]
        moves = replaying(spans_of(reader, past, tell), events, limits)
        changes = [Stamped(move.t_ns, changed_event(move)) for move in moves]
    would = episodes(changes, {rule.id: rule for rule in limits.rules})
    did = episodes(past.changes, rules_of(past.limits))
    near = sum(isinstance(each.event, AlarmChanged) and each.event.cause == NEAR_MISS for each in changes)
    return Rehearsal(
        path=str(path),
        past=replace(past, events=(), changes=()),
        limits=limits,
        alarms=compared(would, did, plan, past.end_ns),
        did=did,
        near_misses=near,
        by_hand=len(past.events) - len(events),
        baseline_wanted=limits.follows_baseline
        and not any(isinstance(each.event, BaselineSet) for each in past.events),
    )


def rules_of(sets: Iterable[LimitsSet]) -> dict[str, Rule]:
    """What the limits of a record watched, by id; enough of each to compare alarms."""
    return {
        rule: Rule(rule, role, Side(side), Priority(priority), limit, delay_s)
        for each in sets
        for rule, role, side, priority, limit, delay_s in each.rules
        if side in set(Side) and priority in set(Priority)
    }


def compared(
    would: Iterable[Episode], did: Iterable[Episode], plan: SoundPlan, end_ns: int
) -> tuple[Listed, ...]:
    """Both, side by side: alarms of one kind belong together where they overlap."""
    would_by, did_by = _by_kind(would), _by_kind(did)
    found: list[Listed] = []
    for kind, mine in would_by.items():
        for episode in mine:
            then = _counterpart(episode, did_by.get(kind, ()))
            found.append(_listed(Kind.NEW if then is None else Kind.SAME, episode, then, plan, end_ns))
    for kind, theirs in did_by.items():
        for episode in theirs:
            now = _gravest(episode, would_by.get(kind, ()))
            if now is None or now.rank < episode.priority.rank:
                missed = Kind.MISSED if now is None else Kind.LOWER
                found.append(_listed(missed, episode, now, plan, end_ns))
    return tuple(sorted(found, key=lambda each: each.episode.start_ns))


def _by_kind(found: Iterable[Episode]) -> dict[tuple[str, Side], list[Episode]]:
    sorted_out: dict[tuple[str, Side], list[Episode]] = {}
    for episode in found:
        sorted_out.setdefault((episode.role, episode.side), []).append(episode)
    return sorted_out


def _counterpart(episode: Episode, others: Iterable[Episode]) -> Priority | None:
    """The priority that alarmed at the same time: its own if that did, else the gravest."""
    at_once = {other.priority for other in others if other.overlaps(episode)}
    if episode.priority in at_once:
        return episode.priority
    return max(at_once, key=lambda priority: priority.rank, default=None)


def _gravest(episode: Episode, others: Iterable[Episode]) -> Priority | None:
    at_once = (other.priority for other in others if other.overlaps(episode))
    return max(at_once, key=lambda priority: priority.rank, default=None)


def _listed(kind: Kind, episode: Episode, other: Priority | None, plan: SoundPlan, end_ns: int) -> Listed:
    heeded = told(episode, plan, end_ns, heeded=True)
    return Listed(kind, episode, other, heeded, told(episode, plan, end_ns, heeded=False))


WOULD: Final = frozenset({Kind.SAME, Kind.NEW})
"""Kinds of those that alarm in the rehearsal; the others did in the session."""


def totals(rehearsals: Iterable[Rehearsal]) -> Totals:
    """Counted over all of them."""
    done = tuple(rehearsals)
    would = [(each, one) for each in done for one in each.alarms if one.kind in WOULD]
    hours = max((_hour(each, each.past.end_ns - 1) for each in done), default=-1) + 1
    per_hour = [dict.fromkeys(Priority, 0) for _ in range(hours)]
    for each, one in would:
        per_hour[min(_hour(each, one.episode.start_ns), hours - 1)][one.episode.priority] += 1
    then = [episode for each in done for episode in each.did]
    return Totals(
        records=len(done),
        length_ns=sum(each.past.end_ns - each.past.start_ns for each in done),
        would={p: sum(one.episode.priority is p for _, one in would) for p in Priority},
        did={p: sum(episode.priority is p for episode in then) for p in Priority},
        kinds={kind: sum(one.kind is kind for each in done for one in each.alarms) for kind in Kind},
        per_hour=tuple(per_hour),
        staff=sum(Stage.STAFF in one.told for _, one in would),
        room=sum(Stage.ROOM in one.told for _, one in would),
        staff_unheeded=sum(Stage.STAFF in one.told_unheeded for _, one in would),
        room_unheeded=sum(Stage.ROOM in one.told_unheeded for _, one in would),
    )


def _hour(rehearsal: Rehearsal, t_ns: int) -> int:
    return max(0, t_ns - rehearsal.past.start_ns) // HOUR_NS
