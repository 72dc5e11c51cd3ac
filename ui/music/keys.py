"""The panel's keys: four with a letter and a word, one with the sign for play or pause."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QWidget

from ui import fonts, painting
from ui.music import wording
from ui.music.face import Glyph, KeyFace
from ui.theme import Theme, colour, mix

TEXT = 18
SMALLEST = 11


class MusicKey(QAbstractButton):
    """Acts on release, or with `hold_s` once it has been held that long; a click never takes the focus."""

    def __init__(self, theme: Theme, act: Callable[[], object], hold_s: float, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._act = act
        self._face = KeyFace("", "")
        self._holding = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(round(hold_s * 1000))
        self._timer.timeout.connect(self._held)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if hold_s > 0:
            self.pressed.connect(self._begin)
            self.released.connect(self._let_go)
        else:
            self.clicked.connect(self._clicked)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def set_face(self, face: KeyFace) -> None:
        """Say this from now on."""
        if face != self._face:
            self._face = face
            self.setEnabled(face.enabled)
            self.setAccessibleName(f"{face.letter} {face.word}")
            self.update()

    def set_holding(self, *, holding: bool) -> None:
        """Show that it is held and has not acted yet, by mouse or by key."""
        if holding != self._holding:
            self._holding = holding
            self.update()

    def _clicked(self, checked: bool) -> None:
        self._act()

    def _begin(self) -> None:
        self.set_holding(holding=True)
        self._timer.start()

    def _let_go(self) -> None:
        self.set_holding(holding=False)
        self._timer.stop()

    def _held(self) -> None:
        self.set_holding(holding=False)
        self._act()

    def paintEvent(self, event: QPaintEvent) -> None:
        p, px = self._theme.palette, self._theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self._face.lit or self._holding or self.isDown()
        edge = p.notes if self.hasFocus() else p.music if on else p.edge if self.isEnabled() else p.grid
        painter.setPen(QPen(colour(edge), 2 if self.hasFocus() else 1))
        painter.setBrush(colour(p.music_fill if on else p.field))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), px(7), px(7))
        self._paint_words(painter)
        painter.end()

    def _paint_words(self, painter: QPainter) -> None:
        p, px = self._theme.palette, self._theme.px
        size = self._theme.text_px(TEXT)
        gap, room = px(8), self.width() - px(14)
        letter, word = self._face.letter, self._face.word
        while size > SMALLEST and self._width(letter, word, size, gap) > room:
            size -= 1
        base = painting.middle_baseline(self.height() / 2, fonts.metrics(size, fonts.SEMIBOLD))
        x = (self.width() - self._width(letter, word, size, gap)) / 2
        ink = colour(p.music) if self.isEnabled() else mix(p.panel, p.music, 0.45)
        x += painting.line(painter, x, base, letter, ink, size, fonts.BOLD) + gap
        text = colour(p.text) if self.isEnabled() else colour(p.faint)
        painting.line(painter, x, base, word, text, size, fonts.SEMIBOLD, room=self.width() - x)

    def _width(self, letter: str, word: str, size: int, gap: int) -> float:
        return fonts.width(letter, size, fonts.BOLD) + gap + fonts.width(word, size, fonts.SEMIBOLD)


class PlayKey(QAbstractButton):
    """Play or pause, drawn as what pressing it does."""

    def __init__(self, theme: Theme, act: Callable[[], object], parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._act = act
        self._glyph = Glyph.PLAY
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(wording.PLAY)
        self.clicked.connect(self._clicked)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def set_glyph(self, glyph: Glyph) -> None:
        """What pressing it will do."""
        if glyph is not self._glyph:
            self._glyph = glyph
            self.setAccessibleName(wording.PAUSE if glyph is Glyph.PAUSE else wording.PLAY)
            self.update()

    def _clicked(self, checked: bool) -> None:
        self._act()

    def paintEvent(self, event: QPaintEvent) -> None:
        p = self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QPen(colour(p.notes), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(p.text if self.isDown() else p.music))
        middle, height = QRectF(self.rect()).center(), self._theme.px(30)
        if self._glyph is Glyph.PAUSE:
            bar, half = height * 0.32, height * 0.5
            for x in (middle.x() - half, middle.x() + half - bar):
                painter.drawRoundedRect(QRectF(x, middle.y() - half, bar, height), 1.5, 1.5)
        else:
            left, half = middle.x() - height * 0.38, height / 2
            corners = (
                QPointF(left, middle.y() - half),
                QPointF(left + height * 0.87, middle.y()),
                QPointF(left, middle.y() + half),
            )
            painter.drawPolygon(QPolygonF(corners))
        painter.end()
