"""How one moment is painted in the list of a review."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from kapmonitor.snapshot import Priority
from ui import fonts, painting
from ui.replay import wording
from ui.replay.listed import BROKEN, Line
from ui.replay.sought import Hit
from ui.theme import Theme, colour

ROW: Final = 40
TEXT: Final = 18
TIME: Final = 17
BY: Final = 16
SIGN: Final = 14
AFTER_SIGN: Final = 8


def row_height(theme: Theme) -> int:
    """Of one line."""
    return max(theme.px(ROW), round(theme.text_px(TEXT) * 1.5))


def paint_moment(
    painter: QPainter, theme: Theme, box: QRectF, hit: Hit, time_text: Callable[[int], str], indent: float
) -> None:
    """When, its sign, what, and by whom; then what it was before, or where it was found is not what it is."""
    palette, px, by_px = theme.palette, theme.text_px(TEXT), theme.text_px(BY)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    line = hit.line
    base = painting.middle_baseline(box.center().y(), fonts.metrics(px))
    time = time_text(line.t_ns)
    painting.line(painter, box.left(), base, time, colour(palette.secondary), theme.text_px(TIME))
    faint = colour(palette.faint)
    used = painting.line(painter, box.right(), base, line.by, faint, by_px, align=painting.RIGHT)
    left = box.left() + indent + _paint_sign(painter, theme, box.left() + indent, box.center().y(), line)
    end = box.right() - used - theme.px(8)
    text, ink = line.text, _ink(theme, line)
    if hit.earlier:
        text, ink = wording.WAS.format(text=hit.earlier), colour(palette.secondary)
    smallest = theme.text_px(14)
    left += painting.line(painter, left, base, text, ink, px, room=end - left, smallest=smallest)
    said, left = _aside(hit, time_text), left + theme.px(10)
    if said and end - left > fonts.width("was: xxx", by_px):
        painting.line(painter, left, base, said, faint, by_px, room=end - left)


def paint_present(painter: QPainter, theme: Theme, box: QRectF) -> None:
    """Behind the line that the playhead has reached last."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(theme.palette.edge, 0.6))
    reach = theme.px(8)
    painter.drawRoundedRect(box.adjusted(-reach, 2, reach, -2), theme.px(6), theme.px(6))


def _aside(hit: Hit, time_text: Callable[[int], str]) -> str:
    """What a note was before or is now, or the other of its two times."""
    line = hit.line
    if hit.earlier:
        return wording.IS_NOW.format(text=line.text)
    if line.was:
        return wording.WAS.format(text=line.was)
    if line.was_ns is not None:
        return wording.WAS_AT.format(time=time_text(line.was_ns))
    if line.written_ns is not None:
        return wording.WRITTEN.format(time=time_text(line.written_ns))
    return ""


def _paint_sign(painter: QPainter, theme: Theme, x: float, y: float, line: Line) -> float:
    """The alarm's shape, the dose's triangle or a patch of hatching; returns the room it takes."""
    size, after = theme.px(SIGN), theme.px(AFTER_SIGN)
    box = QRectF(x, y - size / 2, size, size)
    if line.priority is not None:
        painting.priority_shape(painter, line.priority, box, _ink(theme, line))
        return size + after
    match line.kind:
        case "interruption" | "lost":
            painting.hatch(painter, box, _ink(theme, line), theme.px(1), size / 3)
            return size + after
        case "dose":
            return painting.line(painter, x, y + size * 0.4, "▼ ", _ink(theme, line), theme.text_px(TEXT))
        case _:
            return 0.0


def _ink(theme: Theme, line: Line) -> QColor:
    palette = theme.palette
    if line.priority is Priority.HIGH:
        return colour(palette.text)
    if line.priority is not None:
        return theme.fill(line.priority)
    inks = {
        "dose": palette.notes,
        "interruption": palette.secondary,
        "draft": palette.secondary,
        "phase": palette.secondary,
        BROKEN: palette.medium,
        "lost": palette.medium,
    }
    return colour(inks.get(line.kind, palette.text))
