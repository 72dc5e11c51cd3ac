"""What is shown of the sound of alarms: where it is heard, whether it is paused, what is wrong; pure."""

from __future__ import annotations

from typing import Final

from kapmonitor.alarms.audio import SILENT, AudioState
from kapmonitor.alarms.signals import OutputReport, OutputWord, SoundState
from ui import alarm_wording as wording
from ui import format as fmt
from ui.status_face import Audio

GONE: Final = frozenset(OutputWord) - {OutputWord.READY, OutputWord.NOT_CHOSEN}


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
