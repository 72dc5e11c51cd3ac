"""A session as it may be seen while the screen is locked: whatever is painted from it has no names in it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace

from kapmonitor.commands import Acknowledge, Chart, Command, LookAround, StopCuff
from kapmonitor.errors import CommandRefused
from kapmonitor.model import ChannelKey
from kapmonitor.nearby import Nearby
from kapmonitor.session.care import Care
from kapmonitor.session.keys_events import KeysEvent
from kapmonitor.session.state import SessionState
from kapmonitor.snapshot import Snapshot
from kapmonitor.view import SignalView, WaveTap
from ui.lock import wording
from ui.ports import SessionPort


class Veiled:
    """A SessionPort before another one; while it hides, nothing is asked for but what is safe."""

    def __init__(self, port: SessionPort) -> None:
        self._port = port
        self._hides = False
        self._told: list[Callable[[], object]] = []

    @property
    def hides(self) -> bool:
        """Whether names are hidden now."""
        return self._hides

    def hide(self, *, hides: bool) -> None:
        """Hide names, or show them again; who shows the session looks anew."""
        self._hides = hides
        for look in self._told:
            look()

    def on_change(self, look: Callable[[], object]) -> None:
        """Call this whenever names were hidden or shown."""
        self._told.append(look)

    def snapshot(self) -> Snapshot:
        made = self._port.snapshot()
        return replace(made, session=without_names(made.session)) if self._hides else made

    def view(self) -> SignalView:
        return self._port.view()

    def tap(self, key: ChannelKey) -> WaveTap | None:
        return self._port.tap(key)

    def now_ns(self) -> int:
        return self._port.now_ns()

    def nearby(self) -> Nearby:
        return self._port.nearby()

    def submit(self, command: Command) -> Future[None]:
        if self._hides and not is_safe(command):
            refused: Future[None] = Future()
            refused.set_exception(CommandRefused("locked", "locked"))
            return refused
        return self._port.submit(command)


def is_safe(command: Command) -> bool:
    """Whether it may be asked for without a name: what only helps, and what is about the lock itself."""
    if isinstance(command, Chart):
        return isinstance(command.event, KeysEvent)
    if isinstance(command, LookAround):
        return not command.on
    return isinstance(command, Acknowledge | StopCuff)


def without_names(state: SessionState) -> SessionState:
    """What was measured and given, and nothing of who, of what was said, or of what was played."""
    started = state.started
    return replace(
        state,
        started=replace(started, person="", initials=wording.NAME) if started is not None else None,
        doses=tuple(replace(dose, site="", by="", witness="") for dose in state.doses),
        notes=(),
        drafts=(),
        music=tuple(replace(span, track="", title="", section="") for span in state.music),
        alarms=tuple(replace(span, acknowledged_by="") for span in state.alarms),
        care=Care(locked=True),
    )
