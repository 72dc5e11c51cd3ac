"""The scene of the trends: one view box per lane, linked in time, with our own layers drawn over them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from ui.theme import Theme
from ui.trends.frame import Frame
from ui.trends.items import BODY_Z, WORDS_Z, Layer, TimeAxis, UprightLine
from ui.trends.lanes import Lane, Picture, paint_ground
from ui.trends.scale import TimeScale
from ui.trends.ticks import time_ticks
from ui.trends.window import MINUTE_NS, Span

GUTTER: Final = 60
"""Design pixels left of the plots, for the numbers of their scales."""

RIGHT: Final = 12
SPACING: Final = 10
"""Design pixels between the lanes."""

TICK_ROOM: Final = 88
"""Design pixels that one word of the time axis takes, with its distance from the next."""

OVERSAMPLE: Final = 2
NO_SPAN: Final = Span(0, 60 * MINUTE_NS)


class Canvas:
    """The lanes in a graphics view. It shows the picture it was last given; it asks nobody for data."""

    def __init__(self, lanes: tuple[Lane, ...], theme: Theme, on_click: Callable[[int], None]) -> None:
        self._theme = theme
        self._lanes = lanes
        self._on_click = on_click
        self._picture: Picture | None = None
        self._now_ns: int | None = None
        self._picked_ns: int | None = None
        self.view = pg.GraphicsView(background=None)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.view.viewport().setAutoFillBackground(False)
        self._layout = pg.GraphicsLayout()
        self.view.setCentralItem(self._layout)
        self._boxes = [self._add_box(row) for row in range(len(lanes))]
        self._axis = TimeAxis()
        self._layout.addItem(self._axis, len(lanes), 0)
        self._axis.linkToView(self._boxes[0])
        scene = self.view.scene()
        self._bodies = [Layer(partial(self._paint_body, i), BODY_Z) for i in range(len(lanes))]
        self._words = [Layer(partial(self._paint_words, i), WORDS_Z) for i in range(len(lanes))]
        self._now, self._pick = UprightLine(), UprightLine()
        for item in (*self._bodies, *self._words, self._now, self._pick):
            scene.addItem(item)
        for box in self._boxes:
            box.sigResized.connect(self._place)
        scene.sigMouseClicked.connect(self._clicked)
        self.set_theme(theme)

    def _add_box(self, row: int) -> pg.ViewBox:
        box = pg.ViewBox(enableMouse=False, enableMenu=False, defaultPadding=0.0)
        box.setYRange(0.0, 1.0, padding=0.0)
        if row:
            box.setXLink(self._layout.getItem(0, 0))
        self._layout.addItem(box, row, 0)
        return box

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        # Without one of its own it takes that of Qt's fields, which is lighter in the dark.
        self.view.setBackground(theme.palette.window)
        grid = self._layout.layout
        grid.setContentsMargins(theme.px(GUTTER), 0, theme.px(RIGHT), 0)
        grid.setSpacing(theme.px(SPACING))
        for row, lane in enumerate(self._lanes):
            if lane.grows:
                grid.setRowStretchFactor(row, lane.height)
                grid.setRowMinimumHeight(row, theme.px(lane.height // 3))
            else:
                grid.setRowStretchFactor(row, 0)
                grid.setRowFixedHeight(row, theme.px(lane.height))
        self._axis.set_theme(theme)
        self._now.ink(theme.palette.text, max(1.0, 1.5 * theme.scale), 0.55)
        self._pick.ink(theme.palette.notes, max(1.5, 2 * theme.scale))
        self._place()

    @property
    def columns(self) -> int:
        """How many pixel columns to ask for: two per real pixel, which is what makes steep edges smooth."""
        pixels = self._frame(0).time.width * float(self.view.devicePixelRatioF())
        return max(1, round(pixels * OVERSAMPLE))

    def show(self, picture: Picture | None) -> None:
        """Draw this from now on."""
        self._picture = picture
        self._scale_time()
        for layer in (*self._bodies, *self._words):
            layer.update()

    def stand(self, now_ns: int | None, picked_ns: int | None) -> None:
        """Put the now-line and the picked line at these times; None takes one away."""
        self._now_ns, self._picked_ns = now_ns, picked_ns
        self._place_lines()

    @property
    def span(self) -> Span:
        return self._picture.content.span if self._picture is not None else NO_SPAN

    def _scale_time(self) -> None:
        """Time on the boxes and on the axis, in seconds from the span's start so that floats stay exact."""
        span = self.span
        self._boxes[0].setXRange(0.0, (span.t1_ns - span.t0_ns) / 1e9, padding=0.0)
        if self._picture is None:
            self._axis.show_ticks((), span.t0_ns)
            return
        room = int(self._boxes[0].width() / self._theme.px(TICK_ROOM))
        ticks = time_ticks(span, self._picture.content.origin, room)
        self._axis.show_ticks(ticks, span.t0_ns)

    def _place(self, *_: object) -> None:
        gutter, right = self._theme.px(GUTTER), self._theme.px(RIGHT)
        for box, body, words in zip(self._boxes, self._bodies, self._words, strict=True):
            rect = QRectF(box.mapRectToScene(box.rect()).toRect()).adjusted(-gutter, 0.0, right, 0.0)
            body.place(rect)
            words.place(rect)
        self._place_lines()

    def _place_lines(self) -> None:
        top = self._bodies[0].sceneBoundingRect().top()
        bottom = self._bodies[-1].sceneBoundingRect().bottom()
        frame = self._frame(0)
        for line, t_ns in ((self._now, self._now_ns), (self._pick, self._picked_ns)):
            x = None
            if t_ns is not None and self._picture is not None and frame.time.holds(t_ns):
                x = self._bodies[0].pos().x() + frame.time.x(t_ns)
            line.stand(x, top, bottom)

    def _frame(self, row: int) -> Frame:
        width, height = self._bodies[row].size()
        left = float(self._theme.px(GUTTER))
        span = self.span
        time = TimeScale(span.t0_ns, span.t1_ns, left, max(1.0, width - left - self._theme.px(RIGHT)))
        return Frame(self._theme, width, height, time)

    def _paint_body(self, row: int, painter: QPainter) -> None:
        frame = self._frame(row)
        paint_ground(painter, frame)
        if self._picture is not None:
            self._lanes[row].body(painter, frame, self._picture)

    def _paint_words(self, row: int, painter: QPainter) -> None:
        if self._picture is not None:
            self._lanes[row].words(painter, self._frame(row), self._picture)

    def _clicked(self, event: object) -> None:
        """A press anywhere on the lanes names a time."""
        position: QPointF = event.scenePos()  # type: ignore[attr-defined]  # pyqtgraph has no types
        frame = self._frame(0)
        x = position.x() - self._bodies[0].pos().x()
        inside = QRectF(frame.time.left, 0.0, frame.time.width, self._bodies[-1].sceneBoundingRect().bottom())
        if self._picture is not None and inside.contains(QPointF(x, position.y())):
            self._on_click(frame.time.t_ns(x))
