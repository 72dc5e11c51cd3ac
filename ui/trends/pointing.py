"""What the mouse does to a record's trends: from pixels to the window, the cursors and the playhead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ui.trends.canvas import Canvas
from ui.trends.cursors import Which
from ui.trends.looking import Looking

NEAR_PX: Final = 8


class Pointing:
    """Answers ui.trends.pointer.Pointed."""

    def __init__(self, refresh: Callable[[], object], looking: Looking, canvas: Canvas) -> None:
        self._refresh = refresh
        self._looking = looking
        self._canvas = canvas

    def zoom_at(self, factor: float, x: float) -> None:
        self._looking.zoom(factor, self._canvas.time_at(x))
        self._refresh()

    def pull(self, pixels: float) -> None:
        self._looking.pan(-round(pixels * self._canvas.ns_per_px()))
        self._refresh()

    def cursor_near(self, x: float) -> Which | None:
        t_ns, near_ns = self._canvas.time_at(x), NEAR_PX * self._canvas.ns_per_px()
        standing = ((which, self._looking.cursors.at(which)) for which in Which)
        near = [
            (abs(at - t_ns), which) for which, at in standing if at is not None and abs(at - t_ns) <= near_ns
        ]
        return min(near)[1] if near else None

    def put_cursor(self, which: Which | None, x: float) -> None:
        self._looking.put_cursor(which, self._canvas.time_at(x))
        self._refresh()

    def click(self, x: float) -> None:
        self._looking.review.seek(self._canvas.time_at(x))
        self._refresh()
