"""The page of limits: its steps over their whole product, what it says, and what its keys ask for."""

import itertools
from dataclasses import replace

import pytest
from fake_session import NOW_NS, FakeSession
from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from shell_parts import open_window

from kapmonitor.alarms.baseline import Proposal, Wanting
from kapmonitor.alarms.decide import AUTHORISED, LONGEST_OFF_MIN
from kapmonitor.commands import ChangeLimit, DisableRule, EnableRule, SetBaseline
from kapmonitor.snapshot import BaselineStatus
from ui.limits import LimitsPage
from ui.limits import face as faces
from ui.limits.steps import ENTRIES, Cue, Editing, Facts, Step, after, number_of
from ui.listing import in_view
from ui.screenshot import render
from ui.theme import SESSION, Theme

K = Qt.Key
LIMIT = next(limit for limit in FakeSession("quiet").snapshot().limits if limit.rule == "hr-high-medium")
OFF = replace(LIMIT, off_until_t_ns=NOW_NS + 60_000_000_000)
TEXTS = ("", "prescriber", "nobody", "KL", "125", "120", "12.5", "-3", "1e3", "99999", "30", "31", "0", "nan")


# The steps


def every_step():
    """Each step with what it has when it is reached."""
    known = Editing(by="KL", role="prescriber", limit=LIMIT, number=125.0, reason="moves", minutes=10.0)
    for step in Step:
        locked = step in {Step.READ, Step.ROLE}
        yield replace(known, step=step, role="" if locked else "prescriber")
        if step in {Step.READ, Step.BASELINE_SURE}:
            yield replace(known, step=step, role="", limit=None)


ALLOWED = {
    (Step.NUMBER_SURE, Cue.ENTER): ChangeLimit,
    (Step.OFF_SURE, Cue.ENTER): DisableRule,
    (Step.BASELINE_SURE, Cue.ENTER): SetBaseline,
    (Step.READ, Cue.SWITCH): EnableRule,
    (Step.OPEN, Cue.SWITCH): EnableRule,
}


def test_over_the_whole_product_nothing_is_changed_but_where_somebody_said_yes():
    done = set()
    for now, cue, text in itertools.product(every_step(), Cue, TEXTS):
        for chosen in (None, LIMIT, OFF):
            then, command = after(now, cue, Facts(chosen, text))
            assert then.role == "" or then.role in AUTHORISED
            if then.step in {Step.OPEN, Step.NUMBER, Step.NUMBER_SURE, Step.REASON, Step.OFF_SURE}:
                assert then.role
            if command is not None:
                assert ALLOWED[now.step, cue] is type(command)
                done.add((now.step, cue))
            if cue is Cue.IDLE:
                assert (then.step, then.role, command) == (Step.READ, "", None)
    assert done == set(ALLOWED)


def test_no_single_key_leads_from_the_locked_page_to_a_change():
    for cue, text in itertools.product(set(Cue) - {Cue.SWITCH}, TEXTS):
        then, command = after(Editing(by="KL"), cue, Facts(LIMIT, text))
        assert command is None
        assert then.step in {Step.READ, Step.ROLE, Step.BASELINE_SURE}
    assert after(Editing(by="KL"), Cue.SWITCH, Facts(LIMIT))[0].trouble


def walk(now, *cues, chosen=LIMIT):
    asked = None
    for cue, text in cues:
        now, asked = after(now, cue, Facts(chosen, text))
    return now, asked


UNLOCK = ((Cue.HELD, ""), (Cue.ENTER, " Prescriber "))


def test_a_change_shows_old_and_new_and_is_asked_for_again():
    now, asked = walk(Editing(by="KL"), *UNLOCK, (Cue.ENTER, ""), (Cue.ENTER, "125"))
    assert (now.step, asked) == (Step.NUMBER_SURE, None)
    foot = faces.foot(FakeSession("quiet").snapshot(), LIMIT, now)
    assert (foot.ask, foot.sure) == ("HR above: 120 → 125", True)
    now, asked = after(now, Cue.ENTER, Facts(LIMIT))
    assert asked == ChangeLimit("hr-high-medium", 125.0, "prescriber", "KL")
    assert now.step is Step.OPEN


