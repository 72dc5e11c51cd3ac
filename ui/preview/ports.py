"""What the preview of a report needs from outside."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from ui.job import Tell


class ReportPort(Protocol):
    """Makes, saves and prints one record's report on the thread that calls; KapError says why not.

    Saving and printing are put on file with who did it, before anything leaves.
    """

    @property
    def proposal(self) -> Path:
        """Where the PDF would be saved."""
        ...

    def make(self, tell: Tell) -> bytes:
        """The report as a PDF; nothing of it is put on a disk."""
        ...

    def save(self, made: bytes, out: Path, tell: Tell) -> Path:
        """Give the report a place of its own, never over another file; the place."""
        ...

    def printers(self) -> tuple[str, ...]:
        """The printers of this computer, the usual one first."""
        ...

    def print_on(self, printer: str, tell: Tell) -> None:
        """Send the report to a printer; what was not sent to its end is taken back."""
        ...
