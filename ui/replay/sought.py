"""Which moments of a record somebody looks for: words, kinds, tags, authors, priorities. Pure."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from kapmonitor.snapshot import Priority
from ui.replay.listed import Line

LETTERS: Final = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"}
)
"""Letters that no accent was put on, and that people type without theirs."""


class Group(StrEnum):
    """By what moments can be chosen."""

    KIND = "kind"
    TAG = "tag"
    AUTHOR = "author"
    PRIORITY = "priority"


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose by, and how many moments have it."""

    group: Group
    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: all the words, and of each group that anything is chosen of one of those."""

    words: str = ""
    chosen: frozenset[tuple[Group, str]] = field(default_factory=frozenset)

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.words.split() or self.chosen)

    def toggled(self, group: Group, value: str) -> Wanted:
        """With this chosen as well, or no longer."""
        return replace(self, chosen=self.chosen ^ {(group, value)})


@dataclass(frozen=True, slots=True)
class Hit:
    """A moment that was found; `earlier` is the wording that the words are in, where it has another now."""

    line: Line
    earlier: str = ""


def plain(text: str) -> str:
    """The text as it is compared: in small letters, without accents, with every script's vowel signs."""
    parts = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(char for char in parts if not _is_accent(char))
    return unicodedata.normalize("NFC", kept).translate(LETTERS)


def _is_accent(char: str) -> bool:
    """Latin, Greek and Cyrillic accents, Hebrew and Arabic points; kana and Indic signs change the letter."""
    place = unicodedata.combining(char)
    return place == 1 or 10 <= place <= 36 or place >= 200


def sift(lines: Iterable[Line], wanted: Wanted) -> tuple[Hit, ...]:
    """The moments that are wanted, in their order."""
    words = plain(wanted.words).split()
    chosen = {group: {value for of, value in wanted.chosen if of is group} for group in Group}
    found = (_hit(line, words) for line in lines if _passes(line, chosen))
    return tuple(hit for hit in found if hit is not None)


def _passes(line: Line, chosen: dict[Group, set[str]]) -> bool:
    has = dict(_values(line))
    return all(not values or has.get(group) in values for group, values in chosen.items())


def _values(line: Line) -> Iterator[tuple[Group, str]]:
    yield Group.KIND, line.kind
    if line.tag:
        yield Group.TAG, line.tag
    if line.by:
        yield Group.AUTHOR, line.by
    if line.priority is not None:
        yield Group.PRIORITY, line.priority.value


def _hit(line: Line, words: list[str]) -> Hit | None:
    """As it reads now where that has all the words, else an earlier wording, the newest first."""
    if _has(f"{line.text} {line.tag}", words):
        return Hit(line)
    return next((Hit(line, text) for text in reversed(line.earlier) if _has(text, words)), None)


def _has(text: str, words: list[str]) -> bool:
    there = plain(text)
    return all(word in there for word in words)


def choices(lines: Iterable[Line]) -> dict[Group, tuple[Choice, ...]]:
    """What there is to choose by in a record: kinds as they come first, the others by name, gravest first."""
    counts = Counter(pair for line in lines for pair in _values(line))
    ranks = {priority.value: -priority.rank for priority in Priority}
    found: dict[Group, tuple[Choice, ...]] = {}
    for group in Group:
        own = [Choice(group, value, count) for (of, value), count in counts.items() if of is group]
        if group is not Group.KIND:
            own.sort(key=lambda choice: (ranks.get(choice.value, 0), plain(choice.value)))
        found[group] = tuple(own)
    return found
