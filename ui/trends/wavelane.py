"""The lane of the waves: columns while they are dense, samples where these lie apart; gaps stay open."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen

from kapmonitor.closeup import CloseUp, Samples, WaveLine
from ui import fonts
from ui import format as fmt
from ui.theme import Palette, colour
from ui.trends import wording
from ui.trends.content import Content
from ui.trends.frame import Frame, axis_words, horizontal_line, vertical_grid
from ui.trends.marks import quiet_word
from ui.trends.scale import ValueScale
from ui.trends.signals import title_box
from ui.trends.strokes import draw_lines, draw_trace
from ui.trends.traces import Trace, wave_trace
from ui.trends.window import Span

MOST_WAVES: Final = 6
DOT_APART_PX: Final = 5.0
"""Single samples are marked where they are at least this far apart."""

DOT: Final = 5.0
PEN: Final = 1.6
PIXEL_COLUMNS: Final = 2
"""Columns per pixel that are asked for. A wave has one, as with two its dense peaks shine bright and dim by
turns. With no more than one sample per pixel, samples are drawn one by one."""

FLAT: Final = 1e-6
"""What differs by less of itself is one value."""
TICKS: Final = 3
MARK_APART: Final = 1.8
"""Heights of a digit that the two ends of a scale must be apart."""

INKS: Final = (("ECG", "hr"), ("PULS_OXIM", "spo2"), ("PRESS", "nibp"))
"""What a metric's name holds, and the colour of the number that goes with it."""


@dataclass(frozen=True, slots=True, eq=False)
class WaveShown:
    """A wave in a window, in so many columns or as samples; its strip reaches from `low` to `high`."""

    line: WaveLine
    drawn: Trace | Samples
    columns: int
    low: float
    high: float
    step: float

    @property
    def empty(self) -> bool:
        return not len(self.drawn.lo if isinstance(self.drawn, Trace) else self.drawn.values)


def gather_waves(record: CloseUp, span: Span, width: int) -> tuple[WaveShown, ...]:
    """All waves of a record in a window of `width` columns."""
    return tuple(_shown(record, line, span, width) for line in record.waves()[:MOST_WAVES])


def _shown(record: CloseUp, line: WaveLine, span: Span, width: int) -> WaveShown:
    drawn: Trace | Samples
    pixels = max(1, width // PIXEL_COLUMNS)
    if (span.t1_ns - span.t0_ns) * line.fs / 1e9 <= pixels:
        drawn = record.samples(line.key, span.t0_ns, span.t1_ns)
        values = drawn.values[~np.isnan(drawn.values)]
        seen = (float(values.min()), float(values.max())) if len(values) else None
    else:
        drawn = wave_trace(record.columns(line.key, span.t0_ns, span.t1_ns, pixels))
        seen = drawn.seen
    return WaveShown(line, drawn, pixels, *even_range(seen))


def even_range(seen: tuple[float, float] | None) -> tuple[float, float, float]:
    """From a round number below what was seen to one above it, and the step between round numbers."""
    low, high = seen or (0.0, 1.0)
    if high - low <= FLAT * max(1.0, abs(low)):
        margin = max(abs(low) * 0.05, 0.5)
        low, high = low - margin, high + margin
    raw = (high - low) / TICKS
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1.0, 2.0, 5.0, 10.0) if power * factor >= raw)
    return math.floor(low / step) * step, math.ceil(high / step) * step, step


def ink_of(line: WaveLine, palette: Palette) -> str:
    """The colour of a wave: that of the number it belongs to."""
    name = next((ink for part, ink in INKS if part in line.key.ref), "text")
    return str(getattr(palette, name))


def strip_scale(frame: Frame, number: int, count: int, shown: WaveShown) -> ValueScale:
    """Where one of `count` strips lies within the lane."""
    tall = frame.height / count
    top, edge = number * tall, fonts.metrics(frame.label_px).capHeight()
    return ValueScale(shown.low, shown.high, top + edge, top + tall - edge)


