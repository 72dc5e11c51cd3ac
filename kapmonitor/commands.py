"""What a person can ask of a running session; the only way the dashboard changes anything."""

from __future__ import annotations

from dataclasses import dataclass

from kapmonitor.session.events import DoseGiven, MusicEvent, NoteAdded, NoteAmended, Phase


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
class Acknowledge:
    """Acknowledge the conditions that were on screen at key-down, and no others."""

    t_ns: int
    conditions: tuple[str, ...]
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
class ReportMusic:
    """The player did something that belongs in the record."""

    t_ns: int
    music: MusicEvent


Command = (
    AddNote | AmendNote | MovePhase | GiveDose | Acknowledge | StartCuff | StopCuff | HoldCuff | ReportMusic
)
