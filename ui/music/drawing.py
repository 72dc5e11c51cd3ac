"""Where things stand on the music panel, and how its still parts are drawn."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from ui import fonts, painting
from ui.music import wording
from ui.music.face import ROWS, SEGMENTS, MusicFace, RowFace
from ui.theme import Theme, colour, mix

SMALLEST_TROUBLE = 12
HEADING, NAME, TITLE, LINE, ROW, SIDE, WORD, HINT = 22, 17, 24, 17, 18, 16, 20, 15


@dataclass(frozen=True, slots=True)
class Places:
    """Boxes in panel pixels; the rows' height is `row` each."""

    heading: QRectF
    glyph: QRectF
    title: QRectF
    line: QRectF
    bar: QRectF
    keys: QRectF
    rows: QRectF
    row: float
    volume: QRectF


def places(width: float, height: float, theme: Theme) -> Places:
    """Boxes for a panel of this size: text keeps its height, the gaps between share what is left."""
    edge = theme.px(16)
    inner = width - 2 * edge
    heading, title, line = (theme.text_px(size) * 1.25 for size in (HEADING, TITLE, LINE))
    keys, row, volume = theme.text_px(18) * 2.3, theme.text_px(ROW) * 1.42, theme.text_px(SIDE) * 1.3
    bar = theme.px(6)
    fixed = heading + title + line + bar + keys + ROWS * row + volume + 2 * theme.px(12)
    gap = max(2.0, (height - fixed) / 5.5)
    row += max(0.0, gap - theme.px(14)) / ROWS
    gap = max(2.0, (height - fixed - ROWS * (row - theme.text_px(ROW) * 1.42)) / 5.5)
    y = float(theme.px(12))
    boxes: list[QRectF] = []
    for part, after in (
        (heading, gap * 0.7),
        (title, 0.0),
        (line, gap * 0.9),
        (bar, gap * 1.2),
        (keys, gap * 1.2),
        (ROWS * row, gap * 1.2),
        (volume, 0.0),
    ):
        boxes.append(QRectF(edge, y, inner, part))
        y += part + after
    glyph = QRectF(edge - theme.px(6), boxes[1].top(), theme.px(46), title + line)
    for box in boxes[1:3]:
        box.setLeft(edge + theme.px(48))
    return Places(boxes[0], glyph, boxes[1], boxes[2], boxes[3], boxes[4], boxes[5], row, boxes[6])


def _base(box: QRectF, px: int, weight: int = fonts.MEDIUM) -> float:
    return painting.middle_baseline(box.center().y(), fonts.metrics(px, weight))


def draw_heading(painter: QPainter, at: Places, face: MusicFace, theme: Theme) -> None:
    """The panel's name, and which output the music goes to."""
    p, size = theme.palette, theme.text_px(HEADING)
    ink = colour(p.secondary)
    taken = painting.line(
        painter, at.heading.left(), _base(at.heading, size), face.heading, ink, size, fonts.SEMIBOLD
    )
    size = theme.text_px(NAME)
    used = painting.line(
        painter,
        at.heading.right(),
        _base(at.heading, size),
        face.right,
        colour(p.notes) if face.amber else ink,
        size,
        fonts.SEMIBOLD if face.amber else fonts.MEDIUM,
        room=at.heading.width() - taken - theme.px(16),
        align=painting.RIGHT,
        smallest=theme.text_px(14),
    )
    _draw_hint(painter, at.heading, face.lists, taken, used, theme)


def _draw_hint(painter: QPainter, box: QRectF, hint: str, left: float, right: float, theme: Theme) -> None:
    """The key of the playlists, between the panel's name and the output, where there is room."""
    size, gap = theme.text_px(HINT), theme.px(16)
    if fonts.width(hint, size) + 2 * gap <= box.width() - left - right:
        ink = colour(theme.palette.faint)
        painting.line(painter, box.left() + left + gap, _base(box, size), hint, ink, size)


def draw_word(painter: QPainter, rect: QRectF, face: MusicFace, theme: Theme) -> None:
    """A panel with nothing to show says why."""
    p, size = theme.palette, theme.text_px(WORD)
    middle = rect.center()
    ink, faint = colour(p.secondary), colour(p.faint)
    room = rect.width() - theme.px(32)
    painting.line(
        painter, middle.x(), middle.y(), face.word, ink, size, room=room, align=painting.CENTRE, smallest=12
    )
    size = theme.text_px(SIDE)
    below = middle.y() + size * 1.8
    painting.line(
        painter, middle.x(), below, face.hint, faint, size, room=room, align=painting.CENTRE, smallest=12
    )


