"""Keys and what they do: the tables of a live session, of a locked screen and of a review."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtCore import Qt


class Action(StrEnum):
    """What a key asks for; parts of the dashboard register a handler by this name."""

    ACKNOWLEDGE = "acknowledge"
    MARK = "mark"
    TAG = "tag"
    TAG_SPAN = "tag-span"
    NOTE = "note"
    UNDO = "undo"
    EARLIER_NOTES = "earlier-notes"
    NUDGE = "nudge"
    WHO = "who"
    SCALES = "scales"
    PRESENCE = "presence"
    AUDIO_PAUSE = "audio-pause"
    CUFF = "cuff"
    CUFF_HOLD = "cuff-hold"
    CUFF_WHY = "cuff-why"
    DOSE = "dose"
    DEVICES = "devices"
    SOUND_CHECK = "sound-check"
    LIMITS = "limits"
    ALARM_LIST = "alarm-list"
    OPENING = "opening"
    AFTER = "after"
    CARD = "card"
    EMERGENCY = "emergency"
    LOCK = "lock"
    PHASE_NEXT = "phase-next"
    PHASE_BACK = "phase-back"
    PLAYLIST = "playlist"
    MUSIC_TOGGLE = "music-toggle"
    MUSIC_HOLD = "music-hold"
    MUSIC_SOFTER = "music-softer"
    MUSIC_GROUND = "music-ground"
    MUSIC_NEXT = "music-next"
    VOLUME_UP = "volume-up"
    VOLUME_DOWN = "volume-down"
    WINDOW_SHORTER = "window-shorter"
    WINDOW_LONGER = "window-longer"
    WINDOW_WHOLE = "window-whole"
    OWN_BAND = "own-band"
    REPLAY_PLAY = "replay-play"
    REPLAY_SLOWER = "replay-slower"
    REPLAY_FASTER = "replay-faster"
    REPLAY_BACK = "replay-back"
    REPLAY_ON = "replay-on"
    REPLAY_NOTE = "replay-note"
    REPLAY_ALARM = "replay-alarm"
    REPLAY_DOSE = "replay-dose"
    REPLAY_NOTE_BACK = "replay-note-back"
    REPLAY_ALARM_BACK = "replay-alarm-back"
    REPLAY_DOSE_BACK = "replay-dose-back"
    REPLAY_PHASE = "replay-phase"
    REPLAY_READING = "replay-reading"
    REPLAY_PHASE_BACK = "replay-phase-back"
    REPLAY_READING_BACK = "replay-reading-back"
    REPLAY_SMALL_BACK = "replay-small-back"
    REPLAY_SMALL_ON = "replay-small-on"
    REPLAY_SEARCH = "replay-search"
    REPLAY_FILTER = "replay-filter"
    REPLAY_HIT = "replay-hit"
    REPLAY_HIT_BACK = "replay-hit-back"
    REPLAY_EVERYTHING = "replay-everything"
    REPLAY_AMEND = "replay-amend"
    RECORD_OPEN = "record-open"
    RECORD_NEXT = "record-next"
    RECORD_BEFORE = "record-before"
    RECORD_CLOSE = "record-close"
    WAVES = "waves"
    CURSOR = "cursor"
    CURSOR_BACK = "cursor-back"
    CURSOR_ON = "cursor-on"
    CURSOR_FINELY_BACK = "cursor-finely-back"
    CURSOR_FINELY_ON = "cursor-finely-on"
    PAN_BACK = "pan-back"
    PAN_ON = "pan-on"
    REHEARSE = "rehearse"
    COURSE = "course"
    REPORT = "report"
    FULL_SCREEN = "full-screen"


@dataclass(frozen=True, slots=True)
class Binding:
    """One key. `hold_s` is how long it must be down; `always` means even while text is typed."""

    key: Qt.Key
    action: Action
    shift: bool = False
    control: bool = False
    hold_s: float = 0.0
    always: bool = False
    repeats: bool = False
    number: int = 0


HOLD_S: Final = 0.5
K = Qt.Key
_DIGITS: Final = (K.Key_1, K.Key_2, K.Key_3, K.Key_4, K.Key_5, K.Key_6, K.Key_7, K.Key_8, K.Key_9)
_BOTH: Final = (
    Binding(K.Key_F1, Action.EMERGENCY, always=True),
    Binding(K.Key_F11, Action.FULL_SCREEN, always=True),
    Binding(K.Key_BracketLeft, Action.WINDOW_SHORTER),
    Binding(K.Key_BracketRight, Action.WINDOW_LONGER),
    Binding(K.Key_0, Action.WINDOW_WHOLE),
)
LIVE: Final = (
    *_BOTH,
    Binding(K.Key_F, Action.ACKNOWLEDGE),
    Binding(K.Key_F12, Action.ACKNOWLEDGE, always=True),
    Binding(K.Key_J, Action.MARK),
    *(Binding(key, Action.TAG, number=i + 1) for i, key in enumerate(_DIGITS)),
    *(Binding(key, Action.TAG_SPAN, shift=True, number=i + 1) for i, key in enumerate(_DIGITS)),
    Binding(K.Key_N, Action.NOTE),
    Binding(K.Key_Backspace, Action.UNDO),
    Binding(K.Key_E, Action.EARLIER_NOTES),
    Binding(K.Key_Left, Action.NUDGE),
    Binding(K.Key_W, Action.WHO),
    Binding(K.Key_W, Action.PRESENCE, shift=True),
    Binding(K.Key_Q, Action.SCALES),
    Binding(K.Key_P, Action.AUDIO_PAUSE),
    Binding(K.Key_B, Action.CUFF, hold_s=HOLD_S),
    Binding(K.Key_B, Action.CUFF_HOLD, shift=True),
    Binding(K.Key_Y, Action.CUFF_WHY),
    Binding(K.Key_D, Action.DOSE),
    Binding(K.Key_C, Action.DEVICES),
    Binding(K.Key_T, Action.SOUND_CHECK),
    Binding(K.Key_O, Action.OPENING, shift=True),
    Binding(K.Key_O, Action.AFTER),
    Binding(K.Key_I, Action.CARD),
    Binding(K.Key_L, Action.LIMITS),
    Binding(K.Key_A, Action.ALARM_LIST),
    Binding(K.Key_L, Action.LOCK, shift=True, control=True, always=True),
    Binding(K.Key_PageDown, Action.PHASE_NEXT, hold_s=HOLD_S),
    Binding(K.Key_PageUp, Action.PHASE_BACK, hold_s=HOLD_S),
    Binding(K.Key_U, Action.OWN_BAND),
    Binding(K.Key_M, Action.PLAYLIST, shift=True),
    Binding(K.Key_M, Action.MUSIC_TOGGLE),
    Binding(K.Key_H, Action.MUSIC_HOLD),
    Binding(K.Key_S, Action.MUSIC_SOFTER),
    Binding(K.Key_G, Action.MUSIC_GROUND),
    Binding(K.Key_Right, Action.MUSIC_NEXT, hold_s=HOLD_S),
    Binding(K.Key_Up, Action.VOLUME_UP, repeats=True),
    Binding(K.Key_Down, Action.VOLUME_DOWN, repeats=True),
)
LOCKED: Final = (
    Binding(K.Key_F1, Action.EMERGENCY, always=True),
    Binding(K.Key_F11, Action.FULL_SCREEN, always=True),
    Binding(K.Key_F, Action.ACKNOWLEDGE),
    Binding(K.Key_F12, Action.ACKNOWLEDGE, always=True),
    Binding(K.Key_B, Action.CUFF, hold_s=HOLD_S),
)
"""While the screen is locked: a cuff can be stopped; what else is asked for is refused."""
REVIEW: Final = (
    *_BOTH,
    Binding(K.Key_Space, Action.REPLAY_PLAY),
    Binding(K.Key_Minus, Action.REPLAY_SLOWER),
    Binding(K.Key_Plus, Action.REPLAY_FASTER),
    Binding(K.Key_Left, Action.REPLAY_BACK, repeats=True),
    Binding(K.Key_Right, Action.REPLAY_ON, repeats=True),
    Binding(K.Key_N, Action.REPLAY_NOTE),
    Binding(K.Key_A, Action.REPLAY_ALARM),
    Binding(K.Key_D, Action.REPLAY_DOSE),
    Binding(K.Key_L, Action.ALARM_LIST),
    Binding(K.Key_N, Action.REPLAY_NOTE_BACK, shift=True),
    Binding(K.Key_A, Action.REPLAY_ALARM_BACK, shift=True),
    Binding(K.Key_D, Action.REPLAY_DOSE_BACK, shift=True),
    Binding(K.Key_P, Action.REPLAY_PHASE),
    Binding(K.Key_H, Action.REPLAY_READING),
    Binding(K.Key_P, Action.REPLAY_PHASE_BACK, shift=True),
    Binding(K.Key_H, Action.REPLAY_READING_BACK, shift=True),
    Binding(K.Key_Slash, Action.REPLAY_SEARCH),
    Binding(K.Key_F, Action.REPLAY_FILTER),
    Binding(K.Key_G, Action.REPLAY_HIT),
    Binding(K.Key_G, Action.REPLAY_HIT_BACK, shift=True),
    Binding(K.Key_Backspace, Action.REPLAY_EVERYTHING),
    Binding(K.Key_E, Action.REPLAY_AMEND),
    Binding(K.Key_O, Action.RECORD_OPEN),
    Binding(K.Key_PageDown, Action.RECORD_NEXT, control=True, always=True),
    Binding(K.Key_PageUp, Action.RECORD_BEFORE, control=True, always=True),
    Binding(K.Key_W, Action.RECORD_CLOSE, control=True),
    Binding(K.Key_Comma, Action.REPLAY_SMALL_BACK, repeats=True),
    Binding(K.Key_Period, Action.REPLAY_SMALL_ON, repeats=True),
    Binding(K.Key_W, Action.WAVES),
    Binding(K.Key_X, Action.CURSOR),
    Binding(K.Key_Left, Action.CURSOR_BACK, shift=True, repeats=True),
    Binding(K.Key_Right, Action.CURSOR_ON, shift=True, repeats=True),
    Binding(K.Key_Left, Action.CURSOR_FINELY_BACK, control=True, repeats=True),
    Binding(K.Key_Right, Action.CURSOR_FINELY_ON, control=True, repeats=True),
    Binding(K.Key_PageUp, Action.PAN_BACK, repeats=True),
    Binding(K.Key_PageDown, Action.PAN_ON, repeats=True),
    Binding(K.Key_R, Action.REHEARSE),
    Binding(K.Key_C, Action.COURSE),
    Binding(K.Key_P, Action.REPORT, control=True),
    Binding(K.Key_I, Action.CARD),
    Binding(K.Key_M, Action.MUSIC_TOGGLE),
)
