"""Puts the dashboard's parts together over a running session; ui.reviewing does over a record."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer

from kapmonitor.commands import (
    Acknowledge,
    Command,
    HoldCuff,
    LookAround,
    MovePhase,
    PauseAudio,
    ResumeAudio,
    StartCuff,
    StopCuff,
)
from kapmonitor.protocol.tags import Tag
from kapmonitor.session.events import Phase
from kapmonitor.session.state import SessionState
from playlists.course import Mode
from playlists.model import Playlist
from ui.beats import Beats
from ui.bridge import Bridge
from ui.dosing import wire_doses
from ui.keytable import Action
from ui.lock.veil import Veiled
from ui.main_window import MainWindow
from ui.notes import NotesPanel, tagset
from ui.notes.author import Author
from ui.people.atkeys import AtKeys
from ui.people.gate import Gate
from ui.people.limits import open_limits
from ui.people.ports import Door
from ui.people.wiring import by_hand, named, wire_emergency, wire_lock, wire_opening, wire_people
from ui.ports import SessionPort, SoundPort
from ui.previewing import Report
from ui.shell import Shell

if TYPE_CHECKING:
    from ui.after.ports import ClosingPort
    from ui.course.earlier import EarlierPort
    from ui.music.player import Player
    from ui.music.ports import MusicView
    from ui.trends import Coming, TrendsPane

MUSIC_MS: Final = 200
COMING_MS: Final = 2000


@dataclass(frozen=True, slots=True)
class Live:
    """A running session. `on_samples` takes what to call, on any thread, when waves have grown."""

    port: SessionPort
    on_samples: Callable[[Callable[[], None]], None]
    playlist: Playlist | None = None
    author: str = ""
    output: str = ""
    alarm_outputs: tuple[str, ...] = ()
    """Names of outputs that the music never plays on."""
    silent_music: bool = False
    sound: SoundPort | None = None
    play: bool = False
    tags: tuple[Tag, ...] | tuple[str, ...] = ()
    """What the keys 1 to 9 note, or names of that; without, what the protocol on record says."""
    people: tuple[Author, ...] = ()
    """Who may be at the keys, besides the author; those of the clinic's list have an id."""
    door: Door | None = None
    """Knows the PINs of the clinic's people; None where it has none."""
    idle_min: float = 0.0
    """After so many minutes without a touch the screen locks itself; 0 is never."""
    phones: tuple[str, ...] = ()
    """Whom the emergency card says to call."""
    notice: str = ""
    """Something to say once the dashboard is up."""
    opening: bool = False
    """Whether somebody has to open the session before it is shown."""
    closing: ClosingPort | None = None
    """Signs the session off and closes it; None where nothing is kept of it."""
    shelf: EarlierPort | None = None
    """Where earlier sessions of whoever is here lie; None where none are looked for."""
    report: Report | None = None
    """Makes and prints the report of a session that was closed."""


def dress_live(shell: Shell, live: Live) -> Callable[[], None]:
    """The dashboard of a running session; returns what ends it."""
    from ui.afterwards import Afterwards
    from ui.music.panel import MusicPanel
    from ui.playlist.wiring import SessionEditor

    bridge = Bridge()
    veil = Veiled(live.port)
    window = MainWindow(veil, bridge)
    veil.on_change(window.refresh)
    shell.hold(window)
    gate = _wire_requests(window, bridge, replace(live, port=veil))
    notes = _add_notes(window, live)
    wire_people(gate, veil, notes)
    if live.notice:
        window.say(live.notice)
    player = _add_music(window, live, gate.keys)
    wire_lock(gate, veil, (notes, *window.findChildren(MusicPanel)), live.idle_min)
    wire_emergency(gate, veil, live.phones)
    live.on_samples(bridge.wake)
    sound = _add_sound(window, live, player)
    # pyqtgraph takes half a second to load; the numbers are up before it.
    QTimer.singleShot(0, window, lambda: _add_slow_parts(window, live, veil, player))

    ending = ExitStack()
    ending.callback(bridge.deleteLater)
    if player is not None:
        ending.callback(player.close)
    if sound is not None:
        ending.callback(sound.leave)
    after = Afterwards(shell, window, veil, lambda: gate.keys.by, live.closing, ending.close, live.report)
    SessionEditor(shell, window, after.may_close)
    return ending.close


