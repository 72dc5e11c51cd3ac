"""The page of limits, changed by who gives a PIN where the clinic has a list of people."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kapmonitor.alarms.decide import AUTHORISED
from kapmonitor.commands import Command
from ui.people.gate import Gate
from ui.ports import SessionPort

if TYPE_CHECKING:
    from ui.limits import LimitsPage


def open_limits(gate: Gate, port: SessionPort, ask: Callable[[Command], None]) -> None:
    """Open it, or close it if it is open."""
    from ui.limits import LimitsPage

    if not gate.window.close_if_open(LimitsPage):
        _show(gate, port, ask)


def _show(gate: Gate, port: SessionPort, ask: Callable[[Command], None]) -> LimitsPage:
    """In anybody else's hands it is closed."""
    from ui.limits import LimitsPage

    window, keys = gate.window, gate.keys
    page = LimitsPage(port, window.theme, keys.by, by_pin=gate.guards)

    def change() -> None:
        limit, person = page.chosen, keys.person
        opened = _show(gate, port, ask)
        if person is not None:
            opened.open_for(person.role, keys.by)
        if limit is not None:
            opened.choose(limit.rule)

    page.pin_wanted.connect(lambda: gate.through("limits", change, AUTHORISED))
    page.asked.connect(ask)
    page.left.connect(window.close_over_trends)
    keys.changed.connect(page.left)
    window.open_over_trends(page)
    return page
