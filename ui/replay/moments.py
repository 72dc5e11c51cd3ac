"""The list of a record's moments, in place of the notes: a click goes there, the present one is marked."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from kapmonitor.beyond import Beyond
from kapmonitor.session.state import SessionState
from kapmonitor.snapshot import Priority
from ui import fonts, painting
from ui import format as fmt
from ui.panel import paint_panel
from ui.ports import ReplayPort
from ui.replay import wording
from ui.replay.listed import BROKEN, Line, lines
from ui.shown import RefreshedWhileShown
from ui.theme import Theme, colour

if TYPE_CHECKING:
    from kapmonitor.record.signatures import Signature

REFRESH_MS: Final = 250
HEAD: Final = 52
ROW: Final = 40
MARGIN: Final = 18


class MomentsPanel(RefreshedWhileShown):
    """Everything of note in a whole record.

    `state` gives all of its session, `seek` moves the playhead, `beyond` are readings outside their limits.
    """

    def __init__(
        self,
        port: ReplayPort,
        state: Callable[[], SessionState],
        seek: Callable[[int], object],
        theme: Theme,
        parent: QWidget | None = None,
        signatures: Sequence[Signature] = (),
        beyond: Callable[[], tuple[Beyond, ...]] = tuple,
    ) -> None:
        super().__init__(REFRESH_MS, parent)
        self._port = port
        self._state = state
        self._seek = seek
        self._signatures = tuple(signatures)
        self._beyond = beyond
        self._theme = theme
        self._lines: tuple[Line, ...] = ()
        self._dose_t_ns: int | None = None
        self._at = -1
        self._top: int | None = None

    @property
    def lines(self) -> tuple[Line, ...]:
        return self._lines

    @property
    def at(self) -> int:
        """Which line the playhead has reached last; -1 before the first."""
        return self._at

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def refresh(self) -> None:
        """Look at the record and the playhead."""
        state = self._state()
        listed = lines(state, self._signatures, self._beyond())
        at = bisect_right([line.t_ns for line in listed], self._port.now_ns()) - 1
        if (listed, at) != (self._lines, self._at):
            self._lines, self._at, self._dose_t_ns = listed, at, state.dose_t_ns
            self._top = None
            self.update()

    @property
    def top(self) -> int:
        """The first line in view: the present one stays in the upper half unless the wheel moved the list."""
        most = max(0, len(self._lines) - self._fitting())
        wanted = self._top if self._top is not None else self._at - self._fitting() // 2
        return min(max(0, wanted), most)

    def _row_height(self) -> int:
        return max(self._theme.px(ROW), round(self._theme.text_px(18) * 1.5))

    def _fitting(self) -> int:
        return max(1, (self.height() - self._theme.px(HEAD + 10)) // self._row_height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = int((event.position().y() - self._theme.px(HEAD)) // self._row_height())
        if 0 <= row < self._fitting() and self.top + row < len(self._lines):
            self._seek(self._lines[self.top + row].t_ns)
            self.refresh()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._top = self.top - (1 if event.angleDelta().y() > 0 else -1)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, palette = self._theme, self._theme.palette
        painter = QPainter(self)
        paint_panel(painter, QRectF(self.rect()), theme)
        title_px, px = theme.text_px(22), theme.text_px(17)
        margin = theme.px(MARGIN)
        base = painting.middle_baseline(theme.px(27), fonts.metrics(title_px))
        ink = colour(palette.secondary)
        painting.line(painter, margin, base, wording.MOMENTS, ink, title_px, fonts.SEMIBOLD)
        count = f"{self._at + 1} / {len(self._lines)}" if self._lines else ""
        painting.line(painter, self.width() - margin, base, count, ink, px, align=painting.RIGHT)
        if not self._lines:
            painter.setFont(fonts.font(px))
            painter.setPen(colour(palette.faint))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, wording.NO_MOMENTS)
        shown = self._lines[self.top : self.top + self._fitting()]
        times = [self._time_text(line.t_ns) for line in shown]
        indent = max((fonts.width(text, px) for text in times), default=0.0) + theme.px(16)
        for row, (line, time) in enumerate(zip(shown, times, strict=True)):
            box = QRectF(
                margin,
                theme.px(HEAD) + row * self._row_height(),
                self.width() - 2 * margin,
                self._row_height(),
            )
            self._paint_line(painter, box, line, time, indent, now=self.top + row == self._at)
        painter.end()

    def _time_text(self, t_ns: int) -> str:
        if self._dose_t_ns is not None:
            return fmt.offset(t_ns, self._dose_t_ns)
        snapshot = self._port.snapshot()
        return fmt.wall(snapshot.utc_ns + t_ns - snapshot.t_ns, snapshot.utc_offset_min)

    def _paint_line(
        self, painter: QPainter, box: QRectF, line: Line, time: str, indent: float, *, now: bool
    ) -> None:
        theme, palette = self._theme, self._theme.palette
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if now:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(palette.edge, 0.6))
            reach = theme.px(8)
            painter.drawRoundedRect(box.adjusted(-reach, 2, reach, -2), theme.px(6), theme.px(6))
        px = theme.text_px(18)
        base = painting.middle_baseline(box.center().y(), fonts.metrics(px))
        painting.line(painter, box.left(), base, time, colour(palette.secondary), theme.text_px(17))
        by_px = theme.text_px(16)
        used = painting.line(
            painter, box.right(), base, line.by, colour(palette.faint), by_px, align=painting.RIGHT
        )
        left = box.left() + indent + self._paint_sign(painter, box.left() + indent, box.center().y(), line)
        room = box.right() - used - theme.px(8) - left
        left += painting.line(
            painter, left, base, line.text, self._ink(line), px, room=room, smallest=theme.text_px(14)
        )
        said, left = self._aside(line), left + theme.px(10)
        room = box.right() - used - theme.px(8) - left
        if said and room > fonts.width("was: xxx", by_px):
            painting.line(painter, left, base, said, colour(palette.faint), by_px, room=room)

    def _aside(self, line: Line) -> str:
        """What a note was before, or the other of its two times."""
        if line.was:
            return wording.WAS.format(text=line.was)
        if line.was_ns is not None:
            return wording.WAS_AT.format(time=self._time_text(line.was_ns))
        if line.written_ns is not None:
            return wording.WRITTEN.format(time=self._time_text(line.written_ns))
        return ""

    def _paint_sign(self, painter: QPainter, x: float, y: float, line: Line) -> float:
        """The alarm's shape, the dose's triangle or a patch of hatching; returns the room it takes."""
        size = self._theme.px(14)
        if line.priority is not None:
            box = QRectF(x, y - size / 2, size, size)
            painting.priority_shape(painter, line.priority, box, self._ink(line))
            return size + self._theme.px(8)
        if line.kind == "interruption":
            sign = QRectF(x, y - size / 2, size, size)
            painting.hatch(painter, sign, colour(self._theme.palette.secondary), self._theme.px(1), size / 3)
            return size + self._theme.px(8)
        if line.kind == "dose":
            return painting.line(painter, x, y + size * 0.4, "▼ ", self._ink(line), self._theme.text_px(18))
        return 0.0

    def _ink(self, line: Line) -> QColor:
        if line.priority is Priority.HIGH:
            return colour(self._theme.palette.text)
        if line.priority is not None:
            return self._theme.fill(line.priority)
        palette = self._theme.palette
        inks = {
            "dose": palette.notes,
            "interruption": palette.secondary,
            "draft": palette.secondary,
            "phase": palette.secondary,
            BROKEN: palette.medium,
        }
        return colour(inks.get(line.kind, palette.text))
