"""`kapmonitor verify`: is this record what was written, and what is missing."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from kapmonitor.record.verify import Verdict, verify


def run(arguments: argparse.Namespace) -> int:
    """0 if every record is intact, 1 if one is interrupted or damaged."""
    verdicts = [(path, verify(path)) for path in arguments.record]
    if arguments.json:
        print(json.dumps([{"path": path, **asdict(verdict)} for path, verdict in verdicts], indent=2))
    else:
        for path, verdict in verdicts:
            _print(path, verdict)
    return 0 if all(verdict.kind == "intact" for _, verdict in verdicts) else 1


def _print(path: str, verdict: Verdict) -> None:
    print(f"{path}: {verdict.kind}")
    if verdict.first_bad:
        print(f"  first bad entry: {verdict.first_bad}")
    for line in verdict.missing:
        print(f"  missing: {line}")
    for line in verdict.recovered:
        print(f"  recovered: {line}")
