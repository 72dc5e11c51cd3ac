"""A record whose disk fails goes on in a second folder: one chain, nothing that was answered is lost."""

import json
import sqlite3
import time
from contextlib import closing

import pytest
from record_fixtures import begin as begin_record
from record_fixtures import put_second
from small_disk import SmallDisk, why_not
from vault_parts import Computers, without_canaries
from vault_parts import begin as begin_encrypted

from kapmonitor.errors import RecordFull, RecordInUse
from kapmonitor.record import writer as writer_module
from kapmonitor.record.copying import copy_into
from kapmonitor.record.hold import Hold
from kapmonitor.record.moves import Move, beside, first_name, moves_ledger, note, went_on
from kapmonitor.record.moving import free_place
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.verify import verify
from kapmonitor.record.writer import RecordWriter
from kapmonitor.session.events import NoteAdded, RecordMoved, Stamped


def wait_until(condition, seconds=20.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def note_of(text, t_ns=0):
    return Stamped(t_ns, NoteAdded("n", "text", text, "AB", t_ns))


def chain_of(path):
    with RecordReader(path) as reader:
        return [(row.seq, row.hash) for row in reader.events()]


def events(path, kind):
    with RecordReader(path) as reader:
        return [row.stamped.event for row in reader.events() if isinstance(row.stamped.event, kind)]


def texts(path):
    return [each.text for each in events(path, NoteAdded)]


@pytest.fixture
def soon(monkeypatch):
    """No ten seconds of patience."""
    monkeypatch.setattr(writer_module, "AFTER_S", 0.3)
    monkeypatch.setattr(writer_module, "AFTER_CLOSING_S", 0.3)
    monkeypatch.setattr(writer_module, "RETRY_S", 0.1)
    monkeypatch.setattr("kapmonitor.record.moving.AGAIN_S", 0.3)


@pytest.fixture
def disk(tmp_path):
    if why_not():
        pytest.skip(why_not())
    with SmallDisk(tmp_path) as disk:
        yield disk


def record_on(disk, second):
    """A record on the small disk that goes on in `second`; its writer and clock."""
    return begin_record(disk.folder / "a.kap", spare=second)


def flood(writer, clock, first=0, seconds=40):
    """So much that the room in the log does not hold it; the notes' futures."""
    kept = []
    for second in range(first, first + seconds):
        put_second(writer, clock, second)
        kept.append(writer.put_durable(note_of(f"{second} {'x' * 20_000}")))
    return kept


def test_a_full_disk_lets_the_record_go_on_in_the_second_folder(disk, tmp_path, soon, monkeypatch):
    second = tmp_path / "second"
    writer, clock = record_on(disk, second)
    old = writer.path
    assert writer.put_durable(note_of("before")).result(20)
    copy = copy_into(second, old)
    copied = copy.read_bytes()
    disk.fill()
    kept = flood(writer, clock)
    assert all(each.result(20) for each in kept)
    assert writer.path == second / "a-moved.kap"
    status = writer.status()
    assert (status.path, status.problem, status.moved) == (str(writer.path), "", str(second))
    with pytest.raises(RecordInUse):
        fresh_hold(old)
    more = flood(writer, clock, 40, 3)
    assert all(each.result(20) for each in more)
    writer.close("ended")
    assert copy.read_bytes() == copied, "the copy of ten minutes ago stays"
    verdict = verify(writer.path)
    assert (verdict.kind, verdict.counts["samples"]) == ("intact", 43 * 575)
    assert not [line for line in verdict.missing if "nothing for" in line]
    assert texts(writer.path)[0] == "before"
    assert len(texts(writer.path)) == 1 + 43 + 2
    (moved,) = events(writer.path, RecordMoved)
    assert (moved.source, moved.target) == (str(old), str(writer.path))
    assert (moved.why, moved.left) == ("The disk is full", "")
    there = chain_of(old)
    assert chain_of(writer.path)[: len(there)] == there
    assert chain_of(writer.path)[len(there)][0] == writer.moved.seq + 1
    assert verify(old).kind == "interrupted"


def fresh_hold(path):
    """As another program would claim it."""
    from filelock import FileLock, Timeout

    lock = FileLock(path.with_name(f".{path.name}.lock"), timeout=0, is_singleton=False)
    try:
        lock.acquire()
    except Timeout as why:
        raise RecordInUse(str(path), "is being written") from why
    lock.release()


def test_a_full_disk_with_room_again_in_time_moves_nothing(disk, tmp_path, soon, monkeypatch):
    monkeypatch.setattr(writer_module, "AFTER_S", 60.0)
    writer, clock = record_on(disk, tmp_path / "second")
    disk.fill()
    kept = flood(writer, clock)
    wait_until(lambda: writer.status().problem)
    disk.make_room()
    assert all(each.result(20) for each in kept)
    assert (writer.path, writer.status().moved) == (disk.folder / "a.kap", "")
    writer.close("ended")
    assert not (tmp_path / "second").exists()


def test_a_second_folder_that_takes_nothing_is_told_and_the_first_one_still_tried(
    disk, tmp_path, soon, monkeypatch
):
    second = tmp_path / "second"
    second.write_text("a file where the folder should be")
    writer, clock = record_on(disk, second)
    disk.fill()
    kept = flood(writer, clock)
    wait_until(lambda: "Nor does the second folder" in writer.status().problem)
    assert "The disk is full. Make room on it" in writer.status().problem
    disk.make_room()
    assert all(each.result(20) for each in kept)
    writer.close("ended")
    assert verify(disk.folder / "a.kap").kind == "intact"


def test_closing_with_a_full_disk_ends_in_the_second_folder(disk, tmp_path, soon, monkeypatch):
    monkeypatch.setattr(writer_module, "AFTER_S", 60.0)
    writer, clock = record_on(disk, tmp_path / "second")
    disk.fill()
    kept = flood(writer, clock)
    writer.close("ended")
    assert all(each.result(0) for each in kept)
    assert verify(writer.path).kind == "intact"
    assert writer.path.parent == tmp_path / "second"


def test_without_a_second_folder_closing_says_it_as_before(disk, soon, monkeypatch):
    monkeypatch.setattr(writer_module, "CLOSE_S", 0.5)
    writer, clock = record_on(disk, None)
    disk.fill()
    flood(writer, clock)
    with pytest.raises(RecordFull, match="full"):
        writer.close("ended")


def test_a_second_folder_that_fails_later_is_left_for_the_first(disk, tmp_path, soon):
    (tmp_path / "two").mkdir()
    with SmallDisk(tmp_path / "two") as other:
        writer, clock = record_on(disk, other.folder)
        disk.fill()
        assert all(each.result(20) for each in flood(writer, clock))
        there = writer.path
        assert there == other.folder / "a-moved.kap"
        disk.make_room()
        other.fill()
        assert all(each.result(20) for each in flood(writer, clock, 40))
        assert writer.path == disk.folder / "a-moved-2.kap"
        writer.close("ended")
        assert (verify(writer.path).kind, len(events(writer.path, RecordMoved))) == ("intact", 2)
        assert len(texts(writer.path)) == 80 + 4
        left = chain_of(there)
        assert chain_of(writer.path)[: len(left)] == left


def test_a_record_never_has_a_name_again_that_it_was_left_under(tmp_path):
    names, record = [], tmp_path / "a.kap"
    for folder in ("two", "one", "two", "one"):
        record = free_place(tmp_path / folder, record)
        names.append(record.name)
    assert names == ["a-moved.kap", "a-moved-2.kap", "a-moved-3.kap", "a-moved-4.kap"]
    assert {first_name(tmp_path / name) for name in names} == {"a"}


def test_an_encrypted_record_takes_its_key_along_and_nothing_can_be_read(disk, tmp_path, soon, monkeypatch):
    computers = Computers(tmp_path, monkeypatch)
    computers.set_up("one")
    second = tmp_path / "second"
    create = RecordWriter.create
    monkeypatch.setattr(
        RecordWriter,
        "create",
        lambda path, started, clock, vault: create(path, started, clock, vault, second),
    )
    writer, clock = begin_encrypted(disk.folder / "a.kap")
    disk.fill()
    kept = flood(writer, clock)
    assert all(each.result(20) for each in kept)
    writer.close("ended")
    assert (second / "a-moved.kap.key").read_bytes() == (disk.folder / "a.kap.key").read_bytes()
    assert verify(writer.path).kind == "intact"
    assert without_canaries(second) == 2
    computers.use("one", passphrase_file=True)
    assert verify(writer.path).kind == "intact"


def broken(store, code=sqlite3.SQLITE_IOERR_WRITE):
    """A disk that takes nothing any more."""

    def write(after, places):
        store._tried = (after, places)
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = code
        raise error

    return write


def test_a_disk_with_errors_is_left_too_and_what_was_committed_after_all_counts(tmp_path, soon, monkeypatch):
    """The batch whose commit failed may be on the disk: it is not written twice."""
    (tmp_path / "first").mkdir()
    store_write, tried = writer_module.Store._write, []

    def write(store, after, places):
        if "second" in str(store._path):
            return store_write(store, after, places)
        if not tried and places:
            tried.append(places)
            store_before = store._fold
            store_write(store, after, places)
            store._fold, store._tried = store_before, (after, places)
        return broken(store)(after if places == tried[0] else store._tried[0], tried[0])

    writer, _ = begin_record(tmp_path / "first" / "a.kap", spare=tmp_path / "second")
    assert writer.put_durable(note_of("before")).result(20)
    monkeypatch.setattr(writer_module.Store, "_write", write)
    monkeypatch.setattr(writer_module.Store, "reopen", _only_elsewhere(writer_module.Store.reopen))
    first = writer.put_durable(note_of("committed, and said to have failed"))
    second = writer.put_durable(note_of("later"))
    assert second.result(20) > first.result(20)
    writer.close("ended")
    assert texts(writer.path) == ["before", "committed, and said to have failed", "later"]
    (moved,) = events(writer.path, RecordMoved)
    assert "disk I/O error" in moved.why
    assert verify(writer.path).kind == "intact"


def _only_elsewhere(reopen):
    def reopened(store, path=None):
        if path is None:
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR
            raise error
        return reopen(store, path)

    return reopened


def test_a_record_that_another_program_changed_is_not_carried_away(tmp_path, soon, monkeypatch):
    writer, clock = begin_record(tmp_path / "a.kap", spare=tmp_path / "second")
    writer.put_durable(note_of("mine")).result(20)
    other = RecordWriter.resume(tmp_path / "a.kap", clock)
    other.put_durable(note_of("yours")).result(20)
    writer.put(note_of("mine again"))
    wait_until(lambda: "another program" in writer.status().problem)
    time.sleep(0.8)
    assert not (tmp_path / "second").exists()
    other.close()


def test_a_move_is_found_again_by_its_notes(tmp_path):
    heads = tmp_path / "sessions.heads"
    old, new = tmp_path / "one" / "a.kap", tmp_path / "two" / "a-moved.kap"
    old.parent.mkdir()
    move = Move(old, new, "The disk is full", 12, "0" * 64)
    assert went_on(old, "s1", heads) is None
    assert note(beside(old), move, "s1", "2026-01-31T09:30:00Z")
    found = went_on(old, "s1", heads)
    assert (found.target, found.sure) == (new, False)
    assert note(moves_ledger(heads), move, "s1", "2026-01-31T09:30:00Z")
    with moves_ledger(heads).open("a") as file:
        file.write(json.dumps({"session": "s1", "from": str(old)}) + "\nhalf a li")
    assert went_on(old, "s1", heads).sure
    assert went_on(old, "s2", heads) is None, "another session"
    assert went_on(new, "s1", heads) is None, "it is the one that goes on"
    assert not note(tmp_path / "none" / "x", move, "s1", "")


def test_a_copy_never_takes_the_place_of_its_own_record(tmp_path):
    writer, _ = begin_record(tmp_path / "a.kap")
    from kapmonitor.errors import RecordError

    with pytest.raises(RecordError, match="itself"):
        copy_into(tmp_path, tmp_path / "a.kap")
    Hold(tmp_path / "a.kap").release()
    writer.close("ended")
    with closing(sqlite3.connect(tmp_path / "a.kap")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def unreadable(monkeypatch, record):
    """From now on the disk of this record neither takes nor gives anything."""
    import kapmonitor.record.copying as copying

    store_write, fill = writer_module.Store._write, copying._fill

    def write(store, after, places):
        if store._path == record:
            return broken(store)(after, places)
        return store_write(store, after, places)

    def filled(part, source):
        if source == record:
            raise OSError(5, "Input/output error")
        return fill(part, source)

    monkeypatch.setattr(writer_module.Store, "_write", write)
    monkeypatch.setattr(writer_module.Store, "reopen", _only_elsewhere(writer_module.Store.reopen))
    monkeypatch.setattr(copying, "_fill", filled)


@pytest.mark.parametrize("copied_at", [0, 7, 10, 14, 25])
def test_a_disk_that_cannot_be_read_either_loses_nothing_that_its_copy_and_memory_have(
    tmp_path, soon, monkeypatch, copied_at
):
    """Whenever the copy was made: in the middle of what is not folded yet, or just after a fold."""
    second = tmp_path / "second"
    (tmp_path / "first").mkdir()
    writer, clock = begin_record(tmp_path / "first" / "a.kap", spare=tmp_path / "second")
    old = writer.path
    for at in range(26):
        put_second(writer, clock, at)
        writer.put_durable(note_of(str(at))).result(20)
        if at == copied_at:
            copy_into(second, old)
    before = chain_of(old)
    unreadable(monkeypatch, old)
    for at in range(26, 30):
        put_second(writer, clock, at)
    assert writer.put_durable(note_of("after")).result(20)
    writer.close("ended")
    assert writer.path == second / "a-moved.kap"
    assert chain_of(writer.path)[: len(before)] == before
    verdict = verify(writer.path)
    assert (verdict.kind, verdict.counts["samples"]) == ("intact", 30 * 575)
    assert any("could not be read" in line for line in verdict.missing)
    assert texts(writer.path)[-1] == "after"


def test_a_copy_that_is_too_old_for_memory_is_not_taken_for_the_record(tmp_path, soon, monkeypatch):
    monkeypatch.setattr("kapmonitor.record.journal.MOST_BYTES", 20_000)
    monkeypatch.setattr(writer_module, "CLOSE_S", 0.5)
    second = tmp_path / "second"
    (tmp_path / "first").mkdir()
    writer, _ = begin_record(tmp_path / "first" / "a.kap", spare=tmp_path / "second")
    writer.put_durable(note_of("x" * 30_000)).result(20)
    copy_into(second, writer.path)
    writer.put_durable(note_of("y" * 30_000)).result(20)
    unreadable(monkeypatch, writer.path)
    writer.put(note_of("after"))
    wait_until(lambda: "too old" in writer.status().problem)
    with pytest.raises(RecordFull):
        writer.close("ended")
    assert [each.name for each in second.iterdir()] == ["a.kap"]


def test_after_an_error_a_record_is_opened_anew_also_just_after_a_fold(tmp_path):
    """A fold empties the tails: their last rows are then no mark of where the record stands."""
    writer, clock = begin_record(tmp_path / "a.kap")
    for at in range(12):
        put_second(writer, clock, at)
    writer.put_durable(note_of("here")).result(20)
    store = writer._store
    wait_until(lambda: not writer.status().waiting)
    writer.close("ended")
    again = writer_module.Store(tmp_path / "a.kap")
    again._fold = store._fold
    assert again._fold.last["wave_tail"] > 0
    assert again.reopen() == []
    again.abandon()
