"""What is shown of the sound of alarms: where it is heard, whether it is paused, what is wrong; pure."""

from __future__ import annotations

from typing import Final

from kapmonitor.alarms.audio import SILENT, AudioState
from kapmonitor.alarms.signals import OutputReport, OutputRole, OutputWord, SoundState
from kapmonitor.model import GenerationMode
from kapmonitor.session.state import BEDSIDE, SessionState, SoundCheck
from kapmonitor.snapshot import Snapshot
from ui import alarm_wording as wording
from ui import format as fmt
from ui.status_face import Audio

GONE: Final = frozenset(OutputWord) - {OutputWord.READY, OutputWord.NOT_CHOSEN}


MUSIC: Final = "music"
"""What a check is of when it is about the output of the music."""


def is_paused(sound: SoundState) -> bool:
    """Whether somebody has paused it."""
    return sound.state in SILENT


def paused_words(sound: SoundState, now_ns: int) -> str:
    """For how long it is still silent; empty while it is not."""
    if not is_paused(sound) or sound.until_t_ns is None:
        return ""
    return wording.SOUND_PAUSED.format(left=fmt.duration(sound.until_t_ns - now_ns))


def where_words(sound: SoundState) -> str:
    """Where alarms are heard, for the quiet alarm line."""
    if not sound.wanted:
        return wording.ON_SCREEN_ONLY
    heard = {
        (True, True): wording.SOUND_BOTH,
        (True, False): wording.SOUND_STAFF,
        (False, True): wording.SOUND_ROOM,
        (False, False): wording.NO_SOUND,
    }
    return heard[sound.staff.works, sound.room.works]


def lamp(sound: SoundState) -> Audio | None:
    """The sign in the status zone; None where this session sounds no alarms."""
    if not sound.wanted:
        return None
    if sound.state is AudioState.FAULT or not (sound.staff.works or sound.room.works):
        return Audio(wording.ALARM_SOUND, wording.NOT_HEARD)
    label = wording.STAFF_EAR if sound.staff.works else wording.ROOM_SPEAKER
    if is_paused(sound):
        return Audio(label, wording.PAUSED)
    return Audio(label, wording.STAFF_LOST if _is_gone(sound.staff) else "")


def _is_gone(output: OutputReport) -> bool:
    return output.state in GONE


def report_of(sound: SoundState, role: OutputRole) -> OutputReport:
    """How one output of alarms is."""
    return sound.staff if role is OutputRole.STAFF else sound.room


def check_of(session: SessionState, of: str) -> SoundCheck | None:
    """What was last answered about it in the sound check."""
    return next((check for check in session.sound_checks if check.of == of), None)


def holds(check: SoundCheck | None, name: str) -> bool:
    """Whether it was heard, and on the output of this name."""
    return check is not None and check.heard and check.name == name


def needed(snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    """What the check is needed of, each with the name of its output; nothing without an output for alarms."""
    reports = [(role.value, report_of(snapshot.sound, role)) for role in OutputRole]
    chosen = [(of, report.name) for of, report in reports if report.state is not OutputWord.NOT_CHOSEN]
    if not chosen:
        return ()
    music = [(MUSIC, "")] if snapshot.session.music else []
    return (*chosen, *music, (BEDSIDE, ""))


def unchecked_words(snapshot: Snapshot) -> str:
    """That the check was not done, or that something was not heard; only in a session with a person."""
    if snapshot.mode is not GenerationMode.REAL or not snapshot.sound.wanted:
        return ""
    checks = [(check_of(snapshot.session, of), name) for of, name in needed(snapshot)]
    if any(check is not None and not check.heard for check, _name in checks):
        return wording.SOUND_UNHEARD
    return "" if all(holds(check, name) for check, name in checks) else wording.SOUND_UNCHECKED
