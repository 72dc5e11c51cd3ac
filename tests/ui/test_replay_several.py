"""Several records open at once, and damaged ones, in the real window."""

import os
import shutil

import pytest
from past_parts import FakeHearer
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from reviewed_record import T0, S, make_reviewed
from tampering import tamper

from kapmonitor import show_review
from kapmonitor.errors import RecordDamaged, RecordError
from kapmonitor.record.verify import verify
from kapmonitor.show_review import Library, checked
from ui.keytable import Action
from ui.replay.records_page import RecordsPage
from ui.shell import Shell

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
WAIT_MS = 20_000


def nothing(_share):
    """Nobody wants to know how far it is."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("several")
    for number in (1, 2, 3):
        make_reviewed(made / f"{number}.kap", 60, number=number, day=number, waves=False)
    make_reviewed(made / "9.kap", 60, number=1, person="5120", initials="A.B.", day=9, waves=False)
    (made / "bad.kap").write_bytes(b"SQLite")
    return made


@pytest.fixture
def viewed():
    return []


@pytest.fixture
def opened(tmp_path, monkeypatch, qtbot, folder, viewed):
    """The open records of a shell, as `kapmonitor replay` makes them."""
    monkeypatch.setattr(show_review, "people_file", lambda: tmp_path / "people.json")
    monkeypatch.setattr(show_review, "heads_ledger", lambda: tmp_path / "ledger")
    ends = []

    def look(*paths, library=True):
        shell = Shell()
        qtbot.addWidget(shell)
        shell.resize(1366, 768)
        shell.show()
        found = [checked(path, nothing) for path in paths]
        end = show_review._dress(shell, found, None, Library([folder], viewed.append) if library else None)
        ends.append((shell, end))
        return shell._held

    yield look
    for shell, end in ends:
        shell.close()
        end()


def labels(records):
    return [each.label for each in records.opened]


def press(records, action):
    records.current.window.keys.act(action)


def test_one_record_has_no_strip_and_is_not_closed(opened, folder):
    records = opened(folder / "1.kap")
    assert records.current.window.geometry() == records.rect()
    press(records, Action.RECORD_CLOSE)
    press(records, Action.RECORD_NEXT)
    assert len(records.opened) == 1
    assert "only record" in records.current.window.footer._message


def test_each_keeps_its_playhead_and_the_one_that_is_left_stands_still(opened, folder):
    records = opened(folder / "1.kap", folder / "2.kap")
    assert labels(records)[0].startswith("M.K. 4471 · session 1 of 6 · 2026-")
    first = records.current
    first.port.seek(T0 + 10 * S)
    first.port.play(playing=True)
    press(records, Action.RECORD_NEXT)
    second = records.current
    assert second is not first
    assert not first.port.playing()
    assert not first.window.isVisible()
    second.port.seek(T0 + 40 * S)
    press(records, Action.RECORD_BEFORE)
    assert records.current is first
    assert T0 + 10 * S <= first.port.now_ns() < T0 + 12 * S
    assert second.port.now_ns() == T0 + 40 * S
    assert not records.grab().isNull()


def test_a_key_reaches_only_the_record_that_is_seen(opened, folder):
    records = opened(folder / "1.kap", folder / "2.kap")
    first, second = records.opened
    for each in (first, second):
        each.port.seek(T0)
    QTest.keyClick(records.current.window, Qt.Key.Key_D)
    assert (first.port.now_ns(), second.port.now_ns()) == (T0 + 12 * S, T0)
    QTest.keyClick(records.current.window, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(records.current.window, Qt.Key.Key_D)
    assert second.port.now_ns() == T0 + 12 * S


def test_a_click_on_the_strip_goes_there(opened, folder, qtbot):
    records = opened(folder / "1.kap", folder / "2.kap")
    box = records._boxes()[1]
    qtbot.mouseClick(records, Qt.MouseButton.LeftButton, pos=QPoint(round(box.center().x()), 15))
    assert records.current is records.opened[1]


def test_closing_one_lets_go_of_its_file_and_the_other_is_seen(opened, folder, tmp_path, qtbot):
    path = shutil.copy(folder / "1.kap", tmp_path / "1.kap")
    records = opened(path, folder / "2.kap")
    gone = records.current
    press(records, Action.RECORD_CLOSE)
    assert [each.key for each in records.opened] == [str((folder / "2.kap").resolve())]
    assert records.current.window.isVisible()
    qtbot.waitUntil(lambda: not records._leaving, timeout=WAIT_MS)
    with pytest.raises(RecordDamaged, match="closed database"):
        gone.port._record.reader.is_closed()


def page_of(records, qtbot):
    press(records, Action.RECORD_OPEN)
    page = records.current.window.over_trends
    assert isinstance(page, RecordsPage)
    qtbot.waitUntil(lambda: not page.is_busy, timeout=WAIT_MS)
    return page


def test_others_are_listed_the_same_person_first_and_one_is_opened(opened, folder, qtbot, viewed):
    records = opened(folder / "2.kap")
    page = page_of(records, qtbot)
    assert [each.path.name for each in page.records] == ["3.kap", "2.kap", "1.kap", "9.kap", "bad.kap"]
    assert not page.grab().isNull()
    for _ in range(3):
        qtbot.keyClick(page, Qt.Key.Key_Down)
    qtbot.keyClick(page, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(records.opened) == 2, timeout=WAIT_MS)
    assert records.current.label.startswith("A.B. 5120")
    assert [path.name for path in viewed] == ["9.kap"]
    press(records, Action.RECORD_BEFORE)
    assert records.current.window.over_trends is None


def test_a_record_of_a_course_is_opened_beside_the_others(opened, folder, qtbot, viewed):
    records = opened(folder / "3.kap")
    first = records.current.window
    press(records, Action.COURSE)
    course = first.over_body.widget
    qtbot.waitUntil(lambda: course.course is not None, timeout=WAIT_MS)
    qtbot.keyClick(course, Qt.Key.Key_Up)
    qtbot.keyClick(course, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(records.opened) == 2, timeout=WAIT_MS)
    assert records.current.key == str((folder / "2.kap").resolve())
    assert first.over_body.widget is None
    assert [path.name for path in viewed] == ["2.kap"]


def test_one_that_is_open_already_is_seen_again(opened, folder, qtbot, viewed):
    records = opened(folder / "3.kap", folder / "2.kap")
    page = page_of(records, qtbot)
    qtbot.keyClick(page, Qt.Key.Key_Down)
    qtbot.keyClick(page, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: records.current is records.opened[1], timeout=WAIT_MS)
    assert len(records.opened) == 2
    assert viewed == []


def test_one_that_cannot_be_read_says_why_and_the_page_stays(opened, folder, qtbot):
    records = opened(folder / "1.kap")
    page = page_of(records, qtbot)
    for _ in page.records:
        qtbot.keyClick(page, Qt.Key.Key_Down)
    qtbot.keyClick(page, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page.trouble), timeout=WAIT_MS)
    assert "not a session record" in page.trouble
    assert records.current.window.over_trends is page
    assert not page.grab().isNull()
    with qtbot.waitSignal(page.left):
        qtbot.keyClick(page, Qt.Key.Key_Escape)


def test_opening_can_be_stopped(opened, folder, qtbot, monkeypatch):
    records = opened(folder / "1.kap")
    page = page_of(records, qtbot)
    for _ in range(2):
        qtbot.keyClick(page, Qt.Key.Key_Down)
    begun = []

    def slow(_record, tell):
        begun.append(True)
        while True:
            tell(0.5)

    page._load = slow
    qtbot.keyClick(page, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(begun), timeout=WAIT_MS)
    assert not page.grab().isNull()
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: page.trouble == "stopped", timeout=WAIT_MS)
    assert len(records.opened) == 1


def test_where_there_are_no_others_it_says_so(opened, folder):
    records = opened(folder / "1.kap", library=False)
    press(records, Action.RECORD_OPEN)
    assert records.current.window.over_trends is None
    assert "no other records" in records.current.window.footer._message


def test_of_several_those_that_can_be_opened_are_and_the_rest_is_named(folder, monkeypatch, tmp_path, qtbot):
    monkeypatch.setattr(show_review, "heads_ledger", lambda: tmp_path / "ledger")
    shell = Shell()
    qtbot.addWidget(shell)
    shell.show()

    class Console:
        def prepare(self, make):
            self.dress = make(lambda *_: None)

    console = Console()
    show_review.prepare(console, [folder / "bad.kap", folder / "1.kap"], None, None, lambda _path: None)
    end = console.dress(shell)
    assert len(shell._held.opened) == 1
    assert "bad.kap: not a session record" in shell._held.current.window.footer._message
    QTest.qWait(50)  # what the parts put off until they are shown
    shell.close()
    end()
    show_review.prepare(console, [folder / "bad.kap"], None, None, lambda _path: None)
    with pytest.raises(RecordError, match="not a session record"):
        console.dress(shell)


# Damaged ones


def cut(path):
    os.truncate(path, path.stat().st_size * 7 // 10)


def turned(path):
    tamper(path, "UPDATE numeric SET data = zeroblob(9) WHERE id IN (2, 3)")


@pytest.mark.parametrize(("harm", "kinds"), [(cut, {"entries"}), (turned, {"readings"})])
def test_of_a_damaged_record_the_rest_is_shown_and_what_is_missing_is_marked(
    opened, folder, tmp_path, harm, kinds
):
    path = shutil.copy(folder / "1.kap", tmp_path / "d.kap")
    harm(path)
    assert verify(path).kind == "damaged"
    records = opened(path)
    window, port = records.current.window, records.current.port
    assert port.summary().startswith("damaged in ")
    panel, bar = window._places["notes"], window._places["bottom"]
    panel.refresh()
    lost = [line.text for line in panel.lines if line.kind == "lost"]
    assert kinds <= {text.split(" ", 1)[0] for text in lost}
    assert len(bar.scrub._lost) == len(lost)
    assert "d.kap is damaged" in window.footer._message
    first, last = port.span()
    for step in range(6):
        bar.seek(first + (last - first) * step // 5)
        window.refresh()
    assert not window.grab().isNull()
    assert port.whole().started.person == "4471"


def test_a_note_of_a_damaged_record_is_not_amended(opened, folder, tmp_path, qtbot):
    path = shutil.copy(folder / "1.kap", tmp_path / "d.kap")
    turned(path)
    window = opened(path).current.window
    window.keys.act(Action.REPLAY_AMEND)
    page = window.over_trends
    page.text.setText("other")
    page.why.setText("because")
    page.who.setText("KL")
    qtbot.keyClick(page.text, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "is damaged and is not amended" in page.said, timeout=WAIT_MS)


def test_music_of_a_record_that_is_not_seen_stands(opened, folder, qtbot, monkeypatch):
    hearers = []
    monkeypatch.setattr("ui.music.hearer.Hearer", lambda *_args: hearers.append(FakeHearer()) or hearers[-1])
    records = opened(folder / "1.kap", folder / "2.kap")
    first, second = hearers
    for each in records.opened:
        each.port.seek(T0)
    records.opened[0].port.play(playing=True)
    qtbot.waitUntil(lambda: bool(first.followed) and first.followed[-1][1], timeout=WAIT_MS)
    press(records, Action.RECORD_NEXT)
    qtbot.waitUntil(lambda: not first.followed[-1][1], timeout=WAIT_MS)
    records.opened[1].port.play(playing=True)
    qtbot.waitUntil(lambda: bool(second.followed) and second.followed[-1][1], timeout=WAIT_MS)
    assert not first.followed[-1][1]
