"""A TOML text read key by key. Every mistake is kept, with its key, what stands there and what is allowed.

Reading goes on after a mistake with something harmless, so that a person sees all mistakes of a file at once;
whoever reads uses nothing of it while `mistakes` holds any. Entries of lists are counted from 1.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise
from typing import Final, TypeGuard

from kapmonitor.errors import ConfigError

BIGGEST: Final = 1e6
LONGEST_TEXT: Final = 500
MOST_ENTRIES: Final = 200
"""Of anything: more is a slip or an attack, and the screen has no room for it."""
SHOWN: Final = 60
THE_FILE: Final = "the file"
BARE: Final = re.compile(r"[A-Za-z0-9_-]{1,60}")
ONE_LINE: Final = re.compile(f"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{{0,{LONGEST_TEXT}}}")
ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class Table:
    """One table with its place in the file; `mistakes` is shared by all tables of a file."""

    values: Mapping[str, object]
    where: str
    path: str
    mistakes: list[ConfigError]

    def key(self, key: str) -> str:
        """The key's full name."""
        word = key if BARE.fullmatch(key) else shown(key)
        return f"{self.where}.{word}" if self.where else word

    def wrong(self, key: str, allowed: str) -> None:
        """Keep a mistake at a key."""
        found = shown(self.values[key]) if key in self.values else ""
        self.mistakes.append(ConfigError(self.path, self.key(key), allowed, found))

    def missing(self, key: str, allowed: str) -> None:
        """Keep the mistake that a key is not there."""
        self.mistakes.append(ConfigError(self.path, self.key(key), f"must be given: {allowed}"))

    def only(self, *known: str) -> None:
        """Nothing but these keys."""
        for key in self.values:
            if key not in known:
                nearest = get_close_matches(key, known, n=1)
                hint = f"did you mean {nearest[0]}? " if nearest else ""
                self.wrong(key, f"not known; {hint}allowed are {', '.join(sorted(known))}")

    def text(self, key: str, default: str = "") -> str:
        """A text, in one line and of bounded length."""
        value = self.values.get(key, default)
        if isinstance(value, str) and ONE_LINE.fullmatch(value):
            return value
        self.wrong(key, f"a text in quotes, one line of at most {LONGEST_TEXT} characters")
        return default

    def texts(self, key: str, most: int) -> tuple[str, ...]:
        """A list of texts that say something, at most so many; empty if it is not there."""
        value = self.values.get(key, [])
        if isinstance(value, list) and len(value) <= most:
            found = [
                item for item in value if isinstance(item, str) and ONE_LINE.fullmatch(item) and item.strip()
            ]
            if len(found) == len(value):
                return tuple(found)
        self.wrong(key, f"a list of at most {most} texts in quotes, one line each")
        return ()

    def needed_text(self, key: str) -> str:
        """A text that is there and says something."""
        value = self.values.get(key, "")
        if isinstance(value, str) and not value.strip():
            self.missing(key, "a text in quotes")
            return ""
        return self.text(key)

    def id(self, key: str = "id") -> str:
        """A name for the machine."""
        value = self.values.get(key)
        if isinstance(value, str) and ID.fullmatch(value):
            return value
        allowed = "a name of its own in quotes: small letters, digits and -, at most 40"
        self.wrong(key, allowed) if key in self.values else self.missing(key, allowed)
        return ""

    def number(self, key: str, low: float, high: float) -> float | None:
        """A number within bounds; None if the key is not there."""
        value = self.values.get(key)
        if value is None:
            return None
        if is_number(value) and low <= value <= high:
            return float(value)
        self.wrong(key, bounds(low, high))
        return None

    def needed_number(self, key: str, low: float, high: float) -> float:
        """A number that must be there."""
        if key not in self.values:
            self.missing(key, bounds(low, high))
        value = self.number(key, low, high)
        return low if value is None else value

    def whole(self, key: str, low: int, high: int) -> int | None:
        """A number without a fraction; None if the key is not there."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.wrong(key, f"a whole number from {low} to {high}")
        return None

    def needed_whole(self, key: str, low: int, high: int) -> int:
        """A number without a fraction that must be there."""
        if key not in self.values:
            self.missing(key, f"a whole number from {low} to {high}")
        value = self.whole(key, low, high)
        return low if value is None else value

    def flag(self, key: str, *, default: bool) -> bool:
        """Yes or no."""
        value = self.values.get(key, default)
        if isinstance(value, bool):
            return value
        self.wrong(key, "true or false")
        return default

    def choice(self, key: str, allowed: Iterable[str], default: str = "") -> str:
        """One of some words; it must be there where there is no default."""
        words = tuple(allowed)
        value = self.values.get(key, default)
        if isinstance(value, str) and value in words:
            return value
        self.one_of(key, words)
        return default or words[0]

    def one_of(self, key: str, words: tuple[str, ...]) -> None:
        """Keep the mistake that a key is none of these words."""
        value = self.values.get(key)
        if value is None:
            self.missing(key, f"one of {', '.join(words)}")
            return
        nearest = get_close_matches(value, words, n=1) if isinstance(value, str) else []
        hint = f"did you mean {nearest[0]}? " if nearest else ""
        self.wrong(key, f"{hint}one of {', '.join(words)}")

    def words(self, key: str, allowed: Iterable[str]) -> tuple[str, ...]:
        """A list of words, each once, in the order of `allowed`; empty if it is not there."""
        words = tuple(allowed)
        value = self.values.get(key, [])
        if isinstance(value, list) and all(isinstance(item, str) and item in words for item in value):
            return tuple(word for word in words if word in value)
        self.wrong(key, f"a list of {', '.join(words)}")
        return ()

    def rising(self, key: str, low: float, high: float, apart: float) -> tuple[float, ...]:
        """A list of numbers, each so much above the one before; empty if it is not there."""
        value = self.values.get(key, [])
        allowed = f"a list of numbers from {low:g} to {high:g}, each {apart:g} or more above the one before"
        if not isinstance(value, list) or len(value) > MOST_ENTRIES:
            self.wrong(key, allowed)
            return ()
        numbers = tuple(float(item) for item in value if is_number(item) and low <= item <= high)
        steps = (b - a for a, b in pairwise(numbers))
        if len(numbers) < len(value) or any(step < apart for step in steps):
            self.wrong(key, allowed)
            return ()
        return numbers

    def table(self, key: str) -> Table | None:
        """A table within; None if it is not there."""
        value = self.values.get(key)
        if value is None or isinstance(value, dict):
            return None if value is None else Table(value, self.key(key), self.path, self.mistakes)
        self.wrong(key, f"a table: [{self.key(key)}], or keys in braces")
        return None

    def tables(self, key: str, most: int = MOST_ENTRIES) -> tuple[Table, ...]:
        """The tables of a list; empty if it is not there."""
        value = self.values.get(key, [])
        good = isinstance(value, list) and len(value) <= most
        if not good or not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.wrong(key, f"[[{key}]] tables, at most {most}")
            return ()
        places = (f"{self.key(key)}[{number}]" for number in range(1, len(value) + 1))
        return tuple(
            Table(item, place, self.path, self.mistakes) for item, place in zip(value, places, strict=True)
        )


def top(text: str, path: str) -> Table:
    """The whole file; empty, with the mistake kept, where it is not TOML."""
    try:
        return Table(tomllib.loads(text), "", path, [])
    except (ValueError, RecursionError) as error:
        said = " ".join(str(error).split())[:LONGEST_TEXT]
        return Table({}, "", path, [ConfigError(path, THE_FILE, f"not readable as TOML: {said}")])


def each_once(tables: Iterable[Table], key: str) -> None:
    """No two of the tables have the same value at a key."""
    taken: dict[object, str] = {}
    for table in tables:
        value = table.values.get(key)
        if not isinstance(value, str | int):
            continue
        if value in taken:
            table.wrong(key, f"another one than that of {taken[value]}")
        else:
            taken[value] = table.where


def is_number(value: object) -> TypeGuard[float]:
    """Whether it is a number that means something; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < BIGGEST


def bounds(low: float, high: float) -> str:
    """What may stand there, in words."""
    return f"a number from {low:g} to {high:g}" if high < BIGGEST else f"a number, {low:g} or more"


def shown(value: object) -> str:
    """What stands there, short enough for a line."""
    try:
        said = str(value).lower() if isinstance(value, bool) else repr(value)
    except (ValueError, RecursionError):
        return "something that cannot be shown"  # Python prints no whole number of thousands of digits
    return said if len(said) <= SHOWN else f"{said[: SHOWN - 4]} ..."
