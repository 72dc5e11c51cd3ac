"""The keys of doses and of cuffs that were missed: they open their pages over the trends."""

from __future__ import annotations

from collections.abc import Callable

from kapmonitor.commands import Command
from ui.keytable import Action
from ui.people.gate import Gate
from ui.ports import SessionPort


def wire_doses(gate: Gate, port: SessionPort, ask: Callable[[Command], None]) -> None:
    """Doses want a PIN where the clinic has them; each page is in the name of whoever is at the keys."""
    window = gate.window

    def show_doses(t_ns: int) -> None:
        from ui.dose import DosePage

        page = DosePage(port, window.theme, t_ns, gate.keys.by)
        page.asked.connect(ask)
        page.left.connect(window.close_over_trends)
        window.open_over_trends(page)

    def explain() -> None:
        from ui.missed.page import MissedPage

        if window.close_if_open(MissedPage):
            return
        page = MissedPage(port, window.theme, gate.keys.by)
        page.asked.connect(ask)
        page.left.connect(window.close_over_trends)
        window.open_over_trends(page)

    window.on(Action.DOSE, lambda press: gate.through("dose", lambda: show_doses(press.t_ns)))
    window.on(Action.CUFF_WHY, lambda _press: explain())
