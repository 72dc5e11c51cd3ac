"""The trends: heart rate and saturation, blood pressure, notes and doses, music, on one time axis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kapmonitor.resting import Baseline, baseline_of
from kapmonitor.session.state import SessionState
from ui.ports import SessionPort
from ui.shown import WhileShown
from ui.theme import Theme
from ui.trends import wording
from ui.trends.canvas import Canvas
from ui.trends.content import Coming, Request, gather
from ui.trends.cursors import AWAY
from ui.trends.foot import Foot
from ui.trends.lanes import LIVE_LANES, REVIEW_LANES, Picture
from ui.trends.looking import Looking, Review, record_span
from ui.trends.own import OwnBands
from ui.trends.pointer import Pointer
from ui.trends.pointing import Pointing
from ui.trends.reading import values_at
from ui.trends.readout import Readout
from ui.trends.table import CursorTable
from ui.trends.ticks import time_ticks
from ui.trends.window import WHOLE, Span, live_span, narrower, review_span, wider

REFRESH_MS: Final = 1000
REVIEW_REFRESH_MS: Final = 200
"""In review the playhead may run fast; as long as the window stays, only its line is moved."""

FIRST_WINDOW_MIN: Final = 60
GRID_TICKS: Final = 9


class TrendsPane(QWidget):
    """The trends of a session, live or in review. It asks the port only while it can be seen."""

    def __init__(
        self, port: SessionPort, theme: Theme, review: Review | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._looks = WhileShown(REFRESH_MS if review is None else REVIEW_REFRESH_MS, self.refresh, self)
        self._port = port
        self._theme = theme
        self._review = review
        self._looking = None if review is None else Looking(review)
        self._window_min = FIRST_WINDOW_MIN
        self._coming: tuple[Coming, ...] = ()
        self._baseline = Baseline()
        self._known: SessionState | None = None
        self._own: OwnBands | None = None
        self._picked_ns: int | None = None
        self._picture: Picture | None = None
        self._key: object = None
        lanes = LIVE_LANES if review is None else REVIEW_LANES
        self._canvas = Canvas(lanes, theme, self._clicked if review is None else None)
        self._table = CursorTable(theme)
        self._foot = Foot(theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._canvas.view, 1)
        layout.addWidget(self._table)
        layout.addWidget(self._foot)
        if self._looking is not None:
            Pointer(self._canvas.view.viewport(), Pointing(self.refresh, self._looking, self._canvas))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    @property
    def window_min(self) -> int:
        """Minutes of the past that a live pane shows; 0 is the whole session."""
        return self._window_min

    @property
    def looking(self) -> Looking | None:
        """What a review looks at; None over a running session."""
        return self._looking

    @property
    def readout(self) -> Readout | None:
        """What stands at the cursors, while there are any."""
        return self._table.readout

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

    def showEvent(self, event: QShowEvent) -> None:
        self._looks.begin()

    def hideEvent(self, event: QHideEvent) -> None:
        self._looks.end()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._canvas.set_theme(theme)
        self._table.set_theme(theme)
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
        self._step(lambda looking: looking.narrower(self._port.now_ns()), narrower)

    def wider(self) -> None:
        """Show a longer stretch."""
        self._step(lambda looking: looking.wider(self._port.now_ns()), wider)

    def whole(self) -> None:
        """Show the whole session."""
        self._step(Looking.show_all, lambda _length: WHOLE)

    def _step(self, in_review: Callable[[Looking], None], live: Callable[[int], int]) -> None:
        if self._looking is not None:
            in_review(self._looking)
        self._set_window(live(self._window_min))

    def follow(self) -> None:
        """The playhead was put somewhere: show where it is."""
        if self._looking is not None:
            self._looking.follow()
        self.refresh()

    def _set_window(self, window_min: int) -> None:
        self._window_min = window_min
        self.refresh()

    def pick(self, t_ns: int | None) -> None:
        """Read out the values at a time; None puts the line away."""
        self._picked_ns = t_ns
        self._show_lines()

    def _clicked(self, t_ns: int) -> None:
        first, last = self._port.view().span()
        near_ns = (self._canvas.span.t1_ns - self._canvas.span.t0_ns) // 100
        again = self._picked_ns is not None and abs(t_ns - self._picked_ns) <= near_ns
        inside_ns = min(max(t_ns, first), last) if last > first else t_ns
        self.pick(None if again else inside_ns)

    def refresh(self) -> None:
        """Ask the port again and draw what changed."""
        snapshot = self._port.snapshot()
        looking = self._looking
        state = snapshot.session if looking is None else looking.review.state()
        now_ns = self._port.now_ns()
        span, end_ns = self._span(state, now_ns)
        waves = looking is not None and looking.shows_waves
        key = (span, self._canvas.columns, waves, state, self._theme) if looking else None
        if key is None or key != self._key:
            self._baseline = self._baseline_of(state)
            request = Request(span, self._canvas.columns, now_ns, end_ns, live=looking is None)
            content = gather(self._port.view(), snapshot, state, request, self._baseline, self._coming)
            if self._own is not None:
                content = replace(content, own=self._own.of(state, self._baseline))
            grid = tuple(tick.t_ns for tick in time_ticks(span, content.origin, GRID_TICKS))
            shown = looking.waves(span, request.width) if looking is not None and waves else None
            readings = () if looking is None else looking.readings(span)
            self._picture = Picture(content, request.width, grid, shown, readings)
            self._canvas.show(self._picture)
            self._key = key
        self._show_lines()

    def _baseline_of(self, state: SessionState) -> Baseline:
        """Of a record it is found once, as nothing is added to that."""
        if self._looking is None or state is not self._known:
            self._known = state
            self._baseline = baseline_of(self._port.view(), state)
        return self._baseline

    def _span(self, state: SessionState, now_ns: int) -> tuple[Span, int]:
        """The stretch to show, and where data ends."""
        if self._looking is not None:
            first, last = record_span(self._port.view().span(), state)
            return self._looking.span(review_span(first, last), now_ns), last
        start_ns = state.started_t_ns if state.started is not None else now_ns
        return live_span(self._window_min, start_ns, now_ns), now_ns

    def _show_lines(self) -> None:
        now_ns = self._port.now_ns()
        opened = self._picture is not None and self._picture.content.state.started is not None
        cursors = AWAY if self._looking is None else self._looking.cursors
        if self._looking is not None and self._picture is not None:
            self._table.show_readout(self._looking.readout(self._picture))
        self._canvas.stand(now_ns if opened else None, self._picked_ns, cursors)
        self._foot.set_text(self._foot_words(now_ns), self._looking.words if self._looking and opened else "")

    def _foot_words(self, now_ns: int) -> str:
        if self._picture is None or self._picture.content.state.started is None:
            return ""
        picked_ns = now_ns if self._looking is not None else self._picked_ns
        if picked_ns is not None:
            known = None if self._looking is None else self._looking.cuff(picked_ns)
            return values_at(self._picture.content, picked_ns, self._picture.columns, known)
        length = wording.WINDOW.format(length=wording.length_name(self._window_min))
        return wording.KEYS_GAP.join((length, wording.ZERO_KEY, wording.CLICK))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.isVisible():
            QTimer.singleShot(0, self, self.refresh)
