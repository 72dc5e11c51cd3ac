"""A clinic's people with PINs, and the dashboard as it is put together for a live session."""

from __future__ import annotations

from concurrent.futures import Future

from fake_session import FakeSession
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kapmonitor.commands import Chart
from kapmonitor.errors import PinRefused
from kapmonitor.people.user import About, Role
from ui.dressing import Live, dress_live
from ui.main_window import MainWindow
from ui.people.members import members
from ui.shell import Shell

STAFF = (
    About("lee", "Kim Lee", "KL", Role.THERAPIST),
    About("nagy", "Robin Nagy", "RN", Role.NURSE),
    About("berg", "Pat Berg", "PB", Role.PRESCRIBER),
    About("kumar", "Kiran Kumar", "KK", Role.NURSE),
)
PEOPLE = members(STAFF)
PINS = {"lee": "246813", "nagy": "975310", "berg": "blue 31", "kumar": "314159"}
K = Qt.Key
LAPTOP = QSize(1366, 768)


class FakeDoor:
    """Answers at once, or with `slow` when `answer()` is called."""

    def __init__(self, *, slow: bool = False) -> None:
        self.slow = slow
        self.asked: list[tuple[str, str, Future[About]]] = []

    def unlock(self, user: str, pin: str) -> Future[About]:
        future: Future[About] = Future()
        self.asked.append((user, pin, future))
        if not self.slow:
            self.answer()
        return future

    def answer(self) -> None:
        user, pin, future = self.asked[-1]
        if PINS.get(user) == pin:
            future.set_result(next(each for each in STAFF if each.id == user))
        else:
            future.set_exception(PinRefused(user, "the PIN is wrong", 0.0))


class CareSession(FakeSession):
    """Tells what was charted."""

    def charted(self, kind):
        return [c.event for c in self.commands if isinstance(c, Chart) and isinstance(c.event, kind)]


class Desk:
    """A shown dashboard and hands at its keys; `keys` counts the strokes."""

    def __init__(self, qtbot, session=None, size=LAPTOP, **live) -> None:
        self.session = session or CareSession("quiet")
        self.shell = Shell()
        qtbot.addWidget(self.shell)
        self.shell.resize(size)
        live = {"author": "KL", "people": PEOPLE, "door": FakeDoor()} | live
        self.close = dress_live(self.shell, Live(self.session, lambda _wake: None, **live))
        self.shell.show()
        self.window = self.shell.findChild(MainWindow)
        qtbot.waitExposed(self.shell)
        self.shell.activateWindow()
        self.window.setFocus()
        self.keys = 0
        settle()

    def press(self, *keys, shift=False, control=False):
        held = Qt.KeyboardModifier.NoModifier
        if shift:
            held |= Qt.KeyboardModifier.ShiftModifier
        if control:
            held |= Qt.KeyboardModifier.ControlModifier
        for key in keys:
            self.keys += 1
            QTest.keyClick(QApplication.focusWidget() or self.window, key, held)
            settle()

    def type(self, text):
        for letter in text:
            self.keys += 1
            QTest.keyClick(QApplication.focusWidget() or self.window, letter)
            settle()

    def over(self):
        """The name of what stands over the trends."""
        return type(self.window.over_trends).__name__

    def commands(self, kind):
        return [c for c in self.session.commands if isinstance(c, kind)]


def settle():
    for _ in range(3):
        QApplication.processEvents()
