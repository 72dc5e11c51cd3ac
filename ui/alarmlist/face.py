"""What the alarm list says at a given time; pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kapmonitor.session.state import AlarmSpan, SessionState
from kapmonitor.snapshot import Priority
from ui import alarm_spans
from ui import format as fmt
from ui.alarmlist import wording


class Kind(StrEnum):
    """Which alarms are listed."""

    ALL = wording.ALL
    PERSON = wording.PERSON
    EQUIPMENT = wording.EQUIPMENT
    STILL = wording.STILL


PRIORITIES: Final = (None, Priority.HIGH, Priority.MEDIUM, Priority.LOW)
KINDS: Final = tuple(Kind)


@dataclass(frozen=True, slots=True)
class Filter:
    """`priority` None is any."""

    kind: Kind = Kind.ALL
    priority: Priority | None = None

    def next_kind(self, step: int) -> Filter:
        """The one beside it; the ends do not meet."""
        place = min(max(KINDS.index(self.kind) + step, 0), len(KINDS) - 1)
        return Filter(KINDS[place], self.priority)

    def next_priority(self) -> Filter:
        """The next one, from the last to the first."""
        return Filter(self.kind, PRIORITIES[(PRIORITIES.index(self.priority) + 1) % len(PRIORITIES)])


@dataclass(frozen=True, slots=True)
class Row:
    """One alarm; `quiet` once it is over, `unseen` if somebody should have acknowledged it."""

    t_ns: int
    priority: Priority
    time: str
    text: str
    length: str
    seen: str
    quiet: bool
    unseen: bool


Clock = Callable[[int], str]
"""Session time to the time on the wall, with seconds."""


def listed(state: SessionState, wanted: Filter) -> tuple[AlarmSpan, ...]:
    """The session's alarms that pass, newest first."""
    found = (span for span in state.alarms if _passes(span, state, wanted))
    return tuple(sorted(found, key=lambda span: -span.t0_ns))


def _passes(span: AlarmSpan, state: SessionState, wanted: Filter) -> bool:
    if wanted.priority is not None and alarm_spans.priority(span) is not wanted.priority:
        return False
    match wanted.kind:
        case Kind.ALL:
            return True
        case Kind.STILL:
            return span.t1_ns is None
        case Kind.PERSON | Kind.EQUIPMENT:
            return alarm_spans.is_equipment(span, state) is (wanted.kind is Kind.EQUIPMENT)


def row(span: AlarmSpan, state: SessionState, clock: Clock, now_ns: int) -> Row:
    """One line of the list."""
    dose_ns = state.dose_t_ns
    at_ns = span.acknowledged_t_ns
    who, grave = span.acknowledged_by or wording.NOBODY, alarm_spans.priority(span)
    seen, lasted = wording.NOT_SEEN, _length(span, now_ns)
    if at_ns is not None:
        seen = wording.SEEN.format(who=who, length=fmt.duration(at_ns - span.t0_ns))
    return Row(
        t_ns=span.t0_ns,
        priority=grave,
        time=clock(span.t0_ns) if dose_ns is None else fmt.offset(span.t0_ns, dose_ns),
        text=alarm_spans.words(span, state),
        length=wording.STILL_FOR.format(length=lasted) if span.t1_ns is None else lasted,
        seen=seen,
        quiet=span.t1_ns is not None,
        unseen=at_ns is None and (span.t1_ns is None or grave is not Priority.LOW),
    )


def _length(span: AlarmSpan, now_ns: int) -> str:
    return fmt.duration((now_ns if span.t1_ns is None else span.t1_ns) - span.t0_ns)


def details(span: AlarmSpan, state: SessionState, clock: Clock, now_ns: int) -> tuple[str, str]:
    """All that is known of one alarm."""
    length = wording.LASTED.format(length=_length(span, now_ns))
    start = clock(span.t0_ns)
    when = wording.SINCE.format(start=start, length=_length(span, now_ns))
    if span.t1_ns is not None:
        when = wording.FROM_TO.format(start=start, end=clock(span.t1_ns), length=length)
    seen = wording.NOT_SEEN
    if span.acknowledged_t_ns is not None:
        who = span.acknowledged_by or wording.NOBODY
        seen = wording.SEEN_AT.format(who=who, at=clock(span.acknowledged_t_ns))
    return alarm_spans.words(span, state), f"{when} · {seen}"
