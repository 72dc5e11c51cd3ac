"""The notes and doses, newest first, as many as fit; by keyboard any of them, and what it was before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ui import fonts, painting
from ui.notes import wording
from ui.notes.entry import STAYS
from ui.notes.history import aside
from ui.notes.listed import Listed, lines, name, window
from ui.notes.modes import Cue
from ui.notes.rows import Row, Saving
from ui.shortcuts import TAKES_ARROWS
from ui.theme import Theme, colour

ROW: Final = 34
PAD: Final = 8
TIME_PX: Final = 18
TEXT_PX: Final = 19
BY_PX: Final = 16
STEPS: Final = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -5, Qt.Key.Key_PageDown: 5}


class NoteList(QWidget):
    """Shows rows it is given. `picked` carries one that is to be changed, `cue` any other wish."""

    picked = Signal(object)
    deleted = Signal(object)
    nudged = Signal(object)
    cue = Signal(object)

    def __init__(
        self,
        theme: Theme,
        time_text: Callable[[int], str],
        now_ns: Callable[[], int],
        colours: Callable[[str], str],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._time_text = time_text
        self._now_ns = now_ns
        self._colours = colours
        self._rows: tuple[Row, ...] = ()
        self._chosen = ""
        self._opened = ""
        self._top = 0
        self.setProperty(TAKES_ARROWS, True)
        self.setAccessibleName(wording.TITLE)

    @property
    def rows(self) -> tuple[Row, ...]:
        return self._rows

    @property
    def chosen(self) -> Row | None:
        """The row that the keyboard is at."""
        return next((row for row in self._rows if name(row) == self._chosen), None)

    @property
    def listed(self) -> tuple[Listed, ...]:
        """The lines in view."""
        every = lines(self._rows, self._opened, self._time_text)
        self._top = window(every, self._chosen, self.shown, self._top)
        return every[self._top : self._top + self.shown]

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show these; what lasts is painted anew each time."""
        if rows != self._rows or any(row.is_open for row in rows):
            self._rows = rows
            self.update()

    def begin(self) -> None:
        """Take the keyboard, at the newest row."""
        self._chosen, self._opened = (name(self._rows[0]) if self._rows else ""), ""
        self.setFocus()
        self.update()

    @property
    def shown(self) -> int:
        """How many lines fit."""
        return max(1, self.height() // self._row_height())

    def _row_height(self) -> int:
        return max(self._theme.px(ROW), round(self._theme.text_px(TEXT_PX) * 1.4))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = int(event.position().y() // self._row_height())
        if index < len(self.listed):
            self.picked.emit(self.listed[index].row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, row = Qt.Key(event.key()), self.chosen
        if key in STEPS:
            self._step(STEPS[key])
        elif key == Qt.Key.Key_Escape:
            self.cue.emit(Cue.ESCAPE)
        elif row is None:
            super().keyPressEvent(event)
        elif key in {Qt.Key.Key_Space, Qt.Key.Key_Right}:
            self._opened = "" if self._opened == self._chosen else self._chosen
            self.update()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.picked.emit(row)
        elif key == Qt.Key.Key_Delete:
            self.deleted.emit(row)
        elif key == Qt.Key.Key_Left:
            self.nudged.emit(row)
        else:
            super().keyPressEvent(event)

    def _step(self, by: int) -> None:
        names = [name(row) for row in self._rows]
        if names:
            at = names.index(self._chosen) if self._chosen in names else -1
            self._chosen = names[min(max(0, at + by), len(names) - 1)]
            self._opened = ""
            self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in STAYS:
            self._chosen = self._opened = ""
            self.update()
            self.cue.emit(Cue.LEFT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._rows:
            painter.setFont(fonts.font(self._theme.text_px(TEXT_PX)))
            painter.setPen(colour(self._theme.palette.faint))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, wording.NO_NOTES)
        shown = self.listed
        px = self._theme.text_px(TIME_PX)
        times = [self._time_text(line.row.t_ns) for line in shown]
        time_width = max((fonts.width(text, px, fonts.SEMIBOLD) for text in times), default=0.0)
        for i, (line, time) in enumerate(zip(shown, times, strict=True)):
            top, pad = i * self._row_height(), self._theme.px(PAD)
            box = QRectF(pad, top, self.width() - 2 * pad, self._row_height())
            if line.told:
                self._paint_told(painter, box, line.told, time_width)
            else:
                self._paint_row(painter, box, line.row, time, time_width + self._theme.px(14))
        painter.end()

    def _paint_told(self, painter: QPainter, box: QRectF, told: str, indent: float) -> None:
        theme = self._theme
        px, left = theme.text_px(BY_PX), box.left() + indent + theme.px(14)
        base = painting.middle_baseline(box.center().y(), fonts.metrics(px))
        ink = colour(theme.palette.secondary)
        painting.line(painter, left, base, told, ink, px, room=box.right() - left, smallest=theme.text_px(13))

    def _paint_row(self, painter: QPainter, box: QRectF, row: Row, time: str, indent: float) -> None:
        theme, palette = self._theme, self._theme.palette
        if self._chosen and name(row) == self._chosen:
            self._paint_frame(painter, box)
        px, by_px = theme.text_px(TEXT_PX), theme.text_px(BY_PX)
        base = painting.middle_baseline(box.center().y(), fonts.metrics(px))
        quiet = row.withdrawn or row.draft is not None
        own = colour(palette.faint if quiet else getattr(palette, self._colours(row.tag)))
        painting.line(painter, box.left(), base, time, own, theme.text_px(TIME_PX), fonts.SEMIBOLD)
        end_ink = colour(palette.medium if row.saving is Saving.FAILED else palette.faint)
        end = wording.row_end(row)
        used = painting.line(painter, box.right(), base, end, end_ink, by_px, align=painting.RIGHT)
        room = box.width() - indent - used - theme.px(8)
        text = wording.lasting(row, wording.row_text(row), self._now_ns())
        left = box.left() + indent
        wide = painting.line(painter, left, base, text, self._ink(row), px, room=room)
        if row.withdrawn:
            painter.setPen(QPen(colour(palette.faint), theme.px(2)))
            y = base - fonts.metrics(px).xHeight() / 2
            painter.drawLine(QLineF(QPointF(left, y), QPointF(left + wide, y)))
        else:
            self._paint_aside(painter, row, base, left + wide + theme.px(10), left + room)

    def _paint_frame(self, painter: QPainter, box: QRectF) -> None:
        theme = self._theme
        painter.setPen(QPen(colour(theme.palette.notes), max(1, theme.px(2))))
        painter.setBrush(colour(theme.palette.field))
        reach = theme.px(PAD) - 2
        painter.drawRoundedRect(box.adjusted(-reach, 1, reach, -1), theme.px(5), theme.px(5))

    def _paint_aside(self, painter: QPainter, row: Row, base: float, left: float, right: float) -> None:
        said, px = aside(row, self._time_text), self._theme.text_px(BY_PX)
        if said and right - left > fonts.width("was: xxx", px):
            ink = colour(self._theme.palette.faint)
            painting.line(painter, left, base, said, ink, px, room=right - left)

    def _ink(self, row: Row) -> QColor:
        palette = self._theme.palette
        if row.withdrawn:
            return colour(palette.faint)
        if row.draft is not None or row.saving is not Saving.SAVED or not row.text:
            return colour(palette.text if row.dose is not None else palette.secondary)
        return colour(palette.text)
