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
from kapmonitor.session.events import (
    AlarmChanged,
    DeviceAdded,
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
KEPT: Final = (*SEEN, InputLate, SessionStarted)

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
        if isinstance(last.event, LimitsSet | DoseGiven | DeviceAdded | SessionResumed):
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
        dose_ns=min((each.t_ns for each in others if isinstance(each.event, DoseGiven)), default=None),
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


def spans_of(reader: RecordReader, past: Past, tell: Tell) -> Iterator[Span]:
    """The record's readings, a minute at a time."""
    from_ns, until_ns = ALWAYS[0], past.start_ns + SPAN_NS
    whole_ns = max(1, past.end_ns - past.start_ns)
    while from_ns <= past.end_ns:
        tell(min(1.0, max(0.0, (until_ns - SPAN_NS - past.start_ns) / whole_ns)))
        rows: list[NumericRow] = list(reader.numerics(from_ns, until_ns))
        yield until_ns, rows
        from_ns, until_ns = until_ns, until_ns + SPAN_NS
    tell(1.0)
