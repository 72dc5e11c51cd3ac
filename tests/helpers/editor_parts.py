"""A playlist editor over small files of sound, keys pressed on it, and a player that never makes a sound."""

from dataclasses import dataclass, field, replace

import soundfile
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sound_files import tone

from kapmonitor.session.events import Phase
from playlists import keeping
from playlists.check import fingerprint
from playlists.course import Mode
from playlists.model import After, Playlist, Section, Track
from ui.music.ports import MusicView, OutputHealth, OutputState
from ui.playlist.listening import Listener
from ui.playlist.page import EditorPage
from ui.playlist.work import Work
from ui.theme import DAY, Theme, scale_for

K = Qt.Key
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
TITLES = {
    "Settle": ("Lamplight", "Тихая вода"),
    "Peak": ("雨の庭", "Wide Water", "ضوء طويل"),
    "Ground": ("Stone",),
}


def sound(path, seconds=1.5, hz=440.0):
    """A small file of sound."""
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, tone(seconds, rate=8000, channels=1, hz=hz), 8000)
    return path


def playlist(folder):
    """Three sections, each track pinned to a file of its own below the folder."""
    sections = []
    for name, titles in TITLES.items():
        tracks = []
        for number, title in enumerate(titles, 1):
            path = sound(folder / name / f"{title}.flac", 1.0 + number, 100.0 * (1 + len(sections)) + number)
            tracks.append(Track(path, title, 1.0 + number, fingerprint(path)))
        phases = {"Settle": (Phase.PREPARATION, Phase.BASELINE), "Peak": (Phase.PEAK,)}.get(name, ())
        sections.append(Section(name, tuple(tracks), phases, After.REPEAT, grounding=name == "Ground"))
    return Playlist("Evening", tuple(sections))


@dataclass
class SilentPlayer:
    """Keeps what it was asked."""

    playlist: Playlist
    shown: MusicView = MusicView(  # noqa: RUF009
        mode=Mode.PLAYING, output=OutputHealth(OutputState.READY, "Speakers")
    )
    asked: list = field(default_factory=list)

    def start(self):
        self.asked.append("start")

    def toggle(self, t_ns):
        self.asked.append("toggle")

    def view(self):
        return self.shown

    def close(self):
        self.asked.append("close")


class Desk:
    """The page over a work of its own; nothing is looked up by the clock."""

    def __init__(self, qtbot, folder, *, path=None, make=None, barred=str, size=(1100, 700)):
        self.qtbot = qtbot
        self.players = []
        self.work = Work()
        self.listener = Listener(self._make if make is None else make, barred)
        theme = Theme(DAY, scale_for(*size))
        self.page = EditorPage(self.work, self.listener, theme, folder)
        self.left = []
        self.page.left.connect(lambda: self.left.append(True))
        qtbot.addWidget(self.page)
        self.page.resize(QSize(*size))
        with qtbot.waitExposed(self.page):
            self.page.show()
        self.page.activateWindow()
        self.page.list.setFocus()
        if path is not None:
            self.open(path)

    def _make(self, heard):
        self.players.append(SilentPlayer(heard))
        return self.players[-1]

    def open(self, path):
        self.work.open(path)
        self.settle()

    def settle(self):
        """Until all that was begun off the window's thread is done."""
        page = self.page

        def idle():
            busy = self.work.is_busy or self.work._filing.is_busy or page.adding.is_busy
            browse = page.over.widget
            return not busy and not getattr(getattr(browse, "_errand", None), "is_busy", False)

        self.qtbot.waitUntil(idle, timeout=10_000)
        QApplication.processEvents()

    def press(self, *keys):
        for key in keys:
            code, modifier = key if isinstance(key, tuple) else (key, Qt.KeyboardModifier.NoModifier)
            QTest.keyClick(self.focus, code, modifier)
        self.settle()

    def type(self, text):
        """QTest knows the keys of ASCII alone; the rest comes as from an input method."""
        if text.isascii():
            QTest.keyClicks(self.focus, text)
        else:
            self.focus.insert(text)

    @property
    def focus(self):
        """Who has the keys of this window, also while another is in front."""
        return self.page.focusWidget() or self.page.list

    def titles(self):
        """As they are shown: a section's name, then its tracks."""
        return [row.title if row.track is not None else f"[{row.title}]" for row in self.page.rows]

    @property
    def over(self):
        return self.page.over.widget

    @property
    def now(self):
        return self.work.history.now


def saved(folder):
    """The list in its file, with its stamp."""
    path = folder / "evening.xspf"
    keeping.save(path, playlist(folder), keeping.NOT_THERE)
    return path


def view(**more):
    return replace(SilentPlayer(None).shown, **more)
