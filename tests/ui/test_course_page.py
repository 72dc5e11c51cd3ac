"""The page of a course, over real records."""

import threading
from itertools import pairwise

import pytest
from course_records import DAY_NS, UTC0, Made, made
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from kapmonitor.course.gather import beside, gather, look_at, part, person_of
from kapmonitor.errors import RecordError
from kapmonitor.session.events import DoseGiven, NoteAdded
from kapmonitor.show_review import _dress, checked
from kapmonitor.view import Role
from ui import fonts
from ui.course import wording
from ui.course.faces import Kind, band_of, rows_of
from ui.course.page import CoursePage
from ui.course.plot import runs, span_of
from ui.course.table import columns, cut_short
from ui.screenshot import render
from ui.shell import Shell
from ui.theme import Theme

K = Qt.Key
KETAMINE = DoseGiven("ketamine", 70.0, "im", "arm", "RN", weight_kg=70.0)
WORDS = ("hand held — agreed beforehand", "tearful", "nausea", "speaking", "moving", "support", "anxious")
TAGGED = tuple((i, NoteAdded(f"n{i}", "tag", tag, "RN", 0, tag=tag)) for i, tag in enumerate(WORDS))
NASAL = DoseGiven("esketamine", 56.0, "in", "nose", "RN")


def course_in(folder):
    paths = beside(min(folder.glob("*.kap")))
    found = look_at(paths, lambda _share: None)
    return gather(found, person_of(paths[0], found), None, lambda _share: None)


@pytest.fixture
def course(tmp_path):
    for number in (1, 2, 3):
        made(tmp_path / f"{number}.kap", number=number, utc_ns=UTC0 + number * DAY_NS)
    (tmp_path / "junk.kap").write_bytes(b"junk")
    return course_in(tmp_path)


@pytest.fixture
def shown(qtbot):
    def show(read, open_record=None):
        page = CoursePage(read, Theme(), open_record)
        qtbot.addWidget(page)
        page.resize(1350, 596)
        page.show()
        return page

    return show


def ready(qtbot, page):
    qtbot.waitUntil(lambda: page.course is not None or bool(page.trouble), timeout=5000)
    return page


def test_the_newest_session_is_chosen_first_with_a_band_from_those_before_it(qtbot, shown, course):
    page = ready(qtbot, shown(lambda _tell: course))
    assert [row.kind for row in page.rows] == [Kind.SESSION] * 3 + [Kind.NEXT, Kind.OUT]
    assert page.chosen.place == 2
    assert page.band.words == wording.made_from(2, "im", is_next=False)
    assert set(page.band.edges) == {Role.NIBP_SYS, Role.NIBP_DIA, Role.HR}


def test_the_next_session_has_the_band_of_all_and_an_early_one_says_why_it_has_none(qtbot, shown, course):
    page = ready(qtbot, shown(lambda _tell: course))
    QTest.keyClick(page, K.Key_Down)
    assert (
        page.band.words
        == "Own band: lowest to highest change in 3 earlier IM sessions, on their median baseline"
    )
    edges = page.band.edges[Role.NIBP_SYS]
    assert (edges.low[20], edges.high[20]) == (165.0, 165.0)
    for _ in range(9):
        QTest.keyClick(page, K.Key_Up)
    assert page.band.words == wording.too_few(0, "im")
    assert page.band.edges == {}


def test_the_band_can_be_taken_away_and_is_then_said_to_be(qtbot, shown, course):
    page = ready(qtbot, shown(lambda _tell: course))
    with_band = render(page, page.size())
    QTest.keyClick(page, K.Key_B)
    assert (page.band.edges, page.band.words) == ({}, wording.BAND_OFF)
    assert render(page, page.size()) != with_band
    QTest.keyClick(page, K.Key_B)
    assert render(page, page.size()) == with_band


def test_enter_opens_the_chosen_sessions_record_and_nothing_else(qtbot, shown, course):
    opened = []
    page = ready(qtbot, shown(lambda _tell: course, opened.append))
    QTest.keyClick(page, K.Key_Up)
    QTest.keyClick(page, K.Key_Return)
    assert [path.name for path in opened] == ["2.kap"]
    for _ in range(4):
        QTest.keyClick(page, K.Key_Down)
        QTest.keyClick(page, K.Key_Return)
    assert [path.name for path in opened] == ["2.kap", "3.kap"], "not for the next session, nor for junk"


def test_a_click_chooses_a_line(qtbot, shown, course):
    page = ready(qtbot, shown(lambda _tell: course))
    render(page, page.size())
    QTest.mouseClick(page, Qt.MouseButton.LeftButton, pos=QPoint(300, round(page._list_y) + 5))
    assert page.chosen.place == 0


def test_what_is_read_can_be_stopped_and_then_the_page_closed(qtbot, shown):
    goes_on, left = threading.Event(), []

    def read(tell):
        tell(0.3)
        goes_on.wait(5)
        tell(0.4)
        raise AssertionError("it went on")

    page = shown(read)
    page.left.connect(lambda: left.append(1))
    render(page, page.size())
    QTest.keyClick(page, K.Key_Escape)
    goes_on.set()
    ready(qtbot, page)
    assert (page.trouble, left) == (wording.STOPPED, [])
    QTest.keyClick(page, K.Key_Escape)
    assert left == [1]


