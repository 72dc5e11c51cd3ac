"""The page that asks for a passphrase: a line of dots, Enter, Esc. Nothing happens by itself."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from ui import fonts, painting
from ui.entry import Entry
from ui.panel import paint_panel
from ui.question import wording
from ui.question.asked import Secret
from ui.question.drawing import AFTER_LINES, AFTER_ROWS, KEYS, LINE, column, paint_lines, paint_title
from ui.theme import Theme, colour, style_sheet

LONGEST: Final = 1000
FIELD: Final = 64
"""Design pixels from the top of the line of dots to its bottom."""
DOTS: Final = 26


class SecretPage(QWidget):
    """Emits the passphrase once, or an empty text where somebody goes on without."""

    answered = Signal(str)

    def __init__(self, secret: Secret, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._secret = secret
        self._theme = theme
        self._answered = False
        self.setAccessibleName(secret.title)
        self.setAccessibleDescription(" ".join((secret.trouble, *secret.lines)).strip())
        self.field = Entry(self)
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setMaxLength(LONGEST)
        self.field.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.field.setAccessibleName(secret.title)
        self.field.entered.connect(self._enter)
        self.setFocusProxy(self.field)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._place_field()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not event.isAutoRepeat():
            self._answer("")
        else:
            event.ignore()

    def _enter(self) -> None:
        if self.field.text():
            self._answer(self.field.text())

    def _answer(self, text: str) -> None:
        if not self._answered:
            self._answered = True
            self.field.clear()
            self.answered.emit(text)

    def focusNextPrevChild(self, _next: bool) -> bool:
        """There is one line only."""
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_field()

    def _field_box(self) -> QRectF:
        at = column(self._theme, self._secret.lines, self.width(), self.height(), self._theme.px(FIELD))
        return QRectF(at.left, at.below, at.width, self._theme.px(FIELD))

    def _place_field(self) -> None:
        # Before a session Qt's own widgets are not styled yet.
        self.field.setStyleSheet(style_sheet(self._theme))
        self.field.setFont(fonts.font(self._theme.text_px(DOTS), fonts.SEMIBOLD))
        self.field.setGeometry(self._field_box().toRect())

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, p, t = self._theme, self._theme.palette, self._theme.text_px
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(p.window))
        paint_panel(painter, QRectF(self.rect()), theme)
        at = column(theme, self._secret.lines, self.width(), self.height(), theme.px(FIELD))
        paint_title(painter, theme, at, self._secret.title)
        paint_lines(painter, theme, at)
        y = self._field_box().bottom() + theme.px(AFTER_ROWS) + t(KEYS)
        keys = wording.LOCKED_KEYS.format(without=self._secret.without)
        painting.line(painter, at.left, y, keys, colour(p.secondary), t(KEYS), room=at.width)
        if self._secret.trouble:
            y += theme.px(AFTER_LINES) + t(LINE) / 2
            painting.line(painter, at.left, y, self._secret.trouble, colour(p.medium), t(LINE), room=at.width)
        painter.end()
