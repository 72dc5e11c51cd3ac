"""Puts the preview of a report over the dashboard of a review, and over the last page of a session."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout

from kapmonitor.signoff import Closed
from ui.keytable import Action
from ui.main_window import MainWindow
from ui.theme import DAY, Theme, scale_for

if TYPE_CHECKING:
    from ui.after.closed import ClosedPage
    from ui.preview.ports import ReportPort

Report = Callable[[Closed], "ReportPort"]
"""Gives what makes and prints the report of a session that was closed."""


def wire_preview(window: MainWindow, port: ReportPort | None) -> None:
    """Ctrl+P shows the report, where something makes one; it covers everything but the lines above it."""
    if port is not None:
        window.on(Action.REPORT, lambda _press: _open(window, port))


def _open(window: MainWindow, port: ReportPort) -> None:
    from ui.preview.page import PreviewPage

    if isinstance(window.over_body.widget, PreviewPage):
        return
    page = PreviewPage(port, window.theme)
    page.left.connect(window.over_body.take_away)
    window.over_body.put(page)


def wire_report(last: ClosedPage, report: Report) -> None:
    """The last page of a session shows its report when asked."""
    room = QVBoxLayout(last)
    room.setContentsMargins(0, 0, 0, 0)
    last.report_asked.connect(lambda closed: _cover(last, room, report(closed)))
    last.offer_report()


def _cover(last: ClosedPage, room: QVBoxLayout, port: ReportPort) -> None:
    from ui.preview.page import PreviewPage

    page = PreviewPage(port, Theme(DAY, scale_for(last.width(), last.height())))

    def uncover() -> None:
        page.hide()
        room.removeWidget(page)
        page.deleteLater()
        last.setFocus()

    page.left.connect(uncover)
    room.addWidget(page)
    page.setFocus()
