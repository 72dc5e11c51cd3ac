"""A whole session by keys alone over a real station: opened, dosed, noted, scored, left, signed, verified."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from real_session import PATIENCE_MS, RealSession, closed_page, leave_and_fill, served_oximeter
from session_parts import recorded
from signed_records import PIN, staff

from kapmonitor.people.signature import Finding
from kapmonitor.record.verify import INTACT, verify
from kapmonitor.session.care_events import CheckOverridden, PersonIdentified, ScaleScored, SessionOpened
from kapmonitor.session.events import (
    DoseGiven,
    NoteAdded,
    PhaseChanged,
    RecordSigned,
    Route,
    SessionClosed,
)
from kapmonitor.session.keys_events import PinTried
from ui import dressing
from ui.before import BeforePage
from ui.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("pipewire-0.3", "propagateSizeHints")
K = Qt.Key
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def session(qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr(dressing, "_add_trends", lambda *_parts: None)
    with served_oximeter() as device:
        made = RealSession(tmp_path, device, people=True, opening=True)
        qtbot.addWidget(made.shell)
        qtbot.waitUntil(made.is_live, timeout=PATIENCE_MS)
        made.shell.activateWindow()
        qtbot.waitUntil(made.shell.isActiveWindow)
        yield made
        made.end()


def window_of(session):
    return session.shell.findChild(MainWindow)


def open_session(session, qtbot):
    """Two identifiers, a reason for what seconds do not allow, go with a PIN."""
    qtbot.waitUntil(lambda: isinstance(window_of(session).over_body.widget, BeforePage))
    page = window_of(session).over_body.widget
    session.type("4471", "1987-03-09", "M.K.")
    qtbot.waitUntil(lambda: session.care.person is not None and session.care.person.initials == "M.K.")
    for _ in range(9):
        session.press(K.Key_Tab)
    page.refresh()
    while any(line.check.holds_up for line in page.lines()):
        session.press(K.Key_Return, held=CONTROL)
        about = page.chosen.check.id
        session.press(K.Key_W)
        session.type("a session of a test")
        session.press(K.Key_Return)
        qtbot.waitUntil(lambda check=about: session.care.override(check) is not None)
        page.refresh()
    session.press(K.Key_Return, held=CONTROL)
    session.type("CD", "nurse")
    session.press(K.Key_Return)
    assert session.care.opened_t_ns is None, "the PIN comes first"
    give_pin(session)
    qtbot.waitUntil(lambda: session.care.opened_t_ns is not None, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: window_of(session).over_body.widget is None)


def give_pin(session):
    """Cole's, whose initials are typed; the PIN has letters, so Enter comes before it."""
    session.press(K.Key_C, K.Key_Return)
    session.type(PIN["diaz"])


def go_to(session, key, wanted):
    """Tab on, one way or the other, to what has the keys then."""
    for _ in range(20):
        if wanted(QApplication.focusWidget()):
            return
        session.press(key)
    raise AssertionError("not reached by Tab")


def dose(session, qtbot):
    session.press(K.Key_D)
    fields = window_of(session).over_trends.fields
    qtbot.waitUntil(lambda: QApplication.focusWidget() is fields.lines["amount"])
    session.keys("56")
    go_to(session, K.Key_Backtab, lambda widget: widget in fields._routes.buttons())
    session.press(K.Key_Space)
    while fields.route is not Route.IN:
        session.press(K.Key_Left)
    go_to(session, K.Key_Tab, lambda widget: widget is fields.lines["lot"])
    session.type("A12")
    qtbot.waitUntil(lambda: bool(session.port.snapshot().session.doses), timeout=PATIENCE_MS)


def test_from_the_door_to_a_signed_record(qtbot, session, tmp_path):
    open_session(session, qtbot)
    dose(session, qtbot)
    session.press(K.Key_3)
    session.press(K.Key_N)
    session.type("the light is warm")
    qtbot.waitUntil(lambda: len(session.port.snapshot().session.notes) == 2)
    session.press(K.Key_Q)
    session.press(K.Key_5)
    qtbot.waitUntil(lambda: bool(session.care.scores))
    session.press(K.Key_Escape)
    leave_and_fill(session, qtbot)
    session.press(K.Key_Return)
    session.type("AB", "author", PIN["berg"])
    closed_page(session, qtbot)
    verdict = verify(session.path, tmp_path / "heads", staff())
    assert (verdict.kind, verdict.first_bad) == (INTACT, None)
    assert [each.finding for each in verdict.signatures] == [Finding.VALID]
    story = recorded(
        session.path,
        PersonIdentified,
        SessionOpened,
        DoseGiven,
        NoteAdded,
        ScaleScored,
        SessionClosed,
        RecordSigned,
    )
    kinds = list(dict.fromkeys(type(event) for event in story))
    assert kinds == [
        PersonIdentified,
        SessionOpened,
        DoseGiven,
        NoteAdded,
        ScaleScored,
        SessionClosed,
        RecordSigned,
    ]
    (opened,) = [event for event in story if isinstance(event, SessionOpened)]
    assert set(opened.overridden) <= {event.check for event in recorded(session.path, CheckOverridden)}
    assert {event.by for event in story if isinstance(event, NoteAdded | ScaleScored)} == {"CD"}
    assert [event.right for event in recorded(session.path, PinTried)] == [True, True]
    assert recorded(session.path, PhaseChanged)[0].phase == "baseline"
