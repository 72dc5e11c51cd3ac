"""The table under a record's trends: what stands at each cursor, and the difference."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui import fonts, painting
from ui.panel import paint_panel
from ui.theme import SMALLEST_TEXT_PX, Theme, colour
from ui.trends.readout import Cell, Readout, Row

HEAD: Final = 28
ROW: Final = 44
EDGE: Final = 12
TIME: Final = 176
VALUE_PX: Final = 20
SMALL_PX: Final = 16


class CursorTable(QWidget):
    """Shows a Readout; as tall as it has rows, away while there is none."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._readout: Readout | None = None
        self.hide()

    @property
    def readout(self) -> Readout | None:
        """What is shown now."""
        return self._readout

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._fit()

    def show_readout(self, readout: Readout | None) -> None:
        """Show this, or go away for None."""
        if readout != self._readout:
            self._readout = readout
            self._fit()
            self.setVisible(readout is not None)

    def _fit(self) -> None:
        rows = len(self._readout.rows) if self._readout else 0
        px = self._theme.px
        self.setFixedHeight(px(HEAD) + rows * px(ROW) + px(HEAD))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        readout, theme = self._readout, self._theme
        if readout is None:
            return
        painter = QPainter(self)
        paint_panel(painter, QRectF(self.rect()), theme)
        head, tall = theme.px(HEAD), theme.px(ROW)
        self._heads(painter, readout, head)
        for number, row in enumerate(readout.rows):
            self._row(painter, row, len(readout.heads), head + number * tall)
        middle = head + len(readout.rows) * tall + head * 0.4
        self._text(
            painter, readout.hint, theme.px(EDGE), middle, self.width() - 2 * theme.px(EDGE), small=True
        )
        painter.end()

    def _columns(self, count: int) -> list[tuple[float, float]]:
        """Left edge and width of each column beside the time's."""
        px = self._theme.px
        left = px(EDGE) + px(TIME) + px(20)
        wide = (self.width() - left - px(EDGE)) / max(1, count)
        return [(left + i * wide, wide - px(6)) for i in range(count)]

    def _heads(self, painter: QPainter, readout: Readout, head: int) -> None:
        for (left, wide), name in zip(self._columns(len(readout.heads)), readout.heads, strict=True):
            self._text(painter, name, left, head / 2, wide, small=True)

    def _row(self, painter: QPainter, row: Row, count: int, top: float) -> None:
        px, tall = self._theme.px, self._theme.px(ROW)
        self._text(painter, row.name, px(EDGE), top + tall * 0.3, px(60), bright=row.active)
        wide_name = px(24) if len(row.name) == 1 else px(60)
        self._cell(painter, row.time, px(EDGE) + wide_name, px(TIME) + px(12) - wide_name, top)
        for (left, wide), cell in zip(self._columns(count), row.cells, strict=True):
            self._cell(painter, cell, left, wide, top)

    def _cell(self, painter: QPainter, cell: Cell, left: float, wide: float, top: float) -> None:
        tall = self._theme.px(ROW)
        self._text(painter, cell.value, left, top + tall * 0.3, wide, bright=True)
        self._text(painter, cell.under, left, top + tall * 0.74, wide, small=True)

    def _text(
        self,
        painter: QPainter,
        text: str,
        left: float,
        middle: float,
        room: float,
        *,
        small: bool = False,
        bright: bool = False,
    ) -> None:
        palette = self._theme.palette
        px = self._theme.text_px(SMALL_PX if small else VALUE_PX)
        weight = fonts.MEDIUM if small or not bright else fonts.SEMIBOLD
        base = painting.middle_baseline(middle, fonts.metrics(px, weight))
        ink = colour(palette.text if bright else palette.secondary)
        painting.line(painter, left, base, text, ink, px, weight, room=room, smallest=SMALLEST_TEXT_PX)
