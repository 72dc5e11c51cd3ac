"""What the blood pressure tile says at a given time; pure.

A cuff reading is an event, not a stream: its time and age stand beside it always, it greys as it ages, is
struck when it is too old to act on, and goes after half an hour.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kapmonitor.model import CuffReading, CuffState, GenerationMode, Reading
from kapmonitor.plausible import is_beyond
from kapmonitor.snapshot import CuffTile, Freshness, Priority, Snapshot
from kapmonitor.vitals import pressures
from ui import format as fmt
from ui import strings
from ui.tiles.face import Trust
from ui.tiles.look import BP_ROLES, DIA_ROLE, SYS_ROLE, Look, look

GONE_NS: Final = 30 * fmt.MINUTE_NS

LATE: Final = frozenset({Freshness.OVERDUE, Freshness.STALE})
_TRUST: Final = {
    Freshness.FRESH: Trust.FULL,
    Freshness.AGEING: Trust.QUIET,
    Freshness.OVERDUE: Trust.QUIET,
    Freshness.STALE: Trust.STRUCK,
    Freshness.NONE: Trust.GONE,
}


@dataclass(frozen=True, slots=True)
class PressureFace:
    """The tile; `pressure` is what the cuff reads while it measures, `owed` whether a reading is."""

    digits: str
    trust: Trust
    mean: str
    taken: str
    late: bool
    plan: str
    owed: bool
    limits: str
    words: str
    measuring: bool
    pressure: float | None
    refused: str
    can_start: bool
    can_stop: bool
    held: bool
    alarm: Priority | None
    look: Look


def pressure_face(snapshot: Snapshot, now_ns: int, missed: tuple[int, ...] = ()) -> PressureFace:
    """The tile at `now_ns`; `missed` are times when a cuff was due and nobody said why there is none."""
    tile = snapshot.nibp
    trust = _trust(tile, now_ns)
    gone = trust is Trust.GONE
    seen = look(snapshot, BP_ROLES, now_ns)
    return PressureFace(
        digits=fmt.NO_PRESSURE if gone else fmt.pressure(tile.last),
        trust=trust,
        mean="" if gone else fmt.mean_pressure(tile.last),
        taken=_taken(snapshot, now_ns, gone=gone),
        late=tile.freshness in LATE,
        plan=_plan(tile, now_ns, _missed(snapshot, missed)),
        owed=bool(missed) or bool(tile.again),
        limits=_limits(tile, seen),
        words=_words(tile),
        measuring=tile.state is CuffState.MEASURING,
        can_stop=tile.state is CuffState.MEASURING and snapshot.mode is not GenerationMode.TEST,
        pressure=tile.pressure,
        refused=strings.REFUSALS.get(tile.refused, tile.refused),
        can_start=tile.can_start and snapshot.mode is not GenerationMode.TEST,
        held=tile.held,
        alarm=tile.alarm,
        look=seen,
    )


def _trust(tile: CuffTile, now_ns: int) -> Trust:
    last = tile.last
    if last is None or last.failure is not None or now_ns - last.t_ns > GONE_NS:
        return Trust.GONE
    return _TRUST[tile.freshness]


def _taken(snapshot: Snapshot, now_ns: int, *, gone: bool) -> str:
    last = snapshot.nibp.last
    if last is None:
        return strings.UNREAD if snapshot.nibp.unread else strings.NO_CUFF_YET
    age = fmt.age(now_ns - last.t_ns)
    if gone and last.failure is None:
        return strings.TOO_OLD.format(age=age)
    at = fmt.wall(snapshot.utc_ns + last.t_ns - snapshot.t_ns, snapshot.utc_offset_min)
    memory = f" · {strings.FROM_MEMORY}" if last.stored else ""
    return f"{at} · {age}{memory}"


def _missed(snapshot: Snapshot, missed: tuple[int, ...]) -> str:
    """`Y why none at T+20`, with how many before it."""
    dose_ns = snapshot.session.dose_t_ns
    if not missed or dose_ns is None:
        return ""
    more = f" +{len(missed) - 1}" if len(missed) > 1 else ""
    return strings.MISSED.format(times=fmt.offset_minutes(missed[-1], dose_ns) + more)


def _plan(tile: CuffTile, now_ns: int, missed: str) -> str:
    if tile.state is CuffState.ASLEEP:
        return strings.ASLEEP
    if tile.next_t_ns is None:
        return missed or strings.NO_NEXT
    wait_ns = tile.next_t_ns - now_ns
    if tile.again:
        return _again(tile, wait_ns)
    if wait_ns < 0:
        return strings.NEXT_DUE.format(age=fmt.age(-wait_ns))
    if missed:
        return f"{missed} · {strings.NEXT_IN.format(age=fmt.duration(wait_ns))}"
    said = strings.NEXT_IN.format(age=fmt.duration(wait_ns))
    if tile.freshness in LATE:
        said = f"{strings.OVERDUE} · {said}"
    return f"{strings.HELD} · {said}" if tile.held else said


def _again(tile: CuffTile, wait_ns: int) -> str:
    why = strings.AGAIN_WHY.get(tile.again, tile.again)
    if wait_ns < 0:
        return strings.AGAIN_DUE.format(age=fmt.age(-wait_ns), why=why)
    said = strings.AGAIN_IN.format(age=fmt.duration(wait_ns), why=why)
    return f"{strings.HELD} · {said}" if tile.held else said


def _limits(tile: CuffTile, seen: Look) -> str:
    """The upper limits, one that alarms before the one met first; instead of both a lower one that alarms."""
    sys, dia = seen.crossed_of(SYS_ROLE), seen.crossed_of(DIA_ROLE)
    if sys.low is not None:
        return strings.LOWER_LIMIT.format(sys=fmt.limit(sys.low))
    high_sys = tile.high_sys if sys.high is None else sys.high
    high_dia = tile.high_dia if dia.high is None else dia.high
    if high_sys is None and high_dia is None:
        return ""
    return strings.LIMITS.format(sys=fmt.limit(high_sys), dia=fmt.limit(high_dia))


def _words(tile: CuffTile) -> str:
    last: CuffReading | None = tile.last
    if last is not None and last.failure is not None:
        return strings.ATTEMPT_FAILED.format(why=strings.CUFF_FAILURES[last.failure])
    too_high = [] if last is None else [role for role, (ref, part) in _parts(last) if is_beyond(ref, part)]
    parts = " and ".join(strings.PRESSURE_PARTS[role] for role in too_high)
    return strings.TOO_HIGH.format(parts=parts) if parts else ""


def _parts(last: CuffReading) -> Iterator[tuple[str, tuple[str, Reading]]]:
    return zip(strings.PRESSURE_PARTS, pressures(last), strict=True)
