"""The bar of a review: play, speed, where in the record, the record as a strip, whether it is intact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QPolygonF, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from kapmonitor.session.state import Interruption
from ui import fonts, painting
from ui import format as fmt
from ui.button import Key
from ui.panel import paint_panel
from ui.ports import ReplayPort
from ui.replay import wording
from ui.replay.scrub import Scrub
from ui.replay.travel import (
    SPEEDS,
    STEP_NS,
    faster,
    first_dose,
    next_moment,
    previous_moment,
    record_span,
    slower,
)
from ui.shown import WhileShown
from ui.theme import Theme, colour

REFRESH_MS: Final = 100
SAID_MS: Final = 2500
POSITION_WIDTH: Final = 250
SUMMARY_WIDTH: Final = 380
DAMAGE: Final = ("damaged", "interrupted", "gone")
"""Words that a summary begins with when it is not good news."""


class PlayButton(QAbstractButton):
    """A triangle, or two bars while it plays."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._playing = False
        self.setAccessibleName(wording.PLAY)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def set_playing(self, *, playing: bool) -> None:
        if playing != self._playing:
            self._playing = playing
            self.setAccessibleName(wording.PAUSE if playing else wording.PLAY)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(self._theme.palette.music))
        half = self._theme.px(11)
        x, y = self.width() / 2, self.height() / 2
        if self._playing:
            bar = half * 0.62
            painter.drawRect(QRectF(x - half * 0.85, y - half, bar, 2 * half))
            painter.drawRect(QRectF(x + half * 0.85 - bar, y - half, bar, 2 * half))
        else:
            corners = (
                QPointF(x - half * 0.8, y - half),
                QPointF(x + half, y),
                QPointF(x - half * 0.8, y + half),
            )
            painter.drawPolygon(QPolygonF(corners))
        painter.end()


