"""The music panel: what sounds, what comes, and the keys to hold, soften, ground and go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from kapmonitor.snapshot import Snapshot
from ui.keytable import HOLD_S, Action
from ui.music import drawing
from ui.music.face import Glyph, MusicFace, live, no_playlist
from ui.music.keys import MusicKey, PlayKey
from ui.music.past import Past
from ui.music.ports import MusicPlayer
from ui.panel import paint_panel
from ui.shortcuts import Dispatcher, Press
from ui.theme import Theme

SOFTER_DB: Final = -4.0
VOLUME_DB: Final = 2.0


class MusicPanel(QWidget):
    """Live with a player, without one where no playlist was chosen; in review of the `past`.

    While live it also tells the player the session's phase, so that the music follows it.
    """

    lists_asked = Signal()
    """Somebody wants to see to the playlists."""

    def __init__(
        self,
        theme: Theme,
        player: MusicPlayer | None,
        now_ns: Callable[[], int],
        *,
        past: Past | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._player = player
        self._now_ns = now_ns
        self._past = past
        self._face = MusicFace()
        self._play = PlayKey(theme, self._toggle, self)
        self._keys = (
            MusicKey(theme, self._hold, 0.0, self),
            MusicKey(theme, self._softer, 0.0, self),
            MusicKey(theme, self._ground, 0.0, self),
            MusicKey(theme, self._next, HOLD_S, self),
        )
        self._show(no_playlist() if past is None else MusicFace())

    @property
    def face(self) -> MusicFace:
        """What it says now."""
        return self._face

    def bind(self, dispatcher: Dispatcher) -> None:
        """Let the window's keys do what the panel's keys do."""
        if self._past is not None:
            past = self._past
            dispatcher.on(Action.MUSIC_TOGGLE, lambda _press: past.toggle())
        if self._player is None:
            return
        dispatcher.on(Action.MUSIC_TOGGLE, self._pressed_toggle)
        dispatcher.on(Action.MUSIC_HOLD, self._pressed_hold)
        dispatcher.on(Action.MUSIC_SOFTER, self._pressed_softer)
        dispatcher.on(Action.MUSIC_GROUND, self._pressed_ground)
        dispatcher.on(Action.MUSIC_NEXT, self._pressed_next)
        dispatcher.on(Action.VOLUME_UP, self._pressed_louder)
        dispatcher.on(Action.VOLUME_DOWN, self._pressed_quieter)
        dispatcher.on_holding(Action.MUSIC_NEXT, self._holding_next)

    def refresh(self, snapshot: Snapshot) -> None:
        """Show the music of this instant; repaints only what changed."""
        if self._past is not None:
            self._show(self._past.face(snapshot))
        elif self._player is not None:
            self._player.follow(snapshot.t_ns, snapshot.session.phase)
            self._player.dosed(snapshot.t_ns, len(snapshot.session.doses))
            self._show(live(self._player.view()))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for key in (self._play, *self._keys):
            key.set_theme(theme)
        self._arrange()
        self.update()

    def choose_output(self) -> None:
        """Offer every sound output of this computer; nothing changes until one is pressed."""
        menu = self.output_menu()
        if menu is not None:
            menu.popup(self.mapToGlobal(QPoint(self.width() // 3, self._theme.px(44))))

    def output_menu(self) -> QMenu | None:
        """The menu of outputs; None where there is no choice."""
        player = self._player
        if player is None or not player.view().output.choices:
            return None
        menu = QMenu(self)
        for choice in player.view().output.choices:
            action = menu.addAction(choice.name)
            action.setData(choice.id)
        menu.triggered.connect(lambda action: player.choose_output(str(action.data())))
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _show(self, face: MusicFace) -> None:
        if face == self._face:
            return
        self._face = face
        self._play.setVisible(face.glyph is not None)
        self._play.set_glyph(face.glyph or Glyph.PLAY)
        for number, key in enumerate(self._keys):
            key.setVisible(number < len(face.keys))
        for key, key_face in zip(self._keys, face.keys, strict=False):
            key.set_face(key_face)
        self._arrange()
        self.setAccessibleDescription(" ".join((face.title, face.line, face.right, face.trouble)))
        self.update()

    def _arrange(self) -> None:
        at = drawing.places(self.width(), self.height(), self._theme)
        self._play.setGeometry(at.glyph.toRect())
        gap = self._theme.px(8)
        across = max(1, len(self._face.keys)) if self._past is not None else len(self._keys)
        width = (at.keys.width() - (across - 1) * gap) / across
        for i, key in enumerate(self._keys):
            left = at.keys.left() + i * (width + gap)
            key.setGeometry(QRect(round(left), round(at.keys.top()), round(width), round(at.keys.height())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        heading = drawing.places(self.width(), self.height(), self._theme).heading
        heading.setLeft(heading.center().x())
        if heading.contains(event.position()):
            self.choose_output()
        elif self._past is None and event.position().y() < heading.bottom():
            self.lists_asked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        rect = QRectF(self.rect())
        paint_panel(painter, rect, self._theme)
        at = drawing.places(self.width(), self.height(), self._theme)
        drawing.draw_heading(painter, at, self._face, self._theme)
        if self._face.word:
            drawing.draw_word(painter, rect, self._face, self._theme)
        else:
            drawing.draw_now(painter, at, self._face, self._theme)
            drawing.draw_rows(painter, at, self._face, self._theme)
            drawing.draw_volume(painter, at, self._face, self._theme)
        painter.end()

    def _toggle(self) -> None:
        self._pressed_toggle(Press(Action.MUSIC_TOGGLE, self._now_ns()))

    def _hold(self) -> None:
        if self._past is not None:
            self._past.toggle()
        self._pressed_hold(Press(Action.MUSIC_HOLD, self._now_ns()))

    def _softer(self) -> None:
        self._pressed_softer(Press(Action.MUSIC_SOFTER, self._now_ns()))

    def _ground(self) -> None:
        self._pressed_ground(Press(Action.MUSIC_GROUND, self._now_ns()))

    def _next(self) -> None:
        self._pressed_next(Press(Action.MUSIC_NEXT, self._now_ns()))

    def _pressed_toggle(self, press: Press) -> None:
        if self._player is not None:
            self._player.toggle(press.t_ns)

    def _pressed_hold(self, press: Press) -> None:
        if self._player is not None:
            self._player.hold(press.t_ns)

    def _pressed_softer(self, press: Press) -> None:
        if self._player is not None:
            self._player.change_volume(press.t_ns, SOFTER_DB)

    def _pressed_ground(self, press: Press) -> None:
        if self._player is not None:
            self._player.ground(press.t_ns)

    def _pressed_next(self, press: Press) -> None:
        if self._player is not None:
            self._player.next(press.t_ns)

    def _pressed_louder(self, press: Press) -> None:
        if self._player is not None:
            self._player.change_volume(press.t_ns, VOLUME_DB)

    def _pressed_quieter(self, press: Press) -> None:
        if self._player is not None:
            self._player.change_volume(press.t_ns, -VOLUME_DB)

    def _holding_next(self, holding: bool) -> None:
        self._keys[3].set_holding(holding=holding)
