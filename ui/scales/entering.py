"""A score by its digits: what each key does to it. Pure.

A digit that can only mean one score is the score; one that could go on waits for another, or for Enter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from kapmonitor.protocol.scales import Scale
from ui.scales import wording

MINUS: Final = "-"


@dataclass(frozen=True, slots=True)
class Scored:
    """A whole score; `t_ns` is its first key, `due_t_ns` the time it counts for."""

    scale: Scale
    score: int
    items: tuple[int, ...]
    t_ns: int
    due_t_ns: int
    replaces_t_ns: int = 0


@dataclass(frozen=True, slots=True)
class Entering:
    """`items` are the answers so far, `typed` the digits of the one that is being given.

    `last` is what was scored last, `corrects` what the present entry replaces.
    """

    scale: Scale | None = None
    items: tuple[int, ...] = ()
    typed: str = ""
    t_ns: int | None = None
    last: Scored | None = None
    corrects: Scored | None = None
    trouble: str = ""

    @property
    def begun(self) -> bool:
        """Whether leaving loses something."""
        return bool(self.typed or self.items)

    @property
    def options(self) -> range:
        """What may be typed now."""
        if self.scale is None:
            return range(0)
        return (
            range(self.scale.item_high + 1)
            if self.scale.items
            else range(self.scale.low, self.scale.high + 1)
        )

    @property
    def sum(self) -> int:
        """Of the answers so far."""
        return sum(self.items)


Done = tuple[Entering, Scored | None]


def choose(now: Entering, scale: Scale | None) -> Entering:
    """Another scale; what was begun of the one before is dropped."""
    return Entering(scale, last=now.last)


def digit(now: Entering, sign: str, t_ns: int, due_t_ns: int) -> Done:
    """A digit or a minus; the score if it is whole. `due_t_ns` is what a score begun now counts for."""
    if now.scale is None:
        return now, None
    typed = now.typed + sign
    could = [text for text in map(str, now.options) if text.startswith(typed)]
    if not could:
        low, high = now.options[0], now.options[-1]
        return replace(now, trouble=wording.RANGE.format(low=low, high=high)), None
    now = replace(now, typed=typed, t_ns=t_ns if now.t_ns is None else now.t_ns, trouble="")
    return _answered(now, due_t_ns) if could == [typed] else (now, None)


def enter(now: Entering, due_t_ns: int) -> Done:
    """What is typed is all of it."""
    if now.scale is None or now.typed not in map(str, now.options):
        return now, None
    return _answered(now, due_t_ns)


def back(now: Entering) -> Entering:
    """One digit back, one answer back, or back to what was scored last, to score it again."""
    now = replace(now, trouble="")
    if now.typed:
        return replace(now, typed=now.typed[:-1], t_ns=now.t_ns if now.items else None)
    if now.items:
        return replace(now, items=now.items[:-1], t_ns=now.t_ns if now.items[1:] else None)
    if now.last is None or now.corrects is not None:
        return now
    return Entering(now.last.scale, items=now.last.items[:-1], last=now.last, corrects=now.last)


def _answered(now: Entering, due_t_ns: int) -> Done:
    scale, answer = now.scale, int(now.typed)
    if scale is None or now.t_ns is None:
        return now, None
    if len(now.items) + 1 < len(scale.items):
        return replace(now, items=(*now.items, answer), typed=""), None
    items = (*now.items, answer) if scale.items else ()
    wrong = now.corrects
    due_t_ns = wrong.due_t_ns if wrong is not None else due_t_ns
    replaces = wrong.t_ns if wrong is not None else 0
    scored = Scored(scale, sum(items) if scale.items else answer, items, now.t_ns, due_t_ns, replaces)
    return Entering(scale, last=scored), scored
