"""Waves at full rate, drawn as a sweep: an erase bar runs from left to right, the last pass stays behind it.

The strips are kept in a pixmap; a new sample costs the few pixels it lands on. The place of a sample
follows from its number alone, so a strip can be redrawn at any time and looks the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from kapmonitor.model import NO_SAMPLE
from kapmonitor.view import WaveTap
from ui.theme import Theme, colour

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PEN: Final = 2.0
ERASE_PX: Final = 12
OLD_SHARE: Final = 0.5
"""How much of the previous pass is blended into the background when a new pass begins."""
SETTLE_S: Final = 1.5
"""How long a new wave is watched before its scale is chosen for the second time."""
DENSE_PX: Final = 0.5
"""Samples closer than this are drawn as one bar for each pixel column."""
POINT: Final = 0.05
"""Added to the length of each bar: Qt draws nothing for a line from a point to itself."""
MARGIN: Final = 0.08
EASE: Final = 0.5
"""The share of the way to a new scale that is taken at the start of each pass."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One strip: which wave, in which colour, how many seconds wide."""

    tap: WaveTap
    ink: str
    window_s: float = 8.0


@dataclass(frozen=True, slots=True)
class Scale:
    """The raw values at the strip's lower and upper edge."""

    low: float
    high: float

    def eased(self, target: Scale) -> Scale:
        """Half the way to `target`; all of it if the wave has left the strip or shrunk to a line."""
        span, wanted = self.high - self.low, target.high - target.low
        if wanted > 1.5 * span or wanted < span / 3:
            return target
        return Scale(self.low + EASE * (target.low - self.low), self.high + EASE * (target.high - self.high))


def robust_scale(samples: NDArray[np.int16]) -> Scale | None:
    """The scale that shows all but the outermost hundredth of these samples, None if there are none."""
    import numpy as np

    present = samples[samples != NO_SAMPLE]
    if present.size == 0:
        return None
    low, high = (float(v) for v in np.percentile(present, (0.5, 99.5)))
    margin = max((high - low) * MARGIN, 2.0)
    return Scale(low - margin, high + margin)


class Strip:
    """One lane's band of the picture, and how far it has been drawn. Painters are handed in, antialiasing."""

    def __init__(self, lane: Lane, box: QRect, background: QColor, erase: int) -> None:
        self.lane = lane
        self._box = box
        self._background = background
        self._erase = erase
        self._pen = QPen(
            colour(lane.ink), PEN, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.BevelJoin
        )
        self._per_pass = max(2, round(lane.window_s * lane.tap.fs))
        self._step = box.width() / self._per_pass
        self._top = box.y() + PEN / 2
        self._bottom = box.y() + box.height() - PEN / 2
        self.drawn = -1
        self._last: QPointF | None = None
        self._scale: Scale | None = None
        self._settle_at = -1

    def advance(self, painter: QPainter, head: int) -> QRect:
        """Draw what is new up to sample `head`; returns the part of the picture that changed."""
        new = head - self.drawn
        if self.drawn < 0 or new < 0 or new >= self._per_pass // 2 or self._scale is None:
            return self._redraw(painter, head)
        if head >= self._settle_at >= 0:
            self._settle_at = -1
            return self._redraw(painter, head)
        if head // self._per_pass != self.drawn // self._per_pass:
            return self._begin_pass(painter, head)
        return self._draw(painter, self.drawn, head)

    def _x(self, number: int) -> float:
        return self._box.x() + (number % self._per_pass) * self._step

    def _slope(self, scale: Scale) -> float:
        return (self._bottom - self._top) / (scale.high - scale.low)

    def _draw(self, painter: QPainter, start: int, stop: int) -> QRect:
        """Samples start..stop-1 of one pass, touching only the pixels they need."""
        scale = self._scale
        if scale is None:
            return QRect()
        x = self._x(start) - self._step
        first = int(x - PEN)
        end = min(int(self._x(stop - 1)) + self._erase + 2, self._box.right() + 1)
        erased = int(x + PEN) + 1
        painter.fillRect(erased, self._box.y(), end - erased, self._box.height(), self._background)
        painter.setPen(self._pen)
        slope = self._slope(scale)
        level, top, bottom = self._bottom + scale.low * slope, self._top, self._bottom
        line = [] if self._last is None else [self._last]
        for raw in self.lane.tap.read(start, stop).tolist():
            x += self._step
            if raw == NO_SAMPLE:
                _stroke(painter, line)
                line = []
                continue
            y = level - raw * slope
            line.append(QPointF(x, top if y < top else min(y, bottom)))
        _stroke(painter, line)
        self._last, self.drawn = line[-1] if line else None, stop
        return QRect(first, self._box.y(), end - first, self._box.height())

    def _begin_pass(self, painter: QPainter, head: int) -> QRect:
        """Finish the pass, dim it, ease the scale, and start at the left again."""
        turn = head - head % self._per_pass
        if turn > self.drawn:
            self._draw(painter, self.drawn, turn)
        target = robust_scale(self.lane.tap.read(turn - self._per_pass, turn))
        if target is not None and self._scale is not None:
            self._scale = self._scale.eased(target)
        self._dim(painter)
        self._last, self.drawn = None, turn
        if head > turn:
            self._draw(painter, turn, head)
        return self._box

    def _dim(self, painter: QPainter) -> None:
        veil = QColor(self._background)
        veil.setAlphaF(OLD_SHARE)
        painter.fillRect(self._box, veil)

    def _redraw(self, painter: QPainter, head: int) -> QRect:
        """The last pass up to `head`, from the tap, as bridged columns: cheap however dense the wave is."""
        start = max(0, head - self._per_pass)
        samples = self.lane.tap.read(start, head)
        painter.fillRect(self._box, self._background)
        target = robust_scale(samples)
        if self._scale is None and target is not None:
            self._settle_at = head + round(SETTLE_S * self.lane.tap.fs)
        self._scale = target
        self._last, self.drawn = None, head
        if target is None:
            return self._box
        split = max(0, min(len(samples), head - head % self._per_pass - start))
        self._columns(painter, samples[:split], start, target)
        self._dim(painter)
        ahead = int(self._x(head))
        painter.fillRect(ahead, self._box.y(), self._erase, self._box.height(), self._background)
        self._columns(painter, samples[split:], start + split, target)
        if len(samples) > split and samples[-1] != NO_SAMPLE:
            y = self._bottom - (float(samples[-1]) - target.low) * self._slope(target)
            self._last = QPointF(self._x(head - 1), min(self._bottom, max(self._top, y)))
        return self._box

    def _columns(self, painter: QPainter, samples: NDArray[np.int16], start: int, scale: Scale) -> None:
        if len(samples) < 2:
            return
        segments = column_lines(samples, self._x(start), self._step)
        slope = self._slope(scale)
        for place in (1, 3):
            ys = self._bottom - (segments[:, place] - scale.low) * slope
            segments[:, place] = ys.clip(self._top, self._bottom)
        segments[:, 3] += POINT
        painter.setPen(self._pen)
        painter.drawLines([QLineF(*segment) for segment in segments.tolist()])


