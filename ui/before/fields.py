"""The fields about the person: typed on plain lines, kept one by one when they are left."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from kapmonitor.commands import Chart
from ui import fonts, painting
from ui.before import card, wording
from ui.before.card import IDENTITY, Field, Kept, Saving
from ui.before.places import label_and_line
from ui.keeping import Keeper
from ui.ports import SessionPort
from ui.theme import Theme, colour

LONGEST: Final = 300
TEXT: Final = 19
LABEL: Final = 16
ORDER: Final = tuple(field for row in card.ROWS for field, _ in row)
WIDTH: Final = 1.5
FLAT: Final = "QLineEdit, QLineEdit:focus { padding-top: 0px; padding-bottom: 0px; }"
"""The application's own padding cuts descenders off on lines as low as these."""
ENTERS: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class Fields(QWidget):
    """One line for each Field; `by` is whoever writes."""

    out = Signal(bool)
    """The keys leave it: True downwards, False by Esc with nothing left to undo."""
    said = Signal(str)
    """A sentence about what was not kept."""
    go = Signal()
    """Ctrl and Enter."""
    kept = Signal()
    """Something came to be on disk."""

    def __init__(self, port: SessionPort, theme: Theme, by: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._port, self._theme, self.by = port, theme, by
        self._kept: dict[Field, Kept] = {}
        self._boxes: dict[Field, QRectF] = {}
        self._keeper = Keeper(port, self)
        self._keeper.told.connect(self._told)
        session = port.snapshot().session
        self.setStyleSheet(FLAT)
        self.edits = {field: self._edit(field, card.offered(field, session)) for field in ORDER}
        self._dirty: set[Field] = set()

    def _edit(self, field: Field, text: str) -> QLineEdit:
        edit = QLineEdit(text, self)
        edit.setMaxLength(LONGEST)
        edit.setAccessibleName(wording.FIELDS[field.value])
        edit.setPlaceholderText(wording.HINTS.get(field.value, ""))
        edit.textEdited.connect(lambda _text: self._edited(field))
        edit.installEventFilter(self)
        edit.home(False)
        return edit

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._arrange()
        self.update()

    def place(self, boxes: dict[Field, QRectF]) -> None:
        """Where each field stands, label and line."""
        self._boxes = boxes
        self._arrange()

    def set_writable(self, *, writable: bool) -> None:
        """Whether anything may still be written."""
        for edit in self.edits.values():
            edit.setReadOnly(not writable)
            edit.setFocusPolicy(Qt.FocusPolicy.StrongFocus if writable else Qt.FocusPolicy.NoFocus)

    def texts(self) -> dict[Field, str]:
        """What stands on the lines."""
        return {field: edit.text() for field, edit in self.edits.items()}

    def faces(self) -> dict[Field, card.FieldFace]:
        """What stands above each of them."""
        snapshot = self._port.snapshot()
        return {
            field: card.face(field, edit.text(), snapshot.session, self._kept.get(field), snapshot.utc_ns)
            for field, edit in self.edits.items()
        }

    def enter(self, field: Field | None = None) -> None:
        """Give the keys to this line, or to the first one that is empty."""
        empty = (each for each in ORDER if not self.edits[each].text())
        edit = self.edits[field or next(empty, ORDER[0])]
        edit.setFocus()
        edit.selectAll()

    def enter_last(self) -> None:
        """Give the keys to the last line."""
        self.enter(ORDER[-1])

    def offer(self) -> None:
        """Keep what the console was started with, as if somebody had typed it."""
        for field in IDENTITY:
            if self.edits[field].text() and not card.recorded(field, self._port.snapshot().session):
                self._dirty.add(field)

    def keep(self) -> None:
        """Keep all that was typed and not kept."""
        for field in tuple(self._dirty):
            self._leave(field)

    # Typing

    def _edited(self, field: Field) -> None:
        self._kept.pop(field, None)
        self._dirty.add(field)
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        field = next((each for each, edit in self.edits.items() if edit is watched), None)
        if field is None:
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.FocusOut:
            self._leave(field)
            self.edits[field].home(False)
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._pressed(field, event)
        return super().eventFilter(watched, event)

    def _pressed(self, field: Field, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key in ENTERS and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.go.emit()
        elif key in ENTERS or key in {Qt.Key.Key_Tab, Qt.Key.Key_Down}:
            self._step(field, 1)
        elif key in {Qt.Key.Key_Backtab, Qt.Key.Key_Up}:
            self._step(field, -1)
        elif key == Qt.Key.Key_Escape:
            self._back(field)
        else:
            return False
        return True

    def _step(self, field: Field, by: int) -> None:
        place = ORDER.index(field) + by
        if place >= len(ORDER):
            self._leave(field)
            self.out.emit(True)
        elif place >= 0:
            self.enter(ORDER[place])

    def _back(self, field: Field) -> None:
        """What was typed and not kept goes first."""
        before = card.offered(field, self._port.snapshot().session)
        if self.edits[field].text() != before:
            self.edits[field].setText(before)
            self._dirty.discard(field)
            self._kept.pop(field, None)
            self.update()
        else:
            self.out.emit(False)

    def _leave(self, field: Field) -> None:
        """Keep what was typed, if it will do and is not on record."""
        if field not in self._dirty or self.edits[field].isReadOnly():
            return
        snapshot, text = self._port.snapshot(), self.edits[field].text()
        if card.wrong(field, text, snapshot.utc_ns):
            self.update()
            return
        self._dirty -= IDENTITY if field in IDENTITY else {field}
        self.edits[field].setText(card.plain(field, text))
        event = card.filled(field, self.texts(), snapshot.session, snapshot.utc_ns, self.by)
        self._kept[field] = Kept(Saving.UNDERWAY)
        self._keeper.ask(field.value, Chart(self._port.now_ns(), event))
        self.update()

    def _told(self, about: str, why: str) -> None:
        field = Field(about)
        if why:
            short, long = card.refusal(field, why, self._port.snapshot().session)
            self._kept[field] = Kept(Saving.REFUSED, short)
            self.said.emit(long)
        else:
            self._kept.pop(field, None)
            self.kept.emit()
        self.update()

    # Showing it

    def _arrange(self) -> None:
        for field, box in self._boxes.items():
            _, line = label_and_line(self._theme, box)
            edit = self.edits[field]
            edit.setFont(fonts.font(self._theme.text_px(TEXT), fonts.SEMIBOLD))
            edit.setGeometry(line.toRect())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for field, face in self.faces().items():
            if field in self._boxes:
                self._paint_label(painter, face, label_and_line(self._theme, self._boxes[field])[0])
        painter.end()

    def _paint_label(self, painter: QPainter, face: card.FieldFace, box: QRectF) -> None:
        palette, size = self._theme.palette, self._theme.text_px(LABEL)
        base = painting.middle_baseline(box.center().y() + self._theme.px(2), fonts.metrics(size))
        label = fonts.width(face.label, size)
        ink = colour(palette.notes if face.troubled else palette.secondary)
        note = face.note if face.troubled or label * WIDTH < box.width() * 0.72 else ""
        room = box.width() - label - self._theme.px(12)
        painting.line(painter, box.x(), base, face.label, colour(palette.secondary), size, room=box.width())
        if note and room > size * 3:
            painting.line(painter, box.right(), base, note, ink, size, room=room, align=painting.RIGHT)
