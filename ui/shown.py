"""Looking for news, but only while whoever shows it can be seen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


class WhileShown(QObject):
    """Calls `refresh` as soon as its widget is shown, and again and again until that is hidden."""

    def __init__(self, every_ms: int, refresh: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self._refresh = refresh
        self._timer = QTimer(self)
        self._timer.setInterval(every_ms)
        self._timer.timeout.connect(refresh)

    def begin(self) -> None:
        """The widget is shown."""
        self._timer.start()
        QTimer.singleShot(0, self, self._refresh)

    def end(self) -> None:
        """The widget is hidden."""
        self._timer.stop()
