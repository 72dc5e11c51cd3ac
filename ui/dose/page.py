"""The page of doses: one is charted, earlier ones are listed and corrected; keyboard only.

Its time is the key press that opened it. Nothing is filled in that a person must decide, and nothing typed is
changed: an amount that the protocol does not have is asked about once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from kapmonitor.commands import AmendDose, GiveDose
from kapmonitor.protocol.recorded import recorded
from kapmonitor.session.state import Dose
from ui import fonts
from ui import format as fmt
from ui.dose import listed, typed, wording
from ui.dose.drawing import paint_list
from ui.dose.fields import Fields
from ui.dose.typed import Entry, Trouble, Typed
from ui.notes.desk import new_id
from ui.notes.moment import Clock
from ui.panel import paint_panel
from ui.ports import SessionPort
from ui.theme import Theme, colour

REFRESH_MS: Final = 1000
BEFORE_NS: Final = 2 * 3600 * 1_000_000_000
"""A dose may have been given before the record was begun, but not on another day."""
ENTERS: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
LIST: Final = 150


class DosePage(QWidget):
    """Over the trends. `asked` carries a GiveDose or an AmendDose; `left` when it is to be closed."""

    asked = Signal(object)
    left = Signal()

    def __init__(
        self,
        port: SessionPort,
        theme: Theme,
        t_ns: int,
        author: str,
        ids: Callable[[], str] = new_id,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._port, self._theme, self._t_ns, self._author, self._ids = port, theme, t_ns, author, ids
        self._correcting: Dose | None = None
        self._doubted: Typed | None = None
        self.fields = Fields(theme)
        self.title, self.computed, self.trouble, self.hint = QLabel(), QLabel(), QLabel(), QLabel()
        self.save = QPushButton(wording.SAVE)
        self.save.setDefault(True)
        self.save.clicked.connect(self._save)
        self._lay_out()
        self.set_theme(theme)
        self.fields.changed.connect(self._changed)
        self._begin(None)
        self.setFocusProxy(self.fields.lines["amount"])
        timer = QTimer(self)
        timer.timeout.connect(self.update)
        timer.start(REFRESH_MS)
        self._timer = timer

    def _lay_out(self) -> None:
        self._column = QVBoxLayout(self)
        self.trouble.setWordWrap(True)
        foot = QHBoxLayout()
        foot.addWidget(self.hint, 1)
        foot.addWidget(self.save)
        for part in (self.title, self.fields, self.computed, self.trouble):
            self._column.addWidget(part)
        self._column.addLayout(foot)
        self._room = QWidget()
        self._column.addWidget(self._room, 1)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        px, palette = theme.px, theme.palette
        self._column.setContentsMargins(px(24), px(18), px(24), px(14))
        self._column.setSpacing(px(10))
        self.fields.set_theme(theme)
        self._room.setMinimumHeight(px(LIST))
        for label, size, ink, weight in (
            (self.title, 24, palette.text, fonts.SEMIBOLD),
            (self.computed, 19, palette.text, fonts.MEDIUM),
            (self.trouble, 19, palette.notes, fonts.SEMIBOLD),
            (self.hint, 17, palette.secondary, fonts.MEDIUM),
        ):
            label.setFont(fonts.font(theme.text_px(size), weight))
            label.setStyleSheet(f"color: {ink};")
        self.save.setFont(fonts.font(theme.text_px(19)))
        self.update()

    @property
    def correcting(self) -> Dose | None:
        """The earlier dose that is corrected; None while a new one is charted."""
        return self._correcting

    def rows(self) -> tuple[listed.DoseRow, ...]:
        """The doses as they are listed."""
        return listed.rows(self._port.snapshot(), self._port.now_ns())

    # What is being typed

    def _begin(self, dose: Dose | None) -> None:
        """Chart a new dose, or correct this one."""
        session = self._port.snapshot().session
        self._correcting, self._doubted = dose, None
        self.trouble.setText("")
        self.fields.correct(correcting=dose is not None)
        if dose is None:
            known = typed.weight(session.care.on_card("weight"))
            self.fields.show_typed(
                Typed(by=self._author, weight=wording.plain(known) if known is not None else "")
            )
        else:
            self.fields.show_typed(typed.of_dose(dose, withdrawn=dose in session.doses_withdrawn))
        self._say()

    def _say(self) -> None:
        """Title, hints, names of drugs and what the amount comes to."""
        dose, lines = self._correcting, self.fields.lines
        found = typed.moment(lines["at"].text(), self._clock(), self._usual_ns())
        shown = self._wall(self._usual_ns() if found is None else found)
        if dose is None:
            self.title.setText(wording.TITLE.format(time=shown))
        else:
            charted = self._wall(dose.changes[0].was.t_ns if dose.changes else dose.t_ns)
            self.title.setText(wording.CORRECTING.format(nth=self._nth(dose), time=charted))
        lines["at"].setPlaceholderText(
            wording.AT_HINT if dose is None else wording.AT_STAYS.format(time=shown)
        )
        lines["site"].setPlaceholderText(wording.SITE_HINT)
        lines["weight"].setPlaceholderText(wording.WEIGHT_HINT)
        lines["why"].setPlaceholderText(wording.WHY_HINT)
        protocol = recorded(self._port.snapshot().session)
        self.fields.offer(typed.offered(protocol, self.fields.route))
        self.computed.setText(self._computed())
        more = wording.KEYS_MORE if self.rows() else wording.KEYS
        self.hint.setText(more if dose is None else wording.KEYS_CORRECTING)

    def _computed(self) -> str:
        now = self.fields.typed()
        kg = typed.weight(now.weight)
        drug = typed.drug_of(recorded(self._port.snapshot().session), now.route, now.drug)
        usual = wording.usual_range(drug, kg) if drug is not None else ""
        parts = (wording.computed(typed.number(now.amount), kg), f"protocol: {usual}" if usual else "")
        return "     ".join(part for part in parts if part) or " "

    def _nth(self, dose: Dose) -> str:
        return fmt.nth([row.dose.id for row in self.rows()].index(dose.id) + 1)

    def _usual_ns(self) -> int:
        return self._t_ns if self._correcting is None else self._correcting.t_ns

    def _clock(self) -> Clock:
        snapshot = self._port.snapshot()
        session = snapshot.session
        now_ns = self._t_ns if self._correcting is None else self._port.now_ns()
        offset_ns = snapshot.utc_offset_min * fmt.MINUTE_NS
        wall_minus_t_ns = snapshot.utc_ns - snapshot.t_ns + offset_ns
        return Clock(session.started_t_ns - BEFORE_NS, now_ns, session.dose_t_ns, wall_minus_t_ns)

    def _wall(self, t_ns: int) -> str:
        return listed.clock(self._port.snapshot(), t_ns, seconds=True)

    def _changed(self) -> None:
        """What was asked about is no longer what stands there."""
        if self._doubted is not None and self._doubted != self.fields.typed():
            self._doubted = None
            self.trouble.setText("")
        self._say()

    # Charting

    def _save(self) -> None:
        now = self.fields.typed()
        found = typed.entry(now, self._clock(), self._usual_ns())
        trouble = found if isinstance(found, Trouble) else self._trouble(now, found)
        if isinstance(found, Trouble) or trouble is not None:
            self.trouble.setText(trouble.words if trouble is not None else "")
            return
        if self._correcting is None:
            self.asked.emit(GiveDose(found.t_ns, typed.given(now, found, self._ids())))
        else:
            self.asked.emit(AmendDose(typed.amended(now, found, self._correcting, self._author)))
        self.left.emit()

    def _trouble(self, now: Typed, found: Entry) -> Trouble | None:
        """What is missing in a correction; what is unusual, unless it was asked about just now."""
        if self._correcting is not None:
            missing = typed.unexplained(now, self._author)
            if missing is not None:
                return missing
        protocol = recorded(self._port.snapshot().session)
        doubt = None if now.never_given else typed.doubt(found, protocol)
        if doubt is None or self._doubted == now:
            return None
        self._doubted = now
        return doubt

    def _next_dose(self) -> None:
        """The dose before, and after the first one a new dose again."""
        doses = [row.dose for row in self.rows()]
        if not doses:
            return
        known = [dose.id for dose in doses]
        at = known.index(self._correcting.id) if self._correcting is not None else len(doses)
        self._begin(doses[at - 1] if at > 0 else None)
        self.fields.lines["amount"].setFocus()
        self.fields.lines["amount"].selectAll()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in ENTERS and not event.isAutoRepeat():
            self._save()
        elif event.key() == Qt.Key.Key_F2:
            self._next_dose()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        if not event.spontaneous():
            self._timer.stop()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), colour(self._theme.palette.window))
        paint_panel(painter, self.rect().toRectF(), self._theme)
        chosen = "" if self._correcting is None else self._correcting.id
        paint_list(painter, QRectF(self._room.geometry()), self._theme, self.rows(), chosen)
        painter.end()
