"""The list itself: painted rows, of which only those in view cost anything; dragged, and dropped upon."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QMimeData, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from ui.playlist import drawing, wording
from ui.playlist.rows import Row
from ui.shortcuts import TAKES_ARROWS
from ui.theme import Theme, colour

ROW_KIND: Final = "application/x-kapmonitor-row"
NOTCH: Final = 120
"""What a wheel says for one click."""
ROWS_A_NOTCH: Final = 3


class TrackList(QWidget):
    """Shows rows; says which is chosen, and where something was dropped: above which row."""

    chosen_asked = Signal(int)
    change_asked = Signal()
    moved = Signal(int, int)
    dropped = Signal(object, int)
    """Files or folders, as a tuple of paths."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: tuple[Row, ...] = ()
        self._chosen = 0
        self._top = 0
        self._gap: int | None = None
        self._pressed: QPointF | None = None
        self._token = uuid.uuid4().hex
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty(TAKES_ARROWS, True)
        self.setAccessibleName(wording.HEAD)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._keep_in_view()
        self.update()

    def show_rows(self, found: tuple[Row, ...], chosen: int) -> None:
        """These rows, this one chosen."""
        if (found, chosen) == (self._rows, self._chosen):
            return
        moved = chosen != self._chosen
        self._rows, self._chosen = found, chosen
        if moved:
            self._keep_in_view()
        self._top = min(self._top, max(0, len(found) - self.room))
        row = found[chosen] if chosen < len(found) else None
        said = "" if row is None else " ".join((row.number, row.title, row.right, row.about, row.trouble))
        self.setAccessibleDescription(said.strip())
        self.update()

    @property
    def room(self) -> int:
        """How many rows are in view."""
        return max(1, int(self.height() / drawing.row_height(self._theme)))

    @property
    def top(self) -> int:
        """The first row in view."""
        return self._top

    def box(self, number: int) -> QRectF:
        """Where a row stands, in view or not."""
        height = drawing.row_height(self._theme)
        return QRectF(0, (number - self._top) * height, self.width(), height)

    def row_mime(self, number: int) -> QMimeData:
        """What is dragged when this row is."""
        data = QMimeData()
        data.setData(ROW_KIND, QByteArray(f"{self._token}:{number}".encode()))
        return data

    def _keep_in_view(self) -> None:
        self._top = min(max(self._top, self._chosen - self.room + 1), self._chosen)

    def _row_at(self, position: QPointF) -> int | None:
        number = self._top + int(position.y() / drawing.row_height(self._theme))
        return number if 0 <= number < len(self._rows) else None

    def _gap_at(self, position: QPointF) -> int:
        """Above which row something dropped here goes."""
        return min(self._top + round(position.y() / drawing.row_height(self._theme)), len(self._rows))

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self._row_at(event.position())
        if number is not None and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position()
            self.chosen_asked.emit(number)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pressed = self._pressed
        if pressed is None:
            return
        if (event.position() - pressed).manhattanLength() >= QApplication.startDragDistance():
            self._pressed = None
            drag = QDrag(self)
            drag.setMimeData(self.row_mime(self._chosen))
            drag.exec(Qt.DropAction.MoveAction)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._row_at(event.position()) is not None:
            self.change_asked.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        step = round(-event.angleDelta().y() / NOTCH * ROWS_A_NOTCH)
        self._top = min(max(self._top + step, 0), max(0, len(self._rows) - self.room))
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._keep_in_view()

    # Dropping

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._own_row(event.mimeData()) is not None or _files(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.acceptProposedAction()
        height = drawing.row_height(self._theme)
        if event.position().y() < height / 2:
            self._top = max(0, self._top - 1)
        elif event.position().y() > self.height() - height / 2:
            self._top = min(self._top + 1, max(0, len(self._rows) - self.room))
        self._set_gap(self._gap_at(event.position()))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._set_gap(None)

    def dropEvent(self, event: QDropEvent) -> None:
        gap, row, files = (
            self._gap_at(event.position()),
            self._own_row(event.mimeData()),
            _files(event.mimeData()),
        )
        self._set_gap(None)
        if row is not None:
            event.acceptProposedAction()
            self.moved.emit(row, gap)
        elif files:
            event.acceptProposedAction()
            self.dropped.emit(files, gap)

    def _set_gap(self, gap: int | None) -> None:
        self._gap = gap
        self.update()

    def _own_row(self, data: QMimeData) -> int | None:
        """Only rows of this very list: another window's are not known here."""
        token, _, number = bytes(data.data(ROW_KIND).data()).decode(errors="replace").partition(":")
        return int(number) if token == self._token and int(number) < len(self._rows) else None

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(self._theme.palette.panel))
        if not self._rows:
            drawing.paint_empty(painter, self._theme, QRectF(self.rect()))
        last = min(len(self._rows), self._top + self.room)
        for number in range(self._top, last):
            chosen = number == self._chosen
            drawing.paint_row(
                painter,
                self._theme,
                self.box(number),
                self._rows[number],
                chosen=chosen,
                keyed=self.hasFocus(),
            )
        if self._gap is not None:
            drawing.paint_gap(painter, self._theme, self.box(self._gap))
        drawing.paint_where(painter, self._theme, QRectF(self.rect()), self._top, self.room, len(self._rows))
        painter.end()


def _files(data: QMimeData) -> tuple[Path, ...]:
    """Files of this computer; what lies elsewhere is never fetched."""
    return tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())
