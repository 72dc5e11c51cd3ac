"""What a rehearsal says of an alarm, on the screen and on the command line. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kapmonitor.alarms.episodes import Episode
from kapmonitor.alarms.signals import Stage
from kapmonitor.alarms.types import Side
from kapmonitor.rehearse import Kind, Listed, Rehearsal
from kapmonitor.snapshot import ActiveAlarm
from ui import alarm_text, strings
from ui import format as fmt

KINDS: Final = {
    Kind.SAME: "as then",
    Kind.NEW: "new",
    Kind.MISSED: "missed",
    Kind.LOWER: "now {now}",
}
OTHER_PRIORITY: Final = "was {was}"
NO_END: Final = "no end"
SCREEN_ONLY: Final = "on screen only"
STAGES: Final = {
    Stage.STAFF: "staff ear after {s} s",
    Stage.ROOM: "room after {s} s",
    Stage.FULL: "full after {s} s",
}
BRIEFLY: Final = {Stage.STAFF: "ear {s} s", Stage.ROOM: "room {s} s"}
HEEDED: Final = "{was} (unacknowledged: {alone})"
EXAMPLE: Final = "an example"
BY_HAND: Final = "limits changed by hand in the session, where here the file's stand: {n}"
NO_BASELINE: Final = "nobody set a baseline: limits that follow it hold only where the file gives a number"
RESUMED: Final = "taken up again after an interruption; what nobody saw in between is not in it"
INTERRUPTED: Final = "not closed: it ends where it was interrupted"
NEAR: Final = "values that were outside and back before the delay was over: {n}"


def what(episode: Episode, labels: Mapping[str, str]) -> str:
    """`SpO₂ 86 — below 88`; for the equipment what it was, without the advice that a live alarm gives."""
    _, _, device = episode.role.partition(":")
    alarm = ActiveAlarm(
        condition=episode.condition,
        role=episode.role,
        priority=episode.priority,
        state="",
        value=episode.worst,
        limit=None if episode.side is Side.FLAG else episode.limit,
        direction=episode.side.value,
        onset_t_ns=episode.onset_ns,
        text=labels.get(device, device) if episode.side is Side.FLAG else "",
    )
    return alarm_text.sentence(alarm, None).removesuffix(strings.LOOK_AT_MONITOR).rstrip(" —,")


def kind(listed: Listed) -> str:
    """How it stands to what alarmed in the session."""
    was = listed.other
    if listed.kind is Kind.SAME and was is not None and was is not listed.episode.priority:
        return OTHER_PRIORITY.format(was=was.value)
    return KINDS[listed.kind].format(now=was.value if was is not None else "")


def lasted(episode: Episode) -> str:
    """`1:42`, or that it had no end in the record."""
    return NO_END if episode.end_ns is None else fmt.duration(episode.end_ns - episode.start_ns)


def heard(told: Mapping[Stage, int], start_ns: int, stages: Mapping[Stage, str] = STAGES) -> str:
    """`staff ear after 10 s, room after 60 s`, or with BRIEFLY for `stages` less of it."""
    parts = [
        words.format(s=round((told[stage] - start_ns) / fmt.SECOND_NS))
        for stage, words in stages.items()
        if stage in told
    ]
    return ", ".join(parts) or SCREEN_ONLY


def heard_twice(listed: Listed) -> str:
    """As it was acknowledged, and where that differs, as if nobody had."""
    start_ns = listed.episode.start_ns
    was, alone = heard(listed.told, start_ns), heard(listed.told_unheeded, start_ns)
    return was if was == alone else HEEDED.format(was=was, alone=alone)


def when(rehearsal: Rehearsal, t_ns: int) -> str:
    """From the first dose, or from the beginning where there was none."""
    past = rehearsal.past
    if past.dose_ns is not None:
        return fmt.offset(t_ns, past.dose_ns)
    return fmt.elapsed(t_ns, past.start_ns)


def wall(rehearsal: Rehearsal, t_ns: int) -> str:
    """The clock on the wall, as it went when the session began."""
    past = rehearsal.past
    return fmt.wall(t_ns + past.utc_minus_t_ns, past.started.utc_offset_min, seconds=True)


def limits_name(rehearsal: Rehearsal) -> str:
    """The name of the limits, and whether anybody answers for them."""
    limits = rehearsal.limits
    who = strings.SIGNED_BY.format(who=limits.signed_by) if limits.signed_by else strings.UNSIGNED
    return f"{limits.name} ({f'{EXAMPLE}, ' if limits.example else ''}{who})"


def remarks(rehearsal: Rehearsal) -> tuple[str, ...]:
    """What one has to know to read the list."""
    past = rehearsal.past
    return tuple(
        words
        for words, holds in (
            (INTERRUPTED, not past.is_closed),
            (RESUMED, past.resumed_ns is not None),
            (NO_BASELINE, rehearsal.baseline_wanted),
            (BY_HAND.format(n=rehearsal.by_hand), rehearsal.by_hand > 0),
            (NEAR.format(n=rehearsal.near_misses), rehearsal.near_misses > 0),
        )
        if holds
    )
