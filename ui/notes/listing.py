"""The latest notes and doses, newest first, as many as fit; each with its time, its words and its author."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ui import fonts, painting
from ui.notes import wording
from ui.notes.book import Row, Saving
from ui.theme import Theme, colour

ROW: Final = 34
TIME_PX: Final = 18
TEXT_PX: Final = 19
BY_PX: Final = 16


class NoteList(QWidget):
    """Shows rows it is given; a click on one calls `on_row`."""

    def __init__(
        self, theme: Theme, time_text: Callable[[int], str], on_row: Callable[[Row], object], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._time_text = time_text
        self._on_row = on_row
        self._rows: tuple[Row, ...] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        return self._rows

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        if rows != self._rows:
            self._rows = rows
            self.update()

    @property
    def shown(self) -> int:
        """How many rows fit."""
        return max(1, self.height() // self._row_height())

    def _row_height(self) -> int:
        return max(self._theme.px(ROW), round(self._theme.text_px(TEXT_PX) * 1.4))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = int(event.position().y() // self._row_height())
        if index < min(self.shown, len(self._rows)):
            self._on_row(self._rows[index])

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._rows:
            painter.setFont(fonts.font(self._theme.text_px(TEXT_PX)))
            painter.setPen(colour(self._theme.palette.faint))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, wording.NO_NOTES)
        shown = self._rows[: self.shown]
        times = [self._time_text(row.t_ns) for row in shown]
        px = self._theme.text_px(TIME_PX)
        time_width = max((fonts.width(text, px, fonts.SEMIBOLD) for text in times), default=0.0)
        for i, (row, time) in enumerate(zip(shown, times, strict=True)):
            box = QRectF(0.0, i * self._row_height(), self.width(), self._row_height())
            self._paint_row(painter, box, row, time, time_width + self._theme.px(14))
        painter.end()

    def _paint_row(self, painter: QPainter, box: QRectF, row: Row, time: str, indent: float) -> None:
        theme, palette = self._theme, self._theme.palette
        text_px, by_px = theme.text_px(TEXT_PX), theme.text_px(BY_PX)
        base = painting.middle_baseline(box.center().y(), fonts.metrics(text_px))
        time_ink = colour(palette.faint if row.withdrawn else palette.notes)
        painting.line(painter, 0.0, base, time, time_ink, theme.text_px(TIME_PX), fonts.SEMIBOLD)
        end_ink = colour(palette.medium if row.saving is Saving.FAILED else palette.faint)
        end = wording.row_end(row)
        used = painting.line(painter, box.right(), base, end, end_ink, by_px, align=painting.RIGHT)
        room = box.width() - indent - used - theme.px(8)
        text = wording.row_text(row)
        wide = painting.line(painter, indent, base, text, self._ink(row), text_px, room=room)
        if row.withdrawn:
            painter.setPen(QPen(colour(palette.faint), theme.px(2)))
            y = base - fonts.metrics(text_px).xHeight() / 2
            painter.drawLine(QLineF(QPointF(indent, y), QPointF(indent + wide, y)))
        elif row.was:
            left = indent + wide + theme.px(10)
            was = wording.WAS.format(text=row.was)
            if indent + room - left > fonts.width("was: xxx", by_px):
                painting.line(
                    painter, left, base, was, colour(palette.faint), by_px, room=indent + room - left
                )

    def _ink(self, row: Row) -> QColor:
        palette = self._theme.palette
        if row.withdrawn:
            return colour(palette.faint)
        if row.saving is not Saving.SAVED or not row.text:
            return colour(palette.text if row.dose is not None else palette.secondary)
        return colour(palette.text)
