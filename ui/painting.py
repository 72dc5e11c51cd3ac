"""Small things drawn the same way everywhere: text that never runs over, alarm shapes, dots, ticks."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from kapmonitor.snapshot import Priority
from ui import fonts

LEFT = Qt.AlignmentFlag.AlignLeft
RIGHT = Qt.AlignmentFlag.AlignRight
STAR_STEP = 1.12
CENTRE = Qt.AlignmentFlag.AlignHCenter


def line(
    painter: QPainter,
    x: float,
    baseline: float,
    text: str,
    ink: QColor,
    px: int,
    weight: int = fonts.MEDIUM,
    *,
    room: float = math.inf,
    align: Qt.AlignmentFlag = LEFT,
    smallest: int = 0,
) -> float:
    """Draw one line of text and return its width; first shrinks to `smallest`, then ends in an ellipsis."""
    size = px if not smallest else fonts.fitting(text, room, px, weight, smallest)
    measures = fonts.metrics(size, weight)
    shown = text
    width = measures.horizontalAdvance(text)
    if width > room:
        shown = measures.elidedText(text, Qt.TextElideMode.ElideRight, room)
        width = measures.horizontalAdvance(shown)
    left = x - width if align == RIGHT else x - width / 2 if align == CENTRE else x
    painter.setFont(fonts.font(size, weight))
    painter.setPen(ink)
    painter.drawText(QPointF(left, baseline), shown)
    return width


def broken(text: str, px: int, room: float, weight: int = fonts.MEDIUM) -> list[str]:
    """The text in as many lines as it needs; a word longer than the room stays whole."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and fonts.width(longer, px, weight) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def middle_baseline(centre_y: float, measures: QFontMetricsF) -> float:
    """The baseline at which capitals and digits stand centred on `centre_y`."""
    return centre_y + measures.capHeight() / 2


def priority_shape(painter: QPainter, priority: Priority, box: QRectF, ink: QColor) -> None:
    """HIGH a diamond, MEDIUM a triangle, LOW a disc."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    c = box.center()
    match priority:
        case Priority.HIGH:
            corners = (
                QPointF(c.x(), box.top()),
                QPointF(box.right(), c.y()),
                QPointF(c.x(), box.bottom()),
                QPointF(box.left(), c.y()),
            )
            painter.drawPolygon(QPolygonF(corners))
        case Priority.MEDIUM:
            corners3 = (QPointF(c.x(), box.top()), box.bottomRight(), box.bottomLeft())
            painter.drawPolygon(QPolygonF(corners3))
        case Priority.LOW:
            painter.drawEllipse(box.adjusted(1, 1, -1, -1))


def marks(
    painter: QPainter, priority: Priority, x: float, centre_y: float, size: float, ink: QColor
) -> float:
    """An alarm's shape, and a star more for each higher priority; returns the width they took."""
    priority_shape(painter, priority, QRectF(x, centre_y - size / 2, size, size * 0.94), ink)
    stars(painter, x + size * 1.5, centre_y, size, priority.rank, ink)
    return marks_width(priority, size)


def marks_width(priority: Priority, size: float) -> float:
    """How wide those are."""
    return size * (1.5 + STAR_STEP * priority.rank)


def stars(painter: QPainter, x: float, centre_y: float, size: float, count: int, ink: QColor) -> float:
    """Draw `count` five-pointed stars and return the width they took."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    step = size * STAR_STEP
    for i in range(count):
        painter.drawPolygon(_star(x + step * i + size / 2, centre_y, size / 2))
    return step * count


def _star(x: float, y: float, radius: float) -> QPolygonF:
    points = []
    for i in range(10):
        reach = radius if i % 2 == 0 else radius * 0.42
        angle = math.pi * i / 5 - math.pi / 2
        points.append(QPointF(x + reach * math.cos(angle), y + reach * math.sin(angle)))
    return QPolygonF(points)


def hatch(painter: QPainter, box: QRectF, ink: QColor, width: float, step: float) -> None:
    """Slanted strokes, `step` pixels apart, between two upright edges: here nothing was monitored.

    The strokes stand on a grid of the painter's own pixels, so that none crawls while the box grows.
    """
    painter.save()
    painter.setClipRect(box, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    faded = QColor(ink)
    faded.setAlphaF(ink.alphaF() * 0.75)
    painter.setPen(QPen(faded, width))
    first = math.floor((box.left() - box.height()) / step) * step
    starts = [first + n * step for n in range(int((box.right() - first) / step) + 1)]
    painter.drawLines([QLineF(x, box.bottom(), x + box.height(), box.top()) for x in starts])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.setPen(QPen(ink, width))
    for x in (box.left(), box.right() - 1.0):
        painter.drawLine(QLineF(round(x), box.top(), round(x), box.bottom()))
    painter.restore()


def tick(painter: QPainter, box: QRectF, ink: QColor, width: float) -> None:
    """A check mark."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(
        QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    path = QPainterPath(QPointF(box.left(), box.center().y()))
    path.lineTo(box.left() + box.width() * 0.36, box.bottom() - box.height() * 0.12)
    path.lineTo(box.right(), box.top() + box.height() * 0.1)
    painter.drawPath(path)


def struck_clock(painter: QPainter, box: QRectF, ink: QColor, width: float) -> None:
    """A clock with a line through it: this value is too old to act on."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    inner = box.adjusted(width, width, -width, -width)
    painter.drawEllipse(inner)
    centre = inner.center()
    painter.drawLine(centre, QPointF(centre.x(), inner.top() + inner.height() * 0.22))
    painter.drawLine(centre, QPointF(centre.x() + inner.width() * 0.22, centre.y()))
    painter.drawLine(box.bottomLeft(), box.topRight())


def crossed_bell(painter: QPainter, box: QRectF, ink: QColor, width: float) -> None:
    """A bell with a line through it: something that would alarm does not, for a while."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(
        QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    w, h, c = box.width(), box.height(), box.center().x()
    foot = box.top() + h * 0.74
    bell = QPainterPath(QPointF(box.left() + w * 0.12, foot))
    bell.cubicTo(
        QPointF(box.left() + w * 0.32, box.top() + h * 0.52),
        QPointF(box.left() + w * 0.18, box.top() + h * 0.06),
        QPointF(c, box.top() + h * 0.06),
    )
    bell.cubicTo(
        QPointF(box.right() - w * 0.18, box.top() + h * 0.06),
        QPointF(box.right() - w * 0.32, box.top() + h * 0.52),
        QPointF(box.right() - w * 0.12, foot),
    )
    bell.closeSubpath()
    painter.drawPath(bell)
    painter.drawLine(QPointF(c - w * 0.1, box.top() + h * 0.92), QPointF(c + w * 0.1, box.top() + h * 0.92))
    painter.drawLine(box.bottomLeft(), box.topRight())
