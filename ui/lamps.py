"""The small shapes that stand for how a link is; each state has a shape of its own, not only a colour."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from ui.status_face import Lamp
from ui.theme import Palette, colour


def paint(painter: QPainter, box: QRectF, lamp: Lamp, p: Palette) -> None:
    """Draw the lamp into `box`."""
    thick = max(2.0, box.width() * 0.2)
    inner = box.adjusted(thick / 2, thick / 2, -thick / 2, -thick / 2)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(Qt.PenStyle.NoPen)
    match lamp:
        case Lamp.GOOD | Lamp.REC:
            painter.setBrush(colour(p.good if lamp is Lamp.GOOD else p.rec))
            painter.drawEllipse(box)
        case Lamp.BUSY:
            painter.setPen(QPen(colour(p.secondary), thick))
            painter.drawEllipse(inner)
        case Lamp.DOUBT:
            painter.setPen(QPen(colour(p.medium), thick))
            painter.drawEllipse(inner)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(p.medium))
            painter.drawPie(box, -90 * 16, 180 * 16)
        case Lamp.LOST:
            painter.setPen(QPen(colour(p.medium), thick * 1.2, c=Qt.PenCapStyle.RoundCap))
            painter.drawLine(inner.topLeft(), inner.bottomRight())
            painter.drawLine(inner.topRight(), inner.bottomLeft())
        case Lamp.OFF:
            painter.setPen(QPen(colour(p.faint), thick, c=Qt.PenCapStyle.RoundCap))
            middle = box.center().y()
            painter.drawLine(QPointF(box.left(), middle), QPointF(box.right(), middle))