def draw_body(painter: QPainter, frame: Frame, waves: tuple[WaveShown, ...], grid: tuple[int, ...]) -> None:
    """Everything below the now-line."""
    painter.save()
    frame.clip(painter)
    vertical_grid(painter, frame, grid)
    for number, shown in enumerate(waves):
        scale = strip_scale(frame, number, len(waves), shown)
        if number:
            horizontal_line(painter, frame, number * frame.height / len(waves))
        ink = ink_of(shown.line, frame.theme.palette)
        if isinstance(shown.drawn, Trace):
            draw_trace(painter, shown.drawn, frame, scale, shown.columns, ink, wide=1.0)
        else:
            _draw_samples(painter, shown.drawn, frame, scale, ink)
    painter.restore()


def draw_words(painter: QPainter, frame: Frame, content: Content, waves: tuple[WaveShown, ...]) -> None:
    """Everything above the now-line: names, units, scales."""
    if not waves:
        quiet_word(painter, frame, wording.NO_WAVES)
        return
    for number, shown in enumerate(waves):
        scale = strip_scale(frame, number, len(waves), shown)
        top = number * frame.height / len(waves) + frame.theme.px(6)
        name = wording.wave_title(shown.line)
        text = wording.WAVE_EMPTY.format(name=name) if shown.empty else name
        title_box(painter, frame, content, text, top)
        if not shown.empty:
            axis_words(painter, frame, _marks(frame, shown, scale))


def _marks(frame: Frame, shown: WaveShown, scale: ValueScale) -> list[tuple[float, str]]:
    """The ends of the scale, then round numbers between them; none where not even the ends have room."""
    if scale.bottom - scale.top < MARK_APART * fonts.metrics(frame.label_px).capHeight():
        return []
    count = round((shown.high - shown.low) / shown.step)
    values = [shown.low + i * shown.step for i in (0, count, *range(1, count))]
    return [(scale.y(value), axis_number(value, shown.step)) for value in values]


def axis_number(value: float, step: float) -> str:
    """A value with as many decimals as its scale's step has; round thousands as `2k`."""
    if step >= 100 and abs(value) >= 1000:
        return f"{value / 1000:.4g}k".replace("-", fmt.MINUS)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return f"{value:.{decimals}f}".replace("-", fmt.MINUS)


def sample_lines(
    samples: Samples, frame: Frame, scale: ValueScale
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lines (x, y, x, y) between neighbours without a gap, shape (n, 4), and the samples' points, (m, 2)."""
    here = ~np.isnan(samples.values)
    time = frame.time
    x = time.left + (samples.times[here] - time.t0_ns) * (time.width / (time.t1_ns - time.t0_ns))
    slope = (scale.bottom - scale.top) / (scale.high - scale.low)
    y = scale.bottom - (samples.values[here].astype(np.float64) - scale.low) * slope
    places = np.flatnonzero(here)
    joined = (np.diff(places) == 1) & (np.diff(samples.times[here]) <= samples.gap_ns)
    lines = np.stack((x[:-1], y[:-1], x[1:], y[1:]), axis=1)[joined]
    return lines, np.stack((x, y), axis=1)


def _draw_samples(painter: QPainter, samples: Samples, frame: Frame, scale: ValueScale, ink: str) -> None:
    lines, points = sample_lines(samples, frame, scale)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(colour(ink), max(1.0, PEN * frame.theme.scale))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    draw_lines(painter, lines)
    painter.setPen(_dot_pen(frame, ink))
    painter.drawPoints([QPointF(x, y) for x, y in _dots(lines, points).tolist()])


def draw_readings(painter: QPainter, frame: Frame, samples: Samples, scale: ValueScale, ink: str) -> None:
    """A dot for each single reading, where it came."""
    _, points = sample_lines(samples, frame, scale)
    painter.save()
    frame.clip(painter)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(_dot_pen(frame, ink))
    painter.drawPoints([QPointF(x, y) for x, y in points.tolist()])
    painter.restore()


def _dot_pen(frame: Frame, ink: str) -> QPen:
    return QPen(
        colour(ink), max(3.0, DOT * frame.theme.scale), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap
    )


def _dots(lines: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """All samples where they lie apart; else only those that no line touches."""
    if len(points) < 2 or float(np.median(np.diff(points[:, 0]))) >= DOT_APART_PX:
        return points
    touched = np.isin(points[:, 0], lines[:, (0, 2)])
    return points[~touched]
