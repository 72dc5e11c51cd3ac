"""The screen's part in the alarm sound: beats, who is there, where the music plays, the window in front."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from ui.ports import SessionPort, SoundPort

BEAT_MS: Final = 250
TOUCHES: Final = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
    }
)


class Beats(QObject):
    """Lives as long as the window; `leave` before anything that holds the screen's thread up for long."""

    def __init__(
        self, window: QWidget, port: SessionPort, sound: SoundPort, music_id: Callable[[], str]
    ) -> None:
        super().__init__(window)
        self._window = window
        self._port = port
        self._sound = sound
        self._music_id = music_id
        self._touched_s = time.monotonic()
        self._in_front = False
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._beat)
        self._timer.start(BEAT_MS)

    def leave(self) -> None:
        """The window is going."""
        self._timer.stop()
        self._sound.leave()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in TOUCHES:
            self._touched_s = time.monotonic()
        return False

    def _beat(self) -> None:
        self._sound.beat(time.monotonic() - self._touched_s)
        self._sound.music_at(self._music_id())
        to_front = self._port.snapshot().sound.to_front
        if to_front and not self._in_front:
            top = self._window.window()
            if top.isMinimized():
                top.showNormal()
            top.raise_()
            top.activateWindow()
        self._in_front = to_front
