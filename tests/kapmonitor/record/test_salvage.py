"""What is left of damaged records is read, and what is missing is told with its time."""

import hashlib
import random
import shutil
import sqlite3
from contextlib import closing

import pytest
from record_fixtures import SECOND, T0_NS, make_record
from tampering import tamper
from vault_parts import NOTE, Computers, make_encrypted

from kapmonitor.errors import RecordDamaged, RecordTooNew
from kapmonitor.record.left import Lost
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.salvage import merged, salvage
from kapmonitor.record.view import RecordView
from kapmonitor.session.events import NoteAdded

LENGTH_S = 130


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_record(tmp_path_factory.mktemp("left") / "a.kap", LENGTH_S)


@pytest.fixture
def record(made, tmp_path):
    return shutil.copy(made, tmp_path / "a.kap")


def nothing(_share):
    """Nobody wants to know how far it is."""


@pytest.fixture
def left(request):
    def of(path):
        found = salvage(path, nothing)
        request.addfinalizer(found.close)
        return found

    return of


def seconds(lost):
    return (lost.t0_ns - T0_NS) / SECOND, (lost.t1_ns - T0_NS) / SECOND


def contents(path):
    """(notes, readings, samples of the second wave)"""
    with RecordReader(path) as reader:
        events = [row.stamped.event for row in reader.events()]
        notes = [event.text for event in events if isinstance(event, NoteAdded)]
        samples = sum(len(chunk.samples) for chunk in reader.waves(2))
        return notes, len(list(reader.numerics())), samples


def test_of_a_whole_record_nothing_is_missing(record, left):
    found = left(record)
    assert found.lost == ()
    assert contents(found.path) == contents(record)


