"""The sound of alarms as a whole: on, paused for a while, or broken; a table and its guards, pure.

No state is silent without an end: a pause ends by its own time, by a person, by a graver condition, or when
an output goes. A pause over a HIGH condition is never prolonged, and a minute of sound follows it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from kapmonitor.alarms.types import Priority

S_NS: Final = 1_000_000_000
PAUSE_NS: Final = 120 * S_NS
SETUP_PAUSE_NS: Final = 180 * S_NS
REST_NS: Final = 60 * S_NS
"""For so long the sound stays on after a row of pauses, and a pause sooner than this continues the row."""
MOST_IN_ROW: Final = 3


class AudioState(StrEnum):
    """What the sound of alarms does."""

    ON = "on"
    PAUSED = "paused"
    SETUP_PAUSED = "setup-paused"
    FAULT = "fault"


class AudioCue(StrEnum):
    """What can happen to the sound of alarms."""

    PAUSE = "pause"
    SETUP_PAUSE = "setup-pause"
    RESUME = "resume"
    TIME_OVER = "time-over"
    HIGHER = "higher"
    """A condition graver than any that the pause silences."""
    SETUP_OVER = "setup-over"
    REROUTED = "rerouted"
    """One output went away, another one serves."""
    LOST = "lost"
    """No output works."""
    BACK = "back"


S, C = AudioState, AudioCue
TABLE: Final[dict[tuple[AudioState, AudioCue], AudioState]] = {
    (S.ON, C.PAUSE): S.PAUSED,
    (S.ON, C.SETUP_PAUSE): S.SETUP_PAUSED,
    (S.ON, C.LOST): S.FAULT,
    (S.PAUSED, C.PAUSE): S.PAUSED,
    (S.PAUSED, C.RESUME): S.ON,
    (S.PAUSED, C.TIME_OVER): S.ON,
    (S.PAUSED, C.HIGHER): S.ON,
    (S.PAUSED, C.REROUTED): S.ON,
    (S.PAUSED, C.LOST): S.FAULT,
    (S.SETUP_PAUSED, C.RESUME): S.ON,
    (S.SETUP_PAUSED, C.TIME_OVER): S.ON,
    (S.SETUP_PAUSED, C.HIGHER): S.ON,
    (S.SETUP_PAUSED, C.SETUP_OVER): S.ON,
    (S.SETUP_PAUSED, C.REROUTED): S.ON,
    (S.SETUP_PAUSED, C.LOST): S.FAULT,
    (S.FAULT, C.BACK): S.ON,
}
SILENT: Final = frozenset({AudioState.PAUSED, AudioState.SETUP_PAUSED})


class Refusal(StrEnum):
    """Why the sound is not paused now."""

    NONE = ""
    NOT_NOW = "audio-not-on"
    RESTING = "audio-resting"
    HIGH = "audio-high"
    ENOUGH = "audio-paused-enough"
    NOT_PREPARING = "audio-not-preparing"


@dataclass(frozen=True, slots=True)
class Audio:
    """The machine; `silenced` is the rank of the gravest unacknowledged condition under a pause, or 0."""

    state: AudioState = AudioState.ON
    until_ns: int | None = None
    silenced: int = 0
    over_high: bool = False
    in_row: int = 0
    ended_ns: int | None = None
    rest_until_ns: int = 0


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """What the machine looks at. `unacknowledged` is the gravest such priority."""

    unacknowledged: Priority | None = None
    preparing: bool = False
    works: bool = True
    rerouted: bool = False

    @property
    def rank(self) -> int:
        return self.unacknowledged.rank if self.unacknowledged is not None else 0


def refusal(audio: Audio, cue: AudioCue, facts: AudioFacts, now_ns: int) -> Refusal:
    """Why a person's cue is not followed now; Refusal.NONE where it is."""
    if (audio.state, cue) not in TABLE:
        return Refusal.NOT_NOW
    high = facts.unacknowledged is Priority.HIGH
    match cue:
        case AudioCue.PAUSE if audio.state is AudioState.PAUSED:
            if high or audio.over_high:
                return Refusal.HIGH
            return Refusal.ENOUGH if audio.in_row >= MOST_IN_ROW else Refusal.NONE
        case AudioCue.PAUSE:
            return Refusal.RESTING if now_ns < audio.rest_until_ns else Refusal.NONE
        case AudioCue.SETUP_PAUSE:
            return _setup_refusal(audio, facts, now_ns)
        case _:
            return Refusal.NONE


