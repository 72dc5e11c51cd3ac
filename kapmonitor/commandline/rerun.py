"""`kapmonitor rerun`: does this version make the same of a record as the one that wrote it."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Final

from devices.raw import with_raw
from devices.registry import load
from kapmonitor.commandline.progress import Progress
from kapmonitor.commandline.unlocking import record_to_read
from kapmonitor.places import heads_ledger
from kapmonitor.record.past import Past
from kapmonitor.rerun import Outcome, Verdict, rerun
from kapmonitor.rerun.record import Rerun
from ui import format as fmt

MS_NS: Final = 1_000_000
INDENT: Final = "  "


def run(arguments: argparse.Namespace) -> int:
    """0 if all is identical, 1 if something differs, is damaged or cannot be made again."""
    path = record_to_read(arguments.record)
    with Progress(str(path)) as progress:
        done = rerun(path, with_raw(load()), progress.tell, heads_ledger())
    if arguments.json:
        print(json.dumps(_as_json(str(path), done), indent=2))
    else:
        _print(str(path), done)
    return 0 if done.is_identical else 1


def _print(path: str, done: Rerun) -> None:
    print(f"{path}: {_headline(done)}")
    if done.first_bad is not None:
        print(f"{INDENT}first bad entry: {done.first_bad}; what cannot be read of it is not compared")
    print(f"{INDENT}recorded by {done.past.started.software}")
    if not done.past.is_closed:
        print(f"{INDENT}interrupted; what was not yet on disk at its end is not compared")
    for device, outcomes in done.devices:
        print(f"{INDENT}{device.id} ({device.driver or 'no driver'}):")
        for outcome in outcomes:
            _print_outcome(outcome, done.past, INDENT * 2)
    _print_outcome(done.alarms, done.past, INDENT)


def _headline(done: Rerun) -> str:
    told = "identical" if done.is_same else "differs"
    return told if done.first_bad is None else f"damaged; what can be read of it: {told}"


def _print_outcome(outcome: Outcome, past: Past, indent: str) -> None:
    print(f"{indent}{outcome.what}: {_words(outcome)}")
    for each in outcome.first:
        since_ns = max(0, each.t_ns - past.start_ns)
        when = f"{fmt.elapsed(since_ns, 0)}.{since_ns // MS_NS % 1000:03d}"
        then, now = each.then or "nothing", each.now or "nothing"
        print(f"{indent}{INDENT}{when} {each.name}: was {then}; is {now}")
    more = outcome.differing - len(outcome.first)
    if more > 0:
        print(f"{indent}{INDENT}and {more} more")


def _words(outcome: Outcome) -> str:
    why = f"; {outcome.why}" if outcome.why else ""
    moved = ""
    if outcome.moved:
        moved = f", {outcome.moved} of them up to {outcome.most_moved_ns / 1e6:.0f} ms apart in time"
    match outcome.verdict:
        case Verdict.IDENTICAL:
            return f"identical ({outcome.same + outcome.moved}{moved}){why}"
        case Verdict.DIFFERS:
            return f"differs in {outcome.differing}, the same in {outcome.same + outcome.moved}{moved}{why}"
        case Verdict.NOTHING:
            return f"nothing to compare{why}"
        case Verdict.NOT_DONE:
            return f"not compared{why}"


def _as_json(path: str, done: Rerun) -> dict[str, object]:
    return {
        "path": path,
        "identical": done.is_identical,
        "damaged": done.first_bad is not None,
        "first_bad": done.first_bad,
        "software": done.past.started.software,
        "closed": done.past.is_closed,
        "start_ns": done.past.start_ns,
        "devices": [
            {"device": device.id, "driver": device.driver, "compared": [asdict(each) for each in outcomes]}
            for device, outcomes in done.devices
        ],
        "alarms": asdict(done.alarms),
    }
