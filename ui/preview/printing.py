"""Printers as Qt knows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMarginsF

from ui.report.printer import Sheets, page_size

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

DPI = 600


def printers() -> tuple[str, ...]:
    """Their names, the usual one first; asking may take as long as the network does."""
    from PySide6.QtPrintSupport import QPrinterInfo

    usual = QPrinterInfo.defaultPrinterName()
    return tuple(sorted(QPrinterInfo.availablePrinterNames(), key=lambda name: (name != usual, name)))


def printer(name: str, paper_size: str) -> QPrinter:
    """One of them, for pages of this size to the edges."""
    from PySide6.QtPrintSupport import QPrinter

    found = QPrinter(QPrinter.PrinterMode.HighResolution)
    found.setPrinterName(name)
    prepare(found, paper_size)
    return found


def prepare(found: QPrinter, paper_size: str) -> None:
    """Paper, margins and dots as the report is drawn for."""
    found.setResolution(DPI)
    found.setPageSize(page_size(paper_size))
    found.setFullPage(True)
    found.setPageMargins(QMarginsF(0, 0, 0, 0))


def sheets(found: QPrinter, name: str) -> Sheets:
    """To paint on."""
    return Sheets(found, name)
