"""Which key asks the editor for what. None of them is one that a session needs. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from PySide6.QtCore import Qt


class Ask(StrEnum):
    """What may be asked of the editor."""

    UP = "up"
    DOWN = "down"
    SECTION_UP = "section-up"
    SECTION_DOWN = "section-down"
    FIRST = "first"
    LAST = "last"
    MOVE_UP = "move-up"
    MOVE_DOWN = "move-down"
    CHANGE = "change"
    REMOVE = "remove"
    ADD = "add"
    SECTION = "section"
    TITLE = "title"
    UNDO = "undo"
    REDO = "redo"
    LISTEN = "listen"
    LISTEN_END = "listen-end"
    MEASURE = "measure"
    ACCEPT = "accept"
    LOOK = "look"
    SAVE = "save"
    SAVE_AS = "save-as"
    OPEN = "open"
    LEAVE = "leave"


K = Qt.Key
_M = Qt.KeyboardModifier
PLAIN: Final = _M.NoModifier
CONTROL: Final = _M.ControlModifier
BOTH: Final = _M.ControlModifier | _M.ShiftModifier

KEYS: Final[Mapping[tuple[Qt.Key, Qt.KeyboardModifier], Ask]] = {
    (K.Key_Up, PLAIN): Ask.UP,
    (K.Key_Down, PLAIN): Ask.DOWN,
    (K.Key_Up, CONTROL): Ask.SECTION_UP,
    (K.Key_Down, CONTROL): Ask.SECTION_DOWN,
    (K.Key_Home, PLAIN): Ask.FIRST,
    (K.Key_End, PLAIN): Ask.LAST,
    (K.Key_Up, _M.AltModifier): Ask.MOVE_UP,
    (K.Key_Down, _M.AltModifier): Ask.MOVE_DOWN,
    (K.Key_Return, PLAIN): Ask.CHANGE,
    (K.Key_Enter, PLAIN): Ask.CHANGE,
    (K.Key_F2, PLAIN): Ask.CHANGE,
    (K.Key_Delete, PLAIN): Ask.REMOVE,
    (K.Key_Insert, PLAIN): Ask.ADD,
    (K.Key_I, CONTROL): Ask.ADD,
    (K.Key_N, CONTROL): Ask.SECTION,
    (K.Key_T, CONTROL): Ask.TITLE,
    (K.Key_Z, CONTROL): Ask.UNDO,
    (K.Key_Z, BOTH): Ask.REDO,
    (K.Key_Y, CONTROL): Ask.REDO,
    (K.Key_Space, PLAIN): Ask.LISTEN,
    (K.Key_Space, _M.ShiftModifier): Ask.LISTEN_END,
    (K.Key_M, CONTROL): Ask.MEASURE,
    (K.Key_K, CONTROL): Ask.ACCEPT,
    (K.Key_F5, PLAIN): Ask.LOOK,
    (K.Key_S, CONTROL): Ask.SAVE,
    (K.Key_S, BOTH): Ask.SAVE_AS,
    (K.Key_O, CONTROL): Ask.OPEN,
    (K.Key_Escape, PLAIN): Ask.LEAVE,
}
REPEATS: Final = frozenset(
    {Ask.UP, Ask.DOWN, Ask.SECTION_UP, Ask.SECTION_DOWN, Ask.MOVE_UP, Ask.MOVE_DOWN, Ask.UNDO, Ask.REDO}
)
"""What goes on while its key is held down."""


def asked(key: int, modifiers: Qt.KeyboardModifier, *, repeated: bool) -> Ask | None:
    """What a key asks for; the digit block's keys are like the others."""
    found = KEYS.get((Qt.Key(key), modifiers & ~_M.KeypadModifier))
    return None if repeated and found not in REPEATS else found
