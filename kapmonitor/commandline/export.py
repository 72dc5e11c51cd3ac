"""`kapmonitor export`: a record in a format of others, from the record alone."""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kapmonitor.auditing import NOT_SAID, audited, who_is
from kapmonitor.clock import utc_text
from kapmonitor.commandline.progress import Progress
from kapmonitor.commandline.stopping import stopping
from kapmonitor.commandline.unlocking import record_to_read
from kapmonitor.errors import ConfigError, ExportError
from kapmonitor.export.policy import DAY_NS, NAMES, WHOLE, Policy
from kapmonitor.export.source import Source, Tell
from kapmonitor.export.standing import warning
from kapmonitor.export.target import Draft, part_of, whole
from kapmonitor.record.database import head_of
from kapmonitor.record.verify import Verdict, session_of
from kapmonitor.reporting import paper, verdict_of
from kapmonitor.vault.keys import is_encrypted

HANDOVER: Final = "handover"
"""Goes out of the clinic, and is always de-identified."""
NAMELESS: Final = "deidentified"
"""What a de-identified export is called where nobody says how."""
LEAST_DAYS, MOST_DAYS = 400, 4000
"""Dates of a de-identified export are moved back by so many days, by chance; nobody keeps how many."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asked for beside the format."""

    waves: bool
    vitals: bool
    user: str
    purpose: str
    verdict: Verdict
    """What became of the record."""


Write = Callable[[Source, Draft, Tell, Wish], None]


def _csv(source: Source, draft: Draft, tell: Tell, wish: Wish) -> None:
    from kapmonitor.export import tidy

    tidy.write(source, wish.verdict, draft, tell, waves=wish.waves)


def _json(source: Source, draft: Draft, tell: Tell, wish: Wish) -> None:
    from kapmonitor.export import document

    document.write(source, wish.verdict, draft.file(), tell, waves=wish.waves)


def _edf(source: Source, draft: Draft, tell: Tell, wish: Wish) -> None:
    from kapmonitor.export import edf

    edf.write(source, wish.verdict, draft, tell)


def _fhir(source: Source, draft: Draft, tell: Tell, wish: Wish) -> None:
    from kapmonitor.export.fhir import bundle
    from kapmonitor.export.fhir.story import Asked

    policy = source.policy
    nameless = policy.deidentified and NAMES not in policy.keep
    user, purpose = (NOT_SAID, "") if nameless else (wish.user, wish.purpose)
    # When it was exported may be the day of the session, or tell by how much its dates were moved.
    when = source.wall.text(source.end_ns) if policy.deidentified else utc_text(time.time_ns())
    asked = Asked(user, purpose, when, wish.verdict)
    bundle.write(source, draft.file(), asked, tell)


def _report(source: Source, draft: Draft, tell: Tell, wish: Wish) -> None:
    from ui.report import document, printer

    _application = printer.application()
    document.write(source, wish.verdict, draft.file(), paper(), tell)


def _handover(source: Source, draft: Draft, tell: Tell, wish: Wish) -> None:
    from ui.report import handover, printer

    if draft.out.suffix == ".txt":
        handover.write_text(source, wish.verdict, draft.file(), vitals=wish.vitals)
    else:
        _application = printer.application()
        handover.write_pdf(source, wish.verdict, draft.file(), paper(), tell, vitals=wish.vitals)


def _bundle(source: Source, draft: Draft, tell: Tell, wish: Wish) -> None:
    from kapmonitor.commandline import bundling

    bundling.write(source, draft, tell, wish.verdict, waves=wish.waves)


FORMATS: Final[Mapping[str, tuple[str, Write]]] = {
    "bundle": (".zip", _bundle),
    "csv": (".csv", _csv),
    "edf": (".edf", _edf),
    "handover": (".handover.pdf", _handover),
    "fhir": (".fhir.json", _fhir),
    "json": (".json", _json),
    "report": (".pdf", _report),
}
"""Each format with the ending of its file."""


def run(arguments: argparse.Namespace) -> int:
    """Write the export and print its files' names; Ctrl+C and SIGTERM leave nothing behind."""
    path = record_to_read(arguments.record)
    ending, write = FORMATS[arguments.to]
    policy = _policy(arguments)
    # A record's name has its date and the person's number.
    stem = NAMELESS if policy.deidentified else path.stem
    out = Path(arguments.out) if arguments.out else Path(f"{stem}{ending}")
    if not out.absolute().parent.is_dir():
        raise ExportError(str(out), "there is no such folder")
    if is_encrypted(head_of(path)):
        print(
            f"kapmonitor: {path} is encrypted; what is exported is not, whoever has the file can read it",
            file=sys.stderr,
        )
    with stopping(), Progress(str(out)) as progress, Source(path, policy) as source, whole(out) as draft:
        wish = _wish(arguments, source)
        write(source, draft, progress.tell, wish)
        audited(
            session_of(source.reader),
            f"export {arguments.to}",
            user=wish.user,
            purpose=wish.purpose,
            deidentified=policy.deidentified,
            files=[(final.name, part_of(final)) for final in draft.made],
        )
        made = tuple(draft.made)
    if told := warning(wish.verdict):
        print(f"kapmonitor: {path} is {told}", file=sys.stderr)
    for each in made:
        print(each)
    return 0


def _wish(arguments: argparse.Namespace, source: Source) -> Wish:
    purpose = arguments.purpose or NOT_SAID
    return Wish(arguments.waves, arguments.vitals, who_is(arguments.user), purpose, verdict_of(source))


def _policy(arguments: argparse.Namespace) -> Policy:
    if not arguments.deidentify and arguments.to != HANDOVER:
        if arguments.keep:
            raise ConfigError("export", "--keep", "goes with --deidentify; without it everything is kept")
        return WHOLE
    days = LEAST_DAYS + secrets.randbelow(MOST_DAYS - LEAST_DAYS)
    return Policy(deidentified=True, shift_ns=-days * DAY_NS, keep=frozenset(arguments.keep))
