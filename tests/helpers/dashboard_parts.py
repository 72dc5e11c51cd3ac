"""Puts trends, notes and, over a record, the parts of a review into a window; for pictures and tests."""

from __future__ import annotations

from fake_session import FakeReplay, FakeSession

from ui.main_window import MainWindow
from ui.notes import NotesPanel
from ui.replay import MomentsPanel, ReplayBar
from ui.shortcuts import Action
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
    window.on(Action.TAG, lambda press: notes.tag(press.number, press.t_ns))
    window.on(Action.TAG_SPAN, lambda press: notes.tag_span(press.number, press.t_ns))
    window.on(Action.MARK, lambda press: notes.mark(press.t_ns))
    window.on(Action.NOTE, lambda _press: notes.write())
    window.on(Action.UNDO, lambda press: notes.undo(press.t_ns))
    _windows(window, trends)


def _windows(window: MainWindow, trends: TrendsPane) -> None:
    window.on(Action.WINDOW_SHORTER, lambda _press: trends.narrower())
    window.on(Action.WINDOW_LONGER, lambda _press: trends.wider())
    window.on(Action.WINDOW_WHOLE, lambda _press: trends.whole())


def _review(window: MainWindow, session: FakeReplay) -> None:
    trends = TrendsPane(session, window.theme, Review(session.whole, session.seek))
    gaps = session.whole().interruptions
    bar = ReplayBar(session, window.theme, trends.refresh, interruptions=gaps)
    window.set_review(review=True)
    window.set_trends(trends)
    window.set_notes(MomentsPanel(session, session.whole, bar.seek, window.theme))
    window.set_bottom(bar)
    window.on(Action.REPLAY_PLAY, lambda _press: bar.toggle())
    window.on(Action.REPLAY_SLOWER, lambda _press: bar.slower())
    window.on(Action.REPLAY_FASTER, lambda _press: bar.faster())
    window.on(Action.REPLAY_BACK, lambda _press: bar.step(-1))
    window.on(Action.REPLAY_ON, lambda _press: bar.step(1))
    window.on(Action.REPLAY_NOTE, lambda _press: bar.jump("note"))
    window.on(Action.REPLAY_ALARM, lambda _press: bar.jump("alarm"))
    window.on(Action.REPLAY_DOSE, lambda _press: bar.jump("dose"))
    _windows(window, trends)