def _setup_refusal(audio: Audio, facts: AudioFacts, now_ns: int) -> Refusal:
    if not facts.preparing:
        return Refusal.NOT_PREPARING
    if facts.unacknowledged is Priority.HIGH:
        return Refusal.HIGH
    return Refusal.RESTING if now_ns < audio.rest_until_ns or _in_row(audio, now_ns) else Refusal.NONE


def move(audio: Audio, cue: AudioCue, facts: AudioFacts, now_ns: int) -> Audio:
    """The machine after a cue; itself where the table does not list the pair or a guard refuses."""
    after = TABLE.get((audio.state, cue))
    if after is None or refusal(audio, cue, facts, now_ns):
        return audio
    if after in SILENT:
        return _silent(audio, after, facts, now_ns)
    if audio.state in SILENT:
        return _ended(audio, after, now_ns)
    return replace(audio, state=after)


def step(audio: Audio, facts: AudioFacts, now_ns: int) -> tuple[Audio, tuple[AudioCue, ...]]:
    """Let time pass and look at the facts; returns the cues that changed something."""
    done: list[AudioCue] = []
    for cue in _due(audio, facts, now_ns):
        moved = move(audio, cue, facts, now_ns)
        if moved is not audio:
            done.append(cue)
        audio = moved
    if audio.state in SILENT:
        over_high = audio.over_high or facts.unacknowledged is Priority.HIGH
        # What was acknowledged or has passed is silenced no more: the next one of its kind is new.
        audio = replace(audio, silenced=min(audio.silenced, facts.rank), over_high=over_high)
    return audio, tuple(done)


def _due(audio: Audio, facts: AudioFacts, now_ns: int) -> tuple[AudioCue, ...]:
    due = (
        (AudioCue.LOST, not facts.works),
        (AudioCue.BACK, facts.works),
        (AudioCue.TIME_OVER, audio.until_ns is not None and now_ns >= audio.until_ns),
        (AudioCue.HIGHER, facts.rank > audio.silenced),
        (AudioCue.SETUP_OVER, not facts.preparing),
        (AudioCue.REROUTED, facts.rerouted),
    )
    return tuple(cue for cue, is_due in due if is_due)


def _in_row(audio: Audio, now_ns: int) -> bool:
    return audio.ended_ns is not None and now_ns - audio.ended_ns < REST_NS


def _silent(audio: Audio, after: AudioState, facts: AudioFacts, now_ns: int) -> Audio:
    goes_on = audio.state is AudioState.PAUSED or _in_row(audio, now_ns)
    setup = after is AudioState.SETUP_PAUSED
    return replace(
        audio,
        state=after,
        until_ns=now_ns + (SETUP_PAUSE_NS if setup else PAUSE_NS),
        silenced=facts.rank,
        over_high=facts.unacknowledged is Priority.HIGH,
        in_row=MOST_IN_ROW if setup else audio.in_row + 1 if goes_on else 1,
        ended_ns=None,
    )


def _ended(audio: Audio, after: AudioState, now_ns: int) -> Audio:
    rests = audio.over_high or audio.in_row >= MOST_IN_ROW
    return Audio(
        state=after,
        in_row=audio.in_row,
        ended_ns=now_ns,
        rest_until_ns=now_ns + REST_NS if rests else audio.rest_until_ns,
    )
