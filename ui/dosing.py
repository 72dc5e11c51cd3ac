"""The keys of doses and of cuffs that were missed: they open their pages over the trends."""

from __future__ import annotations

from collections.abc import Callable

from kapmonitor.commands import Command
from ui.main_window import MainWindow
from ui.ports import SessionPort
from ui.shortcuts import Action, Press


def wire_doses(
    window: MainWindow, port: SessionPort, author: Callable[[], str], ask: Callable[[Command], None]
) -> None:
    """`author` tells who is at the keys."""

    def show(press: Press) -> None:
        from ui.dose import DosePage

        page = DosePage(port, window.theme, press.t_ns, author())
        page.asked.connect(ask)
        page.left.connect(window.close_over_trends)
        window.open_over_trends(page)

    def explain(_press: Press) -> None:
        from ui.missed.page import MissedPage

        if window.close_if_open(MissedPage):
            return
        page = MissedPage(port, window.theme, author())
        page.asked.connect(ask)
        page.left.connect(window.close_over_trends)
        window.open_over_trends(page)

    window.on(Action.DOSE, show)
    window.on(Action.CUFF_WHY, explain)