class ReplayBar(QWidget):
    """Moves a ReplayPort; `on_moved` is called after each jump, so that the trends follow at once.

    `interruptions` is when nothing was monitored, `stretches` from when to when something lasted; `told`
    says what there is of a kind at a time, for whoever jumped there.
    """

    def __init__(
        self,
        port: ReplayPort,
        theme: Theme,
        on_moved: Callable[[], object] | None = None,
        parent: QWidget | None = None,
        *,
        interruptions: Sequence[Interruption] = (),
        stretches: Sequence[tuple[int, int]] = (),
        told: Callable[[str, int], str] = lambda _kind, _t_ns: "",
    ) -> None:
        super().__init__(parent)
        self._looks = WhileShown(REFRESH_MS, self.refresh, self)
        self._port = port
        self._theme = theme
        self._on_moved = on_moved
        self._told = told
        self._speed = 1.0
        self._said = ""
        self._resume = False
        self._moments = port.moments()
        self.button = PlayButton(theme, self)
        self.speed_key = Key(theme, wording.SPEED.format(speed=1), self)
        self.scrub = Scrub(theme, self.time_text, self)
        self._span = record_span(port.view().span(), self._moments)
        self.scrub.show_record(self._span, self._moments)
        self.scrub.show_interruptions(interruptions)
        self.scrub.show_stretches(stretches)
        self.button.clicked.connect(self.toggle)
        self.speed_key.clicked.connect(self._cycle_speed)
        self.scrub.wanted.connect(self.seek)
        self.scrub.taken.connect(self._pulled)
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.timeout.connect(lambda: self.say(""))

    # What the keys do

    def toggle(self) -> None:
        """Run or stand; at the end of the record, begin again."""
        playing = not self._port.playing()
        if playing and self._port.now_ns() >= self._span[1]:
            self._port.seek(self._span[0])
        self._port.play(playing=playing)
        self.refresh()

    def faster(self) -> None:
        self._set_speed(faster(self._speed))

    def slower(self) -> None:
        self._set_speed(slower(self._speed))

    def step(self, steps: int, length_ns: int = STEP_NS) -> None:
        """So many steps on, or back if negative."""
        self.seek(self._port.now_ns() + steps * length_ns)

    def jump(self, kind: str, *, back: bool = False) -> None:
        """To the next moment of a kind that the port knows, or the one before; says what was reached."""
        now_ns = self._port.now_ns()
        if back:
            t_ns = previous_moment(self._moments, kind, now_ns, playing=self._port.playing())
        else:
            t_ns = next_moment(self._moments, kind, now_ns)
        if t_ns is None:
            none = wording.NONE_EARLIER if back else wording.NONE_LATER
            self.say(none.format(kind=wording.KINDS.get(kind, kind)))
        else:
            self.seek(t_ns)
            self.say(self._told(kind, t_ns))

    def seek(self, t_ns: int) -> None:
        """Go to a time."""
        self._port.seek(t_ns)
        self.refresh()
        if self._on_moved is not None:
            self._on_moved()

    # What is shown

    def showEvent(self, event: QShowEvent) -> None:
        self._looks.begin()

    def hideEvent(self, event: QHideEvent) -> None:
        self._looks.end()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for part in (self.button, self.speed_key, self.scrub):
            part.set_theme(theme)
        self._arrange()
        self.update()

    def say(self, text: str) -> None:
        """Show this in place of the summary for a moment."""
        self._said = text
        if text:
            self._quiet.start(SAID_MS)
        self.update()

    @property
    def said(self) -> str:
        """What stands at the right end."""
        return self._said or self._port.summary()

    @property
    def speed(self) -> float:
        return self._speed

    def time_text(self, t_ns: int) -> str:
        """A time of the record: from the first dose, or by the clock if there was none."""
        dose_t_ns = first_dose(self._moments)
        if dose_t_ns is not None:
            return fmt.offset(t_ns, dose_t_ns)
        return self._clock(t_ns)

    def _clock(self, t_ns: int) -> str:
        snapshot = self._port.snapshot()
        return fmt.wall(snapshot.utc_ns + t_ns - snapshot.t_ns, snapshot.utc_offset_min, seconds=True)

    def refresh(self) -> None:
        """Look where the playhead is."""
        self.button.set_playing(playing=self._port.playing())
        self.scrub.show_position(self._port.now_ns())
        self.update(self._position_box().toAlignedRect())

    def _set_speed(self, speed: float) -> None:
        self._speed = speed
        self._port.set_speed(speed)
        self.speed_key.set_label(wording.SPEED.format(speed=fmt.amount(speed)))

    def _cycle_speed(self) -> None:
        again = faster(self._speed)
        self._set_speed(again if again != self._speed else SPEEDS[0])

    def _pulled(self, taken: bool) -> None:
        """Stand still while the playhead is held; go on afterwards if it ran."""
        if taken:
            self._resume = self._port.playing()
            self._port.play(playing=False)
        elif self._resume:
            self._port.play(playing=True)
        self.refresh()

    def _position_box(self) -> QRectF:
        px = self._theme.px
        return QRectF(px(64), 0.0, px(POSITION_WIDTH), self.height())

    def _summary_box(self) -> QRectF:
        px = self._theme.px
        return QRectF(self.width() - px(18 + SUMMARY_WIDTH), 0.0, px(SUMMARY_WIDTH), self.height())

    def _arrange(self) -> None:
        px = self._theme.px
        self.button.setGeometry(px(10), 0, px(48), self.height())
        hint = self.speed_key.sizeHint()
        wide = max(px(76), hint.width())
        left = round(self._position_box().right()) + px(8)
        self.speed_key.setGeometry(left, (self.height() - hint.height()) // 2, wide, hint.height())
        start = left + wide + px(16)
        end = round(self._summary_box().left()) - px(16)
        self.scrub.setGeometry(start, px(4), max(px(80), end - start), self.height() - px(8))

    def resizeEvent(self, event: QEvent) -> None:
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        paint_panel(painter, QRectF(self.rect()), theme)
        self._paint_position(painter)
        box, px = self._summary_box(), theme.text_px(17)
        base = painting.middle_baseline(self.height() / 2, fonts.metrics(px))
        painting.line(
            painter, box.right(), base, self.said, self._ink(), px, room=box.width(), align=painting.RIGHT
        )
        painter.end()

    def _ink(self) -> QColor:
        palette = self._theme.palette
        if self._said:
            return colour(palette.notes)
        return colour(palette.medium if self._port.summary().startswith(DAMAGE) else palette.secondary)

    def _paint_position(self, painter: QPainter) -> None:
        theme, box = self._theme, self._position_box()
        now_ns = self._port.now_ns()
        px, small_px = theme.text_px(24), theme.text_px(17)
        base = painting.middle_baseline(self.height() / 2, fonts.metrics(px))
        text = self.time_text(now_ns)
        used = painting.line(painter, box.left(), base, text, colour(theme.palette.text), px, fonts.SEMIBOLD)
        if first_dose(self._moments) is not None:
            left = box.left() + used + theme.px(12)
            ink = colour(theme.palette.secondary)
            painting.line(painter, left, base, self._clock(now_ns), ink, small_px, room=box.right() - left)
