"""The scene of the trends: lanes above one time axis, with our own layers drawn over them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsGridLayout, QGraphicsItem, QGraphicsWidget

from ui.theme import Theme
from ui.trends.cursors import AWAY, Cursors, Which
from ui.trends.frame import GUTTER, RIGHT, Frame
from ui.trends.items import BODY_Z, GROUND_Z, WORDS_Z, CursorMark, Layer, TimeAxis, UprightLine
from ui.trends.lanes import WAVES, Lane, Picture, paint_ground
from ui.trends.scale import TimeScale
from ui.trends.ticks import time_ticks
from ui.trends.window import MINUTE_NS, Span

SPACING: Final = 10
"""Design pixels between the lanes."""

TICK_ROOM: Final = 88
"""Design pixels that one word of the time axis takes, with its distance from the next."""

OVERSAMPLE: Final = 2
WAVE_ROOM: Final = 160
"""Design pixels that one wave is given beside the other lanes, which then give way."""

WAVE_LEAST: Final = 34
WORD_ROOM: Final = 40
"""Design pixels of the lane of waves while there is but a word in it."""

GIVEN_WAY: Final = 0.4
ANY_HEIGHT: Final = 16_777_215.0
"""Qt's word for no greatest height."""

NO_SPAN: Final = Span(0, 60 * MINUTE_NS)


