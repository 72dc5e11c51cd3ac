"""The trends of a report: heart rate, saturation, cuffs, notes and music on one axis of time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from kapmonitor.model import Columns, CuffReading, Measured
from kapmonitor.view import Role
from ui import fonts
from ui import format as fmt
from ui.painting import CENTRE, RIGHT, hatch
from ui.report import paper, text, wording
from ui.report.facts import Facts
from ui.report.rows import is_alarming
from ui.report.summary import amount_words
from ui.report.ticks import time_ticks, value_span

LEAST_ROOM = 40.0
"""Fewer points are no room for words."""
INSET = 60.0
"""Of the axis: where the numbers stand."""
LABELS = 98.0
"""At its other end: where the curves' names stand, so that none covers a value."""
SIGNALS = QRectF(paper.LEFT, 300, paper.ROOM, 226)
PRESSURES = QRectF(paper.LEFT, 536, paper.ROOM, 256)
NOTES = QRectF(paper.LEFT, 802, paper.ROOM, 66)
MUSIC = QRectF(paper.LEFT, 876, paper.ROOM, 44)
AXIS = 946.0


@dataclass(frozen=True, slots=True)
class _Axis:
    """Time across, values up."""

    t0_ns: int
    t1_ns: int
    low: float = 0.0
    high: float = 1.0
    top: float = 0.0
    bottom: float = 1.0

    def x(self, t_ns: float) -> float:
        left, width = paper.LEFT + INSET, paper.ROOM - INSET - LABELS
        return left + width * (t_ns - self.t0_ns) / (self.t1_ns - self.t0_ns)

    def y(self, value: float) -> float:
        return self.bottom - (value - self.low) / (self.high - self.low) * (self.bottom - self.top)


def paint(painter: QPainter, facts: Facts) -> None:
    """All panels and the axis below them."""
    axis = _Axis(facts.t0_ns, facts.t1_ns)
    ticks = time_ticks(facts.t0_ns, facts.t1_ns, facts.zero_ns)
    for box in (SIGNALS, PRESSURES, NOTES, MUSIC):
        _panel(painter, box, [axis.x(t_ns) for t_ns in ticks])
        _gaps(painter, facts, axis, box)
    _signals(painter, facts)
    _cuffs(painter, facts)
    _notes(painter, facts, axis)
    _music(painter, facts, axis)
    for t_ns in ticks:
        words = facts.tick(t_ns)
        x = min(axis.x(t_ns), paper.RIGHT - text.width(words, paper.TINY) / 2)
        text.line(painter, x, AXIS, words, paper.SECONDARY, paper.TINY, align=CENTRE)


def _panel(painter: QPainter, box: QRectF, xs: list[float]) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(paper.FAINT, 1.0))
    painter.drawLines([QLineF(x, box.top(), x, box.bottom()) for x in xs])
    painter.setPen(QPen(paper.EDGE, 1.2))
    painter.drawRoundedRect(box, 5.0, 5.0)


def _gaps(painter: QPainter, facts: Facts, axis: _Axis, box: QRectF) -> None:
    """Interruptions through everything, hatched; where only a device was away, grey behind its curve."""
    if box is SIGNALS:
        for t0_ns, t1_ns in facts.lost:
            left, right = axis.x(t0_ns), axis.x(t1_ns)
            painter.fillRect(QRectF(left, box.top() + 1, right - left, box.height() - 2), paper.BLOCK)
    for gap in facts.state.interruptions:
        left, right = axis.x(gap.t0_ns), max(axis.x(gap.t1_ns), axis.x(gap.t0_ns) + 3.0)
        inner = QRectF(left, box.top() + 1.0, right - left, box.height() - 2.0)
        painter.fillRect(inner, paper.BLOCK)
        hatch(painter, inner, paper.EDGE, 1.0, 9.0)
        if box is SIGNALS:
            x = min(max((left + right) / 2, paper.LEFT + 130.0), paper.RIGHT - 130.0)
            words = wording.NOT_MONITORED
            text.line(painter, x, box.top() + 20.0, words, paper.INK, paper.TINY, align=CENTRE)


def _signals(painter: QPainter, facts: Facts) -> None:
    upper = QRectF(SIGNALS.left(), SIGNALS.top() + 26, SIGNALS.width(), 118)
    lower = QRectF(SIGNALS.left(), SIGNALS.bottom() - 62, SIGNALS.width(), 52)
    _signal(painter, facts, facts.hr, upper, paper.HR, wording.HR, (50.0, 110.0), 3)
    _signal(painter, facts, facts.spo2, lower, paper.SPO2, wording.SPO2, (92.0, 100.0), 2)


