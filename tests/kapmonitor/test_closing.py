"""A session is closed with a sign-off: by PIN with a signature that verify accepts, or by a typed name."""

from dataclasses import replace

import pytest
from session_parts import PATIENCE_S, recorded
from signed_records import PIN, staff

from kapmonitor.alarms.limits import example
from kapmonitor.beginning import open_station
from kapmonitor.clock import SystemClock
from kapmonitor.closing import Closing
from kapmonitor.durable import replace_text
from kapmonitor.errors import CommandRefused, PinRefused
from kapmonitor.opening import Plan
from kapmonitor.people.book import PeopleBook
from kapmonitor.people.page import text_of
from kapmonitor.people.signature import Finding
from kapmonitor.people.staff import Staff
from kapmonitor.people.user import Meaning
from kapmonitor.record.verify import INTACT, verify
from kapmonitor.session.care_events import FormFilled, SessionSignedOff
from kapmonitor.session.events import RecordSigned, SessionClosed
from kapmonitor.session.keys_events import PinTried
from kapmonitor.signoff import SignOff, Stage

BERG = SignOff("Ann Berg", "prescriber", Meaning.AUTHOR, "berg", "AB")
TYPED = SignOff("Ann Berg", "nurse", Meaning.AUTHOR, by="AB")
FILLED = (FormFilled("pressure-before", "118/74 mmHg", (7,), "AB"),)


@pytest.fixture
def room(tmp_path):
    """A running session without devices, with people of the clinic and a second folder."""
    book = PeopleBook(tmp_path / "people.json")
    replace_text(tmp_path / "people.json", text_of(staff()))
    plan = Plan(tmp_path / "a.kap", (), example(), backup=tmp_path / "b", ledger=tmp_path / "heads")
    station = open_station(replace(plan, keep_awake=False), SystemClock())
    station.start()
    closing = Closing(station, book)
    yield closing, station, tmp_path
    closing.end("ended")


def test_signed_off_by_pin_the_record_is_signed_as_it_was_closed(room):
    closing, station, folder = room
    assert [about.id for about in closing.people] == ["admin", "berg", "diaz"]
    closing.sign_off(BERG, PIN["berg"], FILLED).result(PATIENCE_S)
    stages = []
    closed = closing.close(stages.append).result(PATIENCE_S)
    assert stages == [Stage.CLOSING, Stage.SIGNING, Stage.COPYING]
    assert (closed.signed, closed.problem, closed.session) == (True, "", station.heads.session)
    verdict = verify(folder / "a.kap", folder / "heads", staff())
    assert verdict.kind == INTACT
    assert [(each.finding, each.signed.meaning) for each in verdict.signatures] == [(Finding.VALID, "author")]
    assert verdict.head == f"entry {closed.head_seq}, SHA-256 {closed.head_hash}"
    assert [type(e) for e in recorded(folder / "a.kap", FormFilled, SessionSignedOff, SessionClosed)] == [
        FormFilled,
        SessionSignedOff,
        SessionClosed,
    ]
    assert closed.copy.where == str(folder / "b")
    assert verify(folder / "b" / "a.kap", None, staff()).signatures[0].finding is Finding.VALID
    assert {kept.problem for kept in closed.heads} == {""}


def test_a_wrong_pin_changes_nothing_and_too_many_have_to_wait(room):
    closing, station, folder = room
    for _ in range(3):
        with pytest.raises(PinRefused, match="the PIN is wrong"):
            closing.sign_off(BERG, "guess1", FILLED).result(PATIENCE_S)
    with pytest.raises(PinRefused, match="too many") as caught:
        closing.sign_off(BERG, PIN["berg"], FILLED).result(PATIENCE_S)
    assert 0 < caught.value.wait_s <= 15
    assert station.engine.snapshot.session.care.form == ()
    assert station.engine.snapshot.session.closed_t_ns is None
    closing.end("window")
    assert recorded(folder / "a.kap", SessionSignedOff, RecordSigned, FormFilled) == []
    tries = recorded(folder / "a.kap", PinTried)
    assert [(each.person, each.purpose, each.right) for each in tries] == [("AB", "sign-off", False)] * 4
    assert verify(folder / "a.kap", folder / "heads", staff()).kind == INTACT


def test_a_typed_name_is_an_entry_and_no_signature(room):
    closing, _, folder = room
    closing.sign_off(TYPED, "", FILLED).result(PATIENCE_S)
    closed = closing.close(lambda _stage: None).result(PATIENCE_S)
    assert closed.signed is False
    assert recorded(folder / "a.kap", SessionSignedOff) == [TYPED.event]
    verdict = verify(folder / "a.kap", folder / "heads", Staff())
    assert (verdict.kind, verdict.signatures) == (INTACT, ())
    assert verdict.head == f"entry {closed.head_seq}, SHA-256 {closed.head_hash}"


def test_what_can_not_be_written_closes_nothing(room):
    closing, station, _ = room
    station.stop("elsewhere")
    with pytest.raises(CommandRefused):
        closing.sign_off(TYPED, "", ()).result(PATIENCE_S)
    with pytest.raises(RuntimeError, match="signed off before"):
        closing.close(lambda _stage: None).result(PATIENCE_S)


def test_a_record_that_cannot_be_signed_is_closed_and_says_so(room):
    closing, _, folder = room
    closing.sign_off(BERG, PIN["berg"], ()).result(PATIENCE_S)
    (folder / "heads").unlink(missing_ok=True)
    (folder / "people.json").write_text("{")
    closed = closing.close(lambda _stage: None).result(PATIENCE_S)
    assert closed.signed is False
    assert "people.json" in closed.problem
    assert verify(folder / "a.kap", None, staff()).kind == INTACT


def test_people_that_cannot_be_read_are_not_taken_for_none(tmp_path, room):
    _, station, folder = room
    (folder / "people.json").write_text("{")
    closing = Closing(station, PeopleBook(folder / "people.json"))
    assert closing.people == ()
    assert "people.json" in closing.trouble
    closing.end("ended")


def test_the_code_and_the_groups_say_the_whole_hash(room):
    closing, _, _ = room
    closing.sign_off(TYPED, "", ()).result(PATIENCE_S)
    closed = closing.close(lambda _stage: None).result(PATIENCE_S)
    assert "".join(closed.grouped) == closed.head_hash
    assert len(closed.grouped) == 16
    assert closed.code.split() == ["kapmonitor", closed.session, str(closed.head_seq), closed.head_hash]
