"""The text line: the time of its first keystroke stands beside the words; a thick amber frame in use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QLineEdit, QWidget

from ui import fonts, painting
from ui.notes import wording
from ui.notes.book import Draft
from ui.theme import Theme, colour

TEXT_PX: Final = 18
LONGEST: Final = 500
"""Letters of one note: more than anyone types in the dark, less than a slip of the elbow."""

FLAT: Final = "border: none; background: transparent; padding: 0px; margin: 0px;"


class NoteEntry(QWidget):
    """Tells what is typed; it decides nothing. The field itself is `edit`."""

    typed = Signal(str)
    finished = Signal()
    put_away = Signal()
    last_wanted = Signal()
    """Up was pressed in an empty line: take up the last note."""

    def __init__(self, theme: Theme, time_text: Callable[[int], str], author: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._time_text = time_text
        self._author = author
        self._draft = Draft()
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

    def show_draft(self, draft: Draft) -> None:
        """Show this draft's words and time."""
        self._draft = draft
        if self.edit.text() != draft.text:
            self.edit.setText(draft.text)
        self._arrange()
        self.update()

    @property
    def lead(self) -> str:
        """What stands before the words: their time, and whether they correct a note or wait as a draft."""
        if self._draft.t_ns is None:
            return ""
        time = self._time_text(self._draft.t_ns)
        if self._draft.corrects:
            return f"{wording.CORRECTS} {time}"
        return time if self.edit.hasFocus() else f"{wording.DRAFT} {time}"

    @property
    def hint(self) -> str:
        """What stands in an empty line."""
        if self._draft.text:
            return ""
        return wording.EMPTY if self.edit.hasFocus() else wording.IDLE

    def _arrange(self) -> None:
        theme, px = self._theme, self._theme.text_px(TEXT_PX)
        left = theme.px(14)
        if self.lead:
            left += round(fonts.width(self.lead, px, fonts.SEMIBOLD)) + theme.px(10)
        right = theme.px(14) + round(fonts.width(self._author, theme.text_px(16))) + theme.px(8)
        if not self.edit.hasFocus():
            self.edit.setCursorPosition(0)
        self.edit.setGeometry(
            left, theme.px(3), max(10, self.width() - left - right), self.height() - 2 * theme.px(3)
        )
        palette = self.edit.palette()
        name = theme.palette.text if self.edit.hasFocus() else theme.palette.secondary
        if palette.color(QPalette.ColorRole.Text) != colour(name):
            palette.setColor(QPalette.ColorRole.Text, colour(name))
            palette.setColor(QPalette.ColorRole.Highlight, colour(theme.palette.notes))
            self.edit.setPalette(palette)

    def resizeEvent(self, event: QEvent) -> None:
        self._arrange()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.FocusIn, QEvent.Type.FocusOut}:
            self._arrange()
            self.update()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(Qt.Key(event.key()))
        return False

    def _key(self, key: Qt.Key) -> bool:
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.finished.emit()
        elif key == Qt.Key.Key_Escape:
            self.put_away.emit()
        elif key == Qt.Key.Key_Up and not self.edit.text():
            self.last_wanted.emit()
        else:
            return False
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, palette = self._theme, self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        active = self.edit.hasFocus()
        wide = float(max(3, theme.px(4))) if active else 1.0
        painter.setPen(QPen(colour(palette.notes if active else palette.edge), wide))
        painter.setBrush(colour(palette.field))
        box = QRectF(self.rect()).adjusted(wide / 2, wide / 2, -wide / 2, -wide / 2)
        painter.drawRoundedRect(box, theme.px(6), theme.px(6))
        px = theme.text_px(TEXT_PX)
        base = painting.middle_baseline(self.height() / 2, fonts.metrics(px))
        left = float(theme.px(14))
        if self.lead:
            painting.line(painter, left, base, self.lead, colour(palette.notes), px, fonts.SEMIBOLD)
        if self.hint:
            start = float(self.edit.x()) + (theme.px(6) if active else 0)
            room = self.width() - start - theme.px(50)
            painting.line(painter, start, base, self.hint, colour(palette.faint), px, room=room)
        ink = colour(palette.notes if active else palette.faint)
        by_px = theme.text_px(16)
        painting.line(
            painter, self.width() - theme.px(14), base, self._author, ink, by_px, align=painting.RIGHT
        )
        painter.end()
