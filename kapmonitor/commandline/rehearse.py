"""`kapmonitor rehearse`: what would have alarmed in records under other limits, and what would be missed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from typing import Final

from kapmonitor.alarms.limits import LimitSet
from kapmonitor.alarms.signals import Stage
from kapmonitor.alarms.soundplan import SoundPlan, default
from kapmonitor.alarms.types import Priority
from kapmonitor.commandline.progress import Progress
from kapmonitor.commandline.unlocking import record_to_read
from kapmonitor.errors import RecordDamaged, RecordError
from kapmonitor.places import heads_ledger
from kapmonitor.record.verify import DAMAGED, verify
from kapmonitor.rehearse import HOUR_NS, Kind, Listed, Rehearsal, Totals, read_limits, rehearse, totals
from ui import format as fmt
from ui import rehearsal_text as words

S_NS: Final = 1_000_000_000
ORDER: Final = (Priority.HIGH, Priority.MEDIUM, Priority.LOW)


def run(arguments: argparse.Namespace) -> int:
    """0 if all records were rehearsed, 1 if one was skipped; ConfigError for limits that are no limits."""
    limits = read_limits(arguments.limits)
    plan = default()
    done: list[Rehearsal] = []
    skipped: list[str] = []
    for path in arguments.record:
        try:
            rehearsal = _one(path, limits, plan)
        except RecordError as error:
            print(f"kapmonitor: {error}; skipped", file=sys.stderr)
            skipped.append(path)
            continue
        done.append(rehearsal)
        if not arguments.json:
            _print(rehearsal)
    if arguments.json:
        print(json.dumps(_as_json(done, skipped), indent=2))
    elif done:
        _print_totals(totals(done))
    return 1 if skipped else 0


def _one(path: str, limits: LimitSet, plan: SoundPlan) -> Rehearsal:
    file = record_to_read(path)
    verdict = verify(file, heads_ledger())
    if verdict.kind == DAMAGED:
        raise RecordDamaged(path, f"is damaged ({verdict.first_bad})")
    with Progress(path) as progress:
        return rehearse(file, limits, plan, progress.tell)


def _print(rehearsal: Rehearsal) -> None:
    past = rehearsal.past
    length = fmt.duration(past.end_ns - past.start_ns)
    print(f"{rehearsal.path}: {length} from {words.wall(rehearsal, past.start_ns)}")
    print(f"  limits: {words.limits_name(rehearsal)}")
    for remark in words.remarks(rehearsal):
        print(f"  {remark}")
    rows = [_row(rehearsal, each) for each in rehearsal.alarms]
    if not rows:
        print("  no alarm, neither then nor with these limits")
        return
    table = [("T+", "clock", "lasted", "priority", "alarm", "beside then", "heard"), *rows]
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]) - 1)]
    for row in table:
        cells = (cell.ljust(width) for cell, width in zip(row, [*widths, 0], strict=True))
        print("  " + "  ".join(cells).rstrip())


def _row(rehearsal: Rehearsal, each: Listed) -> tuple[str, ...]:
    episode = each.episode
    return (
        words.when(rehearsal, episode.start_ns),
        words.wall(rehearsal, episode.start_ns),
        words.lasted(episode),
        episode.priority.value,
        words.what(episode, rehearsal.past.labels),
        words.kind(each),
        words.heard_twice(each),
    )


def _print_totals(sums: Totals) -> None:
    hours = fmt.duration(sums.length_ns)
    print(f"{_count(sums.records, 'record')}, {hours}:")
    for priority in ORDER:
        rate = f"{sums.rate(priority):.1f} an hour"
        would, did = sums.would[priority], sums.did[priority]
        print(f"  {priority.value:<7} {would:4d} with these limits ({rate}), {did} then")
    kinds = sums.kinds
    print(f"  new {kinds[Kind.NEW]}, missed {kinds[Kind.MISSED]}, with a lower priority {kinds[Kind.LOWER]}")
    print(f"  heard in the staff's ear {sums.staff}, in the room {sums.room}, as they were acknowledged")
    print(f"  had nobody acknowledged any: {sums.staff_unheeded} and {sums.room_unheeded}")
    for hour, counts in enumerate(sums.per_hour):
        said = ", ".join(f"{counts[p]} {p.value}" for p in ORDER)
        print(f"  hour {hour + 1}: {said}")


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _as_json(done: list[Rehearsal], skipped: list[str]) -> dict[str, object]:
    return {
        "records": [_record_json(each) for each in done],
        "skipped": skipped,
        "totals": _totals_json(totals(done)),
    }


def _record_json(rehearsal: Rehearsal) -> dict[str, object]:
    past = rehearsal.past
    return {
        "path": rehearsal.path,
        "limits": rehearsal.limits.name,
        "length_s": (past.end_ns - past.start_ns) / S_NS,
        "closed": past.is_closed,
        "remarks": list(words.remarks(rehearsal)),
        "alarms": [_alarm_json(rehearsal, each) for each in rehearsal.alarms],
    }


def _alarm_json(rehearsal: Rehearsal, each: Listed) -> dict[str, object]:
    episode, past = each.episode, rehearsal.past
    zero_ns = past.dose_ns if past.dose_ns is not None else past.start_ns
    end_ns = episode.end_ns
    return {
        "condition": episode.condition,
        "of": episode.role,
        "side": episode.side.value,
        "priority": episode.priority.value,
        "compared": each.kind.value,
        "other_priority": each.other.value if each.other is not None else None,
        "t_s": (episode.start_ns - zero_ns) / S_NS,
        "utc_ns": episode.start_ns + past.utc_minus_t_ns,
        "outside_from_s": (episode.onset_ns - zero_ns) / S_NS,
        "end_s": None if end_ns is None else (end_ns - zero_ns) / S_NS,
        "lasted_s": None if end_ns is None else (end_ns - episode.start_ns) / S_NS,
        "worst": episode.worst,
        "limit": episode.limit,
        "told_after_s": _stages_json(each.told, episode.start_ns),
        "told_after_s_if_nobody_acknowledges": _stages_json(each.told_unheeded, episode.start_ns),
    }


def _stages_json(told: Mapping[Stage, int], start_ns: int) -> dict[str, float]:
    return {stage.value: (t_ns - start_ns) / S_NS for stage, t_ns in told.items()}


def _totals_json(sums: Totals) -> dict[str, object]:
    return {
        "records": sums.records,
        "hours": sums.length_ns / HOUR_NS,
        "with_these_limits": sums.would,
        "then": sums.did,
        "per_hour": {priority.value: sums.rate(priority) for priority in ORDER},
        "compared": sums.kinds,
        "by_hour": list(sums.per_hour),
        "staff_ear": sums.staff,
        "room": sums.room,
        "staff_ear_if_nobody_acknowledges": sums.staff_unheeded,
        "room_if_nobody_acknowledges": sums.room_unheeded,
    }
