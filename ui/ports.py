"""What the dashboard needs from the rest of the program; live sessions and replay both answer it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from kapmonitor.commands import Command
from kapmonitor.model import ChannelKey
from kapmonitor.nearby import Nearby
from kapmonitor.snapshot import Snapshot
from kapmonitor.view import SignalView, WaveTap


class SessionPort(Protocol):
    """A session as the dashboard sees it. Every method returns at once and may be called at 60 Hz."""

    def snapshot(self) -> Snapshot:
        """The newest picture of the session."""
        ...

    def view(self) -> SignalView:
        """Trends and waves in pixel columns."""
        ...

    def tap(self, key: ChannelKey) -> WaveTap | None:
        """A wave at full rate, or None while it is unknown."""
        ...

    def now_ns(self) -> int:
        """The session's clock, for ages and for the time of a key press."""
        ...

    def nearby(self) -> Nearby:
        """The devices of the session, and while somebody looks, those around it."""
        ...

    def submit(self, command: Command) -> Future[None]:
        """Ask for something; resolves once it is on disk, or fails with a KapError that says why not."""
        ...


class SoundPort(Protocol):
    """What the alarm sound needs of the screen's thread; every method returns at once."""

    def beat(self, idle_s: float) -> None:
        """The screen lives, and nobody has touched anything for so long; several times a second."""
        ...

    def leave(self) -> None:
        """The screen is going, in order: no more beats come."""
        ...

    def connect_music(self, ducker: Callable[[float, float], Future[int]]) -> None:
        """What lowers the music by so many dB in so many seconds, and says when that begins to be heard."""
        ...

    def music_at(self, output_id: str) -> None:
        """The music plays on this output, so alarms never do."""
        ...


class ReplayPort(SessionPort, Protocol):
    """A record in review: a session port with a playhead."""

    def play(self, *, playing: bool) -> None:
        """Run or stand."""
        ...

    def playing(self) -> bool:
        """Whether it runs."""
        ...

    def set_speed(self, speed: float) -> None:
        """0.5 to 60 times real time."""
        ...

    def seek(self, t_ns: int) -> None:
        """Go to a time; clipped to the record."""
        ...

    def moments(self) -> tuple[tuple[int, str], ...]:
        """Times to jump to, oldest first, each with 'note', 'dose', 'alarm', 'phase' or 'reading'."""
        ...

    def summary(self) -> str:
        """One line on the record's integrity: intact, interrupted or damaged."""
        ...
