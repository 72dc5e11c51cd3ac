"""A disk that hangs, a writer that has a bug, what no table takes: said, and nothing waits for ever."""

import threading
import time
from concurrent.futures import Future

import pytest

from kapmonitor.clock import SystemClock
from kapmonitor.errors import RecordError, RecordFull
from kapmonitor.model import Validity
from kapmonitor.record import writer as writer_module
from kapmonitor.record.items import NumericRow
from kapmonitor.record.trouble import FAILED, HANGS
from kapmonitor.record.verify import verify
from kapmonitor.record.writer import RecordWriter
from kapmonitor.session.events import NoteAdded, SessionStarted, Stamped

PATIENCE_S = 30.0
LIMIT_S = 0.6


@pytest.fixture
def clock():
    return SystemClock()


@pytest.fixture
def writer(tmp_path, clock):
    started = SessionStarted("s1", "Test", "0", clock.utc_ns(), 0, "UTC")
    made = RecordWriter.create(tmp_path / "a.kap", Stamped(clock.now_ns(), started), clock)
    wait(lambda: made.status().waiting == 0)
    return made


def wait(until):
    end_s = time.monotonic() + PATIENCE_S
    while not until():
        assert time.monotonic() < end_s
        time.sleep(0.02)


def note(clock, text="n"):
    return Stamped(clock.now_ns(), NoteAdded(text, "text", text, "AB", clock.now_ns()))


class Held:
    """One of the store's works that hangs until it is let go."""

    def __init__(self, writer, monkeypatch, work):
        self._real, self._go, self.is_there = (
            getattr(writer._store, work),
            threading.Event(),
            threading.Event(),
        )
        monkeypatch.setattr(writer._store, work, self._hang)

    def _hang(self, *given):
        self.is_there.set()
        self._go.wait(PATIENCE_S)
        return self._real(*given)

    def let_go(self):
        self._go.set()


@pytest.mark.parametrize("work", ["commit", "checkpoint", "fold"])
def test_a_disk_that_hangs_is_noticed_whatever_it_hangs_in(writer, clock, monkeypatch, work):
    monkeypatch.setattr(writer_module, "HANGS_S", LIMIT_S)
    held = Held(writer, monkeypatch, work)
    writer._checkpoint_s = 0.0
    if work == "fold":
        monkeypatch.setattr(type(writer._store), "fold_due_ns", property(lambda _store: 0))
        monkeypatch.setattr(writer, "_next_batch", list)
    writer.put(note(clock))
    assert held.is_there.wait(PATIENCE_S)
    writer.put(note(clock))
    began_s = time.monotonic()
    wait(lambda: writer.status().problem == HANGS)
    assert time.monotonic() - began_s > LIMIT_S / 2
    assert writer.status().oldest_wait_s > LIMIT_S
    monkeypatch.undo()
    held.let_go()
    wait(lambda: not writer.status().problem)
    writer.close()
    assert verify(writer.path).kind == "intact"


def test_a_session_on_a_disk_that_hangs_can_be_ended(writer, clock, monkeypatch):
    monkeypatch.setattr(writer_module, "CLOSING_HANGS_S", LIMIT_S)
    held = Held(writer, monkeypatch, "commit")
    writer.put(note(clock))
    assert held.is_there.wait(PATIENCE_S)
    with pytest.raises(RecordFull, match="is stuck"):
        writer.close()
    held.let_go()
    writer._thread.join(PATIENCE_S)
    for hold in writer._holds:
        hold.release()


def test_a_bug_of_the_writer_is_said_and_tried_again_and_nothing_is_lost(writer, clock, monkeypatch, caplog):
    real, left = writer._store.commit, [2]

    def fail(given):
        if left[0]:
            left[0] -= 1
            raise AssertionError("a bug")
        return real(given)

    monkeypatch.setattr(writer_module, "RETRY_S", 0.3)
    monkeypatch.setattr(writer._store, "commit", fail)
    future = writer.put_durable(note(clock))
    wait(lambda: writer.status().problem == FAILED)
    assert future.result(PATIENCE_S) > 1
    wait(lambda: not writer.status().problem)
    writer.close()
    assert verify(writer.path).kind == "intact"
    assert [record.getMessage() for record in caplog.records] == ["the record's writer failed"] * 2
    caplog.clear()


def test_what_does_not_fit_the_record_is_told_for_a_while(writer, clock, monkeypatch, caplog):
    monkeypatch.setattr(writer_module, "REFUSED_TOLD_S", LIMIT_S)
    writer.put(NumericRow(clock.now_ns(), 70_000, 1.0, Validity.VALID))
    wait(lambda: writer.status().problem.startswith("A value does not fit"))
    wait(lambda: not writer.status().problem)
    writer.close()
    assert verify(writer.path).kind == "intact"
    caplog.clear()


def test_what_is_put_while_it_closes_does_not_wait_for_ever(writer, clock, monkeypatch):
    seal, late = writer._store.finish, []

    def slowly(*given):
        # Somebody who looked whether it is closed before it was.
        writer._inbox.put(writer_module._Waiting(clock.now_ns(), note(clock), late[0]))
        return seal(*given)

    late.append(Future())
    monkeypatch.setattr(writer._store, "finish", slowly)
    writer.close()
    with pytest.raises(RecordError, match="closed"):
        late[0].result(1)
