"""Notes amended after the session's end: the original, the chain and the signatures stay as they are."""

import shutil
import subprocess
import sys

import pytest
from fault_parts import damaged_waves
from past_records import write
from record_fixtures import SECOND, STARTED, T0_NS, UTC0_NS, make_record
from signed_records import kept_record, sign_as, signer, staff
from tampering import add_event, cut_after
from vault_parts import Computers, make_encrypted

from kapmonitor.errors import RecordError, RecordInUse
from kapmonitor.people.signature import Finding
from kapmonitor.people.staff import Staff
from kapmonitor.record.amend import Amendment, amend
from kapmonitor.record.appending import Outside
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.verify import verify
from kapmonitor.session.codec import encode
from kapmonitor.session.events import NoteAdded, RecordAmended, Stamped
from kapmonitor.session.state import SessionState, fold

LATER_NS = UTC0_NS + 86_400 * SECOND
NOTE, WAS = "n5", "note at 5"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_record(tmp_path_factory.mktemp("amended") / "a.kap", 12)


@pytest.fixture
def record(made, tmp_path):
    return shutil.copy(made, tmp_path / "a.kap")


def amended(path, text="what was meant", by="AB", who=None, *, ledger=None, people=None, withdrawn=False):
    wanted = Amendment(NOTE, text, withdrawn, "misheard")
    signed_by = signer(who) if who else None
    people = people if people is not None else (staff() if who else Staff())
    return amend(path, wanted, by, signed_by, LATER_NS, Outside(people, ledger))


def note_of(path, note=NOTE):
    state = SessionState()
    with RecordReader(path) as reader:
        for row in reader.events():
            state = fold(state, row.stamped)
    return next(each for each in state.notes if each.id == note), state


def test_the_note_reads_as_amended_and_keeps_its_original_and_both_times(record):
    before, was = note_of(record)
    amended(record)
    note, state = note_of(record)
    assert (before.text, note.text, note.was) == (WAS, "what was meant", (WAS,))
    assert (note.t_ns, note.by) == (before.t_ns, before.by)
    (change,) = note.changes
    assert (change.utc_ns, change.by, change.reason) == (LATER_NS, "AB", "misheard")
    assert state.closed_t_ns == was.closed_t_ns
    verdict = verify(record)
    assert verdict.kind == "intact"
    (line,) = verdict.amended
    assert line.endswith(": a note amended by AB at 2023-11-15T22:13:20Z, not signed")


def test_one_file_is_left_and_its_head_is_kept_in_both_places(tmp_path):
    path = kept_record(tmp_path / "a.kap", 12)
    done = amended(path, ledger=tmp_path / "ledger")
    assert done.problems == ()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.kap", "a.kap.heads", "ledger"]
    verdict = verify(path, tmp_path / "ledger")
    assert all(f"the last of entry {done.places[0]}" in line for line in verdict.anchors)
    assert verdict.head == f"entry {done.places[-1]}, SHA-256 {done.hash}"


def test_a_signature_of_the_closed_session_holds_for_what_it_covered_and_the_amender_signs_theirs(record):
    sign_as(record, "diaz")
    done = amended(record, who="berg")
    verdict = verify(record, staff=staff())
    assert verdict.kind == "intact"
    author, amender = verdict.signatures
    assert (author.finding, amender.finding) == (Finding.VALID, Finding.VALID)
    assert author.text.endswith(f"entries 1 to {author.seq - 1}: valid")
    assert (amender.signed.meaning, amender.signed.head_seq) == ("amender", done.places[0])
    (line,) = verdict.amended
    assert line == f"entry {done.places[0]}: a note amended by Ann Berg at 2023-11-15T22:13:20Z, signed"
    assert note_of(record)[0].changes[0].by == "AB"


def test_the_same_person_amends_again_and_signs_the_whole_later(record):
    amended(record, "once", who="berg")
    amended(record, "twice", who="berg")
    sign_as(record, "berg")
    assert [each.finding for each in verify(record, staff=staff()).signatures] == [Finding.VALID] * 3
    assert note_of(record)[0].was == (WAS, "once")


