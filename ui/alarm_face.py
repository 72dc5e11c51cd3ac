"""What the alarm zone says; pure."""

from __future__ import annotations

from dataclasses import dataclass

from kapmonitor.session.state import SessionState
from kapmonitor.snapshot import ActiveAlarm, Priority, Snapshot
from ui import alarm_text, strings
from ui import format as fmt


@dataclass(frozen=True, slots=True)
class QuietFace:
    """No alarm: where the limits come from, and where alarms are heard."""

    headline: str
    limits: str
    sound: str


@dataclass(frozen=True, slots=True)
class AlarmFace:
    """The alarm that matters most, and in short those behind it."""

    priority: Priority
    text: str
    lasted: str
    more: str
    others: tuple[tuple[Priority, str], ...]
    flashing: bool
    acknowledged: bool
    passed: bool
    """The condition is over, but nobody has acknowledged it yet."""


def alarm_face(snapshot: Snapshot, now_ns: int, sound: str = "") -> QuietFace | AlarmFace:
    """The alarm zone at `now_ns`; the first unacknowledged alarm leads."""
    if not snapshot.alarms:
        return QuietFace(strings.NO_ALARMS, _limits(snapshot.session), sound)
    lead = _lead(snapshot.alarms)
    others = tuple(alarm for alarm in snapshot.alarms if alarm is not lead)
    cuff = snapshot.nibp.last
    return AlarmFace(
        priority=lead.priority,
        text=_worded(lead, alarm_text.sentence(lead, cuff)),
        lasted=fmt.duration(now_ns - lead.onset_t_ns),
        more=strings.MORE_ALARMS.format(n=len(others)) if others else "",
        others=tuple((other.priority, _worded(other, alarm_text.sentence(other, None))) for other in others),
        flashing=alarm_text.flashes(lead),
        acknowledged=not any(alarm_text.wants_acknowledgement(alarm) for alarm in snapshot.alarms),
        passed=not alarm_text.is_active(lead),
    )


def flashing(snapshot: Snapshot) -> frozenset[Priority]:
    """The priorities that have something to flash for."""
    return frozenset(alarm.priority for alarm in snapshot.alarms if alarm_text.flashes(alarm))


def on_screen(snapshot: Snapshot) -> tuple[str, ...]:
    """The conditions that an acknowledgement at this moment covers, and no others."""
    wanting = (alarm for alarm in snapshot.alarms if alarm_text.wants_acknowledgement(alarm))
    return tuple(alarm.condition for alarm in wanting)


def _lead(alarms: tuple[ActiveAlarm, ...]) -> ActiveAlarm:
    return next((alarm for alarm in alarms if alarm_text.flashes(alarm)), alarms[0])


def _worded(alarm: ActiveAlarm, said: str) -> str:
    return said if alarm_text.is_active(alarm) else f"{strings.IT_WAS} {said}"


def _limits(session: SessionState) -> str:
    if not session.limits:
        return strings.NO_LIMITS
    said = strings.LIMITS_FROM.format(name=session.limits_name)
    who = session.limits_signed_by
    return f"{said} — {strings.SIGNED_BY.format(who=who) if who else strings.UNSIGNED}"
