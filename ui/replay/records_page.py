"""The page that opens another record, over the trends: those of the same person first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from kapmonitor.shelf import Shelved, Standing
from ui import fonts, painting
from ui.job import Job, Tell
from ui.listing import in_view
from ui.panel import paint_panel
from ui.question.locked import record_locked
from ui.question.secret_page import SecretPage
from ui.question.wording import ANOTHER
from ui.replay import wording
from ui.replay.shelved import Row, row
from ui.shortcuts import TAKES_ARROWS
from ui.theme import Theme, colour

POLL_MS: Final = 50
THREAD: Final = "kap-records"
HEAD: Final = 64
FOOT: Final = 76
MARGIN: Final = 24
ROW: Final = 44
TEXT: Final = 18
WHO: Final = 190
"""Design pixels for who it is, where the session stands beside it."""


class RecordsPage(QWidget):
    """Lists what `shelf` finds, in its order; `load` makes ready what is chosen, and `ready` carries it.

    For one that is locked a passphrase is asked for, until `unlock` says that it is the right one.
    `is_open` says of a record whether it is open already; one that is `wanted` is opened at once.
    """

    left = Signal()
    ready = Signal(object)

    def __init__(
        self,
        shelf: Callable[[Tell], tuple[Shelved, ...]],
        unlock: Callable[[Shelved, str], bool],
        load: Callable[[Shelved, Tell], object],
        is_open: Callable[[Shelved], bool],
        theme: Theme,
        wanted: Path | None = None,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._unlock = unlock
        self._load = load
        self._is_open = is_open
        self._wanted = wanted
        self._records: tuple[Shelved, ...] = ()
        self._trouble = ""
        self._at = 0
        self._listing: Job[tuple[Shelved, ...]] | None = Job(shelf, THREAD, wording.STOPPED)
        self._unlocking: Job[bool] | None = None
        self._loading: Job[object] | None = None
        self._tried = False
        self._secret: SecretPage | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty(TAKES_ARROWS, True)
        self.setAccessibleName(wording.RECORDS)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(POLL_MS)

    @property
    def records(self) -> tuple[Shelved, ...]:
        """What is listed."""
        return self._records

    @property
    def trouble(self) -> str:
        """Why something was not listed or opened."""
        return self._trouble

    @property
    def is_busy(self) -> bool:
        """Whether something is being read."""
        return any(job is not None for job in (self._listing, self._unlocking, self._loading))

    @property
    def secret(self) -> SecretPage | None:
        """The page that asks for a passphrase, while it does."""
        return self._secret

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self._secret is not None:
            self._secret.set_theme(theme)
        self.update()

    def say(self, trouble: str) -> None:
        """Why what was ready could not be opened."""
        self._trouble = trouble
        self.update()

    def look(self) -> None:
        """How far it is."""
        listing, unlocking, loading = self._listing, self._unlocking, self._loading
        if listing is not None and listing.is_over:
            self._listing, self._records, self._trouble = None, listing.result or (), listing.trouble
            self._open_wanted()
        if unlocking is not None and unlocking.is_over:
            self._unlocking, self._trouble = None, unlocking.trouble
            if unlocking.result is not None:
                self._unlocked(right=unlocking.result)
        if loading is not None and loading.is_over:
            self._loading, self._trouble = None, loading.trouble
            if loading.result is not None:
                self.ready.emit(loading.result)
        self.update()

    def _open_wanted(self) -> None:
        wanted, self._wanted = self._wanted, None
        paths = [record.path.resolve() for record in self._records]
        if wanted is not None and wanted.resolve() in paths:
            self._at = paths.index(wanted.resolve())
            self._open()

    def hideEvent(self, event: QHideEvent) -> None:
        if not event.spontaneous():
            if self._listing is not None:
                self._listing.stop()
            if self._loading is not None:
                self._loading.stop()
            self._unlocking = None
            self._timer.stop()

    # Keys and the mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Up:
                self._move(-1)
            case Qt.Key.Key_Down:
                self._move(1)
            case Qt.Key.Key_PageUp:
                self._move(-self._fitting())
            case Qt.Key.Key_PageDown:
                self._move(self._fitting())
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if not event.isAutoRepeat():
                self._open()
            case Qt.Key.Key_Escape:
                self._escape()
            case _:
                super().keyPressEvent(event)

    def _move(self, by: int) -> None:
        if self._loading is None and self._unlocking is None:
            self._at = min(max(self._at + by, 0), max(0, len(self._records) - 1))
            self._trouble = ""
            self.update()

    def _open(self) -> None:
        if not self._records or self.is_busy:
            return
        chosen = self._records[self._at]
        self._trouble = ""
        if chosen.standing is Standing.LOCKED and not self._is_open(chosen):
            self._try("")
        else:
            self._begin(chosen)

    def _try(self, passphrase: str) -> None:
        chosen, unlock = self._records[self._at], self._unlock
        self._tried = bool(passphrase)
        self._unlocking = Job(lambda _tell: unlock(chosen, passphrase), THREAD, wording.STOPPED)
        self.update()

    def _begin(self, chosen: Shelved) -> None:
        load = self._load
        self._loading = Job(lambda tell: load(chosen, tell), THREAD, wording.STOPPED)
        self.update()

    def _ask(self, trouble: str = "") -> None:
        name = self._records[self._at].path.name
        page = self._secret = SecretPage(record_locked(name, trouble), self._theme, self)
        page.answered.connect(self._answered)
        page.setGeometry(self.rect())
        page.show()
        page.setFocus()

    def _answered(self, passphrase: str) -> None:
        page, self._secret = self._secret, None
        if page is not None:
            page.hide()
            page.deleteLater()
        self.setFocus()
        self.update()
        if passphrase:
            self._try(passphrase)

    def _unlocked(self, *, right: bool) -> None:
        if right:
            self._begin(self._records[self._at])
        else:
            self._ask(ANOTHER if self._tried else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._secret is not None:
            self._secret.setGeometry(self.rect())

    def _escape(self) -> None:
        if self._loading is not None:
            self._loading.stop()
        else:
            self.left.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        first, last = in_view(len(self._records), self._at, self._fitting())
        line = first + int((event.position().y() - self._theme.px(HEAD)) // self._row())
        if first <= line < last:
            self._move(line - self._at)
            self._open()

    # Painting

    def _row(self) -> int:
        return max(self._theme.px(ROW), round(self._theme.text_px(TEXT) * 1.7))

    def _fitting(self) -> int:
        return max(1, (self.height() - self._theme.px(HEAD + FOOT)) // self._row())

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, px, p = self._theme, self._theme.px, self._theme.palette
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(p.window))
        paint_panel(painter, QRectF(self.rect()), theme)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._say(painter, px(HEAD) / 2, wording.RECORDS, p.secondary, 24)
        first, last = in_view(len(self._records), self._at, self._fitting())
        high = self._row()
        for number in range(first, last):
            box = QRectF(px(12), px(HEAD) + (number - first) * high, self.width() - px(24), high)
            self._paint_row(painter, box, self._records[number], chosen=number == self._at)
        if not self._records:
            words = wording.READING_FOLDER if self._listing is not None else wording.NO_RECORDS
            self._say(painter, self.height() / 2, words, p.secondary, TEXT)
        said, ink = self._status()
        self._say(painter, self.height() - px(FOOT) * 0.66, said, ink, TEXT)
        keys = wording.RUN_KEYS if self._loading is not None else wording.RECORDS_KEYS
        self._say(painter, self.height() - px(FOOT) * 0.26, keys, p.secondary, 17)
        job = self._loading or self._listing
        if job is not None:
            room = self.width() - 2 * px(MARGIN)
            line = QRectF(px(MARGIN), self.height() - px(FOOT), room * job.share, px(4))
            painter.fillRect(line, colour(p.notes))
        painter.end()

    def _status(self) -> tuple[str, str]:
        """What goes on, or what went wrong; else where the chosen record lies."""
        if self._loading is not None or self._unlocking is not None:
            return wording.OPENING.format(name=self._records[self._at].path.name), self._theme.palette.notes
        if self._trouble:
            return self._trouble, self._theme.palette.medium
        return str(self._records[self._at].path) if self._records else "", self._theme.palette.faint

    def _say(self, painter: QPainter, middle: float, words: str, ink: str, size: int) -> None:
        px, margin = self._theme.text_px(size), self._theme.px(MARGIN)
        base, room = painting.middle_baseline(middle, fonts.metrics(px)), self.width() - 2 * margin
        least = self._theme.text_px(13)
        painting.line(painter, margin, base, words, colour(ink), px, room=room, smallest=least)

    def _paint_row(self, painter: QPainter, box: QRectF, record: Shelved, *, chosen: bool) -> None:
        """Date, person, which session; on the right what state it is in."""
        theme, px, p = self._theme, self._theme.px, self._theme.palette
        if chosen:
            painter.setPen(QPen(colour(p.notes), px(2)))
            painter.setBrush(colour(p.field))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), px(6), px(6))
        shown: Row = row(record, is_open=self._is_open(record))
        size = theme.text_px(TEXT)
        base = painting.middle_baseline(box.center().y(), fonts.metrics(size))
        well = record.standing in (Standing.CLOSED, Standing.INTERRUPTED)
        quiet, text = colour(p.secondary), colour(p.text if well else p.secondary)
        right = box.right() - px(12)
        ink = quiet if record.standing is Standing.CLOSED else colour(p.medium)
        right -= painting.line(painter, right, base, shown.state, ink, size, align=painting.RIGHT) + px(14)
        left = box.left() + px(12)
        painting.line(painter, left, base, shown.when, quiet, size)
        left += fonts.width("0000-00-00 00:00", size) + px(20)
        room = float(px(WHO)) if shown.session else max(0.0, right - left)
        painting.line(painter, left, base, shown.who, text, size, fonts.SEMIBOLD, room=room)
        left += px(WHO) + px(10)
        painting.line(painter, left, base, shown.session, quiet, size, room=max(0.0, right - left))
