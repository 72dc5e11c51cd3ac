"""Shows the page on which a session is opened, until it was, and later to be read; and the person's card."""

from __future__ import annotations

from collections.abc import Callable

from ui.before import BeforePage
from ui.before.questions import of_session
from ui.before.steps import Way
from ui.card_page import CardPage
from ui.main_window import MainWindow
from ui.ports import SessionPort
from ui.shortcuts import Action


def is_due(port: SessionPort) -> bool:
    """Whether nobody said go yet, and no dose was given without."""
    session = port.snapshot().session
    return session.care.opened_t_ns is None and not session.doses


def show_opening(window: MainWindow, port: SessionPort, author: Callable[[], str]) -> None:
    """Put the page up, or away if it is up and the session was opened."""
    shown = window.over_body.widget
    if isinstance(shown, BeforePage):
        if shown.is_opened:
            window.over_body.take_away()
        return
    page = BeforePage(port, window.theme, author(), of_session(port.snapshot().session))
    page.opened.connect(window.over_body.take_away)
    page.left.connect(window.over_body.take_away)
    page.ended.connect(window.window().close)
    page.led.connect(lambda way: window.keys.act(_PAGES[way]))
    window.over_body.put(page)
    page.begin()


def show_card(window: MainWindow, port: SessionPort) -> None:
    """Put the person's card over the trends, or away."""
    if window.close_if_open(CardPage):
        return
    page = CardPage(port, window.theme)
    page.left.connect(window.close_over_trends)
    window.open_over_trends(page)


_PAGES = {Way.DEVICES: Action.DEVICES, Way.SOUND_CHECK: Action.SOUND_CHECK}
