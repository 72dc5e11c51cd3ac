"""One track is listened to, outside a session: on the music's output, never on the alarms'."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from playlists.course import Mode
from playlists.model import After, Playlist, Section, Track
from ui.music.ports import MusicView
from ui.playlist import wording

WATCH_MS: Final = 200
LAST_S: Final = 10.0


class Preview(Protocol):
    """What plays a list of one track; ui.music.player.Player is one."""

    def start(self) -> None: ...

    def toggle(self, t_ns: int) -> None: ...

    def view(self) -> MusicView: ...

    def close(self) -> None: ...


Make = Callable[[Playlist], Preview]
Barred = Callable[[], str]
"""Why nothing may be heard now, in words; empty where it may."""


class Listener(QObject):
    """Plays where `make` is there and `barred` says nothing, asked each time, and again all the while.

    A dashboard gives no `make`: there is then nothing in here that could open an output.
    """

    changed = Signal()

    def __init__(self, make: Make | None, barred: Barred, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._make = make
        self._barred = barred
        self._player: Preview | None = None
        self._track: Track | None = None
        self._sounded = False
        self._ending: threading.Thread | None = None
        self.words = ""
        self._timer = QTimer(self)
        self._timer.setInterval(WATCH_MS)
        self._timer.timeout.connect(self._watch)

    @property
    def why_not(self) -> str:
        """Why nothing can be listened to now; empty where it can."""
        return self._barred() or ("" if self._make is not None else wording.IN_SESSION)

    @property
    def never(self) -> bool:
        """Whether nothing can ever be listened to from here."""
        return self._make is None

    @property
    def is_playing(self) -> bool:
        """Whether something sounds, or is about to."""
        return self._player is not None

    def toggle(self, playlist: Playlist, track: Track, *, its_end: bool = False) -> None:
        """Listen to this track as it would sound in this list, or to its last seconds; or stop."""
        if self._player is not None:
            self.stop(wording.LISTENING_ENDED.format(title=track.title))
            return
        why = self.why_not
        if why or self._make is None:
            self._say(wording.NOT_LISTENED.format(why=why))
            return
        begin_s = track.start_s
        if its_end and track.played_s > LAST_S:
            begin_s = track.start_s + track.played_s - LAST_S
        heard = replace(track, start_s=begin_s)
        self._track = track
        self._player = self._make(
            replace(playlist, sections=(Section(track.title, (heard,), after=After.STOP),))
        )
        self._sounded = False
        self._player.start()
        self._player.toggle(0)
        self._timer.start()
        self._say(wording.LISTENING_SOON.format(title=track.title))

    def stop(self, said: str = "") -> None:
        """Fade out; the rest of it is waited for elsewhere, as that takes longer than a window may stand."""
        self._timer.stop()
        player, self._player = self._player, None
        if player is not None:
            self._ending = threading.Thread(target=player.close, name="kap-preview-end")
            self._ending.start()
        self._say(said)

    def end(self) -> None:
        """Stop, and wait until the output is let go."""
        self.stop()
        if self._ending is not None:
            self._ending.join()

    def _watch(self) -> None:
        player, track = self._player, self._track
        if player is None or track is None:
            return
        why = self._barred()
        view = player.view()
        if why:
            self.stop(wording.NOT_LISTENED.format(why=why))
        elif view.trouble or (not view.checking and not view.output.usable):
            silent = wording.OUTPUTS[view.output.state].format(name=view.output.name)
            self.stop(wording.NOT_LISTENED.format(why=view.trouble or silent))
        elif view.mode is Mode.STOPPED and self._sounded:
            self.stop(wording.LISTENING_ENDED.format(title=track.title))
        elif view.mode is Mode.PLAYING:
            self._sounded = True
            self._say(wording.LISTENING.format(title=track.title, output=view.output.name))

    def _say(self, words: str) -> None:
        if words != self.words:
            self.words = words
            self.changed.emit()
