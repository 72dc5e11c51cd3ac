"""The lines on which a track or a section is changed; each is one step that can be undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedLayout,
    QWidget,
)

from kapmonitor.session.events import Phase
from playlists import edits
from playlists.model import After, Place, Playlist, Section
from ui import fonts
from ui.entry import Entry
from ui.playlist import changes, typed, wording
from ui.shortcuts import TAKES_ARROWS
from ui.theme import Theme

LONGEST: Final = 200
TRACK: Final = ("title", "gain", "fade", "start", "end")
SECTION: Final = ("name", "earliest", "latest")
LIST: Final = ("list", "crossfade")
WORDS: Final = frozenset({"title", "name", "list"})
EMPTY_SAYS: Final = {
    "gain": "0",
    "start": wording.FROM_START,
    "end": wording.TO_END,
    "earliest": wording.FROM_START,
    "latest": wording.NEVER,
}


class Fields(QWidget):
    """The chosen row's values. `changed` carries the playlist as it then is, `refused` why it is not."""

    changed = Signal(object)
    refused = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._playlist = edits.UNTITLED
        self._section: int | None = None
        self._place: Place | None = None
        self.lines = {name: Entry() for name in (*TRACK, *SECTION, *LIST)}
        self.file = _read_only()
        self._of_list = False
        self._labels = {name: QLabel(wording.FIELDS[name]) for name in self.lines}
        self._file_label = QLabel(wording.FIELDS["file"])
        self._said = tuple(QLabel(words) for words in (wording.BRINGS_ON, wording.AT_END))
        self.parts = tuple(self._button(name, self._binding(phases)) for name, phases in wording.PARTS)
        self.ground = self._button(wording.GROUND, self._ground)
        self.afters = {after: self._button(wording.AFTER[after], self._ending(after)) for after in After}
        for name, line in self.lines.items():
            line.setMaxLength(LONGEST if name in WORDS else 12)
            line.setAccessibleName(wording.FIELDS[name])
            line.setPlaceholderText(EMPTY_SAYS.get(name, ""))
            line.editingFinished.connect(partial(self._typed, name))
            line.entered.connect(partial(self._typed, name))
        self._button_rows: list[QHBoxLayout] = []
        self._stack = QStackedLayout(self)
        self._grids = tuple(QGridLayout() for _ in range(3))
        for grid, fill in zip(self._grids, (self._lay_track, self._lay_section, self._lay_list), strict=True):
            page = QWidget()
            fill(grid)
            grid.setContentsMargins(0, 0, 0, 0)
            page.setLayout(grid)
            self._stack.addWidget(page)
        self._order()
        self.set_theme(theme)

    def _button(self, words: str, act: Callable[[bool], object]) -> QPushButton:
        button = QPushButton(words)
        button.setCheckable(True)
        button.setAutoDefault(False)
        button.setProperty(TAKES_ARROWS, True)
        button.clicked.connect(act)
        return button

    def _lay_track(self, grid: QGridLayout) -> None:
        self._put(grid, "title", 0, 0, 3)
        for row, pair in enumerate((("gain", "fade"), ("start", "end")), start=1):
            for column, name in enumerate(pair):
                self._put(grid, name, row, 2 * column, 1)
        grid.addWidget(self._file_label, 3, 0)
        grid.addWidget(self.file, 3, 1, 1, 3)
        grid.setRowStretch(4, 1)

    def _lay_list(self, grid: QGridLayout) -> None:
        self._put(grid, "list", 0, 0, 1)
        self._put(grid, "crossfade", 1, 0, 1)
        grid.setRowStretch(2, 1)

    def _lay_section(self, grid: QGridLayout) -> None:
        self._put(grid, "name", 0, 0, 3)
        for row, (label, buttons) in enumerate(
            zip(self._said, ((*self.parts, self.ground), self.afters.values()), strict=True), start=1
        ):
            line = QHBoxLayout()
            self._button_rows.append(line)
            for button in buttons:
                line.addWidget(button)
            line.addStretch(1)
            grid.addWidget(label, row, 0)
            grid.addLayout(line, row, 1, 1, 3)
        self._put(grid, "earliest", 3, 0, 1)
        self._put(grid, "latest", 3, 2, 1)
        grid.setRowStretch(4, 1)

    def _put(self, grid: QGridLayout, name: str, row: int, column: int, span: int) -> None:
        grid.addWidget(self._labels[name], row, column)
        grid.addWidget(self.lines[name], row, column + 1, 1, span)
        grid.setColumnStretch(column + 1, 1)

    def _order(self) -> None:
        lines = self.lines
        buttons = (*self.parts, self.ground, *self.afters.values())
        section = (lines["name"], *buttons, lines["earliest"], lines["latest"])
        for order in (*(tuple(lines[name] for name in names) for names in (TRACK, LIST)), section):
            for before, after in pairwise(order):
                QWidget.setTabOrder(before, after)

    def set_theme(self, theme: Theme) -> None:
        """Sizes and colours of another theme or window."""
        px, p = theme.px, theme.palette
        for grid in self._grids:
            grid.setHorizontalSpacing(px(14))
            grid.setVerticalSpacing(px(7))
        for line in self._button_rows:
            line.setSpacing(px(8))
        font = fonts.font(theme.text_px(17))
        for part in self._all():
            part.setFont(font)
        self.setStyleSheet(
            f"QLabel {{ color: {p.secondary}; }} QLineEdit {{ padding: {px(3)}px {px(10)}px; }}"
            f"QLineEdit:focus {{ padding: {px(1)}px {px(8)}px; }}"
            f"QPushButton {{ padding: {px(3)}px {px(9)}px; min-height: {max(20, px(22))}px; }}"
            f"QPushButton:checked {{ background: {p.music_now}; border-color: {p.music}; }}"
        )

    def _all(self) -> Iterator[QWidget]:
        yield from self.lines.values()
        yield from self._labels.values()
        yield from (*self._said, self._file_label, self.file)
        yield from (*self.parts, self.ground, *self.afters.values())

    def enter(self) -> None:
        """Take the keys: into the first line."""
        line = self.lines["title" if self._place is not None else "name"]
        line.setFocus()
        line.selectAll()

    def enter_list(self) -> None:
        """Into what is to be said of the whole list."""
        self._of_list = True
        self._show_again()
        self.lines["list"].setFocus()
        self.lines["list"].selectAll()

    def keep(self) -> bool:
        """Take what was typed and not entered yet; whether that could be."""
        typed_into = [name for name, line in self.lines.items() if line.isModified()]
        return all(self._typed(name) for name in typed_into)

    def leave(self) -> None:
        """Back to the chosen row; what was typed and not kept is let go."""
        self._of_list = False
        for line in self.lines.values():
            line.setModified(False)
        self._show_again()

    @property
    def has_keys(self) -> bool:
        """Whether somebody types here."""
        return any(part.hasFocus() for part in self._all())

    def show_row(self, playlist: Playlist, section: int | None, track: int | None) -> None:
        """These values, but not over what is just being typed."""
        place = None if section is None or track is None else Place(section, track)
        same = (section, place) == (self._section, self._place)
        self._playlist, self._section, self._place = playlist, section, place
        self._of_list = self._of_list and same
        self.setVisible(section is not None or self._of_list)
        self._show_texts(typed.list_texts(playlist), same=same)
        if self._of_list or section is None:
            self._stack.setCurrentIndex(2)
            return
        self.lines["fade"].setPlaceholderText(wording.USUAL_FADE.format(seconds=playlist.crossfade_s))
        self._stack.setCurrentIndex(0 if place is not None else 1)
        shown = playlist.sections[section]
        texts = typed.section_texts(shown) if place is None else typed.track_texts(playlist.track(place))
        self._show_texts(texts, same=same)
        self.file.setText("" if place is None else str(playlist.track(place).path))
        self._check(shown)

    def _show_texts(self, texts: dict[str, str], *, same: bool) -> None:
        for name, text in texts.items():
            line = self.lines[name]
            if not (same and line.hasFocus() and line.isModified()) and line.text() != text:
                line.setText(text)

    def _check(self, shown: Section) -> None:
        for button, (_name, phases) in zip(self.parts, wording.PARTS, strict=True):
            button.setChecked(all(phase in shown.phases for phase in phases))
        self.ground.setChecked(shown.grounding)
        for after, button in self.afters.items():
            button.setChecked(shown.after is after)

    # What was typed

    def _typed(self, name: str) -> bool:
        """Whether it was something that can be."""
        line = self.lines[name]
        if not line.isModified() or (self._section is None and name not in LIST):
            return True
        line.setModified(False)
        try:
            fresh = self._with(name, line.text())
        except ValueError as why:
            self.refused.emit(str(why))
            self._show_again()
            return False
        self.changed.emit(fresh)
        return True

    def _with(self, name: str, text: str) -> Playlist:
        if name in LIST:
            return changes.of_list(self._playlist, name, text)
        if self._place is not None:
            return changes.of_track(self._playlist, self._place, name, text)
        return changes.of_section(self._playlist, self._section or 0, name, text)

    def _show_again(self) -> None:
        self.show_row(self._playlist, self._section, None if self._place is None else self._place.track)

    def _binding(self, phases: tuple[Phase, ...]) -> Callable[[bool], None]:
        def bind(on: bool) -> None:
            if self._section is not None:
                self.changed.emit(edits.bind(self._playlist, self._section, phases, on=on))

        return bind

    def _ground(self, on: bool) -> None:
        if self._section is not None:
            self.changed.emit(edits.ground(self._playlist, self._section, on=on))

    def _ending(self, after: After) -> Callable[[bool], None]:
        def end(_on: bool) -> None:
            if self._section is not None:
                self.changed.emit(edits.set_after(self._playlist, self._section, after))
            self._show_again()

        return end


def _read_only() -> QLineEdit:
    line = QLineEdit()
    line.setReadOnly(True)
    line.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    line.setAccessibleName(wording.FIELDS["file"])
    return line
