"""What a person can ask of a running session; the only way the dashboard changes anything."""

from __future__ import annotations

from dataclasses import dataclass

from kapmonitor.session.care_events import CareEvent
from kapmonitor.session.events import (
    CuffExplained,
    DoseAmended,
    DoseGiven,
    MusicEvent,
    NoteAdded,
    NoteAmended,
    NoteDrafted,
    NoteEnded,
    Phase,
)
from kapmonitor.session.keys_events import KeysEvent
from kapmonitor.view import Role


@dataclass(frozen=True, slots=True)
class AddNote:
    """Keep a note; `t_ns` is its first keystroke."""

    t_ns: int
    note: NoteAdded


@dataclass(frozen=True, slots=True)
class AmendNote:
    """Correct or withdraw an earlier note."""

    note: NoteAmended


@dataclass(frozen=True, slots=True)
class EndNote:
    """What a note began is over at `t_ns`, or goes on after all."""

    t_ns: int
    note: NoteEnded


@dataclass(frozen=True, slots=True)
class KeepDraft:
    """Keep what is being written, lest it be lost."""

    note: NoteDrafted


NoteCommand = AddNote | AmendNote | EndNote | KeepDraft
"""What concerns notes."""


@dataclass(frozen=True, slots=True)
class MovePhase:
    """Go to another phase."""

    phase: Phase
    by: str


@dataclass(frozen=True, slots=True)
class GiveDose:
    """Chart a dose given at `t_ns`."""

    t_ns: int
    dose: DoseGiven


@dataclass(frozen=True, slots=True)
class AmendDose:
    """Correct an earlier dose; the entry it corrects stays on record."""

    dose: DoseAmended


@dataclass(frozen=True, slots=True)
class ExplainCuff:
    """Say why no reading was taken when one was due."""

    said: CuffExplained


@dataclass(frozen=True, slots=True)
class Chart:
    """Chart something about the person and their care, or who has the keys, at `t_ns`."""

    t_ns: int
    event: CareEvent | KeysEvent


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Acknowledge the conditions that were on screen at key-down, and no others."""

    t_ns: int
    conditions: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True)
class SetBaseline:
    """Take what was measured before the dose as this person's own values; limits then follow it."""

    by: str


@dataclass(frozen=True, slots=True)
class ChangeLimit:
    """Put one limit at another number for the rest of the session; `role` is the asker's."""

    rule: str
    limit: float
    role: str
    by: str


@dataclass(frozen=True, slots=True)
class DisableRule:
    """Switch one limit off for a reason, for so many minutes and no longer; `role` is the asker's."""

    rule: str
    reason: str
    role: str
    by: str
    minutes: float


@dataclass(frozen=True, slots=True)
class EnableRule:
    """Switch a limit on again."""

    rule: str
    role: str
    by: str


@dataclass(frozen=True, slots=True)
class SaySameArm:
    """The cuff is, or is not, on the oximeter's arm."""

    same: bool
    by: str


@dataclass(frozen=True, slots=True)
class StartCuff:
    """Inflate the cuff now."""

    by: str


@dataclass(frozen=True, slots=True)
class StopCuff:
    """Open the cuff's valves now; never refused."""

    by: str


@dataclass(frozen=True, slots=True)
class HoldCuff:
    """Put off the next planned cuff by one interval, ten minutes at most; `release` takes that back."""

    by: str
    release: bool = False


@dataclass(frozen=True, slots=True)
class LookAround:
    """Begin or end looking for devices that are plugged in or in range."""

    on: bool


@dataclass(frozen=True, slots=True)
class TryDevice:
    """Connect a device that is only in range, to see what it shows; `key` is nearby.NearbyDevice's."""

    key: str


@dataclass(frozen=True, slots=True)
class AdoptDevice:
    """The device of this key is on this person: take it into the session."""

    key: str
    by: str


@dataclass(frozen=True, slots=True)
class ConfirmDevice:
    """What now answers in place of an adopted device is on this person too."""

    device: str
    by: str


@dataclass(frozen=True, slots=True)
class ReleaseDevice:
    """Take a device out of the session."""

    device: str
    by: str


@dataclass(frozen=True, slots=True)
class AllowCuff:
    """Let this device's cuff be started from here, or no longer; off until a person says so."""

    device: str
    on: bool
    by: str


@dataclass(frozen=True, slots=True)
class ShowSource:
    """Let this device's values stand on the dashboard for a role."""

    role: Role
    device: str
    by: str


@dataclass(frozen=True, slots=True)
class ReportMusic:
    """The player did something that belongs in the record."""

    t_ns: int
    music: MusicEvent


DeviceCommand = LookAround | TryDevice | AdoptDevice | ConfirmDevice | ReleaseDevice | AllowCuff | ShowSource
"""What concerns the devices of the session; carried out by the station."""


@dataclass(frozen=True, slots=True)
class PauseAudio:
    """Silence alarms for two minutes; `setup` for three, while the session is prepared."""

    by: str
    setup: bool = False


@dataclass(frozen=True, slots=True)
class ResumeAudio:
    """Let alarms be heard again before the pause is over."""

    by: str


@dataclass(frozen=True, slots=True)
class CheckTone:
    """Play the check tone on 'staff' or 'room'."""

    output: str


@dataclass(frozen=True, slots=True)
class ToneHeard:
    """Whether the check tone of 'staff' or 'room' was heard, or the music of 'music' and nothing else."""

    output: str
    heard: bool
    by: str


@dataclass(frozen=True, slots=True)
class ConfirmBedside:
    """The bedside monitor's own alarm is on: somebody looked."""

    by: str


SoundCommand = PauseAudio | ResumeAudio | CheckTone | ToneHeard | ConfirmBedside
"""What concerns the sound of alarms."""

AlarmCommand = SetBaseline | ChangeLimit | DisableRule | EnableRule | SaySameArm
"""What people decide about limits and alarms, besides acknowledging."""

Command = (
    NoteCommand
    | MovePhase
    | GiveDose
    | AmendDose
    | ExplainCuff
    | Chart
    | Acknowledge
    | AlarmCommand
    | StartCuff
    | StopCuff
    | HoldCuff
    | DeviceCommand
    | SoundCommand
    | ReportMusic
)
