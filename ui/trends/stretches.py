"""What lasted, as bars in the notes lane: along its lower edge, and along the upper one where two overlap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter

from kapmonitor.session.state import SessionState
from ui.theme import colour
from ui.trends.content import Content
from ui.trends.frame import Frame

LEVELS: Final = 2
EDGE: Final = 4
BAR: Final = 4
END: Final = 12


@dataclass(frozen=True, slots=True)
class Stretch:
    """Something that lasted from when to when; one that is `open` goes on. `level` 0 is the lower edge."""

    t0_ns: int
    t1_ns: int
    open: bool
    level: int = 0


def stretches(state: SessionState, end_ns: int) -> tuple[Stretch, ...]:
    """All that lasted, oldest first; what goes on is known up to `end_ns`."""
    free_ns = [0] * LEVELS
    made: list[Stretch] = []
    lasted = (note for note in state.notes if note.lasts and not note.withdrawn)
    for note in sorted(lasted, key=lambda note: note.t_ns):
        t1_ns = max(note.t_ns, end_ns if note.end_ns is None else note.end_ns)
        level = next((i for i, until_ns in enumerate(free_ns) if until_ns <= note.t_ns), LEVELS - 1)
        free_ns[level] = max(free_ns[level], t1_ns)
        made.append(Stretch(note.t_ns, t1_ns, note.end_ns is None, level))
    return tuple(made)


def draw_stretches(painter: QPainter, frame: Frame, content: Content) -> None:
    """A bar for each, with a tick where it ended; one that goes on has none and is dotted at its end."""
    painter.save()
    frame.clip(painter)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    for one in stretches(content.state, content.end_ns):
        left, right = frame.time.x(one.t0_ns), frame.time.x(one.t1_ns)
        if right >= frame.time.left and left <= frame.time.right:
            _draw(painter, frame, one, left, max(right, left + 1))
    painter.restore()


def _draw(painter: QPainter, frame: Frame, one: Stretch, left: float, right: float) -> None:
    px = frame.theme.px
    tall, ink = max(2, px(BAR)), colour(frame.theme.palette.notes, 0.75)
    top = frame.height - px(EDGE) - tall if one.level == 0 else px(EDGE)
    solid = max(left, right - 5 * tall) if one.open else right
    painter.fillRect(QRectF(round(left), top, round(solid) - round(left), tall), ink)
    if one.open:
        for dot in range(1, 6, 2):
            painter.fillRect(QRectF(round(solid) + dot * tall, top, tall, tall), ink)
        return
    painter.setPen(frame.hairline(frame.theme.palette.notes))
    pen = painter.pen()
    pen.setWidth(max(1, px(2)))
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    end = (top + tall - px(END), top + tall) if one.level == 0 else (top, top + px(END))
    painter.drawLine(QLineF(round(right), end[0], round(right), end[1]))
