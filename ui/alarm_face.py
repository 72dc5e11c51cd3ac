"""What the alarm zone says; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kapmonitor.alarms.types import REMIND_S
from kapmonitor.model import GenerationMode
from kapmonitor.session.state import SessionState
from kapmonitor.snapshot import ActiveAlarm, Priority, Snapshot
from ui import alarm_sound, alarm_text, strings
from ui import alarm_wording as wording
from ui import format as fmt
from ui.alarm_chips import Chip, chips_of
from ui.flash import RATES_HZ
from ui.limit_words import source_of

TURN_S: Final = 2.0
"""How long each of the others stands in the second line."""
REMINDER_FLASHES: Final = 3


@dataclass(frozen=True, slots=True)
class Other:
    """One of the alarms behind the leading one."""

    priority: Priority
    text: str
    lasted: str
    acknowledged: bool


@dataclass(frozen=True, slots=True)
class QuietFace:
    """No alarm: where the limits come from, where alarms are heard, and what is kept to be seen."""

    headline: str
    limits: str
    sound: str
    chips: tuple[Chip, ...] = ()


@dataclass(frozen=True, slots=True)
class AlarmFace:
    """The alarm that matters most, and one of those behind it, by turns.

    `rhythm` is the priority in whose rhythm the block flashes, None while it is steady; `reminder` says when
    an acknowledged alarm speaks up again; `wanted` what the alarm waits for.
    """

    priority: Priority
    text: str
    lasted: str
    more: str = ""
    other: Other | None = None
    rhythm: Priority | None = None
    acknowledged: bool = False
    reminder: str = ""
    wanted: str = ""
    chips: tuple[Chip, ...] = ()


Face = QuietFace | AlarmFace


def alarm_face(snapshot: Snapshot, now_ns: int, turn_s: float = 0.0) -> Face:
    """The alarm zone at `now_ns`; the first unacknowledged alarm leads. `turn_s`: any clock that runs on."""
    active = tuple(alarm for alarm in snapshot.alarms if alarm_text.is_active(alarm))
    chips = chips_of(snapshot, now_ns)
    if not active:
        sound = "" if snapshot.mode is GenerationMode.TEST else alarm_sound.where_words(snapshot.sound)
        return QuietFace(strings.NO_ALARMS, _limits(snapshot.session), sound, chips)
    lead = _lead(active)
    others = tuple(alarm for alarm in active if alarm is not lead and not _is_said(alarm, active))
    source = source_of(snapshot, lead.condition)
    return AlarmFace(
        priority=lead.priority,
        text=alarm_text.sentence(lead, snapshot.nibp.last, source),
        lasted=fmt.duration(now_ns - lead.onset_t_ns),
        more=strings.MORE_ALARMS.format(n=len(others)) if others else "",
        other=_other(others[int(turn_s / TURN_S) % len(others)], now_ns) if others else None,
        rhythm=_rhythm(lead, snapshot, now_ns),
        acknowledged=not any(alarm_text.wants_acknowledgement(alarm) for alarm in snapshot.alarms),
        reminder=_reminder(lead, now_ns),
        wanted=wording.REPEAT if lead.repeat_wanted else "",
        chips=chips,
    )


def flashing(snapshot: Snapshot, now_ns: int) -> frozenset[Priority]:
    """The rhythms in which something flashes."""
    found = {_rhythm(alarm, snapshot, now_ns) for alarm in snapshot.alarms}
    return frozenset(rhythm for rhythm in found if rhythm is not None)


def on_screen(snapshot: Snapshot) -> tuple[str, ...]:
    """The conditions that an acknowledgement at this moment covers, and no others."""
    wanting = (alarm for alarm in snapshot.alarms if alarm_text.wants_acknowledgement(alarm))
    return tuple(alarm.condition for alarm in wanting)


def _lead(alarms: tuple[ActiveAlarm, ...]) -> ActiveAlarm:
    return next((alarm for alarm in alarms if alarm_text.flashes(alarm)), alarms[0])


def _is_said(alarm: ActiveAlarm, active: tuple[ActiveAlarm, ...]) -> bool:
    """Whether a graver alarm of the same value says it too: below 91 is nothing more once it is below 87.

    One that nobody has seen is not said by one that somebody has.
    """
    return alarm.limit is not None and any(
        (other.role, other.direction) == (alarm.role, alarm.direction)
        and other.limit is not None
        and other.priority.rank > alarm.priority.rank
        and alarm_text.flashes(other) >= alarm_text.flashes(alarm)
        for other in active
    )


def _other(alarm: ActiveAlarm, now_ns: int) -> Other:
    return Other(
        alarm.priority,
        alarm_text.sentence(alarm, None),
        fmt.duration(now_ns - alarm.onset_t_ns),
        acknowledged=not alarm_text.wants_acknowledgement(alarm),
    )


def _rhythm(alarm: ActiveAlarm, snapshot: Snapshot, now_ns: int) -> Priority | None:
    if alarm_text.flashes(alarm):
        return alarm.priority
    # Low is steady by itself; its reminder borrows the slower rhythm.
    rhythm = alarm.priority if alarm.priority in RATES_HZ else Priority.MEDIUM
    since_ns = _since_reminder(alarm, now_ns)
    length_ns = REMINDER_FLASHES / RATES_HZ[rhythm] * fmt.SECOND_NS * snapshot.speed
    return rhythm if since_ns is not None and 0 <= since_ns < length_ns else None


def _since_reminder(alarm: ActiveAlarm, now_ns: int) -> int | None:
    """How long ago an acknowledged alarm last reminded of itself; None if it has not yet."""
    acknowledged_ns, next_ns = alarm.acknowledged_t_ns, alarm.remind_t_ns
    if acknowledged_ns is None or next_ns is None or alarm.state != "active-ack":
        return None
    last_ns = next_ns - int(REMIND_S[alarm.priority] * fmt.SECOND_NS)
    return now_ns - last_ns if last_ns > acknowledged_ns else None


def _reminder(alarm: ActiveAlarm, now_ns: int) -> str:
    if alarm.remind_t_ns is None or alarm.state != "active-ack":
        return ""
    return wording.REMINDER.format(left=fmt.duration(alarm.remind_t_ns - now_ns))


def _limits(session: SessionState) -> str:
    if not session.limits:
        return strings.NO_LIMITS
    said = strings.LIMITS_FROM.format(name=session.limits_name)
    who = session.limits_signed_by
    if session.limits_example:
        return f"{said} — {strings.AN_EXAMPLE}"
    return f"{said} — {strings.SIGNED_BY.format(who=who) if who else strings.UNSIGNED}"
