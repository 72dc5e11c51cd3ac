"""The strip that stands for a whole record: what happened when, and the playhead to pull along it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QWidget

from kapmonitor.session.state import Interruption
from ui import fonts, painting
from ui.replay import wording
from ui.replay.travel import Moment
from ui.theme import Theme, colour

TRACK: Final = 8
HANDLE: Final = 8
EDGE: Final = 10


class Scrub(QWidget):
    """Shows a span, its moments and the playhead; tells where it is pulled to."""

    wanted = Signal(object)
    """A session time in nanoseconds."""
    taken = Signal(bool)
    """True when the playhead is taken hold of, False when it is let go."""

    def __init__(self, theme: Theme, time_text: Callable[[int], str], parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._time_text = time_text
        self._span = (0, 0)
        self._moments: tuple[Moment, ...] = ()
        self._interruptions: tuple[Interruption, ...] = ()
        self._stretches: tuple[tuple[int, int], ...] = ()
        self._marked: tuple[int, ...] = ()
        self._lost: tuple[tuple[int, int], ...] = ()
        self._t_ns = 0
        self._pulling = False
        self._hover: float | None = None
        self._happened: QPixmap | None = None
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._repaint()

    def show_record(self, span: tuple[int, int], moments: Sequence[Moment]) -> None:
        self._span, self._moments = span, tuple(moments)
        self._repaint()

    def show_interruptions(self, interruptions: Sequence[Interruption]) -> None:
        """Hatch the strip where nothing was monitored."""
        if tuple(interruptions) != self._interruptions:
            self._interruptions = tuple(interruptions)
            self._repaint()

    def show_stretches(self, stretches: Sequence[tuple[int, int]]) -> None:
        """Bars above the strip for what lasted, each from when to when."""
        if tuple(stretches) != self._stretches:
            self._stretches = tuple(stretches)
            self._repaint()

    def show_lost(self, spans: Sequence[tuple[int, int]]) -> None:
        """Hatch, in the colour of a warning, from when to when something cannot be read."""
        self._lost = tuple(spans)
        self._repaint()

    def show_marked(self, times: Sequence[int]) -> None:
        """Light these times up: what somebody looks for."""
        if tuple(times) != self._marked:
            self._marked = tuple(times)
            self._repaint()

    def show_position(self, t_ns: int) -> None:
        """Put the playhead here, unless it is being held; repaints only if it moved by a pixel."""
        before, self._t_ns = self.x_of(self._t_ns), t_ns
        if abs(self.x_of(t_ns) - before) >= 0.5:
            self.update()

    @property
    def empty(self) -> bool:
        return self._span[1] <= self._span[0]

    def x_of(self, t_ns: int) -> float:
        """The pixel of a time."""
        edge = self._theme.px(EDGE)
        if self.empty:
            return float(edge)
        share = (t_ns - self._span[0]) / (self._span[1] - self._span[0])
        return edge + min(1.0, max(0.0, share)) * (self.width() - 2 * edge)

    def t_of(self, x: float) -> int:
        """The time of a pixel, within the record."""
        edge = self._theme.px(EDGE)
        share = min(1.0, max(0.0, (x - edge) / max(1, self.width() - 2 * edge)))
        return self._span[0] + round(share * (self._span[1] - self._span[0]))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.empty and event.button() == Qt.MouseButton.LeftButton:
            self._pulling = True
            self.taken.emit(True)
            self.wanted.emit(self.t_of(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover = event.position().x()
        if self._pulling:
            self.wanted.emit(self.t_of(event.position().x()))
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pulling:
            self._pulling = False
            self.taken.emit(False)

    def leaveEvent(self, event: object) -> None:
        self._hover = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._repaint()

    def _repaint(self) -> None:
        """Also what happened, which is painted once and stays while the playhead moves."""
        self._happened = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, palette = self._theme, self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.empty:
            px = theme.text_px(17)
            base = painting.middle_baseline(self.height() / 2, fonts.metrics(px))
            painting.line(painter, 0.0, base, wording.NO_RECORD, colour(palette.faint), px, room=self.width())
            painter.end()
            return
        self._paint_track(painter)
        if self._happened is None:
            self._happened = self._picture()
        painter.drawPixmap(0, 0, self._happened)
        self._paint_playhead(painter)
        if self._hover is not None:
            self._paint_hover(painter, self._hover)
        painter.end()

    def _picture(self) -> QPixmap:
        """All that happened, upon nothing."""
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        quiet, alert = colour(self._theme.palette.secondary), colour(self._theme.palette.medium)
        for gap in self._interruptions:
            self._paint_hatched(painter, gap.t0_ns, gap.t1_ns, quiet)
        for t0_ns, t1_ns in self._lost:
            self._paint_hatched(painter, t0_ns, t1_ns, alert)
        self._paint_stretches(painter)
        for t_ns, kind in self._moments:
            self._paint_moment(painter, self.x_of(t_ns), kind)
        self._paint_marked(painter)
        painter.end()
        return picture

    def _track(self) -> QRectF:
        edge, tall = self._theme.px(EDGE), self._theme.px(TRACK)
        return QRectF(edge, self.height() * 0.62 - tall / 2, self.width() - 2 * edge, tall)

    def _paint_track(self, painter: QPainter) -> None:
        palette, track = self._theme.palette, self._track()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(palette.edge))
        painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)
        painter.setBrush(colour(palette.music_now))
        played = QRectF(track.left(), track.top(), self.x_of(self._t_ns) - track.left(), track.height())
        painter.drawRoundedRect(played, track.height() / 2, track.height() / 2)

    def _paint_hatched(self, painter: QPainter, t0_ns: int, t1_ns: int, ink: QColor) -> None:
        theme, track = self._theme, self._track()
        left, right = self.x_of(t0_ns), self.x_of(t1_ns)
        wide = max(right - left, theme.px(4))
        box = QRectF((left + right - wide) / 2, track.top() - 1, wide, track.height() + 2)
        painter.fillRect(box, colour(theme.palette.panel))
        painting.hatch(painter, box, ink, theme.px(1), theme.px(5))

    def _paint_stretches(self, painter: QPainter) -> None:
        theme, track = self._theme, self._track()
        tall = max(2, theme.px(3))
        for t0_ns, t1_ns in self._stretches:
            left, right = self.x_of(t0_ns), self.x_of(t1_ns)
            bar = QRectF(left, track.top() - theme.px(6), max(1.0, right - left), tall)
            painter.fillRect(bar, colour(theme.palette.notes, 0.75))

    def _paint_moment(self, painter: QPainter, x: float, kind: str) -> None:
        """Notes above the strip, doses upon it, alarms and below them readings beneath, phases as cuts."""
        theme, palette, track = self._theme, self._theme.palette, self._track()
        reach = theme.px(11)
        match kind:
            case "dose":
                self._triangle(painter, QPointF(x, track.top() - theme.px(2)), reach, colour(palette.notes))
            case "alarm":
                painter.setPen(QPen(colour(palette.medium), max(2, theme.px(3))))
                painter.drawLine(QLineF(x, track.bottom() + theme.px(3), x, track.bottom() + theme.px(8)))
            case "reading":
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colour(palette.secondary))
                painter.drawEllipse(QPointF(x, track.bottom() + theme.px(12)), theme.px(2.5), theme.px(2.5))
            case "phase":
                painter.fillRect(QRectF(x - 1, track.top(), 2, track.height()), colour(palette.panel))
            case _:
                painter.setPen(QPen(colour(palette.notes), max(1.5, theme.px(2))))
                painter.drawLine(QLineF(x, track.top() - reach, x, track.top() - theme.px(3)))

    def _paint_marked(self, painter: QPainter) -> None:
        """A pin through the strip with a head above it."""
        theme, track, ink = self._theme, self._track(), colour(self._theme.palette.text)
        for t_ns in self._marked:
            x, top = self.x_of(t_ns), track.top() - theme.px(13)
            painter.setPen(QPen(ink, max(1.5, theme.px(2))))
            painter.drawLine(QLineF(x, top, x, track.bottom()))
            painter.setBrush(ink)
            painter.drawEllipse(QPointF(x, top), theme.px(3), theme.px(3))

    @staticmethod
    def _triangle(painter: QPainter, tip: QPointF, size: float, ink: QColor) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        corners = (
            tip,
            QPointF(tip.x() - size / 2, tip.y() - size),
            QPointF(tip.x() + size / 2, tip.y() - size),
        )
        painter.drawPolygon(QPolygonF(corners))

    def _paint_playhead(self, painter: QPainter) -> None:
        theme, track = self._theme, self._track()
        radius = theme.px(HANDLE)
        painter.setPen(QPen(colour(theme.palette.window), theme.px(2)))
        painter.setBrush(colour(theme.palette.text))
        painter.drawEllipse(QPointF(self.x_of(self._t_ns), track.center().y()), radius, radius)

    def _paint_hover(self, painter: QPainter, x: float) -> None:
        """The time under the pointer, above the strip, inside its ends."""
        theme, px = self._theme, self._theme.text_px(15)
        text = self._time_text(self.t_of(x))
        wide = fonts.width(text, px) + theme.px(10)
        left = min(max(x - wide / 2, 0.0), self.width() - wide)
        box = QRectF(left, 0.0, wide, fonts.metrics(px).height())
        painter.fillRect(box, colour(theme.palette.panel))
        painter.setFont(fonts.font(px))
        painter.setPen(colour(theme.palette.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
