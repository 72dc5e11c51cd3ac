"""`kapmonitor verify`: is this record what was written, and what is missing."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import suppress
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from kapmonitor.commandline.streams import say
from kapmonitor.commandline.unlocking import record_to_read
from kapmonitor.errors import ConfigError, RecordError
from kapmonitor.people.book import PeopleBook
from kapmonitor.people.staff import Staff
from kapmonitor.places import heads_ledger, people_file
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.verify import INTACT, Verdict, verify
from kapmonitor.session.events import SessionImported


def run(arguments: argparse.Namespace) -> int:
    """0 if every record is intact, 1 if one is interrupted or damaged, 2 if one cannot be looked at."""
    verdicts: list[tuple[str, Verdict]] = []
    imported: dict[str, str] = {}
    status = 0
    try:
        staff = PeopleBook(people_file()).staff()
    except ConfigError as error:
        print(f"kapmonitor: {error}; no signer is known", file=sys.stderr)
        staff, status = Staff(), 2
    for path in arguments.record:
        try:
            record = record_to_read(path)
            verdicts.append((path, verify(record, heads_ledger(), staff)))
            imported[path] = _imported(record)
        except RecordError as error:
            print(f"kapmonitor: {error}", file=sys.stderr)
            status = 2
    if arguments.json:
        print(
            json.dumps(
                [{"path": path, **asdict(verdict), "imported": imported[path]} for path, verdict in verdicts],
                indent=2,
            )
        )
    else:
        for path, verdict in verdicts:
            _print(path, verdict, imported[path])
    return status or int(any(verdict.kind != INTACT for _, verdict in verdicts))


def _imported(record: Path) -> str:
    """Where it comes from, if this clinic did not record it; as far as that can be read."""
    with suppress(RecordError), RecordReader(record) as reader:
        for row in islice(reader.events(), 2):
            if isinstance(row.stamped.event, SessionImported):
                event = row.stamped.event
                origin = f"{event.file} ({event.format}, SHA-256 {event.sha256})"
                return f"from {origin}; not a session of this clinic"
    return ""


def _print(path: str, verdict: Verdict, imported: str) -> None:
    print(f"{path}: {verdict.kind}")
    if imported:
        say(f"  imported: {imported}")
    if verdict.first_bad:
        say(f"  first bad entry: {verdict.first_bad}")
    for line in verdict.missing:
        say(f"  missing: {line}")
    for line in verdict.recovered:
        say(f"  recovered: {line}")
    for line in verdict.anchors:
        say(f"  compared: {line}")
    for signature in verdict.signatures:
        say(f"  signed: entry {signature.seq}: {signature.text}")
    for line in verdict.amended:
        say(f"  amended: {line}")
    if verdict.head:
        say(f"  head: {verdict.head}")
