"""The mouse upon a record: the wheel looks closer, a pull moves the window or a cursor, a click seeks."""

from __future__ import annotations

from typing import Final, Protocol

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from ui.trends.cursors import Which

NOTCH: Final = 120.0
"""What Qt counts for one notch of a wheel."""

PER_NOTCH: Final = 1.25
PULL_PX: Final = 5
"""A press that moves no further than this is a click."""


class Pointed(Protocol):
    """What the mouse acts upon; x is in pixels of the watched widget."""

    def zoom_at(self, factor: float, x: float) -> None:
        """Make the window so many times as long, around a pixel."""

    def pull(self, pixels: float) -> None:
        """Move the window along with the mouse."""

    def cursor_near(self, x: float) -> Which | None:
        """The cursor that stands at a pixel."""

    def put_cursor(self, which: Which | None, x: float) -> None:
        """A cursor to a pixel; None is the next one to be put."""

    def click(self, x: float) -> None:
        """The playhead to a pixel."""


class Pointer(QObject):
    """Watches one widget."""

    def __init__(self, watched: QWidget, pointed: Pointed) -> None:
        super().__init__(watched)
        self._pointed = pointed
        self._pressed: QPoint | None = None
        self._last = QPoint()
        self._pulling = False
        self._cursor: Which | None = None
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.Wheel if isinstance(event, QWheelEvent):
                self._wheel(event)
                return True
            case QEvent.Type.MouseButtonPress if isinstance(event, QMouseEvent):
                return self._press(event)
            case QEvent.Type.MouseMove if isinstance(event, QMouseEvent) and self._pressed is not None:
                self._move(event)
                return True
            case QEvent.Type.MouseButtonRelease if (
                isinstance(event, QMouseEvent) and self._pressed is not None
            ):
                self._release(event)
                return True
            case _:
                return False

    def _wheel(self, event: QWheelEvent) -> None:
        """Up looks closer; sideways, or with Shift, moves the window."""
        turned = event.angleDelta()
        sideways = turned.x() or (turned.y() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0)
        if sideways:
            self._pointed.pull(sideways)
        elif turned.y():
            self._pointed.zoom_at(PER_NOTCH ** (-turned.y() / NOTCH), event.position().x())
        event.accept()

    def _press(self, event: QMouseEvent) -> bool:
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        self._pressed = self._last = event.position().toPoint()
        self._pulling = False
        self._cursor = self._pointed.cursor_near(event.position().x())
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._pointed.put_cursor(self._cursor, event.position().x())
            self._cursor = self._cursor or self._pointed.cursor_near(event.position().x())
        return True

    def _move(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._pressed is not None and abs(at.x() - self._pressed.x()) > PULL_PX:
            self._pulling = True
        if not self._pulling:
            return
        if self._cursor is not None:
            self._pointed.put_cursor(self._cursor, event.position().x())
        else:
            self._pointed.pull(at.x() - self._last.x())
        self._last = at

    def _release(self, event: QMouseEvent) -> None:
        placed = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if not self._pulling and self._cursor is None and not placed:
            self._pointed.click(event.position().x())
        self._pressed, self._cursor, self._pulling = None, None, False