def test_switching_off_needs_a_reason_and_an_end():
    now, _ = walk(Editing(by="KL"), *UNLOCK, (Cue.SWITCH, ""), (Cue.ENTER, "  "))
    assert (now.step, bool(now.trouble)) == (Step.REASON, True)
    now, _ = walk(now, (Cue.ENTER, "moves"), (Cue.ENTER, "31"))
    assert (now.step, bool(now.trouble)) == (Step.MINUTES, True)
    now, asked = walk(now, (Cue.ENTER, f"{LONGEST_OFF_MIN:g}"), (Cue.ENTER, ""))
    assert asked == DisableRule("hr-high-medium", "moves", "prescriber", "KL", LONGEST_OFF_MIN)


def test_switching_on_again_needs_no_unlocking():
    assert after(Editing(by="KL"), Cue.SWITCH, Facts(OFF))[1] == EnableRule("hr-high-medium", "", "KL")
    assert after(Editing(), Cue.SWITCH, Facts(OFF))[0].trouble


@pytest.mark.parametrize("text", ["", "nurse", "prescribe", "admin"])
def test_a_wrong_word_does_not_unlock(text):
    now, _ = walk(Editing(by="KL"), (Cue.HELD, ""), (Cue.ENTER, text))
    assert (now.step, now.role, bool(now.trouble)) == (Step.ROLE, "", True)


def test_without_a_name_one_is_asked_for():
    now, _ = walk(Editing(), *UNLOCK)
    assert now.step is Step.NAME
    now, _ = walk(now, (Cue.ENTER, " "), (Cue.ENTER, "AW"))
    assert (now.step, now.by) == (Step.OPEN, "AW")


@pytest.mark.parametrize("number", ["", "x", "19", "251", "120", "-5", "1e2", "nan"])
def test_a_number_that_cannot_be_a_limit_goes_no_further(number):
    now, _ = walk(Editing(by="KL"), *UNLOCK, (Cue.ENTER, ""), (Cue.ENTER, number))
    assert (now.step, bool(now.trouble)) == (Step.NUMBER, True)


@pytest.mark.parametrize(("text", "number"), [("120", 120.0), ("52,5", 52.5), ("1.2.3", None), ("٣", None)])
def test_typed_numbers(text, number):
    assert number_of(text) == number


def test_each_step_back_leads_to_the_list_and_then_to_the_lock():
    for now in every_step():
        then, command = after(now, Cue.BACK, Facts(LIMIT))
        assert command is None
        then, _ = after(then, Cue.BACK, Facts(LIMIT))
        assert (then.step, then.role) == (Step.READ, "")


def test_a_baseline_is_set_only_when_there_is_one():
    now, asked = walk(Editing(by="RN"), (Cue.BASELINE, ""), (Cue.ENTER, ""))
    assert (asked, now.step) == (SetBaseline("RN"), Step.READ)
    now, _ = after(Editing(by="RN"), Cue.BASELINE, Facts(no_baseline="a cuff reading is wanted"))
    assert (now.step, "a cuff reading is wanted" in now.trouble) == (Step.READ, True)


# What it says


def test_every_limit_stands_beside_where_it_came_from():
    shot = FakeSession("quiet").snapshot()
    rows = {limit.rule: faces.row(limit, NOW_NS) for limit in faces.ordered(shot)}
    assert len(rows) == len(shot.limits)
    row = rows["hr-high-medium"]
    assert (row.name, row.limit, row.source) == ("HR above", "120", "72 + 20 %, at least 120")
    assert row.when == "after 30 s"
    assert rows["spo2-low-high"].when == "after 10 s, at once from 80"
    assert rows["nibp-sys-medium"].when == "each reading"


