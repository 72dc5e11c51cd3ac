"""What the page of limits says at a given time; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kapmonitor.alarms.baseline import Baseline, Wanting
from kapmonitor.alarms.decide import LONGEST_OFF_MIN
from kapmonitor.session.state import SessionState
from kapmonitor.snapshot import LimitInForce, Priority, Snapshot
from ui import format as fmt
from ui import strings
from ui.limit_words import named
from ui.limits import wording
from ui.limits.steps import Editing, Step

ROLES: Final = ("hr", "spo2", "nibp-sys", "nibp-dia", "nibp-mean")


@dataclass(frozen=True, slots=True)
class Row:
    """One limit; `quiet` if it does not hold now, `off` when it comes back if somebody switched it off."""

    rule: str
    role: str
    priority: Priority
    name: str
    limit: str
    source: str
    when: str
    off: str
    quiet: bool


@dataclass(frozen=True, slots=True)
class Head:
    """Above the list: whose limits, who signed them, whose hands are on them, and the baseline."""

    title: str
    name: str
    signed: str
    doubtful: bool
    lock: str
    open: bool
    baseline: str
    proposal: str
    wanting: bool


@dataclass(frozen=True, slots=True)
class Foot:
    """Below it: about the chosen limit, or what is asked."""

    lines: tuple[str, ...]
    ask: str
    sure: bool
    trouble: str
    keys: str


def ordered(snapshot: Snapshot) -> tuple[LimitInForce, ...]:
    """The limits as they are listed: by what they are of, upper before lower, the gravest first."""
    return tuple(sorted(snapshot.limits, key=_place))


def _place(limit: LimitInForce) -> tuple[int, str, int]:
    role = ROLES.index(limit.role) if limit.role in ROLES else len(ROLES)
    return role, limit.side, -limit.priority.rank


def row(limit: LimitInForce, now_ns: int) -> Row:
    """One line of the list."""
    until_ns = limit.off_until_t_ns
    off = fmt.duration(until_ns - now_ns) if until_ns is not None and until_ns > now_ns else ""
    return Row(
        rule=limit.rule,
        role=limit.role,
        priority=limit.priority,
        name=name(limit),
        limit=wording.NO_NUMBER if limit.limit is None else fmt.amount(limit.limit),
        source=limit.source,
        when=wording.OFF.format(left=off) if off else _when(limit),
        off=off,
        quiet=limit.limit is None or not limit.in_phase or bool(off),
    )


def name(limit: LimitInForce) -> str:
    """`BP systolic above`."""
    return f"{named(limit.role)} {strings.ABOVE if limit.side == 'high' else strings.BELOW}"


def _when(limit: LimitInForce) -> str:
    if not limit.in_phase:
        return wording.NOT_NOW
    said = wording.EACH_READING if limit.role.startswith("nibp") else _delay(limit.delay_s)
    return said if limit.at_once is None else f"{said}, {_at_once(limit)}"


def _delay(delay_s: float) -> str:
    length = f"{delay_s:g} s" if delay_s < 120 else f"{delay_s / 60:g} min"
    return wording.AFTER.format(length=length)


def _at_once(limit: LimitInForce) -> str:
    return "" if limit.at_once is None else wording.AT_ONCE.format(value=fmt.amount(limit.at_once))


def head(snapshot: Snapshot, editing: Editing, place: int, *, holding: bool) -> Head:
    """Above the list; `place` is that of the chosen limit."""
    session, baseline = snapshot.session, snapshot.baseline
    who = editing.by.strip()
    unlocked = wording.UNLOCKED.format(role=editing.role, by=who)
    found = baseline.proposal
    set_now = baseline.baseline
    return Head(
        title=wording.TITLE.format(place=place, count=len(snapshot.limits)),
        name=session.limits_name or wording.NONE,
        signed=_signed(session),
        doubtful=session.limits_example or not session.limits_signed_by,
        lock=unlocked if editing.role else wording.HOLDING if holding else wording.LOCKED,
        open=bool(editing.role),
        baseline=_baseline(snapshot) if set_now is not None else wording.NO_BASELINE,
        proposal=_proposal(snapshot) if found is not None and set_now is None else "",
        wanting=set_now is None and baseline.needed,
    )


def _signed(session: SessionState) -> str:
    who, on = session.limits_signed_by, session.limits_signed_on
    if session.limits_example:
        return wording.EXAMPLE
    if not who:
        return strings.UNSIGNED
    return wording.SIGNED_ON.format(who=who, on=on) if on else strings.SIGNED_BY.format(who=who)


def values(baseline: Baseline) -> str:
    """`118/74 (88), HR 72, SpO₂ 98`."""
    pressure = f"{_number(baseline.systolic)}/{_number(baseline.diastolic)}"
    mean = f" ({_number(baseline.mean)})" if baseline.mean is not None else ""
    return f"{pressure}{mean}, {strings.HR} {_number(baseline.hr)}, {strings.SPO2} {_number(baseline.spo2)}"


def _number(value: float | None) -> str:
    return wording.NO_NUMBER if value is None else fmt.amount(value)


def _baseline(snapshot: Snapshot) -> str:
    baseline = snapshot.baseline
    if baseline.baseline is None:
        return ""
    said = wording.BASELINE.format(values=values(baseline.baseline))
    if baseline.set_t_ns is None:
        return said
    at = fmt.wall(snapshot.utc_ns + baseline.set_t_ns - snapshot.t_ns, snapshot.utc_offset_min)
    return f"{said} — {wording.SET_BY.format(who=baseline.by or strings.UNSIGNED, at=at)}"


def _proposal(snapshot: Snapshot) -> str:
    found = snapshot.baseline.proposal
    if found is None:
        return ""
    wanting = wording.WANTING[found.wanting]
    if found.baseline is None:
        return wanting
    said = wording.PROPOSED.format(values=values(found.baseline), count=len(found.baseline.readings))
    return f"{said}; {wanting}" if wanting else said


def no_baseline(snapshot: Snapshot) -> str:
    """Why none can be set; empty if one can."""
    found = snapshot.baseline.proposal
    if found is None:
        return wording.WANTING[Wanting.READING]
    return "" if found.baseline is not None else wording.WANTING[found.wanting]


def foot(snapshot: Snapshot, chosen: LimitInForce | None, editing: Editing) -> Foot:
    """Below the list."""
    ask = _asked(snapshot, editing)
    return Foot(
        lines=() if ask else _details(snapshot, chosen),
        ask=ask,
        sure=editing.step in {Step.NUMBER_SURE, Step.OFF_SURE, Step.BASELINE_SURE},
        trouble=editing.trouble,
        keys=_keys(editing),
    )


def _details(snapshot: Snapshot, limit: LimitInForce | None) -> tuple[str, ...]:
    if limit is None:
        return ()
    number = wording.NO_NUMBER if limit.limit is None else fmt.amount(limit.limit)
    when = _delay(limit.delay_s) if limit.delay_s else ""
    first = " · ".join(
        part for part in (f"{name(limit)} {number}", limit.source, when, _at_once(limit)) if part
    )
    phases = ", ".join(wording.PHASE_NAMES.get(phase, phase) for phase in limit.phases)
    second = wording.ONLY_IN.format(phases=phases) if phases else wording.SHOWN_WITHIN
    off = next((off for off in snapshot.session.switched_off if off.rule == limit.rule), None)
    if off is not None and limit.off_until_t_ns is not None:
        second = wording.WHO_OFF.format(by=off.by, role=off.role, reason=off.reason)
    return first, second


def _asked(snapshot: Snapshot, editing: Editing) -> str:
    limit = editing.limit
    label = name(limit) if limit is not None else ""
    old = wording.NO_NUMBER if limit is None or limit.limit is None else fmt.amount(limit.limit)
    found = snapshot.baseline.proposal
    proposed = values(found.baseline) if found is not None and found.baseline is not None else ""
    asked = {
        Step.ROLE: wording.ASK_ROLE,
        Step.NAME: wording.ASK_NAME,
        Step.NUMBER: wording.ASK_NUMBER.format(name=label, old=old),
        Step.REASON: wording.ASK_REASON.format(name=label),
        Step.MINUTES: wording.ASK_MINUTES.format(name=label, most=LONGEST_OFF_MIN),
        Step.NUMBER_SURE: wording.SURE_NUMBER.format(name=label, old=old, new=fmt.amount(editing.number)),
        Step.OFF_SURE: wording.SURE_OFF.format(name=f"{label} {old}", minutes=editing.minutes),
        Step.BASELINE_SURE: wording.SURE_BASELINE.format(values=proposed),
    }
    return asked.get(editing.step, "")


def _keys(editing: Editing) -> str:
    keys = {
        Step.READ: wording.KEYS_READ,
        Step.OPEN: wording.KEYS_OPEN,
        Step.NUMBER_SURE: wording.KEYS_SURE,
        Step.OFF_SURE: wording.KEYS_SURE,
        Step.BASELINE_SURE: wording.KEYS_SURE,
    }
    return keys.get(editing.step, wording.KEYS_ENTRY)
