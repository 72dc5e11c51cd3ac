"""From arrays to strokes without a Python object per point: columns as lines, bands as one filled outline."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import shiboken6
from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QPainter, QPen, QPolygonF

from ui.theme import colour
from ui.trends.expected import Band
from ui.trends.frame import Frame
from ui.trends.scale import ValueScale
from ui.trends.traces import Trace

if TYPE_CHECKING:
    from numpy.typing import NDArray

OVERLAP = 2.0
"""Lines are as wide as this many columns and centred on their right edges: every other one fills a pixel
exactly, those between soften its edges, and no seam shows."""

DOTS = (1.5, 3.0)
"""Of the edges of a person's own band, in widths of the pen."""

THICK = 2.0
"""How tall a column is drawn where minimum and maximum agree, in pixels of the design."""


def column_lines(
    trace: Trace, frame: Frame, scale: ValueScale, columns: int, wide: float = OVERLAP
) -> NDArray[np.float64]:
    """One line (x, top, x, bottom) per column, shape (n, 4); never shorter than the trace is thick."""
    half = max(0.75, THICK * frame.theme.scale / 2)
    lines = np.empty((len(trace.index), 4))
    x = frame.time.left + (trace.index + wide / 2) * (frame.time.width / columns)
    slope = (scale.bottom - scale.top) / (scale.high - scale.low)
    lines[:, 0] = x
    lines[:, 1] = scale.bottom - (trace.hi - scale.low) * slope - half
    lines[:, 2] = x
    lines[:, 3] = scale.bottom - (trace.lo - scale.low) * slope + half
    return lines


def draw_lines(painter: QPainter, lines: NDArray[np.float64]) -> None:
    """Draw (n, 4) lines with the painter's pen in one call."""
    if not len(lines):
        return
    rows = np.ascontiguousarray(lines, dtype=np.float64)
    first = cast("QLineF", shiboken6.wrapInstance(rows.ctypes.data, QLineF))
    painter.drawLines(first, len(rows))


def draw_trace(
    painter: QPainter,
    trace: Trace,
    frame: Frame,
    scale: ValueScale,
    columns: int,
    name: str,
    wide: float = OVERLAP,
) -> None:
    """Draw a trace: upright lines, antialiased, give a smooth edge without stroking a polyline.

    `wide` is the width of a line in columns.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(colour(name), wide * frame.time.width / columns)
    pen.setCapStyle(pen.capStyle().FlatCap)
    painter.setPen(pen)
    draw_lines(painter, column_lines(trace, frame, scale, columns, wide))


def draw_band_edges(painter: QPainter, band: Band | None, frame: Frame, scale: ValueScale, name: str) -> None:
    """Both edges of a band as dotted lines, so that it can lie upon a shaded one; broken at NaN."""
    if band is None:
        return
    pen = QPen(colour(name, 0.8), max(1.2, 1.6 * frame.theme.scale))
    pen.setDashPattern(DOTS)
    pen.setCapStyle(pen.capStyle().FlatCap)
    painter.setPen(pen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    known = ~np.isnan(band.low)
    for edge in (band.low, band.high):
        for piece in np.split(np.arange(len(edge)), np.flatnonzero(~known)):
            at = piece[known[piece]]
            line = [QPointF(frame.time.x(float(band.t_ns[i])), scale.y(float(edge[i]))) for i in at]
            painter.drawPolyline(QPolygonF(line))


def band_outline(band: Band, frame: Frame, scale: ValueScale) -> QPolygonF:
    """The band's outline: along its upper edge, back along its lower one."""
    time = frame.time
    x = time.left + (band.t_ns - time.t0_ns) * (time.width / (time.t1_ns - time.t0_ns))
    slope = (scale.bottom - scale.top) / (scale.high - scale.low)
    above = scale.bottom - (band.high - scale.low) * slope
    below = scale.bottom - (band.low - scale.low) * slope
    xs = np.concatenate((x, x[::-1])).tolist()
    ys = np.concatenate((above, below[::-1])).tolist()
    return QPolygonF(list(map(QPointF, xs, ys)))
