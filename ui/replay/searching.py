"""The keys that search and filter the moments of a review."""

from __future__ import annotations

from ui.keytable import Action
from ui.main_window import MainWindow
from ui.replay.bar import ReplayBar
from ui.replay.filtering import FilterPage
from ui.replay.moments import MomentsPanel
from ui.replay.sought import Wanted


def wire_search(window: MainWindow, bar: ReplayBar, moments: MomentsPanel) -> None:
    """What is found is marked on the bar, which says what was reached."""
    moments.marked.connect(bar.scrub.show_marked)
    moments.said.connect(bar.say)
    window.on(Action.REPLAY_SEARCH, lambda _press: moments.search())
    window.on(Action.REPLAY_FILTER, lambda _press: _open_filter(window, moments))
    window.on(Action.REPLAY_HIT, lambda _press: moments.to_next())
    window.on(Action.REPLAY_HIT_BACK, lambda _press: moments.to_next(back=True))
    window.on(Action.REPLAY_EVERYTHING, lambda _press: moments.want(Wanted()))


def _open_filter(window: MainWindow, moments: MomentsPanel) -> None:
    if window.close_if_open(FilterPage):
        return
    page = FilterPage(moments.all_lines, moments.wanted, moments.want, window.theme)
    page.left.connect(window.close_over_trends)
    window.open_over_trends(page)
