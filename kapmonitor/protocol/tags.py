"""The one-key notes on the keys 1 to 9."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kapmonitor.tables import Table, each_once

COLOURS: Final = ("notes", "text", "secondary", "music", "hr", "spo2", "nibp", "good")
"""Names of the screen's palette. Those of alarms are not among them: a note must not look like one."""
LONGEST_SHORT: Final = 12
"""What fits a tag key and a mark on the trends."""


@dataclass(frozen=True, slots=True)
class Tag:
    """What one key notes. `short` stands on the key and in the trends.

    `interval`: with Shift the key begins something that lasts, and ends it. `escalation`: not a tick but
    something that somebody must be told of.
    """

    key: int
    label: str
    short: str
    colour: str = COLOURS[0]
    interval: bool = False
    escalation: bool = False


def tags(tables: Sequence[Table]) -> tuple[Tag, ...]:
    """The tags of the [[tag]] tables, in the order of their keys."""
    each_once(tables, "key")
    each_once(tables, "short")
    return tuple(sorted((_tag(table) for table in tables), key=lambda tag: tag.key))


def _tag(table: Table) -> Tag:
    table.only("key", "label", "short", "colour", "interval", "escalation")
    label = table.needed_text("label")
    short = table.text("short") or label
    if len(short) > LONGEST_SHORT:
        at = "short" if "short" in table.values else "label"
        table.wrong(at, f"at most {LONGEST_SHORT} letters; a longer label needs a short beside it")
    return Tag(
        key=table.needed_whole("key", 1, 9),
        label=label,
        short=short,
        colour=table.choice("colour", COLOURS, COLOURS[0]),
        interval=table.flag("interval", default=False),
        escalation=table.flag("escalation", default=False),
    )
