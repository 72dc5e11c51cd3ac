"""Looks for music to add, a list to open, or a place to save one: a line to type on, and what is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from playlists import library
from playlists.gather import gather
from playlists.keeping import ENDING
from playlists.library import Step
from ui import fonts
from ui.entry import Entry
from ui.listing import in_view
from ui.playlist import browse_drawing as drawing
from ui.playlist import wording
from ui.playlist.drawing import TEXT, row_height
from ui.playlist.errand import Errand
from ui.playlist.items import Item, Kind, Listing, Purpose, listing, matching, scanned
from ui.theme import Theme

TITLES: Final = {
    Purpose.ADD: wording.ADD_TITLE,
    Purpose.OPEN: wording.OPEN_TITLE,
    Purpose.SAVE: wording.SAVE_TITLE,
}
KEYS: Final = {
    Purpose.ADD: wording.KEYS_ADD,
    Purpose.OPEN: wording.KEYS_OPEN,
    Purpose.SAVE: wording.KEYS_SAVE,
}


class BrowsePage(QWidget):
    """Begins in `folder`; `name` is offered to save under."""

    opened = Signal(object)
    """A list or a folder to open."""
    named = Signal(object)
    """A file to save to."""
    added = Signal(object, bool)
    """Pieces to add, as a tuple, and whether that was all."""
    left = Signal()

    def __init__(
        self, purpose: Purpose, folder: Path, theme: Theme, name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._purpose, self._theme = purpose, theme
        self.folder = folder
        self._all: tuple[Item, ...] = ()
        self._scan: list[Item] | None = None
        self._chosen = 0
        self.said = ""
        self._errand = Errand(self)
        self._errand.came.connect(self._came)
        self._errand.over.connect(self._over)
        self.entry = Entry(self)
        self.entry.setAccessibleName(TITLES[purpose])
        self.entry.setPlaceholderText(wording.PATH if purpose is Purpose.SAVE else wording.FILTER)
        self.entry.setText(name)
        self.entry.installEventFilter(self)
        self.entry.textEdited.connect(lambda _text: self._choose_first())
        self.entry.entered.connect(self._enter)
        self.setFocusProxy(self.entry)
        self.setAccessibleName(TITLES[purpose])
        self._go(folder)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._arrange()
        self.update()

    @property
    def items(self) -> tuple[Item, ...]:
        """What can be chosen now."""
        found = self._all if self._scan is None else tuple(self._scan)
        words = "" if self._purpose is Purpose.SAVE or self._is_path() else self.entry.text()
        return matching(found, words, self.folder)

    @property
    def chosen(self) -> Item | None:
        """What Enter would take."""
        items = self.items
        return items[self._chosen] if self._chosen < len(items) else None

    @property
    def is_busy(self) -> bool:
        """Whether it looks for something that can be stopped."""
        return self._errand.is_busy and self._scan is not None

    def say(self, words: str) -> None:
        """Put this below the rows until something else is done."""
        self.said = words
        self.update()

    def face(self) -> drawing.Face:
        """What is painted."""
        items = self.items
        first, last = in_view(len(items), self._chosen, self._places().room)
        nothing = wording.NO_MATCH if self._all else wording.EMPTY_FOLDER
        empty = "" if items or self._errand.is_busy else nothing
        return drawing.Face(
            TITLES[self._purpose],
            str(self.folder),
            items[first:last],
            self._chosen - first,
            self.said,
            self._keys(),
            empty,
        )

    def _keys(self) -> tuple[str, ...]:
        if self.is_busy:
            return wording.KEYS_BUSY
        return KEYS[self._purpose] if self._scan is None else wording.KEYS_FOUND

    # Going about

    def _go(self, folder: Path) -> None:
        """To another folder; it stays where it is if that cannot be read."""
        self._scan = None
        self._errand.stop()
        self._errand.begin(lambda: listing(folder, self._purpose))

    def _came(self, found: object) -> None:
        if isinstance(found, Listing):
            came_from = self.folder
            self.folder, self._all, self.said = found.folder, found.items, ""
            if self._purpose is not Purpose.SAVE:
                self.entry.clear()
            names = [item.path for item in found.items]
            if came_from in names:
                self._choose(names.index(came_from))
            else:
                self._choose_first()
        elif isinstance(found, Step) and self._scan is not None:
            self._take_step(found, self._scan)
        elif isinstance(found, tuple):
            self.added.emit(found, False)

    def _take_step(self, step: Step, scan: list[Item]) -> None:
        if step.piece is not None:
            scan.append(scanned(step.piece))
            self.said = wording.SCANNING.format(done=step.done, of=step.of)
        else:
            self.said = wording.SEARCHING.format(folder=self.folder.name, done=step.done)
        self.update()

    def _over(self, why: str) -> None:
        if why:
            self.said = why
        elif self._scan is not None:
            good = sum(not item.trouble for item in self._scan)
            self.said = wording.FOUND.format(good=good, of=len(self._scan))
        self.update()

    def _is_path(self) -> bool:
        text = self.entry.text().strip()
        return text.startswith("~") or "/" in text or "\\" in text

    def _typed_path(self) -> Path:
        text = self.entry.text().strip()
        try:
            return self.folder / Path(text).expanduser()
        except RuntimeError:
            return self.folder / text

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self._back()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            step = 1 if key == Qt.Key.Key_Down else -1
            self._choose(min(max(self._chosen + step, 0), max(0, len(self.items) - 1)))
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Before the line takes it for a plain Enter."""
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            if not event.isAutoRepeat():
                self.take_all()
            return True
        return super().eventFilter(watched, event)

    def _back(self) -> None:
        if self.is_busy:
            self._errand.stop()
            self.said = wording.STOPPED
            self.update()
        elif self._scan is not None:
            self._go(self.folder)
        else:
            self.left.emit()

    def _enter(self) -> None:
        if self._purpose is Purpose.SAVE and self.entry.text().strip():
            self._name()
        elif self._is_path():
            path = self._typed_path()
            if path.is_dir():
                self._go(path)
            else:
                self._take(Item(Kind.LIST if self._purpose is Purpose.OPEN else Kind.MUSIC, path, path.name))
        elif self.chosen is not None:
            self._take(self.chosen)

    def _name(self) -> None:
        path = self._typed_path()
        if path.is_dir():
            self._go(path)
        else:
            ours = path.suffix.lower() == ENDING
            self.named.emit(path if ours else path.with_name(f"{path.name}{ENDING}"))

    def _take(self, item: Item) -> None:
        if item.kind in (Kind.UP, Kind.FOLDER):
            self._go(item.path)
        elif self._purpose is Purpose.SAVE:
            self.entry.setText(item.name)
        elif self._purpose is Purpose.OPEN:
            self.opened.emit(item.path)
        elif item.piece is not None:
            self.added.emit((item.piece,), False)
        elif not self._errand.is_busy:
            self._errand.begin(lambda: _pieces(item.path))

    def take_all(self) -> None:
        """All that is listed after a scan; before it, everything below the folder is looked at."""
        item = self.chosen
        folder = item.path if item is not None and item.kind is Kind.FOLDER else self.folder
        if self._purpose is Purpose.OPEN:
            self.opened.emit(folder)
        elif self._purpose is Purpose.SAVE or self.is_busy:
            return
        elif self._scan is not None:
            self.added.emit(tuple(item.piece for item in self.items if item.piece is not None), True)
        else:
            self.folder, self._scan = folder, []
            self.entry.clear()
            self._choose(0)
            self._errand.begin(lambda: library.scan(folder))

    def _choose_first(self) -> None:
        """The first that is not the way up, if there is one."""
        items = self.items
        self._choose(1 if len(items) > 1 and items[0].kind is Kind.UP else 0)

    def _choose(self, number: int) -> None:
        self._chosen = number
        item = self.chosen
        said = "" if item is None else " ".join((item.name, item.right, item.trouble))
        self.setAccessibleDescription(said.strip())
        self.update()

    # Laying out and painting

    def _places(self) -> drawing.Places:
        return drawing.places(self._theme, self.width(), self.height())

    def _arrange(self) -> None:
        self.entry.setFont(fonts.font(self._theme.text_px(TEXT)))
        self.entry.setGeometry(self._places().entry.toRect())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        self._arrange()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self._places()
        first, last = in_view(len(self.items), self._chosen, at.room)
        number = first + int((event.position().y() - at.rows.top()) / row_height(self._theme))
        if at.rows.contains(event.position()) and number < last:
            self._choose(number)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._places().rows.contains(event.position()) and self.chosen is not None:
            self._take(self.chosen)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        drawing.paint(painter, self._theme, QRectF(self.rect()), self._places(), self.face())
        painter.end()


def _pieces(path: Path) -> Iterator[object]:
    yield tuple(step.piece for step in gather((path,)) if step.piece is not None)
