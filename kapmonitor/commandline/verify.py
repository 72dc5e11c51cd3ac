"""`kapmonitor verify`: is this record what was written, and what is missing."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from kapmonitor.commandline.streams import say
from kapmonitor.commandline.unlocking import record_to_read
from kapmonitor.errors import ConfigError, RecordError
from kapmonitor.people.book import PeopleBook
from kapmonitor.people.staff import Staff
from kapmonitor.places import heads_ledger, people_file
from kapmonitor.record.verify import INTACT, Verdict, verify


def run(arguments: argparse.Namespace) -> int:
    """0 if every record is intact, 1 if one is interrupted or damaged, 2 if one cannot be looked at."""
    verdicts: list[tuple[str, Verdict]] = []
    status = 0
    try:
        staff = PeopleBook(people_file()).staff()
    except ConfigError as error:
        print(f"kapmonitor: {error}; no signer is known", file=sys.stderr)
        staff, status = Staff(), 2
    for path in arguments.record:
        try:
            verdicts.append((path, verify(record_to_read(path), heads_ledger(), staff)))
        except RecordError as error:
            print(f"kapmonitor: {error}", file=sys.stderr)
            status = 2
    if arguments.json:
        print(json.dumps([{"path": path, **asdict(verdict)} for path, verdict in verdicts], indent=2))
    else:
        for path, verdict in verdicts:
            _print(path, verdict)
    return status or int(any(verdict.kind != INTACT for _, verdict in verdicts))


def _print(path: str, verdict: Verdict) -> None:
    print(f"{path}: {verdict.kind}")
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
    if verdict.head:
        say(f"  head: {verdict.head}")
