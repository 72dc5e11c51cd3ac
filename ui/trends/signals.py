"""The lane of heart rate above and saturation below: traces, limits, the usual course, what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from kapmonitor.session.state import AlarmSpan, SessionState
from kapmonitor.snapshot import Priority
from kapmonitor.view import Role
from ui import fonts, strings
from ui import format as fmt
from ui.theme import colour
from ui.trends import wording
from ui.trends.content import Content, Signal
from ui.trends.frame import Frame, axis_words, elided, level_lines, priority_mark, vertical_grid, words
from ui.trends.interruptions import outside
from ui.trends.limits import Level, priority_of
from ui.trends.scale import ValueScale, value_range
from ui.trends.strokes import band_outline, draw_band_edges, draw_trace
from ui.trends.traces import Gap
from ui.trends.unmonitored import draw_bands

HR_USUAL: Final = (45.0, 133.0)
HR_FALLBACK: Final = (60, 90, 120)
"""Numbers beside the lane while no limits are set."""

HR_ROOM: Final = 8.0
"""Kept free above and below what was seen, so that the trace never runs into the lane's title."""

SPO2_USUAL: Final = (88.5, 101.7)
SPO2_TOP: Final = 100.0
SAME_NS: Final = 15_000_000_000
"""Two signals that stop and start within this of each other are missing for one reason, said once."""

LEAST_GAP_PX: Final = 3.0
"""A gap narrower than this is not shaded; its trace is interrupted all the same."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A stretch without signal and what is written on it if it is at least so wide."""

    gap: Gap
    text: str
    least_px: float


def hr_scale(frame: Frame, signal: Signal) -> ValueScale:
    """Heart rate takes the upper two thirds; the scale follows the limits in force and what was seen."""
    limits = [level.limit for level in (*signal.high, *signal.low)]
    usual = (min([HR_USUAL[0] + 5, *limits]) - 5, max([HR_USUAL[1] - 13, *limits]) + 13)
    low, high = value_range(usual, signal.trace.seen, 10.0, HR_ROOM)
    return ValueScale(low, high, frame.height * 0.06, frame.height * 0.73)


def spo2_scale(frame: Frame, signal: Signal) -> ValueScale:
    """Saturation takes the rest; from a little under its limit to a little over 100 %."""
    limits = [level.limit for level in signal.low]
    usual = (min([SPO2_USUAL[0] + 3.5, *limits]) - 3.5, SPO2_USUAL[1])
    seen = signal.trace.seen
    low, high = value_range(usual, (seen[0], SPO2_TOP) if seen else None, 4.0, 1.0)
    return ValueScale(low, high, frame.height * 0.765, frame.height * 0.95)


def draw_body(painter: QPainter, frame: Frame, content: Content, columns: int, grid: tuple[int, ...]) -> None:
    """Everything below the now-line."""
    palette = frame.theme.palette
    hr, spo2 = hr_scale(frame, content.hr), spo2_scale(frame, content.spo2)
    painter.save()
    frame.clip(painter)
    vertical_grid(painter, frame, grid)
    if content.hr.band is not None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(palette.hr_band))
        painter.drawPolygon(band_outline(content.hr.band, frame, hr))
    draw_band_edges(painter, content.own.bands.get(Role.HR), frame, hr, palette.hr)
    middle = (hr.bottom + spo2.top) / 2
    _gap_blocks(painter, frame, content.hr.trace.gaps, 1.0, middle)
    _gap_blocks(painter, frame, content.spo2.trace.gaps, middle, frame.height - 1.0)
    for signal, scale in ((content.hr, hr), (content.spo2, spo2)):
        level_lines(painter, frame, scale, (*signal.high, *signal.low), palette.secondary, 0.6)
    full = (Level(content.span.t0_ns, None, SPO2_TOP, Priority.LOW),)
    level_lines(painter, frame, spo2, full, palette.secondary, 0.35)
    draw_bands(painter, frame, content)
    draw_trace(painter, content.hr.trace, frame, hr, columns, palette.hr)
    draw_trace(painter, content.spo2.trace, frame, spo2, columns, palette.spo2)
    _alarm_lines(painter, frame, content, {Role.HR: hr, Role.SPO2: spo2})
    painter.restore()


def draw_words(painter: QPainter, frame: Frame, content: Content) -> None:
    """Everything above the now-line."""
    hr, spo2 = hr_scale(frame, content.hr), spo2_scale(frame, content.spo2)
    axis_words(painter, frame, _marks(content, hr, spo2))
    titles = (
        (wording.hr_title(content), frame.theme.px(12)),
        (strings.SPO2, spo2.y(SPO2_TOP) - frame.theme.px(6) - fonts.metrics(frame.small_px).capHeight()),
    )
    kept = [title_box(painter, frame, content, text, top) for text, top in titles]
    line = fonts.metrics(frame.small_px).height()
    high, low = frame.theme.px(8), frame.height - frame.theme.px(4) - line
    gaps, tops = content.hr.trace.gaps, (high, kept[0].bottom() + 1)
    _gap_words(painter, frame, _not_monitored(content), tops, kept)
    _gap_words(painter, frame, _no_signal(gaps), tops, kept)
    _gap_words(painter, frame, _no_signal(_alone(content.spo2.trace.gaps, gaps)), (low,), kept)


