"""A real session with a simulated oximeter, by keys alone, until a signed record that verify accepts."""

import pytest
from leaving_parts import NASAL
from PySide6.QtCore import Qt
from real_session import PATIENCE_MS, RealSession, closed_page, leave_and_fill, served_oximeter
from session_parts import recorded
from signed_records import PIN, staff

from kapmonitor.commands import Chart, GiveDose
from kapmonitor.people.signature import Finding
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
from ui import dressing
from ui.after.steps import Step

pytestmark = pytest.mark.qt_log_ignore("pipewire-0.3", "propagateSizeHints")
K = Qt.Key


@pytest.fixture(scope="module")
def oximeter():
    with served_oximeter() as device:
        yield device


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