def test_what_does_not_hold_now_is_quiet_and_says_why():
    off = faces.row(OFF, NOW_NS)
    assert (off.when, off.off, off.quiet) == ("off, back in 1:00", "1:00", True)
    away = faces.row(replace(LIMIT, in_phase=False, phases=("peak",)), NOW_NS)
    assert (away.when, away.quiet) == ("not in this phase", True)
    unset = faces.row(replace(LIMIT, limit=None, source="no baseline"), NOW_NS)
    assert (unset.limit, unset.source, unset.quiet) == ("—", "no baseline", True)


def test_who_switched_it_off_and_why_is_said():
    shot = FakeSession("limit-off").snapshot()
    limit = next(limit for limit in shot.limits if limit.off_until_t_ns)
    assert faces.foot(shot, limit, Editing()).lines[1] == (
        "switched off by Dr. A. Weber, prescriber: moves the hand with the sensor"
    )


@pytest.mark.parametrize(
    ("example", "who", "on", "said", "doubtful"),
    [
        (False, "Dr. W", "2026-11-01", "signed by Dr. W on 2026-11-01", False),
        (False, "Dr. W", "", "signed by Dr. W", False),
        (False, "", "", "not signed", True),
        (True, "", "", "AN EXAMPLE, not a recommendation", True),
    ],
)
def test_who_signed_the_set(example, who, on, said, doubtful):
    shot = FakeSession("quiet").snapshot()
    session = replace(shot.session, limits_example=example, limits_signed_by=who, limits_signed_on=on)
    head = faces.head(replace(shot, session=session), Editing(), 1, holding=False)
    assert (head.signed, head.doubtful) == (said, doubtful)


def test_the_baseline_and_what_it_wants_are_said():
    def said(status):
        shot = replace(FakeSession("quiet").snapshot(), baseline=status)
        head = faces.head(shot, Editing(), 1, holding=False)
        return head.baseline, head.proposal, head.wanting

    set_now = FakeSession("quiet").snapshot().baseline
    assert said(set_now)[0] == "Baseline 118/74 (88), HR 72, SpO₂ 98 — set by RN at 14:03"
    ready = FakeSession("no-baseline").snapshot().baseline
    assert said(ready) == ("NO BASELINE", "118/74 (88), HR 72, SpO₂ 98 from 3 readings — T sets it", True)
    for wanting in set(Wanting) - {Wanting.NOTHING, Wanting.THIRD}:
        status = BaselineStatus(proposal=Proposal(None, wanting), needed=True)
        assert said(status)[1]


@pytest.mark.parametrize(
    ("count", "chosen", "room", "seen"),
    [(5, 0, 9, (0, 5)), (20, 0, 9, (0, 9)), (20, 10, 9, (6, 15)), (20, 19, 9, (11, 20)), (0, 0, 4, (0, 0))],
)
def test_the_chosen_row_is_in_view(count, chosen, room, seen):
    assert in_view(count, chosen, room) == seen


# The widget


@pytest.fixture
def session():
    return FakeSession("quiet")


@pytest.fixture
def page(qtbot, session):
    page = LimitsPage(session, Theme(SESSION), "KL")
    qtbot.addWidget(page)
    page.resize(868, 906)
    page.asks = []
    page.asked.connect(page.asks.append)
    with qtbot.waitExposed(page):
        page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow, timeout=10_000)
    page.setFocus()
    return page


def unlock(qtbot, page):
    QTest.keyPress(page, K.Key_Return)
    qtbot.waitUntil(lambda: page.editing.step is Step.ROLE, timeout=5000)
    QTest.keyRelease(page, K.Key_Return)
    QTest.keyClicks(page.entry, "prescriber")
    QTest.keyClick(page.entry, K.Key_Return)
    assert page.editing.step is Step.OPEN


def test_a_short_enter_does_not_unlock(qtbot, page):
    QTest.keyClick(page, K.Key_Return)
    qtbot.wait(650)
    assert page.editing.step is Step.READ
    assert page.asks == []


