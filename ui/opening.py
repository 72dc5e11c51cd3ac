"""Shows the page on which a session is opened, until it was, and later to be read; and the person's card."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ui.before import BeforePage
from ui.before.questions import of_session
from ui.before.steps import Way
from ui.card_page import CardPage
from ui.keytable import Action
from ui.main_window import MainWindow
from ui.ports import SessionPort

BEFORE: Final = frozenset(Action) - {
    Action.MARK,
    Action.TAG,
    Action.TAG_SPAN,
    Action.NOTE,
    Action.UNDO,
    Action.EARLIER_NOTES,
    Action.NUDGE,
    Action.AFTER,
}
"""Keys that act while the page covers the notes: nothing is written that nobody sees."""


def is_due(port: SessionPort) -> bool:
    """Whether nobody said go yet, and no dose was given without."""
    session = port.snapshot().session
    return session.care.opened_t_ns is None and not session.doses


Confirm = Callable[[Callable[[], None]], None]


def show_opening(
    window: MainWindow, port: SessionPort, author: Callable[[], str], confirm: Confirm | None = None
) -> None:
    """Put the page up, or away if it is up and the session was opened."""
    shown = window.over_body.widget
    if isinstance(shown, BeforePage):
        if shown.is_opened:
            _put_away(window)
        return
    page = BeforePage(port, window.theme, author, of_session(port.snapshot().session), confirm)
    page.opened.connect(lambda: _put_away(window))
    page.left.connect(lambda: _put_away(window))
    page.ended.connect(window.window().close)
    page.led.connect(lambda way: window.keys.act(_PAGES[way]))
    page.refused.connect(window.say)
    window.keys.set_only(BEFORE if not page.is_opened else None)
    window.over_body.put(page)
    page.begin()


def _put_away(window: MainWindow) -> None:
    window.keys.set_only(None)
    window.over_body.take_away()


def show_card(window: MainWindow, port: SessionPort) -> None:
    """Put the person's card over the trends, or away."""
    if window.close_if_open(CardPage):
        return
    page = CardPage(port, window.theme)
    page.left.connect(window.close_over_trends)
    window.open_over_trends(page)


_PAGES = {Way.DEVICES: Action.DEVICES, Way.SOUND_CHECK: Action.SOUND_CHECK}
