"""A locked record opened from the list, in the real window: its passphrase is asked for first."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from reviewed_record import make_reviewed
from vault_parts import PASSPHRASE, Computers, make_encrypted

from kapmonitor import show_review
from kapmonitor.show_review import Library, checked
from kapmonitor.vault.held import HELD
from kapmonitor.vault.keyfile import beside
from ui.keytable import Action
from ui.replay.records_page import RecordsPage
from ui.shell import Shell

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
WAIT_MS = 20_000
K = Qt.Key


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A record that can be read and one that is locked, on a computer that was just switched on."""
    made = tmp_path / "records"
    made.mkdir()
    make_reviewed(made / "plain.kap", 60, number=1, day=1, waves=False)
    computers = Computers(tmp_path, monkeypatch)
    computers.set_up("here")
    make_encrypted(made / "secret.kap", 2)
    computers.use("here")
    yield made
    HELD.forget()


@pytest.fixture
def page(tmp_path, monkeypatch, qtbot, folder):
    """The list, with the locked record chosen, over the dashboard of the other."""
    monkeypatch.setattr(show_review, "people_file", lambda: tmp_path / "people.json")
    monkeypatch.setattr(show_review, "heads_ledger", lambda: tmp_path / "ledger")
    shell = Shell()
    qtbot.addWidget(shell)
    shell.resize(1366, 768)
    shell.show()
    end = show_review._dress(
        shell,
        [checked(folder / "plain.kap", lambda _share: None)],
        None,
        Library([folder], lambda _path: None),
    )
    records = shell._held
    records.current.window.keys.act(Action.RECORD_OPEN)
    page = records.findChild(RecordsPage)
    qtbot.waitUntil(lambda: not page.is_busy, timeout=WAIT_MS)
    names = [record.path.name for record in page.records]
    for _ in range(names.index("secret.kap")):
        QTest.keyClick(page, K.Key_Down)
    yield records, page
    shell.close()
    end()


def enter(page, qtbot):
    """Enter on the chosen record, and the page that asks."""
    QTest.keyClick(page, K.Key_Return)
    qtbot.waitUntil(lambda: page.secret is not None, timeout=WAIT_MS)
    return page.secret


def answer(secret, text):
    QTest.keyClicks(secret.field, text)
    QTest.keyClick(secret.field, K.Key_Return)


def test_the_right_passphrase_opens_it_beside_the_other(page, qtbot):
    records, listed = page
    secret = enter(listed, qtbot)
    assert "secret.kap" in secret.accessibleName()
    assert secret.field.hasFocus()
    assert secret.geometry() == listed.rect()
    assert "another passphrase" not in secret.accessibleDescription()
    answer(secret, "seven wet leaves")
    qtbot.waitUntil(lambda: listed.secret not in (None, secret), timeout=WAIT_MS)
    assert "another passphrase" in listed.secret.accessibleDescription()
    assert len(records.opened) == 1
    answer(listed.secret, PASSPHRASE)
    qtbot.waitUntil(lambda: len(records.opened) == 2, timeout=WAIT_MS)
    assert records.current.key.endswith("secret.kap")


def test_letters_of_a_passphrase_are_no_keys_of_the_review(page, qtbot):
    records, listed = page
    before = records.current.port.now_ns()
    QTest.keyClicks(enter(listed, qtbot).field, "dna p/o")
    assert listed.secret.field.text() == "dna p/o"
    assert records.current.port.now_ns() == before
    assert listed.isVisible()


def test_esc_leaves_it_closed_and_goes_back_to_the_list(page, qtbot):
    records, listed = page
    secret = enter(listed, qtbot)
    QTest.keyClick(secret.field, K.Key_Escape)
    assert listed.secret is None
    assert listed.hasFocus()
    assert not listed.is_busy
    QTest.keyClick(listed, K.Key_Escape)
    assert records.findChild(RecordsPage) is None or not listed.isVisible()
    assert len(records.opened) == 1


def test_where_no_passphrase_would_help_none_is_asked(page, folder, qtbot):
    records, listed = page
    beside(folder / "secret.kap").unlink()
    for spare in (folder.parent / "here").rglob("*.key*"):
        spare.unlink()
    QTest.keyClick(listed, K.Key_Return)
    qtbot.waitUntil(lambda: bool(listed.trouble), timeout=WAIT_MS)
    assert "key file" in listed.trouble
    assert listed.secret is None
    assert len(records.opened) == 1


def test_once_it_is_open_it_is_not_asked_for_again(page, qtbot):
    records, listed = page
    answer(enter(listed, qtbot), PASSPHRASE)
    qtbot.waitUntil(lambda: len(records.opened) == 2, timeout=WAIT_MS)
    records.current.window.keys.act(Action.RECORD_CLOSE)
    records.current.window.keys.act(Action.RECORD_OPEN)
    again = [each for each in records.findChildren(RecordsPage) if each.isVisible()][-1]
    qtbot.waitUntil(lambda: not again.is_busy, timeout=WAIT_MS)
    states = {record.path.name: record.standing.value for record in again.records}
    assert states["secret.kap"] != "locked"
