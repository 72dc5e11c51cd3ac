"""The blood pressure lane: each cuff a bar of its own, never joined; limits, usual course, what is due."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from kapmonitor.model import CuffReading, Measured
from kapmonitor.protocol.cuffdues import Became, PastDue
from kapmonitor.view import Role
from ui import fonts, strings
from ui import format as fmt
from ui.theme import colour, mix
from ui.trends import wording
from ui.trends.content import Content, Due, Pressure
from ui.trends.expected import Band
from ui.trends.frame import (
    Frame,
    axis_words,
    elided,
    horizontal_line,
    level_lines,
    priority_mark,
    vertical_grid,
    words,
)
from ui.trends.labels import Room, Wanted, place
from ui.trends.limits import Level, verdict
from ui.trends.scale import ValueScale, value_range
from ui.trends.strokes import band_outline, draw_band_edges
from ui.trends.unmonitored import draw_bands

USUAL: Final = (36.0, 190.0)
LEGEND_FROM: Final = 100
"""Design pixels: a lower lane has no room for words beside its readings."""

GRID: Final = 40
"""Grid lines every 40 mmHg from 20 on."""

GROWTH: Final = 20.0
ROOM: Final = 9.0
"""The scale grows in steps of 20 mmHg and keeps room for an alarm's mark above the highest reading."""

HEAD: Final = 36
"""Design pixels at the top for the key to the bars."""

SERIF: Final = 14.0
BAR: Final = 3.0
DOT: Final = 9.0
CROSS: Final = 9.0
FOOT: Final = 25.0
"""Design pixels from the bottom to the middle of its words; the ticks of due cuffs stand below them."""


def scale(frame: Frame, pressure: Pressure) -> ValueScale:
    """36 to 190 mmHg, more only if something was measured or is limited beyond that."""
    seen = [r.value for c in pressure.cuffs for r in (c.systolic, c.diastolic) if isinstance(r, Measured)]
    now = [level.limit for level in pressure.sys_high]
    values = [*seen, *now]
    low, high = value_range(USUAL, (min(values), max(values)) if values else None, GROWTH, ROOM)
    return ValueScale(low, high, frame.theme.px(HEAD), frame.height - frame.theme.px(6))


def draw_body(painter: QPainter, frame: Frame, content: Content, grid: tuple[int, ...]) -> None:
    """Everything below the now-line."""
    palette, pressure = frame.theme.palette, content.pressure
    values = scale(frame, pressure)
    painter.save()
    frame.clip(painter)
    vertical_grid(painter, frame, grid)
    _band(painter, frame, values, pressure.sys_band, 1.0)
    _band(painter, frame, values, pressure.dia_band, 0.55)
    for role in (Role.NIBP_SYS, Role.NIBP_DIA):
        draw_band_edges(painter, content.own.bands.get(role), frame, values, palette.nibp)
    for value in _grid_values(values):
        horizontal_line(painter, frame, values.y(value))
    for levels, alpha in ((pressure.sys_high, 0.9), (pressure.dia_high, 0.45), (pressure.sys_low, 0.45)):
        for level in levels:
            fill = frame.theme.fill(level.priority).name()
            level_lines(painter, frame, values, (level,), fill, alpha)
    draw_bands(painter, frame, content)
    for cuff in pressure.cuffs:
        _cuff(painter, frame, values, content, cuff)
    _due(painter, frame, pressure.due, palette.secondary)
    _missed(painter, frame, pressure.missed)
    painter.restore()


def draw_words(painter: QPainter, frame: Frame, content: Content) -> None:
    """Everything above the now-line."""
    values = scale(frame, content.pressure)
    axis_words(painter, frame, [(values.y(v), str(v)) for v in _grid_values(values)])
    if frame.height >= frame.theme.px(LEGEND_FROM):
        _legend(painter, frame, content)
    _limit_words(painter, frame, values, content)
    _foot_words(painter, frame, content)


