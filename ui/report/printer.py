"""A PDF file written by Qt, page by page, in the report's own measures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QGuiApplication, QPageSize, QPainter, QPdfWriter

from kapmonitor import __version__
from kapmonitor.errors import ExportError
from kapmonitor.export.source import Tell
from ui.report import paper

RESOLUTION: Final = 1200


def application() -> QGuiApplication:
    """What Qt needs to know fonts; the one there is, or one without a window."""
    running = QGuiApplication.instance()
    if isinstance(running, QGuiApplication):
        return running
    return QGuiApplication(["kapmonitor", "-platform", "offscreen"])


def on_paper(
    path: Path, title: str, count: int, paint: Callable[[QPainter, int], object], tell: Tell
) -> None:
    """So many A4 pages, each painted in points of the design; ExportError if it cannot be written."""
    writer = QPdfWriter(str(path))
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setResolution(RESOLUTION)
    writer.setTitle(title)
    writer.setCreator(f"kapmonitor {__version__}")
    painter = QPainter()
    if not painter.begin(writer):
        raise ExportError(str(path), "cannot be written")
    try:
        painter.scale(RESOLUTION / paper.DPI, RESOLUTION / paper.DPI)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number in range(count):
            if number and not writer.newPage():
                raise ExportError(str(path), "cannot be written to its end")
            paint(painter, number)
            tell(0.3 + 0.7 * (number + 1) / count)
    finally:
        painter.end()
