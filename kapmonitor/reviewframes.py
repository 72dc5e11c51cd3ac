"""What a recorded session looked like after each of its events: states, alarms and links, by time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from kapmonitor.alarmfaces import limits_in_force, on_screen
from kapmonitor.alarms import fold as alarmfold
from kapmonitor.alarms.baseline import Baseline
from kapmonitor.alarms.limits import parse
from kapmonitor.alarms.types import Condition, Priority, Rule, Side
from kapmonitor.errors import ConfigError
from kapmonitor.model import AlertKind, CuffState, LinkProblem, LinkState
from kapmonitor.session.events import (
    AlarmChanged,
    AlertEvent,
    BaselineSet,
    CuffEvent,
    DeviceAdded,
    DeviceChanged,
    DeviceConfirmed,
    DeviceReleased,
    LimitsSet,
    LinkEvent,
    RuleDisabled,
    RuleEnabled,
    SessionEvent,
    Stamped,
)
from kapmonitor.session.state import SessionState, fold
from kapmonitor.snapshot import ActiveAlarm, BaselineStatus, LimitInForce, LinkStatus


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything that events alone decide, at one time."""

    session: SessionState = field(default_factory=SessionState)
    alarms: tuple[ActiveAlarm, ...] = ()
    links: tuple[LinkStatus, ...] = ()
    measuring: frozenset[str] = frozenset()
    rules: tuple[Rule, ...] = ()
    templates: tuple[Rule, ...] = ()
    conditions: tuple[Condition, ...] = ()
    off_until: tuple[tuple[str, int], ...] = ()
    baseline: BaselineStatus = field(default_factory=BaselineStatus)

    def limits(self, t_ns: int) -> tuple[LimitInForce, ...]:
        """The limits as they held at a time."""
        off = {rule: until_ns for rule, until_ns in self.off_until if until_ns > t_ns}
        phase = self.session.phase.value
        return limits_in_force(self.templates, self.rules, self.conditions, phase, off)


class Frames:
    """Frames by time; asking is a binary search. `lenient` leaves events out that make no sense."""

    def __init__(self, events: Iterable[Stamped], *, lenient: bool = False) -> None:
        self._times: list[int] = []
        self._frames: list[Frame] = []
        frame = Frame()
        # A note's time is its first keystroke, so the order of entry is not quite the order of time.
        for stamped in sorted(events, key=lambda stamped: stamped.t_ns):
            try:
                frame = after(frame, stamped)
            except ValueError:
                if not lenient:
                    raise
            self._times.append(stamped.t_ns)
            self._frames.append(frame)

    def at(self, t_ns: int) -> Frame:
        """The frame in force at a time; an empty one before the first event."""
        place = bisect_right(self._times, t_ns)
        return self._frames[place - 1] if place else Frame()

    def each(self) -> tuple[tuple[int, Frame], ...]:
        """When each begins, and it; of those of one time the last."""
        return tuple(dict(zip(self._times, self._frames, strict=True)).items())

    def last(self) -> Frame:
        """The frame after everything."""
        return self._frames[-1] if self._frames else Frame()


def after(frame: Frame, stamped: Stamped) -> Frame:
    """The frame after one more event."""
    frame = replace(frame, session=fold(frame.session, stamped))
    match stamped.event:
        case AlarmChanged() as change:
            return _alarmed(frame, change, stamped.t_ns)
        case LimitsSet() as limits:
            return _limited(frame, limits)
        case RuleDisabled() | RuleEnabled() as switched:
            others = tuple(pair for pair in frame.off_until if pair[0] != switched.rule)
            off = ((switched.rule, switched.until_t_ns),) if isinstance(switched, RuleDisabled) else ()
            return replace(frame, off_until=(*others, *off))
        case BaselineSet() as found:
            baseline = Baseline(
                found.systolic, found.diastolic, found.mean, found.hr, found.spo2, found.readings
            )
            return replace(frame, baseline=BaselineStatus(baseline, found.by, stamped.t_ns))
        case CuffEvent() as cuff:
            measuring = frame.measuring - {cuff.device}
            if cuff.state == CuffState.MEASURING.value:
                measuring |= {cuff.device}
            return replace(frame, measuring=measuring)
        case event:
            return replace(frame, links=_links(frame.links, event))


def _limited(frame: Frame, limits: LimitsSet) -> Frame:
    """With another limit set, with all that its file says of its limits where it is there."""
    try:
        templates = parse(limits.toml, "the record").rules if limits.toml else ()
    except ConfigError:
        templates = ()
    known = {rule.id: rule for rule in templates}
    sources = limits.sources or ("",) * len(limits.rules)
    rules: list[Rule] = []
    for (rule, role, side, priority, limit, delay_s), source in zip(limits.rules, sources, strict=False):
        plain = Rule(rule, role, Side(side), Priority(priority), limit, delay_s)
        rules.append(replace(known.get(rule, plain), limit=limit, relative=None, source=source))
    needed = any(rule.relative is not None for rule in templates) and frame.baseline.baseline is None
    baseline = replace(frame.baseline, needed=needed)
    return replace(frame, rules=tuple(rules), templates=templates or tuple(rules), baseline=baseline)


def _alarmed(frame: Frame, change: AlarmChanged, t_ns: int) -> Frame:
    rules = {rule.id: rule for rule in frame.rules}
    before = next((each for each in frame.conditions if each.rule.id == change.condition), None)
    moved = alarmfold.after(before, change, t_ns, rules)
    moved = replace(moved, text=_label(frame.links, change.condition))
    others = (each for each in frame.conditions if each.rule.id != change.condition)
    conditions = (*others, moved)
    return replace(frame, conditions=conditions, alarms=on_screen(conditions))


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
