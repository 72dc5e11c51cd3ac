"""What the notes panel is doing, and what a key then means: one table."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Mode(StrEnum):
    """What the keyboard is for."""

    REST = "rest"
    """One-key notes."""
    WRITING = "writing"
    """A note's words."""
    REVISING = "revising"
    """The words of an earlier note."""
    WHY = "why"
    """The reason for changing them."""
    TAKING_BACK = "taking-back"
    """The reason for taking an earlier note back."""
    LOOKING = "looking"
    """Choosing among earlier notes."""
    CHOOSING = "choosing"
    """Choosing who writes."""


TYPED: Final = frozenset({Mode.WRITING, Mode.REVISING, Mode.WHY, Mode.TAKING_BACK})
"""Modes in which letters are text."""


class Cue(StrEnum):
    """What somebody pressed; LEFT is a click elsewhere."""

    WRITE = "write"
    LOOK = "look"
    WHO = "who"
    ENTER = "enter"
    ESCAPE = "escape"
    TAB = "tab"
    DELETE = "delete"
    PICK = "pick"
    """An earlier note, to change it."""
    TAKE_UP = "take-up"
    """A draft, to go on with it."""
    LEFT = "left"


class Step(StrEnum):
    """What is done when the mode changes."""

    NOTHING = "nothing"
    OPEN = "open"
    """Show the line with this person's own draft."""
    SAVE = "save"
    KEEP = "keep"
    """Leave what is written as a draft."""
    LET_GO = "let-go"
    REVISE = "revise"
    """Put the chosen note's words on the line."""
    TAKE_UP = "take-up"
    """Put the chosen draft on the line."""
    WITHDRAW = "withdraw"
    """Put a reason for taking the chosen note back on the line."""
    ASK_WHY = "ask-why"
    """Put the reason on the line."""
    WORDS = "words"
    """Put the words back on the line."""
    LIST = "list"
    PEOPLE = "people"
    CHOOSE = "choose"
    LEAVE = "leave"


M, C, S = Mode, Cue, Step
TABLE: Final[Mapping[tuple[Mode, Cue], tuple[Mode, Step]]] = {
    (M.REST, C.WRITE): (M.WRITING, S.OPEN),
    (M.REST, C.LOOK): (M.LOOKING, S.LIST),
    (M.REST, C.WHO): (M.CHOOSING, S.PEOPLE),
    (M.REST, C.PICK): (M.REVISING, S.REVISE),
    (M.REST, C.TAKE_UP): (M.WRITING, S.TAKE_UP),
    (M.WRITING, C.ENTER): (M.REST, S.SAVE),
    (M.WRITING, C.ESCAPE): (M.REST, S.KEEP),
    (M.WRITING, C.LEFT): (M.REST, S.KEEP),
    (M.WRITING, C.PICK): (M.REVISING, S.REVISE),
    (M.WRITING, C.TAKE_UP): (M.WRITING, S.TAKE_UP),
    (M.REVISING, C.ENTER): (M.REST, S.SAVE),
    (M.REVISING, C.ESCAPE): (M.REST, S.LET_GO),
    (M.REVISING, C.LEFT): (M.REST, S.KEEP),
    (M.REVISING, C.PICK): (M.REVISING, S.REVISE),
    (M.REVISING, C.TAB): (M.WHY, S.ASK_WHY),
    (M.WHY, C.ENTER): (M.REST, S.SAVE),
    (M.WHY, C.ESCAPE): (M.REST, S.LET_GO),
    (M.WHY, C.LEFT): (M.REST, S.KEEP),
    (M.WHY, C.TAB): (M.REVISING, S.WORDS),
    (M.TAKING_BACK, C.ENTER): (M.REST, S.SAVE),
    (M.TAKING_BACK, C.ESCAPE): (M.REST, S.LET_GO),
    (M.TAKING_BACK, C.LEFT): (M.REST, S.LET_GO),
    (M.LOOKING, C.PICK): (M.REVISING, S.REVISE),
    (M.LOOKING, C.TAKE_UP): (M.WRITING, S.TAKE_UP),
    (M.LOOKING, C.DELETE): (M.TAKING_BACK, S.WITHDRAW),
    (M.LOOKING, C.ESCAPE): (M.REST, S.LEAVE),
    (M.LOOKING, C.LEFT): (M.REST, S.LEAVE),
    (M.LOOKING, C.LOOK): (M.REST, S.LEAVE),
    (M.LOOKING, C.WRITE): (M.WRITING, S.OPEN),
    (M.LOOKING, C.WHO): (M.CHOOSING, S.PEOPLE),
    (M.CHOOSING, C.ENTER): (M.REST, S.CHOOSE),
    (M.CHOOSING, C.ESCAPE): (M.REST, S.LEAVE),
    (M.CHOOSING, C.LEFT): (M.REST, S.LEAVE),
    (M.CHOOSING, C.WRITE): (M.WRITING, S.OPEN),
    (M.CHOOSING, C.LOOK): (M.LOOKING, S.LIST),
}


def step(mode: Mode, cue: Cue) -> tuple[Mode, Step]:
    """The mode after a cue, and what is done; a cue without a meaning changes nothing."""
    return TABLE.get((mode, cue), (mode, Step.NOTHING))
