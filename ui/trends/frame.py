"""The ground a lane is drawn on, and the few strokes all lanes share, in the lane's own pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from kapmonitor.snapshot import Priority
from ui import fonts, painting
from ui.theme import Theme, colour
from ui.trends.limits import Level
from ui.trends.scale import TimeScale, ValueScale

GUTTER: Final = 60
"""Design pixels left of the plots, for the numbers of their scales."""

RIGHT: Final = 12
"""Design pixels right of them."""

LABEL_PX: Final = 17
"""Size of words in the lanes, in pixels of the 1920 x 1080 design."""

SMALL_PX: Final = 16
MARK_PX: Final = 13
DASH: Final = (4.0, 4.0)


@dataclass(frozen=True, slots=True)
class Frame:
    """A lane of `width` x `height` pixels; its plot lies between the edges of `time`."""

    theme: Theme
    width: float
    height: float
    time: TimeScale

    @property
    def label_px(self) -> int:
        return self.theme.text_px(LABEL_PX)

    @property
    def small_px(self) -> int:
        return self.theme.text_px(SMALL_PX)

    @property
    def line_height(self) -> float:
        return fonts.metrics(self.label_px).height()

    def hairline(self, name: str, alpha: float = 1.0) -> QPen:
        """A pen one design pixel wide, never less than one real one."""
        return QPen(colour(name, alpha), self.theme.px(1))

    def clip(self, painter: QPainter) -> None:
        """Keep what follows inside the plot."""
        painter.setClipRect(QRectF(self.time.left, 0.0, self.time.width, self.height))


def vertical_grid(painter: QPainter, frame: Frame, times: tuple[int, ...]) -> None:
    """A faint line at each of the time axis' ticks."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.setPen(frame.hairline(frame.theme.palette.grid, 0.55))
    for t_ns in times:
        x = round(frame.time.x(t_ns))
        if frame.time.left <= x <= frame.time.right:
            painter.drawLine(QLineF(x, 1.0, x, frame.height - 1.0))


def horizontal_line(painter: QPainter, frame: Frame, y: float) -> None:
    """A faint line across the plot."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.setPen(frame.hairline(frame.theme.palette.grid, 0.55))
    painter.drawLine(QLineF(frame.time.left, round(y), frame.time.right, round(y)))


def level_lines(
    painter: QPainter, frame: Frame, scale: ValueScale, levels: tuple[Level, ...], name: str, alpha: float
) -> None:
    """Limits as dashed lines over the time they held; a change is a step. Former ones are paler."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    for level in levels:
        if not scale.holds(level.limit):
            continue
        left = max(frame.time.left, frame.time.x(level.t0_ns))
        right = frame.time.right if level.t1_ns is None else min(frame.time.right, frame.time.x(level.t1_ns))
        if right <= left:
            continue
        pen = frame.hairline(name, alpha if level.t1_ns is None else alpha * 0.6)
        pen.setDashPattern(DASH)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        y = round(scale.y(level.limit))
        painter.drawLine(QLineF(round(left), y, round(right), y))


def axis_words(painter: QPainter, frame: Frame, marks: list[tuple[float, str]]) -> None:
    """Numbers left of the plot, each at its pixel; the first given wins where two would touch."""
    px = frame.label_px
    height = fonts.metrics(px).capHeight()
    painter.setFont(fonts.font(px))
    painter.setPen(colour(frame.theme.palette.secondary))
    taken: list[float] = []
    right = frame.time.left - frame.theme.px(9)
    for y, text in marks:
        if any(abs(y - other) < height * 1.7 for other in taken) or not 0 < y < frame.height:
            continue
        taken.append(y)
        painter.drawText(QPointF(right - fonts.width(text, px), y + height / 2), text)


def words(
    painter: QPainter, frame: Frame, at: QPointF, text: str, name: str, px: int, weight: int = fonts.MEDIUM
) -> None:
    """A text from its left end and baseline, on a patch of the panel's black so that no line crosses it."""
    box = fonts.metrics(px, weight)
    pad = frame.theme.px(3)
    patch = QRectF(
        at.x() - pad,
        at.y() - box.capHeight() - pad,
        box.horizontalAdvance(text) + 2 * pad,
        box.capHeight() + 2 * pad,
    )
    painter.fillRect(patch, colour(frame.theme.palette.panel, 0.85))
    painter.setFont(fonts.font(px, weight))
    painter.setPen(colour(name))
    painter.drawText(at, text)


def elided(text: str, px: int, room: float, weight: int = fonts.MEDIUM) -> str:
    """The text, or its beginning and an ellipsis, within `room` pixels."""
    if fonts.width(text, px, weight) <= room:
        return text
    return fonts.metrics(px, weight).elidedText(text, Qt.TextElideMode.ElideRight, room)


def priority_mark(painter: QPainter, frame: Frame, priority: Priority, centre: QPointF) -> None:
    """The shape of an alarm's priority, in its colour."""
    size = frame.theme.px(MARK_PX)
    box = QRectF(centre.x() - size / 2, centre.y() - size / 2, size, size)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painting.priority_shape(painter, priority, box, frame.theme.fill(priority))
