"""How a row of the device dialog is painted."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from kapmonitor import mdc
from ui import fonts, lamps, painting
from ui.devices.face import RowFace, Tone
from ui.panel import paint_panel
from ui.theme import Theme, colour

HEAD: Final = 64
FOOT: Final = 48
MARGIN: Final = 18
ROW: Final = 78
"""Height of a row in design pixels; the chosen one grows by its details."""
LINE: Final = 25
DETAILS_END: Final = 14
SIDE: Final = 22
LAMP: Final = 15
TEXT_X: Final = 58
NAME: Final = 22
BENEATH: Final = 16
VALUE: Final = 24
PROMPT: Final = 17
UPPER: Final = 0.43
LOWER: Final = 0.78
"""Where the two lines of a row stand, in shares of its height."""
WAVE_SHARE: Final = 0.18

Wave = tuple[str, tuple[float | None, ...]]
"""What of, and heights from 0 to 1."""


def paint_head(
    painter: QPainter, theme: Theme, width: float, title: str, said: str, *, troubled: bool
) -> None:
    """The title, and on the right how things are."""
    p, px = theme.palette, theme.px
    size = theme.text_px(24)
    base = painting.middle_baseline(px(HEAD) / 2, fonts.metrics(size, fonts.SEMIBOLD))
    used = painting.line(painter, px(MARGIN), base, title, colour(p.secondary), size, fonts.SEMIBOLD)
    room = width - 2 * px(MARGIN) - used - px(24)
    tone = colour(p.medium if troubled else p.secondary)
    right, small = width - px(MARGIN), theme.text_px(16)
    painting.line(painter, right, base, said, tone, small, room=room, align=painting.RIGHT)


def paint_keys(painter: QPainter, theme: Theme, width: float, height: float, words: str) -> float:
    """The keys along the lower edge; returns their baseline."""
    size, left = theme.text_px(16), theme.px(MARGIN)
    base = painting.middle_baseline(height - theme.px(FOOT) / 2, fonts.metrics(size))
    painting.line(painter, left, base, words, colour(theme.palette.secondary), size, room=width - 2 * left)
    return base


def row_height(theme: Theme, face: RowFace, width: float, *, chosen: bool) -> int:
    """How tall the row is in a list of this width."""
    lines = len(details(theme, face, width)) if chosen else 0
    return theme.px(ROW) + (lines * line_height(theme) + theme.px(DETAILS_END) if lines else 0)


def details(theme: Theme, face: RowFace, width: float) -> list[str]:
    """The chosen row's details, each broken into as many lines as it needs."""
    px, room = theme.text_px(BENEATH), width - theme.px(TEXT_X + SIDE)
    return [line for text in face.details for line in painting.broken(text, px, room)]


def line_height(theme: Theme) -> int:
    """Of one line of details; text shrinks more slowly than everything else."""
    return max(theme.px(LINE), round(theme.text_px(BENEATH) * 1.45))


def paint_row(
    painter: QPainter,
    box: QRectF,
    theme: Theme,
    face: RowFace,
    wave: Wave,
    *,
    chosen: bool,
) -> None:
    """Lamp, name and place on the left, what it shows and what to do on the right; details below."""
    p, px = theme.palette, theme.px
    paint_panel(painter, box, theme, _edge(theme, face.tone, chosen=chosen), 2.0 if chosen else 1.0)
    head = QRectF(box.x(), box.y(), box.width(), px(ROW))
    size = px(LAMP)
    lamp = QRectF(box.x() + px(SIDE), head.center().y() - size / 2, size, size)
    lamps.paint(painter, lamp, face.lamp, p)
    inner = QRectF(head.x() + px(TEXT_X), head.y(), head.width() - px(TEXT_X + SIDE), head.height())
    _paint_upper(painter, inner, theme, face, wave)
    _paint_lower(painter, inner, theme, face)
    if chosen:
        _paint_details(painter, box, head.bottom(), theme, face)


def _edge(theme: Theme, tone: Tone, *, chosen: bool) -> str:
    p = theme.palette
    if tone is Tone.ASKING:
        return p.notes
    return p.text if chosen else p.grid


def _paint_upper(painter: QPainter, box: QRectF, theme: Theme, face: RowFace, wave: Wave) -> None:
    """The name, and on the right what the device shows now."""
    p, base = theme.palette, box.y() + box.height() * UPPER
    right = box.right()
    if wave[1]:
        width = box.width() * WAVE_SHARE
        _paint_wave(
            painter, QRectF(right - width, box.y() + theme.px(12), width, box.height() * 0.36), theme, wave
        )
        right -= width + theme.px(22)
    value_px, bold = theme.text_px(VALUE), fonts.BOLD
    used = painting.line(
        painter, right, base, face.value, colour(p.text), value_px, bold, align=painting.RIGHT
    )
    ink = colour(p.secondary if face.tone is Tone.FAINT else p.text)
    room = right - used - theme.px(16) - box.x()
    painting.line(painter, box.x(), base, face.name, ink, theme.text_px(NAME), fonts.SEMIBOLD, room=room)


def _paint_lower(painter: QPainter, box: QRectF, theme: Theme, face: RowFace) -> None:
    """What and where it is, and on the right what to do about it."""
    p, base = theme.palette, box.y() + box.height() * LOWER
    inks = {Tone.ASKING: p.notes, Tone.TROUBLE: p.medium, Tone.CALM: p.secondary, Tone.FAINT: p.secondary}
    weight = fonts.SEMIBOLD if face.tone in {Tone.ASKING, Tone.TROUBLE} else fonts.MEDIUM
    used = painting.line(
        painter,
        box.right(),
        base,
        face.prompt,
        colour(inks[face.tone]),
        theme.text_px(PROMPT),
        weight,
        room=box.width() * 0.6,
        align=painting.RIGHT,
    )
    room = box.width() - used - theme.px(20)
    ink = colour(p.notes if face.warns else p.secondary)
    painting.line(painter, box.x(), base, face.beneath, ink, theme.text_px(BENEATH), room=room)


def _paint_details(painter: QPainter, box: QRectF, top: float, theme: Theme, face: RowFace) -> None:
    px, step, indent = theme.text_px(BENEATH), line_height(theme), theme.px(TEXT_X)
    for number, text in enumerate(details(theme, face, box.width())):
        base = painting.middle_baseline(top + step * (number + 0.5), fonts.metrics(px))
        room = box.width() - theme.px(TEXT_X + SIDE)
        painting.line(painter, box.x() + indent, base, text, colour(theme.palette.secondary), px, room=room)


def _paint_wave(painter: QPainter, box: QRectF, theme: Theme, wave: Wave) -> None:
    ref, heights = wave
    p = theme.palette
    ink = QColor(colour(p.spo2 if ref == mdc.PLETH.ref else p.hr))
    painter.setPen(QPen(ink, 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    step = box.width() / max(1, len(heights) - 1)
    line: list[QPointF] = []
    for number, height in enumerate((*heights, None)):
        if height is not None:
            line.append(QPointF(box.x() + number * step, box.bottom() - height * box.height()))
        elif line:
            painter.drawPolyline(QPolygonF(line))
            line = []
