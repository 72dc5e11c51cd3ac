"""A QR code drawn as squares."""

from __future__ import annotations

import segno
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

QUIET = 2
"""Empty modules around it, beside the paper's own white."""


def paint(painter: QPainter, text: str, box: QRectF, ink: QColor) -> None:
    """The text as a code in a square."""
    rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix]
    size = box.width() / (len(rows) + 2 * QUIET)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                left, top = box.left() + (x + QUIET) * size, box.top() + (y + QUIET) * size
                painter.fillRect(QRectF(left, top, size * 1.02, size * 1.02), ink)
