"""How a check stands, as a small mark beside its words."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from kapmonitor.preflight import Standing
from ui import painting
from ui.theme import Theme, colour


def paint(painter: QPainter, theme: Theme, box: QRectF, standing: Standing | None) -> None:
    """A tick; a ring while it is open; a cross for a no; a ring with a bar for what is gone on without."""
    p, width = theme.palette, max(1.8, 2.4 * theme.scale)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if standing is None:
        return
    if standing is Standing.DONE:
        painting.tick(painter, box, colour(p.good), width)
        return
    ink = colour(p.medium if standing is Standing.WRONG else p.notes)
    painter.setPen(QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    small = box.adjusted(width, width, -width, -width)
    if standing is Standing.WRONG:
        painter.drawLine(QLineF(small.topLeft(), small.bottomRight()))
        painter.drawLine(QLineF(small.bottomLeft(), small.topRight()))
        return
    painter.drawEllipse(small)
    if standing is Standing.OVERRIDDEN:
        painter.drawLine(QLineF(small.left(), small.center().y(), small.right(), small.center().y()))
