"""Joins the keys of the console with the parts that they are in the name of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from kapmonitor.commands import (
    AdoptDevice,
    AllowCuff,
    Chart,
    Command,
    ConfirmBedside,
    ConfirmDevice,
    ReleaseDevice,
    ReportMusic,
    ShowSource,
    ToneHeard,
)
from kapmonitor.scaledue import dues, scales_of, wanted
from kapmonitor.session.events import MusicAction
from kapmonitor.session.keys_events import EmergencyAccessed
from ui.keytable import Action
from ui.lock.idle import Idle
from ui.lock.lock import Lock
from ui.lock.veil import Veiled
from ui.notes import NotesPanel
from ui.people.gate import Gate
from ui.ports import SessionPort
from ui.scales.face import wanted_words

LOOK_MS: Final = 1000
BY_HAND: Final = frozenset({MusicAction.PAUSED, MusicAction.HELD, MusicAction.RELEASED, MusicAction.VOLUME})
"""Music also starts, stops and resumes by itself."""
OF_PAGES = AdoptDevice | AllowCuff | ConfirmBedside | ConfirmDevice | ReleaseDevice | ShowSource | ToneHeard
"""What pages ask for that stay open when somebody else takes the keys."""


def named(command: Command, by: str) -> Command:
    """In the name of whoever is at the keys now, not when its page was opened."""
    return replace(command, by=by) if isinstance(command, OF_PAGES) else command


def by_hand(command: Command, by: str) -> Command:
    """What was done to the music by a key, in the name of whoever is at the keys."""
    if isinstance(command, ReportMusic) and command.music.action in BY_HAND:
        return replace(command, music=replace(command.music, by=by))
    return command


def wire_people(gate: Gate, port: SessionPort, notes: NotesPanel) -> None:
    """Whoever takes the keys in the notes has them everywhere, and the other way round."""
    keys = gate.keys

    def show_author() -> None:
        if notes.desk.author != keys.last:
            notes.set_author(keys.last)

    notes.author_chosen.connect(keys.take)
    keys.changed.connect(show_author)
    wire_scales(gate, port, notes)
    wire_room(gate, port, notes)


def wire_scales(gate: Gate, port: SessionPort, notes: NotesPanel) -> None:
    """Q opens the page of scales; what is due stands over the notes."""
    gate.window.on(Action.SCALES, lambda _press: _open_scales(gate, port))

    def look() -> None:
        session = port.snapshot().session
        found = dues(scales_of(session.care), session, port.now_ns())
        notes.set_wanted(wanted_words(wanted(found)))

    _each_second(notes, look)


def _each_second(notes: NotesPanel, look: Callable[[], None]) -> None:
    timer = QTimer(notes)
    timer.timeout.connect(look)
    timer.start(LOOK_MS)
    look()


def _open_scales(gate: Gate, port: SessionPort) -> None:
    from ui.scales.page import ScalesPage

    window = gate.window
    if window.close_if_open(ScalesPage):
        return
    page = ScalesPage(port, window.theme, lambda: gate.keys.by)
    page.asked.connect(gate.ask)
    page.left.connect(window.close_over_trends)
    window.open_over_trends(page)


def wire_room(gate: Gate, port: SessionPort, notes: NotesPanel) -> None:
    """Shift+W opens the page of who is in the room; who is there stands beside the notes' title."""
    gate.window.on(Action.PRESENCE, lambda _press: _open_room(gate, port, notes))

    def look() -> None:
        present = port.snapshot().session.care.present
        notes.set_present(" ".join(each.person for each in present))

    _each_second(notes, look)


def _open_room(gate: Gate, port: SessionPort, notes: NotesPanel) -> None:
    from ui.people.room import RoomPage

    window, keys = gate.window, gate.keys
    if window.close_if_open(RoomPage):
        return

    def handed(giver: str, taker: str) -> None:
        if giver == keys.last:
            keys.take(taker)

    page = RoomPage(port, window.theme, notes.everybody, lambda: keys.by)
    page.asked.connect(gate.ask)
    page.handed.connect(handed)
    page.left.connect(window.close_over_trends)
    window.open_over_trends(page)


def wire_lock(gate: Gate, veil: Veiled, covered: Sequence[QWidget], idle_min: float) -> Lock:
    """Ctrl+Shift+L locks, and so does nobody touching anything; a record that was left locked is so again."""
    lock = Lock(gate, veil, covered)
    gate.window.on(Action.LOCK, lambda _press: lock.lock())
    Idle(idle_min * 60.0, lambda: lock.lock(idle=True), lock)
    if veil.snapshot().session.care.locked:
        lock.shut()
    return lock


def wire_emergency(gate: Gate, port: SessionPort, phones: Sequence[str]) -> None:
    """F1 opens the emergency card, also while it is locked, and that goes on record."""
    gate.window.on(Action.EMERGENCY, lambda press: _open_emergency(gate, port, phones, press.t_ns))


def _open_emergency(gate: Gate, port: SessionPort, phones: Sequence[str], t_ns: int) -> None:
    from ui.emergency.page import EmergencyPage

    window, keys = gate.window, gate.keys
    if window.close_if_open(EmergencyPage):
        return
    page = EmergencyPage(port, window.theme, phones)
    page.left.connect(window.close_over_trends)
    window.open_over_trends(page)
    gate.ask(Chart(t_ns, EmergencyAccessed(keys.by, keys.locked)))


def wire_opening(gate: Gate, port: SessionPort, *, at_once: bool) -> None:
    """The page on which a session is opened: at once where that is to be done, else only at its key."""
    from ui.opening import is_due, show_card, show_opening

    window, keys = gate.window, gate.keys

    def show() -> None:
        if not keys.locked:
            show_opening(window, port, lambda: keys.by, lambda act: gate.through("opening", act))

    window.on(Action.OPENING, lambda _press: show())
    window.on(Action.CARD, lambda _press: show_card(window, port))

    def at_start() -> None:
        if keys.locked:
            # What is shown of a locked session does not tell whether it was opened.
            keys.changed.connect(soon, Qt.ConnectionType.SingleShotConnection)
        elif is_due(port):
            show()

    def soon() -> None:
        QTimer.singleShot(0, window, at_start)

    if at_once:
        soon()
