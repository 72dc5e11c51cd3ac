"""Puts the preview of the report over a dashboard, at its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.main_window import MainWindow
from ui.shortcuts import Action

if TYPE_CHECKING:
    from ui.preview.ports import ReportPort


def wire_preview(window: MainWindow, port: ReportPort) -> None:
    """P shows the report; it covers everything but the status line."""
    window.on(Action.REPORT, lambda _press: _open(window, port))


def _open(window: MainWindow, port: ReportPort) -> None:
    from ui.preview.page import PreviewPage

    if isinstance(window.over_body.widget, PreviewPage):
        return
    page = PreviewPage(port, window.theme)
    page.left.connect(window.over_body.take_away)
    window.over_body.put(page)
