"""The keys that open another record beside those that are open, go from one to another, and close one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kapmonitor.errors import KapError
from kapmonitor.shelf import Shelved, Tell, same_person_first
from ui.keytable import Action
from ui.main_window import MainWindow
from ui.replay import shelved, wording
from ui.replay.openrecords import Opened, OpenRecords
from ui.replay.records_page import RecordsPage

if TYPE_CHECKING:
    from ui.reviewing import Library, Reviewed


class Several:
    """`dress` makes the dashboard of a record; `library` has others, None where there are none."""

    def __init__(self, library: Library | None, dress: Callable[[Reviewed], MainWindow]) -> None:
        self._library = library
        self._dress = dress
        self.records = OpenRecords()

    def add(self, reviewed: Reviewed) -> None:
        """Open one more, which is seen from now on."""
        record = reviewed.shelved
        if self._library is not None:
            reviewed = replace(reviewed, open_record=self._open_beside)
        window = self._dress(reviewed)
        window.on(Action.RECORD_OPEN, lambda _press: self._choose(window, record))
        window.on(Action.RECORD_NEXT, lambda _press: self._step(window, 1))
        window.on(Action.RECORD_BEFORE, lambda _press: self._step(window, -1))
        window.on(Action.RECORD_CLOSE, lambda _press: self._close(window))
        label = shelved.label(record) if record is not None else ""
        self.records.add(Opened(window, reviewed.port, label, _key(record), reviewed.close))

    def _step(self, window: MainWindow, steps: int) -> None:
        if len(self.records.opened) == 1:
            window.say(wording.ONLY_RECORD)
        else:
            self.records.step(steps)

    def _close(self, window: MainWindow) -> None:
        if not self.records.close_one():
            window.say(wording.ONLY_RECORD)

    def _open_beside(self, path: Path) -> None:
        """Another record of a course that is being looked at."""
        window = self.records.current.window
        window.over_body.take_away()
        self._choose(window, None, path)

    def _choose(self, window: MainWindow, record: Shelved | None, wanted: Path | None = None) -> None:
        library = self._library
        if window.close_if_open(RecordsPage):
            return
        if library is None:
            window.say(wording.NO_LIBRARY)
            return
        whose = (record.person, record.initials) if record is not None else ("", "")

        def shelf(tell: Tell) -> tuple[Shelved, ...]:
            return same_person_first(library.shelf(tell), *whose)

        def load(wanted: Shelved, tell: Tell) -> Callable[[], None]:
            if self._is_open(wanted):
                return lambda: self._show(_key(wanted))
            make = library.load(wanted, tell)
            return lambda: self.add(make())

        page = RecordsPage(shelf, library.unlock, load, self._is_open, window.theme, wanted)
        page.left.connect(window.close_over_trends)
        page.ready.connect(lambda opens: self._opened(window, page, opens))
        window.open_over_trends(page)

    def _show(self, key: str) -> None:
        self.records.show_open(key)

    def _is_open(self, record: Shelved) -> bool:
        return _key(record) in [each.key for each in self.records.opened]

    def _opened(self, window: MainWindow, page: RecordsPage, opens: Callable[[], None]) -> None:
        try:
            opens()
        except KapError as why:
            page.say(str(why))
        else:
            window.close_over_trends()


def _key(record: Shelved | None) -> str:
    return str(record.path.resolve()) if record is not None else ""
