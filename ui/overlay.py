"""A page over a part of the window, one at a time; whatever is below gets the keys back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from ui.theme import Theme, Themed


class Overlay:
    """`arrange` gives the page its place, `below` is who has the keys once it is away."""

    def __init__(
        self, window: QWidget, arrange: Callable[[], None], below: Callable[[], QWidget | None]
    ) -> None:
        self._window, self._arrange, self._below = window, arrange, below
        self.widget: QWidget | None = None
        """What is shown now."""

    def put(self, widget: QWidget) -> None:
        """Show this page, instead of any other; it belongs to the window from now on."""
        self.take_away()
        self.widget = widget
        widget.setParent(self._window)
        self._arrange()
        widget.show()
        widget.setFocus()

    def take_away(self) -> None:
        """Let the page go."""
        gone, self.widget = self.widget, None
        if gone is not None:
            gone.hide()
            gone.deleteLater()
            (self._below() or self._window).setFocus()

    def place(self, box: QRect) -> None:
        """Where the page stands, above what was placed before it."""
        if self.widget is not None:
            self.widget.setGeometry(box)
            self.widget.raise_()

    def set_theme(self, theme: Theme) -> None:
        """The page follows the window's theme, if it is one that can."""
        shown: object = self.widget
        if isinstance(shown, Themed):
            shown.set_theme(theme)
