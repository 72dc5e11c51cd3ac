"""Two courses of the same things, then and now: what is the same, and the first of what is not. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

FIRST: Final = 5
"""Differences that are told; the rest are counted."""


class Verdict(StrEnum):
    """How a comparison came out."""

    IDENTICAL = "identical"
    DIFFERS = "differs"
    NOTHING = "nothing-to-compare"
    """There is nothing then, or nothing to make it again from; that is how the record is."""
    NOT_DONE = "not-done"
    """It could not be made again, though there is something to compare with."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing at its time: what it is called, and what it says, in words."""

    t_ns: int
    name: str
    said: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What was recorded and what came now under one name at one time; None for nothing."""

    t_ns: int
    name: str
    then: str | None
    now: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One comparison. `moved` are the same at another time within the tolerance, `most_moved_ns` at most.

    `why` says in words what there is to say about a verdict that is neither identical nor different.
    """

    what: str
    verdict: Verdict
    same: int = 0
    moved: int = 0
    most_moved_ns: int = 0
    differing: int = 0
    first: tuple[Difference, ...] = ()
    why: str = ""


class Comparison:
    """Takes both sides in roughly the order of time, holds what has no counterpart yet."""

    def __init__(self, what: str, tolerance_ns: int = 0) -> None:
        self._what = what
        self._tolerance_ns = tolerance_ns
        self._then: Counter[Item] = Counter()
        self._now: Counter[Item] = Counter()
        self._same = self._moved = self._most_moved_ns = 0
        self._differing = 0
        self._first: list[Difference] = []

    def then(self, item: Item) -> None:
        """This was recorded."""
        self._put(item, self._then, self._now)

    def now(self, item: Item) -> None:
        """This came now."""
        self._put(item, self._now, self._then)

    def _put(self, item: Item, mine: Counter[Item], others: Counter[Item]) -> None:
        if others[item] > 0:
            self._same += 1
            others[item] -= 1
        else:
            mine[item] += 1
        if not others[item]:
            del others[item]

    def settle(self, until_ns: int, unsaved: Sequence[tuple[int, int]] = ()) -> None:
        """What is before this and has no counterpart will get none.

        Where time is `unsaved`, something of now alone is no difference: it was not on disk yet.
        """
        then, now = self._taken(self._then, until_ns), self._taken(self._now, until_ns)
        now = [item for item in now if not any(from_ns <= item.t_ns < to_ns for from_ns, to_ns in unsaved)]
        then = self._pair(then, now)
        by_place = {(item.t_ns, item.name): item for item in now}
        for item in then:
            other = by_place.pop((item.t_ns, item.name), None)
            if other is not None:
                now.remove(other)
            self._differ(Difference(item.t_ns, item.name, item.said, other.said if other else None))
        for item in now:
            self._differ(Difference(item.t_ns, item.name, None, item.said))

    def _taken(self, side: Counter[Item], until_ns: int) -> list[Item]:
        out = [item for item in side if item.t_ns < until_ns]
        found = sorted((item for item in out for _ in range(side[item])), key=lambda item: item.t_ns)
        for item in out:
            del side[item]
        return found

    def _pair(self, then: list[Item], now: list[Item]) -> list[Item]:
        """Those of then that came at no near time either; their like of now are taken out of it."""
        left: list[Item] = []
        for item in then:
            near = (
                other
                for other in now
                if (other.name, other.said) == (item.name, item.said)
                and abs(other.t_ns - item.t_ns) <= self._tolerance_ns
            )
            other = next(near, None) if self._tolerance_ns else None
            if other is None:
                left.append(item)
                continue
            now.remove(other)
            self._moved += 1
            self._most_moved_ns = max(self._most_moved_ns, abs(other.t_ns - item.t_ns))
        return left

    def _differ(self, difference: Difference) -> None:
        self._differing += 1
        self._first = sorted((*self._first, difference), key=lambda each: each.t_ns)[:FIRST]

    def outcome(self) -> Outcome:
        """How it came out; everything must have been settled."""
        verdict = Verdict.DIFFERS if self._differing else Verdict.IDENTICAL
        return Outcome(
            what=self._what,
            verdict=verdict,
            same=self._same,
            moved=self._moved,
            most_moved_ns=self._most_moved_ns,
            differing=self._differing,
            first=tuple(self._first),
        )
