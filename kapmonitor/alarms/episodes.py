"""Alarms from beginning to end, out of the transitions of conditions; and who was told when. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from kapmonitor.alarms.escalation import Signalled, waits
from kapmonitor.alarms.signals import Stage
from kapmonitor.alarms.soundplan import SoundPlan
from kapmonitor.alarms.types import ACTIVE, ConditionState, Priority, Rule, Side, Trigger
from kapmonitor.session.events import AlarmChanged, Stamped

_ACTIVE: Final = frozenset(state.value for state in ACTIVE)
_ANY: Final = frozenset(Priority)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of an alarm in which nothing about it changed; `to_ns` is None while it lasts."""

    from_ns: int
    to_ns: int | None
    priority: Priority
    acknowledged: bool
    bypassed: bool


@dataclass(frozen=True, slots=True)
class Episode:
    """One alarm. `onset_ns` is when the violation began, `start_ns` when it alarmed.

    `worst` is its furthest value, `priority` the gravest it had. `end_ns` is None if it has no end.
    """

    condition: str
    role: str
    side: Side
    priority: Priority
    onset_ns: int
    start_ns: int
    end_ns: int | None
    worst: float | None
    limit: float | None
    stretches: tuple[Stretch, ...]

    def overlaps(self, other: Episode) -> bool:
        """Whether there was a time at which both alarmed."""
        ends_before = self.end_ns is not None and self.end_ns < other.start_ns
        begins_after = other.end_ns is not None and other.end_ns < self.start_ns
        return not (ends_before or begins_after)


def episodes(changes: Iterable[Stamped], rules: Mapping[str, Rule]) -> tuple[Episode, ...]:
    """The alarms of these events, in the order in which they began; `rules` tell what a condition watches."""
    going: dict[str, Episode] = {}
    over: list[Episode] = []
    for stamped in changes:
        event = stamped.event
        if not isinstance(event, AlarmChanged) or event.priority not in _ANY:
            continue
        known = going.pop(event.condition, None)
        is_on = event.after in _ACTIVE
        if known is None and is_on:
            known = _begun(event, stamped.t_ns, rules.get(event.condition))
        if known is None:
            continue
        known = _went_on(known, event, stamped.t_ns)
        if is_on:
            going[event.condition] = known
        else:
            over.append(replace(known, end_ns=stamped.t_ns))
    return tuple(sorted((*over, *going.values()), key=lambda each: each.start_ns))


def _begun(event: AlarmChanged, t_ns: int, rule: Rule | None) -> Episode:
    side = Side.FLAG if event.limit is None else Side.HIGH
    return Episode(
        condition=event.condition,
        role=rule.role if rule is not None else event.condition,
        side=rule.side if rule is not None else side,
        priority=Priority(event.priority),
        onset_ns=event.onset_t_ns,
        start_ns=t_ns,
        end_ns=None,
        worst=event.value,
        limit=event.limit,
        stretches=(),
    )


def _went_on(known: Episode, event: AlarmChanged, t_ns: int) -> Episode:
    """The episode after one more event of it."""
    priority = Priority(event.priority)
    before = known.stretches
    if before:
        before = (*before[:-1], replace(before[-1], to_ns=t_ns))
    bypassed = event.cause == Trigger.BYPASS.value or any(each.bypassed for each in before)
    acknowledged = event.after == ConditionState.ACTIVE_ACK.value
    more = (Stretch(t_ns, None, priority, acknowledged, bypassed),) if event.after in _ACTIVE else ()
    return replace(
        known,
        priority=max(known.priority, priority, key=lambda each: each.rank),
        worst=known.worst if event.value is None else event.value,
        stretches=(*before, *more),
    )


def told(episode: Episode, plan: SoundPlan, end_ns: int, *, heeded: bool) -> dict[Stage, int]:
    """When the alarm reached each stage, if sound was on, its outputs worked and somebody was there.

    With `heeded` until it was acknowledged, and anew whenever it came back; else as if nobody ever had.
    `end_ns` is when an alarm without an end is taken to end.
    """
    reached: dict[Stage, int] = {}
    since_ns: int | None = None
    for stretch in episode.stretches:
        if heeded and stretch.acknowledged:
            since_ns = None
            continue
        since_ns = stretch.from_ns if since_ns is None else since_ns
        one = Signalled(episode.condition, stretch.priority, bypassed=stretch.bypassed)
        until_ns = end_ns if stretch.to_ns is None else stretch.to_ns
        for stage, after_s in waits(plan, one, staff_works=True):
            at_ns = max(stretch.from_ns, since_ns + int(after_s * 1e9))
            if at_ns < until_ns or at_ns == stretch.from_ns:
                reached[stage] = min(at_ns, reached.get(stage, at_ns))
    return reached
