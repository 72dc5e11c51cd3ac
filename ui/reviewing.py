"""Puts the dashboard's parts together over a record in review."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer

from kapmonitor.session.state import SessionState
from playlists.heard import Lane
from ui.dressing import open_alarms, wire_windows
from ui.main_window import MainWindow
from ui.opening import show_card
from ui.ports import ReplayPort
from ui.previewing import wire_preview
from ui.shell import Shell
from ui.shortcuts import Action

if TYPE_CHECKING:
    from kapmonitor.record.signatures import Signature
    from ui.course.page import Open, Read
    from ui.preview.ports import ReportPort
    from ui.replay import ReplayBar
    from ui.replay.rehearsal import Offered, Rehearse

REVIEW_WAVES_MS: Final = 33
NO_MUSIC: Final = Lane()


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A record for the dashboard; `state` is all of its session, wherever the playhead stands.

    `rehearse` runs its alarms under other limits, of which `offered` names some. `signatures` are its own, as
    they were found to be when it was verified. `course` reads all sessions of its person, `open_record` shows
    another record. `music` is heard from `music_output` if asked for, never from the `alarm_outputs`.
    `report` makes and prints its report.
    """

    port: ReplayPort
    state: Callable[[], SessionState]
    close: Callable[[], None]
    rehearse: Rehearse | None = None
    offered: Callable[[], tuple[Offered, ...]] = tuple
    signatures: tuple[Signature, ...] = ()
    course: Read | None = None
    open_record: Open | None = None
    music: Lane = NO_MUSIC
    music_output: str = ""
    alarm_outputs: tuple[str, ...] = ()
    report: ReportPort | None = None


def dress_review(shell: Shell, reviewed: Reviewed) -> Callable[[], None]:
    """The dashboard on a record; returns what ends it. Opens no device, and no sound output unasked."""
    from ui.music.hearer import Hearer
    from ui.music.panel import MusicPanel
    from ui.music.past import Past
    from ui.replay import MomentsPanel, ReplayBar, what_lasted
    from ui.trends import Review, TrendsPane

    port = reviewed.port
    window = MainWindow(port)
    window.set_review(review=True)
    shell.hold(window)
    trends = TrendsPane(port, window.theme, Review(reviewed.state, port.seek))
    gaps, lasted = reviewed.state().interruptions, what_lasted(reviewed.state(), port.view().span()[1])
    bar = ReplayBar(port, window.theme, trends.refresh, interruptions=gaps, stretches=lasted)
    hearer = Hearer(reviewed.music, reviewed.music_output, reviewed.alarm_outputs)
    past = Past(reviewed.music, hearer, port, lambda: bar.speed)
    music = MusicPanel(window.theme, None, port.now_ns, past=past)
    music.bind(window.keys)
    window.set_trends(trends)
    window.set_notes(
        MomentsPanel(port, reviewed.state, bar.seek, window.theme, signatures=reviewed.signatures)
    )
    window.set_music(music)
    window.set_bottom(bar)
    wire_windows(window, trends)
    wire_review(window, bar)
    if reviewed.rehearse is not None:
        run, offered = reviewed.rehearse, reviewed.offered
        window.on(Action.REHEARSE, lambda _press: _open_rehearsal(window, run, offered(), bar.seek))
    if reviewed.course is not None:
        course, open_record = reviewed.course, reviewed.open_record
        window.on(Action.COURSE, lambda _press: _show_course(window, course, open_record))
    wire_preview(window, reviewed.report)
    window.on(Action.ALARM_LIST, lambda _press: open_alarms(window, port, reviewed.state, bar.seek))
    window.on(Action.CARD, lambda _press: show_card(window, port))
    timer = QTimer(window)
    timer.timeout.connect(window.numbers.advance)
    timer.timeout.connect(lambda: music.refresh(port.snapshot()))
    timer.start(REVIEW_WAVES_MS)
    window.closing.connect(timer.stop)
    ending = ExitStack()
    ending.callback(reviewed.close)
    ending.callback(past.close)
    return ending.close


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
    window.on(Action.REPLAY_NOTE, lambda _press: bar.jump("note"))
    window.on(Action.REPLAY_ALARM, lambda _press: bar.jump("alarm"))
    window.on(Action.REPLAY_DOSE, lambda _press: bar.jump("dose"))
    window.on(Action.REPLAY_NOTE_BACK, lambda _press: bar.jump("note", back=True))
    window.on(Action.REPLAY_ALARM_BACK, lambda _press: bar.jump("alarm", back=True))
    window.on(Action.REPLAY_DOSE_BACK, lambda _press: bar.jump("dose", back=True))
