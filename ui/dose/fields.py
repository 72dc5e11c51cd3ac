"""The lines on which a dose is typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from kapmonitor.session.events import Route
from ui import fonts
from ui.dose import wording
from ui.dose.typed import Typed
from ui.shortcuts import TAKES_ARROWS
from ui.theme import Theme

ROUTES: Final = tuple(wording.ROUTES)
LONGEST: Final = 80
PAIRS: Final = (("amount", "weight"), ("site", "lot"), ("by", "witness"))


class DrugLine(QLineEdit):
    """A line on which the arrow keys go through the names that are offered."""

    def __init__(self) -> None:
        super().__init__()
        self.names: tuple[str, ...] = ()
        self.setProperty(TAKES_ARROWS, True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        if not step or not self.names:
            super().keyPressEvent(event)
            return
        at = self.names.index(self.text()) + step if self.text() in self.names else min(step, 0)
        self.setText(self.names[at % len(self.names)])
        self.textEdited.emit(self.text())


class Fields(QWidget):
    """One dose as it is being typed; `changed` after each key."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.drug = DrugLine()
        self.lines = {name: QLineEdit() for name in wording.FIELDS if name not in ("route", "drug")}
        self.lines["drug"] = self.drug
        self.never = QPushButton(wording.NEVER_GIVEN)
        self.never.setCheckable(True)
        self.never.toggled.connect(lambda _on: self.changed.emit())
        self._routes = QButtonGroup(self)
        self._labels: dict[str, QLabel] = {}
        self._drug_typed = False
        # Before anybody hears of the change: a name that was offered must not come back over it.
        self.drug.textEdited.connect(self._type_drug)
        for name, line in self.lines.items():
            line.setMaxLength(LONGEST)
            line.setAccessibleName(wording.FIELDS[name])
            line.textEdited.connect(lambda _text: self.changed.emit())
        self._lay_out()
        self.set_theme(theme)
        self.correct(correcting=False)

    def _lay_out(self) -> None:
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._put("at", 0, 0)
        self._grid.addWidget(self._label("route"), 1, 0)
        self._grid.addLayout(self._route_row(), 1, 1, 1, 3)
        self._put("drug", 2, 0, wide=True)
        for row, (left, right) in enumerate(PAIRS, start=3):
            self._put(left, row, 0)
            self._put(right, row, 2)
        self._put("why", 6, 0)
        self._grid.addWidget(self.never, 6, 2, 1, 2)
        for column, share in ((1, 3), (3, 2)):
            self._grid.setColumnStretch(column, share)
        lines = self.lines
        names = ("amount", "weight", "site", "lot", "by", "witness", "why")
        order = [self.drug, *(lines[name] for name in names)]
        before: QWidget = lines["at"]
        for after in (*self._routes.buttons(), *order, self.never):
            QWidget.setTabOrder(before, after)
            before = after

    def _label(self, name: str) -> QLabel:
        label = self._labels[name] = QLabel(wording.FIELDS[name])
        return label

    def _put(self, name: str, row: int, column: int, *, wide: bool = False) -> None:
        self._grid.addWidget(self._label(name), row, column)
        self._grid.addWidget(self.lines[name], row, column + 1, 1, 3 if wide else 1)

    def _route_row(self) -> QHBoxLayout:
        line = QHBoxLayout()
        for number, route in enumerate(ROUTES):
            button = QPushButton(wording.ROUTES[route])
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setProperty(TAKES_ARROWS, True)
            self._routes.addButton(button, number)
            line.addWidget(button)
        self._routes.idToggled.connect(lambda _number, on: self.changed.emit() if on else None)
        line.addStretch(1)
        return line

    def set_theme(self, theme: Theme) -> None:
        """Sizes and colours of another theme or window."""
        px, palette = theme.px, theme.palette
        self._grid.setHorizontalSpacing(px(16))
        self._grid.setVerticalSpacing(px(10))
        font = fonts.font(theme.text_px(19))
        for part in self._parts():
            part.setFont(font)
        self.setStyleSheet(
            f"QLabel {{ color: {palette.secondary}; }} QPushButton {{ padding: {px(4)}px {px(12)}px; }}"
            f"QPushButton:checked {{ background: {palette.notes}; color: {palette.on_notes};"
            f" border-color: {palette.notes}; }}"
        )

    def _parts(self) -> Iterator[QWidget]:
        yield from self.lines.values()
        yield from self._labels.values()
        yield from self._routes.buttons()
        yield self.never

    def correct(self, *, correcting: bool) -> None:
        """Whether an earlier dose is corrected, which needs a reason."""
        for part in (self.lines["why"], self._labels["why"], self.never):
            part.setVisible(correcting)

    def _type_drug(self) -> None:
        self._drug_typed = True

    def offer(self, names: tuple[str, ...]) -> None:
        """The names of drugs; a single one stands on the line until somebody types another."""
        self.drug.names = names
        self.drug.setPlaceholderText("   ".join(names))
        if not self._drug_typed:
            self.drug.setText(names[0] if len(names) == 1 else "")

    @property
    def route(self) -> Route | None:
        """The route that is chosen."""
        number = self._routes.checkedId()
        return ROUTES[number] if number >= 0 else None

    def set_route(self, route: Route | None) -> None:
        """Choose a route, or none."""
        self._routes.setExclusive(False)
        for button, each in zip(self._routes.buttons(), ROUTES, strict=True):
            button.setChecked(each is route)
        self._routes.setExclusive(True)

    def typed(self) -> Typed:
        """What stands in the fields."""
        texts = {name: line.text() for name, line in self.lines.items()}
        return Typed(
            texts["at"],
            self.route,
            texts["drug"],
            texts["amount"],
            texts["weight"],
            texts["lot"],
            texts["site"],
            texts["by"],
            texts["witness"],
            texts["why"],
            self.never.isChecked(),
        )

    def show_typed(self, typed: Typed) -> None:
        """Let the fields say this."""
        self.set_route(typed.route)
        for name, text in (
            ("at", typed.at),
            ("drug", typed.drug),
            ("amount", typed.amount),
            ("weight", typed.weight),
            ("lot", typed.lot),
            ("site", typed.site),
            ("by", typed.by),
            ("witness", typed.witness),
            ("why", typed.why),
        ):
            self.lines[name].setText(text)
        self._drug_typed = bool(typed.drug)
        self.never.setChecked(typed.never_given)