def draw_now(painter: QPainter, at: Places, face: MusicFace, theme: Theme) -> None:
    """What sounds, and how far it is."""
    p = theme.palette
    left = at.title.left() if face.glyph else at.heading.left()
    size = theme.text_px(TITLE)
    ink = mix(p.panel, p.music, 0.75) if face.quiet else mix(p.music, p.text, 0.45)
    if not face.line:
        ink = colour(p.secondary)
    painting.line(
        painter,
        left,
        _base(at.title, size),
        face.title,
        ink,
        size,
        fonts.SEMIBOLD,
        room=at.title.right() - left,
        smallest=theme.text_px(18),
    )
    size = theme.text_px(LINE)
    base, quiet = _base(at.line, size), colour(p.secondary)
    times = f" · {face.times}" if face.line and face.times else face.times
    room = at.line.right() - left - fonts.width(times, size)
    left += painting.line(painter, left, base, face.line, quiet, size, room=room)
    painting.line(painter, left, base, times, quiet, size)
    if face.keys or face.progress is not None:
        _draw_progress(painter, at.bar, face.progress, theme)


def _draw_progress(painter: QPainter, box: QRectF, progress: float | None, theme: Theme) -> None:
    p, radius = theme.palette, box.height() / 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(p.grid))
    painter.drawRoundedRect(box, radius, radius)
    if progress is not None and progress > 0:
        painter.setBrush(colour(p.music))
        done = QRectF(box.left(), box.top(), max(box.height(), box.width() * progress), box.height())
        painter.drawRoundedRect(done, radius, radius)


def draw_rows(painter: QPainter, at: Places, face: MusicFace, theme: Theme) -> None:
    """What comes, one line each; a trouble takes the lower lines, as it must be read in full."""
    size = theme.text_px(SIDE)
    top = at.rows.top()
    shown = face.rows[: ROWS - 2] if face.trouble else face.rows[:ROWS]
    if face.caption or face.lately:
        _draw_caption(painter, QRectF(at.rows.left(), top, at.rows.width(), at.row), face, theme)
        top += at.row
        shown = shown[: 1 if face.trouble else ROWS - 1]
    side = max((fonts.width(row.left, size) for row in shown), default=0.0)
    side = min(side, at.rows.width() * 0.3) + theme.px(16)
    for i, row in enumerate(shown):
        box = QRectF(at.rows.left(), top + i * at.row, at.rows.width(), at.row)
        _draw_row(painter, box, row, side, theme)
    if face.trouble:
        _draw_trouble(painter, at, face.trouble, theme)


def _draw_caption(painter: QPainter, box: QRectF, face: MusicFace, theme: Theme) -> None:
    """What the rows below are, and at the right what last happened."""
    size, p = theme.text_px(SIDE), theme.palette
    base = _base(box, size)
    used = painting.line(painter, box.left(), base, face.caption, colour(p.faint), size)
    room = box.width() - used - theme.px(16)
    painting.line(
        painter, box.right(), base, face.lately, colour(p.secondary), size, room=room, align=painting.RIGHT
    )


def _draw_row(painter: QPainter, box: QRectF, row: RowFace, side: float, theme: Theme) -> None:
    p, small, size = theme.palette, theme.text_px(SIDE), theme.text_px(ROW)
    quiet = colour(p.faint if row.faint else p.secondary)
    ink = colour(p.faint if row.faint else p.text)
    base = _base(box, size)
    painting.line(painter, box.left(), base, row.left, quiet, small, room=side - theme.px(10))
    taken = painting.line(painter, box.right(), base, row.right, quiet, small, align=painting.RIGHT)
    room = box.width() - side - taken - theme.px(12)
    painting.line(painter, box.left() + side, base, row.title, ink, size, room=room)


def _draw_trouble(painter: QPainter, at: Places, text: str, theme: Theme) -> None:
    box = QRectF(at.rows.left(), at.rows.top() + (ROWS - 2) * at.row, at.rows.width(), 2 * at.row)
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
    size = theme.text_px(SIDE)
    while size > SMALLEST_TROUBLE:
        needed = fonts.metrics(size, fonts.SEMIBOLD).boundingRect(box, int(flags), text)
        if needed.height() <= box.height():
            break
        size -= 1
    painter.setPen(colour(theme.palette.notes))
    painter.setFont(fonts.font(size, fonts.SEMIBOLD))
    painter.drawText(box, int(flags), text)


def draw_volume(painter: QPainter, at: Places, face: MusicFace, theme: Theme) -> None:
    """The volume as rising segments, between its word and the crossfade's."""
    if face.segments is None:
        return
    p, size = theme.palette, theme.text_px(SIDE)
    ink, base = colour(p.secondary), _base(at.volume, size)
    left = at.volume.left() + theme.px(20)
    left += painting.line(painter, at.volume.left(), base, wording.VOLUME, ink, size)
    right = at.volume.right() - theme.px(24)
    right -= painting.line(painter, at.volume.right(), base, face.footer, ink, size, align=painting.RIGHT)
    step = (right - left) / SEGMENTS
    painter.setPen(Qt.PenStyle.NoPen)
    for i in range(SEGMENTS):
        height = at.volume.height() * (0.28 + 0.72 * i / (SEGMENTS - 1))
        painter.setBrush(colour(p.music if i < face.segments else p.grid))
        bottom = at.volume.bottom() - theme.px(2)
        painter.drawRect(QRectF(left + i * step, bottom - height, max(2.0, step * 0.68), height))
