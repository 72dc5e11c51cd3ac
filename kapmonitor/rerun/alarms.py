"""The alarms of a record from its recorded numbers again, transition by transition."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kapmonitor.alarms.limits import LimitSet, parse
from kapmonitor.alarms.offline import replaying
from kapmonitor.alarms.stepper import changed_event
from kapmonitor.errors import ConfigError
from kapmonitor.record.past import Past, Tell, spans_of
from kapmonitor.record.reader import ALWAYS, RecordReader
from kapmonitor.rerun.compare import Comparison, Item, Outcome, Verdict
from kapmonitor.session.events import AlarmChanged, Stamped

WHAT: Final = "alarms"
UNSAVED_NS: Final = 2_000_000_000
"""So much of the end of an interrupted record may not have been on disk yet."""


def rerun_alarms(reader: RecordReader, past: Past, tell: Tell) -> Outcome:
    """Every transition must be the recorded one: time, states, cause, value, limit, priority."""
    limits = _limits(past)
    if isinstance(limits, Outcome):
        return limits
    first = _before_the_gap(past)
    comparison = Comparison(WHAT)
    for stamped in first.changes:
        comparison.then(_item(stamped))
    for move in replaying(spans_of(reader, first, tell), first.events, limits):
        comparison.now(_item(Stamped(move.t_ns, changed_event(move))))
    open_from_ns = None if first.is_closed else first.end_ns - UNSAVED_NS
    comparison.settle(ALWAYS[1], open_from_ns=open_from_ns)
    outcome = comparison.outcome()
    if past.resumed_ns is not None:
        outcome = replace(outcome, why="compared up to where the session was first interrupted")
    return outcome


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


def _before_the_gap(past: Past) -> Past:
    """The first stretch of a record that was taken up again: how the second one began is not kept."""
    if past.resumed_ns is None:
        return past
    resumed_ns = past.resumed_ns
    events = tuple(each for each in past.events if each.t_ns < resumed_ns)
    changes = tuple(each for each in past.changes if each.t_ns < resumed_ns)
    last = max((*events, *changes), key=lambda each: each.t_ns)
    return replace(past, events=(*events, last), changes=changes, end_ns=last.t_ns, is_closed=False)


def _item(stamped: Stamped) -> Item:
    event = stamped.event
    if not isinstance(event, AlarmChanged):
        return Item(stamped.t_ns, event.TYPE, "")
    value = "no value" if event.value is None else f"{event.value!r}"
    limit = "" if event.limit is None else f", limit {event.limit!r}"
    said = f"{event.before} to {event.after} ({event.cause}), {event.priority}, {value}{limit}"
    return Item(stamped.t_ns, event.condition, f"{said}, since {event.onset_t_ns}")
