"""The trends: heart rate and saturation, blood pressure, notes and doses, music, on one time axis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kapmonitor.resting import Baseline, baseline_of
from kapmonitor.session.state import SessionState
from ui import fonts
from ui.ports import SessionPort
from ui.shown import RefreshedWhileShown
from ui.theme import Theme, colour
from ui.trends import wording
from ui.trends.canvas import Canvas
from ui.trends.content import Coming, Request, gather
from ui.trends.frame import elided
from ui.trends.lanes import LIVE_LANES, REVIEW_LANES, Picture
from ui.trends.own import OwnBands
from ui.trends.reading import values_at
from ui.trends.ticks import time_ticks
from ui.trends.window import WHOLE, Span, live_span, narrower, review_span, wider

REFRESH_MS: Final = 1000
REVIEW_REFRESH_MS: Final = 200
"""In review the playhead may run fast; as long as the window stays, only its line is moved."""

FOOT: Final = 26
"""Design pixels under the time axis, for one line of words."""

FIRST_WINDOW_MIN: Final = 60
GRID_TICKS: Final = 9


@dataclass(frozen=True, slots=True)
class Review:
    """What differs over a finished record: all of its session's state at once, and where a click goes."""

    state: Callable[[], SessionState]
    seek: Callable[[int], None]


class TrendsPane(RefreshedWhileShown):
    """The trends of a session, live or in review. It asks the port only while it can be seen."""

    def __init__(
        self, port: SessionPort, theme: Theme, review: Review | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(REFRESH_MS if review is None else REVIEW_REFRESH_MS, parent)
        self._port = port
        self._theme = theme
        self._review = review
        self._window_min = WHOLE if review is not None else FIRST_WINDOW_MIN
        self._coming: tuple[Coming, ...] = ()
        self._baseline = Baseline()
        self._own: OwnBands | None = None
        self._picked_ns: int | None = None
        self._picture: Picture | None = None
        self._key: object = None
        lanes = LIVE_LANES if review is None else REVIEW_LANES
        self._canvas = Canvas(lanes, theme, self._clicked)
        self._foot = Foot(theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._canvas.view, 1)
        layout.addWidget(self._foot)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    @property
    def window_min(self) -> int:
        """Minutes of the past that are shown; 0 is the whole session."""
        return self._window_min

    @property
    def picked_ns(self) -> int | None:
        """The time whose values are read out, if any."""
        return self._picked_ns

    @property
    def picture(self) -> Picture | None:
        """What is drawn now."""
        return self._picture

    @property
    def foot_text(self) -> str:
        """The line under the axis."""
        return self._foot.text

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._canvas.set_theme(theme)
        self._foot.set_theme(theme)
        self.refresh()

    def set_coming(self, coming: tuple[Coming, ...]) -> None:
        """Tracks the player means to play next, drawn as outlines."""
        if coming != self._coming:
            self._coming = coming
            self._key = None

    def set_own(self, own: OwnBands | None) -> None:
        """The person's own bands beside the protocol's; None for none."""
        self._own, self._key = own, None
        self.refresh()

    def narrower(self) -> None:
        """Show a shorter stretch."""
        self._set_window(narrower(self._window_min))

    def wider(self) -> None:
        """Show a longer stretch."""
        self._set_window(wider(self._window_min))

    def whole(self) -> None:
        """Show the whole session."""
        self._set_window(WHOLE)

    def _set_window(self, window_min: int) -> None:
        self._window_min = window_min
        self.refresh()

    def pick(self, t_ns: int | None) -> None:
        """Read out the values at a time; None puts the line away."""
        self._picked_ns = t_ns
        self._show_lines()

    def _clicked(self, t_ns: int) -> None:
        if self._review is not None:
            self._review.seek(t_ns)
            self.refresh()
            return
        first, last = self._port.view().span()
        near_ns = (self._canvas.span.t1_ns - self._canvas.span.t0_ns) // 100
        again = self._picked_ns is not None and abs(t_ns - self._picked_ns) <= near_ns
        inside_ns = min(max(t_ns, first), last) if last > first else t_ns
        self.pick(None if again else inside_ns)

    def refresh(self) -> None:
        """Ask the port again and draw what changed."""
        snapshot = self._port.snapshot()
        state = snapshot.session if self._review is None else self._review.state()
        now_ns = self._port.now_ns()
        span, end_ns = self._span(state, now_ns)
        key = (span, self._canvas.columns, self._window_min, state, self._theme) if self._review else None
        if key is None or key != self._key:
            self._baseline = baseline_of(self._port.view(), state)
            request = Request(span, self._canvas.columns, now_ns, end_ns, live=self._review is None)
            content = gather(self._port.view(), snapshot, state, request, self._baseline, self._coming)
            if self._own is not None:
                content = replace(content, own=self._own.of(state, self._baseline))
            grid = tuple(tick.t_ns for tick in time_ticks(span, content.origin, GRID_TICKS))
            self._picture = Picture(content, request.width, grid)
            self._canvas.show(self._picture)
            self._key = key
        self._show_lines()

    def _span(self, state: SessionState, now_ns: int) -> tuple[Span, int]:
        """The stretch to show, and where data ends."""
        if self._review is not None:
            first, last = self._port.view().span()
            if state.started is not None:
                first = min(first, state.started_t_ns) if last > first else state.started_t_ns
                last = max(first, last, state.closed_t_ns or 0)
            return review_span(self._window_min, first, last, now_ns), last
        start_ns = state.started_t_ns if state.started is not None else now_ns
        return live_span(self._window_min, start_ns, now_ns), now_ns

    def _show_lines(self) -> None:
        now_ns = self._port.now_ns()
        opened = self._picture is not None and self._picture.content.state.started is not None
        self._canvas.stand(now_ns if opened else None, self._picked_ns)
        self._foot.set_text(self._foot_words(now_ns))

    def _foot_words(self, now_ns: int) -> str:
        if self._picture is None or self._picture.content.state.started is None:
            return ""
        picked_ns = now_ns if self._review is not None else self._picked_ns
        if picked_ns is not None:
            return values_at(self._picture.content, picked_ns, self._picture.columns)
        length = wording.WINDOW.format(length=wording.length_name(self._window_min))
        return wording.KEYS_GAP.join((length, wording.ZERO_KEY, wording.CLICK))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.isVisible():
            QTimer.singleShot(0, self, self.refresh)


class Foot(QWidget):
    """One quiet line of words under the axis."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.text = ""
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setFixedHeight(theme.px(FOOT))
        self.update()

    def set_text(self, text: str) -> None:
        if text != self.text:
            self.text = text
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        px = self._theme.text_px(17)
        painter.setFont(fonts.font(px))
        painter.setPen(colour(self._theme.palette.secondary))
        room = QRectF(self.rect()).adjusted(self._theme.px(12), 0.0, -self._theme.px(8), 0.0)
        across = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, across, elided(self.text, px, room.width()))
        painter.end()
