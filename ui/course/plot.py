"""The sessions' curves over each other on one axis from the first dose.

Heart rate and saturation are envelopes of what was measured; a pressure is a reading and never joined to the
next. The chosen session stands out; the others have a stroke and a shape of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from kapmonitor.course.curves import STEP_S, Curves, Envelope
from kapmonitor.course.facts import SECOND_NS
from kapmonitor.course.gather import Course
from kapmonitor.model import CuffReading, Measured
from kapmonitor.view import Role
from ui import fonts
from ui.course import marks, wording
from ui.course.faces import Band, Edges
from ui.theme import Theme, colour, mix
from ui.trends.frame import Frame, axis_words, horizontal_line, vertical_grid, words
from ui.trends.scale import TimeScale, ValueScale, value_range
from ui.trends.ticks import Origin, time_ticks
from ui.trends.window import MINUTE_NS, Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

AXIS: Final = 56
"""Design pixels left of the plot for its numbers, and below it for the times."""
FOOT: Final = 30
TICK_ROOM: Final = 110
SHARES: Final = (0.5, 0.28, 0.22)
GAP: Final = 8
LEAST_MIN: Final = 30
LABEL_PART: Final = 13
"""This part of the longest session is left free after it, where the lanes have their names."""
MINUTE_ITEMS: Final = 60 // STEP_S
"""Envelope items of the chosen session that are one of the others'."""
USUAL_PRESSURE: Final = (50.0, 180.0)
USUAL_RATE: Final = (50.0, 110.0)
USUAL_SATURATION: Final = (88.0, 100.0)
RADIUS: Final = 5.0
PALE: Final = 0.55


@dataclass(frozen=True, slots=True)
class Shown:
    """What is drawn: all sessions, which of them is chosen (-1: none), and its band."""

    course: Course
    chosen: int
    band: Band


@dataclass(frozen=True, slots=True)
class Lane:
    """One value's part of the plot."""

    frame: Frame
    values: ValueScale
    step: int
    ink: str


