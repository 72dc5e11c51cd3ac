"""Stretches in which the program did not run: a hatched band through the lanes, in which nothing is drawn."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from kapmonitor.session.state import Interruption
from ui import painting
from ui.theme import colour
from ui.trends.content import Content
from ui.trends.frame import Frame

LEAST_PX: Final = 5.0
"""Design pixels: a band of a few seconds is drawn this wide, so that it is seen in any window."""

HATCH_PX: Final = 10.0
"""Design pixels from stroke to stroke."""


def bands(frame: Frame, content: Content) -> tuple[QRectF, ...]:
    """Where the bands in view stand, from the top of the lane to its foot."""
    boxes = (_band(frame, gap) for gap in content.state.interruptions)
    plot = QRectF(frame.time.left, 0.0, frame.time.width, frame.height)
    return tuple(box.intersected(plot) for box in boxes if box.intersects(plot))


def _band(frame: Frame, gap: Interruption) -> QRectF:
    left, right = frame.time.x(gap.t0_ns), frame.time.x(gap.t1_ns)
    wide = max(right - left, LEAST_PX * frame.theme.scale, 3.0)
    return QRectF((left + right - wide) / 2, 1.0, wide, frame.height - 2.0)


def draw_bands(painter: QPainter, frame: Frame, content: Content) -> None:
    """Over what goes on by itself, such as limits and the usual course; under what was measured."""
    palette, step = frame.theme.palette, max(5.0, HATCH_PX * frame.theme.scale)
    for box in bands(frame, content):
        painter.fillRect(box, colour(palette.panel))
        painting.hatch(painter, box, colour(palette.faint), frame.theme.px(1), step)
