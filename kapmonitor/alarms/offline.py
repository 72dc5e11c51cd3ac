"""The alarms of a record once more: what was recorded goes in, every transition comes out; pure.

With the limits of the record the transitions are those that were recorded, bit for bit. With others they are
what would have happened: what people decided about limits that are not there is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable

from kapmonitor.alarms.limits import LimitSet
from kapmonitor.alarms.stepper import Item, Stepper, name_of
from kapmonitor.alarms.types import AlarmState, Transition
from kapmonitor.alarms.world import NumberRow
from kapmonitor.session.events import InputLate, SessionStarted, Stamped


def replayed(
    rows: Iterable[NumberRow],
    events: Iterable[Stamped],
    limits: LimitSet,
    state: AlarmState | None = None,
) -> tuple[Transition, ...]:
    """Every transition in order of time.

    `rows` are the record's readings, any order between channels; `events` are in the record's own order. The
    last step is the last event's: nothing is known of what the alarms did after it. `state` is where they
    stood at the start, for a session that went on after a restart.
    """
    stamped = tuple(events)
    if not stamped:
        return ()
    start_ns = next((s.t_ns for s in stamped if isinstance(s.event, SessionStarted)), stamped[0].t_ns)
    late = {
        (s.event.what, s.event.t_ns): s.event.seen_t_ns for s in stamped if isinstance(s.event, InputLate)
    }
    stepper = Stepper(limits, start_ns, state)
    items: tuple[Item, ...] = (*stamped, *rows)
    for item in items:
        stepper.take(item, late.get((name_of(item), item.t_ns), item.t_ns))
    # A late decision is seen just after its own time, and the end of a session is one.
    end_ns = max((stamped[-1].t_ns, *late.values()))
    return tuple(stepper.advance(end_ns))
