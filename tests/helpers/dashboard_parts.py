"""Puts trends, notes and, over a record, the parts of a review into a window; for pictures and tests."""

from __future__ import annotations

from fake_session import NOW_NS, FakeReplay, FakeSession, folded

from kapmonitor.session.state import SessionState
from ui.dressing import wire_notes, wire_review, wire_windows
from ui.main_window import MainWindow
from ui.notes import NotesPanel
from ui.replay import MomentsPanel, ReplayBar
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


def _whole_state() -> SessionState:
    return folded(NOW_NS)


def _review(window: MainWindow, session: FakeReplay) -> None:
    trends = TrendsPane(session, window.theme, Review(_whole_state, session.seek))
    bar = ReplayBar(session, window.theme, trends.refresh)
    window.set_review(review=True)
    window.set_trends(trends)
    window.set_notes(MomentsPanel(session, _whole_state, bar.seek, window.theme))
    window.set_bottom(bar)
    wire_review(window, bar)
    wire_windows(window, trends)