def span_of(course: Course) -> Span:
    """From the earliest to the latest of all sessions, half an hour at least."""
    facts = [session.facts.end_ns for session in course.sessions if session.facts is not None]
    begins = [
        min(curves.heart_rate.t0_ns, curves.saturation.t0_ns)
        for session in course.sessions
        if (curves := session.curves) is not None
    ]
    last = max((*facts, LEAST_MIN * MINUTE_NS))
    return Span(min((*begins, -MINUTE_NS)), last + last // LABEL_PART)


def paint_plot(painter: QPainter, box: QRectF, theme: Theme, shown: Shown) -> None:
    """Three lanes and their axis within the box."""
    span = span_of(shown.course)
    time = TimeScale(span.t0_ns, span.t1_ns, theme.px(AXIS), box.width() - theme.px(AXIS) - theme.px(12))
    ticks = time_ticks(span, Origin(0, 0), max(1, round(time.width / theme.px(TICK_ROOM))))
    gap = theme.px(GAP)
    room = box.height() - theme.px(FOOT) - gap * (len(SHARES) - 1)
    top = box.top()
    grid = tuple(tick.t_ns for tick in ticks)
    for share, draw in zip(SHARES, (_pressures, _rates, _saturations), strict=True):
        height = room * share
        painter.save()
        painter.translate(box.left(), top)
        frame = Frame(theme, box.width(), height, time)
        _ground(painter, frame, grid)
        draw(painter, frame, shown)
        painter.restore()
        top += height + gap
    _times(painter, box, theme, time, [(tick.t_ns, tick.text) for tick in ticks])


def _ground(painter: QPainter, frame: Frame, grid: tuple[int, ...]) -> None:
    p = frame.theme.palette
    painter.fillRect(QRectF(frame.time.left, 0.0, frame.time.width, frame.height), colour(p.panel))
    vertical_grid(painter, frame, grid)
    painter.setPen(QPen(colour(p.edge), frame.theme.px(2)))
    x = round(frame.time.x(0))
    painter.drawLine(QLineF(x, 0.0, x, frame.height))


def _times(
    painter: QPainter, box: QRectF, theme: Theme, time: TimeScale, ticks: list[tuple[int, str]]
) -> None:
    px = theme.text_px(16)
    base = box.bottom() - theme.px(FOOT) / 2 + fonts.metrics(px).capHeight() / 2
    painter.setFont(fonts.font(px))
    painter.setPen(colour(theme.palette.secondary))
    for t_ns, text in ticks:
        wide = fonts.width(text, px)
        left = box.left() + time.x(t_ns) - wide / 2
        if box.left() <= left and left + wide <= box.right():
            painter.drawText(QPointF(left, base), text)


def _lane(frame: Frame, usual: tuple[float, float], seen: list[float], step: int, ink: str) -> Lane:
    low, high = value_range(usual, (min(seen), max(seen)) if seen else None, step / 2, 2.0)
    pad = frame.theme.px(8)
    return Lane(frame, ValueScale(low, high, pad, frame.height - pad), step, ink)


def _begin(painter: QPainter, lane: Lane) -> None:
    """Grid lines and their numbers; what follows is kept inside the plot."""
    first = int(-(-lane.values.low // lane.step)) * lane.step
    levels = [v for v in range(first, int(lane.values.high) + 1, lane.step) if lane.values.holds(v)]
    for value in levels:
        horizontal_line(painter, lane.frame, lane.values.y(value))
    axis_words(painter, lane.frame, [(lane.values.y(v), str(v)) for v in levels])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _end(painter: QPainter, lane: Lane, text: str) -> None:
    frame = lane.frame
    px = frame.small_px
    left = frame.time.right - frame.theme.px(10) - fonts.width(text, px)
    at = QPointF(left, frame.theme.px(10) + fonts.metrics(px).capHeight())
    words(painter, frame, at, text, frame.theme.palette.secondary, px)


def _others_first(shown: Shown) -> list[tuple[int, Curves]]:
    """The chosen one last, so that nothing lies upon it."""
    found = [(place, session.curves) for place, session in enumerate(shown.course.sessions)]
    drawn = [(place, curves) for place, curves in found if curves is not None]
    return sorted(drawn, key=lambda pair: (pair[0] == shown.chosen, pair[0]))


# Pressure


def _pressures(painter: QPainter, frame: Frame, shown: Shown) -> None:
    sessions = _others_first(shown)
    seen = [
        reading.value
        for _, curves in sessions
        for cuff in curves.cuffs
        for reading in (cuff.systolic, cuff.diastolic)
        if isinstance(reading, Measured)
    ]
    lane = _lane(frame, USUAL_PRESSURE, seen, 20, frame.theme.palette.nibp)
    _begin(painter, lane)
    painter.save()
    frame.clip(painter)
    for role, alpha in ((Role.NIBP_SYS, 1.0), (Role.NIBP_DIA, 0.7)):
        _band(painter, lane, shown.band.edges.get(role), frame.theme.palette.nibp_band, alpha)
    for place, curves in sessions:
        for cuff in curves.cuffs:
            _cuff(painter, lane, place, cuff, is_chosen=place == shown.chosen)
    painter.restore()
    _end(painter, lane, wording.PRESSURE)


def _cuff(painter: QPainter, lane: Lane, place: int, cuff: CuffReading, *, is_chosen: bool) -> None:
    """The session's shape at both pressures; of the chosen session a stem between them."""
    theme = lane.frame.theme
    p = theme.palette
    ink: QColor = colour(p.text) if is_chosen else mix(p.panel, lane.ink, PALE)
    radius = theme.scale * RADIUS * (1.25 if is_chosen else 1.0)
    x = lane.frame.time.x(cuff.t_ns)
    ys = [lane.values.y(r.value) for r in (cuff.systolic, cuff.diastolic) if isinstance(r, Measured)]
    if is_chosen and len(ys) > 1:
        painter.setPen(QPen(mix(p.panel, p.text, 0.45), max(1.5, 2 * theme.scale)))
        painter.drawLine(QLineF(x, ys[0], x, ys[1]))
    for y in ys:
        marks.mark(painter, place, QPointF(x, y), radius, ink)


# What is measured all the time


def _rates(painter: QPainter, frame: Frame, shown: Shown) -> None:
    items = [(place, curves.heart_rate) for place, curves in _others_first(shown)]
    lane = _lane(frame, USUAL_RATE, _extremes(items), 20, frame.theme.palette.hr)
    _begin(painter, lane)
    painter.save()
    frame.clip(painter)
    _band(painter, lane, shown.band.edges.get(Role.HR), frame.theme.palette.hr_band, 1.0)
    _envelopes(painter, lane, items, shown.chosen)
    painter.restore()
    _end(painter, lane, wording.HEART_RATE)


def _saturations(painter: QPainter, frame: Frame, shown: Shown) -> None:
    items = [(place, curves.saturation) for place, curves in _others_first(shown)]
    lane = _lane(frame, USUAL_SATURATION, _extremes(items, most=100.0), 4, frame.theme.palette.spo2)
    _begin(painter, lane)
    painter.save()
    frame.clip(painter)
    _envelopes(painter, lane, items, shown.chosen)
    painter.restore()
    _end(painter, lane, wording.SATURATION)


def _extremes(items: list[tuple[int, Envelope]], most: float = float("inf")) -> list[float]:
    """Smallest and largest of all; nothing above `most`, which no value exceeds."""
    found: list[float] = []
    for _, each in items:
        if not np.isnan(each.lo).all():
            found += [float(np.nanmin(each.lo)), min(most - 2.0, float(np.nanmax(each.hi)))]
    return found


def _envelopes(painter: QPainter, lane: Lane, items: list[tuple[int, Envelope]], chosen: int) -> None:
    for place, each in items:
        if place == chosen:
            _filled(painter, lane, each.times, each.lo, each.hi, colour(lane.ink))
        else:
            _pale(painter, lane, place, each.coarser(MINUTE_ITEMS))


def _pale(painter: QPainter, lane: Lane, place: int, each: Envelope) -> None:
    """A faint envelope with the session's stroke along its middle, broken where nothing was measured."""
    times = each.times + each.step_s * SECOND_NS // 2
    _filled(painter, lane, times, each.lo, each.hi, colour(lane.ink, 0.10))
    theme = lane.frame.theme
    painter.setPen(
        marks.stroke(place, mix(theme.palette.panel, lane.ink, PALE + 0.15), max(1.2, 1.6 * theme.scale))
    )
    middles = (each.lo + each.hi) / 2
    for first, last in runs(~np.isnan(middles)):
        points = [
            QPointF(lane.frame.time.x(float(t)), lane.values.y(float(v)))
            for t, v in zip(times[first:last], middles[first:last], strict=True)
        ]
        painter.drawPolyline(QPolygonF(points))


def _band(painter: QPainter, lane: Lane, edges: Edges | None, ink: str, alpha: float) -> None:
    if edges is not None:
        times = np.arange(len(edges.low), dtype=np.int64) * MINUTE_NS
        _filled(painter, lane, times, edges.low, edges.high, colour(ink, alpha))


def _filled(
    painter: QPainter,
    lane: Lane,
    times: NDArray[np.int64],
    low: NDArray[np.floating],
    high: NDArray[np.floating],
    ink: QColor,
) -> None:
    """The area between two edges, in pieces where they are not known; a pixel tall at least."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    time, values = lane.frame.time, lane.values
    half = max(0.75, lane.frame.theme.scale)
    for first, last in runs(~np.isnan(low)):
        xs = [time.x(float(t)) for t in times[first:last]]
        if last - first == 1:
            xs = [xs[0] - half, xs[0] + half]
            first_low, first_high = [float(low[first])] * 2, [float(high[first])] * 2
        else:
            first_low, first_high = low[first:last].tolist(), high[first:last].tolist()
        above = [QPointF(x, values.y(v) - half) for x, v in zip(xs, first_high, strict=True)]
        below = [QPointF(x, values.y(v) + half) for x, v in zip(xs, first_low, strict=True)]
        painter.drawPolygon(QPolygonF([*above, *reversed(below)]))


def runs(known: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and one after the last place of each stretch without a gap."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], known, [False])).astype(np.int8)))
    return [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]
