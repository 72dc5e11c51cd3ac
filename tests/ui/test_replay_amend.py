"""Amending a note in a review, through the real record."""

import shutil

import pytest
from PySide6.QtCore import Qt
from reviewed_record import T0, S, make_reviewed
from signed_records import PIN, staff

from kapmonitor import show_review
from kapmonitor.errors import RecordInUse
from kapmonitor.people import page as people_page
from kapmonitor.people.staff import Staff
from kapmonitor.record import appending
from kapmonitor.record.verify import verify
from ui.keytable import Action
from ui.people.page import PinPage
from ui.replay.amending import AmendPage
from ui.shell import Shell

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
LENGTH_S = 200


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_reviewed(tmp_path_factory.mktemp("amended") / "a.kap", LENGTH_S, waves=False)


@pytest.fixture
def people(tmp_path, monkeypatch):
    path = tmp_path / "people.json"
    monkeypatch.setattr(show_review, "people_file", lambda: path)
    monkeypatch.setattr(show_review, "heads_ledger", lambda: tmp_path / "ledger")
    return path


@pytest.fixture
def review(made, people, tmp_path, qtbot):
    """The review of a copy, the playhead just after the note that was amended once."""
    shells = []

    def opened(everybody=None):
        people.write_text(people_page.text_of(everybody or Staff()), "utf-8")
        path = shutil.copy(made, tmp_path / "a.kap")
        shell = Shell()
        qtbot.addWidget(shell)
        shell.show()
        close = show_review._dress(shell, [show_review.checked(path, lambda _share: None)], None)
        shells.append((shell, close))
        window = shell._held.current.window
        window._port.seek(T0 + round(0.37 * LENGTH_S) * S)
        window.path = path
        return window

    yield opened
    for shell, close in shells:
        shell.close()
        close()


def amend_page(window):
    window.keys.act(Action.REPLAY_AMEND)
    page = window.over_trends
    assert isinstance(page, AmendPage)
    return page


def fill(qtbot, page, text, why="misheard", who="KL"):
    page.text.setText(text)
    page.why.setText(why)
    page.who.setText(who)
    qtbot.keyClick(page.text, Qt.Key.Key_Return)


def moments(window):
    panel = window._places["notes"]
    panel.refresh()
    return panel


def bar(window):
    return window._places["bottom"]


def test_the_note_that_was_reached_last_is_amended_and_the_record_says_so(review, qtbot):
    window = review()
    page = amend_page(window)
    assert page.note.text == "hand held, as agreed"
    assert not page.grab().isNull()
    fill(qtbot, page, "hand held, the left one")
    qtbot.waitUntil(lambda: window.over_trends is None, timeout=20_000)
    assert bar(window).said.startswith("amended: entry ")
    (line,) = (each for each in moments(window).lines if each.note == page_note(window))
    assert (line.text, line.was) == ("hand held, the left one", "hand held, as agreed")
    assert line.earlier == ("hand held — agreed beforehand", "hand held, as agreed")
    assert "1 note amended afterwards" in window._port.summary()
    again = amend_page(window)
    assert again.note.changes[-1].reason == "misheard"
    assert not again.grab().isNull()


def page_note(window):
    return next(note.id for note in window._port.whole().notes if "left one" in note.text)


def test_one_file_is_left_once_the_review_is_closed(review, qtbot, tmp_path):
    window = review()
    fill(qtbot, amend_page(window), "hand held, the left one")
    qtbot.waitUntil(lambda: window.over_trends is None, timeout=20_000)
    window.close()
    window._port.close()
    assert sorted(file.name for file in tmp_path.glob("a.kap*")) == ["a.kap", "a.kap.heads"]
    assert verify(window.path).kind == "intact"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("hand held, as agreed", "w", "KL"), "It says that already."),
        (("other", " ", "KL"), "Say why"),
        (("other", "w", ""), "Say who you are"),
    ],
)
def test_what_is_missing_is_said(review, qtbot, typed, said):
    page = amend_page(review())
    fill(qtbot, page, *typed)
    assert page.said.startswith(said)
    assert not page.grab().isNull()


def test_an_emptied_line_takes_the_note_back(review, qtbot):
    window = review()
    fill(qtbot, amend_page(window), "")
    qtbot.waitUntil(lambda: window.over_trends is None, timeout=20_000)
    assert any(line.text == "taken back: hand held, as agreed" for line in moments(window).lines)


def test_arrows_choose_another_note_unless_something_was_typed(review, qtbot):
    page = amend_page(review())
    qtbot.keyClick(page.text, Qt.Key.Key_Down)
    assert page.note.text == "spricht über die Großmutter"
    assert page.text.text() == page.note.text
    page.text.setText("half a")
    qtbot.keyClick(page.text, Qt.Key.Key_Up)
    assert page.text.text() == "half a"
    assert "Esc leaves it" in page.said
    with qtbot.waitSignal(page.left):
        qtbot.keyClick(page.text, Qt.Key.Key_Escape)


def test_a_record_that_is_being_written_refuses_with_words_and_keeps_what_was_typed(
    review, qtbot, monkeypatch
):
    window = review()

    def in_use(_path):
        raise RecordInUse("a.kap", "is being written by a kapmonitor that is running")

    monkeypatch.setattr(appending, "Hold", in_use)
    page = amend_page(window)
    fill(qtbot, page, "other")
    qtbot.waitUntil(lambda: "is being written by" in page.said, timeout=20_000)
    assert page.text.text() == "other"
    assert not page.text.isReadOnly()


def test_with_people_their_pin_amends_and_signs(review, people, qtbot, tmp_path):
    window = review(staff())
    page = amend_page(window)
    assert page.who.isHidden()
    fill(qtbot, page, "hand held, the left one")
    pin = window.over_trends
    assert isinstance(pin, PinPage)
    for _ in range(2):
        qtbot.keyClick(pin.form, Qt.Key.Key_Down)
    assert pin.form.picking.chosen.id == "diaz"
    qtbot.keyClick(pin.form, Qt.Key.Key_Return)
    pin.form.field.setText("wrong")
    qtbot.keyClick(pin.form.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "PIN is wrong" in pin.form.picking.trouble, timeout=20_000)
    pin.form.field.setText(PIN["diaz"])
    qtbot.keyClick(pin.form.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.over_trends is None, timeout=20_000)
    assert "signature holds: Cole Díaz, amender" in [line.text for line in moments(window).lines]
    verdict = verify(window.path, tmp_path / "ledger", staff())
    assert verdict.kind == "intact"
    assert verdict.amended[0].endswith("signed")


def test_leaving_the_pin_comes_back_to_what_was_typed(review, qtbot):
    window = review(staff())
    fill(qtbot, amend_page(window), "other", "because")
    window.over_trends.form.left.emit()
    page = window.over_trends
    assert (page.text.text(), page.why.text()) == ("other", "because")


def test_a_spoiled_list_of_people_is_said(review, people):
    window = review()
    people.write_text("{", "utf-8")
    window.keys.act(Action.REPLAY_AMEND)
    assert window.over_trends is None
    assert "people.json" in bar(window).said
