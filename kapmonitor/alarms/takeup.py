"""Where the alarms of a session stand when it is taken up again after the program was killed; pure.

All of it is made of what is on record: a rerun of the record makes the same of it, and goes on the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Final, TypeVar

from kapmonitor.alarms.fold import after
from kapmonitor.alarms.limits import LimitSet
from kapmonitor.alarms.stepper import Item, Stepper
from kapmonitor.alarms.types import AlarmState, Condition
from kapmonitor.alarms.world import NumberRow
from kapmonitor.session.events import AlarmChanged, ChannelDescribed, Stamped
from kapmonitor.vitals import NIBP_REFS

Row = TypeVar("Row", bound=NumberRow)
HOLD_NS: Final = 30_000_000_000
"""So long after a restart a condition waits for its signal before that counts as lost."""


def taken_up(
    limits: LimitSet, events: Iterable[Stamped], rows: Iterable[NumberRow], resumed_ns: int
) -> Stepper:
    """The alarms to go on with, from all events until then, in the record's order, and all readings."""
    past = list(events)
    items: list[Item] = [*past, *worth_recalling(past, rows)]
    stepper = Stepper(limits, resumed_ns)
    known: dict[str, Condition] = {}
    for t_ns, group in groupby(sorted(items, key=_order), key=attrgetter("t_ns")):
        together = tuple(group)
        for stamped in together:
            if isinstance(stamped, Stamped) and isinstance(stamped.event, AlarmChanged):
                change = stamped.event
                known[change.condition] = after(known.get(change.condition), change, t_ns, stepper.rules)
                stepper.state = AlarmState(tuple(known.values()))
        stepper.recall(together, t_ns)
    stepper.world.doubt_sensors(resumed_ns)
    stepper.state = AlarmState(tuple(known.values()), resumed_ns + HOLD_NS)
    return stepper


def worth_recalling(events: Iterable[Stamped], rows: Iterable[Row]) -> Iterator[Row]:
    """The readings that still say something: all of cuffs, and each channel's newest and newest valid one."""
    described = (each.event for each in events if isinstance(each.event, ChannelDescribed))
    cuffs = {channel.channel for channel in described if channel.ref in NIBP_REFS}
    newest: dict[int, Row] = {}
    valid: dict[int, Row] = {}
    for row in rows:
        if row.channel in cuffs:
            yield row
            continue
        newest[row.channel] = row
        if row.value is not None and not row.stored:
            valid[row.channel] = row
    for channel, row in newest.items():
        # The newest comes last: what is worth recalling of these alone is then the same again.
        if valid.get(channel, row) is not row:
            yield valid[channel]
        yield row


def _order(item: Item) -> tuple[int, int]:
    """By time; where that is the same, events come first, as in a step."""
    return item.t_ns, 0 if isinstance(item, Stamped) else item.channel
