"""The list of a record's moments, in place of the notes: searched and filtered, a click goes there."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from operator import is_
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from kapmonitor.session.state import SessionState
from ui import fonts, painting
from ui import format as fmt
from ui.entry import Entry
from ui.panel import paint_panel
from ui.ports import ReplayPort
from ui.replay import wording
from ui.replay.listed import Line, lines
from ui.replay.moment_row import TIME, paint_moment, paint_present, row_height
from ui.replay.sought import Hit, Wanted, sift
from ui.replay.travel import next_moment, previous_moment
from ui.shown import WhileShown
from ui.theme import Theme, colour

if TYPE_CHECKING:
    from kapmonitor.beyond import Beyond
    from kapmonitor.record.left import Lost
    from kapmonitor.record.signatures import Signature

REFRESH_MS: Final = 250
HEAD: Final = 52
CHOSEN: Final = 30
MARGIN: Final = 18
HIT: Final = "hit"


class MomentsPanel(QWidget):
    """Everything of note in a whole record, or what is wanted of it.

    `state` gives all of its session, `seek` moves the playhead, `beyond` are readings outside their limits,
    `lost` is what of it cannot be read.
    """

    marked = Signal(object)
    """The times of what was found, each once; empty while nothing is looked for."""
    said = Signal(str)

    def __init__(
        self,
        port: ReplayPort,
        state: Callable[[], SessionState],
        seek: Callable[[int], object],
        theme: Theme,
        parent: QWidget | None = None,
        signatures: Sequence[Signature] = (),
        beyond: Callable[[], tuple[Beyond, ...]] = tuple,
        lost: Sequence[Lost] = (),
    ) -> None:
        super().__init__(parent)
        self._looks = WhileShown(REFRESH_MS, self.refresh, self)
        self._port = port
        self._state = state
        self._seek = seek
        self._signatures = tuple(signatures)
        self._beyond = beyond
        self._lost = tuple(lost)
        self._theme = theme
        self._told: tuple[object, ...] = (None, None, None, None)
        self._all: tuple[Line, ...] = ()
        self._hits: tuple[Hit, ...] = ()
        self._wanted = Wanted()
        self._dose_t_ns: int | None = None
        self._at = -1
        self._top: int | None = None
        self.field = Entry(self)
        self.field.hide()
        self.field.setAccessibleName(wording.SEARCHING)
        self.field.setPlaceholderText(wording.SEARCH_FIELD)
        self.field.textChanged.connect(self._typed)
        self.field.entered.connect(self.to_next)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The moments that are listed."""
        return tuple(hit.line for hit in self._hits)

    @property
    def all_lines(self) -> tuple[Line, ...]:
        """Those that are not listed, too."""
        return self._all

    @property
    def hits(self) -> tuple[Hit, ...]:
        """What is listed, with where the words were found."""
        return self._hits

    @property
    def wanted(self) -> Wanted:
        """What is looked for."""
        return self._wanted

    @property
    def at(self) -> int:
        """Which line the playhead has reached last; -1 before the first."""
        return self._at

    def showEvent(self, event: QShowEvent) -> None:
        self._looks.begin()

    def hideEvent(self, event: QHideEvent) -> None:
        self._looks.end()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._arrange()
        self.update()

    def refresh(self) -> None:
        """Look at the record and the playhead."""
        state = self._state()
        told = (state, self._signatures, self._beyond(), self._lost)
        # What a review tells is the same object until something is added to the record.
        if not all(map(is_, told, self._told)):
            self._told = told
            self._list(lines(*told), state.dose_t_ns)
        at = bisect_right([hit.line.t_ns for hit in self._hits], self._port.now_ns()) - 1
        if at != self._at:
            self._at, self._top = at, None
            self.update()

    def _list(self, listed: tuple[Line, ...], dose_t_ns: int | None) -> None:
        if listed != self._all:
            self._all, self._dose_t_ns = listed, dose_t_ns
            self._sift()

    def show_signatures(self, signatures: Sequence[Signature]) -> None:
        """List these from now on: one was added."""
        self._signatures = tuple(signatures)
        self.refresh()

    # Looking for something

    def search(self) -> None:
        """Put the keys on the line for words; what is on it is chosen, so that typing replaces it."""
        self.field.show()
        self.field.selectAll()
        self.field.setFocus()
        self._arrange()
        self.update()

    def want(self, wanted: Wanted) -> None:
        """Look for this from now on."""
        self._wanted = wanted
        if self.field.text() != wanted.words:
            self.field.setText(wanted.words)
        self._sift()
        self.refresh()

    def to_next(self, *, back: bool = False) -> None:
        """To the next moment of those that were found, or the one before, round the ends; says which."""
        if not self._wanted.narrows or not self._hits:
            self.said.emit(wording.NO_HIT if self._wanted.narrows else wording.NO_SEARCH)
            return
        now_ns, hits = self._port.now_ns(), [(hit.line.t_ns, HIT) for hit in self._hits]
        if back:
            t_ns = previous_moment(hits, HIT, now_ns, playing=self._port.playing())
            lead, other_ns = wording.FROM_END, hits[-1][0]
        else:
            t_ns = next_moment(hits, HIT, now_ns)
            lead, other_ns = wording.FROM_START, hits[0][0]
        to_ns = other_ns if t_ns is None else t_ns
        self._seek(to_ns)
        place = hits.index((to_ns, HIT))
        hit = self._hits[place]
        text = wording.WAS.format(text=hit.earlier) if hit.earlier else hit.line.text
        said = wording.HIT.format(at=place + 1, count=len(hits), text=text)
        self.said.emit(f"{lead}{said}" if t_ns is None else said)
        self.refresh()

    def _typed(self, text: str) -> None:
        if text != self._wanted.words:
            self.want(Wanted(text, self._wanted.chosen))

    def _sift(self) -> None:
        self._hits = sift(self._all, self._wanted)
        self._at, self._top = -2, None
        times = dict.fromkeys(hit.line.t_ns for hit in self._hits) if self._wanted.narrows else ()
        self.marked.emit(tuple(times))
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What the line for words does not take itself."""
        match event.key():
            case Qt.Key.Key_Escape:
                self._leave_line()
            case Qt.Key.Key_Down:
                self.to_next()
            case Qt.Key.Key_Up:
                self.to_next(back=True)
            case _:
                super().keyPressEvent(event)

    def _leave_line(self) -> None:
        """What was found stays."""
        self.field.hide()
        parent = self.parentWidget()
        if parent is not None:
            parent.setFocus()
        self.update()

    # Where everything is

    @property
    def top(self) -> int:
        """The first line in view: the present one stays in the upper half unless the wheel moved the list."""
        most = max(0, len(self._hits) - self._fitting())
        wanted = self._top if self._top is not None else self._at - self._fitting() // 2
        return min(max(0, wanted), most)

    def _row_height(self) -> int:
        return row_height(self._theme)

    def _head(self) -> int:
        return self._theme.px(HEAD + CHOSEN if self._wanted.chosen else HEAD)

    def _fitting(self) -> int:
        return max(1, (self.height() - self._head() - self._theme.px(10)) // self._row_height())

    def _arrange(self) -> None:
        px, size = self._theme.px, self._theme.text_px(TIME)
        self.field.setFont(fonts.font(size))
        high = max(px(36), round(size * 1.8))
        count = round(fonts.width("000 of 000", size)) + px(12)
        self.field.setGeometry(px(10), (px(HEAD) - high) // 2, self.width() - px(20) - count, high)

    def resizeEvent(self, event: QEvent) -> None:
        self._arrange()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = int((event.position().y() - self._head()) // self._row_height())
        if 0 <= row < self._fitting() and self.top + row < len(self._hits):
            self._seek(self._hits[self.top + row].line.t_ns)
            self.refresh()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._top = self.top - (1 if event.angleDelta().y() > 0 else -1)
        self.update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        paint_panel(painter, QRectF(self.rect()), theme)
        self._paint_head(painter)
        if not self._hits:
            painter.setFont(fonts.font(theme.text_px(TIME)))
            painter.setPen(colour(theme.palette.faint))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._nothing())
        margin, px = theme.px(MARGIN), theme.text_px(TIME)
        shown = self._hits[self.top : self.top + self._fitting()]
        times = [self._time_text(hit.line.t_ns) for hit in shown]
        indent = max((fonts.width(text, px) for text in times), default=0.0) + theme.px(16)
        high, head = self._row_height(), self._head()
        for row, hit in enumerate(shown):
            box = QRectF(margin, head + row * high, self.width() - 2 * margin, high)
            if self.top + row == self._at:
                paint_present(painter, theme, box)
            paint_moment(painter, theme, box, hit, self._time_text, indent)
        painter.end()

    def _nothing(self) -> str:
        if not self._all:
            return wording.NO_MOMENTS
        return wording.NOTHING_FOUND if self._wanted.words.split() else wording.NOTHING_CHOSEN

    def _paint_head(self, painter: QPainter) -> None:
        """What the list is of: all moments, or those with the words, or of the kinds that were chosen."""
        theme, palette, px = self._theme, self._theme.palette, self._theme.text_px(TIME)
        margin, ink = theme.px(MARGIN), colour(palette.secondary)
        title_px, words = theme.text_px(22), self._wanted.words.strip()
        base = painting.middle_baseline(theme.px(27), fonts.metrics(title_px))
        place = wording.FOUND if self._wanted.narrows else "{at} / {count}"
        count = place.format(at=max(0, self._at + 1), count=len(self._hits)) if self._all else ""
        right = float(self.width() - margin)
        right -= painting.line(painter, right, base, count, ink, px, align=painting.RIGHT) + theme.px(12)
        if self.field.isHidden():
            title = wording.WORDS.format(words=words) if words else wording.MOMENTS
            lit = colour(palette.notes) if words else ink
            room = right - margin
            left = (
                margin
                + theme.px(16)
                + painting.line(painter, margin, base, title, lit, title_px, fonts.SEMIBOLD, room=room)
            )
            hint = wording.ALL_AGAIN if words else wording.SEARCH_HINT
            if right - left > fonts.width(hint, theme.text_px(15)):
                faint = colour(palette.faint)
                painting.line(painter, right, base, hint, faint, theme.text_px(15), align=painting.RIGHT)
        if self._wanted.chosen:
            said = sorted(wording.VALUES.get(value, value) for _, value in self._wanted.chosen)
            only = wording.ONLY.format(what=" · ".join(said))
            base = painting.middle_baseline(theme.px(HEAD + CHOSEN / 2 - 4), fonts.metrics(px))
            room = self.width() - 2 * margin
            painting.line(painter, margin, base, only, colour(palette.notes), px, room=room)

    def _time_text(self, t_ns: int) -> str:
        if self._dose_t_ns is not None:
            return fmt.offset(t_ns, self._dose_t_ns)
        snapshot = self._port.snapshot()
        return fmt.wall(snapshot.utc_ns + t_ns - snapshot.t_ns, snapshot.utc_offset_min)
