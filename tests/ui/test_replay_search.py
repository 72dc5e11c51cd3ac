"""Searching and filtering the moments of a review."""

import fake_session as fs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from kapmonitor.session.notes import Change, Note
from kapmonitor.session.state import AlarmSpan, LimitLine, SessionState
from ui.keytable import Action
from ui.main_window import MainWindow
from ui.replay import MomentsPanel, ReplayBar
from ui.replay.filtering import FilterPage
from ui.replay.listed import Line, lines
from ui.replay.searching import wire_search
from ui.replay.sought import Group, Wanted, choices, plain, sift
from ui.theme import Theme

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
M = fs.MIN


def note(number, text, *, by="KL", tag="", was=()):
    changes = tuple(Change(number * M, by, earlier, number * M) for earlier in was)
    return Note(f"n{number}", number * M, "text", text, by, changes, tag=tag)


STATE = SessionState(
    notes=(
        note(1, "tearful", tag="tearful"),
        note(2, "spricht über die Großmutter", by="RN"),
        note(3, "hand held, as agreed", was=("hand held — beforehand",)),
        note(4, "мне страшно, потом ещё легче"),
        note(5, "φώς καί ησυχία"),
        note(6, "שָׁלוֹם"),
        note(7, "がっこう"),
        note(8, "tearful again", by="RN", tag="tearful"),
    ),
    alarms=(
        AlarmSpan("sys-m", "medium", 9 * M, 10 * M, 162.0, 154.0),
        AlarmSpan("link:ox", "high", 11 * M, None, None, None),
    ),
    limits=(LimitLine(0, "sys-m", "nibp-sys", "high", "medium", 154.0, 0.0),),
)
ALL = lines(STATE)


def found(words="", *chosen):
    return [hit.line.t_ns // M for hit in sift(ALL, Wanted(words, frozenset(chosen)))]


@pytest.mark.parametrize(
    ("words", "where"),
    [
        ("TEARFUL", [1, 8]),
        ("uber grossmutter", [2]),
        ("GROẞMUTTER", [2]),
        ("еще СТРАШНО", [4]),
        ("ΗΣΥΧΙΑ φως", [5]),
        ("שלום", [6]),
        ("がっ", [7]),
        ("かっ", []),
        ("again tear", [8]),
        ("162", [9]),
        ("oximeter", []),
        ("  ", [1, 2, 3, 4, 5, 6, 7, 8, 9, 11]),
        ("zebra", []),
    ],
)
def test_all_words_are_found_in_any_order_script_case_and_accent(words, where):
    assert found(words) == where


def test_an_original_that_was_amended_is_found_and_says_so():
    (hit,) = sift(ALL, Wanted("beforehand"))
    assert (hit.line.text, hit.earlier) == ("hand held, as agreed", "hand held — beforehand")
    (now,) = sift(ALL, Wanted("hand held"))
    assert now.earlier == ""


def test_what_is_chosen_of_one_group_adds_up_and_of_several_narrows():
    note_, alarm = (Group.KIND, "note"), (Group.KIND, "alarm")
    assert found("", alarm) == [9, 11]
    assert found("", note_, alarm) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 11]
    assert found("", note_, (Group.AUTHOR, "RN")) == [2, 8]
    assert found("", (Group.TAG, "tearful")) == [1, 8]
    assert found("", (Group.PRIORITY, "high")) == [11]
    assert found("again", (Group.TAG, "tearful")) == [8]


def test_the_choices_are_those_of_the_record_with_how_many():
    found_ = choices(ALL)
    assert [(c.value, c.count) for c in found_[Group.KIND]] == [("note", 8), ("alarm", 2)]
    assert [(c.value, c.count) for c in found_[Group.TAG]] == [("tearful", 2)]
    assert [(c.value, c.count) for c in found_[Group.AUTHOR]] == [("KL", 6), ("RN", 2)]
    assert [c.value for c in found_[Group.PRIORITY]] == ["high", "medium"]
    assert all(not own for own in choices(()).values())


@given(st.text(max_size=30))
def test_every_text_is_found_by_itself_in_capitals_and_comparing_twice_changes_nothing(text):
    line = Line(0, "note", text)
    assert len(sift([line], Wanted(text.upper()))) == 1 or plain(text.upper()) != plain(text)
    assert len(sift([line], Wanted(text))) == 1
    assert plain(plain(text)) == plain(text)


# In the window


