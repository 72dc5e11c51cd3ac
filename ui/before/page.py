"""The page on which a session is opened, in place of trends, numbers and notes; keyboard first.

The record has begun when it is shown: what is typed and answered is kept at once, in somebody's name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from kapmonitor.commands import CheckTone, Command
from kapmonitor.session.who import who
from kapmonitor.snapshot import Snapshot
from ui import fonts
from ui.before import asks, checklines, drawing, wording
from ui.before.card import Field
from ui.before.checklines import Line
from ui.before.devices import paint_devices
from ui.before.fields import ENTERS, Fields
from ui.before.limitlines import limits_face
from ui.before.places import Places, neighbour, places
from ui.before.questions import Wanted
from ui.before.steps import ENTRIES, Asking, Cue, Facts, Step, Way, after
from ui.entry import Entry
from ui.keeping import Keeper
from ui.limits.face import no_baseline
from ui.ports import SessionPort
from ui.shortcuts import TAKES_ARROWS, TAKES_LETTERS
from ui.strings import NOT_DONE, REFUSALS
from ui.theme import Theme, colour

REFRESH_MS: Final = 250
TONE: Final = "tone"
ARROWS: Final = {
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
}
CUES: Final = {
    Qt.Key.Key_J: Cue.HEARD,
    Qt.Key.Key_X: Cue.NO,
    Qt.Key.Key_W: Cue.WITHOUT,
    Qt.Key.Key_Delete: Cue.TAKE_BACK,
}


class BeforePage(QWidget):
    """Shows the port's session before its first dose; `author` is whoever is at the keys, if known.

    `confirm` does what opens the session once whoever says go gave their PIN; without it, at once.
    """

    opened = Signal()
    """Somebody said go, and it is on disk."""
    left = Signal()
    """It is to be put away: the session was opened before."""
    ended = Signal()
    """Somebody said that there will be no session."""
    refused = Signal(str)
    """Why something was not done; the page may be away by then."""
    led = Signal(object)
    """A Way to another page."""

    def __init__(
        self,
        port: SessionPort,
        theme: Theme,
        author: Callable[[], str] = str,
        wanted: Wanted | None = None,
        confirm: Callable[[Callable[[], None]], None] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._port, self._theme = port, theme
        self._wanted = wanted or Wanted()
        self._author = author
        self._confirm = confirm
        self._was_author = author()
        self._asking = Asking(by=self._was_author)
        self._snapshot = Snapshot()
        self._lines: tuple[Line, ...] = ()
        self._chosen = 0
        self._trouble = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty(TAKES_ARROWS, True)
        self.setProperty(TAKES_LETTERS, "JXW")
        self.setAccessibleName(wording.CHECKS)
        self.fields = Fields(port, theme, self._was_author, self)
        self.fields.out.connect(self._out_of_fields)
        self.fields.said.connect(self._say)
        self.fields.kept.connect(self.refresh)
        self.fields.go.connect(self._go)
        self.entry = Entry(self)
        self.entry.hide()
        self.entry.entered.connect(lambda: self._cue(Cue.ENTER))
        self._keeper = Keeper(port, self)
        self._keeper.told.connect(self._told)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self._timer.start(REFRESH_MS)
        self.refresh()
        self.fields.offer()
        self._choose_first_left()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.fields.set_theme(theme)
        self._arrange()
        self.update()

    @property
    def asking(self) -> Asking:
        """What it is asking for."""
        return self._asking

    @property
    def is_opened(self) -> bool:
        """Whether somebody said go, so that nothing can be changed here any more."""
        return self._snapshot.session.care.opened_t_ns is not None

    def lines(self) -> tuple[Line, ...]:
        """The checks as they are listed."""
        return self._lines

    @property
    def chosen(self) -> Line | None:
        """The check that the keys are about; None for the button below."""
        return self._lines[self._chosen] if self._chosen < len(self._lines) else None

    def choose(self, check: str) -> None:
        """Let the keys be about this check."""
        self._chosen = next(n for n, line in enumerate(self._lines) if line.check.id == check)
        self.setFocus()
        self.update()

    def foot(self) -> drawing.Foot:
        """What the last panel says."""
        typing = any(edit.hasFocus() for edit in self.fields.edits.values())
        return asks.foot(
            self._asking,
            self._lines,
            self._snapshot,
            trouble=self._trouble,
            typing=typing,
            chosen=self.chosen is None and not typing,
        )

    def begin(self) -> None:
        """Take the keys: the first empty field about the person, or the first check that is left."""
        if self.is_opened or all(self.fields.edits[f].text() for f in (Field.RECORD, Field.BIRTH)):
            self.setFocus()
        else:
            self.fields.enter()

    def refresh(self) -> None:
        """Look at the session again."""
        was_opened = self.is_opened
        self._snapshot = self._port.snapshot()
        self._follow_author()
        found = checklines.lines(self._snapshot, self._wanted)
        if len(found) != len(self._lines):
            self._lines = found
            self._arrange()
        self._lines = found
        self.fields.set_writable(writable=not self.is_opened)
        if self.is_opened and not was_opened:
            self.opened.emit()
        self.update()

    def _follow_author(self) -> None:
        """Whoever takes the keys answers in their own name from then on."""
        author = self._author()
        if author != self._was_author:
            self._was_author = author
            self._asking = replace(self._asking, by=author)
            self.fields.by = author

    def showEvent(self, event: QShowEvent) -> None:
        if not event.spontaneous():
            self._timer.start(REFRESH_MS)
            self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        if not event.spontaneous():
            self._timer.stop()
            self.fields.keep()

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in ENTERS and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._go()
        elif key in ARROWS and self._asking.step is Step.REST:
            self._move(*ARROWS[key])
        elif event.isAutoRepeat():
            event.accept()
        elif key in ENTERS:
            self._enter()
        elif key == Qt.Key.Key_Escape:
            self._back()
        elif key in CUES and self._asking.step is Step.REST:
            self._cue(CUES[key])
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, next_one: bool) -> bool:
        """Tab goes from the checks to the button, Shift+Tab to the fields."""
        if self.is_opened or self._asking.step is not Step.REST:
            return True
        if next_one:
            self._chosen = len(self._lines)
            self.update()
        else:
            self.fields.enter_last()
        return True

    def _enter(self) -> None:
        if self._asking.step is not Step.REST:
            self._cue(Cue.ENTER)
        elif self.chosen is None:
            self._go()
        else:
            self._cue(Cue.YES)

    def _go(self) -> None:
        self.fields.keep()
        if self._asking.step is Step.REST and not self.is_opened:
            self._cue(Cue.GO)

    def _back(self) -> None:
        if self.is_opened:
            self.left.emit()
        else:
            self._cue(Cue.BACK)

    def _out_of_fields(self, downwards: bool) -> None:
        self.setFocus()
        if not downwards:
            self._cue(Cue.BACK)
        self.update()

    def _move(self, across: int, down: int) -> None:
        if down < 0 and self._chosen == 0 and not self.is_opened:
            self.fields.enter_last()
        at = self._places()
        self._chosen = neighbour(len(self._lines), at.columns, self._chosen, across, down)
        self._trouble = ""
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at, foot = self._places(), drawing.foot_places(self._theme, self._places().foot)
        under = next((n for n, box in enumerate(at.lines) if box.contains(event.position())), None)
        if foot.button.contains(event.position()):
            self._press_button()
        elif foot.back.contains(event.position()):
            self._back()
        elif under is not None and self._asking.step is Step.REST:
            self._chosen = under
            self.setFocus()
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if any(box.contains(event.position()) for box in self._places().lines):
            self._enter()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.setCursor(self._cursor(event.position()))

    def _cursor(self, position: QPointF) -> Qt.CursorShape:
        at, foot = self._places(), drawing.foot_places(self._theme, self._places().foot)
        over = any(box.contains(position) for box in (*at.lines, foot.back, foot.button))
        return Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor

    def _press_button(self) -> None:
        if self._asking.step is Step.REST:
            self._go()
        else:
            self._cue(Cue.ENTER)

    # Steps

    def _cue(self, cue: Cue) -> None:
        self.refresh()
        before, self._trouble = self._asking, ""
        facts = Facts(
            line=self.chosen,
            text=self.entry.text(),
            found=tuple(line.check for line in self._lines),
            now_ns=self._port.now_ns(),
            opened=self.is_opened,
            phase=self._snapshot.session.phase,
            no_baseline=no_baseline(self._snapshot),
            plays=self._plays(),
        )
        self._asking, done = after(before, cue, facts)
        self.fields.by = self._asking.by
        if self._asking.step is not before.step:
            self._show_entry()
        if before.step is Step.GO_SURE and self._confirm is not None:
            self._confirm(lambda: self._do(done))
        else:
            self._do(done)
        self.update()

    def _do(self, done: tuple[Command | Way, ...]) -> None:
        for each in done:
            if isinstance(each, Way):
                self._lead(each)
            else:
                self._keeper.ask(TONE if isinstance(each, CheckTone) else "", each)

    def _plays(self) -> frozenset[str]:
        sound = self._snapshot.sound
        outputs = {"staff": sound.staff, "room": sound.room}
        return frozenset(name for name, report in outputs.items() if report.works)

    def _lead(self, way: Way) -> None:
        match way:
            case Way.PERSON:
                self.fields.enter()
            case Way.CARD:
                known = {field.value for field in Field}
                about = self.chosen.check.id if self.chosen is not None else ""
                self.fields.enter(Field(about) if about in known else None)
            case Way.FIRST_LEFT:
                self._choose_first_left()
            case Way.LEAVE:
                self.ended.emit()
            case Way.DEVICES | Way.SOUND_CHECK:
                self.led.emit(way)

    def _choose_first_left(self) -> None:
        places_left = (n for n, line in enumerate(self._lines) if line.check.holds_up)
        self._chosen = next(places_left, len(self._lines))
        self.setFocus()
        self.update()

    def _told(self, about: str, why: str) -> None:
        if why:
            if about == TONE:
                self._asking = replace(self._asking, played="")
            self._say(NOT_DONE.format(why=REFUSALS.get(why, why)))
            self.refused.emit(self._trouble)
        self.refresh()

    def _say(self, words: str) -> None:
        self._trouble = words
        self.update()

    # What is typed

    def _show_entry(self) -> None:
        typing = self._asking.step in ENTRIES
        self.entry.setText(self._asking.by if self._asking.step in (Step.GO_NAME, Step.REASON_NAME) else "")
        self.entry.setVisible(typing)
        if typing:
            self.entry.setAccessibleName(self.foot().ask)
            self.entry.selectAll()
            self.entry.setFocus()
        else:
            self.setFocus()

    # Laying out and painting

    def _places(self) -> Places:
        return places(self._theme, self.width(), self.height(), len(self._lines))

    def _arrange(self) -> None:
        at = self._places()
        self.fields.setGeometry(at.person.toRect())
        self.fields.place(at.fields)
        self.entry.setFont(fonts.font(self._theme.text_px(19), fonts.SEMIBOLD))
        self.entry.setGeometry(drawing.foot_places(self._theme, at.foot).entry.toRect())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, at = self._theme, self._places()
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(theme.palette.window))
        drawing.paint_head(painter, theme, at.person, wording.PERSON, wording.READ_ONLY * self.is_opened)
        drawing.paint_head(painter, theme, at.devices, wording.DEVICES, wording.LOOK)
        paint_devices(painter, theme, at.devices, self._port, who(self._snapshot.session).initials)
        done, count = checklines.done(self._lines)
        beside = wording.DONE_OF.format(done=done, count=count)
        drawing.paint_head(painter, theme, at.checks, wording.CHECKS, beside)
        keyed = self.hasFocus() or self.entry.isVisible()
        for number, (line, box) in enumerate(zip(self._lines, at.lines, strict=True)):
            drawing.paint_check(painter, theme, box, line, chosen=keyed and number == self._chosen)
        drawing.paint_limits(painter, theme, at.limits, limits_face(self._snapshot, self._port.now_ns()))
        drawing.paint_foot(painter, theme, at.foot, self.foot(), typing=self.entry.isVisible())
        painter.end()
