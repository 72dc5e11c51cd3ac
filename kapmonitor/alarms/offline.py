"""The alarms of a record once more: what was recorded goes in, every transition comes out; pure.

With the limits of the record the transitions are those that were recorded, bit for bit. With others they are
what would have happened: what people decided about limits that are not there is passed over.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from kapmonitor.alarms.limits import LimitSet
from kapmonitor.alarms.stepper import Stepper, name_of
from kapmonitor.alarms.types import Transition
from kapmonitor.alarms.world import NumberRow
from kapmonitor.session.events import InputLate, SessionStarted, Stamped

Span = tuple[int, Iterable[NumberRow]]
"""A time, and the readings stamped before it and not before the time of the span that came before."""


def replayed(
    rows: Iterable[NumberRow],
    events: Iterable[Stamped],
    limits: LimitSet,
) -> tuple[Transition, ...]:
    """Every transition in order of time.

    `rows` are the record's readings, any order between channels; `events` are in the record's own order. The
    last step is the last event's: nothing is known of what the alarms did after it.
    """
    return tuple(replaying([(2**63, rows)], events, limits))


def replaying(
    spans: Iterable[Span],
    events: Iterable[Stamped],
    limits: LimitSet,
    taken_up: Stepper | None = None,
) -> Iterator[Transition]:
    """The same with the readings span by span, so that never all of them are held at once.

    `taken_up` is where the alarms stood at the start, for a session that went on after a restart.
    """
    stamped = tuple(events)
    if not stamped:
        return
    start_ns = next((s.t_ns for s in stamped if isinstance(s.event, SessionStarted)), stamped[0].t_ns)
    late = {
        (s.event.what, s.event.t_ns): s.event.seen_t_ns for s in stamped if isinstance(s.event, InputLate)
    }
    stepper = taken_up or Stepper(limits, start_ns)
    seen = _seen(stamped)
    due = ((seen.get(place, each.t_ns), each) for place, each in enumerate(stamped))
    waiting = deque(sorted(due, key=lambda one: one[0]))
    # A late decision is seen just after its own time, and the end of a session is one.
    end_ns = max((stamped[-1].t_ns, *late.values()))
    for until_ns, rows in spans:
        while waiting and waiting[0][0] < until_ns:
            seen_t_ns, each = waiting.popleft()
            stepper.take(each, seen_t_ns)
        for row in rows:
            stepper.take(row, late.get((name_of(row), row.t_ns), row.t_ns))
        yield from stepper.advance(min(until_ns - 1, end_ns))
    for seen_t_ns, each in waiting:
        stepper.take(each, seen_t_ns)
    yield from stepper.advance(end_ns)


def _seen(stamped: tuple[Stamped, ...]) -> dict[int, int]:
    """From when on the alarms saw those events that came late, by their places.

    Events of one type may share a time, and not all of them be late: the one that was stands before the entry
    that says so. Only the end of a session stands behind it.
    """
    newest: dict[tuple[str, int], int] = {}
    ahead: dict[tuple[str, int], int] = {}
    seen: dict[int, int] = {}
    for place, each in enumerate(stamped):
        if isinstance(each.event, InputLate):
            late = (each.event.what, each.event.t_ns)
            if late in newest:
                seen[newest.pop(late)] = each.event.seen_t_ns
            else:
                ahead[late] = each.event.seen_t_ns
            continue
        own = (name_of(each), each.t_ns)
        newest[own] = place
        if own in ahead:
            seen[place] = ahead.pop(own)
    return seen
