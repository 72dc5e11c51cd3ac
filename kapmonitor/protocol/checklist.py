"""Checklists: before the first dose, and before the person leaves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kapmonitor.protocol.auto import Auto, parse_auto
from kapmonitor.protocol.scales import Scale
from kapmonitor.tables import Table, each_once


class CheckKind(StrEnum):
    """How a line is answered."""

    YES_NO = "yes-no"
    VALUE = "value"
    AUTO = "auto"


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One line. `unit` is for a value, `auto` for what the console finds out by itself."""

    id: str
    text: str
    kind: CheckKind
    required: bool = True
    unit: str = ""
    auto: Auto | None = None


def checklist(tables: Sequence[Table], scales: Sequence[Scale]) -> tuple[CheckItem, ...]:
    """The lines of a checklist's tables."""
    each_once(tables, "id")
    return tuple(_item(table, scales) for table in tables)


def refuse_leaving_early(tables: Iterable[Table], items: Iterable[CheckItem], at_least_min: float) -> None:
    """What lets a person leave must not ask for less time than the least observation."""
    for table, item in zip(tables, items, strict=True):
        auto = item.auto
        if auto is None or not auto.fact.startswith("minutes-since"):
            continue
        if auto.compare != ">=" or auto.number < at_least_min:
            allowed = f">= and observe_at_least_min, {at_least_min:g}, or more"
            table.wrong("auto", allowed)


def _item(table: Table, scales: Sequence[Scale]) -> CheckItem:
    table.only("id", "text", "kind", "required", "unit", "auto")
    kind = CheckKind(table.choice("kind", CheckKind, CheckKind.YES_NO.value))
    if "unit" in table.values and kind is not CheckKind.VALUE:
        table.wrong("unit", 'only with kind = "value"')
    return CheckItem(
        id=table.id(),
        text=table.needed_text("text"),
        kind=kind,
        required=table.flag("required", default=True),
        unit=table.text("unit"),
        auto=_auto(table, kind, scales),
    )


def _auto(table: Table, kind: CheckKind, scales: Sequence[Scale]) -> Auto | None:
    if kind is not CheckKind.AUTO:
        if "auto" in table.values:
            table.wrong("auto", 'only with kind = "auto"')
        return None
    text = table.needed_text("auto")
    auto = parse_auto(text) if text.strip() else None
    if isinstance(auto, str):
        table.wrong("auto", auto)
        return None
    if auto is not None and auto.scale:
        _check_scale(table, auto, scales)
    return auto


def _check_scale(table: Table, auto: Auto, scales: Sequence[Scale]) -> None:
    scale = next((scale for scale in scales if scale.id == auto.scale), None)
    if scale is None:
        known = ", ".join(scale.id for scale in scales) or "none is defined"
        table.wrong("auto", f"the id of a [[scale]] after scale: ({known})")
    elif not scale.low <= auto.number <= scale.high:
        table.wrong("auto", f"a score of {scale.name}, {scale.low} to {scale.high}")
