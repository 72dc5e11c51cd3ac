"""What is asked: a title, a few lines, and the choices. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ui import format as fmt

AGO: Final = "{ago}"
"""In a line, stands for how long ago `since_s` is; it goes on counting while the question stands."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: its id for the one who asks, the letter that takes it, its name and what it means."""

    id: str
    key: str
    label: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Secret:
    """Asks for a passphrase, shown as dots.

    `without` says what leaving it does, `meanwhile` how things stand until then, `trouble` why it is asked.
    """

    title: str
    lines: tuple[str, ...]
    without: str
    meanwhile: str
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """The first choice is the one that Enter takes; `since_s` was how long ago AGO is when it was made."""

    title: str
    lines: tuple[str, ...]
    choices: tuple[Choice, ...]
    since_s: float = 0.0

    def __post_init__(self) -> None:
        keys = [choice.key.upper() for choice in self.choices]
        if not keys or len(set(keys)) != len(keys) or not all(len(key) == 1 for key in keys):
            raise ValueError(f"each of one or more choices needs a letter of its own, not {keys}")

    def lines_after(self, passed_s: float) -> tuple[str, ...]:
        """The lines when it has stood for so long."""
        ago = fmt.length(round((self.since_s + max(0.0, passed_s)) * fmt.SECOND_NS))
        return tuple(line.replace(AGO, ago) for line in self.lines)

    def chosen_by(self, letter: str) -> int | None:
        """Which choice a letter takes."""
        keys = [choice.key.upper() for choice in self.choices]
        return keys.index(letter.upper()) if letter.upper() in keys else None
