"""A cuff that was due and not taken: shown on the tile and in the trends, and explained at a key."""

from dataclasses import replace

import pytest
from fake_session import DOSE_NS, MIN, NOW_NS, FakeSession
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from kapmonitor.commands import ExplainCuff
from kapmonitor.protocol.cuffdues import Became
from kapmonitor.resting import Baseline
from kapmonitor.session.dose_events import CuffExplained
from ui.dosing import wire_doses
from ui.main_window import MainWindow
from ui.missed import wording
from ui.missed.owing import owed
from ui.missed.page import MissedPage
from ui.people.atkeys import AtKeys
from ui.people.gate import Gate
from ui.tiles.pressure_face import pressure_face
from ui.trends.content import Request, gather
from ui.trends.window import Span

K = Qt.Key


@pytest.fixture
def session():
    """Without the readings of T+15, T+20 and T+30."""
    made = FakeSession("quiet")
    left = tuple(c for c in made.cuffs() if round((c.t_ns - DOSE_NS) / MIN) not in (15, 20, 30))
    made.cuffs = lambda: left
    return made


@pytest.fixture
def window(qtbot, session):
    made = MainWindow(session)
    qtbot.addWidget(made)
    made.gate = Gate(made, AtKeys("KL", (), session.now_ns), None, session.submit, session.now_ns)
    wire_doses(made.gate, session, session.submit)
    made.resize(1366, 768)
    made.show()
    made.activateWindow()
    made.setFocus()
    made.numbers.begin_waves()
    made.refresh()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is made)
    return made


def press(qtbot, window, *keys):
    for key in keys:
        qtbot.keyClick(QApplication.focusWidget() or window, key)


def said(session):
    return [c.said for c in session.commands if isinstance(c, ExplainCuff)]


def minutes(times):
    return [round((t - DOSE_NS) / MIN) for t in times]


def test_a_reason_is_charted_at_two_keys_and_the_next_one_is_asked_for(qtbot, window, session):
    assert minutes(owed(session, session.snapshot(), NOW_NS)) == [15, 20, 30]
    press(qtbot, window, K.Key_Y)
    page = window.over_trends
    assert isinstance(page, MissedPage)
    assert page.chosen.t_ns == DOSE_NS + 30 * MIN
    press(qtbot, window, K.Key_1, K.Key_Up, K.Key_4)
    assert said(session) == [
        CuffExplained(DOSE_NS + 30 * MIN, wording.REASONS[0], "KL"),
        CuffExplained(DOSE_NS + 20 * MIN, wording.REASONS[3], "KL"),
    ]
    assert [page.says(due) for due in page.dues] == ["why?", "cuff off · KL", "asleep, not disturbed · KL"]
    assert minutes(owed(session, session.snapshot(), NOW_NS)) == [15]
    press(qtbot, window, K.Key_Escape)
    assert window.over_trends is None


def test_other_words_are_typed_and_letters_do_nothing_else_meanwhile(qtbot, window, session):
    press(qtbot, window, K.Key_Y, K.Key_T)
    qtbot.keyClicks(QApplication.focusWidget(), "yoga ball 1")
    press(qtbot, window, K.Key_Return)
    assert [each.reason for each in said(session)] == ["yoga ball 1"]
    press(qtbot, window, K.Key_Delete)
    assert window.over_trends.chosen.became is Became.MISSED
    press(qtbot, window, K.Key_T, K.Key_Escape)
    assert isinstance(window.over_trends, MissedPage), "Esc puts the line away first"
    press(qtbot, window, K.Key_Y)
    assert window.over_trends is None


def test_nobody_explains_anything_without_a_name(qtbot, window, session):
    window.gate.keys._by = ""
    press(qtbot, window, K.Key_Y, K.Key_1)
    assert said(session) == []


def test_the_tile_asks_for_a_reason_until_there_is_one(qtbot, window, session):
    window.numbers.bp.refresh(flashing=False)
    assert window.numbers._bp_face().plan == "Y why none at T+30 +2 · next in 2:43"
    for at in (15, 20, 30):
        session.submit(ExplainCuff(CuffExplained(DOSE_NS + at * MIN, "cuff off", "KL")))
    window.refresh()
    face = window.numbers._bp_face()
    assert (face.plan, face.owed) == ("next in 2:43", False)


@pytest.mark.parametrize(
    ("again", "wait_min", "held", "plan"),
    [
        ("high", 4.2, False, "again in 4:12, the last was high"),
        ("failed", 1, False, "again in 1:00, the last failed"),
        ("high", 4.2, True, "held · again in 4:12, the last was high"),
        ("high", -2, False, "again due 2:00 ago, the last was high"),
        ("", 4.2, False, "next in 4:12"),
    ],
)
def test_the_tile_says_that_a_reading_is_to_be_repeated_and_why(session, again, wait_min, held, plan):
    shot = session.snapshot()
    tile = replace(shot.nibp, next_t_ns=NOW_NS + round(wait_min * MIN), again=again, held=held)
    face = pressure_face(replace(shot, nibp=tile), NOW_NS)
    assert (face.plan, face.owed) == (plan, bool(again))


def test_the_trends_have_a_hollow_tick_for_each_of_them(session):
    session.submit(ExplainCuff(CuffExplained(DOSE_NS + 20 * MIN, "cuff off", "KL")))
    for t1_min, expected in ((42, [15, 20, 30]), (25, [15, 20])):
        span = Span(DOSE_NS, DOSE_NS + t1_min * MIN)
        request = Request(span, 400, NOW_NS, NOW_NS)
        shot = session.snapshot()
        missed = gather(session.view(), shot, shot.session, request, Baseline()).pressure.missed
        assert minutes(due.t_ns for due in missed) == expected
        assert missed[1].became is Became.EXPLAINED
