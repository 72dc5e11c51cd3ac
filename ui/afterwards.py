"""Puts up what comes after a session: the page at its key and at discharge, the sign-off, the last page."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Final

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from kapmonitor.errors import CommandRefused, KapError, PeopleError
from kapmonitor.formfill import of_record
from kapmonitor.session.events import Phase
from kapmonitor.signoff import Closed, Stage
from ui.after import AfterPage
from ui.after.closed import ClosedPage
from ui.after.look import Look, Signers
from ui.after.ports import ClosingPort
from ui.after.protocols import of_session
from ui.after.rows import Tab
from ui.after.steps import Sign
from ui.after.unsigned import CLOSE, QUESTION, SIGN, is_worth_asking
from ui.keytable import Action
from ui.main_window import MainWindow
from ui.ports import SessionPort
from ui.previewing import Report, wire_report
from ui.question.page import QuestionPage
from ui.shell import Shell
from ui.shortcuts import is_text_field

WATCH_MS: Final = 500


class Afterwards(QObject):
    """Belongs to the shell, as it outlives the dashboard. `end` ends the dashboard, before it goes."""

    _signed = Signal(str)
    _staged = Signal(object)
    _ended = Signal(object, str)

    def __init__(
        self,
        shell: Shell,
        window: MainWindow,
        port: SessionPort,
        author: Callable[[], str],
        closing: ClosingPort | None,
        end: Callable[[], None],
        report: Report | None = None,
    ) -> None:
        super().__init__(shell)
        self._shell, self._window, self._port = shell, window, port
        self._author, self._closing, self._end = author, closing, end
        self._report = report
        self._page: AfterPage | None = None
        self._last: ClosedPage | None = None
        self._offered = False
        self._free = closing is None
        """Whether the window may be closed without asking."""
        queued = Qt.ConnectionType.QueuedConnection
        self._signed.connect(self._on_signed, queued)
        self._staged.connect(self._on_stage, queued)
        self._ended.connect(self._on_ended, queued)
        window.on(Action.AFTER, lambda _press: self.toggle())
        shell.ask_before_close(self.may_close)
        self._timer = QTimer(window)
        self._timer.timeout.connect(self.offer)
        self._timer.start(WATCH_MS)

    @property
    def last(self) -> ClosedPage | None:
        """The page of the closed session, once there is one."""
        return self._last

    @property
    def _locked(self) -> bool:
        return self._port.snapshot().session.care.locked

    def toggle(self) -> None:
        """Put the page up, or away."""
        if not self._locked and not self._window.close_if_open(AfterPage):
            self.show()

    def show(self, tab: Tab | None = None) -> AfterPage:
        """Put the page up, at a step."""
        state = self._port.snapshot().session
        closing = self._closing
        signers = Signers(kept=False) if closing is None else Signers(closing.people, closing.trouble)
        page = AfterPage(self._port, self._window.theme, self._author, of_session(state), signers)
        page.left.connect(self._window.close_over_trends)
        page.signed.connect(self._sign)
        self._window.open_over_trends(page)
        if tab is not None:
            page.go(tab)
        self._offered, self._page = True, page
        return page

    def offer(self) -> None:
        """At discharge, once, as soon as nothing else is being done."""
        if self._port.snapshot().session.phase is not Phase.DISCHARGE:
            self._offered = False
            return
        busy = self._locked or self._window.over_trends or self._window.over_body.widget
        if not self._offered and not busy and not is_text_field(self._window.focusWidget()):
            self.show()

    # Signing

    def _sign(self, asked: Sign, look: Look) -> None:
        if self._closing is None:
            return
        events = of_record(look.fields, asked.off.by)
        self._closing.sign_off(asked.off, asked.pin, events).add_done_callback(self._sign_resolved)

    def _sign_resolved(self, future: Future[None]) -> None:
        """On the thread of the work."""
        error = future.exception()
        if shiboken6.isValid(self):
            self._signed.emit("" if error is None else _why(error))

    def _on_signed(self, why: str) -> None:
        """Nothing is left to be seen of the dashboard: none of its numbers lives on."""
        if self._closing is None:
            return
        if why:
            if self._page is not None and shiboken6.isValid(self._page):
                self._page.refuse(why)
            return
        self._end()
        self._last = ClosedPage()
        self._last.left.connect(self._leave)
        if self._report is not None:
            wire_report(self._last, self._report)
        self._shell.hold(self._last)
        self._closing.close(self._tell).add_done_callback(self._close_resolved)

    def _tell(self, stage: Stage) -> None:
        if shiboken6.isValid(self):
            self._staged.emit(stage)

    def _close_resolved(self, future: Future[Closed]) -> None:
        error = future.exception()
        if shiboken6.isValid(self):
            result = None if error is not None else future.result()
            self._ended.emit(result, "" if error is None else _why(error))

    def _on_stage(self, stage: object) -> None:
        if self._last is not None and isinstance(stage, Stage):
            self._last.show_stage(stage)

    def _on_ended(self, closed: object, why: str) -> None:
        self._free = True
        if self._last is None:
            return
        if isinstance(closed, Closed):
            self._last.show_closed(closed)
        else:
            self._last.show_failure(why)

    def _leave(self) -> None:
        self._free = True
        self._shell.close()

    # Closing the window

    def may_close(self) -> bool:
        """Whether the window may be closed now; asks on the page where a session is not signed."""
        if self._last is not None:
            return self._free
        if self._free or not is_worth_asking(self._port.snapshot().session):
            return True
        if isinstance(self._window.over_trends, QuestionPage):
            return True
        self._window.over_body.take_away()
        page = QuestionPage(QUESTION, self._window.theme)
        page.answered.connect(partial(self._answer, page))
        self._window.open_over_trends(page)
        return False

    def _answer(self, _page: QuestionPage, answer: str) -> None:
        self._window.close_over_trends()
        if answer == CLOSE:
            self._leave()
        elif answer == SIGN and not self._locked:
            self.show(Tab.SIGN)


def _why(error: BaseException) -> str:
    if isinstance(error, PeopleError | CommandRefused):
        return error.reason
    return str(error) if isinstance(error, KapError) else f"{type(error).__name__}: {error}"