def _grid_values(values: ValueScale) -> list[int]:
    first = int(-(-(values.low + 4 - 20) // GRID)) * GRID + 20
    return [v for v in range(first, int(values.high), GRID) if values.holds(v)]


def _band(painter: QPainter, frame: Frame, values: ValueScale, band: Band | None, alpha: float) -> None:
    if band is None:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(frame.theme.palette.nibp_band, alpha))
    painter.drawPolygon(band_outline(band, frame, values))


def _cuff(painter: QPainter, frame: Frame, values: ValueScale, content: Content, cuff: CuffReading) -> None:
    """A reading's bar, or a cross at the foot for a failure. If it alarmed: the alarm's colour and shape."""
    x = frame.time.x(cuff.t_ns)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if cuff.failure is not None:
        _cross(painter, frame, x)
        return
    if not isinstance(cuff.systolic, Measured) or not isinstance(cuff.diastolic, Measured):
        _half_reading(painter, frame, values, x, cuff)
        return
    reached = verdict(content.state.limits, content.state.alarms, cuff)
    ink = (
        frame.theme.fill(reached)
        if reached
        else colour(frame.theme.palette.nibp, 0.5 if cuff.stored else 1.0)
    )
    top, bottom = values.y(cuff.systolic.value), values.y(cuff.diastolic.value)
    _bar(painter, frame, x, top, bottom, ink)
    if isinstance(cuff.mean, Measured):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        radius = frame.theme.scale * DOT / 2
        painter.drawEllipse(QPointF(x, values.y(cuff.mean.value)), radius, radius)
    if reached:
        priority_mark(painter, frame, reached, QPointF(x, top - frame.theme.px(12)))


def _bar(painter: QPainter, frame: Frame, x: float, top: float, bottom: float, ink: QColor) -> None:
    """Stem and ticks as whole pixels: crisp, and many times cheaper than stroked lines."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    stem = mix(frame.theme.palette.panel, ink.name(), 0.6)
    thick = max(2, frame.theme.px(BAR))
    left = round(x - thick / 2)
    painter.fillRect(QRect(left, round(top), thick, round(bottom) - round(top)), stem)
    wide = frame.theme.px(SERIF)
    for y in (top, bottom):
        painter.fillRect(QRect(left - (wide - thick) // 2, round(y - thick / 2), wide, thick), ink)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _flat(ink: QColor, width: float) -> QPen:
    return QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)


def _half_reading(painter: QPainter, frame: Frame, values: ValueScale, x: float, cuff: CuffReading) -> None:
    """Only the pressures the device gave, as ticks without a bar between them."""
    half = SERIF * frame.theme.scale / 2
    painter.setPen(_flat(colour(frame.theme.palette.nibp), max(1.5, BAR * frame.theme.scale)))
    for reading in (cuff.systolic, cuff.mean, cuff.diastolic):
        if isinstance(reading, Measured):
            y = values.y(reading.value)
            painter.drawLine(QLineF(x - half, y, x + half, y))


def _foot(frame: Frame) -> float:
    return frame.height - frame.theme.px(FOOT)


def _cross(painter: QPainter, frame: Frame, x: float) -> None:
    half, y = frame.theme.scale * CROSS / 2, _foot(frame)
    painter.setPen(QPen(colour(frame.theme.palette.text), max(1.5, 2 * frame.theme.scale)))
    painter.drawLines(
        [QLineF(x - half, y - half, x + half, y + half), QLineF(x - half, y + half, x + half, y - half)]
    )


def _due(painter: QPainter, frame: Frame, due: tuple[Due, ...], name: str) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    for cuff in due:
        strong = cuff.late or cuff.held
        painter.setPen(
            _flat(colour(frame.theme.palette.notes if strong else name), max(2, frame.theme.px(3)))
        )
        x = round(frame.time.x(cuff.t_ns))
        painter.drawLine(QLineF(x, frame.height - frame.theme.px(14), x, frame.height - frame.theme.px(4)))


def _missed(painter: QPainter, frame: Frame, missed: tuple[PastDue, ...]) -> None:
    """A hollow tick where a cuff was due and none was taken; bright as long as nobody said why."""
    palette, wide = frame.theme.palette, max(6, frame.theme.px(7))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    top, high = frame.height - frame.theme.px(16), frame.theme.px(12)
    for due in missed:
        bright = due.became is Became.MISSED
        painter.setPen(
            _flat(colour(palette.notes if bright else palette.secondary), max(1, frame.theme.px(2)))
        )
        painter.drawRect(QRect(round(frame.time.x(due.t_ns) - wide / 2), round(top), wide, high))


def _legend(painter: QPainter, frame: Frame, content: Content) -> None:
    """The key of the bars, in words and in the marks themselves."""
    px, palette = frame.small_px, frame.theme.palette
    parts = (("BP · systolic", "high"), ("mean", "dot"), ("diastolic", "low"))
    gap, mark = frame.theme.px(7), frame.theme.px(13)
    wide = sum(fonts.width(text, px) + 2 * gap + mark for text, _ in parts)
    x = frame.time.right - frame.theme.px(8) - wide
    if x - gap < frame.time.x(content.now_ns) < frame.time.right:
        x = frame.time.left + frame.theme.px(12)
    cap = fonts.metrics(px).capHeight()
    base = frame.theme.px(12) + cap
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for text, kind in parts:
        words(painter, frame, QPointF(x, base), text, palette.secondary, px)
        x += fonts.width(text, px) + gap
        painter.setPen(_flat(colour(palette.nibp), frame.theme.px(3)))
        if kind == "dot":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(palette.nibp))
            painter.drawEllipse(
                QPointF(x + mark / 2, base - cap / 2),
                DOT * frame.theme.scale / 2,
                DOT * frame.theme.scale / 2,
            )
        else:
            y = base - cap + 1 if kind == "high" else base - 1
            painter.drawLine(QLineF(x, y, x + mark, y))
        x += mark + gap


def _limit_words(painter: QPainter, frame: Frame, values: ValueScale, content: Content) -> None:
    """The limits in force, at the right end of their lines; the systolic one wins where two would touch."""
    px, taken = frame.label_px, list[QRectF]()
    pressure = content.pressure
    highest = (pressure.sys_high, wording.HIGH_LIMIT), (pressure.dia_high, wording.HIGH_LIMIT)
    for levels, template in (*highest, (pressure.sys_low, wording.LOW_LIMIT)):
        level = levels[-1] if levels and levels[-1].t1_ns is None else None
        if level is not None and values.holds(level.limit):
            text = template.format(limit=fmt.limit(level.limit))
            taken = _limit_word(painter, frame, values, level, text, px, taken)


def _limit_word(
    painter: QPainter,
    frame: Frame,
    values: ValueScale,
    level: Level,
    text: str,
    px: int,
    taken: list[QRectF],
) -> list[QRectF]:
    wide = fonts.width(text, px)
    base = values.y(level.limit) - frame.theme.px(6)
    box = QRectF(
        frame.time.right - wide - frame.theme.px(8),
        base - fonts.metrics(px).capHeight(),
        wide,
        fonts.metrics(px).capHeight(),
    )
    if any(box.adjusted(0, -2, 0, 2).intersects(other) for other in taken) or box.top() < 0:
        return taken
    words(painter, frame, QPointF(box.left(), base), text, frame.theme.fill(level.priority).name(), px)
    return [*taken, box]


def _foot_words(painter: QPainter, frame: Frame, content: Content) -> None:
    """Why cuffs failed and when the next is due: newest first, shortened or left out, never overlapping."""
    px, px_gap = frame.small_px, frame.theme.px(12)
    wanted, texts = [], []
    for rank, cuff in enumerate(c for c in content.pressure.cuffs if c.failure is not None):
        text = wording.FAILED.format(why=strings.CUFF_FAILURES[cuff.failure]) if cuff.failure else ""
        wanted.append(Wanted(frame.time.x(cuff.t_ns), fonts.width(text, px), rank))
        texts.append((text, frame.theme.palette.text))
    for due in content.pressure.due[:1]:
        text = wording.HELD if due.held else wording.DUE if due.late else wording.NEXT
        wanted.append(Wanted(frame.time.x(due.t_ns), fonts.width(text, px), 1000))
        strong = due.held or due.late
        texts.append((text, frame.theme.palette.notes if strong else frame.theme.palette.secondary))
    least = fonts.width("xxxx", px)
    room = Room(frame.time.left + px_gap, frame.time.right - px_gap, 1, px_gap, least)
    base = _foot(frame) + fonts.metrics(px).capHeight() / 2
    for (text, name), found in zip(texts, place(wanted, room), strict=True):
        if found is not None:
            words(painter, frame, QPointF(found.x, base), elided(text, px, found.width + 1), name, px)
