"""One record's report for the preview: made, saved and printed; what leaves is put on file first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kapmonitor.auditing import audited
from kapmonitor.config.load import load_settings
from kapmonitor.errors import ConfigError, ExportError
from kapmonitor.export.source import Source, Tell
from kapmonitor.export.standing import nameless
from kapmonitor.export.target import part_of, whole
from kapmonitor.people.book import PeopleBook
from kapmonitor.people.staff import Staff
from kapmonitor.places import heads_ledger, people_file, settings_file
from kapmonitor.record.access import PRINT
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.verify import Verdict, session_of, verify


@dataclass(frozen=True, slots=True)
class Asker:
    """Who reads a record, and what for, as far as it was said."""

    user: str
    purpose: str


def verdict_of(source: Source) -> Verdict:
    """The record's state, and its signatures checked; without what tells names where these must not leave."""
    try:
        staff = PeopleBook(people_file()).staff()
    except ConfigError:
        staff = Staff()
    verdict = verify(source.path, heads_ledger(), staff)
    return nameless(verdict, source.named) if source.policy.deidentified else verdict


def paper() -> str:
    """What the settings say reports are printed on; of a file with mistakes nothing holds."""
    try:
        return load_settings(settings_file()).report_paper.value
    except ConfigError:
        return ""


class ReportDesk:
    """Answers ui.preview.ports.ReportPort; every call opens the record anew, on the thread that calls."""

    def __init__(self, path: Path, asker: Asker) -> None:
        self._path = path
        self._asker = asker

    @property
    def proposal(self) -> Path:
        """Beside the record, under its name."""
        return self._path.absolute().with_suffix(".pdf")

    def make(self, tell: Tell) -> bytes:
        from ui.report import document

        with Source(self._path) as source:
            return document.made(source, verdict_of(source), paper(), tell)

    def save(self, made: bytes, out: Path, tell: Tell) -> Path:
        if not out.absolute().parent.is_dir():
            raise ExportError(str(out), "there is no such folder")
        tell(0.0)
        with whole(out) as draft:
            draft.file().write_bytes(made)
            tell(0.5)
            self._note("export report", ((out.name, part_of(out)),))
        return out

    def printers(self) -> tuple[str, ...]:
        from ui.preview.printing import printers

        return printers()

    def print_on(self, printer: str, tell: Tell) -> None:
        from ui.preview import printing
        from ui.report import document

        self._note(PRINT, ())
        device = printing.printer(printer, paper())
        try:
            with Source(self._path) as source:
                document.put_on(source, verdict_of(source), printing.sheets(device, printer), tell)
        except BaseException:
            device.abort()
            raise

    def _note(self, what: str, files: tuple[tuple[str, Path], ...]) -> None:
        with RecordReader(self._path) as reader:
            session = session_of(reader)
        audited(session, what, user=self._asker.user, purpose=self._asker.purpose, files=files)
