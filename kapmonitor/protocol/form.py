"""The form after the session: sections and fields, some of them filled from the record's own readings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Final

from kapmonitor.protocol.due import LONGEST_MIN
from kapmonitor.session.events import Route
from kapmonitor.tables import BIGGEST, Table, each_once

DEFAULT_WITHIN_MIN: Final = 10.0


class FieldKind(StrEnum):
    """How a field is answered; pressure, minutes, dose and lot come from the record, with source and time."""

    YES_NO = "yes-no"
    NUMBER = "number"
    TEXT = "text"
    PRESSURE = "pressure"
    MINUTES = "minutes"
    DOSE = "dose"
    LOT = "lot"


class Taken(StrEnum):
    """Which blood pressure."""

    BEFORE_DOSE = "before-dose"
    AT_MINUTES = "at-minutes"
    BEFORE_LEAVING = "before-leaving"


class Moment(StrEnum):
    """What minutes are counted between. `ready`: everything for leaving is met but the least observation."""

    FIRST_DOSE = "first-dose"
    LAST_DOSE = "last-dose"
    READY = "ready"
    MONITORING_ENDED = "monitoring-ended"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class FormField:
    """One field; what its kind does not use is empty.

    `detail` asks what it was when the answer is yes. A pressure is the reading nearest to `at_min` after the
    first dose and no further than `within_min` from it, or the last one before the moment.
    """

    id: str
    text: str
    kind: FieldKind
    required: bool = True
    detail: bool = False
    unit: str = ""
    low: float | None = None
    high: float | None = None
    taken: Taken | None = None
    at_min: float = 0.0
    within_min: float = 0.0
    begins: Moment | None = None
    ends: Moment | None = None


@dataclass(frozen=True, slots=True)
class FormSection:
    """Fields under one heading."""

    id: str
    title: str
    fields: tuple[FormField, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A form, to be finished within so many days; no `routes` means that it belongs to all of them."""

    name: str
    due_days: int | None
    routes: tuple[Route, ...]
    sections: tuple[FormSection, ...]

    def belongs_to(self, route: Route) -> bool:
        """Whether a session with a dose by this route has the form."""
        return not self.routes or route in self.routes


def form(table: Table) -> Form:
    """The form of a [form] table."""
    table.only("name", "due_days", "routes", "section")
    tables = table.tables("section")
    if not tables and "section" not in table.values:
        table.missing("section", "at least one [[form.section]]")
    each_once(tables, "id")
    fields = [section.tables("field") for section in tables]
    each_once(chain.from_iterable(fields), "id")
    return Form(
        name=table.needed_text("name"),
        due_days=table.whole("due_days", 1, 365),
        routes=tuple(Route(word) for word in table.words("routes", Route)),
        sections=tuple(map(_section, tables, fields)),
    )


def _section(table: Table, fields: tuple[Table, ...]) -> FormSection:
    table.only("id", "title", "field")
    if not fields and "field" not in table.values:
        table.missing("field", "at least one [[form.section.field]]")
    return FormSection(table.id(), table.needed_text("title"), tuple(_field(field) for field in fields))


_OWN: Final = {
    FieldKind.YES_NO: ("detail",),
    FieldKind.NUMBER: ("unit", "low", "high"),
    FieldKind.TEXT: (),
    FieldKind.PRESSURE: ("taken", "at_min", "within_min"),
    FieldKind.MINUTES: ("begins", "ends"),
    FieldKind.DOSE: (),
    FieldKind.LOT: (),
}
"""The keys of each kind, beside those that all have."""


def _field(table: Table) -> FormField:
    so_far = len(table.mistakes)
    kind = FieldKind(table.choice("kind", FieldKind))
    own = _OWN[kind] if len(table.mistakes) == so_far else tuple(chain.from_iterable(_OWN.values()))
    table.only("id", "text", "kind", "required", *own)
    low, high = table.number("low", -BIGGEST, BIGGEST), table.number("high", -BIGGEST, BIGGEST)
    if low is not None and high is not None and low > high:
        table.wrong("low", f"high, {high:g}, or less")
    taken, at_min, within_min = _pressure(table) if kind is FieldKind.PRESSURE else (None, 0.0, 0.0)
    counts = kind is FieldKind.MINUTES
    return FormField(
        id=table.id(),
        text=table.needed_text("text"),
        kind=kind,
        required=table.flag("required", default=True),
        detail=table.flag("detail", default=False),
        unit=table.text("unit"),
        low=low,
        high=high,
        taken=taken,
        at_min=at_min,
        within_min=within_min,
        begins=Moment(table.choice("begins", Moment)) if counts else None,
        ends=Moment(table.choice("ends", Moment)) if counts else None,
    )


def _pressure(table: Table) -> tuple[Taken, float, float]:
    taken = Taken(table.choice("taken", Taken))
    if taken is not Taken.AT_MINUTES:
        for key in ("at_min", "within_min"):
            if key in table.values:
                table.wrong(key, 'only with taken = "at-minutes"')
        return taken, 0.0, 0.0
    within = table.number("within_min", 0.0, LONGEST_MIN)
    at_min = table.needed_number("at_min", 0.0, LONGEST_MIN)
    return taken, at_min, DEFAULT_WITHIN_MIN if within is None else within
