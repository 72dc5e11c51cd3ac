"""What the music panel needs from a player, and what a player needs from a sound output."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from kapmonitor.session.events import Phase
from playlists.course import Mode

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class OutputState(StrEnum):
    """Whether what is played can be heard, as far as a computer can know."""

    READY = "ready"
    SILENT = "silent"
    """There is no speaker and none is needed: the music runs unheard, for a demonstration."""
    NONE = "none"
    ABSENT = "absent"
    """The output that was chosen is not there."""
    LOST = "lost"
    """It was there and went away while in use."""
    FAILED = "failed"
    """It is there and cannot be used."""
    RESERVED = "reserved"
    """It is there and belongs to the alarms."""


@dataclass(frozen=True, slots=True)
class OutputChoice:
    """One sound output of this computer."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class OutputHealth:
    """The output in use: its name, its state, and every output that could be chosen instead."""

    state: OutputState
    name: str = ""
    choices: tuple[OutputChoice, ...] = ()
    id: str = ""

    @property
    def usable(self) -> bool:
        return self.state in (OutputState.READY, OutputState.SILENT)


class Output(Protocol):
    """Where mixed sound goes; all calls come from one thread."""

    def poll(self, t_ns: int) -> OutputHealth:
        """Look at the device, open or give it up as needed; `t_ns` is the computer's own monotonic time."""
        ...

    def room(self) -> int:
        """How many frames can be written now; 0 while not usable."""
        ...

    def buffered(self) -> int:
        """How many frames are written and not yet heard."""
        ...

    def write(self, frames: NDArray[np.float32]) -> None:
        """Play these frames, shape (n, 2) with n at most `room()`."""
        ...

    def choose(self, output_id: str) -> None:
        """Use another device from the next poll on."""
        ...

    def close(self) -> None:
        """Let the device go."""
        ...


@dataclass(frozen=True, slots=True)
class ComingRow:
    """A track that comes; `if_moved` where it comes only with a later phase."""

    section: str
    title: str
    duration_s: float
    if_moved: bool = False


@dataclass(frozen=True, slots=True)
class MusicView:
    """All that the panel shows, at one instant. `trouble` is one sentence on what is wrong, else empty.

    `ended` is whether the last track is over and none follows of itself.
    """

    playlist: str = ""
    example: bool = False
    mode: Mode = Mode.STOPPED
    ended: bool = False
    held: bool = False
    grounded: bool = False
    can_ground: bool = False
    title: str = ""
    section: str = ""
    at_s: float = 0.0
    duration_s: float = 0.0
    going_to: str = ""
    coming: tuple[ComingRow, ...] = ()
    volume_db: float = 0.0
    duck_db: float = 0.0
    crossfade_s: float = 0.0
    output: OutputHealth = OutputHealth(OutputState.NONE)
    trouble: str = ""
    checking: bool = False


class MusicPlayer(Protocol):
    """A player as the panel sees it. Every method returns at once; what comes of it is in `view()`.

    `t_ns` is the session's clock at the key press, for the record.
    """

    def view(self) -> MusicView:
        """The newest picture of the music."""
        ...

    def toggle(self, t_ns: int) -> None:
        """Play, or pause with a short fade."""
        ...

    def hold(self, t_ns: int) -> None:
        """Stay in this section, or follow the session again."""
        ...

    def ground(self, t_ns: int) -> None:
        """Go to the grounding section, or back."""
        ...

    def next(self, t_ns: int) -> None:
        """Go to the next track."""
        ...

    def seek(self, t_ns: int, at_s: float) -> None:
        """Go to this second of the file that sounds, with a short crossfade."""
        ...

    def dosed(self, t_ns: int, doses: int) -> None:
        """So many doses were given so far; with each further one the section's time counts anew."""
        ...

    def change_volume(self, t_ns: int, change_db: float) -> None:
        """Louder or softer, within the limits."""
        ...

    def follow(self, t_ns: int, phase: Phase) -> None:
        """The session is in this phase; saying so again does nothing."""
        ...

    def choose_output(self, output_id: str) -> None:
        """Use another sound output; a person's choice, never the program's."""
        ...

    def duck(self, depth_db: float, over_s: float) -> None:
        """Lower the music by `depth_db` (0 returns it) in `over_s` seconds; the volume stays what it is."""
        ...