def test_what_cannot_be_read_is_said_and_read_aloud(qtbot, shown):
    def read(_tell):
        raise RecordError("a.kap", "no record number is in it, so that it belongs to no course")

    page = ready(qtbot, shown(read))
    assert "no record number" in page.trouble
    assert page.accessibleDescription() == page.trouble
    render(page, page.size())


def test_a_session_without_a_dose_is_a_line_without_curves(qtbot, shown, tmp_path):
    made(tmp_path / "1.kap", doses=())
    made(tmp_path / "2.kap", number=2, utc_ns=UTC0 + DAY_NS, doses=((0, NASAL),))
    course = course_in(tmp_path)
    page = ready(qtbot, shown(lambda _tell: course))
    assert page.rows[0].cells[1] == wording.NO_DOSE
    assert page.band.words == wording.too_few(0, "in")
    QTest.keyClick(page, K.Key_Up)
    assert page.band.words == wording.NO_ROUTE
    render(page, page.size())


def test_nothing_but_damage_is_a_page_without_a_plot(qtbot, shown, tmp_path):
    cut = made(tmp_path / "1.kap")
    course = course_in(tmp_path)
    empty = type(course)(course.person, (), (*look_at((tmp_path / "no.kap",), lambda _s: None).out,))
    page = ready(qtbot, shown(lambda _tell: empty))
    assert [row.kind for row in page.rows] == [Kind.OUT]
    render(page, page.size())
    assert cut.exists()


def test_in_a_review_c_shows_it_and_takes_it_away(qtbot, tmp_path, monkeypatch):
    for number in (1, 2, 3):
        made(tmp_path / f"{number}.kap", number=number, utc_ns=UTC0 + number * DAY_NS)
    monkeypatch.setattr("kapmonitor.show_review.heads_ledger", lambda: tmp_path / "heads")
    shell = Shell()
    qtbot.addWidget(shell)
    shell.resize(1366, 768)
    shell.show()
    path = tmp_path / "3.kap"
    end = _dress(shell, [checked(path, lambda _share: None)], None)
    window = shell._held.current.window
    try:
        QTest.keyClick(window, K.Key_C)
        page = window.over_body.widget
        ready(qtbot, page)
        assert len(page.course.sessions) == 3
        render(shell, shell.size())
        QTest.keyClick(page, K.Key_C)
        assert window.over_body.widget is None
    finally:
        window.close()
        end()


def test_sums_go_on_from_session_to_session_drug_by_drug(tmp_path):
    made(tmp_path / "1.kap")
    made(tmp_path / "2.kap", number=2, utc_ns=UTC0 + DAY_NS, doses=((0, NASAL),))
    cells = [row.cells for row in rows_of(course_in(tmp_path)) if row.kind is Kind.SESSION]
    assert [row[1] for row in cells] == ["70 mg IM", "56 mg IN"]
    assert [row[3] for row in cells] == ["70 mg", "70 mg ketamine, 56 mg esketamine"]
    assert [row[2] for row in cells] == ["1.00", wording.NOT_KNOWN]


def test_words_of_minutes_say_what_there_was_to_look_at(tmp_path):
    made(tmp_path / "1.kap", cuffs=(), rates=())
    made(tmp_path / "2.kap", number=2, utc_ns=UTC0 + DAY_NS, rules=())
    cells = [row.cells for row in rows_of(course_in(tmp_path)) if row.kind is Kind.SESSION]
    assert [row[6] for row in cells] == ["no reading with a limit"] * 2


def test_a_band_that_has_no_baseline_to_stand_on_says_so(tmp_path):
    for number in (1, 2):
        made(tmp_path / f"{number}.kap", number=number, utc_ns=UTC0 + number * DAY_NS)
    made(
        tmp_path / "3.kap",
        number=3,
        utc_ns=UTC0 + 9 * DAY_NS,
        baseline=False,
        cuffs=((10, 150, 90),),
        rates=(),
    )
    course = course_in(tmp_path)
    assert band_of(course, rows_of(course)[2]).words == wording.NO_BASELINE


def test_columns_share_the_room_and_the_narrow_ones_keep_all_they_need(tmp_path, qapp):
    made(tmp_path / "1.kap", doses=((0, KETAMINE), (30, NASAL), (40, KETAMINE)), events=TAGGED)
    rows = rows_of(course_in(tmp_path))
    for room in (1310, 1000, 700):
        places = columns(Theme(scale=0.711), rows, room)
        assert all(x + width <= room + 1 for x, width in places)
        assert all(x + width <= later for (x, width), (later, _) in pairwise(places))
    wide = columns(Theme(scale=0.711), rows, 1310)
    full = cut_short(Theme(scale=0.711), rows[0], wide)
    assert "dose: 56 mg esketamine IN, 140 mg ketamine IM in 2" in full
    assert "highest" not in full
    assert cut_short(Theme(scale=0.711), rows[1], wide) == ""
    assert wide[4][1] >= fonts.width("165/95", Theme(scale=0.711).text_px(17))


def test_the_axis_holds_all_sessions(course):
    span = span_of(course)
    assert span.t0_ns == -20 * 60_000_000_000
    assert span.t1_ns >= 90 * 60_000_000_000


def test_curves_break_where_nothing_was_measured():
    import numpy as np

    assert runs(np.array([True, True, False, True])) == [(0, 2), (3, 4)]
    assert runs(np.array([], bool)) == []


def test_parts_of_progress_make_a_whole():
    told = []
    part(told.append, 1, 4)(0.5)
    assert told == [0.375]
    assert Made().zero_ns > 0
