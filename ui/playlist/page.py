"""The page on which a playlist is made and changed; keyboard first, and nothing is lost by leaving it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from playlists import edits
from playlists.model import Place, Playlist
from ui.overlay import Overlay
from ui.playlist import drawing, wording
from ui.playlist.adding import Adding
from ui.playlist.asking import Asking
from ui.playlist.fields import Fields
from ui.playlist.items import Purpose
from ui.playlist.keys import Ask, asked
from ui.playlist.listening import Listener
from ui.playlist.rows import Row, place_at, row_of, rows, section_at, whole
from ui.playlist.tracklist import TrackList
from ui.playlist.work import Work
from ui.theme import Theme


class EditorPage(QWidget):
    """Shows `work`. `left` when somebody wants to leave; whether that is asked about is its host's affair."""

    left = Signal()

    def __init__(
        self, work: Work, listener: Listener, theme: Theme, folder: Path, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._work, self._listener, self._theme = work, listener, theme
        self._rows: tuple[Row, ...] = ()
        self._chosen = 0
        self._said, self._amber = "", False
        self.list = TrackList(theme, self)
        self.fields = Fields(theme, self)
        self.over = Overlay(self, self._arrange, lambda: self.list)
        self.adding = Adding(work, self)
        self.asking = Asking(work, self.adding, self.over, lambda: self._theme, folder, self)
        self.setFocusProxy(self.list)
        self.setAccessibleName(wording.HEAD)
        self._connect()
        self._acts = self._table()
        self._show()

    def _connect(self) -> None:
        self.list.chosen_asked.connect(self.choose)
        self.list.change_asked.connect(self.fields.enter)
        self.list.moved.connect(self._move_dropped)
        self.list.dropped.connect(lambda files, gap: self.adding.gather(files, place_at(self._rows, gap)))
        self.fields.changed.connect(self._do)
        self.fields.refused.connect(lambda why: self.say(why, amber=True))
        self.adding.said.connect(self._tell)
        self.adding.added.connect(lambda section, track: self.choose(row_of(self._rows, section, track)))
        self._work.changed.connect(self._show)
        self._work.said.connect(self._tell)
        self._listener.changed.connect(self._show)

    def _table(self) -> dict[Ask, Callable[[], object]]:
        work, asking = self._work, self.asking
        return {
            Ask.UP: lambda: self.choose(self._chosen - 1),
            Ask.DOWN: lambda: self.choose(self._chosen + 1),
            Ask.SECTION_UP: lambda: self._to_section(-1),
            Ask.SECTION_DOWN: lambda: self._to_section(1),
            Ask.FIRST: lambda: self.choose(0),
            Ask.LAST: lambda: self.choose(len(self._rows) - 1),
            Ask.MOVE_UP: lambda: self._move(-1),
            Ask.MOVE_DOWN: lambda: self._move(1),
            Ask.CHANGE: self.fields.enter,
            Ask.REMOVE: self._remove,
            Ask.ADD: self._add,
            Ask.SECTION: self._add_section,
            Ask.TITLE: self.fields.enter_list,
            Ask.UNDO: work.undo,
            Ask.REDO: work.redo,
            Ask.LISTEN: lambda: self._listen(its_end=False),
            Ask.LISTEN_END: lambda: self._listen(its_end=True),
            Ask.MEASURE: work.measure,
            Ask.ACCEPT: self._accept,
            Ask.LOOK: work.look_again,
            Ask.SAVE: asking.save,
            Ask.SAVE_AS: lambda: asking.browse(Purpose.SAVE),
            Ask.OPEN: lambda: asking.unsaved(lambda: asking.browse(Purpose.OPEN)),
            Ask.LEAVE: self._leave,
        }

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.list.set_theme(theme)
        self.fields.set_theme(theme)
        self.over.set_theme(theme)
        self._arrange()
        self.update()

    @property
    def rows(self) -> tuple[Row, ...]:
        """The list as it is shown."""
        return self._rows

    @property
    def row(self) -> Row | None:
        """The row that the keys are about."""
        return self._rows[self._chosen] if self._chosen < len(self._rows) else None

    def choose(self, number: int) -> None:
        """Let the keys be about this row."""
        self._chosen = min(max(number, 0), max(0, len(self._rows) - 1))
        self._said = ""
        self._show()

    def say(self, words: str, *, amber: bool = False) -> None:
        """Put this below the list until something else is done."""
        self._said, self._amber = words, amber
        self.update()

    def _tell(self, words: str, wrong: bool) -> None:
        self.say(words, amber=wrong)

    def head(self) -> drawing.Head:
        """What stands above the list."""
        work = self._work
        file = str(work.path) if work.path is not None else wording.NEW
        barred = wording.IN_SESSION_SHORT if self._listener.never else ""
        playlist = work.playlist
        return drawing.Head(playlist.title, file, whole(playlist), work.is_unsaved, barred)

    def foot(self) -> drawing.Foot:
        """What stands below: what was said, is being done, sounds, or is wrong with the chosen row."""
        keys = wording.KEYS_FIELDS if self.fields.has_keys else self._keys()
        if self._said:
            return drawing.Foot(self._said, keys, amber=self._amber)
        busy = self._work.progress
        if busy:
            return drawing.Foot(f"{busy} · {wording.ESC_STOPS}", keys)
        if self._listener.is_playing:
            return drawing.Foot(self._listener.words, keys)
        row = self.row
        words = "" if row is None else row.trouble
        return drawing.Foot(
            words[:1].upper() + words[1:] if row and row.track is None else words, keys, amber=True
        )

    def _keys(self) -> tuple[str, ...]:
        """Those that do something here."""
        hidden = wording.LISTEN if self._listener.never else ""
        return tuple(key for key in wording.KEYS if key != hidden)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ask = asked(event.key(), event.modifiers(), repeated=event.isAutoRepeat())
        if ask is None or self.over.widget is not None:
            super().keyPressEvent(event)
            return
        self._said = ""
        if self.fields.has_keys and ask is Ask.LEAVE:
            self.fields.leave()
            self.list.setFocus()
        elif self.fields.keep():
            self._acts[ask]()
        self.update()

    def _leave(self) -> None:
        """What runs is stopped first."""
        if self.adding.is_busy or self._work.is_busy:
            self.adding.stop()
            self._work.stop()
            self.say(wording.STOPPED)
        elif self._listener.is_playing:
            self._listener.stop()
        else:
            self.left.emit()

    def _to_section(self, step: int) -> None:
        heads = [number for number, row in enumerate(self._rows) if row.track is None]
        wanted = [number for number in heads if (number - self._chosen) * step > 0]
        if wanted:
            self.choose(min(wanted) if step > 0 else max(wanted))

    # Editing

    def _do(self, playlist: Playlist, section: int | None = None, track: int | None = None) -> None:
        """The list is this, and the chosen row that one, or where it was."""
        self._work.do(playlist)
        if section is not None:
            self.choose(row_of(self._rows, section, track))

    def _now(self) -> Playlist:
        """What edits are made of: what the files say of themselves is no edit."""
        return self._work.history.now

    def _move(self, step: int) -> None:
        row = self.row
        if row is None:
            return
        if row.place is not None:
            to = edits.neighbour(self._now(), row.place, step)
            if to is not None:
                fresh, at = edits.move(self._now(), row.place, to)
                self._do(fresh, at.section, at.track)
        elif 0 <= row.section + step < len(self._now().sections):
            self._do(edits.move_section(self._now(), row.section, row.section + step), row.section + step)

    def _move_dropped(self, number: int, gap: int) -> None:
        row = self._rows[number]
        if row.place is not None:
            fresh, at = edits.move(self._now(), row.place, place_at(self._rows, gap))
            self._do(fresh, at.section, at.track)
        else:
            to = section_at(self._rows, gap, row.section)
            self._do(edits.move_section(self._now(), row.section, to), to)

    def _remove(self) -> None:
        row = self.row
        if row is None:
            return
        gone = edits.drop_section(self._now(), row.section) if row.place is None else None
        self._do(gone if gone is not None else edits.drop(self._now(), Place(row.section, row.track or 0)))

    def _add_section(self) -> None:
        row, sections = self.row, self._now().sections
        number = len(sections) if row is None else row.section + 1
        name = wording.NEW_SECTION.format(number=len(sections) + 1)
        self._do(edits.add_section(self._now(), number, name), number)
        self.fields.enter()

    def _accept(self) -> None:
        """Take a changed file for the one that is meant."""
        place = None if self.row is None else self.row.place
        if place is None:
            return
        track = self._work.playlist.track(place)
        found = self._work.found(track.path)
        if found is None or found.problem or found.sha256 == track.sha256:
            self.say(wording.ALREADY_RIGHT.format(title=track.title) if found and not found.problem else "")
            return
        taken = replace(track, sha256=found.sha256, duration_s=found.duration_s, loudness=None)
        self._do(edits.change(self._now(), place, taken))
        self.say(wording.ACCEPTED.format(title=track.title))

    def _listen(self, *, its_end: bool) -> None:
        place = None if self.row is None else self.row.place
        if place is not None:
            playlist = self._work.playlist
            self._listener.toggle(playlist, playlist.track(place), its_end=its_end)
            if not self._listener.is_playing:
                self.say(self._listener.words, amber=True)

    def _add(self) -> None:
        """Behind the chosen row."""
        self.adding.target = place_at(self._rows, self._chosen + 1)
        self.asking.browse(Purpose.ADD)

    # Laying out and painting

    def _show(self) -> None:
        work = self._work
        playlist = work.playlist
        self._rows = rows(playlist, work.troubles)
        self._chosen = min(self._chosen, max(0, len(self._rows) - 1))
        self.list.show_rows(self._rows, self._chosen)
        row = self.row
        at = (None, None) if row is None else (row.section, row.track)
        self.fields.show_row(self._now(), *at)
        self.update()

    def _places(self) -> drawing.Places:
        theme = self._theme
        wide = self.width() - 2 * theme.px(drawing.MARGIN)
        lines = len(drawing.key_lines(self._keys(), theme.text_px(drawing.SMALL), wide))
        return drawing.places(theme, self.width(), self.height(), lines)

    def _arrange(self) -> None:
        at = self._places()
        self.list.setGeometry(at.rows.adjusted(0, 1, 0, -1).toRect())
        self.fields.setGeometry(at.fields.adjusted(0, self._theme.px(12), 0, 0).toRect())
        self.over.place(self.rect())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        at, theme = self._places(), self._theme
        painter = QPainter(self)
        drawing.paint_page(painter, theme, QRectF(self.rect()), at)
        drawing.paint_head(painter, theme, at.head, self.head())
        drawing.paint_foot(painter, theme, at.foot, self.foot())
        painter.end()
