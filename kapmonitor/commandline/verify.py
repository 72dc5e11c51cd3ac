"""`kapmonitor verify`: is this record what was written, and what is missing."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from kapmonitor.errors import RecordError
from kapmonitor.places import heads_ledger, record_file
from kapmonitor.record.verify import INTACT, Verdict, verify


def run(arguments: argparse.Namespace) -> int:
    """0 if every record is intact, 1 if one is interrupted or damaged, 2 if one cannot be looked at."""
    verdicts: list[tuple[str, Verdict]] = []
    status = 0
    for path in arguments.record:
        try:
            verdicts.append((path, verify(record_file(path), heads_ledger())))
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
        print(f"  first bad entry: {verdict.first_bad}")
    for line in verdict.missing:
        print(f"  missing: {line}")
    for line in verdict.recovered:
        print(f"  recovered: {line}")
    for line in verdict.anchors:
        print(f"  compared: {line}")
    if verdict.head:
        print(f"  head: {verdict.head}")
