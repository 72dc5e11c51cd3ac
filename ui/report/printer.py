"""A PDF file written by Qt, page by page, in the report's own measures."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QLocale, QMarginsF
from PySide6.QtGui import QGuiApplication, QPagedPaintDevice, QPageSize, QPainter, QPdfWriter

from kapmonitor import __version__
from kapmonitor.errors import ExportError
from kapmonitor.export.source import Tell
from ui.report import paper

RESOLUTION: Final = 1200
SIZES: Final[Mapping[str, QPageSize.PageSizeId]] = {
    "a4": QPageSize.PageSizeId.A4,
    "letter": QPageSize.PageSizeId.Letter,
}
"""By the word of the settings (`report.paper`)."""
_LETTER: Final = frozenset(
    QLocale.Country(getattr(QLocale.Country, name))
    for name in (
        *("UnitedStates", "Canada", "Mexico", "PuertoRico", "Philippines", "Chile", "Colombia"),
        *("CostaRica", "Guatemala", "Nicaragua", "Panama", "ElSalvador", "Venezuela", "Belize"),
    )
)
"""Where the usual paper is US Letter (Unicode CLDR, paperSize)."""
_DATES: Final = (
    (re.compile(rb"\(D:\d{14}Z\)"), b"(D:19700101000000Z)"),
    (re.compile(rb"Date=\"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"), b'Date="1970-01-01T00:00:00'),
)
"""How Qt writes it, in two places; what stands instead is as long."""


def application() -> QGuiApplication:
    """What Qt needs to know fonts; the one there is, or one without a window."""
    running = QGuiApplication.instance()
    if isinstance(running, QGuiApplication):
        return running
    return QGuiApplication(["kapmonitor", "-platform", "offscreen"])


@dataclass(frozen=True, slots=True)
class Sheets:
    """Where pages go: a file or a printer, named for whoever is told that it fails."""

    device: QPagedPaintDevice
    name: str


def page_size(paper_size: str, region: QLocale | None = None) -> QPageSize:
    """A page of "a4" or "letter"; where nothing was chosen (""), of the paper of the computer's region."""
    usual = "letter" if (region or QLocale.system()).territory() in _LETTER else "a4"
    return QPageSize(SIZES[paper_size or usual])


def pdf(path: Path, title: str, paper_size: str) -> Sheets:
    """A PDF file of pages of this size (see page_size)."""
    return _pdf(QPdfWriter(str(path)), str(path), title, paper_size)


def pdf_within(buffer: QBuffer, title: str, paper_size: str) -> Sheets:
    """The same in memory."""
    return _pdf(QPdfWriter(buffer), title, title, paper_size)


def _pdf(writer: QPdfWriter, name: str, title: str, paper_size: str) -> Sheets:
    writer.setPageSize(page_size(paper_size))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setResolution(RESOLUTION)
    writer.setTitle(title)
    writer.setCreator(f"kapmonitor {__version__}")
    return Sheets(writer, name)


def without_dates(path: Path) -> None:
    """Take out of a PDF when it was made, which may be the day of the session; nothing else moves."""
    plain = path.read_bytes()
    for pattern, instead in _DATES:
        plain = pattern.sub(instead, plain)
    path.write_bytes(plain)


def on_paper(sheets: Sheets, count: int, paint: Callable[[QPainter, int], object], tell: Tell) -> None:
    """So many pages, each painted in points of the design; ExportError if they cannot be written.

    The design is for A4; on other paper it is as large as fits, in the middle.
    """
    painter = QPainter()
    if not painter.begin(sheets.device):
        raise ExportError(sheets.name, "cannot be written")
    try:
        page = painter.viewport()
        scale = min(page.width() / paper.WIDTH, page.height() / paper.HEIGHT)
        painter.translate(
            (page.width() - scale * paper.WIDTH) / 2, (page.height() - scale * paper.HEIGHT) / 2
        )
        painter.scale(scale, scale)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number in range(count):
            if number and not sheets.device.newPage():
                raise ExportError(sheets.name, "cannot be written to its end")
            paint(painter, number)
            tell(0.3 + 0.7 * (number + 1) / count)
    finally:
        painter.end()
