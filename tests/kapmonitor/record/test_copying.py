"""Copies of a record in a second folder."""

import os
import threading
import time

import pytest
from engine_room import STARTED, Room, S
from past_records import write

from kapmonitor.alarms.limits import example
from kapmonitor.beginning import begin
from kapmonitor.clock import SystemClock
from kapmonitor.copykeeping import CopyKeeper
from kapmonitor.errors import RecordError
from kapmonitor.opening import Plan
from kapmonitor.record.copying import copy_into
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.verify import verify
from kapmonitor.record.writer import RecordWriter
from kapmonitor.session.events import NoteAdded, RecordCopied, Stamped


def a_record(path, *, closed=True):
    room = Room()
    room.after(30, saying=[])
    if closed:
        room.engine.close("ended")
    return write(path, Stamped(1000 * S, STARTED), room.recorder.rows, closed=closed)


def events(path):
    with RecordReader(path) as record:
        return [(row.seq, row.stamped, row.hash) for row in record.events()]


def test_a_copy_is_the_record(tmp_path):
    path = a_record(tmp_path / "a.kap")
    made = copy_into(tmp_path / "copies" / "deeper", path)
    assert events(made) == events(path)
    assert verify(made).kind == "intact"
    assert [each.name for each in made.parent.iterdir()] == ["a.kap"]
    assert made.stat().st_mode & 0o077 == 0


def test_a_record_that_is_being_written_is_copied_without_making_its_writer_wait(tmp_path):
    clock = SystemClock()
    path = tmp_path / "a.kap"
    writer = RecordWriter.create(path, Stamped(clock.now_ns(), STARTED), clock)
    stop, waits = threading.Event(), []

    def scribble():
        while not stop.is_set():
            note = NoteAdded(os.urandom(8).hex(), "text", "x" * 500, "KL", clock.now_ns())
            began = time.monotonic()
            writer.put_durable(Stamped(clock.now_ns(), note)).result(10)
            waits.append(time.monotonic() - began)

    thread = threading.Thread(target=scribble)
    thread.start()
    copies = []
    for _ in range(5):
        time.sleep(0.1)
        made = copy_into(tmp_path / "copies", path)
        copies.append(len(events(made)))
        assert verify(made).kind == "interrupted"
    stop.set()
    thread.join()
    writer.close("ended")
    assert copies == sorted(set(copies)), "each copy has more than the one before"
    assert max(waits) < 1.0
    made = copy_into(tmp_path / "copies", path)
    assert events(made) == events(path)


def test_a_damaged_record_does_not_replace_a_good_copy(tmp_path):
    path = a_record(tmp_path / "a.kap")
    made = copy_into(tmp_path / "copies", path)
    before = made.read_bytes()
    data = bytearray(path.read_bytes())
    at = data.find(b'"session.closed"') if b'"session.closed"' in data else data.find(b"session.closed")
    data[at] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(RecordError, match="copies"):
        copy_into(tmp_path / "copies", path)
    assert made.read_bytes() == before
    assert [each.name for each in made.parent.iterdir()] == ["a.kap"]


def test_a_folder_that_cannot_be_written_to_is_told_of_once_and_once_more_when_it_can(tmp_path):
    path = a_record(tmp_path / "a.kap")
    folder = tmp_path / "copies"
    folder.write_bytes(b"a file where the folder should be")
    keeper = CopyKeeper(lambda: path, lambda: folder)
    told = keeper.keep()
    assert told.folder == str(folder)
    assert "no copy" in told.problem
    assert keeper.keep() is None
    folder.unlink()
    assert keeper.keep() == RecordCopied(str(folder), "")
    assert keeper.keep() is None


def test_without_a_second_folder_nothing_is_copied(tmp_path):
    path = a_record(tmp_path / "a.kap")
    assert CopyKeeper(lambda: path, lambda: None).keep() is None
    assert [each.name for each in tmp_path.iterdir()] == ["a.kap"]


def test_a_session_that_ends_leaves_a_copy(tmp_path):
    plan = Plan(tmp_path / "a.kap", (), example(), backup=tmp_path / "copies")
    station = begin(plan)
    station.start()
    station.stop("ended")
    assert verify(tmp_path / "copies" / "a.kap").kind == "intact"
    assert events(tmp_path / "copies" / "a.kap") == events(tmp_path / "a.kap")
    assert (tmp_path / "copies" / "a.kap.heads").read_bytes() == (tmp_path / "a.kap.heads").read_bytes()


def test_there_is_a_copy_soon_after_a_session_began(tmp_path, monkeypatch):
    monkeypatch.setattr("kapmonitor.copykeeping.FIRST_S", 0.1)
    station = begin(Plan(tmp_path / "a.kap", (), example(), backup=tmp_path / "copies"))
    station.start()
    until_s = time.monotonic() + 20
    while not (tmp_path / "copies" / "a.kap").exists():
        assert time.monotonic() < until_s, "waited in vain"
        time.sleep(0.02)
    station.stop("ended")
