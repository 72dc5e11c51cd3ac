"""Scales that staff or the person rate: names, ranges, codes. Wording under licence is a clinic's to add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kapmonitor.protocol.due import NEVER, DueTimes, due_times
from kapmonitor.tables import Table, each_once

MOST_SCORE: Final = 1000
MOST_ITEMS: Final = 60


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale from `low` to `high`, both included.

    `items` are the codes of its questions, each scored from 0 to `item_high` and added up; none means
    that one number is given. `anchors` name some scores. `before` wants it once before the dose.
    """

    id: str
    name: str
    low: int
    high: int
    items: tuple[str, ...] = ()
    item_high: int = 0
    anchors: tuple[tuple[int, str], ...] = ()
    before: bool = False
    due: DueTimes = NEVER

    def holds(self, score: int) -> bool:
        """Whether this is a score of the scale."""
        return self.low <= score <= self.high


def scales(tables: Sequence[Table]) -> tuple[Scale, ...]:
    """The scales of the [[scale]] tables."""
    each_once(tables, "id")
    return tuple(_scale(table) for table in tables)


def _scale(table: Table) -> Scale:
    table.only("id", "name", "low", "high", "items", "item_high", "anchors", "before", "at_min", "every_min")
    so_far = len(table.mistakes)
    low = table.needed_whole("low", -MOST_SCORE, MOST_SCORE)
    high = table.needed_whole("high", -MOST_SCORE, MOST_SCORE)
    if len(table.mistakes) == so_far and high <= low:
        table.wrong("high", f"more than low, {low}")
    sure = len(table.mistakes) == so_far
    items, item_high = _items(table)
    if sure and item_high and (low, high) != (0, item_high * len(items)):
        table.wrong("item_high", f"so much that {len(items)} items from 0 add up to the range of the scale")
    return Scale(
        id=table.id(),
        name=table.needed_text("name"),
        low=low,
        high=high,
        items=items,
        item_high=item_high,
        anchors=_anchors(table, low, high) if sure else (),
        before=table.flag("before", default=False),
        due=due_times(table),
    )


def _items(table: Table) -> tuple[tuple[str, ...], int]:
    value = table.values.get("items")
    if value is None:
        if "item_high" in table.values:
            table.wrong("item_high", "only together with items")
        return (), 0
    good = isinstance(value, list) and 0 < len(value) <= MOST_ITEMS
    if not good or not isinstance(value, list) or not all(_is_code(item) for item in value):
        table.wrong("items", f"a list of up to {MOST_ITEMS} codes: numbers, or short texts in quotes")
        return (), 0
    return tuple(str(item) for item in value), table.needed_whole("item_high", 1, MOST_SCORE)


def _is_code(item: object) -> bool:
    if isinstance(item, str):
        return 0 < len(item) <= 20 and item.isprintable()
    return isinstance(item, int) and not isinstance(item, bool) and 0 <= item < MOST_SCORE


def _anchors(table: Table, low: int, high: int) -> tuple[tuple[int, str], ...]:
    inner = table.table("anchors")
    if inner is None:
        return ()
    scores = {str(score): score for score in range(low, high + 1)}
    for key in inner.values:
        if key not in scores:
            inner.wrong(key, f"a score from {low} to {high} as the name")
    return tuple((scores[key], inner.needed_text(key)) for key in inner.values if key in scores)