@pytest.fixture
def review(qtbot):
    port = fs.FakeReplay()
    window = MainWindow(port)
    qtbot.addWidget(window)
    window.set_review(review=True)
    bar = ReplayBar(port, Theme())
    whole = fs.folded(fs.NOW_NS)
    panel = MomentsPanel(port, lambda: whole, bar.seek, Theme())
    window.set_notes(panel)
    window.set_bottom(bar)
    wire_search(window, bar, panel)
    window.show()
    panel.refresh()
    window.bar, window.panel, window.port_ = bar, panel, port
    return window


def marked(review):
    return review.bar.scrub._marked


def test_words_narrow_the_list_at_once_and_mark_the_strip(review, qtbot):
    every = len(review.panel.lines)
    review.keys.act(Action.REPLAY_SEARCH)
    qtbot.keyClicks(review.panel.field, "hand")
    assert [line.text for line in review.panel.lines] == ["hand held — agreed beforehand"]
    assert marked(review) == (review.panel.lines[0].t_ns,)
    assert not review.grab().isNull()
    review.keys.act(Action.REPLAY_EVERYTHING)
    assert len(review.panel.lines) == every
    assert marked(review) == ()
    assert review.panel.field.text() == ""


def test_enter_goes_from_hit_to_hit_round_the_end_and_escape_keeps_them(review, qtbot):
    review.port_.seek(fs.OPENED_NS)
    review.keys.act(Action.REPLAY_SEARCH)
    field = review.panel.field
    qtbot.keyClicks(field, "e")
    times = [line.t_ns for line in review.panel.lines]
    seen = []
    for _ in range(len(times) + 1):
        qtbot.keyClick(field, Qt.Key.Key_Return)
        seen.append(review.port_.now_ns())
    later = sorted(set(times))
    assert seen[: len(later)] == later
    assert review.bar.said.startswith("from the start: 1 of") or len(later) < len(times)
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.isHidden()
    assert [line.t_ns for line in review.panel.lines] == times
    review.keys.act(Action.REPLAY_HIT_BACK)
    assert review.port_.now_ns() in times


def test_arrows_in_the_line_go_on_and_back(review, qtbot):
    review.port_.seek(fs.OPENED_NS)
    review.keys.act(Action.REPLAY_SEARCH)
    qtbot.keyClicks(review.panel.field, "e")
    first, second = (line.t_ns for line in review.panel.lines[:2])
    qtbot.keyClick(review.panel.field, Qt.Key.Key_Down)
    qtbot.keyClick(review.panel.field, Qt.Key.Key_Down)
    assert review.port_.now_ns() == second
    qtbot.keyClick(review.panel.field, Qt.Key.Key_Up)
    assert review.port_.now_ns() == first


def test_without_a_search_and_without_a_hit_it_says_so(review, qtbot):
    review.keys.act(Action.REPLAY_HIT)
    assert "search or filter first" in review.bar.said
    review.keys.act(Action.REPLAY_SEARCH)
    qtbot.keyClicks(review.panel.field, "zebra")
    qtbot.keyClick(review.panel.field, Qt.Key.Key_Return)
    assert review.bar.said == "nothing of what is looked for"
    assert not review.grab().isNull()


def test_the_filter_is_chosen_with_keys_and_the_list_follows(review, qtbot):
    review.keys.act(Action.REPLAY_FILTER)
    page = review.over_trends
    assert isinstance(page, FilterPage)
    while page.chosen.value != "dose":
        qtbot.keyClick(page, Qt.Key.Key_Down)
    qtbot.keyClick(page, Qt.Key.Key_Space)
    assert {line.kind for line in review.panel.lines} == {"dose"}
    assert not review.grab().isNull()
    qtbot.keyClick(page, Qt.Key.Key_Right)
    assert page.chosen.group is not Group.KIND
    qtbot.keyClick(page, Qt.Key.Key_Backspace)
    assert not review.panel.wanted.narrows
    qtbot.keyClick(page, Qt.Key.Key_Return)
    assert review.over_trends is None


def test_a_filter_of_a_record_with_nothing_in_it_can_be_opened_and_left(qtbot):
    page = FilterPage((), Wanted(), lambda _wanted: None, Theme())
    qtbot.addWidget(page)
    page.resize(600, 400)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Space):
        qtbot.keyClick(page, key)
    assert page.chosen is None
    assert not page.grab().isNull()
    with qtbot.waitSignal(page.left):
        qtbot.keyClick(page, Qt.Key.Key_Escape)
