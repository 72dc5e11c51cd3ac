"""What the alarm zone says; pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kapmonitor.alarms.types import REMIND_S
from kapmonitor.model import GenerationMode
from kapmonitor.session.state import SessionState
from kapmonitor.snapshot import ActiveAlarm, Priority, Snapshot
from ui import alarm_sound, alarm_text, strings
from ui import alarm_wording as wording
from ui import format as fmt
from ui.flash import RATES_HZ
from ui.limit_words import limit_name, source_of, switched_off

TURN_S: Final = 2.0
"""How long each of the others stands in the second line."""
REMINDER_FLASHES: Final = 3
AUDIO_ROLE: Final = "audio"


class ChipKind(StrEnum):
    """What a chip of the alarm zone is about; each has a mark of its own."""

    WAS = "was"
    BELL = "bell"
    """Something is inactivated: a crossed bell."""
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Chip:
    """One small block; `priority` is that of an alarm that passed."""

    kind: ChipKind
    text: str
    priority: Priority | None = None


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

    @property
    def to_see(self) -> bool:
        """Whether an alarm passed that nobody has seen."""
        return any(chip.kind is ChipKind.WAS for chip in self.chips)


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
    chips = _chips(snapshot, now_ns)
    if not active:
        sound = "" if snapshot.mode is GenerationMode.TEST else alarm_sound.where_words(snapshot.sound)
        return QuietFace(strings.NO_ALARMS, _limits(snapshot.session), sound, chips)
    lead = _lead(active)
    others = tuple(alarm for alarm in active if alarm is not lead)
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


def _chips(snapshot: Snapshot, now_ns: int) -> tuple[Chip, ...]:
    """What is inactivated first, then what passed, then what is asked."""
    if snapshot.mode is GenerationMode.TEST:
        return tuple(_was(snapshot, now_ns))
    return (*_sound(snapshot, now_ns), *_off(snapshot, now_ns), *_was(snapshot, now_ns), *_asked(snapshot))


def _sound(snapshot: Snapshot, now_ns: int) -> tuple[Chip, ...]:
    sound = snapshot.sound
    paused = alarm_sound.paused_words(sound, now_ns)
    if paused:
        return (Chip(ChipKind.BELL, paused),)
    said_already = any(alarm.role == AUDIO_ROLE for alarm in snapshot.alarms)
    told = sound.wanted and sound.trouble and not said_already
    return (Chip(ChipKind.BELL, sound.trouble),) if told else ()


def _off(snapshot: Snapshot, now_ns: int) -> tuple[Chip, ...]:
    return tuple(
        Chip(ChipKind.BELL, wording.LIMIT_OFF.format(what=limit_name(limit), left=fmt.duration(left_ns)))
        for limit, left_ns in switched_off(snapshot, now_ns)
    )


def _was(snapshot: Snapshot, now_ns: int) -> list[Chip]:
    return [
        Chip(
            ChipKind.WAS,
            wording.WAS_CHIP.format(
                what=alarm_text.short(alarm),
                ago=fmt.age(now_ns - (alarm.ended_t_ns or now_ns)),
                length=fmt.duration((alarm.ended_t_ns or now_ns) - alarm.onset_t_ns),
            ),
            alarm.priority,
        )
        for alarm in snapshot.alarms
        if not alarm_text.is_active(alarm)
    ]


def _asked(snapshot: Snapshot) -> tuple[Chip, ...]:
    asked: tuple[Chip, ...] = ()
    if snapshot.baseline.needed:
        proposal = snapshot.baseline.proposal
        ready = proposal is not None and proposal.baseline is not None
        said = f"{wording.NO_BASELINE} — {wording.SET_BASELINE}" if ready else wording.NO_BASELINE
        asked = (Chip(ChipKind.NOTE, said),)
    unchecked = alarm_sound.unchecked_words(snapshot)
    if unchecked:
        asked = (*asked, Chip(ChipKind.NOTE, unchecked))
    if snapshot.sound.wanted and snapshot.sound.still_there:
        asked = (Chip(ChipKind.NOTE, wording.STILL_THERE), *asked)
    return asked


def _limits(session: SessionState) -> str:
    if not session.limits:
        return strings.NO_LIMITS
    said = strings.LIMITS_FROM.format(name=session.limits_name)
    who = session.limits_signed_by
    if session.limits_example:
        return f"{said} — {strings.AN_EXAMPLE}"
    return f"{said} — {strings.SIGNED_BY.format(who=who) if who else strings.UNSIGNED}"