def _add_slow_parts(window: MainWindow, live: Live, veil: Veiled, player: Player | None) -> None:
    """The trends, and only then the music's thread.

    Loading pyqtgraph makes Python types of all that Qt has; PySide6 crashes where another thread meanwhile
    makes one, too.
    """
    try:
        _add_earlier(window, live, _add_trends(window, veil, player))
    finally:
        if player is not None:
            player.start()
            if live.play:
                player.toggle(live.port.now_ns())


def _wire_requests(window: MainWindow, bridge: Bridge, live: Live) -> Gate:
    def ask(command: Command) -> None:
        future: Future[None] = live.port.submit(command)
        bridge.watch(future)

    keys = AtKeys(live.author, live.people, live.port.now_ns, window)
    gate = Gate(window, keys, live.door, ask, live.port.now_ns)
    window.acknowledge_asked.connect(
        lambda conditions, t_ns: ask(Acknowledge(t_ns, tuple(conditions), keys.by))
    )
    window.phase_asked.connect(lambda phase: ask(MovePhase(Phase(phase), keys.by)))
    window.sound_pause_asked.connect(
        lambda paused: ask(ResumeAudio(keys.by) if paused else PauseAudio(keys.by))
    )
    wire_doses(gate, live.port, ask)
    window.on(Action.ALARM_LIST, lambda _press: open_alarms(window, live.port))
    window.on(Action.LIMITS, lambda _press: open_limits(gate, live.port, ask))
    window.on(Action.DEVICES, lambda _press: _open_devices(window, live, keys, ask))
    window.on(Action.SOUND_CHECK, lambda _press: _open_sound_check(window, live, keys, ask))
    wire_opening(gate, live.port, at_once=live.opening)
    if not live.port.snapshot().links and not live.opening:
        QTimer.singleShot(0, window, lambda: _open_devices(window, live, keys, ask))
    window.cuff_start_asked.connect(lambda: ask(StartCuff(keys.by)))
    window.cuff_stop_asked.connect(lambda: ask(StopCuff(keys.by)))
    window.cuff_hold_asked.connect(lambda release: ask(HoldCuff(keys.by, release)))
    return gate


def _add_sound(window: MainWindow, live: Live, player: Player | None) -> Beats | None:
    if live.sound is None:
        return None
    if player is not None:
        live.sound.connect_music(player.lower)

    def music_id() -> str:
        return player.view().output.id if player is not None else ""

    return Beats(window, live.port, live.sound, music_id)


def _open_devices(window: MainWindow, live: Live, keys: AtKeys, ask: Callable[[Command], None]) -> None:
    from ui.devices import DeviceDialog

    if window.close_if_open(DeviceDialog):
        return
    dialog = DeviceDialog(live.port, window.theme, keys.by)
    dialog.asked.connect(lambda command: ask(named(command, keys.by)))
    dialog.left.connect(window.close_over_trends)
    dialog.gone.connect(lambda: live.port.submit(LookAround(on=False)))
    window.open_over_trends(dialog)
    ask(LookAround(on=True))


def _open_sound_check(window: MainWindow, live: Live, keys: AtKeys, ask: Callable[[Command], None]) -> None:
    from ui.soundcheck import SoundCheckPage

    if window.close_if_open(SoundCheckPage):
        return
    page = SoundCheckPage(live.port, window.theme, keys.by)
    page.asked.connect(lambda command: ask(named(command, keys.by)))
    page.left.connect(window.close_over_trends)
    window.open_over_trends(page)


def open_alarms(
    window: MainWindow,
    port: SessionPort,
    state: Callable[[], SessionState] | None = None,
    seek: Callable[[int], object] | None = None,
) -> None:
    """Put the list of alarms over the trends, or away."""
    from ui.alarmlist import AlarmList

    if window.close_if_open(AlarmList):
        return
    listing = AlarmList(port, window.theme, state, seek)
    listing.left.connect(window.close_over_trends)
    window.open_over_trends(listing)


