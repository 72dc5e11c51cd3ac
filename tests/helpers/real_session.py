"""A real session with the dashboard over it, and hands at its keys."""

import subprocess
import sys
from contextlib import contextmanager

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from session_parts import PATIENCE_S
from signed_records import staff

from kapmonitor.alarms.limits import example
from kapmonitor.app import StationPort
from kapmonitor.beginning import open_station
from kapmonitor.clock import SystemClock
from kapmonitor.closing import Closing
from kapmonitor.doorkeeper import Doorkeeper
from kapmonitor.durable import replace_text
from kapmonitor.opening import Plan
from kapmonitor.people.book import PeopleBook
from kapmonitor.people.page import text_of
from kapmonitor.protocol import shipped
from kapmonitor.snapshot import Freshness
from ui.after import AfterPage
from ui.after.rows import Tab
from ui.afterwards import Afterwards
from ui.dressing import Live, dress_live
from ui.people.members import members
from ui.shell import Shell

K = Qt.Key
PATIENCE_MS = round(PATIENCE_S * 1000)


class RealSession:
    """A station with an oximeter on a line, and the dashboard over it."""

    def __init__(self, folder, device, *, people, opening=False):
        book = PeopleBook(folder / "people.json")
        if people:
            replace_text(folder / "people.json", text_of(staff()))
        protocol = shipped.example()
        plan = Plan(
            folder / "a.kap",
            (device,),
            example(),
            protocol=protocol,
            ledger=folder / "heads",
            keep_awake=False,
        )
        self.path, self.station = plan.path, open_station(plan, SystemClock())
        self.station.start()
        self.closing = Closing(self.station, book)
        self.port = StationPort(self.station)
        self.shell = Shell()
        self.shell.resize(1366, 768)
        self.door = Doorkeeper(book)
        more = {"people": members(self.door.people()), "door": self.door} if opening else {}
        live = Live(
            self.port, self.port.on_samples, None, "RN", closing=self.closing, opening=opening, **more
        )
        self.end_dashboard = dress_live(self.shell, live)
        self.shell.show()

    @property
    def care(self):
        return self.port.snapshot().session.care

    @property
    def page(self):
        return self.shell.findChild(AfterPage)

    def is_live(self):
        return self.port.snapshot().spo2.freshness is Freshness.FRESH

    def say(self, command):
        self.port.submit(command).result(PATIENCE_S)

    def press(self, *keys, held=Qt.KeyboardModifier.NoModifier):
        for key in keys:
            QTest.keyClick(QApplication.focusWidget() or self.shell, key, held)

    def keys(self, text):
        QTest.keyClicks(QApplication.focusWidget(), text)

    def type(self, *texts):
        for text in texts:
            self.keys(text)
            self.press(K.Key_Return)

    def end(self):
        self.shell.ask_before_close(None)
        self.shell.close()
        self.end_dashboard()
        self.closing.end("ended")
        self.door.close()


@contextmanager
def served_oximeter():
    """DEVICE text of a simulated oximeter on a line."""
    code = "from devices.sim.serve import serve; serve('nonin', 'tcp:0', 'quiet', 7, None, 1.0)"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    yield process.stdout.readline().strip()
    process.terminate()
    process.wait(20)
    process.stdout.close()


def leave_and_fill(session, qtbot):
    """All by keys: what cannot be in a session of seconds is gone on without, for a reason."""
    session.press(K.Key_O)
    page = session.page

    def settled(row):
        return lambda: all(each.id != row.id or not _open(each) for each in page.rows())

    for tab in (Tab.LEAVE, Tab.FORM):
        page.go(tab)
        while any(_open(row) for row in page.rows()):
            row = next(row for row in page.rows() if _open(row))
            page.choose(row.id)
            if row.said.startswith("Y yes"):
                session.press(K.Key_X if tab is Tab.FORM else K.Key_Y)
            else:
                session.press(K.Key_R)
                session.type("a session of a test")
            qtbot.waitUntil(settled(row))
        if tab is Tab.LEAVE:
            page.choose("left")
            session.press(K.Key_Return, K.Key_Return)
            qtbot.waitUntil(lambda: session.care.left_t_ns is not None)
            page.refresh()
    page.go(Tab.SIGN)


def _open(row):
    held = row.check or row.field
    return held is not None and held.holds_up


def closed_page(session, qtbot):
    afterwards = session.shell.findChild(Afterwards)
    qtbot.waitUntil(lambda: afterwards.last is not None and afterwards.last.is_over, timeout=PATIENCE_MS)
    return afterwards.last
