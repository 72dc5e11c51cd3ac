"""The chips of the alarm zone: what is inactivated, what passed, what is asked; pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kapmonitor.model import GenerationMode
from kapmonitor.snapshot import Priority, Snapshot
from ui import alarm_sound, alarm_text
from ui import alarm_wording as wording
from ui import format as fmt
from ui.limit_words import limit_name, switched_off

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


def chips_of(snapshot: Snapshot, now_ns: int) -> tuple[Chip, ...]:
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
    clock = snapshot.station.clock
    if clock is not None and clock.may_be_far_off and snapshot.mode is GenerationMode.REAL:
        asked = (*asked, Chip(ChipKind.NOTE, wording.CLOCK_LOOSE))
    if snapshot.sound.wanted and snapshot.sound.still_there:
        asked = (Chip(ChipKind.NOTE, wording.STILL_THERE), *asked)
    return asked