def _marks(content: Content, hr: ValueScale, spo2: ValueScale) -> list[tuple[float, str]]:
    """Limits in force first, then what is needed to read the scale."""
    now = [level.limit for level in (*content.hr.high, *content.hr.low) if level.t1_ns is None]
    marks = [(hr.y(limit), fmt.limit(limit)) for limit in now or HR_FALLBACK]
    low = [level.limit for level in content.spo2.low if level.t1_ns is None]
    return [
        *marks,
        *((spo2.y(v), fmt.limit(v)) for v in (*low, SPO2_TOP)),
        *([] if low else [(spo2.y(90.0), "90")]),
    ]


def title_box(painter: QPainter, frame: Frame, content: Content, text: str, top: float) -> QRectF:
    """A lane's title at its right end, or at its left if the now-line would run through it there."""
    px = frame.small_px
    text = elided(text, px, frame.time.width - 2 * frame.theme.px(12))
    wide = fonts.width(text, px)
    now_x = frame.time.x(content.now_ns)
    left = frame.time.right - frame.theme.px(8) - wide
    if left - frame.theme.px(8) < now_x < frame.time.right:
        left = frame.time.left + frame.theme.px(12)
    baseline = top + fonts.metrics(px).capHeight()
    words(painter, frame, QPointF(left, baseline), text, frame.theme.palette.secondary, px)
    return QRectF(left, top, wide, fonts.metrics(px).height())


def _gap_blocks(painter: QPainter, frame: Frame, gaps: Sequence[Gap], top: float, bottom: float) -> None:
    for gap in gaps:
        left = max(frame.time.left, frame.time.x(gap.t0_ns))
        right = min(frame.time.right, frame.time.x(gap.t1_ns))
        if right - left >= LEAST_GAP_PX:
            block = QRectF(left, top, right - left, bottom - top)
            painter.fillRect(block, colour(frame.theme.palette.edge, 0.55))


def _no_signal(gaps: Sequence[Gap]) -> list[Missing]:
    named = [(gap, wording.NO_SIGNAL.format(length=fmt.duration(gap.t1_ns - gap.t0_ns))) for gap in gaps]
    return [Missing(gap, text, LEAST_GAP_PX) for gap, text in named]


def _not_monitored(content: Content) -> list[Missing]:
    """Named however narrow they are, as their bands are seen."""
    known = content.state.interruptions
    return [
        Missing(
            Gap(gap.t0_ns, gap.t1_ns),
            wording.NOT_MONITORED.format(length=fmt.length(gap.t1_ns - gap.t0_ns)),
            0.0,
        )
        for gap in known
    ]


def _gap_words(
    painter: QPainter, frame: Frame, missing: Sequence[Missing], tops: Sequence[float], kept: list[QRectF]
) -> None:
    """How long each lasts, newest first, at the first of the heights that is free; left out if none is."""
    px = frame.small_px
    box = fonts.metrics(px)
    for one in reversed(missing):
        left = max(frame.time.left, frame.time.x(one.gap.t0_ns))
        right = min(frame.time.right, frame.time.x(one.gap.t1_ns))
        if right - left < one.least_px:
            continue
        text = one.text
        wide = fonts.width(text, px)
        x = min(max((left + right - wide) / 2, frame.time.left), frame.time.right - wide)
        boxes = [QRectF(x - 4, top, wide + 8, box.height()) for top in tops]
        free = next((b for b in boxes if not any(b.intersects(other) for other in kept)), None)
        if free is not None:
            kept.append(free)
            words(painter, frame, QPointF(x, free.top() + box.ascent()), text, frame.theme.palette.text, px)


def _alone(gaps: Sequence[Gap], others: Sequence[Gap]) -> list[Gap]:
    """Gaps that no other gap of much the same extent already explains."""
    return [
        gap
        for gap in gaps
        if not any(abs(gap.t0_ns - o.t0_ns) < SAME_NS and abs(gap.t1_ns - o.t1_ns) < SAME_NS for o in others)
    ]


def alarm_role(state: SessionState, span: AlarmSpan) -> str:
    """The role of the limit that an alarm belongs to; empty for technical ones."""
    return next((line.role for line in state.limits if line.rule == span.condition), "")


def _alarm_lines(painter: QPainter, frame: Frame, content: Content, scales: dict[Role, ValueScale]) -> None:
    """While an alarm lasted its limit is a solid line in the alarm's colour, with its shape at the onset."""
    for span in content.state.alarms:
        role = alarm_role(content.state, span)
        if role not in scales or span.limit is None:
            continue
        y, least = scales[Role(role)].y(span.limit), frame.theme.px(3)
        priority = priority_of(span.priority)
        painter.setPen(QPen(frame.theme.fill(priority), least))
        end_ns = max(content.end_ns if span.t1_ns is None else span.t1_ns, span.t0_ns + 1)
        for piece in outside(span.t0_ns, end_ns, content.state.interruptions):
            left, right = frame.time.x(piece.t0_ns), frame.time.x(piece.t1_ns)
            painter.drawLine(QLineF(left, y, max(right, left + least), y))
        priority_mark(painter, frame, priority, QPointF(frame.time.x(span.t0_ns), y - frame.theme.px(12)))