def _add_notes(window: MainWindow, live: Live) -> NotesPanel:
    notes = NotesPanel(live.port, window.theme, _tags(live), live.author, live.people)
    window.set_notes(notes)
    wire_notes(window, notes)
    return notes


def _tags(live: Live) -> tuple[Tag, ...]:
    """Those given as values, of the protocol on record, given by name, or the usual: the first there are."""
    given = tuple(tag for tag in live.tags if isinstance(tag, Tag))
    names = tuple(tag for tag in live.tags if isinstance(tag, str))
    recorded = tagset.of_session(live.port.snapshot().session)
    return given or recorded or tagset.named(names) or tagset.DEFAULT


def wire_notes(window: MainWindow, notes: NotesPanel) -> None:
    """The keys of the notes."""
    window.on(Action.TAG, lambda press: notes.tag(press.number, press.t_ns))
    window.on(Action.TAG_SPAN, lambda press: notes.tag_span(press.number, press.t_ns))
    window.on(Action.MARK, lambda press: notes.mark(press.t_ns))
    window.on(Action.NOTE, lambda _press: notes.write())
    window.on(Action.UNDO, lambda press: notes.undo(press.t_ns))
    window.on(Action.NUDGE, lambda press: notes.nudge(press.t_ns))
    window.on(Action.EARLIER_NOTES, lambda _press: notes.look())
    window.on(Action.WHO, lambda _press: notes.ask_who())


def _add_trends(window: MainWindow, port: Veiled, player: Player | None) -> TrendsPane:
    from ui.trends import TrendsPane

    trends = TrendsPane(port, window.theme)
    window.set_trends(trends)
    wire_windows(window, trends)

    def come() -> None:
        known = player is not None and not port.hides
        trends.set_coming(_coming(player.view(), port.now_ns()) if player and known else ())

    port.on_change(come)
    port.on_change(trends.refresh)
    if player is not None:
        timer = QTimer(trends)
        timer.timeout.connect(come)
        timer.start(COMING_MS)
    return trends


def _add_earlier(window: MainWindow, live: Live, trends: TrendsPane) -> None:
    """The person's own band, by a key; the session as it is, also while the screen hides who that is."""
    if live.shelf is None:
        return
    from ui.course.earlier import EarlierSessions

    port = live.port
    earlier = EarlierSessions(live.shelf, lambda: port.snapshot().session, trends.set_own, window.say, trends)
    window.on(Action.OWN_BAND, lambda _press: earlier.toggle())


def _coming(view: MusicView, now_ns: int) -> tuple[Coming, ...]:
    """The track after the present one, where the music lane outlines it; nothing while the music stands."""
    from ui.trends import Coming

    if view.mode is not Mode.PLAYING or not view.coming or view.held:
        return ()
    row = view.coming[0]
    left_s = max(0.0, view.duration_s - view.at_s - view.crossfade_s)
    begins_ns = now_ns + int(left_s * 1e9)
    return (Coming(begins_ns, begins_ns + int(row.duration_s * 1e9), row.title),)


def wire_windows(window: MainWindow, trends: TrendsPane) -> None:
    """The keys of the time that the trends show."""
    window.on(Action.WINDOW_SHORTER, lambda _press: trends.narrower())
    window.on(Action.WINDOW_LONGER, lambda _press: trends.wider())
    window.on(Action.WINDOW_WHOLE, lambda _press: trends.whole())


def _add_music(window: MainWindow, live: Live, keys: AtKeys) -> Player | None:
    from ui.music.panel import MusicPanel
    from ui.music.player import Player

    port = live.port
    player = None
    if live.playlist is not None:
        player = Player(
            live.playlist,
            lambda command: port.submit(by_hand(command, keys.by)),
            port.now_ns,
            output=live.output,
            silent=live.silent_music,
            avoid=live.alarm_outputs,
            phase=port.snapshot().session.phase,
        )
    panel = MusicPanel(window.theme, player, port.now_ns)
    panel.bind(window.keys)
    window.set_music(panel)
    timer = QTimer(window)
    timer.timeout.connect(lambda: panel.refresh(port.snapshot()))
    timer.start(MUSIC_MS)
    return player
