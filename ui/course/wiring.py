"""Puts the page of a course over the body of a window, or away again."""

from __future__ import annotations

from ui.course.page import CoursePage, Open, Read
from ui.main_window import MainWindow


def toggle(window: MainWindow, read: Read, open_record: Open | None) -> None:
    """The alarm line and the last lines of the window stay uncovered."""
    if isinstance(window.over_body.widget, CoursePage):
        window.over_body.take_away()
        return
    page = CoursePage(read, window.theme, open_record)
    page.left.connect(window.over_body.take_away)
    window.over_body.put(page)
