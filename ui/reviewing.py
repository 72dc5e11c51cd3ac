"""Puts the dashboard's parts together over a record in review."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from PySide6.QtCore import QTimer

from kapmonitor.session.state import SessionState
from playlists.heard import Lane
from ui.dressing import open_alarms, wire_windows
from ui.keytable import Action
from ui.main_window import MainWindow
from ui.opening import show_card
from ui.ports import ReplayPort
from ui.previewing import wire_preview
from ui.replay.travel import SMALL_NS
from ui.shell import Shell
from ui.shortcuts import Handler

if TYPE_CHECKING:
    from kapmonitor.beyond import Beyond
    from kapmonitor.closeup import CloseUp
    from kapmonitor.record.amend import Amended
    from kapmonitor.record.left import Lost
    from kapmonitor.record.signatures import Signature
    from kapmonitor.shelf import Shelved, Tell
    from ui.course.page import Open, Read
    from ui.music.panel import MusicPanel
    from ui.music.past import Past
    from ui.preview.ports import ReportPort
    from ui.replay import ReplayBar
    from ui.replay.amending import Amending
    from ui.replay.rehearsal import Offered, Rehearse

REVIEW_WAVES_MS: Final = 33
NO_MUSIC: Final = Lane()
JUMPS: Final = {
    "note": (Action.REPLAY_NOTE, Action.REPLAY_NOTE_BACK),
    "alarm": (Action.REPLAY_ALARM, Action.REPLAY_ALARM_BACK),
    "dose": (Action.REPLAY_DOSE, Action.REPLAY_DOSE_BACK),
    "phase": (Action.REPLAY_PHASE, Action.REPLAY_PHASE_BACK),
    "reading": (Action.REPLAY_READING, Action.REPLAY_READING_BACK),
}
"""Kinds of moments, with what goes to the next one and to the one before."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A record for the dashboard; `state` is all of its session, wherever the playhead stands.

    `rehearse` runs its alarms under other limits, of which `offered` names some. `signatures` are its own, as
    they were found to be when it was verified; `beyond` are its readings outside the limits that held then.
    `amending` changes notes, after which the record is `reread`. `shelved` is whose it is, `lost` what of it
    cannot be read. `course` reads all sessions of its person, `open_record` shows another record. `music` is
    heard from `music_output` if asked for, never from the `alarm_outputs`, and not while `barred` says why.
    `record` answers for its waves and for single moments, `report` makes and prints its report.
    """

    port: ReplayPort
    state: Callable[[], SessionState]
    close: Callable[[], None]
    rehearse: Rehearse | None = None
    offered: Callable[[], tuple[Offered, ...]] = tuple
    signatures: tuple[Signature, ...] = ()
    beyond: Callable[[], tuple[Beyond, ...]] = tuple
    amending: Amending | None = None
    reread: Callable[[Amended], object] = lambda _amended: None
    shelved: Shelved | None = None
    lost: tuple[Lost, ...] = ()
    course: Read | None = None
    open_record: Open | None = None
    music: Lane = NO_MUSIC
    music_output: str = ""
    alarm_outputs: tuple[str, ...] = ()
    barred: Callable[[], str] = str
    record: CloseUp | None = None
    report: ReportPort | None = None


class Library(Protocol):
    """The other records of this computer; all methods take time, on another thread than the window's."""

    def shelf(self, tell: Tell) -> tuple[Shelved, ...]:
        """All there are, the newest first."""
        ...

    def unlock(self, record: Shelved, passphrase: str) -> bool:
        """Whether a locked record can be read now, by this passphrase; empty, by what is known already.

        RecordLocked where no passphrase would help.
        """
        ...

    def load(self, record: Shelved, tell: Tell) -> Callable[[], Reviewed]:
        """Makes one ready; what it returns opens it, on the window's thread. KapError says why it cannot."""
        ...


def dress_review(
    shell: Shell,
    reviewed: Reviewed,
    library: Library | None = None,
    others: Sequence[Reviewed] = (),
    trouble: str = "",
) -> Callable[[], None]:
    """The dashboard on a record; returns what ends it. Opens no device, and no sound output unasked.

    `others` are open beside it, `library` has more of them; `trouble` is why some could not be opened.
    """
    from ui.replay.several import Several

    several = Several(library, _window)
    shell.hold(several.records)
    for each in (reviewed, *others):
        several.add(each)
    several.records.show_one(0)
    if trouble:
        several.records.current.window.say(trouble)
    # What a window is made of stays; to look through it for rubbish stops the picture for 50 ms.
    gc.freeze()

    def end() -> None:
        gc.unfreeze()
        several.records.close_all()

    return end


