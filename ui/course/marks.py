"""How one session is told from another without colour: a shape for its readings, a stroke for its curves."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

STROKES: Final = ((8.0, 3.0), (2.0, 2.0), (8.0, 3.0, 2.0, 3.0), (14.0, 4.0), (5.0, 5.0))
"""Dashes and gaps, in widths of the pen."""
CORNERS: Final = (
    ((0.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)),
    ((0.0, -1.0), (1.0, 0.8), (-1.0, 0.8)),
    ((-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8)),
    ((0.0, 1.0), (1.0, -0.8), (-1.0, -0.8)),
)
"""Diamond, triangle, square, triangle on its head; after these a disc, a cross and a plus."""
DISC, CROSS = 4, 5
KINDS: Final = 7
_STROKES_OF_CROSSES: Final = {
    CROSS: ((-0.8, -0.8, 0.8, 0.8), (-0.8, 0.8, 0.8, -0.8)),
    CROSS + 1: ((-1.0, 0.0, 1.0, 0.0), (0.0, -1.0, 0.0, 1.0)),
}


def stroke(place: int, ink: QColor, width: float) -> QPen:
    """The pen for the curves of the session at this place."""
    pen = QPen(ink, width)
    pen.setDashPattern(STROKES[place % len(STROKES)])
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def mark(painter: QPainter, place: int, centre: QPointF, radius: float, ink: QColor) -> None:
    """The shape of the session at this place; the seven shapes and five strokes together repeat after 35."""
    kind = place % KINDS
    if kind >= CROSS:
        painter.setPen(QPen(ink, max(1.5, radius * 0.45)))
        for x1, y1, x2, y2 in _STROKES_OF_CROSSES[kind]:
            painter.drawLine(
                QLineF(
                    centre.x() + x1 * radius,
                    centre.y() + y1 * radius,
                    centre.x() + x2 * radius,
                    centre.y() + y2 * radius,
                )
            )
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    if kind == DISC:
        box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
        painter.drawEllipse(box.adjusted(radius * 0.1, radius * 0.1, -radius * 0.1, -radius * 0.1))
        return
    corners = [QPointF(centre.x() + x * radius, centre.y() + y * radius) for x, y in CORNERS[kind]]
    painter.drawPolygon(QPolygonF(corners))
