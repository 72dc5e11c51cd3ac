"""What happens to the sound of alarms: what people ask, what is heard, what breaks.

Part of kapmonitor.session.events, whose rules hold here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class SoundAsked:
    """Somebody paused the sound of alarms or let it go on; `action` is an AudioCue word."""

    TYPE: ClassVar[str] = "sound.asked"
    VERSION: ClassVar[int] = 1
    action: str
    by: str


@dataclass(frozen=True, slots=True)
class SoundChanged:
    """The sound of alarms as a whole changed; `state` is an AudioState word, `cause` an AudioCue one."""

    TYPE: ClassVar[str] = "sound.changed"
    VERSION: ClassVar[int] = 1
    state: str
    cause: str
    until_t_ns: int


@dataclass(frozen=True, slots=True)
class SoundStaged:
    """Others are told now than before: a Stage word, and the gravest priority nobody has acknowledged."""

    TYPE: ClassVar[str] = "sound.staged"
    VERSION: ClassVar[int] = 1
    stage: str
    priority: str


@dataclass(frozen=True, slots=True)
class SoundOutput:
    """An output of alarms is in another state, an OutputWord; `output` is 'staff' or 'room'."""

    TYPE: ClassVar[str] = "sound.output"
    VERSION: ClassVar[int] = 1
    output: str
    name: str
    state: str


@dataclass(frozen=True, slots=True)
class SoundProcess:
    """The program that sounds alarms began, ended or was ended; `gap_ns` is how long there was none.

    `what` is 'started', 'ended', 'silent' (it did not answer), 'not-started', or 'console-stopped': it had
    nothing from the console for `gap_ns`.
    """

    TYPE: ClassVar[str] = "sound.process"
    VERSION: ClassVar[int] = 1
    what: str
    detail: str
    gap_ns: int


@dataclass(frozen=True, slots=True)
class SoundChecked:
    """Somebody listened for the check tone of an output and said whether it was heard."""

    TYPE: ClassVar[str] = "sound.checked"
    VERSION: ClassVar[int] = 1
    output: str
    name: str
    heard: bool
    by: str


@dataclass(frozen=True, slots=True)
class BedsideConfirmed:
    """Somebody looked at the bedside monitor and said that its own alarm is on."""

    TYPE: ClassVar[str] = "sound.bedside"
    VERSION: ClassVar[int] = 1
    by: str
