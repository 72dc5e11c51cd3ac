"""Encrypted records: read like plain ones by whoever has the key, and by nobody else."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from record_fixtures import SECOND, T0_NS, make_record
from signed_records import kept_record, signature_of_another, staff
from tampering import names, random_edit
from vault_parts import (
    CANARIES,
    NOTE,
    Computers,
    begin,
    make_encrypted,
    without_canaries,
    write_passphrase,
)

from kapmonitor.clock import ManualClock
from kapmonitor.errors import RecordDamaged, RecordError, RecordLocked
from kapmonitor.housekeeping import facts
from kapmonitor.record.copying import copy_into
from kapmonitor.record.earlier import is_unfinished
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.schema import PAGE_SIZE
from kapmonitor.record.verify import verify
from kapmonitor.record.view import RecordView
from kapmonitor.record.writer import RecordWriter
from kapmonitor.session.events import NoteAdded, SessionResumed, Stamped
from kapmonitor.vault.held import HELD
from kapmonitor.vault.home import load_vault, spare_of
from kapmonitor.vault.keyfile import MARK_BYTES, beside
from kapmonitor.vault.keys import keyfile_of_any, unlock
from kapmonitor.vault.passphrasefile import NAMED_FILE
from kapmonitor.vault.recovery import recover

HELPERS = Path(__file__).parents[2] / "helpers"


@pytest.fixture
def computers(tmp_path, monkeypatch):
    found = Computers(tmp_path / "computers", monkeypatch)
    found.folder.mkdir()
    yield found
    HELD.forget()


@pytest.fixture
def record(computers, tmp_path):
    """A closed, encrypted record on a computer that has just made it."""
    computers.set_up("here")
    return make_encrypted(tmp_path / "a.kap")


def notes(path):
    with RecordReader(path) as reader:
        events = [row.stamped.event for row in reader.events()]
    return [event.text for event in events if isinstance(event, NoteAdded)]


def flipped(path, to, at, bit=1):
    data = bytearray(path.read_bytes())
    data[at] ^= bit
    to.write_bytes(data)
    shutil.copy(beside(path), beside(to))
    return to


def test_everything_reads_as_from_a_plain_record(record, tmp_path):
    plain = make_record(tmp_path / "plain.kap", 70)
    with RecordReader(record) as ours, RecordReader(plain) as theirs:
        assert list(ours.numerics()) == list(theirs.numerics())
        assert list(ours.wire()) == list(theirs.wire())
        for one, other in zip(ours.waves(2), theirs.waves(2), strict=True):
            assert np.array_equal(one.samples, other.samples)
    assert verify(record).kind == "intact"
    view = RecordView(record)
    assert view.span()[1] > T0_NS + 60 * SECOND
    view.close()


def test_the_checks_before_a_session_see_whether_its_record_is_encrypted(record, tmp_path):
    plain = make_record(tmp_path / "plain.kap", 3)
    assert [facts(path, awake=True).encrypted for path in (record, plain)] == [True, False]
    assert facts(tmp_path / "none.kap", awake=True).encrypted is None


def test_its_first_page_is_not_of_sqlite(record):
    assert b"SQLite" not in record.read_bytes()
    with closing(sqlite3.connect(record)) as connection, pytest.raises(sqlite3.DatabaseError, match="not a"):
        connection.execute("SELECT * FROM sqlite_master").fetchall()


def test_nothing_can_be_read_in_its_files_while_it_is_written(computers, tmp_path):
    computers.set_up("here")
    folder = tmp_path / "records"
    folder.mkdir()
    writer, _ = begin(folder / "a.kap")
    names = {path.name for path in folder.iterdir()}
    assert {"a.kap", "a.kap-wal", "a.kap-shm", "a.kap.key"} <= names
    assert without_canaries(tmp_path) >= 6
    assert notes(folder / "a.kap") == [NOTE]
    writer.close("ended")
    assert {path.name for path in folder.iterdir()} == {"a.kap", "a.kap.key"}
    without_canaries(tmp_path)


@pytest.mark.system
@pytest.mark.parametrize("end", ["killed", "crashed"])
def test_nothing_is_left_behind_by_a_program_that_dies(end, computers, tmp_path, monkeypatch):
    computers.set_up("here")
    path, temporary = tmp_path / "a.kap", tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    program = subprocess.Popen(
        [sys.executable, HELPERS / "encrypted_until_killed.py", path, end.replace("crashed", "crash")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(HELPERS), str(Path.cwd())))},
    )
    with program:
        assert program.stdout.readline() == b"written\n"
        if end == "killed":
            program.kill()
        said = b"".join(program.communicate(timeout=30))
    assert b"cannot record a note.added" in said
    assert (b"Fatal Python error: Aborted" in said) == (end == "crashed")
    (tmp_path / "said").write_bytes(said)
    without_canaries(tmp_path)
    assert not list(tmp_path.glob("core*"))
    computers.use("here", passphrase_file=True)
    assert is_unfinished(path)
    assert notes(path)[-1] == f"{NOTE} again"
    assert verify(path).kind == "interrupted"
    without_canaries(temporary)


def test_a_killed_one_is_gone_on_with(computers, tmp_path):
    computers.set_up("here")
    path = tmp_path / "a.kap"
    writer, clock = begin(path)
    for end in ("", "-wal", ".key"):
        shutil.copy(f"{path}{end}", tmp_path / f"b.kap{end}")
    writer.close("ended")
    computers.use("here", passphrase_file=True)
    left = tmp_path / "b.kap"
    again = RecordWriter.resume(left, ManualClock(clock.now_ns() + SECOND, 0))
    with RecordReader(left) as reader:
        assert [row.stamped.event for row in reader.events()][-1].text == NOTE
    again.put_durable(Stamped(clock.now_ns() + SECOND, SessionResumed(0, SECOND))).result(10)
    again.close("ended")
    assert verify(left).kind == "intact"
    assert b"SQLite" not in left.read_bytes()
    without_canaries(tmp_path)


def test_every_flipped_bit_is_found(record, tmp_path):
    size = record.stat().st_size
    rng = random.Random(7)
    places = {page * PAGE_SIZE + rng.randrange(PAGE_SIZE) for page in range(size // PAGE_SIZE)}
    places |= set(range(MARK_BYTES)) | {rng.randrange(size) for _ in range(60)}
    for at in sorted(places):
        copy = flipped(record, tmp_path / "flipped.kap", at, 1 << rng.randrange(8))
        try:
            verdict = verify(copy)
        except RecordLocked:
            assert at < MARK_BYTES
            continue
        assert verdict.kind == "damaged", at
        assert verdict.first_bad


def test_what_is_wrong_is_told_apart(record, computers, tmp_path):
    other = make_encrypted(tmp_path / "other.kap", 3)
    nothing = tmp_path / "nothing.kap"
    nothing.write_bytes(random.Random(1).randbytes(8192))
    with pytest.raises(RecordDamaged, match="not a session record"):
        RecordReader(nothing)
    with pytest.raises(RecordDamaged, match="first bytes are not what was written"):
        RecordReader(flipped(record, tmp_path / "c.kap", 2))
    with pytest.raises(RecordDamaged, match="first page is not what was written"):
        RecordReader(flipped(record, tmp_path / "c.kap", 700))
    computers.use("elsewhere")
    with pytest.raises(RecordLocked, match="nothing on this computer opens it"):
        RecordReader(record)
    key = beside(record).read_bytes()
    shutil.copy(beside(other), beside(record))
    with pytest.raises(RecordLocked, match="is of another record"):
        RecordReader(record)
    beside(record).write_bytes(key[: len(key) // 2])
    with pytest.raises(RecordLocked, match=r"a\.kap\.key is not what was written"):
        RecordReader(record)
    beside(record).unlink()
    with pytest.raises(RecordLocked, match="is not beside it"):
        RecordReader(record)
    with pytest.raises(RecordLocked):
        is_unfinished(record)


def test_a_damaged_page_stops_whoever_comes_to_it(record, tmp_path):
    pages = record.stat().st_size // PAGE_SIZE
    stopped = 0
    for page in range(1, pages):
        copy = flipped(record, tmp_path / "c.kap", page * PAGE_SIZE + 900)
        try:
            with RecordReader(copy) as reader:
                read = (list(reader.events()), list(reader.numerics()), list(reader.wire()))
                assert all(read)
                assert len(list(reader.waves(1)) + list(reader.waves(2))) == 14
        except RecordDamaged:
            stopped += 1
    assert stopped > pages // 2


def test_the_computers_copy_of_the_key_file_stands_in(record, computers):
    mark = record.read_bytes()[:MARK_BYTES]
    assert spare_of(mark).exists()
    beside(record).unlink()
    computers.use("here", passphrase_file=True)
    assert notes(record)[0] == NOTE


def test_on_another_computer_the_passphrase_opens_it(record, computers):
    computers.use("elsewhere", passphrase_file=True)
    assert notes(record)[0] == NOTE
    computers.use("elsewhere")
    stations = keyfile_of_any(record).stations
    assert not unlock(stations, "another passphrase")
    assert unlock(stations, "seven dry leaves")
    assert notes(record)[0] == NOTE


def test_on_another_computer_the_recovery_identity_opens_it_for_good(computers, tmp_path):
    recovery = computers.set_up("here")
    path = make_encrypted(tmp_path / "a.kap", 3)
    computers.set_up("elsewhere", "another good passphrase")
    recover(path, recovery, load_vault())
    HELD.forget()
    file = write_passphrase(tmp_path / "word", "another good passphrase")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(NAMED_FILE, str(file))
        assert notes(path)[0] == NOTE
    computers.use("here", passphrase_file=True)
    assert notes(path)[0] == NOTE


def test_a_copy_is_encrypted_with_the_same_key(computers, tmp_path):
    computers.set_up("here")
    path = tmp_path / "a.kap"
    writer, _ = begin(path)
    made = copy_into(tmp_path / "second", path)
    writer.close("ended")
    assert {each.name for each in made.parent.iterdir()} == {"a.kap", "a.kap.key"}
    without_canaries(made.parent)
    computers.use("elsewhere", passphrase_file=True)
    assert notes(made) == [NOTE]


def test_a_key_file_of_another_record_is_not_overwritten(computers, tmp_path):
    computers.set_up("here")
    path = tmp_path / "a.kap"
    beside(path).write_text("the only key of something")
    with pytest.raises(RecordError, match=r"a\.kap\.key is there"):
        begin(path)
    assert beside(path).read_text() == "the only key of something"
    assert not path.exists()


def test_a_key_is_not_shown_where_it_is_printed(record):
    mark = record.read_bytes()[:MARK_BYTES]
    key = HELD.key(mark)
    assert key.secret.hex() not in repr(key)
    assert repr(key.secret) not in repr(key)


def test_no_core_dump_of_a_process_with_keys(record):
    resource = pytest.importorskip("resource")
    assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0


def test_canaries_are_found_where_they_are(tmp_path):
    for canary in CANARIES:
        (tmp_path / "file").write_text(f"x{canary}y")
        with pytest.raises(AssertionError):
            without_canaries(tmp_path)


def test_edits_by_somebody_who_has_the_key_are_found_and_named(computers, tmp_path):
    """Encryption keeps others out; the chain holds against those it lets in."""
    computers.set_up("here")
    record = kept_record(tmp_path / "a.kap", 30, vault=load_vault())
    foreign = signature_of_another(tmp_path)
    rng = random.Random(5)
    path = tmp_path / "edited.kap"
    shutil.copy(record.with_name("a.kap.heads"), tmp_path / "edited.kap.heads")
    for _ in range(40):
        shutil.copy(record, path)
        edit = random_edit(path, rng, foreign)
        verdict = verify(path, staff=staff())
        assert verdict.kind == "damaged", edit
        assert names(verdict.first_bad, edit.table, edit.row), (edit, verdict.first_bad)
