"""Charting a dose: drug, amount, route, site, by whom; its time is the key press that opened the form.

Nothing is filled in that a person must decide: the drug's name is the only thing offered.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDoubleValidator, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from kapmonitor.commands import GiveDose
from kapmonitor.session.events import DoseGiven, Route
from ui import fonts
from ui.panel import paint_panel
from ui.theme import Theme, colour

ROUTES = (
    (Route.IV, "IV"),
    (Route.IM, "IM"),
    (Route.IN, "nasal"),
    (Route.SL, "under tongue"),
    (Route.PO, "oral"),
)
MOST_MG = 2000.0
"""More than any dose by any route; a slip of the keyboard should not pass."""

HINT = "Enter save     Esc leave without charting"


class DoseForm(QWidget):
    """A form over the trends. `given` carries a GiveDose; `left` is emitted when it is to be closed."""

    given = Signal(object)
    left = Signal()

    def __init__(
        self, theme: Theme, t_ns: int, time_text: str, author: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._t_ns = t_ns
        self.drug = QLineEdit("ketamine")
        self.amount = QLineEdit()
        self.amount.setValidator(QDoubleValidator(0.0, MOST_MG, 2))
        self.site = QLineEdit()
        self.by = QLineEdit(author)
        self.trouble = QLabel("")
        self._routes = QButtonGroup(self)
        self._lay_out(time_text)
        self.setFocusProxy(self.amount)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._style()
        self.update()

    def _lay_out(self, time_text: str) -> None:
        px = self._theme.px
        grid = QGridLayout(self)
        grid.setContentsMargins(px(32), px(28), px(32), px(28))
        grid.setHorizontalSpacing(px(24))
        grid.setVerticalSpacing(px(18))
        self._title = QLabel(f"Dose given at {time_text}")
        grid.addWidget(self._title, 0, 0, 1, 2)
        rows: tuple[tuple[str, QWidget], ...] = (
            ("Drug", self.drug),
            ("Amount, mg", self.amount),
            ("Route", self._route_row()),
            ("Site", self.site),
            ("Given by", self.by),
        )
        for number, (name, field) in enumerate(rows, start=1):
            label = QLabel(name)
            label.setBuddy(field)
            grid.addWidget(label, number, 0)
            grid.addWidget(field, number, 1)
        save = QPushButton("Save")
        save.setDefault(True)
        save.clicked.connect(self._save)
        grid.addWidget(self.trouble, len(rows) + 1, 0, 1, 2)
        foot = QHBoxLayout()
        self._hint = QLabel(HINT)
        foot.addWidget(self._hint, 1)
        foot.addWidget(save)
        grid.addLayout(foot, len(rows) + 3, 0, 1, 2)
        grid.setRowStretch(len(rows) + 2, 1)
        grid.setColumnStretch(1, 1)
        self._style()

    def _route_row(self) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        for number, (_, word) in enumerate(ROUTES):
            button = QPushButton(word)
            button.setCheckable(True)
            button.setAutoDefault(False)
            self._routes.addButton(button, number)
            line.addWidget(button)
        line.addStretch(1)
        return row

    def _style(self) -> None:
        p = self._theme.palette
        self.setFont(fonts.font(self._theme.text_px(20)))
        self._title.setFont(fonts.font(self._theme.text_px(26), fonts.SEMIBOLD))
        self.setStyleSheet(
            f"QLabel {{ color: {p.secondary}; }} QPushButton:checked {{ background: {p.notes};"
            f" color: {p.on_notes}; border-color: {p.notes}; }}"
        )
        self.trouble.setStyleSheet(f"color: {p.notes};")

    def set_route(self, route: Route) -> None:
        """Choose a route."""
        self._routes.button([known for known, _ in ROUTES].index(route)).setChecked(True)

    def _save(self) -> None:
        amount = _number(self.amount.text())
        number = self._routes.checkedId()
        wrong = self._wrong(amount, number)
        self.trouble.setText(wrong)
        if wrong or amount is None:
            return
        route = ROUTES[number][0]
        dose = DoseGiven(
            self.drug.text().strip(), amount, route.value, self.site.text().strip(), self.by.text().strip()
        )
        self.given.emit(GiveDose(self._t_ns, dose))
        self.left.emit()

    def _wrong(self, amount: float | None, route: int) -> str:
        checks: tuple[tuple[bool, str], ...] = (
            (not self.drug.text().strip(), "Which drug?"),
            (
                amount is None or not 0 < amount <= MOST_MG,
                f"The amount is a number of mg up to {MOST_MG:g}.",
            ),
            (route < 0, "Which route?"),
            (not self.by.text().strip(), "Who gave it?"),
        )
        return next((words for is_wrong, words in checks if is_wrong), "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._save()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(self._theme.palette.window))
        paint_panel(painter, self.rect().toRectF(), self._theme)
        painter.end()


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None
