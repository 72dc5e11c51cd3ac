"""The passphrase asked for in the window: a real console, real vaults, real encrypted records."""

import pytest
from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from shell_parts import HD, LAPTOP, on_screen, shows
from vault_parts import PASSPHRASE, Computers, make_encrypted

from kapmonitor.errors import RecordLocked
from kapmonitor.record.reader import RecordReader
from kapmonitor.show_unlock import unlock_record, unlock_station
from kapmonitor.vault import keys
from kapmonitor.vault.held import HELD
from kapmonitor.vault.home import load_vault
from ui.console import Picture
from ui.layout import SMALLEST
from ui.question import record_locked, station_locked
from ui.question.secret_page import SecretPage
from ui.shell import Shell
from ui.theme import DAY

K = Qt.Key
WRONG = "seven wet leaves"


@pytest.fixture
def computers(tmp_path, monkeypatch):
    found = Computers(tmp_path, monkeypatch)
    found.set_up("here")
    yield found
    HELD.forget()


@pytest.fixture
def console(qtbot):
    with on_screen(qtbot) as made:
        yield made


def typed(shell, *answers):
    """Types these, one into each page; None leaves it with Esc. What each page said is kept."""
    left, seen, said = list(answers), [], []

    def look():
        for page in shell.findChildren(SecretPage):
            if page.isVisible() and page not in seen:
                seen.append(page)
                said.append(page.accessibleDescription())
                if not left:
                    QApplication.instance().quit()
                    return
                answer = left.pop(0)
                QTest.keyClicks(page.field, answer or "half of it")
                QTest.keyClick(page.field, K.Key_Escape if answer is None else K.Key_Return)

    return look, said


def run(console, ask, *answers):
    """What the pages said, one after the other, until `ask` was done with."""
    look, said = typed(console.shell, *answers)
    timer = QTimer(console.shell)
    timer.timeout.connect(look)
    timer.start(10)

    def make(_progress):
        ask()
        return leave

    console.prepare(make)
    assert console.run() == 0, console.trouble
    return said


def leave(shell):
    QTimer.singleShot(0, shell, QApplication.instance().quit)
    return lambda: None


def switched_on_again(computers):
    computers.use("here")
    return load_vault().station


def test_the_right_passphrase_opens_what_this_computer_wrote(console, computers, tmp_path):
    path = make_encrypted(tmp_path / "a.kap", 2)
    station = switched_on_again(computers)
    assert keys.identity_of(station) is None
    said = run(console, lambda: unlock_station(console), WRONG, PASSPHRASE)
    assert ["another passphrase" in each for each in said] == [False, True]
    with RecordReader(path) as record:
        assert list(record.events())


def test_nobody_is_asked_where_something_else_opens_it(console, computers):
    computers.use("here", passphrase_file=True)
    assert run(console, lambda: unlock_station(console)) == []


def test_nobody_is_asked_on_a_computer_without_a_vault(console, computers):
    computers.use("another")
    assert run(console, lambda: unlock_station(console)) == []


def test_a_session_goes_on_without_it(console, computers):
    station = switched_on_again(computers)
    assert len(run(console, lambda: unlock_station(console), None)) == 1
    assert keys.identity_of(station) is None


def test_a_passphrase_file_that_is_refused_is_named(console, computers, tmp_path, monkeypatch):
    switched_on_again(computers)
    monkeypatch.setenv("KAPMONITOR_VAULT_PASSPHRASE_FILE", str(tmp_path / "nowhere"))
    assert str(tmp_path / "nowhere") in run(console, lambda: unlock_station(console), PASSPHRASE)[0]


def test_a_record_of_another_computer_is_opened_by_its_own_passphrase(console, computers, tmp_path):
    path = make_encrypted(tmp_path / "a.kap", 2)
    computers.set_up("there", "three wet stones")
    assert len(run(console, lambda: unlock_record(console, path), "three wet stones", PASSPHRASE)) == 2
    with RecordReader(path) as record:
        assert list(record.events())


def test_a_record_that_stays_locked_says_so(console, computers, tmp_path):
    path = make_encrypted(tmp_path / "a.kap", 2)
    switched_on_again(computers)
    run(console, lambda: unlock_record(console, path), None)
    with pytest.raises(RecordLocked, match="passphrase in the window"):
        RecordReader(path)


def test_a_picture_waits_for_nobody(console, computers, tmp_path):
    station = switched_on_again(computers)
    console._picture = Picture(tmp_path / "a.png", (1280, 720), 0.1)
    assert run(console, lambda: unlock_station(console)) == []
    assert keys.identity_of(station) is None
    assert not console._shutter.isActive()  # nobody takes a picture of a window that is gone


# the page


@pytest.fixture
def shell(qtbot):
    made = Shell(DAY)
    qtbot.addWidget(made)
    made.resize(LAPTOP)
    return made


@pytest.fixture
def page(shell):
    made = SecretPage(station_locked(), shell.theme)
    made.heard = []
    made.answered.connect(made.heard.append)
    shell.put_over(made, "meanwhile")
    return made


def test_the_dots_show_nothing_and_are_gone_with_the_answer(page):
    QTest.keyClicks(page.field, PASSPHRASE)
    assert page.field.echoMode() is QLineEdit.EchoMode.Password
    assert PASSPHRASE not in page.field.displayText()
    QTest.keyClick(page.field, K.Key_Return)
    QTest.keyClick(page.field, K.Key_Escape)
    assert (page.heard, page.field.text()) == ([PASSPHRASE], "")


def test_enter_on_an_empty_line_answers_nothing(page):
    QTest.keyClick(page.field, K.Key_Return)
    assert page.heard == []


@pytest.mark.parametrize("size", [HD, LAPTOP, QSize(*SMALLEST)], ids=["hd", "laptop", "smallest"])
@pytest.mark.parametrize(
    "secret",
    [station_locked("That is another passphrase. Try again."), record_locked("2026-11-28-1310.kap")],
    ids=["station", "record"],
)
def test_everything_has_room(shell, size, secret):
    shell.resize(size)
    page = SecretPage(secret, shell.theme)
    shell.put_over(page, secret.meanwhile)
    field = page.field.geometry()
    assert page.rect().contains(field)
    assert field.height() >= page.field.sizeHint().height()
    shot = page.grab().toImage()
    assert bool(shows(shot, shot.rect(), DAY.medium)) == bool(secret.trouble)
