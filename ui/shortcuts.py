"""The one event filter that reads the tables of keys (ui.keytable).

Letters act only while no text field has the focus; F12 and F1 always act. A key with a hold time acts once it
has been down that long, so that it cannot be brushed against.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from ui.keytable import Action, Binding

TAKES_ARROWS: Final = "takesArrows"
"""Dynamic property of widgets that use arrow keys and space bar themselves while they have the focus."""
TAKES_LETTERS: Final = "takesLetters"
"""The same for letters and digits: a text of those the widget uses itself, such as "JX"."""


TAKES_BACKSPACE: Final = "takesBackspace"
"""The same for the key that otherwise takes the last note back."""


@dataclass(frozen=True, slots=True)
class Press:
    """A key that acted: `t_ns` is the session's clock at key-down, `number` the digit of a tag."""

    action: Action
    t_ns: int
    number: int = 0


K = Qt.Key
_SHIFTED_DIGITS: Final = {
    K.Key_Exclam: K.Key_1,
    K.Key_At: K.Key_2,
    K.Key_NumberSign: K.Key_3,
    K.Key_Dollar: K.Key_4,
    K.Key_Percent: K.Key_5,
    K.Key_AsciiCircum: K.Key_6,
    K.Key_Ampersand: K.Key_7,
    K.Key_Asterisk: K.Key_8,
    K.Key_ParenLeft: K.Key_9,
}
_OWN: Final = frozenset({K.Key_Left, K.Key_Right, K.Key_Up, K.Key_Down, K.Key_Space})
_TYPED: Final = {K.Key_Plus, K.Key_Slash, K.Key_BracketLeft, K.Key_BracketRight}
"""Keys that need Shift or AltGr on some keyboards and so are matched by what they type."""


def find(
    table: tuple[Binding, ...], key: Qt.Key, *, shift: bool, control: bool, typing: bool
) -> Binding | None:
    """The binding for a key, or None; `typing` is whether a text field has the focus."""
    if shift and key in _SHIFTED_DIGITS:
        key = _SHIFTED_DIGITS[key]
    for binding in table:
        same = binding.shift == shift or key in _TYPED
        if binding.key == key and same and binding.control == control and (binding.always or not typing):
            return binding
    return None


def is_text_field(widget: QWidget | None) -> bool:
    """Whether keys typed now belong to a text."""
    if isinstance(widget, QComboBox):
        return widget.isEditable()
    return isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit | QAbstractSpinBox)


def _is_its_own(focus: QWidget, key: Qt.Key) -> bool:
    """Whether the widget that has the focus uses this key itself."""
    if key in _OWN:
        return bool(focus.property(TAKES_ARROWS))
    if key == K.Key_Backspace:
        return bool(focus.property(TAKES_BACKSPACE))
    letters = focus.property(TAKES_LETTERS)
    return isinstance(letters, str) and K.Key_0 <= key <= K.Key_Z and chr(key) in letters


Handler = Callable[[Press], object]


class Dispatcher(QObject):
    """Turns the keys of one window into calls of the handlers registered for their actions."""

    def __init__(self, window: QWidget, now_ns: Callable[[], int], table: tuple[Binding, ...]) -> None:
        super().__init__(window)
        self._window = window
        self._now_ns = now_ns
        self._table = table
        self._handlers: dict[Action, Handler] = {}
        self._holding: dict[Action, Callable[[bool], object]] = {}
        self._held: tuple[Binding, int] | None = None
        self._only: Collection[Action] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._held_long_enough)
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    def set_table(self, table: tuple[Binding, ...]) -> None:
        """Other keys: those of a live session, or of a review."""
        self._table = table

    def set_only(self, actions: Collection[Action] | None) -> None:
        """Let no others act; None for all."""
        self._only = actions

    def set_clock(self, now_ns: Callable[[], int]) -> None:
        """Another session's clock, from which key presses get their time."""
        self._now_ns = now_ns

    def on(self, action: Action, handler: Handler) -> None:
        """Call `handler` for this action from now on, instead of any other."""
        self._handlers[action] = handler

    def on_holding(self, action: Action, shown: Callable[[bool], object]) -> None:
        """Call `shown(True)` while the key of this action is held but not yet long enough."""
        self._holding[action] = shown

    def act(self, action: Action, number: int = 0) -> None:
        """Do as if the key had been pressed; for clicks."""
        self._call(Press(action, self._now_ns(), number))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._is_ours(watched) and self._pressed(event)
        if kind == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent):
            self._released(event)
        elif kind == QEvent.Type.WindowDeactivate and self._is_ours(watched):
            self._let_go()
        return False

    def _is_ours(self, watched: QObject) -> bool:
        return isinstance(watched, QWidget) and watched.window() is self._window.window()

    def _pressed(self, event: QKeyEvent) -> bool:
        focus = QApplication.focusWidget()
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        if focus is not None and _is_its_own(focus, key):
            return False
        binding = find(
            self._table,
            key,
            shift=bool(modifiers & Qt.KeyboardModifier.ShiftModifier),
            control=bool(modifiers & Qt.KeyboardModifier.ControlModifier),
            typing=is_text_field(focus),
        )
        if binding is None or binding.action not in self._handlers:
            return False
        if event.isAutoRepeat() and not binding.repeats:
            return True
        self._begin(binding)
        return True

    def _begin(self, binding: Binding) -> None:
        now_ns = self._now_ns()
        if binding.hold_s == 0:
            self._call(Press(binding.action, now_ns, binding.number))
            return
        self._let_go()
        self._held = (binding, now_ns)
        self._timer.start(round(binding.hold_s * 1000))
        self._show_holding(binding, holding=True)

    def _released(self, event: QKeyEvent) -> None:
        if self._held is not None and event.key() == self._held[0].key and not event.isAutoRepeat():
            self._let_go()

    def _let_go(self) -> None:
        held, self._held = self._held, None
        self._timer.stop()
        if held is not None:
            self._show_holding(held[0], holding=False)

    def _held_long_enough(self) -> None:
        held = self._held
        self._let_go()
        if held is not None:
            self._call(Press(held[0].action, held[1], held[0].number))

    def _show_holding(self, binding: Binding, *, holding: bool) -> None:
        shown = self._holding.get(binding.action)
        if shown is not None:
            shown(holding)

    def _call(self, press: Press) -> None:
        if self._only is not None and press.action not in self._only:
            return
        handler = self._handlers.get(press.action)
        if handler is not None:
            handler(press)
