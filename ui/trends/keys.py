"""The keys of a review's window and cursors."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from ui.keytable import Action
from ui.main_window import MainWindow
from ui.trends.looking import Looking
from ui.trends.pane import TrendsPane

HALF = 0.5


def wire_lens(window: MainWindow, trends: TrendsPane, now_ns: Callable[[], int]) -> None:
    """Let the keys look around in a record; does nothing over a running session."""
    looking = trends.looking
    if looking is None:
        return

    def on(action: Action, act: Callable[[Looking], object]) -> None:
        def pressed(_press: object) -> None:
            act(looking)
            trends.refresh()

        window.on(action, pressed)

    on(Action.WAVES, Looking.toggle_waves)
    on(Action.CURSOR, lambda each: each.ask_cursor(now_ns()))
    on(Action.CURSOR_BACK, lambda each: each.move_cursor(-1))
    on(Action.CURSOR_ON, lambda each: each.move_cursor(1))
    on(Action.CURSOR_FINELY_BACK, lambda each: each.move_cursor(-1, fine=True))
    on(Action.CURSOR_FINELY_ON, lambda each: each.move_cursor(1, fine=True))
    on(Action.PAN_BACK, lambda each: each.pan_windows(-HALF))
    on(Action.PAN_ON, lambda each: each.pan_windows(HALF))
    _CursorsAway(window, trends, looking)


class _CursorsAway(QObject):
    """Esc that no page and no field took for itself takes the cursors away."""

    def __init__(self, window: MainWindow, trends: TrendsPane, looking: Looking) -> None:
        super().__init__(trends)
        self._trends = trends
        self._looking = looking
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.key() != Qt.Key.Key_Escape or not self._looking.clear_cursors():
            return False
        self._trends.refresh()
        return True
