"""Puts trends, notes and, over a record, the parts of a review into a window; for pictures and tests."""

from __future__ import annotations

from fake_session import FakeReplay, FakeSession

from ui.dressing import wire_notes, wire_windows
from ui.main_window import MainWindow
from ui.notes import NotesPanel
from ui.replay import MomentsPanel, ReplayBar, what_lasted
from ui.reviewing import wire_review
from ui.trends import Review, TrendsPane


def add_parts(window: MainWindow, session: FakeSession) -> None:
    """The parts that exist, with their keys."""
    if isinstance(session, FakeReplay):
        _review(window, session)
        return
    trends = TrendsPane(session, window.theme)
    notes = NotesPanel(session, window.theme, author="KL")
    window.set_trends(trends)
    window.set_notes(notes)
    wire_notes(window, notes)
    wire_windows(window, trends)


def _review(window: MainWindow, session: FakeReplay) -> None:
    trends = TrendsPane(session, window.theme, Review(session.whole, session.seek))
    gaps = session.whole().interruptions
    lasted = what_lasted(session.whole(), session.view().span()[1])
    bar = ReplayBar(session, window.theme, trends.follow, interruptions=gaps, stretches=lasted)
    window.set_review(review=True)
    window.set_trends(trends)
    window.set_notes(MomentsPanel(session, session.whole, bar.seek, window.theme))
    window.set_bottom(bar)
    wire_review(window, bar)
    wire_windows(window, trends)
