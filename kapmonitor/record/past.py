"""What the alarms of a record were made of, read so that they can be run once more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kapmonitor.alarms.offline import Span
from kapmonitor.alarms.stepper import SEEN
from kapmonitor.errors import RecordDamaged
from kapmonitor.record.items import NumericRow
from kapmonitor.record.reader import ALWAYS, RecordReader
from kapmonitor.session.doses import first_dose_ns
from kapmonitor.session.events import (
    AlarmChanged,
    DeviceAdded,
    DoseAmended,
    DoseGiven,
    InputLate,
    LimitsSet,
    SessionResumed,
    SessionStarted,
    Stamped,
)

MOST_NS: Final = 7 * 86_400_000_000_000
"""No session is longer; a damaged time must not let a rerun go on for years."""
SPAN_NS: Final = 60_000_000_000
UNSAVED_NS: Final = 2_000_000_000
KEPT: Final = (*SEEN, InputLate, SessionStarted, SessionResumed)

Tell = Callable[[float], None]
"""Told from 0 to 1 how far something has come; may raise to end it."""


@dataclass(frozen=True, slots=True)
class Past:
    """`events` are those that alarms look at and the last of all; `changes` what the alarms then did.

    `limits` are the sets that were in force, in order. `resumed_ns` is when the record was first taken up
    again, None if it never was; `has_numbers` whether it holds more than bytes.
    """

    started: SessionStarted
    start_ns: int
    end_ns: int
    dose_ns: int | None
    is_closed: bool
    resumed_ns: int | None
    has_numbers: bool
    events: tuple[Stamped, ...]
    changes: tuple[Stamped, ...]
    limits: tuple[LimitsSet, ...]
    labels: Mapping[str, str]

    @property
    def utc_minus_t_ns(self) -> int:
        """What makes a time of day of the session's clock."""
        return self.started.utc_ns - self.start_ns


def past_of(reader: RecordReader) -> Past:
    """RecordDamaged if there is no beginning, or if its times cannot be those of a session."""
    events: list[Stamped] = []
    changes: list[Stamped] = []
    others: list[Stamped] = []
    last: Stamped | None = None
    for row in reader.events():
        last = row.stamped
        if isinstance(last.event, KEPT):
            events.append(last)
        elif isinstance(last.event, AlarmChanged):
            changes.append(last)
        if isinstance(last.event, LimitsSet | DoseGiven | DoseAmended | DeviceAdded | SessionResumed):
            others.append(last)
    if last is None or not events or not isinstance(events[0].event, SessionStarted):
        raise RecordDamaged(str(reader.path), "its beginning cannot be read")
    start_ns = events[0].t_ns
    if last is not events[-1]:
        events.append(last)
    late = (each.event.seen_t_ns for each in events if isinstance(each.event, InputLate))
    end_ns = max(last.t_ns, *late, start_ns)
    if end_ns - start_ns > MOST_NS or any(each.t_ns > start_ns + MOST_NS for each in events):
        raise RecordDamaged(str(reader.path), "its times are not those of one session")
    return Past(
        started=events[0].event,
        start_ns=start_ns,
        end_ns=end_ns,
        dose_ns=first_dose_ns(others),
        is_closed=reader.is_closed(),
        resumed_ns=next((each.t_ns for each in others if isinstance(each.event, SessionResumed)), None),
        has_numbers=next(iter(reader.numerics()), None) is not None,
        events=tuple(events),
        changes=tuple(changes),
        limits=tuple(each.event for each in others if isinstance(each.event, LimitsSet)),
        labels={
            each.event.device: each.event.label for each in others if isinstance(each.event, DeviceAdded)
        },
    )


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a session without interruption: from its start, or from when it was taken up again.

    `before` are the events of the stretches before it.
    """

    start_ns: int
    end_ns: int
    is_closed: bool
    events: tuple[Stamped, ...]
    changes: tuple[Stamped, ...]
    before: tuple[Stamped, ...] = ()


def stretches_of(past: Past) -> Iterator[Stretch]:
    """A record that was never taken up again has one."""
    starts = [number for number, each in enumerate(past.events) if isinstance(each.event, SessionResumed)]
    ends = (*starts, len(past.events))
    for begin, end in zip((0, *starts), ends, strict=True):
        events = past.events[begin:end]
        start_ns = past.start_ns if begin == 0 else events[0].t_ns
        is_last = end == len(past.events)
        until_ns = ALWAYS[1] if is_last else past.events[end].t_ns
        changes = tuple(each for each in past.changes if start_ns <= each.t_ns < until_ns)
        last = max((*events, *changes), key=lambda each: each.t_ns)
        yield Stretch(
            start_ns=start_ns,
            end_ns=past.end_ns if is_last else last.t_ns,
            is_closed=past.is_closed and is_last,
            events=events if is_last else (*events, last),
            changes=changes,
            before=past.events[:begin],
        )


def unsaved_of(past: Past) -> Iterator[tuple[int, int]]:
    """The stretches of time of which not all may have been on disk when the program was killed."""
    stretches = tuple(stretches_of(past))
    for stretch, after in zip(stretches, (*stretches[1:], None), strict=True):
        if not stretch.is_closed:
            yield stretch.end_ns - UNSAVED_NS, ALWAYS[1] if after is None else after.start_ns


def spans_of(reader: RecordReader, past: Past | Stretch, tell: Tell) -> Iterator[Span]:
    """The record's readings, a minute at a time; of a stretch, those from its start on."""
    from_ns, until_ns = ALWAYS[0] if isinstance(past, Past) else past.start_ns, past.start_ns + SPAN_NS
    whole_ns = max(1, past.end_ns - past.start_ns)
    while from_ns <= past.end_ns:
        tell(min(1.0, max(0.0, (until_ns - SPAN_NS - past.start_ns) / whole_ns)))
        rows: list[NumericRow] = list(reader.numerics(from_ns, until_ns))
        yield until_ns, rows
        from_ns, until_ns = until_ns, until_ns + SPAN_NS
    tell(1.0)