def test_the_damaged_file_is_not_touched_and_the_copy_goes(record):
    with record.open("rb+") as file:
        file.truncate(record.stat().st_size // 2)
    before = hashlib.sha256(record.read_bytes()).hexdigest()
    found = salvage(record, nothing)
    assert found.path.exists()
    found.close()
    assert not found.path.exists()
    assert hashlib.sha256(record.read_bytes()).hexdigest() == before
    assert [file.name for file in record.parent.iterdir()] == ["a.kap"]


@pytest.mark.parametrize("share", [0.5, 0.7, 0.9])
def test_a_tail_that_was_cut_off_is_missing_at_the_end_and_the_rest_is_there(record, left, share):
    with record.open("rb+") as file:
        file.truncate(round(record.stat().st_size * share))
    with pytest.raises(RecordDamaged):
        RecordReader(record)
    found = left(record)
    notes, readings, samples = contents(found.path)
    assert notes
    assert readings
    assert 0 < samples < LENGTH_S * 500
    gone = [lost for lost in found.lost if lost.what == "waves"]
    assert gone[-1].rows == 0
    assert seconds(gone[-1])[0] == pytest.approx(samples / 500, abs=15)
    with closing(RecordView(found.path)) as view:
        assert view.span()[0] == T0_NS


def test_waves_whose_bytes_were_turned_are_left_out_with_their_time(record, made, left):
    assert tamper(record, "UPDATE wave SET data = zeroblob(9) WHERE channel = 2 AND id BETWEEN 8 AND 12")
    found = left(record)
    (lost,) = found.lost
    begin, end = seconds(lost)
    assert lost.what == "waves"
    assert 0 < begin < end < 80
    assert contents(found.path)[0] == contents(made)[0]


def test_readings_that_cannot_be_read_are_left_out(record, left):
    assert tamper(record, "UPDATE numeric SET data = randomblob(length(data)) WHERE id IN (3, 4)") == 2
    found = left(record)
    assert [(lost.what, lost.rows) for lost in found.lost] == [("readings", 2)]
    with closing(RecordView(found.path)) as view:
        assert len(view.cuffs(0, 2**62)) > 0


def test_an_overview_that_is_damaged_is_made_anew_from_what_it_was_made_of(record, left):
    assert tamper(record, "UPDATE minute SET waves = randomblob(length(waves)) WHERE id = 2") == 1
    with pytest.raises(RecordDamaged):
        RecordView(record)
    found = left(record)
    assert found.lost == ()
    with closing(RecordView(found.path)) as view:
        last_s = (view.span()[1] - T0_NS) / SECOND
    assert last_s == pytest.approx(LENGTH_S, abs=11)


@pytest.mark.parametrize(("table", "what"), [("wave", "waves"), ("numeric", "readings"), ("wire", None)])
def test_a_table_that_is_gone_is_missing_as_a_whole(record, left, table, what):
    with closing(sqlite3.connect(record)) as database:
        database.execute(f"DROP TABLE {table}")
        database.commit()
    found = left(record)
    assert [lost.what for lost in found.lost] == ([what] if what else [])
    for lost in found.lost:
        assert seconds(lost) == pytest.approx((0, LENGTH_S), abs=2)


def test_entries_that_were_changed_are_kept_and_told(record, left):
    assert tamper(record, "UPDATE event SET body = replace(body, 'note at 25', 'note at 99')") > 0
    found = left(record)
    changed = [lost for lost in found.lost if lost.changed]
    assert [seconds(lost)[0] for lost in changed] == [25.0]
    assert "note at 99" in contents(found.path)[0]


def test_entries_that_are_gone_are_told_with_the_times_around_them(record, left):
    with RecordReader(record) as reader:
        rows = [row for row in reader.events() if isinstance(row.stamped.event, NoteAdded)]
    gone = rows[2]
    assert tamper(record, "DELETE FROM event WHERE seq = ?", (gone.seq,)) == 1
    (lost,) = left(record).lost
    assert (lost.what, lost.rows) == ("entries", 1)
    assert lost.t0_ns <= gone.stamped.t_ns <= lost.t1_ns


@pytest.mark.parametrize("seed", range(12))
def test_whatever_bytes_are_turned_it_is_read_or_refused(record, left, seed):
    rng = random.Random(seed)
    data = bytearray(record.read_bytes())
    for _ in range(rng.choice((1, 5, 60))):
        data[rng.randrange(100, len(data))] ^= 1 << rng.randrange(8)
    record.write_bytes(data)
    try:
        found = left(record)
    except RecordDamaged as why:
        assert "damaged" in str(why)  # noqa: PT017  # both are right
        return
    with closing(RecordView(found.path)) as view:
        view.cuffs(0, 2**62)
        assert view.events()


def test_of_an_encrypted_one_the_copy_is_encrypted(tmp_path, monkeypatch, left):
    Computers(tmp_path, monkeypatch).set_up("one")
    path = make_encrypted(tmp_path / "a.kap")
    with path.open("rb+") as file:
        file.truncate(round(path.stat().st_size * 0.8) // 2048 * 2048)
    found = left(path)
    assert NOTE in contents(found.path)[0]
    assert NOTE.encode() not in found.path.read_bytes()
    assert not found.path.read_bytes().startswith(b"SQLite")


@pytest.mark.parametrize("content", [b"", b"not a record", b"SQLite format 3\0" + bytes(84)])
def test_what_is_no_record_is_refused(tmp_path, content):
    path = tmp_path / "x.kap"
    path.write_bytes(content)
    with pytest.raises(RecordDamaged):
        salvage(path, nothing)


def test_a_record_of_a_newer_version_is_not_guessed_at(record):
    with closing(sqlite3.connect(record)) as database:
        database.execute("PRAGMA user_version=2000")
    with pytest.raises(RecordTooNew):
        salvage(record, nothing)


def test_a_record_without_entries_is_refused(record):
    with closing(sqlite3.connect(record)) as database:
        database.execute("DROP TABLE event")
        database.commit()
    with pytest.raises(RecordDamaged, match="none of its entries"):
        salvage(record, nothing)


def test_it_can_be_stopped_and_leaves_nothing(record, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()

    class Stopped(Exception):
        pass

    def stop(_share):
        raise Stopped

    with pytest.raises(Stopped):
        salvage(record, stop)
    assert list((tmp_path / "temporary").iterdir()) == []


def test_holes_close_together_are_one_and_of_an_unknown_number_if_one_is():
    s = SECOND
    holes = [Lost("waves", 1, 0, 10 * s), Lost("waves", 2, 20 * s, 30 * s), Lost("waves", 1, 90 * s, 95 * s)]
    other = Lost("readings", 0, 0, 5 * s)
    assert set(merged([*holes, other])) == {other, Lost("waves", 3, 0, 30 * s), holes[2]}
    assert merged([holes[0], Lost("waves", 0, 12 * s, 13 * s)]) == (Lost("waves", 0, 0, 13 * s),)