def test_a_note_is_taken_back_and_stands_in_the_record(record):
    amended(record, WAS, withdrawn=True)
    note, _ = note_of(record)
    assert (note.withdrawn, note.text) == (True, WAS)
    assert "taken back by" in verify(record).amended[0]


def test_an_encrypted_record_stays_encrypted(tmp_path, monkeypatch):
    computers = Computers(tmp_path, monkeypatch)
    computers.set_up("one")
    path = make_encrypted(tmp_path / "a.kap")
    head = path.read_bytes()[:16]
    amend(path, Amendment("canary", "calm"), "AB", None, LATER_NS, Outside(Staff()))
    assert path.read_bytes()[:16] == head
    assert b"calm" not in path.read_bytes()
    assert verify(path).kind == "intact"
    assert note_of(path, "canary")[0].text == "calm"


# What is refused, and leaves the file as it was


@pytest.fixture
def assert_refused(record):
    def check(path, words, error=RecordError, **how):
        before = path.read_bytes() if path.exists() else b""
        with pytest.raises(error, match=words):
            amended(path, **how)
        assert (path.read_bytes() if path.exists() else b"") == before

    return check


def test_what_changes_nothing_and_a_note_that_is_not_there(record, assert_refused):
    assert_refused(record, "says that already", text=WAS)
    with pytest.raises(RecordError, match="no such note"):
        amend(record, Amendment("other", "x"), "AB", None, LATER_NS, Outside(Staff()))


def test_nobody_amends_without_a_pin_where_the_clinic_has_people(record, assert_refused):
    assert_refused(record, "with their PIN", people=staff())


def test_a_damaged_record(made, tmp_path, assert_refused):
    assert_refused(damaged_waves(made, tmp_path / "bad.kap"), "is damaged and is not amended")
    cut = shutil.copy(made, tmp_path / "cut.kap")
    with cut.open("rb+") as file:
        file.truncate(9_000)
    assert_refused(cut, "damaged")


def test_a_record_of_a_session_that_goes_on_or_was_interrupted(tmp_path, assert_refused):
    started = Stamped(T0_NS, STARTED)
    note = Stamped(T0_NS, NoteAdded(NOTE, "text", WAS, "AB", T0_NS))
    path = write(tmp_path / "b.kap", started, [note], closed=False)
    assert_refused(path, "was not closed and cannot be amended")


def test_a_record_that_another_program_writes(record, assert_refused):
    program = (
        "import sys; from pathlib import Path; from kapmonitor.record.hold import Hold;"
        f"hold = Hold(Path({str(record)!r})); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=-1, stdout=-1) as other:
        assert other.stdout.readline() == b"held\n"
        assert_refused(record, "is being written by a kapmonitor that is running", RecordInUse)
        other.stdin.close()


def test_a_file_that_cannot_be_written_to(record, assert_refused, monkeypatch):
    def read_only(path):
        return connect(path, "ro", any_thread=True)

    from kapmonitor.record import schema
    from kapmonitor.record.database import connect

    monkeypatch.setattr(schema, "open_to_write", read_only)
    assert_refused(record, "could not be amended .* make sure that it and its folder can be written to")


def test_no_record_at_all(tmp_path, assert_refused):
    path = tmp_path / "x.kap"
    path.write_bytes(b"")
    assert_refused(path, "damaged")


# What others could do to it


def test_an_amendment_put_there_in_anothers_name_is_said_not_to_be_signed(record):
    lie = RecordAmended(NOTE, "a lie", False, "AB", "Ann Berg", "berg", LATER_NS)
    add_event(record, RecordAmended.TYPE, encode(lie))
    assert (
        verify(record, staff=staff()).amended[0].endswith("by Ann Berg at 2023-11-15T22:13:20Z, not signed")
    )


def test_an_amendment_that_is_cut_off_is_found_from_the_head(tmp_path):
    path = kept_record(tmp_path / "a.kap", 12)
    done = amended(path)
    cut_after(path, done.places[0] - 1)
    verdict = verify(path)
    assert verdict.kind == "damaged"
    assert f"entry {done.places[0]} is missing" in verdict.first_bad


def test_an_amendment_of_another_version_is_told(record):
    add_event(record, RecordAmended.TYPE, "{}", version=99)
    assert "cannot read" in verify(record).amended[0]