def _signal(
    painter: QPainter,
    facts: Facts,
    columns: Columns,
    box: QRectF,
    ink: QColor,
    name: str,
    usual: tuple[float, float],
    count: int,
) -> None:
    text.line(painter, paper.RIGHT - 12, box.top() - 6, name, ink, paper.SMALL, fonts.BOLD, align=RIGHT)
    known = columns.lo[~np.isnan(columns.lo)]
    if not len(known):
        _empty(painter, box)
        return
    found = (float(known.min()), float(np.nanmax(columns.hi)))
    low, high, marks = value_span(found, usual, count)
    axis = _Axis(facts.t0_ns, facts.t1_ns, low, high, box.top(), box.bottom())
    for mark in marks:
        _mark(painter, axis.y(mark), mark)
    if ink is paper.HR:
        _band(painter, facts, Role.HR, axis, paper.HR_BAND)
    painter.setPen(QPen(ink, 1.3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for path in _paths(columns, axis):
        painter.drawPath(path)


def _band(painter: QPainter, facts: Facts, role: Role, axis: _Axis, fill: QColor) -> None:
    """What is usual after the doses, as far as the axis reaches."""
    band = facts.bands.get(role)
    if band is None or not len(band.t_ns):
        return
    times = band.t_ns.tolist()
    points = [QPointF(axis.x(t), axis.y(v)) for t, v in zip(times, band.high.tolist(), strict=True)]
    points += [QPointF(axis.x(t), axis.y(v)) for t, v in zip(times, band.low.tolist(), strict=True)][::-1]
    painter.save()
    painter.setClipRect(QRectF(paper.LEFT, axis.top, paper.ROOM, axis.bottom - axis.top))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawPolygon(QPolygonF(points))
    painter.restore()


def _empty(painter: QPainter, box: QRectF) -> None:
    y = box.center().y() + 5.0
    x = box.center().x()
    text.line(painter, x, y, wording.NO_VALUES, paper.SECONDARY, paper.SMALL, align=CENTRE)


def _mark(painter: QPainter, y: float, value: float) -> None:
    x = paper.LEFT + INSET - 12
    words = f"{value:g}"
    text.line(painter, x, y + 5.0, words, paper.SECONDARY, paper.TINY, align=RIGHT)


def _paths(columns: Columns, axis: _Axis) -> Iterator[QPainterPath]:
    """One path for each stretch with values: never a line across a gap."""
    step = (columns.t1_ns - columns.t0_ns) / len(columns.lo)
    path: QPainterPath | None = None
    for place, (low, high) in enumerate(zip(columns.lo.tolist(), columns.hi.tolist(), strict=True)):
        if low != low:
            if path is not None:
                yield path
            path = None
            continue
        x = axis.x(columns.t0_ns + (place + 0.5) * step)
        if path is None:
            path = QPainterPath(QPointF(x, axis.y(low)))
            path.lineTo(x + 0.1, axis.y(high))
        else:
            path.lineTo(x, axis.y(low))
            path.lineTo(x, axis.y(high))
    if path is not None:
        yield path


def _cuffs(painter: QPainter, facts: Facts) -> None:
    box = PRESSURES
    text.line(
        painter,
        paper.RIGHT - 12,
        box.top() + 22,
        wording.BP,
        paper.INK,
        paper.SMALL,
        fonts.BOLD,
        align=RIGHT,
    )
    shown = [cuff for cuff in facts.cuffs if isinstance(cuff.systolic, Measured) and not cuff.stored]
    if not shown:
        _empty(painter, box)
        return
    values = [part.value for c in shown for part in (c.systolic, c.diastolic) if isinstance(part, Measured)]
    low, high, marks = value_span((min(values), max(values)), (60.0, 170.0), 3)
    axis = _Axis(facts.t0_ns, facts.t1_ns, low, high, box.top() + 30, box.bottom() - 12)
    for mark in marks:
        _mark(painter, axis.y(mark), mark)
    for role in (Role.NIBP_SYS, Role.NIBP_DIA):
        _band(painter, facts, role, axis, paper.BP_BAND)
    _limits(painter, facts, axis)
    for cuff in shown:
        _cuff(painter, axis, cuff, alarming=is_alarming(facts, cuff))


def _limits(painter: QPainter, facts: Facts, axis: _Axis) -> None:
    """The lowest of the upper limits on systolic pressure, from when on it held."""
    lines = [each for each in facts.state.limits if each.role == "nibp-sys" and each.direction == "high"]
    times = sorted({line.t_ns for line in lines})
    for t_ns, until_ns in pairwise((*times, facts.t1_ns)):
        limit = min(line.limit for line in lines if line.t_ns == t_ns)
        if not axis.low <= limit <= axis.high:
            continue
        painter.setPen(QPen(paper.WARN, 1.4, Qt.PenStyle.DashLine))
        left, right = axis.x(max(t_ns, facts.t0_ns)), axis.x(min(until_ns, facts.t1_ns))
        painter.drawLine(QLineF(left, axis.y(limit), right, axis.y(limit)))
        if until_ns == facts.t1_ns:
            words = wording.LIMIT.format(limit=fmt.amount(limit))
            at = paper.RIGHT - 12, axis.y(limit) - 6
            text.line(painter, *at, words, paper.WARN, paper.TINY, fonts.BOLD, align=RIGHT)


def _cuff(painter: QPainter, axis: _Axis, cuff: CuffReading, *, alarming: bool) -> None:
    """Systolic to diastolic with the mean as a dot; what started an alarm is drawn stronger, with a star."""
    ink, width = (paper.WARN, 2.6) if alarming else (paper.INK, 1.6)
    x = axis.x(cuff.t_ns)
    if not isinstance(cuff.systolic, Measured):
        return
    top = axis.y(cuff.systolic.value)
    painter.setPen(QPen(ink, width))
    painter.drawLine(QLineF(x - 6, top, x + 6, top))
    if isinstance(cuff.diastolic, Measured):
        bottom = axis.y(cuff.diastolic.value)
        painter.drawLine(QLineF(x - 6, bottom, x + 6, bottom))
        painter.drawLine(QLineF(x, top, x, bottom))
    if isinstance(cuff.mean, Measured):
        painter.setBrush(ink)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(QPointF(x, axis.y(cuff.mean.value)), 4.0, 4.0)
    if alarming:
        text.line(painter, x, top - 6, "★", ink, paper.TINY, align=CENTRE)


def _notes(painter: QPainter, facts: Facts, axis: _Axis) -> None:
    """A stroke for each; words where there is room for them, in two rows, doses in the upper one."""
    doses = {dose.t_ns: f"▼ {amount_words(dose)}" for dose in facts.state.doses}
    notes = [(note.t_ns, note.tag or note.text) for note in facts.state.notes if not note.withdrawn]
    told = sorted([(t_ns, words, True) for t_ns, words in doses.items()] + [(*each, False) for each in notes])
    free = [0.0, 0.0]
    for t_ns, words, is_dose in told:
        x = axis.x(t_ns)
        nearest = min((axis.x(each) for each in doses if each > t_ns), default=paper.RIGHT)
        row = 0 if is_dose else next((each for each in (0, 1) if free[each] <= x), None)
        room = min(150.0, paper.RIGHT - x - 14, nearest - x - 14 if row == 0 else math.inf)
        if row is None or room < LEAST_ROOM or not words:
            _stroke(painter, x, NOTES.bottom() - 8, NOTES.bottom() - 3, 1.2)
            continue
        top = NOTES.top() + 5 + 28 * row
        _stroke(painter, x, top, top + 28, 2.6 if is_dose else 1.4)
        weight = fonts.BOLD if is_dose else fonts.MEDIUM
        first = words.splitlines()[0]
        width = text.line(painter, x + 6, top + 20, first, paper.NOTE, paper.TINY, weight, room=room)
        free[row] = x + width + 14


def _stroke(painter: QPainter, x: float, top: float, bottom: float, width: float) -> None:
    painter.setPen(QPen(paper.NOTE, width))
    painter.drawLine(QLineF(x, top, x, bottom))


def _music(painter: QPainter, facts: Facts, axis: _Axis) -> None:
    for span in facts.state.music:
        left, right = axis.x(span.t0_ns), axis.x(facts.t1_ns if span.t1_ns is None else span.t1_ns)
        box = QRectF(left, MUSIC.top() + 6, max(1.0, right - left - 1.5), MUSIC.height() - 12)
        painter.fillRect(box, paper.MUSIC_FILL)
        if box.width() > 40:
            words, room = span.title or span.section, box.width() - 10
            text.line(painter, left + 6, box.center().y() + 5, words, paper.MUSIC, paper.TINY, room=room)
