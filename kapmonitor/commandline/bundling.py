"""The parts of a bundle, made in a folder of its own that is gone afterwards."""

from __future__ import annotations

import json
import re
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Final

from kapmonitor.clock import utc_text
from kapmonitor.errors import ExportError, RecordError
from kapmonitor.export import bundle, document, tidy
from kapmonitor.export.source import Source, Tell
from kapmonitor.export.target import Draft, whole
from kapmonitor.places import access_ledger
from kapmonitor.record.access import accesses
from kapmonitor.record.copying import copy_into
from kapmonitor.record.verify import Verdict, session_of
from kapmonitor.reporting import paper

_SHA: Final = re.compile(r"[0-9a-f]{64}")


def write(source: Source, draft: Draft, tell: Tell, verdict: Verdict, *, waves: bool) -> None:
    """All parts, then the ZIP; what is not encrypted on the way lies in a hidden folder beside the target.

    ExportError, in the name of the bundle, if one of the parts cannot be made.
    """
    out = draft.file()
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{draft.out.name}.") as name:
        folder = Path(name)
        try:
            record = _parts(source, verdict, folder, tell, waves=waves)
        except (ExportError, RecordError) as why:
            if Path(why.path) != folder and folder not in Path(why.path).parents:
                raise
            raise ExportError(str(draft.out), why.reason) from why
        found = _SHA.search(verdict.head)
        bundle.zip_up(
            out,
            sorted(folder.iterdir()),
            record=record,
            head=found.group() if found is not None and record else "",
            made="" if source.policy.deidentified else utc_text(time.time_ns()),
            tell=lambda share: tell(0.7 + share * 0.3),
        )


def _parts(source: Source, verdict: Verdict, folder: Path, tell: Tell, *, waves: bool) -> str:
    """Everything but what is only in the ZIP; the name of the record, if it is among them."""
    record = "" if source.policy.deidentified else _with_record(source, folder)
    if not record:
        with whole(folder / "session.csv") as parts:
            tidy.write(source, verdict, parts, lambda share: tell(share * 0.2), waves=waves)
    with whole(folder / "session.json") as parts:
        document.write(source, verdict, parts.file(), lambda share: tell(0.2 + share * 0.3), waves=waves)
    _report(source, verdict, folder / "report.pdf", lambda share: tell(0.5 + share * 0.2))
    return record


def _with_record(source: Source, folder: Path) -> str:
    """A copy of the record as it stands, with its heads and key file, and who read it; the copy's name."""
    try:
        copied = copy_into(folder, source.path)
    except RecordError as why:
        raise ExportError(str(folder), f"a bundle holds the record, and {why.reason}") from why
    session = session_of(source.reader)
    lines = (line.access for line in accesses(access_ledger()))
    told = [
        json.dumps(asdict(access)) for access in lines if access is not None and access.session == session
    ]
    (folder / "access.jsonl").write_text("".join(f"{line}\n" for line in told), "utf-8")
    return copied.name


def _report(source: Source, verdict: Verdict, path: Path, tell: Tell) -> None:
    from ui.report import document as report
    from ui.report import printer

    _application = printer.application()
    with whole(path) as parts:
        report.write(source, verdict, parts.file(), paper(), tell)
