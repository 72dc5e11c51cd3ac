"""What a recorded session looked like after each of its events: states, alarms and links, by time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from kapmonitor.alarms.types import SHOWN, Priority, Rule, Side
from kapmonitor.model import AlertKind, CuffState, LinkProblem, LinkState
from kapmonitor.session.events import (
    AlarmChanged,
    AlertEvent,
    CuffEvent,
    DeviceAdded,
    DeviceChanged,
    DeviceConfirmed,
    DeviceReleased,
    LimitsSet,
    LinkEvent,
    SessionEvent,
    Stamped,
)
from kapmonitor.session.state import SessionState, fold
from kapmonitor.snapshot import ActiveAlarm, LinkStatus

SHOWN_WORDS = frozenset(state.value for state in SHOWN)
_ORDER = {"active-unack": 0, "active-ack": 1, "latched": 2}


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything that events alone decide, at one time."""

    session: SessionState = field(default_factory=SessionState)
    alarms: tuple[ActiveAlarm, ...] = ()
    links: tuple[LinkStatus, ...] = ()
    measuring: frozenset[str] = frozenset()
    rules: tuple[Rule, ...] = ()


class Frames:
    """Frames by time; asking is a binary search."""

    def __init__(self, events: Iterable[Stamped]) -> None:
        self._times: list[int] = []
        self._frames: list[Frame] = []
        frame = Frame()
        # A note's time is its first keystroke, so the order of entry is not quite the order of time.
        for stamped in sorted(events, key=lambda stamped: stamped.t_ns):
            frame = after(frame, stamped)
            self._times.append(stamped.t_ns)
            self._frames.append(frame)

    def at(self, t_ns: int) -> Frame:
        """The frame in force at a time; an empty one before the first event."""
        place = bisect_right(self._times, t_ns)
        return self._frames[place - 1] if place else Frame()

    def last(self) -> Frame:
        """The frame after everything."""
        return self._frames[-1] if self._frames else Frame()


def after(frame: Frame, stamped: Stamped) -> Frame:
    """The frame after one more event."""
    frame = replace(frame, session=fold(frame.session, stamped))
    match stamped.event:
        case AlarmChanged() as change:
            return replace(frame, alarms=_alarms(frame, change))
        case LimitsSet() as limits:
            return replace(frame, rules=tuple(_rule(*rule) for rule in limits.rules))
        case CuffEvent() as cuff:
            measuring = frame.measuring - {cuff.device}
            if cuff.state == CuffState.MEASURING.value:
                measuring |= {cuff.device}
            return replace(frame, measuring=measuring)
        case event:
            return replace(frame, links=_links(frame.links, event))


def _rule(rule: str, role: str, side: str, priority: str, limit: float, delay_s: float) -> Rule:
    return Rule(rule, role, Side(side), Priority(priority), limit, delay_s)


def _alarms(frame: Frame, change: AlarmChanged) -> tuple[ActiveAlarm, ...]:
    others = tuple(alarm for alarm in frame.alarms if alarm.condition != change.condition)
    if change.after not in SHOWN_WORDS:
        return others
    rule = next((rule for rule in frame.rules if rule.id == change.condition), None)
    alarm = ActiveAlarm(
        condition=change.condition,
        role=rule.role if rule is not None else change.condition,
        priority=Priority(change.priority),
        state=change.after,
        value=change.value,
        limit=change.limit,
        direction=rule.side.value if rule is not None else Side.FLAG.value,
        onset_t_ns=change.onset_t_ns,
        text=_label(frame.links, change.condition),
    )
    return tuple(sorted((*others, alarm), key=_rank))


def _rank(alarm: ActiveAlarm) -> tuple[int, int, int]:
    return _ORDER[alarm.state], -alarm.priority.rank, alarm.onset_t_ns


def _label(links: tuple[LinkStatus, ...], condition: str) -> str:
    device = condition.partition(":")[2]
    return next((link.label for link in links if link.device == device), "")


def _links(links: tuple[LinkStatus, ...], event: SessionEvent) -> tuple[LinkStatus, ...]:
    match event:
        case DeviceAdded():
            return (*links, LinkStatus(event.device, event.label))
        case LinkEvent():
            return tuple(_linked(link, event) for link in links)
        case AlertEvent():
            return tuple(_alerted(link, event) for link in links)
        case DeviceChanged(device) | DeviceConfirmed(device):
            changed = isinstance(event, DeviceChanged)
            return tuple(replace(each, changed=changed) if each.device == device else each for each in links)
        case DeviceReleased(device):
            return tuple(link for link in links if link.device != device)
        case _:
            return links


def _linked(link: LinkStatus, event: LinkEvent) -> LinkStatus:
    if link.device != event.device:
        return link
    state, problem = LinkState(event.state), LinkProblem(event.problem)
    kept = link.alerts if state in {LinkState.LIVE, LinkState.STALE} else ()
    return replace(link, state=state, problem=problem, detail=event.detail, alerts=kept)


def _alerted(link: LinkStatus, event: AlertEvent) -> LinkStatus:
    if link.device != event.device:
        return link
    kind = AlertKind(event.kind)
    others = tuple(alert for alert in link.alerts if alert is not kind)
    return replace(link, alerts=(*others, kind) if event.present else others)