class Canvas:
    """The lanes in a graphics view. It shows the picture it was last given; it asks nobody for data."""

    def __init__(self, lanes: tuple[Lane, ...], theme: Theme, on_click: Callable[[int], None] | None) -> None:
        self._theme = theme
        self._lanes = lanes
        self._on_click = on_click
        self._picture: Picture | None = None
        self._now_ns: int | None = None
        self._picked_ns: int | None = None
        self._cursors = AWAY
        self._waves: int | None = None
        self.view = pg.GraphicsView(background=None)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.view.viewport().setAutoFillBackground(False)
        self._layout = pg.GraphicsLayout()
        self._layout.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents)
        self.view.setCentralItem(self._layout)
        self._time = pg.ViewBox(enableMouse=False, enableMenu=False, defaultPadding=0.0)
        self._time.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents)
        self._boxes: list[QGraphicsWidget] = [self._time, *(QGraphicsWidget() for _ in lanes[1:])]
        self._axis = TimeAxis()
        self._axis.linkToView(self._time)
        for row, box in enumerate((*self._boxes, self._axis)):
            self._layout.addItem(box, row, 0)
        scene = self.view.scene()
        self._grounds = [
            Layer(partial(self._paint_ground, i), GROUND_Z, kept=True) for i in range(len(lanes))
        ]
        self._bodies = [Layer(partial(self._paint_body, i), BODY_Z) for i in range(len(lanes))]
        self._words = [Layer(partial(self._paint_words, i), WORDS_Z) for i in range(len(lanes))]
        self._now, self._pick = UprightLine(), UprightLine()
        self._marks = {which: CursorMark(which) for which in Which}
        marks = [part for mark in self._marks.values() for part in mark.parts]
        for item in (*self._grounds, *self._bodies, *self._words, self._now, self._pick, *marks):
            scene.addItem(item)
        for box in self._boxes:
            box.geometryChanged.connect(self._place)
        scene.sigMouseClicked.connect(self._clicked)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        # Without one of its own it takes that of Qt's fields, which is lighter in the dark.
        self.view.setBackground(theme.palette.window)
        grid = self._layout.layout
        grid.setContentsMargins(theme.px(GUTTER), 0, theme.px(RIGHT), 0)
        grid.setSpacing(theme.px(SPACING))
        self._share_out()
        self._axis.set_theme(theme)
        self._now.ink(theme.palette.text, max(1.0, 1.5 * theme.scale), 0.55)
        self._pick.ink(theme.palette.notes, max(1.5, 2 * theme.scale))
        for mark in self._marks.values():
            mark.set_theme(theme)
        for ground in self._grounds:
            ground.update()
        self._place()

    def _share_out(self) -> None:
        """Give each lane its height; where waves are shown, the lanes that grow give way to them."""
        px, grid = self._theme.px, self._layout.layout
        for row, lane in enumerate(self._lanes):
            grid.setRowSpacing(row, px(SPACING))
            if lane is WAVES and self._waves is None:
                grid.setRowStretchFactor(row, 0)
                grid.setRowFixedHeight(row, 0)
                grid.setRowSpacing(row, 0)
            elif lane is WAVES and self._waves:
                _growing(grid, row, WAVE_ROOM * self._waves, px(WAVE_LEAST) * self._waves)
            elif lane.grows:
                share = lane.height if not self._waves else round(lane.height * GIVEN_WAY)
                _growing(grid, row, share, px(lane.height // (5 if self._waves else 3)))
            else:
                grid.setRowStretchFactor(row, 0)
                grid.setRowFixedHeight(row, px(WORD_ROOM if lane is WAVES else lane.height))

    @property
    def columns(self) -> int:
        """How many pixel columns to ask for: two per real pixel, which is what makes steep edges smooth."""
        pixels = self._frame(0).time.width * float(self.view.devicePixelRatioF())
        return max(1, round(pixels * OVERSAMPLE))

    def show(self, picture: Picture | None) -> None:
        """Draw this from now on."""
        self._picture = picture
        waves = None if picture is None or picture.waves is None else len(picture.waves)
        if waves != self._waves:
            self._waves = waves
            self._share_out()
        self._scale_time()
        for layer in (*self._bodies, *self._words):
            layer.update()

    def stand(self, now_ns: int | None, picked_ns: int | None, cursors: Cursors = AWAY) -> None:
        """Put the now-line, the picked line and the cursors at these times; None takes one away."""
        self._now_ns, self._picked_ns, self._cursors = now_ns, picked_ns, cursors
        self._place_lines()

    def time_at(self, x: float) -> int:
        """The time at a pixel of the view; that of the nearest edge beside the plots."""
        return self._frame(0).time.t_ns(self.view.mapToScene(round(x), 0).x() - self._bodies[0].pos().x())

    def ns_per_px(self) -> float:
        """How much time one pixel stands for."""
        return (self.span.t1_ns - self.span.t0_ns) / self._frame(0).time.width

    @property
    def span(self) -> Span:
        return self._picture.content.span if self._picture is not None else NO_SPAN

    def _scale_time(self) -> None:
        """Time on the boxes and on the axis, in seconds from the span's start so that floats stay exact."""
        span = self.span
        self._time.setXRange(0.0, (span.t1_ns - span.t0_ns) / 1e9, padding=0.0)
        if self._picture is None:
            self._axis.show_ticks((), span.t0_ns)
            return
        room = int(self._time.width() / self._theme.px(TICK_ROOM))
        ticks = time_ticks(span, self._picture.content.origin, room)
        self._axis.show_ticks(ticks, span.t0_ns)

    def _place(self, *_: object) -> None:
        gutter, right = self._theme.px(GUTTER), self._theme.px(RIGHT)
        for box, *layers in zip(self._boxes, self._grounds, self._bodies, self._words, strict=True):
            rect = QRectF(box.mapRectToScene(box.rect()).toRect()).adjusted(-gutter, 0.0, right, 0.0)
            for layer in layers:
                layer.place(rect)
        self._place_lines()

    def _place_lines(self) -> None:
        top = self._bodies[0].sceneBoundingRect().top()
        bottom = self._bodies[-1].sceneBoundingRect().bottom()
        frame = self._frame(0)
        for line, t_ns in ((self._now, self._now_ns), (self._pick, self._picked_ns)):
            line.stand(self._scene_x(frame, t_ns), top, bottom)
        for which, mark in self._marks.items():
            active = which is self._cursors.active
            mark.stand(self._scene_x(frame, self._cursors.at(which)), top, bottom, active=active)

    def _scene_x(self, frame: Frame, t_ns: int | None) -> float | None:
        """Where a time is in the scene, None if it is out of view."""
        if t_ns is None or self._picture is None or not frame.time.holds(t_ns):
            return None
        return float(self._bodies[0].pos().x()) + frame.time.x(t_ns)

    def _frame(self, row: int) -> Frame:
        width, height = self._bodies[row].size()
        left = float(self._theme.px(GUTTER))
        span = self.span
        time = TimeScale(span.t0_ns, span.t1_ns, left, max(1.0, width - left - self._theme.px(RIGHT)))
        return Frame(self._theme, width, height, time)

    def _paint_ground(self, row: int, painter: QPainter) -> None:
        paint_ground(painter, self._frame(row))

    def _paint_body(self, row: int, painter: QPainter) -> None:
        if self._picture is not None:
            self._lanes[row].body(painter, self._frame(row), self._picture)

    def _paint_words(self, row: int, painter: QPainter) -> None:
        if self._picture is not None:
            self._lanes[row].words(painter, self._frame(row), self._picture)

    def _clicked(self, event: object) -> None:
        """A press anywhere on the lanes names a time."""
        position: QPointF = event.scenePos()  # type: ignore[attr-defined]  # pyqtgraph has no types
        frame = self._frame(0)
        x = position.x() - self._bodies[0].pos().x()
        inside = QRectF(frame.time.left, 0.0, frame.time.width, self._bodies[-1].sceneBoundingRect().bottom())
        if (
            self._on_click is not None
            and self._picture is not None
            and inside.contains(QPointF(x, position.y()))
        ):
            self._on_click(frame.time.t_ns(x))


def _growing(grid: QGraphicsGridLayout, row: int, share: int, least: float) -> None:
    """Let a row grow with the pane; a height that was fixed before is no longer one."""
    grid.setRowMinimumHeight(row, least)
    grid.setRowMaximumHeight(row, ANY_HEIGHT)
    grid.setRowStretchFactor(row, share)
