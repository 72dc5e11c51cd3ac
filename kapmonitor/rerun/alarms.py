"""The alarms of a record from its recorded numbers again, transition by transition."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kapmonitor.alarms.limits import LimitSet, parse
from kapmonitor.alarms.offline import replaying
from kapmonitor.alarms.stepper import Stepper, changed_event
from kapmonitor.alarms.takeup import taken_up
from kapmonitor.errors import ConfigError
from kapmonitor.record.past import Past, Stretch, Tell, spans_of, stretches_of, unsaved_of
from kapmonitor.record.reader import ALWAYS, RecordReader
from kapmonitor.rerun.compare import Comparison, Item, Outcome, Verdict
from kapmonitor.session.events import AlarmChanged, Stamped

WHAT: Final = "alarms"
INTERRUPTED: Final = "the program was interrupted and the session taken up again, times: {}"


def rerun_alarms(reader: RecordReader, past: Past, tell: Tell) -> Outcome:
    """Every transition must be the recorded one: time, states, cause, value, limit, priority."""
    limits = _limits(past)
    if isinstance(limits, Outcome):
        return limits
    comparison = Comparison(WHAT)
    unsaved = tuple(unsaved_of(past))
    gaps = 0
    for stretch in stretches_of(past):
        gaps += bool(stretch.before)
        for stamped in stretch.changes:
            comparison.then(_item(stamped))
        going_on = _taken_up(reader, past, stretch, limits)
        for move in replaying(spans_of(reader, stretch, tell), stretch.events, limits, going_on):
            comparison.now(_item(Stamped(move.t_ns, changed_event(move))))
        comparison.settle(ALWAYS[1], unsaved)
    outcome = comparison.outcome()
    return replace(outcome, why=INTERRUPTED.format(gaps)) if gaps else outcome


def _taken_up(reader: RecordReader, past: Past, stretch: Stretch, limits: LimitSet) -> Stepper | None:
    """Where the alarms stood when the session was taken up again; None at its start."""
    if not stretch.before:
        return None
    earlier = [each for each in past.changes if each.t_ns < stretch.start_ns]
    rows = reader.numerics(ALWAYS[0], stretch.start_ns)
    return taken_up(limits, (*stretch.before, *earlier), rows, stretch.start_ns)


def _limits(past: Past) -> LimitSet | Outcome:
    """The limits of the record, or why there are none to go by."""
    if not past.limits:
        return Outcome(WHAT, Verdict.NOTHING, why="the record holds bytes only, no alarms")
    text = past.limits[0].toml
    if not text:
        why = "the record was made before limits were kept whole; kapmonitor rehearse can still be used on it"
        return Outcome(WHAT, Verdict.NOTHING, why=why)
    try:
        return parse(text, "the limits in the record")
    except ConfigError as error:
        return Outcome(WHAT, Verdict.NOT_DONE, why=f"this version does not accept its limits: {error}")


def _item(stamped: Stamped) -> Item:
    event = stamped.event
    if not isinstance(event, AlarmChanged):
        return Item(stamped.t_ns, event.TYPE, "")
    value = "no value" if event.value is None else f"{event.value!r}"
    limit = "" if event.limit is None else f", limit {event.limit!r}"
    said = f"{event.before} to {event.after} ({event.cause}), {event.priority}, {value}{limit}"
    return Item(stamped.t_ns, event.condition, f"{said}, since {event.onset_t_ns}")
