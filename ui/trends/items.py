"""The graphics items of the trends: a painted layer, and upright lines across all lanes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsLineItem, QStyleOptionGraphicsItem, QWidget

from ui import fonts
from ui.theme import Theme, colour
from ui.trends.frame import GUTTER, RIGHT
from ui.trends.ticks import Tick

Draw = Callable[[QPainter], None]

GROUND_Z: Final = 0.0
BODY_Z: Final = 1.0
CURSOR_Z: Final = 5.0
WORDS_Z: Final = 10.0
AXIS: Final = 34
AXIS_PX: Final = 18
AXIS_TOP: Final = 2
"""Pixels between the lanes' end and the words of the axis."""

LETTER_BOX: Final = 22
"""Design pixels: the box with a cursor's letter."""


class Layer(QGraphicsItem):
    """A rectangle of the scene that is painted by a function in its own pixels."""

    def __init__(self, draw: Draw, z: float, *, kept: bool = False) -> None:
        """One that is `kept` is painted anew only when it is told to or gets another size."""
        super().__init__()
        self._draw = draw
        self._rect = QRectF()
        self.setZValue(z)
        if kept:
            self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)

    def place(self, rect: QRectF) -> None:
        """Cover this rectangle of the scene."""
        self.prepareGeometryChange()
        self._rect = QRectF(0.0, 0.0, rect.width(), rect.height())
        self.setPos(rect.topLeft())

    def size(self) -> tuple[float, float]:
        return self._rect.width(), self._rect.height()

    def boundingRect(self) -> QRectF:
        return self._rect

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if not self._rect.isEmpty():
            self._draw(painter)


class UprightLine(QGraphicsLineItem):
    """One line down through all lanes; moving it repaints only its own strip."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(CURSOR_Z)
        self.setVisible(False)

    def ink(self, name: str, width: float, alpha: float = 1.0) -> None:
        self.setPen(QPen(colour(name, alpha), width))

    def stand(self, x: float | None, top: float, bottom: float) -> None:
        """Stand at `x` of the scene, or be away for None."""
        self.setVisible(x is not None)
        if x is not None:
            line = QLineF(round(x), top, round(x), bottom)
            if line != self.line():
                self.setLine(line)


class CursorMark:
    """A cursor: its line down through all lanes and its letter in a box at the line's upper end."""

    def __init__(self, letter: str) -> None:
        self._letter = letter
        self._theme = Theme()
        self._active = False
        self._line = UprightLine()
        self._box = Layer(self._paint, CURSOR_Z + WORDS_Z)
        self._box.setVisible(False)

    @property
    def parts(self) -> tuple[QGraphicsItem, ...]:
        """What is to be added to the scene."""
        return self._line, self._box

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._line.ink(theme.palette.text, max(1.0, 1.5 * theme.scale), 0.9)

    def stand(self, x: float | None, top: float, bottom: float, *, active: bool) -> None:
        """Stand at `x` of the scene, or be away for None; the active one's box is filled."""
        self._line.stand(x, top, bottom)
        self._box.setVisible(x is not None)
        if x is None:
            return
        side = self._theme.px(LETTER_BOX)
        rect = QRectF(round(x) - side / 2, top, side, side)
        if active != self._active or rect.topLeft() != self._box.pos():
            self._active = active
            self._box.place(rect)
            self._box.update()

    def _paint(self, painter: QPainter) -> None:
        palette, px = self._theme.palette, self._theme.text_px(15)
        box = QRectF(0.5, 0.5, *(side - 1.0 for side in self._box.size()))
        painter.setPen(QPen(colour(palette.text), 1.0))
        painter.setBrush(colour(palette.text if self._active else palette.panel))
        painter.drawRoundedRect(box, 3.0, 3.0)
        painter.setFont(fonts.font(px, fonts.BOLD))
        painter.setPen(colour(palette.panel if self._active else palette.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._letter)


class TimeAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """The axis under the lanes; ticks and their words come from ui.trends.ticks.

    It paints its words itself: they are known, and pyqtgraph's search for others takes longer than a lane.
    """

    def __init__(self) -> None:
        super().__init__("bottom")
        self._ticks: tuple[Tick, ...] = ()
        self._origin_ns = 0
        self._theme = Theme()
        self.setStyle(autoExpandTextSpace=False, autoReduceTextSpace=False)
        self.enableAutoSIPrefix(False)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setHeight(theme.px(AXIS))
        self.update()

    def show_ticks(self, ticks: tuple[Tick, ...], origin_ns: int) -> None:
        """Show these; positions are seconds from `origin_ns`, the view boxes' zero."""
        if (ticks, origin_ns) != (self._ticks, self._origin_ns):
            self._ticks, self._origin_ns = ticks, origin_ns
            self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        px = self._theme.text_px(AXIS_PX)
        painter.setFont(fonts.font(px))
        painter.setPen(colour(self._theme.palette.secondary))
        t0_s, t1_s = self.range
        scale, baseline = self.size().width() / (t1_s - t0_s), AXIS_TOP + fonts.metrics(px).ascent()
        first, last = -self._theme.px(GUTTER), self.size().width() + self._theme.px(RIGHT)
        for tick in self._ticks:
            x = ((tick.t_ns - self._origin_ns) / 1e9 - t0_s) * scale
            half = fonts.width(tick.text, px) / 2
            # A word that would be cut at the pane's edge is left out; its line stands.
            if first <= x - half and x + half <= last:
                painter.drawText(QPointF(x - half, baseline), tick.text)
