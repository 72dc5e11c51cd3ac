"""The text line: the time of its first keystroke stands beside the words; a thick amber frame in use."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QLineEdit, QWidget

from ui import fonts, painting
from ui.notes import wording
from ui.notes.line import Line
from ui.notes.modes import Cue
from ui.theme import Theme, colour

TEXT_PX: Final = 18
AUTHOR_PX: Final = 16
LONGEST: Final = 500
"""Letters of one note: more than anyone types in the dark, less than a slip of the elbow."""

FLAT: Final = "border: none; background: transparent; padding: 0px; margin: 0px;"
STAYS: Final = frozenset(
    {
        Qt.FocusReason.ActiveWindowFocusReason,
        Qt.FocusReason.PopupFocusReason,
        Qt.FocusReason.MenuBarFocusReason,
    }
)
"""Ways of losing the focus that are not leaving: another window came to the front."""
KEYS: Final = {
    Qt.Key.Key_Return: Cue.ENTER,
    Qt.Key.Key_Enter: Cue.ENTER,
    Qt.Key.Key_Escape: Cue.ESCAPE,
    Qt.Key.Key_Tab: Cue.TAB,
}


class NoteEntry(QWidget):
    """Shows a Line and tells what is typed; it decides nothing. The field itself is `edit`."""

    typed = Signal(str)
    cue = Signal(object)
    """A Cue."""
    last_wanted = Signal()
    """Up was pressed in an empty line: take up the last note."""

    def __init__(self, theme: Theme, author: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._author = author
        self._line = Line()
        self.edit = QLineEdit(self)
        self.edit.setMaxLength(LONGEST)
        self.edit.setFrame(False)
        self.edit.setStyleSheet(FLAT)
        self.edit.setAccessibleName(wording.IDLE)
        self.edit.textEdited.connect(self.typed)
        self.edit.installEventFilter(self)
        self.setFocusProxy(self.edit)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.edit.setFont(fonts.font(theme.text_px(TEXT_PX)))
        self._arrange()
        self.update()

    def set_author(self, author: str) -> None:
        self._author = author
        self._arrange()
        self.update()

    @property
    def author(self) -> str:
        """Who stands beside the words."""
        return self._author or wording.WHO

    @property
    def lead(self) -> str:
        """What stands before the words: their time, and what they are for."""
        return self._line.lead

    @property
    def hint(self) -> str:
        """What stands in an empty line."""
        return self._line.hint

    def show_line(self, line: Line) -> None:
        """Show these words and what stands around them."""
        if self.edit.text() != line.text:
            self.edit.setText(line.text)
        if line == self._line:
            return
        self._line = line
        self._arrange()
        self.update()

    def _arrange(self) -> None:
        theme, px = self._theme, self._theme.text_px(TEXT_PX)
        left = theme.px(14)
        if self.lead:
            left += round(fonts.width(self.lead, px, fonts.SEMIBOLD)) + theme.px(10)
        by_px = theme.text_px(AUTHOR_PX)
        right = theme.px(14) + round(fonts.width(self.author, by_px, fonts.SEMIBOLD)) + theme.px(8)
        if not self._line.in_use:
            self.edit.setCursorPosition(0)
        room = max(10, self.width() - left - right)
        self.edit.setGeometry(left, theme.px(3), room, self.height() - 2 * theme.px(3))
        palette = self.edit.palette()
        name = theme.palette.text if self._line.in_use else theme.palette.secondary
        if palette.color(QPalette.ColorRole.Text) != colour(name):
            palette.setColor(QPalette.ColorRole.Text, colour(name))
            palette.setColor(QPalette.ColorRole.Highlight, colour(theme.palette.notes))
            self.edit.setPalette(palette)

    def resizeEvent(self, event: QEvent) -> None:
        self._arrange()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFocusEvent) and event.reason() not in STAYS:
            self.cue.emit(Cue.WRITE if event.gotFocus() else Cue.LEFT)
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(Qt.Key(event.key()))
        return False

    def _key(self, key: Qt.Key) -> bool:
        if key in KEYS:
            self.cue.emit(KEYS[key])
        elif key == Qt.Key.Key_Up and not self.edit.text():
            self.last_wanted.emit()
        else:
            return False
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, palette = self._theme, self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wide = float(max(3, theme.px(4))) if self._line.in_use else 1.0
        painter.setPen(QPen(colour(palette.notes if self._line.in_use else palette.edge), wide))
        painter.setBrush(colour(palette.field))
        box = QRectF(self.rect()).adjusted(wide / 2, wide / 2, -wide / 2, -wide / 2)
        painter.drawRoundedRect(box, theme.px(6), theme.px(6))
        base = painting.middle_baseline(self.height() / 2, fonts.metrics(theme.text_px(TEXT_PX)))
        self._paint_words(painter, base)
        known = bool(self._author) and not self._line.in_use
        ink = colour(palette.secondary if known else palette.notes)
        right, by_px = self.width() - theme.px(14), theme.text_px(AUTHOR_PX)
        painting.line(painter, right, base, self.author, ink, by_px, fonts.SEMIBOLD, align=painting.RIGHT)
        painter.end()

    def _paint_words(self, painter: QPainter, base: float) -> None:
        theme, palette, px = self._theme, self._theme.palette, self._theme.text_px(TEXT_PX)
        ink: QColor = colour(palette.medium if self._line.wrong else palette.notes)
        if self.lead:
            painting.line(painter, float(theme.px(14)), base, self.lead, ink, px, fonts.SEMIBOLD)
        if self.hint:
            start = float(self.edit.x()) + (theme.px(6) if self._line.in_use else 0)
            room = self.edit.geometry().right() - start
            painting.line(painter, start, base, self.hint, colour(palette.faint), px, room=room)