def _stroke(painter: QPainter, line: list[QPointF]) -> None:
    if len(line) > 1:
        painter.drawPolyline(line)


def column_lines(samples: NDArray[np.int16], x: float, step: float) -> NDArray[np.float64]:
    """Line segments, shape (n, 4): x0, raw0, x1, raw1, for samples `step` pixels apart; gaps stay open.

    Where samples are dense, each pixel column gets one bar from its minimum to its maximum.
    """
    import numpy as np

    values = samples.astype(np.float64)
    values[samples == NO_SAMPLE] = np.nan
    xs = x + step * np.arange(len(values))
    if step < DENSE_PX:
        return _bars(values, np.floor(xs).astype(np.int64))
    joined = ~(np.isnan(values[:-1]) | np.isnan(values[1:]))
    return np.stack((xs[:-1], values[:-1], xs[1:], values[1:]), axis=1)[joined]


def _bars(values: NDArray[np.float64], column: NDArray[np.int64]) -> NDArray[np.float64]:
    """One upright bar for each pixel column, reaching to its neighbour's."""
    import numpy as np

    firsts = np.flatnonzero(np.diff(column, prepend=column[0] - 1))
    low, high = np.fmin.reduceat(values, firsts), np.fmax.reduceat(values, firsts)
    present = ~np.isnan(low)
    low[1:], high[1:] = np.fmin(low[1:], high[:-1]), np.fmax(high[1:], low[:-1])
    x = column[firsts] + 0.5
    return np.stack((x, low, x, high), axis=1)[present]


class Sweep(QWidget):
    """One or more strips, one above the other. Call `advance()` whenever samples may have come."""

    def __init__(self, theme: Theme, background: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._background = background
        self._lanes: tuple[Lane, ...] = ()
        self._strips: tuple[Strip, ...] = ()
        self._picture = QPixmap()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def set_theme(self, theme: Theme, background: str = "") -> None:
        self._theme, self._background = theme, background
        self._build()

    def set_lanes(self, lanes: tuple[Lane, ...]) -> None:
        """Show these waves."""
        if lanes != self._lanes:
            self._lanes = lanes
            self._build()

    def advance(self) -> None:
        """Draw new samples and ask for a repaint of just the pixels they touched."""
        painter: QPainter | None = None
        for strip in self._strips:
            head = strip.lane.tap.head()
            if head == strip.drawn:
                continue
            if painter is None:
                painter = QPainter(self._picture)
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.update(strip.advance(painter, head))
        if painter is not None:
            painter.end()

    def _build(self) -> None:
        """Make the picture anew; the next advance() fills it."""
        ratio = self.devicePixelRatioF()
        self._picture = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        self._picture.setDevicePixelRatio(ratio)
        behind = colour(self._background or self._theme.palette.panel)
        self._picture.fill(behind)
        erase, count = self._theme.px(ERASE_PX), len(self._lanes)
        height = self.height() // max(1, count)
        self._strips = tuple(
            Strip(lane, QRect(0, i * height, self.width(), height), behind, erase)
            for i, lane in enumerate(self._lanes if height > PEN else ())
        )
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._build()
        self.advance()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        part, ratio = event.rect(), self._picture.devicePixelRatio()
        if ratio == 1.0:
            painter.drawPixmap(part, self._picture, part)
        else:
            source = QRectF(part.x() * ratio, part.y() * ratio, part.width() * ratio, part.height() * ratio)
            painter.drawPixmap(QRectF(part), self._picture, source)
        painter.end()