def test_unlock_change_confirm_with_keys_alone(qtbot, page):
    page.choose("hr-high-medium")
    unlock(qtbot, page)
    QTest.keyClick(page, K.Key_Return)
    assert page.entry.isVisible()
    assert QApplication.focusWidget() is page.entry
    QTest.keyClicks(page.entry, "125")
    QTest.keyClick(page.entry, K.Key_Return)
    assert page.foot().ask == "HR above: 120 → 125"
    assert page.asks == []
    QTest.keyClick(page, K.Key_Return)
    assert page.asks == [ChangeLimit("hr-high-medium", 125.0, "prescriber", "KL")]


def repeat(widget, key):
    QApplication.sendEvent(
        widget, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, "", True, 1)
    )


def test_a_key_held_down_never_says_yes(qtbot, page):
    page.choose("hr-high-medium")
    unlock(qtbot, page)
    QTest.keyClick(page, K.Key_Return)
    QTest.keyClicks(page.entry, "125")
    QTest.keyPress(page.entry, K.Key_Return)
    for widget in (page, page.entry):
        repeat(widget, K.Key_Return)
    assert page.editing.step is Step.NUMBER_SURE
    assert page.asks == []


def test_escape_goes_back_locks_and_closes(qtbot, page):
    unlock(qtbot, page)
    QTest.keyClick(page, K.Key_Return)
    QTest.keyClick(page.entry, K.Key_Escape)
    assert page.editing.step is Step.OPEN
    QTest.keyClick(page, K.Key_Escape)
    assert page.editing.step is Step.READ
    with qtbot.waitSignal(page.left):
        QTest.keyClick(page, K.Key_Escape)


def test_arrows_choose_but_not_while_something_is_asked(qtbot, page):
    first = page.chosen.rule
    QTest.keyClick(page, K.Key_Down)
    second = page.chosen.rule
    assert second != first
    unlock(qtbot, page)
    QTest.keyClick(page, K.Key_Return)
    QTest.keyClick(page.entry, K.Key_Down)
    assert page.chosen.rule == second


def test_an_untouched_open_page_locks_itself(qtbot, page):
    unlock(qtbot, page)
    assert page._locking.isActive()
    page._locking.timeout.emit()
    assert (page.editing.step, page.editing.role) == (Step.READ, "")
    assert not page._locking.isActive()


def test_the_entry_shows_only_while_something_is_typed(qtbot, page):
    for step in Step:
        page._editing = replace(page.editing, step=step, limit=LIMIT)
        page._show_entry()
        assert page.entry.isVisible() == (step in ENTRIES)


def test_f12_acknowledges_while_a_limit_is_typed(qtbot):
    session = FakeSession("medium")
    window = open_window(qtbot, session)
    page = LimitsPage(session, window.theme, "KL")
    window.open_over_trends(page)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=10_000)
    asked = []
    window.acknowledge_asked.connect(lambda conditions, _t: asked.append(conditions))
    page._editing = Editing(Step.ROLE, "KL")
    page._show_entry()
    QTest.keyClicks(page.entry, "fp")
    assert asked == []
    assert page.entry.text() == "fp"
    QTest.keyClick(page.entry, K.Key_F12)
    assert asked == [("nibp-sys-medium",)]


@pytest.mark.parametrize("size", [QSize(868, 906), QSize(557, 644), QSize(420, 480)])
@pytest.mark.parametrize("step", list(Step))
def test_every_step_can_be_painted(page, size, step):
    page._editing = replace(page.editing, step=step, limit=LIMIT, trouble="words")
    assert not render(page, size).isNull()


def test_no_limits_is_said(qtbot):
    session = FakeSession("quiet")
    session._frozen = replace(session.snapshot(), limits=())
    page = LimitsPage(session, Theme(SESSION), "KL")
    qtbot.addWidget(page)
    assert page.chosen is None
    QTest.keyClick(page, K.Key_Down)
    assert not render(page, QSize(868, 906)).isNull()
