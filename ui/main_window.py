"""The dashboard's window: the zones, one timer that pulls the numbers, one dispatcher for the keys.

It starts with nothing heavy: trends, notes, music and the replay bar are put in by the composition root when
they are ready, and calm empty panels hold their places until then.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget

from kapmonitor.model import GenerationMode
from kapmonitor.session.events import Phase
from kapmonitor.snapshot import Snapshot
from ui import alarm_sound, fonts, strings
from ui.alarm_face import alarm_face, flashing, on_screen
from ui.alarm_zone import AlarmZone
from ui.bridge import Bridge
from ui.card_line import CardLine
from ui.card_words import boundaries
from ui.flash import Flasher
from ui.footer import Footer
from ui.keytable import LIVE, REVIEW, Action
from ui.layout import SMALLEST, Box, arrange, body
from ui.numbers import Numbers
from ui.overlay import Overlay
from ui.panel import Panel
from ui.ports import SessionPort
from ui.shell import START_SIZE, TITLE
from ui.shortcuts import Dispatcher, Handler, Press
from ui.status_face import status_face, watermark
from ui.status_zone import StatusZone
from ui.taken_up import TakenUp
from ui.theme import (
    DAY,
    SESSION,
    Palette,
    Theme,
    Themed,
    apply_colours,
    colour,
    not_live,
    scale_for,
    style_sheet,
)
from ui.watchdog import StoppedCover, Watchdog
from ui.watermark import Watermark

REFRESH_MS: Final = 150
LIT_PHASES: Final = frozenset({Phase.PREPARATION, Phase.BASELINE, Phase.DISCHARGE})
"""Phases in a lit room; the others get the dark theme, as light is part of the treatment."""


class MainWindow(QWidget):
    """One session on one screen; a window of its own, or held by a Shell.

    It asks for things by signal and changes nothing itself; the composition root turns these into commands.
    """

    acknowledge_asked = Signal(object, object)
    """The conditions on screen at key-down (tuple of ids) and the session time of the key press."""
    phase_asked = Signal(object)
    cuff_start_asked = Signal()
    cuff_stop_asked = Signal()
    cuff_hold_asked = Signal(bool)
    """True to take an earlier hold back."""
    sound_pause_asked = Signal(bool)
    """True to end a pause of the alarm sound early."""
    closing = Signal()

    def __init__(
        self, port: SessionPort, bridge: Bridge | None = None, *, palette: Palette | None = None
    ) -> None:
        super().__init__()
        self._port = port
        self._fixed_palette = palette
        self._snapshot = Snapshot()
        self._bottom_height = 0
        self._watched = True
        self._taken_up = TakenUp()
        self._painted = False
        fonts.load()
        self._styled: Theme | None = None
        self._theme = Theme(palette or DAY, scale_for(START_SIZE.width(), START_SIZE.height()))
        self._style_application()
        self._build()
        self.keys = Dispatcher(self, self._port.now_ns, LIVE)
        self._register()
        self._watchdog = Watchdog()
        self._after_paint = QTimer(self)
        self._after_paint.setSingleShot(True)
        self._after_paint.timeout.connect(self.numbers.begin_waves)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self.setWindowTitle(TITLE)
        self.setMinimumSize(*SMALLEST)
        self.resize(START_SIZE)
        self.refresh()
        self._timer.start(REFRESH_MS)
        if bridge is not None:
            self.set_bridge(bridge)

    def _build(self) -> None:
        theme = self._theme
        self.flasher = Flasher(self)
        self.status = StatusZone(theme, self)
        self.alarm = AlarmZone(theme, self.flasher, self)
        self.numbers = Numbers(theme, self.flasher, self)
        self._places: dict[str, QWidget] = {
            "trends": Panel(theme, strings.TRENDS_COME, self),
            "notes": Panel(theme, strings.NOTES_COME, self),
            "music": Panel(theme, strings.MUSIC_COME, self),
        }
        self.over_body = Overlay(self, self._arrange, lambda: None)
        self._over_trends = Overlay(self, self._arrange, lambda: self.over_body.widget)
        self.card = CardLine(theme, self)
        self.card.changed.connect(self._arrange)
        self.card.asked.connect(lambda: self.keys.act(Action.CARD))
        self.footer = Footer(theme, self)
        self.watermark = Watermark(theme, self)
        self.stopped = StoppedCover(theme, self)
        self.status.phase_asked.connect(self.phase_asked)
        self.alarm.acknowledge_asked.connect(self._on_acknowledge_click)
        self.numbers.bp.start_asked.connect(self.cuff_start_asked)
        self.numbers.bp.stop_asked.connect(self.cuff_stop_asked)
        self.numbers.bp.hold_asked.connect(self.cuff_hold_asked)

    def _register(self) -> None:
        self.on(Action.ACKNOWLEDGE, self._on_acknowledge)
        self.on(Action.AUDIO_PAUSE, self._on_audio_pause)
        self.on(Action.CUFF, self._on_cuff)
        self.on(Action.CUFF_HOLD, lambda _press: self.cuff_hold_asked.emit(self._snapshot.nibp.held))
        self.on(Action.PHASE_NEXT, lambda _press: self._step_phase(1))
        self.on(Action.PHASE_BACK, lambda _press: self._step_phase(-1))
        self.on(Action.FULL_SCREEN, lambda _press: self._toggle_full_screen())
        self.keys.on_holding(Action.CUFF, self._on_cuff_key)

    # What the composition root uses

    def set_bridge(self, bridge: Bridge) -> None:
        """Draw waves when samples come, and look at once when something happens."""
        bridge.samples.connect(self.numbers.advance)
        bridge.alarm.connect(self._on_happened)
        bridge.link.connect(self._on_happened)
        bridge.phase.connect(self._on_happened)
        bridge.refused.connect(self.footer.say)

    def set_port(self, port: SessionPort) -> None:
        """Show another session from now on."""
        self._port = port
        self._watchdog = Watchdog()
        self.keys.set_clock(port.now_ns)
        self.numbers.forget()
        self.refresh()

    def set_review(self, *, review: bool) -> None:
        """The keys of a review; and no watchdog, as a playhead may stand still."""
        self.keys.set_table(REVIEW if review else LIVE)
        self.footer.set_keys(strings.REVIEW_KEYS_HINT if review else strings.KEYS_HINT)
        self._watched = not review
        self.status.stepper.setEnabled(not review)
        self.alarm.set_passive(passive=review)
        self._arrange()
        self.refresh()

    def set_trends(self, widget: QWidget) -> None:
        """Put the trends into their place; it belongs to the window from now on."""
        self._put("trends", widget)

    def set_notes(self, widget: QWidget) -> None:
        self._put("notes", widget)

    def set_music(self, widget: QWidget) -> None:
        self._put("music", widget)

    def set_bottom(self, widget: QWidget, height: int = 60) -> None:
        """A strip along the bottom, so many design pixels high: the replay bar."""
        self._bottom_height = height
        self._put("bottom", widget)

    def open_over_trends(self, widget: QWidget) -> None:
        """Show a form over the trends; the alarm line and the numbers stay uncovered."""
        self._over_trends.put(widget)

    @property
    def over_trends(self) -> QWidget | None:
        """What stands over the trends now."""
        return self._over_trends.widget

    def close_over_trends(self) -> None:
        """Take the form away again."""
        self._over_trends.take_away()

    def close_if_open(self, kind: type[QWidget]) -> bool:
        """Take the form away if it is of this kind, for keys that open and close it; whether it was."""
        if not isinstance(self.over_trends, kind):
            return False
        self.close_over_trends()
        return True

    def on(self, action: Action, handler: Handler) -> None:
        """Let `handler` answer this key from now on."""
        self.keys.on(action, handler)

    def say(self, message: str) -> None:
        """A short message in the last line, such as why something was refused."""
        self.footer.say(message)

    @property
    def theme(self) -> Theme:
        return self._theme

    @property
    def snapshot(self) -> Snapshot:
        """The picture that is on screen."""
        return self._snapshot

    # Pulling

    def refresh(self) -> None:
        """Read the newest snapshot and show it; called by the timer, and when something happened."""
        snapshot = self._snapshot = self._port.snapshot()
        now_ns = self._port.now_ns()
        self._watchdog.saw(snapshot.t_ns)
        self._follow_theme(snapshot)
        self.status.set_face(status_face(snapshot, now_ns, alarm_sound.lamp(snapshot.sound)))
        self.alarm.set_face(alarm_face(snapshot, now_ns, time.monotonic()))
        self.flasher.set_flashing(flashing(snapshot, now_ns))
        self.card.say(boundaries(snapshot.session.care))
        self.numbers.show_session(self._port, snapshot)
        self.watermark.set_word(watermark(snapshot))
        self.stopped.set_silent(self._watchdog.silent_s() if self._watched else 0.0)
        # In the last line, which covers nothing; in a review the trends and the moments tell it.
        self.footer.set_notice(self._taken_up.words(snapshot, now_ns) if self._watched else "")

    def _on_happened(self, _stamped: object) -> None:
        self.refresh()

    def _follow_theme(self, snapshot: Snapshot) -> None:
        palette = self._fixed_palette
        if palette is None:
            lit = snapshot.session.phase in LIT_PHASES and snapshot.mode is not GenerationMode.TEST
            palette = DAY if lit and not _dosed_now(snapshot) else SESSION
        if snapshot.mode is not GenerationMode.REAL:
            palette = not_live(palette)
        self._set_theme(replace(self._theme, palette=palette))

    def _set_theme(self, theme: Theme) -> None:
        if theme == self._theme:
            return
        self._theme = theme
        self._style_application()
        parts = (self.status, self.alarm, self.numbers, self.card, self.footer, self.watermark, self.stopped)
        for part in parts:
            part.set_theme(theme)
        for widget in self._places.values():
            if isinstance(widget, Themed):
                widget.set_theme(theme)
        self.over_body.set_theme(theme)
        self._over_trends.set_theme(theme)
        self.update()

    def _style_application(self) -> None:
        """Qt's own widgets follow; the scale in coarse steps, as all of them are styled again each time."""
        coarse = replace(self._theme, scale=round(self._theme.scale * 20) / 20)
        application = QApplication.instance()
        if coarse == self._styled or not isinstance(application, QApplication):
            return
        self._styled = coarse
        apply_colours(application, coarse.palette)
        application.setFont(fonts.font(coarse.text_px(17)))
        application.setStyleSheet(style_sheet(coarse))

    # Asking

    def _on_acknowledge(self, press: Press) -> None:
        conditions = on_screen(self._snapshot)
        if conditions:
            self.acknowledge_asked.emit(conditions, press.t_ns)
        else:
            self._put_notice_away()

    def _put_notice_away(self) -> None:
        self._taken_up.put_away(self._snapshot, self._port.now_ns())
        self.refresh()

    def _on_acknowledge_click(self) -> None:
        self.keys.act(Action.ACKNOWLEDGE)

    def _on_audio_pause(self, _press: Press) -> None:
        self.sound_pause_asked.emit(alarm_sound.is_paused(self._snapshot.sound))

    def _on_cuff_key(self, holding: bool) -> None:
        """At key-down: stopping a cuff needs no holding."""
        if holding and self.numbers.bp.measuring():
            self.cuff_stop_asked.emit()
        self.numbers.bp.set_kept_down(kept=holding and not self.numbers.bp.measuring())

    def _on_cuff(self, _press: Press) -> None:
        if not self.numbers.bp.measuring():
            self.cuff_start_asked.emit()

    def _step_phase(self, step: int) -> None:
        phase = self.status.stepper.neighbour(step)
        if phase is not None:
            self.phase_asked.emit(phase)

    def _toggle_full_screen(self) -> None:
        window = self.window()
        if window.isFullScreen():
            window.showNormal()
        else:
            window.showFullScreen()

    # Laying out

    def _put(self, place: str, widget: QWidget) -> None:
        old = self._places.get(place)
        if old is not None:
            old.hide()
            old.deleteLater()
        self._places[place] = widget
        widget.setParent(self)
        if isinstance(widget, Themed):
            widget.set_theme(self._theme)
        self._arrange()
        widget.show()

    def _arrange(self) -> None:
        zones = arrange(self.width(), self.height(), self._bottom_height)
        self.status.setGeometry(_rect(zones.status))
        self.alarm.setGeometry(_rect(zones.alarm))
        self.numbers.place(_rect(zones.hr), _rect(zones.spo2), _rect(zones.bp))
        for place, box in (
            ("trends", _rect(zones.trends)),
            ("notes", self.card.cut(_rect(zones.notes))),
            ("music", _rect(zones.music)),
            ("bottom", _rect(zones.bottom)),
        ):
            if place in self._places:
                self._places[place].setGeometry(box)
        self.over_body.place(_rect(body(zones)))
        self._over_trends.place(_rect(zones.trends))
        self.footer.setGeometry(_rect(zones.footer))
        for cover in (self.watermark, self.stopped):
            cover.setGeometry(self.rect())
            cover.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._set_theme(replace(self._theme, scale=scale_for(self.width(), self.height())))
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), colour(self._theme.palette.window))
        painter.end()
        if not self._painted:
            self._painted = True
            self._after_paint.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What no page and no field took for itself."""
        if event.key() == Qt.Key.Key_Escape:
            self._put_notice_away()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._timer.stop()
        self.closing.emit()
        event.accept()


def _dosed_now(snapshot: Snapshot) -> bool:
    """Whether a dose was given and the person has not yet come to leaving."""
    return bool(snapshot.session.doses) and snapshot.session.phase is not Phase.DISCHARGE


def _rect(box: Box) -> QRect:
    return QRect(box.x, box.y, box.width, box.height)
