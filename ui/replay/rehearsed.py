"""What the page of a rehearsal says: the list, the counts, each hour. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kapmonitor.alarms.types import Priority
from kapmonitor.rehearse import Kind, Listed, Rehearsal, totals
from ui import rehearsal_text as words
from ui.replay import wording

ORDER: Final = (Priority.HIGH, Priority.MEDIUM, Priority.LOW)


@dataclass(frozen=True, slots=True)
class Row:
    """One alarm of the list; a `faint` one would not alarm under these limits."""

    t_ns: int
    when: str
    text: str
    lasted: str
    beside: str
    heard: str
    priority: Priority
    kind: Kind
    faint: bool


@dataclass(frozen=True, slots=True)
class Hour:
    """How many alarms of each priority, gravest first, would begin in one hour of the session."""

    name: str
    counts: tuple[tuple[Priority, int], ...]


@dataclass(frozen=True, slots=True)
class Face:
    """All of it."""

    limits: str
    sums: tuple[str, ...]
    remarks: str
    rows: tuple[Row, ...]
    hours: tuple[Hour, ...]


def face(rehearsal: Rehearsal) -> Face:
    """A rehearsal in words."""
    sums = totals([rehearsal])
    rates = ", ".join(
        wording.RATE.format(n=sums.would[p], priority=p.value, rate=f"{sums.rate(p):.1f}") for p in ORDER
    )
    then = ", ".join(f"{sums.did[p]} {p.value}" for p in ORDER)
    return Face(
        limits=words.limits_name(rehearsal),
        sums=(
            wording.WOULD.format(rates=rates),
            wording.THEN.format(
                then=then,
                new=sums.kinds[Kind.NEW],
                missed=sums.kinds[Kind.MISSED],
                lower=sums.kinds[Kind.LOWER],
            ),
            wording.HEARD.format(staff=sums.staff, room=sums.room, alone=sums.room_unheeded),
        ),
        remarks="; ".join(words.remarks(rehearsal)),
        rows=tuple(_row(rehearsal, each) for each in rehearsal.alarms),
        hours=tuple(
            Hour(wording.HOUR.format(n=number), tuple((p, counts[p]) for p in ORDER))
            for number, counts in enumerate(sums.per_hour, start=1)
        ),
    )


def _row(rehearsal: Rehearsal, each: Listed) -> Row:
    episode = each.episode
    return Row(
        t_ns=episode.start_ns,
        when=words.when(rehearsal, episode.start_ns),
        text=words.what(episode, rehearsal.past.labels),
        lasted=words.lasted(episode),
        beside=words.kind(each),
        heard=words.heard(each.told, episode.start_ns, words.BRIEFLY),
        priority=episode.priority,
        kind=each.kind,
        faint=each.kind in (Kind.MISSED, Kind.LOWER),
    )
