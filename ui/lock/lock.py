"""Locks the screen and unlocks it: keys, what is hidden, and what goes on record."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRect, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from kapmonitor.commands import Chart
from kapmonitor.session.keys_events import KeysEvent, ScreenLocked, ScreenUnlocked
from ui import strings
from ui.emergency.page import EmergencyPage
from ui.keytable import LIVE, LOCKED
from ui.layout import arrange
from ui.lock import wording
from ui.lock.panel import LockPanel
from ui.lock.veil import Veiled
from ui.notes.author import Author
from ui.people.gate import Gate


class Lock(QObject):
    """`covered` are the parts that are hidden as a whole; all others see the session through `veil`."""

    def __init__(self, gate: Gate, veil: Veiled, covered: Sequence[QWidget]) -> None:
        super().__init__(gate.window)
        self._gate = gate
        self._veil = veil
        self._window = gate.window
        self._covered = tuple(covered)
        self._panel: LockPanel | None = None
        self._window.installEventFilter(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus)

    @property
    def panel(self) -> LockPanel | None:
        """What asks for a PIN; None while it is open."""
        return self._panel

    def lock(self, *, idle: bool = False) -> None:
        """Hide names from now on; nothing where they are hidden already."""
        if self._panel is None:
            by = self._gate.keys.by
            self.shut()
            self._chart(ScreenLocked(by, idle))

    def shut(self) -> None:
        """The same, where the record knows of it."""
        window = self._window
        self._gate.keys.lock(locked=True)
        window.close_over_trends()
        window.keys.set_table(LOCKED)
        window.footer.set_keys(wording.KEYS)
        for part in self._hidden():
            part.hide()
        self._panel = self._new_panel()
        self._place()
        self._panel.show()
        self._panel.setFocus()
        self._veil.hide(hides=True)

    def _hidden(self) -> tuple[QWidget, ...]:
        """What is hidden as a whole, with a page over everything; what is typed there is kept."""
        over = self._window.over_body.widget
        return self._covered if over is None else (*self._covered, over)

    def _new_panel(self) -> LockPanel:
        gate = self._gate
        form = gate.form("unlock", short=True) if gate.guards else None
        panel = LockPanel(self._window.theme, form, self._window)
        panel.entered.connect(lambda: self._unlock(gate.keys.last, pin=False))
        panel.puzzled.connect(self._say_how)
        if form is not None:
            form.given.connect(self._given)
            form.puzzled.connect(self._say_how)
        return panel

    def _say_how(self) -> None:
        if self._panel is not None:
            self._window.say(wording.HOW.format(how=self._panel.how))

    def _given(self, author: Author) -> None:
        self._gate.keys.prove(author.initials)
        self._unlock(author.initials, pin=True)

    def _unlock(self, by: str, *, pin: bool) -> None:
        panel, self._panel = self._panel, None
        if panel is None:
            return
        panel.hide()
        panel.deleteLater()
        self._gate.keys.lock(locked=False)
        self._window.keys.set_table(LIVE)
        self._window.footer.set_keys(strings.KEYS_HINT)
        self._veil.hide(hides=False)
        self._chart(ScreenUnlocked(by, pin))
        for part in self._hidden():
            part.show()
        (self._window.over_body.widget or self._window).setFocus()

    def _chart(self, event: KeysEvent) -> None:
        self._gate.ask(Chart(self._veil.now_ns(), event))

    # Where it stands

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self._panel is not None:
            # The window takes on its new scale only after this.
            QTimer.singleShot(0, self, self._place)
        return False

    def _place(self) -> None:
        """Over notes and music, below what covers the whole window."""
        window, panel = self._window, self._panel
        if panel is None:
            return
        zones = arrange(window.width(), window.height())
        top, bottom = zones.notes, zones.music
        panel.setGeometry(QRect(top.x, top.y, top.width, bottom.bottom - top.y))
        panel.set_theme(window.theme)
        panel.raise_()
        panel.stackUnder(window.watermark)

    def _on_focus(self, _old: QWidget | None, now: QWidget | None) -> None:
        """The keys are the panel's, unless somebody looks at the emergency card."""
        panel = self._panel
        if panel is None or now is None or now.window() is not self._window.window():
            return
        if now is not panel and not panel.isAncestorOf(now) and not isinstance(now, EmergencyPage):
            QTimer.singleShot(0, panel, panel.setFocus)
