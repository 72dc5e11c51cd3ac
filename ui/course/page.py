"""The page of a course: sessions in a list, their curves over each other, the chosen one's own band."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from kapmonitor.course.gather import Course
from ui import fonts, painting
from ui.course import wording
from ui.course.faces import Band, Kind, Row, band_of, rows_of
from ui.course.plot import Shown, paint_plot
from ui.course.table import HEAD_ROW, columns, cut_short, paint_heads, paint_row, row_height
from ui.devices.drawing import FOOT, HEAD, MARGIN, paint_head, paint_keys
from ui.job import Job, Tell
from ui.listing import in_view
from ui.panel import paint_panel
from ui.shortcuts import TAKES_ARROWS, TAKES_LETTERS
from ui.theme import Theme, colour

POLL_MS: Final = 100
LIST_SHARE: Final = 0.3
"""The list never takes more of the page; it scrolls."""
LINE: Final = 26

Read = Callable[[Tell], Course]
"""Reads the course on whatever thread it is called; KapError says why it cannot."""
Open = Callable[[Path], None]


class CoursePage(QWidget):
    """Reads as soon as it is made; `open_record` shows a session's record, None where that is not offered."""

    left = Signal()
    read = Signal()
    """It is known what there is, or why not."""

    def __init__(
        self, read: Read, theme: Theme, open_record: Open | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._open = open_record
        self._course: Course | None = None
        self._trouble = ""
        self._rows: tuple[Row, ...] = ()
        self._at = 0
        self._wants_band = True
        self._band = Band()
        self._list_y = 0.0
        self.setProperty(TAKES_ARROWS, True)
        self.setProperty(TAKES_LETTERS, "B")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._look)
        self._job: Job[Course] | None = Job(read, "kap-course", wording.STOPPED)
        self._timer.start()
        self.setAccessibleName(wording.TITLE.format(person=wording.ONE_PERSON))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    @property
    def course(self) -> Course | None:
        """What is shown; None until it has been read."""
        return self._course

    @property
    def trouble(self) -> str:
        """Why there is nothing."""
        return self._trouble

    @property
    def rows(self) -> tuple[Row, ...]:
        """The lines of the list."""
        return self._rows

    @property
    def chosen(self) -> Row | None:
        """The chosen line."""
        return self._rows[self._at] if self._rows else None

    @property
    def band(self) -> Band:
        """The band of the chosen line, and what is said of it."""
        return self._band if self._wants_band else Band(words=wording.BAND_OFF)

    # Reading

    def _look(self) -> None:
        job = self._job
        if job is None or not job.is_over:
            self.update()
            return
        self._timer.stop()
        self._job, self._course, self._trouble = None, job.result, job.trouble
        if job.result is not None:
            self._rows = rows_of(job.result)
            self._choose(max(0, len(job.result.sessions) - 1))
        self._describe()
        self.read.emit()
        self.update()

    def _describe(self) -> None:
        course = self._course
        if course is not None:
            lines = (", ".join(row.cells) for row in self._rows)
            self.setAccessibleName(wording.TITLE.format(person=wording.person_words(course)))
            self.setAccessibleDescription("; ".join((*lines, self.band.words)))
        else:
            self.setAccessibleDescription(self._trouble)

    def hideEvent(self, event: QHideEvent) -> None:
        if not event.spontaneous() and self._job is not None:
            self._job.stop()
            self._timer.stop()

    # Keys and the mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Up: lambda: self._choose(self._at - 1),
            Qt.Key.Key_Down: lambda: self._choose(self._at + 1),
            Qt.Key.Key_Return: self._enter,
            Qt.Key.Key_Enter: self._enter,
            Qt.Key.Key_B: self._toggle_band,
            Qt.Key.Key_Escape: self._escape,
        }
        act = keys.get(event.key())
        if act is None:
            super().keyPressEvent(event)
        else:
            act()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        first, last = self._window()
        row = int((event.position().y() - self._list_y) // row_height(self._theme))
        if 0 <= row < last - first:
            self._choose(first + row)

    def _choose(self, at: int) -> None:
        course = self._course
        if course is None or not self._rows:
            return
        self._at = min(max(at, 0), len(self._rows) - 1)
        self._band = band_of(course, self.chosen)
        self._describe()
        self.update()

    def _enter(self) -> None:
        row, course = self.chosen, self._course
        if self._open is not None and course is not None and row is not None and row.kind is Kind.SESSION:
            self._open(course.sessions[row.place].path)

    def _toggle_band(self) -> None:
        self._wants_band = not self._wants_band
        self._describe()
        self.update()

    def _escape(self) -> None:
        if self._job is not None:
            self._job.stop()
        else:
            self.left.emit()

    # Painting

    def _window(self) -> tuple[int, int]:
        """Which lines fit into the list, the chosen one among them."""
        room = max(2, int(self.height() * LIST_SHARE // row_height(self._theme)))
        return in_view(len(self._rows), self._at, room)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, p = self._theme, self._theme.palette
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(p.window))
        paint_panel(painter, QRectF(self.rect()), theme)
        course = self._course
        person = wording.person_words(course) if course is not None else ""
        said = wording.count_words(course) if course is not None else ""
        title = wording.TITLE.format(person=person or wording.ONE_PERSON)
        paint_head(painter, theme, self.width(), title, said, troubled=False)
        keys = wording.KEYS if self._open is not None else wording.PICTURE_KEYS
        if course is not None:
            self._paint_course(painter, course)
            keys += self._scrolled()
        elif self._job is not None:
            keys = wording.READING_KEYS
            self._paint_reading(painter, self._job.share)
        else:
            keys = wording.TROUBLE_KEYS
            self._say(painter, self.height() / 2, self._trouble, p.medium)
        paint_keys(painter, theme, self.width(), self.height(), keys)
        painter.end()

    def _scrolled(self) -> str:
        """Which lines are in view, where that is not all."""
        first, last = self._window()
        count = len(self._rows)
        return (
            wording.SCROLLED.format(first=first + 1, last=last, count=count) if last - first < count else ""
        )

    def _say(self, painter: QPainter, centre_y: float, words: str, ink: str) -> None:
        theme = self._theme
        size, margin = theme.text_px(16), theme.px(MARGIN)
        base = painting.middle_baseline(centre_y, fonts.metrics(size))
        room = self.width() - 2 * margin
        painting.line(painter, margin, base, words, colour(ink), size, room=room, smallest=theme.text_px(13))

    def _paint_reading(self, painter: QPainter, share: float) -> None:
        p, px = self._theme.palette, self._theme.px
        self._say(painter, self.height() / 2 - px(LINE), wording.READING.format(share=f"{share:.0%}"), p.text)
        room = self.width() - 2 * px(MARGIN)
        painter.fillRect(QRectF(px(MARGIN), self.height() / 2, room, px(6)), colour(p.grid))
        painter.fillRect(QRectF(px(MARGIN), self.height() / 2, room * share, px(6)), colour(p.notes))

    def _paint_course(self, painter: QPainter, course: Course) -> None:
        theme, px, p = self._theme, self._theme.px, self._theme.palette
        margin, high = px(MARGIN), row_height(theme)
        room = self.width() - 2 * margin
        y = float(px(HEAD))
        if course.sessions:
            widths = columns(theme, self._rows, room)
            paint_heads(painter, QRectF(margin, y, room, px(HEAD_ROW)), theme, widths)
        else:
            widths = []
            self._say(painter, y + px(HEAD_ROW) / 2, wording.NO_SESSIONS, p.medium)
        first, last = self._window()
        y += px(HEAD_ROW)
        self._list_y = y
        for place in range(first, last):
            line = QRectF(margin, y, room, high)
            paint_row(painter, line, theme, self._rows[place], widths, chosen=place == self._at)
            y += high
        if not course.sessions:
            return
        chosen = self.chosen
        full = cut_short(theme, chosen, widths) if chosen else ""
        y = self._paint_said(painter, y + px(6), full)
        plot = QRectF(margin, y, room, self.height() - px(FOOT) - y)
        paint_plot(painter, plot, theme, Shown(course, chosen.place if chosen else -1, self.band))

    def _paint_said(self, painter: QPainter, y: float, full: str) -> float:
        """The chosen line in full, how it was counted, what the band is made from; returns what is below."""
        p = self._theme.palette
        step = max(self._theme.px(LINE), round(self._theme.text_px(16) * 1.4))
        broken = painting.broken(full, self._theme.text_px(16), self.width() - 2 * self._theme.px(MARGIN))
        for words, ink in (
            *((line, p.text) for line in broken),
            (wording.HOW_COUNTED, p.secondary),
            (self.band.words, p.text if self.band.edges else p.secondary),
        ):
            if words:
                self._say(painter, y + step / 2, words, ink)
                y += step
        return y + self._theme.px(6)
