"""A real session with a simulated oximeter, by keys alone, until a signed record that verify accepts."""

import subprocess
import sys

import pytest
from leaving_parts import NASAL
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from session_parts import PATIENCE_S, recorded
from signed_records import PIN, staff

from kapmonitor.alarms.limits import example
from kapmonitor.app import StationPort
from kapmonitor.clock import SystemClock
from kapmonitor.closing import Closing
from kapmonitor.commands import Chart, GiveDose
from kapmonitor.durable import replace_text
from kapmonitor.opening import Plan
from kapmonitor.people.book import PeopleBook
from kapmonitor.people.page import text_of
from kapmonitor.people.signature import Finding
from kapmonitor.protocol import shipped
from kapmonitor.record.verify import INTACT, verify
from kapmonitor.session.care_events import (
    CheckOverridden,
    FieldLeftOut,
    FormFilled,
    PersonLeft,
    ScaleScored,
    SessionSignedOff,
)
from kapmonitor.session.events import RecordSigned, SessionClosed
from kapmonitor.snapshot import Freshness
from kapmonitor.station import open_station
from ui import dressing
from ui.after import AfterPage
from ui.after.rows import Tab
from ui.after.steps import Step
from ui.afterwards import Afterwards
from ui.dressing import Live, dress_live
from ui.shell import Shell

pytestmark = pytest.mark.qt_log_ignore("pipewire-0.3", "propagateSizeHints")
K = Qt.Key
PATIENCE_MS = round(PATIENCE_S * 1000)


class RealSession:
    """A station with an oximeter on a line, and the dashboard over it."""

    def __init__(self, folder, device, *, people):
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
        live = Live(self.port, self.port.on_samples, None, "RN", closing=self.closing)
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

    def press(self, *keys):
        for key in keys:
            QTest.keyClick(self.shell.focusWidget() or self.shell, key)

    def type(self, *texts):
        for text in texts:
            QTest.keyClicks(self.shell.focusWidget(), text)
            self.press(K.Key_Return)

    def end(self):
        self.shell.ask_before_close(None)
        self.shell.close()
        self.end_dashboard()
        self.closing.end("ended")


@pytest.fixture(scope="module")
def oximeter():
    code = "from devices.sim.serve import serve; serve('nonin', 'tcp:0', 'quiet', 7, None, 1.0)"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    yield process.stdout.readline().strip()
    process.terminate()
    process.wait(20)
    process.stdout.close()


@pytest.fixture
def begin(qtbot, tmp_path, oximeter, monkeypatch):
    monkeypatch.setattr(dressing, "_add_trends", lambda *_parts: None)
    made = []

    def start(*, people):
        session = RealSession(tmp_path, oximeter, people=people)
        made.append(session)
        qtbot.addWidget(session.shell)
        qtbot.waitUntil(
            lambda: session.port.snapshot().spo2.freshness is Freshness.FRESH, timeout=PATIENCE_MS
        )
        session.say(GiveDose(session.port.now_ns(), NASAL))
        session.say(Chart(session.port.now_ns(), ScaleScored("moaas", 5, 0, "RN")))
        session.shell.activateWindow()
        qtbot.waitUntil(session.shell.isActiveWindow)
        return session

    yield start
    for session in made:
        session.end()


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
                session.press(K.Key_N if tab is Tab.FORM else K.Key_Y)
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


def test_from_the_dose_to_a_signed_record_by_keys(qtbot, begin, tmp_path):
    session = begin(people=True)
    leave_and_fill(session, qtbot)
    session.press(K.Key_Return)
    session.type("ab", "author", "not the pin")
    page = session.page
    qtbot.waitUntil(lambda: page.asking.step is Step.PIN and bool(page.asking.trouble), timeout=PATIENCE_MS)
    assert session.is_live(), "the session goes on"
    assert session.care.signed_off is None
    session.type(PIN["berg"])
    last = closed_page(session, qtbot)
    verdict = verify(session.path, tmp_path / "heads", staff())
    assert (verdict.kind, verdict.first_bad) == (INTACT, None)
    (signature,) = verdict.signatures
    assert (signature.finding, signature.signed.user) == (Finding.VALID, "berg")
    head = "".join(last._closed.grouped)
    assert verdict.head == f"entry {last._closed.head_seq}, SHA-256 {head}"
    kinds = [
        type(e) for e in recorded(session.path, PersonLeft, SessionSignedOff, SessionClosed, RecordSigned)
    ]
    assert kinds == [PersonLeft, SessionSignedOff, SessionClosed, RecordSigned]
    filled = {event.field: event for event in recorded(session.path, FormFilled)}
    assert filled["lot"].answer == "A12"
    assert filled["lot"].readings
    assert "pressure-40" not in filled
    left_out = {event.field for event in recorded(session.path, FieldLeftOut)}
    assert left_out == {"ready", "pressure-before", "pressure-40", "pressure-leaving"}
    assert {event.check for event in recorded(session.path, CheckOverridden)} == {"observed", "pressure"}
    session.press(K.Key_Return)
    qtbot.waitUntil(lambda: not session.shell.isVisible())


def test_a_clinic_without_people_signs_off_by_a_typed_name(qtbot, begin, tmp_path):
    session = begin(people=False)
    leave_and_fill(session, qtbot)
    session.press(K.Key_Return)
    session.type("Ann Berg", "nurse", "author")
    session.press(K.Key_Return)
    last = closed_page(session, qtbot)
    assert "not a cryptographic signature" in " ".join(last.lines())
    assert recorded(session.path, RecordSigned) == []
    (off,) = recorded(session.path, SessionSignedOff)
    assert (off.name, off.role, off.meaning, off.user) == ("Ann Berg", "nurse", "author", "")
    assert verify(session.path, tmp_path / "heads").kind == INTACT


def test_closed_without_a_sign_off_the_record_is_whole(qtbot, begin, tmp_path):
    session = begin(people=False)
    session.shell.close()
    assert session.shell.isVisible()
    session.press(K.Key_X)
    qtbot.waitUntil(lambda: not session.shell.isVisible())
    session.end()
    verdict = verify(session.path, tmp_path / "heads")
    assert (verdict.kind, verdict.signatures) == (INTACT, ())
    assert len(recorded(session.path, SessionClosed)) == 1