def _window(reviewed: Reviewed) -> MainWindow:
    from ui.replay import MomentsPanel
    from ui.replay.amended import wire_amending
    from ui.replay.searching import wire_search
    from ui.trends import Review, TrendsPane, wire_lens

    port = reviewed.port
    window = MainWindow(port)
    window.set_review(review=True)
    trends = TrendsPane(port, window.theme, Review(reviewed.state, port.seek, reviewed.record))
    bar = _bar(reviewed, window, trends.follow)
    window.set_trends(trends)
    facts = (reviewed.signatures, reviewed.beyond, reviewed.lost)
    moments = MomentsPanel(port, reviewed.state, bar.seek, window.theme, None, *facts)
    window.set_notes(moments)
    window.set_bottom(bar)
    wire_windows(window, trends)
    wire_lens(window, trends, port.now_ns)
    wire_review(window, bar)
    wire_search(window, bar, moments)
    wire_amending(window, bar, moments, reviewed)
    if reviewed.rehearse is not None:
        run, offered = reviewed.rehearse, reviewed.offered
        window.on(Action.REHEARSE, lambda _press: _open_rehearsal(window, run, offered(), bar.seek))
    if reviewed.course is not None:
        course, open_record = reviewed.course, reviewed.open_record
        window.on(Action.COURSE, lambda _press: _show_course(window, course, open_record))
    wire_preview(window, reviewed.report)
    window.on(Action.ALARM_LIST, lambda _press: open_alarms(window, port, reviewed.state, bar.seek))
    window.on(Action.CARD, lambda _press: show_card(window, port))
    _play_along(reviewed, window, bar)
    return window


def _play_along(reviewed: Reviewed, window: MainWindow, bar: ReplayBar) -> None:
    """The music, and what else moves while the record plays; until the window is closed."""
    from ui.music.hearer import Hearer
    from ui.music.panel import MusicPanel
    from ui.music.past import Past

    port = reviewed.port
    hearer = Hearer(reviewed.music, reviewed.music_output, reviewed.alarm_outputs)
    past = Past(reviewed.music, hearer, port, lambda: bar.speed, reviewed.barred)
    music = MusicPanel(window.theme, None, port.now_ns, past=past)
    music.bind(window.keys)
    window.set_music(music)
    timer = QTimer(window)
    timer.timeout.connect(lambda: _advance(window, music, past, port))
    timer.start(REVIEW_WAVES_MS)
    window.closing.connect(timer.stop)
    window.closing.connect(past.close)


def _advance(window: MainWindow, music: MusicPanel, past: Past, port: ReplayPort) -> None:
    """What moves while it plays; nothing does, and nothing sounds, where another record is seen."""
    if window.isVisible():
        window.numbers.advance()
        music.refresh(port.snapshot())
    else:
        past.rest()


def _bar(reviewed: Reviewed, window: MainWindow, moved: Callable[[], object]) -> ReplayBar:
    from ui.replay import ReplayBar, lines, reached, what_lasted

    state, port = reviewed.state(), reviewed.port

    def told(kind: str, t_ns: int) -> str:
        return reached(lines(reviewed.state(), beyond=reviewed.beyond()), kind, t_ns)

    lasted = what_lasted(state, port.view().span()[1])
    bar = ReplayBar(port, window.theme, moved, interruptions=state.interruptions, stretches=lasted, told=told)
    bar.scrub.show_lost([(lost.t0_ns, lost.t1_ns) for lost in reviewed.lost])
    return bar


def _show_course(window: MainWindow, course: Read, open_record: Open | None) -> None:
    from ui.course.wiring import toggle

    toggle(window, course, open_record)


def _open_rehearsal(
    window: MainWindow, run: Rehearse, offered: tuple[Offered, ...], seek: Callable[[int], object]
) -> None:
    from ui.replay.rehearsal import RehearsalPage

    if window.close_if_open(RehearsalPage):
        return
    page = RehearsalPage(run, offered, seek, window.theme)
    page.left.connect(window.close_over_trends)
    window.open_over_trends(page)


def wire_review(window: MainWindow, bar: ReplayBar) -> None:
    """The keys of a review."""
    window.on(Action.REPLAY_PLAY, lambda _press: bar.toggle())
    window.on(Action.REPLAY_SLOWER, lambda _press: bar.slower())
    window.on(Action.REPLAY_FASTER, lambda _press: bar.faster())
    window.on(Action.REPLAY_BACK, lambda _press: bar.step(-1))
    window.on(Action.REPLAY_ON, lambda _press: bar.step(1))
    window.on(Action.REPLAY_SMALL_BACK, lambda _press: bar.step(-1, SMALL_NS))
    window.on(Action.REPLAY_SMALL_ON, lambda _press: bar.step(1, SMALL_NS))
    for kind, (on, back) in JUMPS.items():
        window.on(on, _jumper(bar, kind, back=False))
        window.on(back, _jumper(bar, kind, back=True))


def _jumper(bar: ReplayBar, kind: str, *, back: bool) -> Handler:
    return lambda _press: bar.jump(kind, back=back)
