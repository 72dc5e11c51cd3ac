"""In a review it stands who signed the record, and whether that signature holds."""

import shutil
from dataclasses import replace

import pytest
from record_fixtures import make_record
from signed_records import sign_as, staff
from tampering import rechain, tamper

from kapmonitor import show_review
from kapmonitor.people import page
from kapmonitor.people.user import Meaning
from kapmonitor.record.reader import RecordReader
from kapmonitor.session.codec import encode
from kapmonitor.session.events import RecordSigned
from ui.replay import MomentsPanel
from ui.theme import Theme

HOLDS = ["signature holds: Cole Díaz, author", "signature holds: Ann Berg, reviewer"]


@pytest.fixture(scope="module")
def signed(tmp_path_factory):
    path = make_record(tmp_path_factory.mktemp("signed") / "a.kap", 25)
    sign_as(path, "diaz")
    sign_as(path, "berg", Meaning.REVIEWER)
    path.with_name("a.kap.heads").unlink()
    return path


@pytest.fixture
def people(tmp_path, monkeypatch):
    """The list of people on this computer; not there yet."""
    path = tmp_path / "people.json"
    monkeypatch.setattr(show_review, "people_file", lambda: path)
    monkeypatch.setattr(show_review, "heads_ledger", lambda: tmp_path / "heads")
    return path


class FakeConsole:
    def prepare(self, make):
        self.dress = make(lambda *_: None)


@pytest.fixture
def opened(monkeypatch, qtbot):
    """What the bar and the list of moments say of a record's signatures."""

    def look(path):
        dressed = []
        monkeypatch.setattr(show_review, "dress_review", lambda _shell, reviewed: dressed.append(reviewed))
        console = FakeConsole()
        show_review.prepare(console, path, None, lambda: None)
        console.dress(None)
        (reviewed,) = dressed
        panel = MomentsPanel(
            reviewed.port, reviewed.state, reviewed.port.seek, Theme(), signatures=reviewed.signatures
        )
        qtbot.addWidget(panel)
        panel.refresh()
        said = [line.text for line in panel.lines if line.kind.endswith("signature")]
        summary = reviewed.port.summary()
        reviewed.close()
        return summary, said

    return look


def test_signatures_of_people_known_here_hold(signed, people, opened):
    people.write_text(page.text_of(staff()), "utf-8")
    assert opened(signed) == ("intact, its 2 signatures hold", HOLDS)


@pytest.mark.parametrize("spoiled", [False, True])
def test_of_people_not_known_here_it_is_not_said_that_they_signed(signed, people, opened, spoiled):
    if spoiled:
        people.write_text("{", "utf-8")
    summary, said = opened(signed)
    assert summary == "intact, signed with a key not known here"
    assert said == [text.replace("signature holds", "key not known here") for text in HOLDS]


def test_one_that_does_not_hold_is_said_not_to(signed, people, opened, tmp_path):
    people.write_text(page.text_of(staff()), "utf-8")
    path = shutil.copy(signed, tmp_path / "b.kap")
    with RecordReader(path) as reader:
        rows = [row for row in reader.events() if isinstance(row.stamped.event, RecordSigned)]
    seq, event = rows[0].seq, rows[0].stamped.event
    lie = encode(replace(event, meaning="witness"))
    assert tamper(path, "UPDATE event SET body = ? WHERE seq = ?", (lie, seq)) == 1
    rechain(path)
    summary, said = opened(path)
    assert summary.startswith(f"damaged: entry {seq} ")
    assert said[0] == "signature does not hold: Cole Díaz, witness"
